"""Adding rows to the record of a study, and reading a study back from it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.db import connection

from isobole.lab import _clock
from isobole.lab._prepared import insert
from isobole.lab.models import StudyFile
from isobole.lab.record._admit import (
    LONGEST_ROW,
    LONGEST_SENT,
    check_row,
    name_problems,
)
from isobole.lab.record._again import called, of_form, stand
from isobole.lab.record._beside import folder_with
from isobole.lab.record._chain import Chain, chain_of, entries_now, reread
from isobole.lab.record._new import NewRow
from isobole.lab.record._refused import number_taken, too_many, went_on
from isobole.lab.record._rows import row_of
from isobole.lab.record._writer import writer
from isobole.results import DataError, Problem
from isobole.studies import (
    Draft,
    Entry,
    Study,
    canonical_json,
    check_draft,
    follow,
    study_from_record,
)

State = Literal["stored", "known", "refused"]
MOST_ROWS = 100
"""Most rows of one request of a device."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a row: stored now, known from before, or refused and why."""

    state: State
    entry: Entry | None
    problems: tuple[Problem, ...] = ()


Rule = Callable[[Chain, NewRow], None]
"""Raises `DataError` if a row does not fit what the record holds at that moment."""


def append(
    study_id: str,
    rows: Sequence[NewRow],
    *,
    actor: str,
    device: str,
    rule: Rule = lambda chain, row: None,
    form: str | None = None,
) -> tuple[Appended, ...]:
    """Add rows to a study's record in one transaction, on the disk on return.

    A row known by (device, device_seq) is not added again. A row that does not fit is
    refused alone: the others are stored. Rows of a form (what it is called, if it is
    one that may be sent again) are known by that.

    Raises
    ------
    DataError
        If there are more than `MOST_ROWS`, or the device's name is none.
    NotStored
        If the database could not keep them; none of them was stored then.
    """
    if len(rows) > MOST_ROWS:
        raise DataError([too_many(len(rows), MOST_ROWS)])
    _check_device(device)
    rows = called(rows, form)
    tried: tuple[Appended, ...] = ()

    def work() -> tuple[Appended, ...]:
        nonlocal tried
        chain = locked(study_id)
        if stand(chain, [one.entry for one in tried if one.state == "stored"]):
            return tried  # the commit was not confirmed, and was made
        if form is not None and (known := of_form(chain, rows, actor, device)):
            return tuple(Appended("known", entry) for entry in known)
        tried = _append(chain, rows, actor, device, rule, "each")
        return tried

    return writer.run(work)


def append_drafts(
    study_id: str,
    drafts: Sequence[Draft],
    *,
    actor: str,
    device: str,
    based_on: int | None = None,
    also: Callable[[], None] = lambda: None,
    form: str | None = None,
) -> tuple[Entry, ...]:
    """Add drafts to a study's record, all or none.

    Parameters
    ----------
    study_id, drafts, actor, device
        As in `append`.
    based_on : int, optional
        How many rows the record had when the drafts were made; they are refused if it
        has others since.
    also : callable, optional
        Runs in the same transaction.
    form : str, optional
        What the form is called that they come from (`isobole.lab._once`): if its rows
        are there, it was sent before, and nothing is done.

    Raises
    ------
    DataError
        If a draft does not fit, or the record went on; nothing was stored.
    NotStored
        If the database could not keep them.
    """
    _check_device(device)
    rows = called(rows_of(drafts), form)
    tried: tuple[Entry, ...] = ()

    def work() -> tuple[Entry, ...]:
        nonlocal tried
        chain = locked(study_id)
        if stand(chain, tried):
            return tried  # the commit was not confirmed, and was made
        if form is not None and (known := of_form(chain, rows, actor, device)):
            return known
        if based_on is not None and len(chain.entries) != based_on:
            raise DataError([went_on(len(chain.entries) - based_on)])
        made = _append(chain, rows, actor, device, lambda *_: None, "all")
        also()
        tried = tuple(one.entry for one in made if one.entry is not None)
        return tried

    return writer.run(work)


