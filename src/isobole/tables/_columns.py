"""Columns of cells to arrays of numbers, outcomes and labels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from isobole.results import Problem, ProblemList
from isobole.tables._cells import FAULTS, PLAIN, Reading, read_cell, settle_marks
from isobole.tables._table import Column, FloatArray, RawTable, number_text

_WORDS = {
    "yes": 1.0, "true": 1.0, "y": 1.0, "t": 1.0,
    "no": 0.0, "false": 0.0, "n": 0.0, "f": 0.0,
}  # fmt: skip


def read_numbers(table: RawTable, column: Column, found: ProblemList) -> FloatArray:
    r"""Return a column's numbers; a cell that is none becomes a problem and NaN.

    Examples
    --------
    >>> from io import StringIO
    >>> from isobole.tables._source import read_table
    >>> found = ProblemList()
    >>> table = read_table(StringIO("n,affected\n8,2\neight,3"), found)
    >>> read_numbers(table, table.columns[0], found)
    array([ 8., nan])
    >>> print(found.found[0])
    row 3, column n: n is 'eight', which is not a number. Expected a number.
    Give the number alone.
    """
    return read_column(table, column, found, units=False)[0]


def read_outcomes(table: RawTable, column: Column, found: ProblemList) -> FloatArray:
    r"""Return 0 or 1 per animal; yes, no, true and false are read with a notice.

    Examples
    --------
    >>> from io import StringIO
    >>> from isobole.tables._source import read_table
    >>> table = read_table(StringIO("dose,affected\n5,yes\n5,no"), ProblemList())
    >>> read_outcomes(table, table.columns[1], ProblemList())
    array([1., 0.])
    """
    if isinstance(column.cells, list):
        words = {cell: cell.strip().casefold() for cell in set(column.cells)}
        used = sorted({word for word in words.values() if word in _WORDS})
        if used:
            read = ", ".join(f"{word} as {_WORDS[word]:.0f}" for word in used)
            found.add(
                Problem(
                    "words-for-outcomes",
                    f"Words were read as affected (1) or not (0): {read}",
                    severity="notice",
                    column=column.name,
                )
            )
            number = {
                cell: number_text(_WORDS[word]) if word in _WORDS else cell
                for cell, word in words.items()
            }
            cells = [number[cell] for cell in column.cells]
            column = Column(column.name, cells, column.position)
    values = read_numbers(table, column, found)
    wrong = ~np.isnan(values) & (values != 0) & (values != 1)
    if wrong.any():
        rest = values[wrong]
        if (rest != np.floor(rest)).any():
            remedy = "These look like proportions or percentages; give 0 or 1"
        else:
            remedy = "If these are counts of a dose group, add a column n"
        for index in np.flatnonzero(wrong):
            given = number_text(float(values[index]))
            found.add(
                Problem(
                    "not-0-or-1",
                    f"{column.name} is {given}",
                    row=int(table.rows[index]),
                    column=column.name,
                    given=given,
                    expected="0 or 1, as there is no column n with group sizes",
                    remedy=remedy,
                )
            )
        values[wrong] = np.nan
    return values


def read_labels(table: RawTable, column: Column, found: ProblemList) -> list[str]:
    """Return a column's labels, trimmed; an empty one is a problem."""
    texts = column.texts()
    trimmed = {text: text.strip() for text in set(texts)}
    faulty = [text for text, label in trimmed.items() if _label_fault(label)]
    for row, text in places(table, texts, faulty):
        fault = _label_fault(text.strip())
        found.add(_fault_problem(fault, text, "a name", row, column))
    return [trimmed[text] for text in texts]


def _label_fault(text: str) -> str:
    fault = read_cell(text).fault
    named = ("empty-cell", "merged-cell", "excel-error", "formula-without-value")
    return fault if fault in named else ""


def read_column(
    table: RawTable, column: Column, found: ProblemList, *, units: bool
) -> tuple[FloatArray, dict[str, Reading]]:
    """Return a column's numbers, and what was read from each different text."""
    if not isinstance(column.cells, list):
        return _checked(table, column, found), {}
    # A million rows hold few different texts: each is read once.
    different = dict.fromkeys(column.cells)
    semicolons = table.separator == ";"
    if not semicolons and all(map(PLAIN.fullmatch, different)):
        numbers = {text: float(text) for text in different}
        if all(abs(value) < float("inf") for value in numbers.values()):
            return _mapped(numbers, column.cells), {}
    readings, decimal = settle_marks(
        {text: read_cell(text, units=units) for text in different},
        semicolons=semicolons,
    )
    if decimal:
        found.add(
            Problem(
                "decimal-comma",
                "Decimal commas were read as decimal points",
                severity="notice",
                column=column.name,
            )
        )
    faulty = [text for text, reading in readings.items() if reading.fault]
    for row, text in places(table, column.cells, faulty):
        found.add(_fault_problem(readings[text].fault, text, "", row, column))
    values = {text: reading.value for text, reading in readings.items()}
    return _mapped(values, column.cells), readings


def _mapped(values: dict[str, float], cells: list[str]) -> FloatArray:
    return np.fromiter(map(values.__getitem__, cells), np.float64, len(cells))


def _checked(table: RawTable, column: Column, found: ProblemList) -> FloatArray:
    values = np.array(column.cells, dtype=np.float64)
    for bad, code in (
        (np.isnan(values), "empty-cell"),
        (np.isinf(values), "not-finite"),
    ):
        for index in np.flatnonzero(bad):
            text = "" if code == "empty-cell" else f"{values[index]}"
            row = int(table.rows[index])
            found.add(_fault_problem(code, text, "", row, column))
    values[~np.isfinite(values)] = np.nan
    return values


def places(
    table: RawTable, cells: Iterable[str], wanted: list[str]
) -> Iterable[tuple[int, str]]:
    """Yield the row and the text of every cell that holds one of `wanted`."""
    if wanted:
        among = set(wanted)
        for index, text in enumerate(cells):
            if text in among:
                yield int(table.rows[index]), text


def _fault_problem(
    code: str, given: str, expected: str, row: int, column: Column
) -> Problem:
    what, number, remedy = FAULTS[code]
    text = given.strip()
    return Problem(
        code,
        f"{column.name} is '{text}', {what}" if text else f"{column.name} is empty",
        row=row,
        column=column.name,
        given=text,
        expected=expected or number,
        remedy=remedy,
    )
