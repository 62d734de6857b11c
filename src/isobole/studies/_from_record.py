"""A study from the rows of its record alone, whatever place they are kept in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from isobole.results import DataError, InputFile, Problem, ProblemList
from isobole.studies import _read_rows as read
from isobole.studies._amendments import holding
from isobole.studies._chain import RECORD, verify_chain
from isobole.studies._commitment import find_commitment
from isobole.studies._entry import Entry
from isobole.studies._hand_made import (
    is_locked,
    revealed_groups,
    unblinded_animals,
)
from isobole.studies._projections import distinct, effective, project, saved_protocol
from isobole.studies._protocol import Protocol
from isobole.studies._read_sheets import empty_sheet, read_sheet
from isobole.studies._rows import Animal, DoseGiven
from isobole.studies._sheets import Sheet
from isobole.studies._study import Chain, Study

_CONCENTRATIONS = "concentrations.csv"


def study_from_record(
    entries: Sequence[Entry], *, folder: Path | str | None = None
) -> Study:
    """Make the study that a record holds; no file of the record's own rows is read.

    `read_study` gives the same for a folder with this record, besides what it says of
    files that differ from the record.

    Parameters
    ----------
    entries : sequence of Entry
        The rows, in the order of the record; the chain is verified.
    folder : path, optional
        Where `concentrations.csv` and the study's own scales are, which no record
        holds; without it the study has no concentrations.

    Returns
    -------
    Study
        What is wrong with its rows is in its `problems`.

    Raises
    ------
    DataError
        If no row holds the protocol, or the one saved last is not valid.

    Examples
    --------
    >>> try:
    ...     study_from_record(())
    ... except DataError as error:
    ...     print(error.problems[0].message)
    The record holds no protocol
    """
    found = ProblemList()
    files: list[InputFile] = []
    record = tuple(entries)
    place = None if folder is None else Path(folder)
    report = verify_chain(record)
    for problem in report.problems:
        found.add(problem)
    protocol = recorded_protocol(record)
    if protocol is None:
        raise DataError([_no_protocol()])
    rows = distinct(record, found)
    return study_of(
        protocol,
        record,
        rows,
        {**project(rows), _CONCENTRATIONS: _concentrations(place, found, files)},
        found,
        chain=report.state,
        head=report.head,
        folder=place,
        files=files,
    )


def recorded_protocol(record: Sequence[Entry]) -> Protocol | None:
    """Return the protocol that was saved last, None if none was.

    Raises
    ------
    DataError
        If it is not valid.
    """
    from isobole.studies._protocol_toml import protocol_from_text

    saved = saved_protocol(record)
    if saved is None or not isinstance(saved.data.get("toml"), str):
        return None
    return protocol_from_text(saved.data["toml"], RECORD)


def study_of(
    protocol: Protocol,
    record: tuple[Entry, ...],
    rows: Sequence[Entry],
    sheets: Mapping[str, Sheet],
    found: ProblemList,
    *,
    chain: Chain,
    head: str | None,
    folder: Path | None,
    files: Sequence[InputFile],
) -> Study:
    """Put a study together from its sheets and the rows of its record.

    `rows` are those of `record` without the ones sent twice. Where there are none, the
    files of a folder filled by hand say whether it is locked and revealed.
    """
    by_hand = None if rows else folder
    animals = read.animals(_of("animals.csv", sheets), found)
    doses = read.doses(_of("doses.csv", sheets), found)
    committed = find_commitment(folder, rows)
    revealed = _revealed(rows)
    unblinded = {
        str(entry.data.get("animal_id", "")): str(entry.data.get("reason", ""))
        for entry in rows
        if entry.action == "unblind"
    }
    if by_hand is not None:
        revealed = revealed_groups(by_hand)
        unblinded = unblinded_animals(by_hand)
    return Study(
        path=folder,
        protocol=protocol,
        animals=animals,
        allocation=tuple(
            replace(row, group=revealed[row.group_code])
            if row.group is None and row.group_code in revealed
            else row
            for row in read.allocation(_of("allocation.csv", sheets), found)
        ),
        doses=doses,
        events=read.events(_of("events.csv", sheets), found),
        sessions=read.sessions(_of("sessions.csv", sheets), found),
        exclusions=read.exclusions(_of("exclusions.csv", sheets), found),
        concentrations=read.concentrations(_of(_CONCENTRATIONS, sheets), found),
        record=record,
        chain=chain,
        head_hash=head,
        locked=any(entry.action == "analysis.lock" for entry in rows)
        or (by_hand is not None and is_locked(by_hand)),
        revealed=revealed,
        t0=_t0(animals, doses) | _recorded_t0(effective(rows)),
        unblinded=unblinded,
        commitment=None if committed is None else committed.digest,
        files=tuple(files),
        problems=found.found,
    )


def _of(name: str, sheets: Mapping[str, Sheet]) -> Sheet:
    return sheets[name] if name in sheets else empty_sheet(name)


def _concentrations(
    folder: Path | None, found: ProblemList, files: list[InputFile]
) -> Sheet:
    if folder is None:
        return empty_sheet(_CONCENTRATIONS)
    sheet, file = read_sheet(folder, _CONCENTRATIONS, found)
    if file is not None:
        files.append(file)
    if len(sheet):
        found.add(not_covered(_CONCENTRATIONS))
    return sheet


def _no_protocol() -> Problem:
    return Problem(
        "no-protocol",
        "The record holds no protocol",
        file=RECORD,
        expected="a row protocol.save",
        remedy="Save the protocol to the record first",
    )


def not_covered(name: str) -> Problem:
    """Say that a file beside the record is read as it stands."""
    return Problem(
        "not-in-record",
        f"{name} is read as it stands: the record does not cover it",
        severity="notice",
        file=name,
        remedy="Keep the laboratory's report beside it",
    )


def _revealed(rows: Sequence[Entry]) -> dict[str, str]:
    groups: dict[str, str] = {}
    for entry in rows:
        if entry.action == "allocation.reveal":
            listed = entry.data.get("groups")
            if isinstance(listed, dict):
                groups.update((code, str(group)) for code, group in listed.items())
    return groups


def _recorded_t0(
    holding_now: Sequence[tuple[Entry, str, Mapping[str, Any]]],
) -> dict[str, str]:
    """Return the t0 of each animal that holds; of two rows, the first."""
    return {
        str(data.get("animal_id", "")): str(data.get("wall", ""))
        for _, action, data in reversed(holding_now)
        if action == "t0"
    }


def _t0(animals: Sequence[Animal], doses: Sequence[DoseGiven]) -> dict[str, str]:
    """Return the challenge time of each animal: its own column, else its dose."""
    given = [row for row in holding(doses, file="doses.csv")[0] if row.ts]
    given.sort(key=lambda row: (row.ts or "", row.dose_id), reverse=True)
    times = {row.animal_id: row.ts or "" for row in given if row.kind == "challenge"}
    times.update((a.animal_id, a.extra["t0"]) for a in animals if a.extra.get("t0"))
    return times