def append_in_this_transaction(
    study_id: str, drafts: Sequence[Draft], *, actor: str, device: str
) -> tuple[Entry, ...]:
    """Add drafts, all or none; only for work that the writer runs."""
    made = _append(
        locked(study_id), rows_of(drafts), actor, device, lambda *_: None, "all"
    )
    return tuple(one.entry for one in made if one.entry is not None)


def rows_of(drafts: Sequence[Draft]) -> list[NewRow]:
    """Return drafts as rows without a device's number."""
    return [
        NewRow(d.action, d.obj, d.data, d.supersedes, d.reason, d.id) for d in drafts
    ]


def entries_of(study_id: str) -> tuple[Entry, ...]:
    """Return every row of a study's record that is on the disk."""
    return entries_now(study_id)


def study_of(study_id: str) -> Study:
    """Return a study as its rows tell it; the same object while nothing is added.

    Raises
    ------
    DataError
        If its record holds no valid protocol.
    """
    entries = entries_of(study_id)
    head = entries[-1].hash if entries else ""
    return _study(study_id, head, len(entries))


@lru_cache(maxsize=32)
def _study(study_id: str, head: str, count: int) -> Study:
    entries = entries_of(study_id)[:count]
    files = StudyFile.objects.filter(study_id=study_id)
    beside = {file.name: bytes(file.content) for file in files}
    if not beside:
        return study_from_record(entries)
    # Scales and concentrations are files: they are read where the rooms below do.
    return study_from_record(entries, folder=folder_with(beside))


def locked(study_id: str) -> Chain:
    """Return the chain with nobody else writing until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [study_id]
            )
    # On SQLite the transaction is IMMEDIATE: it holds the only write lock.
    return chain_of(study_id)


def _append(
    chain: Chain,
    rows: Sequence[NewRow],
    actor: str,
    device: str,
    rule: Rule,
    keep: Literal["each", "all"],
) -> tuple[Appended, ...]:
    answers: list[Appended] = []
    fresh: list[Entry] = []
    problems: list[Problem] = []
    longest = LONGEST_SENT if keep == "each" else LONGEST_ROW
    for row in rows:
        try:
            check_row(row, longest=longest)
            answer = _one(chain, row, actor, device, rule)
        except DataError as error:
            problems += error.problems
            answer = Appended("refused", None, tuple(error.problems))
        if answer.state == "stored" and answer.entry is not None:
            chain.add(answer.entry)
            fresh.append(answer.entry)
        answers.append(answer)
    if keep == "all" and problems:
        reread(chain.study_id)
        raise DataError(problems)
    insert([row_of(chain.study_id, entry) for entry in fresh])
    return tuple(answers)


def _one(chain: Chain, row: NewRow, actor: str, device: str, rule: Rule) -> Appended:
    number = row.device_seq
    if number is not None and (known := chain.sent.get((device, number))):
        if _says_the_same(known, row, actor):
            return Appended("known", known)
        raise DataError([number_taken(known)])
    draft = {
        "id": row.id or secrets.token_hex(16),
        "ts": _clock.stamp(),
        "actor": actor,
        "device": device,
        "device_seq": number if number is not None else chain.next_of(device),
        "action": row.action,
        "obj": row.obj,
        "data": dict(row.data),
        "supersedes": row.supersedes,
        "reason": row.reason,
    }
    check_draft(draft, chain.by_id)
    rule(chain, row)
    last = chain.entries[-1] if chain.entries else None
    return Appended("stored", follow(last, draft))


def _says_the_same(entry: Entry, row: NewRow, actor: str) -> bool:
    return (
        entry.actor == actor
        and (row.id is None or entry.id == row.id)
        and entry.action == row.action
        and entry.obj == row.obj
        and canonical_json(entry.data) == canonical_json(dict(row.data))
        and entry.supersedes == row.supersedes
        and entry.reason == row.reason
    )


def _check_device(device: str) -> None:
    problems = [*name_problems("device", device)]
    if problems:
        raise DataError(problems)
