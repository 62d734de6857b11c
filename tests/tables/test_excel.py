"""Workbooks: rows as Excel numbers them, formulas, dates, merged cells, sheets."""

import io
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from isobole.results import DataError, Problem
from isobole.tables import read_quantal

HEADER = ("dose (mg/kg)", "n", "affected")
GOOD = (HEADER, (5, 8, 1), (2.5, 8.0, 0))


def workbook(rows: Sequence[Sequence[object]], *merged: str) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    for cells in merged:
        book.active.merge_cells(cells)  # type: ignore[union-attr]
    return book


def saved(book: Workbook) -> io.BytesIO:
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def problems_of(book: Workbook, **options: str) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        read_quantal(saved(book), **options)  # type: ignore[arg-type]
    assert all(problem.remedy for problem in caught.value.problems)
    return list(caught.value.problems)


def places(problems: list[Problem]) -> list[tuple[str, int | None, str | None]]:
    return [(problem.code, problem.row, problem.column) for problem in problems]


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm", ".XLSX"])
def test_a_sheet(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    workbook(GOOD).save(path)
    seen: list[tuple[int, int | None]] = []
    (data,) = read_quantal(path, progress=lambda *done: seen.append(done))
    assert data.dose.tolist() == [5, 2.5]
    assert str(data.unit) == "mg/kg"
    assert data.inputs[0].file == str(path)
    assert data.notes == ()
    assert seen == [(2, 2)]


def test_comments_empty_rows_and_empty_columns() -> None:
    rows = [("# a note",), (), (None, *HEADER), (None, 5, 8, 1), (), (None, 10, 8, 2)]
    (data,) = read_quantal(saved(workbook(rows)))
    assert data.dose.tolist() == [5, 10]
    assert data.notes == ()


def test_rows_are_those_of_the_sheet() -> None:
    rows = [("# a note",), (), HEADER, (5, 8, 1), (), (-1, 8, 1), ("x", 8, 1)]
    column = HEADER[0]
    assert places(problems_of(workbook(rows))) == [
        ("dose-negative", 6, column),
        ("not-a-number", 7, column),
    ]


def test_dates_are_explained() -> None:
    rows = [HEADER, (datetime(2024, 10, 5), 8, 1), (5, 8, time(5, 8))]
    found = problems_of(workbook(rows))
    assert places(found) == [
        ("date-in-cell", 2, HEADER[0]),
        ("date-in-cell", 3, "affected"),
    ]
    assert "5-10" in (found[0].remedy or "")
    assert found[0].given == "2024-10-05"


def test_formulas_never_calculated() -> None:
    rows = [HEADER, ("=5*2", 8, 1), (10, None, 2)]
    assert places(problems_of(workbook(rows))) == [
        ("formula-without-value", 2, HEADER[0]),
        ("empty-cell", 3, "n"),
    ]


def test_merged_header() -> None:
    rows = [("Experiment 1", None, None), HEADER, (5, 8, 1)]
    found = problems_of(workbook(rows, "A1:C1"))
    assert ("merged-header", 1, None) in places(found)


def test_merged_doses() -> None:
    rows = [("dose", "affected"), (5, 0), (None, 1)]
    assert places(problems_of(workbook(rows, "A2:A3"))) == [("merged-cell", 3, "dose")]


def test_a_merged_optional_column_is_a_problem_too() -> None:
    rows = [("dose", "affected", "curve"), (5, 0, "VPA"), (5, 1, None)]
    found = problems_of(workbook(rows, "C2:C3"))
    assert places(found) == [("merged-cell", 3, "curve")]


def test_booleans_errors_and_text_numbers() -> None:
    rows = [("dose", "affected"), ("2,5", True), (5, False)]
    (data,) = read_quantal(saved(workbook(rows)))
    assert data.dose.tolist() == [2.5, 5]
    assert data.affected.tolist() == [1, 0]
    rows = [("dose", "affected"), ("#DIV/0!", 1)]
    assert places(problems_of(workbook(rows))) == [("excel-error", 2, "dose")]


def test_cells_without_a_header() -> None:
    rows = [(*HEADER, None), (5, 8, 1, "late")]
    (data,) = read_quantal(saved(workbook(rows)))
    assert [note.code for note in data.notes] == ["unnamed-column"]


def test_sheets_by_name() -> None:
    book = workbook(GOOD)
    book.create_sheet("Second").append(("nothing",))
    (data,) = read_quantal(saved(book))
    assert [note.code for note in data.notes] == ["first-sheet"]
    (data,) = read_quantal(saved(book), sheet="Sheet")
    assert data.notes == ()
    (problem,) = problems_of(book, sheet="second")
    assert problem.code == "missing-sheet"
    assert problem.remedy == "Did you mean 'Second'?"


def test_an_empty_sheet() -> None:
    (problem,) = problems_of(Workbook())
    assert problem.code == "empty-file"


def test_a_workbook_under_a_csv_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    workbook(GOOD).save(path)
    with pytest.raises(DataError, match=r"\.xlsx"):
        read_quantal(path)


def test_a_sheet_is_the_same_data_as_its_csv() -> None:
    (sheet,) = read_quantal(saved(workbook(GOOD)))
    (text,) = read_quantal(io.StringIO("dose (mg/kg),n,affected\n5,8,1\n2.5,8,0\n"))
    assert sheet.sha256 == text.sha256
