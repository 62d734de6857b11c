"""A sheet of an Excel workbook to a table; openpyxl is imported when one is read."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import datetime, time
from difflib import get_close_matches
from io import BytesIO
from itertools import islice
from typing import Any

from isobole.results import InputFile, Problem, ProblemList
from isobole.tables._problems import fatal
from isobole.tables._table import (
    MERGED,
    Column,
    Progress,
    RawTable,
    TableBuilder,
    is_comment,
    number_text,
)

CHUNK = 8192
# Above this, empty cells are reported without a second look at the formulas.
SECOND_LOOK = 100_000


def read_workbook(
    data: bytes,
    found: ProblemList,
    *,
    sheet: str | None = None,
    inputs: tuple[InputFile, ...] = (),
    progress: Progress | None = None,
) -> RawTable:
    """Read one sheet: the first, or the one named; rows are numbered as in Excel."""
    with warnings.catch_warnings():
        # openpyxl warns of charts and styles it leaves out; none of them is data.
        warnings.simplefilter("ignore")
        book = _open(data, found, read_only=True, data_only=True)
        try:
            page = _choose(book, sheet, found)
            table, header_row = _values(page, found, inputs, progress)
        finally:
            book.close()
        if table.rows.size <= SECOND_LOOK and any(map(_has_gaps, table.columns)):
            whole = _open(data, found, read_only=False, data_only=False)
            table = _explained(whole[page.title], table, header_row, found)
    return table


def _open(data: bytes, found: ProblemList, **options: bool) -> Any:
    from openpyxl import load_workbook

    try:
        return load_workbook(BytesIO(data), **options)
    except Exception as error:  # whatever a broken zip or XML makes openpyxl raise
        fatal(
            found,
            Problem(
                "unreadable-workbook",
                f"The workbook cannot be read ({type(error).__name__})",
                expected="an Excel workbook (.xlsx)",
                remedy="Open it in Excel or LibreOffice and save it again as .xlsx, "
                "or as CSV",
            ),
        )


def _choose(book: Any, sheet: str | None, found: ProblemList) -> Any:
    titles = [page.title for page in book.worksheets]
    listed = ", ".join(f"'{title}'" for title in titles)
    if not titles or (sheet is not None and sheet not in titles):
        close = get_close_matches(sheet or "", titles, n=1, cutoff=0.5)
        fatal(
            found,
            Problem(
                "missing-sheet",
                f"There is no sheet '{sheet}'; the sheets are {listed or 'none'}",
                given=sheet,
                expected=f"one of {listed}" if titles else "a sheet with cells",
                remedy=f"Did you mean '{close[0]}'?" if close else "Name one of them",
            ),
        )
    if sheet is None and len(titles) > 1:
        others = ", ".join(f"'{title}'" for title in titles[1:])
        found.add(
            Problem(
                "first-sheet",
                f"The first sheet '{titles[0]}' was read, and not {others}",
                severity="notice",
                remedy="Name the sheet to read another",
            )
        )
    return book[sheet or titles[0]]


def _values(
    page: Any,
    found: ProblemList,
    inputs: tuple[InputFile, ...],
    progress: Progress | None,
) -> tuple[RawTable, int]:
    total = page.max_row
    page.reset_dimensions()  # what the file says of its size may be wrong
    rows = (
        (number, [cell_text(cell) for cell in row])
        for number, row in enumerate(page.iter_rows(values_only=True), 1)
    )
    filled = (
        (number, row)
        for number, row in rows
        if any(row) and not is_comment(next(filter(None, row)).lstrip())
    )
    header_row, header = next(filled, (0, []))
    if not header:
        fatal(
            found,
            Problem(
                "empty-file",
                "The sheet is empty",
                expected="a header row and one row per dose group or per animal",
                remedy="Begin with a row dose, n, affected, or name another sheet",
            ),
        )
    numbers: list[int] = []
    cells: list[list[str]] = []
    while chunk := list(islice(filled, CHUNK)):
        numbers += [number for number, _ in chunk]
        cells += [row for _, row in chunk]
        if progress is not None:
            progress(numbers[-1] - header_row, total and max(total - header_row, 0))
    # Sheets have no ragged rows: what was never typed is an empty cell.
    width = max(map(len, [header, *cells]))
    builder = TableBuilder(header + [""] * (width - len(header)), found)
    builder.extend([row + [""] * (width - len(row)) for row in cells], numbers)
    return builder.finish(inputs), header_row


def cell_text(cell: object) -> str:
    """Write a cell as the text that would stand in a CSV file.

    Examples
    --------
    >>> [cell_text(x) for x in (None, 5.0, 2.5, True, " VPA ", datetime(2024, 10, 5))]
    ['', '5', '2.5', 'TRUE', 'VPA', '2024-10-05']
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return number_text(float(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell).strip()


def _has_gaps(column: Column) -> bool:
    return "" in column.cells or not column.name


def _explained(
    page: Any, table: RawTable, header_row: int, found: ProblemList
) -> RawTable:
    """Tell apart empty cells, formulas never calculated, and merged cells."""
    merged = [
        (cells, range(cells.min_row, cells.max_row + 1))
        for cells in page.merged_cells.ranges
    ]
    for cells, rows in merged:
        if header_row in rows:
            found.add(
                Problem(
                    "merged-header",
                    f"The header has merged cells ({cells.coord})",
                    row=header_row,
                    given=cells.coord,
                    expected="one header row, one cell per column",
                    remedy="Unmerge them and name every column; put # before a title "
                    "above the header",
                )
            )
    columns: list[Column] = []
    for column in table.columns:
        texts, position = column.texts(), column.position
        for index in [i for i, text in enumerate(texts) if not text]:
            row = int(table.rows[index])
            formula = page.cell(row, position).value
            if isinstance(formula, str) and formula.startswith("="):
                texts[index] = formula
            elif any(
                row in rows and cells.min_col <= position <= cells.max_col
                for cells, rows in merged
            ):
                texts[index] = MERGED
        columns.append(replace(column, cells=texts))
    return replace(table, columns=tuple(columns))
