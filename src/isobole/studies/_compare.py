"""A file beside the record held against what follows from the record."""

from __future__ import annotations

from pathlib import Path

from isobole.results import Problem, ProblemList
from isobole.studies._sheets import Sheet, sheet_text

_SHOWN = 20
_REMEDY = (
    "The record holds: correct it with an amendment, and write the file anew from it"
)


def compare(
    path: Path, beside: Sheet, due: Sheet, own: ProblemList, found: ProblemList
) -> None:
    """Add a problem for every row of the file that is not as the record has it.

    `own` are the problems met while the file was read; they only matter where it is
    not byte by byte what the record gives.
    """
    if path.is_file() and path.read_bytes() == sheet_text(due).encode():
        return
    for problem in own.found:
        found.add(problem)
    count = 0
    for problem in _differences(beside, due):
        count += 1
        if count <= _SHOWN:
            found.add(problem)
    if count > _SHOWN:
        found.add(
            Problem(
                "differs-from-record",
                f"{count - _SHOWN} more cells are not as in the record",
                file=beside.source,
                remedy=_REMEDY,
            )
        )


def _differences(beside: Sheet, due: Sheet) -> list[Problem]:
    found = []
    names = [
        *due.columns,
        *(name for name in beside.columns if name not in due.columns),
    ]
    for name in names:
        there = beside.columns.get(name, [""] * len(beside))
        held = due.columns.get(name, [""] * len(due))
        for given, expected, line in zip(there, held, beside.lines, strict=False):
            if given != expected.strip():
                found.append(
                    Problem(
                        "differs-from-record",
                        f"{name} is '{given}' here and '{expected}' in the record",
                        file=beside.source,
                        row=line,
                        column=name,
                        given=given,
                        expected=expected or "an empty cell",
                        remedy=_REMEDY,
                    )
                )
    found.sort(key=lambda problem: problem.row or 0)
    if len(beside) != len(due):
        found.append(
            Problem(
                "differs-from-record",
                f"The file has {len(beside)} rows, the record has {len(due)}",
                file=beside.source,
                given=str(len(beside)),
                expected=str(len(due)),
                remedy=_REMEDY,
            )
        )
    return found
