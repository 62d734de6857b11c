"""Storing a stimulation or its correction, and the rows of a rat with their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isobole.lab.bench._facts import facts_of
from isobole.lab.bench._rules import rule_for
from isobole.lab.bench.kindling_form import answer_of
from isobole.lab.bench.kindling_times import seconds
from isobole.lab.bench.kindling_words import tells_treatment
from isobole.lab.permissions import Access
from isobole.lab.record import Chain, NewRow, append, entries_of
from isobole.results import DataError, Problem
from isobole.studies import Entry, Protocol

HIDDEN = "hidden while blind"
_SHORT = {
    "none": "no",
    "measured": "yes",
    "later": "yes, to be measured later",
    "unreadable": "yes, not measurable",
    "unknown": "cannot be told",
}
# What the server adds when it stores a row, so that a form sent twice is known.
_ADDED = ("ts", "proposed_ua")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a rat's history, as the page shows it."""

    row_id: str
    phase: str
    number: int
    ts: str
    current: str
    answer: str
    add: str
    stage: str
    seizure: str
    latency: str
    condition: str
    actor: str
    deviation: str
    what: str
    reason: str
    holds: bool


def store(access: Access, row: NewRow, *, read: int) -> Entry:
    """Add a row to the record, unless it is there from before.

    Parameters
    ----------
    access : Access
        Who stores it.
    row : NewRow
        With the id its form has had from the beginning.
    read : int
        How many rows the record had when the form was judged: a row about the same
        animal that came since must be seen first.

    Raises
    ------
    DataError
        If it does not fit, or the animal's rows went on meanwhile.
    NotStored
        If the database could not keep it.
    """
    fits = rule_for(access)
    me = access.user.username

    def rule(chain: Chain, new: NewRow) -> None:
        fits(chain, new)
        for entry in chain.entries[read:]:
            if entry.obj == new.obj and entry.action in ("session.add", "amend"):
                raise DataError([_went_on(entry)])
        if new.action == "session.add" and facts_of(chain).is_complete(new.obj, me):
            raise DataError([_complete(new.obj)])

    study_id = access.study.study_id
    made = append(study_id, [row], actor=me, device=f"web-{me}", rule=rule)[0]
    if made.entry is not None:
        return made.entry
    known = known_row(study_id, row.id or "")
    if known is not None and says_the_same(known, row, me):
        return known  # the same form came twice at once
    raise DataError(made.problems)


def known_row(study_id: str, row_id: str) -> Entry | None:
    """Return the stored row of this id."""
    if not row_id:
        return None
    found = entries_of(study_id)
    return next((e for e in reversed(found) if e.id == row_id), None)


def says_the_same(entry: Entry, row: NewRow, me: str) -> bool:
    """Say whether a stored row is the one that this form meant."""

    def content(data: Mapping[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in data.items() if k not in _ADDED}

    return (
        entry.actor == me
        and (entry.action, entry.obj) == (row.action, row.obj)
        and (entry.supersedes, entry.reason) == (row.supersedes, row.reason)
        and content(entry.data) == content(row.data)
    )


def history(
    entries: Sequence[Entry], animal: str, protocol: Protocol, *, blinded: bool
) -> tuple[Line, ...]:
    """Return every row about a rat's stimulations, the corrected ones too.

    The latest stimulus comes first; a correction stands below what it corrects. To the
    blinded, a condition that is a word for the treatment is not shown, nor the reason
    of that row.
    """
    roots: dict[str, str] = {}
    families: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.obj != animal:
            continue
        if entry.action == "session.add":
            roots[entry.id] = entry.id
            families[entry.id] = [entry]
        elif entry.action == "amend" and (root := roots.get(entry.supersedes or "")):
            roots[entry.id] = root
            families[root].append(entry)
    found = []
    for family in reversed(families.values()):
        last = family[-1]
        for entry in family:
            found.append(_line(entry, family[0], last, protocol, blinded))
    return tuple(found)


def held_row(entries: Sequence[Entry], row_id: str) -> Entry | None:
    """Return the row of this id if it is a stimulation that holds now."""
    entry = next((e for e in entries if e.id == row_id), None)
    if entry is None or "void" in entry.data:
        return None
    by_id = {e.id: e for e in entries}
    root = entry
    while root.action == "amend" and root.supersedes in by_id:
        root = by_id[root.supersedes]
    corrected = any(e.supersedes == row_id for e in entries)
    return None if root.action != "session.add" or corrected else entry


def _line(
    entry: Entry, root: Entry, last: Entry, protocol: Protocol, blinded: bool
) -> Line:
    data = entry.data
    condition = str(data.get("condition") or "")
    hidden = blinded and bool(condition) and tells_treatment(condition, protocol)
    answer = answer_of(data)
    asked, current = data.get("proposed_ua"), data.get("current_ua")
    if "void" in data:
        what = "taken back"
    else:
        what = "entered" if entry is root else "corrected to"
    return Line(
        row_id=entry.id,
        phase=str(data.get("phase", root.data.get("phase", ""))),
        number=int(root.data.get("number", 0)),
        ts=entry.ts,
        current=str(current or ""),
        answer=_SHORT.get(answer, ""),
        add=seconds(data.get("add_ms")),
        stage=str(data.get("stage") or ""),
        seizure=seconds(data.get("seizure_ms")),
        latency=seconds(data.get("latency_ms")),
        condition=HIDDEN if hidden else condition,
        actor=entry.actor,
        deviation=f"{asked} µA was asked for" if asked and asked != current else "",
        what=what,
        reason=HIDDEN if hidden and entry.reason else entry.reason or "",
        holds=entry is last and "void" not in data,
    )


def _went_on(entry: Entry) -> Problem:
    return Problem(
        "rat-went-on",
        f"{entry.actor} stored a row of {entry.obj} while you typed",
        given=entry.ts,
        remedy="Look at it in the list below; number and current are counted anew. "
        "Store yours again if it is another stimulus",
    )


def _complete(animal: str) -> Problem:
    return Problem(
        "scoring-complete",
        f"You signed that the scoring of {animal} is complete",
        remedy="Correct what stands, with a reason; nothing new is entered after that",
    )
