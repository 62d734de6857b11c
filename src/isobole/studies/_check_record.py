"""The record judged: payloads, references, and what came in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isobole.results import DataError, Problem
from isobole.studies._amendments import backwards, moment
from isobole.studies._chain import RECORD
from isobole.studies._entry import Entry
from isobole.studies._payloads import check_payload
from isobole.studies._projections import root_actions
from isobole.studies._protocol import Protocol

_FIRST = ("dose.give", "t0", "observe", "session.add")
"""Actions after which the protocol and the allocation stand."""


def check_record(entries: Sequence[Entry], protocol: Protocol) -> Iterator[Problem]:
    """Yield what is wrong with the rows of a record besides its chain."""
    yield from _rows(entries)
    yield from _protocol(entries, protocol)
    yield from _order(entries)
    yield from _clock(entries)


def _rows(entries: Sequence[Entry]) -> Iterator[Problem]:
    roots = root_actions(entries)
    by_id: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in by_id:
            yield _problem(
                entry,
                "duplicate-id",
                f"Rows {by_id[entry.id].seq} and {entry.seq} have the id {entry.id}",
                "id",
                "Every row has an id of its own; restore the record from a backup",
            )
        before = by_id.get(entry.supersedes or "")
        root = roots.get(entry.supersedes or "")
        amends = root if entry.action == "amend" else None
        for problem in check_payload(entry.action, entry.data, amends=amends):
            yield _problem(
                entry,
                problem.code,
                problem.message,
                problem.column,
                problem.remedy or "Amend the row",
                problem.given,
                problem.expected,
            )
        yield from _reference(entry, before)
        by_id.setdefault(entry.id, entry)


def _reference(entry: Entry, before: Entry | None) -> Iterator[Problem]:
    if entry.supersedes is None:
        if entry.action == "amend":
            yield _problem(
                entry,
                "amends-nothing",
                "An amendment does not say what it corrects",
                "supersedes",
                "Append an amendment that names the row",
            )
        return
    if before is None:
        yield _problem(
            entry,
            "unknown-row",
            f"The row corrects {entry.supersedes}, which does not stand before it",
            "supersedes",
            "Append an amendment that names the right row",
            entry.supersedes,
        )
        return
    if not (entry.reason or "").strip():
        yield _problem(
            entry,
            "no-reason",
            f"Row {before.seq} is corrected without a reason",
            "reason",
            "Append an amendment of this row that gives the reason",
        )
    earlier, later = moment(before.ts), moment(entry.ts)
    if earlier and later and later < earlier:
        yield backwards(RECORD, entry.seq, before.ts, entry.ts)


def _protocol(entries: Sequence[Entry], protocol: Protocol) -> Iterator[Problem]:
    first: Entry | None = None
    saved: str | None = None
    locked: str | None = None
    for entry in entries:
        if first is None and entry.action in _FIRST:
            first = entry
        if entry.action == "protocol.lock":
            locked = str(entry.data.get("sha256"))
        if entry.action != "protocol.save":
            continue
        sha = str(entry.data.get("sha256"))
        if first is not None and sha != saved:
            yield _problem(
                entry,
                "protocol-changed",
                f"The protocol was changed after the first event (row {first.seq})",
                None,
                "Report it as a deviation from the protocol, with what changed and why",
                sha,
                saved,
            )
        saved = sha
        due = _identity(entry)
        if due is not None and due != sha:
            yield _problem(
                entry,
                "protocol-hash",
                "The hash saved with the protocol is not the protocol's",
                "sha256",
                "Save the protocol again with a program that computes its hash",
                sha,
                due,
            )
    if locked is not None and locked != protocol.sha256:
        yield Problem(
            "protocol-changed",
            "The protocol is not the one that was locked",
            file="study.toml",
            given=protocol.sha256,
            expected=locked,
            remedy="Put the locked protocol back, and report any change as a deviation",
        )


def _identity(entry: Entry) -> str | None:
    from isobole.studies._protocol_toml import protocol_from_text

    try:
        return protocol_from_text(str(entry.data.get("toml", "")), RECORD).sha256
    except DataError:
        return None  # an earlier draft need not be valid


def _order(entries: Sequence[Entry]) -> Iterator[Problem]:
    first: Entry | None = None
    lock: Entry | None = None
    t0: dict[str, Entry] = {}
    for entry in entries:
        if entry.action == "allocation.commit" and first is not None:
            yield _problem(
                entry,
                "commitment-late",
                f"The allocation was committed after the first event (row {first.seq})",
                None,
                "Say so in the report: that the list was not redrawn is not proven",
            )
        if first is None and entry.action in _FIRST:
            first = entry
        if entry.action == "analysis.lock":
            lock = lock or entry
        elif lock is not None and entry.action in (*_FIRST, "amend", "exclude"):
            yield _problem(
                entry,
                "changed-after-lock",
                f"A row was added after the analysis was locked (row {lock.seq})",
                None,
                "Report the change, and the outcomes with and without it",
            )
        if entry.action == "t0":
            animal = str(entry.data.get("animal_id", ""))
            if animal in t0 and (t0[animal].device, t0[animal].device_seq) != (
                entry.device,
                entry.device_seq,
            ):
                yield _problem(
                    entry,
                    "t0-twice",
                    f"{animal} has a second t0; the first one (row {t0[animal].seq}) "
                    "was taken",
                    None,
                    "If the animal was dosed again, amend the first t0",
                )
            t0.setdefault(animal, entry)


def _clock(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Yield where the clock of the rows went back; their order is right even so."""
    latest: Entry | None = None
    behind = False
    for entry in entries:
        before, now = moment(latest.ts) if latest else None, moment(entry.ts)
        was_behind = behind
        behind = before is not None and now is not None and now < before
        if latest is not None and behind and not was_behind:
            yield Problem(
                "clock-backwards",
                f"The clock went back: the row has an earlier time than row "
                f"{latest.seq} before it",
                "warning",
                file=RECORD,
                row=entry.seq,
                column="ts",
                given=entry.ts,
                expected=f"{latest.ts} or later",
                remedy="The order of the rows and the times from t0 (t_ms) stand as "
                "they are; set the server's clock by the network, and say it in the "
                "report where a time of day matters",
            )
        if now and not behind:
            latest = entry


def _problem(
    entry: Entry,
    code: str,
    message: str,
    column: str | None,
    remedy: str,
    given: str | None = None,
    expected: str | None = None,
) -> Problem:
    return Problem(
        code,
        message,
        file=RECORD,
        row=entry.seq,
        column=column,
        given=given,
        expected=expected,
        remedy=remedy,
    )
