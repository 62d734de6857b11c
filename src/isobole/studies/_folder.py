"""A study folder to a `Study`: from its record if it has one, else from its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from isobole.results import DataError, InputFile, Problem, ProblemList
from isobole.studies._chain import RECORD, ChainReport, verify_chain
from isobole.studies._compare import compare
from isobole.studies._entry import Entry
from isobole.studies._from_record import not_covered, recorded_protocol, study_of
from isobole.studies._projections import PROTOCOL, distinct, project
from isobole.studies._protocol import Protocol
from isobole.studies._read_record import parse_record
from isobole.studies._read_sheets import read_sheet
from isobole.studies._sheets import LAYOUT, Sheet
from isobole.studies._study import Chain, Study


def read_study(folder: Path | str) -> Study:
    """Read a study folder; what is wrong with its rows is collected in `problems`.

    Where there is a `record.jsonl`, the rows come from it and the files beside it are
    compared with it; of the record alone `study_from_record` makes the same study. A
    folder without one is read from its files and is unchained.
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
    return study_of(
        protocol,
        record,
        rows,
        sheets,
        found,
        chain=_state(report, record, place),
        head=report.head,
        folder=place,
        files=files,
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
    from isobole.studies._protocol_toml import read_protocol

    path = place / PROTOCOL
    protocol = recorded_protocol(record)
    if protocol is None:
        protocol = read_protocol(path)
        files.append(replace(InputFile.of(path), file=PROTOCOL))
        return protocol
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
                found.add(not_covered(name))
            continue
        sheets[name] = projected[name]
        if file is not None or own.found:
            compare(place / name, beside, projected[name], own, found)
    return sheets
