"""The record read from its file; every line that is no row of a record is named."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from isobole.results import DataError, Problem, ProblemList
from isobole.studies._canonical import canonical_json
from isobole.studies._chain import RECORD
from isobole.studies._entry import Entry

_NAMES = tuple(entry.name for entry in fields(Entry))
_TYPES: dict[str, tuple[type, ...]] = {
    "seq": (int,),
    "device_seq": (int,),
    "data": (dict,),
    "supersedes": (str, type(None)),
    "reason": (str, type(None)),
}


def read_record(path: Path | str) -> tuple[Entry, ...]:
    """Read `record.jsonl`; reading and writing again gives the same bytes.

    The chain is not checked here: see `verify_chain`.

    Raises
    ------
    DataError
        If a line is not a row of a record; every such line is named.
    OSError
        If the file cannot be read.
    """
    found = ProblemList(RECORD)
    entries = parse_record(Path(path).read_bytes(), found)
    found.raise_errors()
    return entries


def parse_record(data: bytes, found: ProblemList) -> tuple[Entry, ...]:
    """Read the rows of a record; lines that are none become problems."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = data[: error.start].count(b"\n") + 1
        found.add(_bad_line(place, "holds bytes that are not UTF-8"))
        text = data.decode("utf-8", errors="replace")
    lines = text.split("\n")
    if lines and lines[-1]:
        found.add(
            Problem(
                "torn-record",
                "The last line of the record is not finished",
                file=RECORD,
                row=len(lines),
                remedy="The power may have failed while it was written: if no device "
                "was told that this row is stored, remove the unfinished line",
            )
        )
        lines.append("")
    entries = []
    for number, line in enumerate(lines[:-1], start=1):
        entry = _parse_line(line, number, found)
        if entry is not None:
            entries.append(entry)
    return tuple(entries)


def _parse_line(line: str, number: int, found: ProblemList) -> Entry | None:
    try:
        loaded = json.loads(line)
    except (ValueError, RecursionError):
        found.add(_bad_line(number, "is not JSON"))
        return None
    if not isinstance(loaded, dict) or set(loaded) != set(_NAMES):
        names = set(loaded) if isinstance(loaded, dict) else set()
        wrong = sorted(names ^ set(_NAMES))
        found.add(_bad_line(number, f"has not the fields of a row: {', '.join(wrong)}"))
        return None
    for name in _NAMES:
        allowed = _TYPES.get(name, (str,))
        if type(loaded[name]) not in allowed:
            found.add(_bad_line(number, f"has the wrong type of value in {name}"))
            return None
    try:
        text = canonical_json(loaded)
        text.encode()
    except UnicodeEncodeError:
        found.add(_bad_line(number, "holds half a character"))
        return None
    except DataError as error:
        for problem in error.problems:
            found.add(_bad_line(number, f"holds a wrong number: {problem.message}"))
        return None
    if text != line:
        found.add(_bad_line(number, "is not canonical JSON as the program writes it"))
    return Entry(**loaded)


def _bad_line(number: int, what: str) -> Problem:
    return Problem(
        "bad-record-line",
        f"Line {number} {what}",
        file=RECORD,
        row=number,
        expected="one row as canonical JSON",
        remedy="Restore the record from a backup; it is never edited by hand",
    )
