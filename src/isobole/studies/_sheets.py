"""The files of a study folder as columns of text, and the bytes they are written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Columns of each file, in the order they are written; others follow by name.
LAYOUT: dict[str, tuple[str, ...]] = {
    "animals.csv": (
        "animal_id", "species", "strain", "sex", "age_days", "weight_g", "cage",
        "litter", "day", "t0",
    ),
    "allocation.csv": (
        "animal_id", "group_code", "group", "stratum", "block", "day", "chamber",
        "order", "syringe_codes",
    ),
    "doses.csv": (
        "dose_id", "animal_id", "ts", "kind", "syringe_code", "substance", "amount",
        "unit", "volume_ml", "weight_g", "route", "person", "supersedes", "reason",
        "void",
    ),
    "events.csv": (
        "event_id", "animal_id", "t_ms", "type", "score", "observer", "supersedes",
        "reason", "detail", "ts", "void",
    ),
    "sessions.csv": (
        "session_id", "animal_id", "number", "phase", "ts", "current_ua",
        "afterdischarge", "add_status", "add_ms", "stage", "seizure_ms", "latency_ms",
        "condition", "observer", "supersedes", "reason", "void",
    ),
    "exclusions.csv": ("animal_id", "criterion", "reason", "person", "ts"),
    "concentrations.csv": (
        "animal_id", "analyte", "matrix", "fraction", "t_min", "value", "unit",
        "reason",
    ),
}  # fmt: skip

# Quoted so that every reader gives back the text: a first cell that begins with #
# would be taken for a comment, and blanks at the ends would be lost.
_QUOTED = re.compile(r'[",;\t\r\n]|^#|^\s|\s$')


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the folder: columns of text of equal length.

    Parameters
    ----------
    name : str
        The file's name, such as ``"events.csv"``.
    columns : mapping of str to list of str
        Cells by column, trimmed; "" where empty.
    lines : list of int
        Where each row stands in `source`, for problems.
    source : str
        What was read: the file itself, or the record.
    """

    name: str
    columns: Mapping[str, list[str]]
    lines: Sequence[int]
    source: str

    def __len__(self) -> int:
        return len(self.lines)


def sheet_of(
    name: str, rows: Iterable[Mapping[str, str]], lines: Sequence[int], source: str
) -> Sheet:
    """Put rows of text into columns: those of the layout, then the others by name."""
    every = list(rows)
    known = LAYOUT[name]
    others = sorted({key for row in every for key in row} - set(known))
    return Sheet(
        name,
        {key: [row.get(key, "") for row in every] for key in (*known, *others)},
        lines,
        source,
    )


def sheet_text(sheet: Sheet) -> str:
    """Write a sheet as CSV: the same bytes for the same cells.

    Examples
    --------
    >>> row = {"animal_id": "#7", "criterion": "E1", "reason": "ill, weak"}
    >>> print(
    ...     sheet_text(sheet_of("exclusions.csv", [row], [2], "exclusions.csv")), end=""
    ... )
    animal_id,criterion,reason,person,ts
    "#7",E1,"ill, weak",,
    """
    cells = (
        [_quoted(text) for text in (name, *column)]
        for name, column in sheet.columns.items()
    )
    return "".join(",".join(row) + "\n" for row in zip(*cells, strict=True))


def _quoted(text: str) -> str:
    if _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
