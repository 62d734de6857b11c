"""What a folder must be before it is stored as a study of the lab."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from isobole.lab.record._admit import LONGEST_ROW, check_row, name_problems
from isobole.lab.record._new import NewRow
from isobole.results import DataError, Problem
from isobole.studies import Entry, Study, verify_chain

RECORD = "record.jsonl"
LONGEST_ID = 64
SCALES = "scales"
"""The one folder inside a study folder; no file has its name."""


def check_names(files: Mapping[str, bytes]) -> None:
    """Refuse names that no study folder has, or that lead out of it."""
    problems = [
        Problem(
            "file-name",
            f"{name!r} is not the name of a file in a study folder",
            expected="a plain name, or scales/NAME.toml",
            remedy="Import the folder itself, as it was exported",
        )
        for name in files
        if not _is_plain(name) or name == SCALES
    ]
    if problems:
        raise DataError(problems)


def _is_plain(name: str) -> bool:
    parts = PurePosixPath(name).parts
    plain = (
        name == "/".join(parts)
        and all(part not in ("..", ".") for part in parts)
        and not set(name) & set('\\:*?"<>|\0')
        and name.isprintable()
        and len(name) <= 120
    )
    return plain and (
        len(parts) == 1
        or (len(parts) == 2 and parts[0] == SCALES and name.endswith(".toml"))
    )


def check_folder(study: Study, files: Mapping[str, bytes]) -> None:
    """Refuse a folder that is no sound study, or whose record the lab cannot keep."""
    problems = [p for p in study.problems if p.severity == "error"]
    if study.record or RECORD in files:
        problems += [
            # What is exported later is made of the record, not of these files.
            replace(p, severity="error")
            for p in study.problems
            if p.code in ("differs-from-record", "protocol-differs")
            and p.severity != "error"
        ]
        chain = verify_chain(study.record)
        known = {(p.code, p.row) for p in problems}
        problems += [p for p in chain.problems if (p.code, p.row) not in known]
        problems += _unstorable(study.record)
        problems += _several_protocols(study)
    if len(study.protocol.study_id) > LONGEST_ID:
        problems += [
            Problem(
                "study-id",
                f"The study's id has {len(study.protocol.study_id)} characters",
                expected=f"{LONGEST_ID} or fewer",
                remedy="Give it a shorter id before it is imported",
            )
        ]
    if problems:
        raise DataError(problems)


def _unstorable(record: tuple[Entry, ...]) -> Iterator[Problem]:
    ids: dict[str, int] = {}
    for entry in record:
        before = ids.setdefault(entry.id, entry.seq)
        if before != entry.seq:
            yield Problem(
                "duplicate-id",
                f"Row {entry.seq} has the id of row {before}",
                file=RECORD,
                row=entry.seq,
                given=entry.id,
                remedy="Restore the record from a backup; it is never edited by hand",
            )
        row = NewRow(
            entry.action,
            entry.obj,
            entry.data,
            entry.supersedes,
            entry.reason,
            entry.id,
            entry.device_seq,
        )
        problems = list(name_problems("device", entry.device))
        problems += name_problems("actor", entry.actor)
        problems += name_problems("ts", entry.ts)
        try:
            check_row(row, longest=LONGEST_ROW)
        except DataError as error:
            problems += error.problems
        yield from (replace(p, file=RECORD, row=entry.seq) for p in problems)


def _several_protocols(study: Study) -> Iterator[Problem]:
    for entry in study.record:
        if entry.action == "protocol.save" and entry.obj != study.protocol.study_id:
            yield Problem(
                "study-id",
                f"Row {entry.seq} saves a protocol under another id",
                file=RECORD,
                row=entry.seq,
                given=entry.obj,
                expected=study.protocol.study_id,
                remedy="A record is of one study: look which one this is",
            )
