"""A study folder to a `Study`: from its record if it has one, else from its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from isobole.results import DataError, InputFile, Problem, ProblemList
from isobole.studies import _read_rows as read
from isobole.studies._amendments import holding
from isobole.studies._chain import RECORD, ChainReport, verify_chain
from isobole.studies._commitment import find_commitment
from isobole.studies._compare import compare
from isobole.studies._entry import Entry
from isobole.studies._hand_made import (
    is_locked,
    revealed_groups,
    unblinded_animals,
)
from isobole.studies._projections import (
    PROTOCOL,
    distinct,
    effective,
    project,
    saved_protocol,
)
from isobole.studies._protocol import Protocol
from isobole.studies._read_record import parse_record
from isobole.studies._read_sheets import empty_sheet, read_sheet
from isobole.studies._rows import Animal, DoseGiven
from isobole.studies._sheets import LAYOUT, Sheet
from isobole.studies._study import Chain, Study


def read_study(folder: Path | str) -> Study:
    """Read a study folder; what is wrong with its rows is collected in `problems`.

    Where there is a `record.jsonl`, the rows come from it and the files beside it are
    compared with it. A folder without one is read from its files and is unchained.
    The rules of the study are checked by `check_study`.

    Parameters
    ----------
    folder : path
        Holds `study.toml` and, as far as there are any, the files of the folder.

    Returns
    -------
    Study

    Raises
    ------
    DataError
        If `study.toml` is missing or is not a valid protocol.
    """
    place = Path(folder)
    found = ProblemList()
    files: list[InputFile] = []
    record = _record(place, found, files)
    report = verify_chain(record)
    for problem in report.problems:
        found.add(problem)
    protocol = _protocol(place, record, found, files)
    rows = distinct(record, found)
    sheets = _sheets(place, rows, found, files)
    animals = read.animals(sheets["animals.csv"], found)
    doses = read.doses(sheets["doses.csv"], found)
    holding_now = effective(rows)
    committed = find_commitment(place, rows)
    revealed = _revealed(rows) if rows else revealed_groups(place)
    return Study(
        path=place,
        protocol=protocol,
        animals=animals,
        allocation=tuple(
            replace(row, group=revealed[row.group_code])
            if row.group is None and row.group_code in revealed
            else row
            for row in read.allocation(sheets["allocation.csv"], found)
        ),
        doses=doses,
        events=read.events(sheets["events.csv"], found),
        sessions=read.sessions(sheets["sessions.csv"], found),
        exclusions=read.exclusions(sheets["exclusions.csv"], found),
        concentrations=read.concentrations(sheets["concentrations.csv"], found),
        record=record,
        chain=_state(report, record, place),
        head_hash=report.head,
        locked=any(entry.action == "analysis.lock" for entry in rows)
        or (not rows and is_locked(place)),
        revealed=revealed,
        t0=_t0(animals, doses) | _recorded_t0(holding_now),
        unblinded={
            str(entry.data.get("animal_id", "")): str(entry.data.get("reason", ""))
            for entry in rows
            if entry.action == "unblind"
        }
        or ({} if rows else unblinded_animals(place)),
        commitment=None if committed is None else committed.digest,
        files=tuple(files),
        problems=found.found,
    )


def _record(
    place: Path, found: ProblemList, files: list[InputFile]
) -> tuple[Entry, ...]:
    path = place / RECORD
    if not path.exists():
        return ()
    try:
        data = path.read_bytes()
    except OSError as error:
        found.add(
            Problem(
                "not-read",
                f"The record cannot be read ({error.strerror or error})",
                file=RECORD,
                remedy="Check the right to read it",
            )
        )
        return ()
    files.append(replace(InputFile.of(path), file=RECORD))
    return parse_record(data, found)


def _state(report: ChainReport, record: Sequence[Entry], place: Path) -> Chain:
    # A record that holds no readable row is no intact one.
    path = place / RECORD
    if not record and path.exists() and (not path.is_file() or path.stat().st_size):
        return "broken"
    return report.state


def _protocol(
    place: Path, record: Sequence[Entry], found: ProblemList, files: list[InputFile]
) -> Protocol:
    from isobole.studies._protocol_toml import protocol_from_text, read_protocol

    path = place / PROTOCOL
    saved = saved_protocol(record)
    if saved is None or not isinstance(saved.data.get("toml"), str):
        protocol = read_protocol(path)
        files.append(replace(InputFile.of(path), file=PROTOCOL))
        return protocol
    protocol = protocol_from_text(saved.data["toml"], RECORD)
    if not path.is_file():
        return protocol
    files.append(replace(InputFile.of(path), file=PROTOCOL))
    try:
        beside = read_protocol(path).sha256
    except DataError as error:
        for problem in error.problems:
            found.add(problem)
        beside = "not valid"
    if beside != protocol.sha256:
        found.add(
            Problem(
                "protocol-differs",
                "study.toml is not the protocol that the record holds; the record's "
                "was taken",
                file=PROTOCOL,
                given=beside,
                expected=protocol.sha256,
                remedy="Put the recorded protocol back, or save the new one to the "
                "record before the first dose",
            )
        )
    return protocol


def _sheets(
    place: Path,
    rows: Sequence[Entry],
    found: ProblemList,
    files: list[InputFile],
) -> Mapping[str, Sheet]:
    projected = project(rows) if rows else {}
    sheets: dict[str, Sheet] = {}
    for name in LAYOUT:
        own = ProblemList()
        beside, file = read_sheet(place, name, own)
        if file is not None:
            files.append(file)
        if name not in projected:
            sheets[name] = beside
            for problem in own.found:
                found.add(problem)
            if rows and len(beside) and name == "concentrations.csv":
                found.add(_not_covered(name))
            continue
        sheets[name] = projected[name]
        if file is not None or own.found:
            compare(place / name, beside, projected[name], own, found)
    return {name: sheets.get(name, empty_sheet(name)) for name in LAYOUT}


def _not_covered(name: str) -> Problem:
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
