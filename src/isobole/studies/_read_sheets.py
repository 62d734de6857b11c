"""One file of a study folder to columns of text, whatever spreadsheet it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from isobole.results import DataError, InputFile, Problem, ProblemList
from isobole.studies._sheets import LAYOUT, Sheet

if TYPE_CHECKING:
    from isobole.tables import RawTable

# Without these a row says nothing.
NEEDED: dict[str, tuple[str, ...]] = {
    "animals.csv": ("animal_id", "species", "strain", "sex"),
    "allocation.csv": ("animal_id", "group_code"),
    "doses.csv": ("animal_id", "kind"),
    "events.csv": ("event_id", "animal_id", "t_ms", "type"),
    "sessions.csv": ("session_id", "animal_id", "number", "phase"),
    "exclusions.csv": ("animal_id", "criterion", "reason"),
    "concentrations.csv": ("animal_id", "analyte", "matrix", "fraction", "unit"),
}
_UNITS = {"g": "g", "days": "days", "ml": "mL"}
"""Ends of column names that are units: without them a number says nothing."""


def read_sheet(
    folder: Path, name: str, found: ProblemList
) -> tuple[Sheet, InputFile | None]:
    """Read a file of the folder, CSV or else Excel; an absent one has no rows.

    Problems of the file as a whole leave it without rows, and are collected.
    """
    path = _present(folder, name, found)
    if path is None:
        return empty_sheet(name), None
    from isobole.tables import read_table

    try:
        data = path.read_bytes()
        if not data.strip():
            found.add(_blank(path.name, name))
            return empty_sheet(name, path.name), InputFile.of(path)
        own = ProblemList(path.name)
        table = read_table(path, own)
    except DataError as error:
        for problem in error.problems:
            found.add(replace(problem, file=path.name, remedy=_remedy(problem, name)))
        return empty_sheet(name, path.name), None
    except OSError as error:
        found.add(
            Problem(
                "not-read",
                f"It cannot be read ({error.strerror or error})",
                file=path.name,
                remedy="Check the right to read it",
            )
        )
        return empty_sheet(name, path.name), None
    for problem in own.found:
        found.add(replace(problem, file=path.name))
    if path.suffix == ".csv":
        _say_comments(data, path.name, found)
    inputs = InputFile(path.name, table.inputs[0].sha256)
    return sheet_from_table(table, name, path.name, found), inputs


def sheet_from_table(
    table: RawTable,
    name: str,
    source: str,
    found: ProblemList,
    *,
    otherwise: Mapping[str, str] = MappingProxyType({}),
) -> Sheet:
    """Return a table as a file of the folder; without rows if it lacks a column.

    `otherwise` is what holds in every row where the table has no such column.
    """
    columns: dict[str, list[str]] = {}
    for column in table.columns:
        key = _key(column.name, name)
        if key in columns:
            found.add(_twice(key, source))
            continue
        columns[key] = list(map(str.strip, column.texts()))
    lines = table.rows.tolist()
    columns |= {
        key: [text] * len(lines)
        for key, text in otherwise.items()
        if key not in columns
    }
    missing = [needed for needed in NEEDED[name] if needed not in columns]
    for needed in missing:
        found.add(_no_column(needed, tuple(columns), source, name))
    if missing:
        return empty_sheet(name, source)
    for key in LAYOUT[name]:
        if key not in columns:
            for problem in _not_used(key, tuple(columns), source, name):
                found.add(problem)
    full = {key: columns.get(key) or [""] * len(lines) for key in LAYOUT[name]}
    others = {key: columns[key] for key in columns if key not in full and key}
    return Sheet(name, {**full, **others}, lines, source)


def empty_sheet(name: str, source: str | None = None) -> Sheet:
    """Return a file without rows."""
    return Sheet(name, {key: [] for key in LAYOUT[name]}, [], source or name)


def _say_comments(data: bytes, source: str, found: ProblemList) -> None:
    """Warn of rows that were taken for comments: an id may begin with #."""
    lines = data.decode("utf-8", errors="replace").splitlines()
    width = max((line.count(",") for line in lines if line[:1] != "#"), default=0)
    for number, line in enumerate(lines, start=1):
        if width and line.lstrip().startswith("#") and line.count(",") == width:
            found.add(
                Problem(
                    "row-as-comment",
                    "The line begins with # and was taken for a comment, but has as "
                    "many cells as a row",
                    severity="warning",
                    file=source,
                    row=number,
                    remedy='If it is a row, put its first cell into quotes: "#7"',
                )
            )


def _present(folder: Path, name: str, found: ProblemList) -> Path | None:
    path = folder / name
    book = path.with_suffix(".xlsx")
    if path.is_dir():
        found.add(
            Problem(
                "is-a-directory",
                f"{name} is a folder",
                file=name,
                expected="a file",
                remedy="Move the folder elsewhere",
            )
        )
        return None
    if path.is_file():
        if book.is_file():
            found.add(
                Problem(
                    "two-files",
                    f"{book.name} stands beside {name} and was not read",
                    severity="warning",
                    file=book.name,
                    remedy="Remove one of the two",
                )
            )
        return path
    return book if book.is_file() else None


def _key(name: str, file: str) -> str:
    """Match a header to the layout whatever its case, blanks, hyphens and brackets."""
    key = re.sub(r"[\s()\[\]-]+", "_", name.casefold()).strip("_")
    return key if key in LAYOUT[file] else name.strip()


def _not_used(
    key: str, there: tuple[str, ...], source: str, name: str
) -> Iterator[Problem]:
    """Name columns that may be the one that is missing: in another unit, or in none."""
    what, _, unit = key.rpartition("_")
    if not what or unit not in _UNITS:
        return
    for other in there:
        words = re.findall(r"[^\W_]+", other.casefold())
        if other not in LAYOUT[name] and what in words:
            yield Problem(
                "column-not-used",
                f"The column '{other}' is kept, but not read as {key}",
                severity="warning",
                file=source,
                row=1,
                column=other,
                remedy=f"If it is in {_UNITS[unit]}, call it {key}; if it is not, "
                "convert it first",
            )


def _blank(source: str, name: str) -> Problem:
    return Problem(
        "empty-file",
        "The file is empty",
        file=source,
        expected="a header line",
        remedy=f"Begin with {','.join(LAYOUT[name])}, or remove the file",
    )


def _remedy(problem: Problem, name: str) -> str | None:
    if problem.code in ("empty-file", "not-separated"):
        return f"Begin with {','.join(LAYOUT[name])}"
    return problem.remedy


def _twice(key: str, source: str) -> Problem:
    return Problem(
        "column-twice",
        f"There are two columns {key}; the first was read",
        file=source,
        row=1,
        column=key,
        remedy="Remove or rename one of them",
    )


def _no_column(needed: str, there: tuple[str, ...], source: str, name: str) -> Problem:
    close = get_close_matches(needed, there, n=1, cutoff=0.5)
    hint = f"Is it '{close[0]}'? Rename it" if close else "Add it"
    return Problem(
        "missing-column",
        f"There is no column {needed}, so that no row was read",
        file=source,
        row=1,
        column=needed,
        given=", ".join(there),
        expected=", ".join(LAYOUT[name]),
        remedy=hint,
    )
