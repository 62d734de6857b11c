"""A table as it stands in its file: a header, columns of cells, line numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.results import InputFile, Problem, ProblemList

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Progress = Callable[[int, int | None], None]

EXCEL_ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
)
MERGED = "(merged cell)"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name as written, and its cells.

    Parameters
    ----------
    name : str
        The header, trimmed.
    cells : list of str or float array
        Text as it stands in a file ("" where empty), or the numbers of a frame
        (NaN where empty).
    position : int
        Counted from 1, with the columns that were left out.
    """

    name: str
    cells: list[str] | FloatArray
    position: int

    def texts(self) -> list[str]:
        """Return the cells as text."""
        if isinstance(self.cells, list):
            return self.cells
        return [number_text(value) for value in self.cells.tolist()]

    def is_empty(self) -> bool:
        """Return whether no cell holds anything."""
        if isinstance(self.cells, list):
            return not any(map(str.strip, set(self.cells)))
        return bool(np.isnan(self.cells).all())

    def is_constant(self) -> bool:
        """Return whether all cells say the same."""
        return len({text.strip() for text in self.texts()}) == 1


@dataclass(frozen=True, slots=True)
class RawTable:
    """Columns of equal length, before anything is known of their meaning.

    Parameters
    ----------
    columns : tuple of Column
        In the order of the file; columns with no name and no cells are gone.
    rows : int array
        Where each row stands: the line of the file, the row of the sheet, or the
        position in the frame counted from 1.
    separator : str
        What separates cells; "" where it is not text.
    inputs : tuple of InputFile
        The file read, with its hash.
    """

    columns: tuple[Column, ...]
    rows: IntArray
    separator: str = ""
    inputs: tuple[InputFile, ...] = ()


def number_text(value: float) -> str:
    """Write a number as a cell: the shortest text that reads back, "" for NaN.

    Examples
    --------
    >>> [number_text(x) for x in (5.0, 0.1, float("nan"))]
    ['5', '0.1', '']
    """
    if value != value:
        return ""
    whole = abs(value) < 1e15 and value == int(value)
    return str(int(value)) if whole else repr(value)


def is_comment(text: str) -> bool:
    """Return whether a line, stripped on the left, is a comment.

    Examples
    --------
    >>> is_comment("# batch 3"), is_comment("#DIV/0!,8,3")
    (True, False)
    """
    return text.startswith("#") and not text.startswith(tuple(EXCEL_ERRORS))


class TableBuilder:
    """Puts rows of text cells together to columns, collecting ragged rows."""

    def __init__(
        self, header: Sequence[str], found: ProblemList, *, separator: str = ""
    ) -> None:
        self._names = [name.strip() for name in header]
        self._found = found
        self._separator = separator
        self._columns: list[list[str]] = [[] for _ in header]
        self._rows: list[int] = []

    def extend(self, cells: list[list[str]], rows: list[int]) -> None:
        """Append rows of cells; a row of another length is a problem and left out."""
        width = len(self._names)
        if set(map(len, cells)) - {width}:
            cells, rows = self._even(cells, rows, width)
        if cells:
            for column, more in zip(
                self._columns, zip(*cells, strict=True), strict=True
            ):
                column.extend(more)
        self._rows.extend(rows)

    def _even(
        self, cells: list[list[str]], rows: list[int], width: int
    ) -> tuple[list[list[str]], list[int]]:
        kept, numbers = [], []
        for row, number in zip(cells, rows, strict=True):
            if not any(map(str.strip, row)):
                continue
            if len(row) != width and not any(map(str.strip, row[width:])):
                row = row[:width]
            if len(row) == width:
                kept.append(row)
                numbers.append(number)
                continue
            remedy = "Give every column a cell; leave none out at the end"
            if len(row) > width and self._separator == ",":
                remedy = (
                    "Quote cells that hold a comma; if it is a decimal comma, write "
                    "a point, or separate the columns with semicolons"
                )
            self._found.add(
                Problem(
                    "ragged-row",
                    f"The row has {len(row)} cells, the header has {width}",
                    row=number,
                    given=f"{len(row)} cells",
                    expected=f"{width} cells",
                    remedy=remedy,
                )
            )
        return kept, numbers

    def finish(self, inputs: tuple[InputFile, ...] = ()) -> RawTable:
        """Return the table without its empty rows and its empty nameless columns."""
        columns, rows = self._columns, self._rows
        if columns and "" in columns[0]:
            full = [any(map(str.strip, row)) for row in zip(*columns, strict=True)]
            if not all(full):
                columns = [
                    [cell for cell, keep in zip(column, full, strict=True) if keep]
                    for column in columns
                ]
                rows = [row for row, keep in zip(rows, full, strict=True) if keep]
        made = [
            Column(name, cells, position)
            for position, (name, cells) in enumerate(
                zip(self._names, columns, strict=True), 1
            )
        ]
        return RawTable(
            tuple(column for column in made if column.name or not column.is_empty()),
            np.array(rows, dtype=np.int64),
            self._separator,
            inputs,
        )
