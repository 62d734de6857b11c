"""A workbook with more than one sheet: the first is read, or the one that is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from isobole.datasets import path

Isobole = Callable[..., Any]

TABLES = {
    "ed50": path("mice8"),
    "potency": path("rotenone"),
    "synergy": path("rotenone-deguelin-1-4"),
    "audit": path("luszczki-2020"),
}


def workbook(table: Path, file: Path) -> Path:
    """Write a workbook whose second sheet holds the rows of a CSV table."""
    book = openpyxl.Workbook()
    book.active.append(["Protokoll", "not a table of counts"])
    sheet = book.create_sheet("Mäuse 2")
    for line in table.read_text(encoding="utf-8").splitlines():
        cells = line.split(",") if not line.startswith("#") else [line]
        sheet.append([_cell(cell) for cell in cells])
    book.save(file)
    return file


def _cell(text: str) -> float | str | None:
    try:
        return float(text)
    except ValueError:
        return text or None


@pytest.mark.parametrize("command", TABLES)
def test_the_sheet_that_is_named_is_read(
    isobole: Isobole, command: str, tmp_path: Path
) -> None:
    table = TABLES[command]
    file = workbook(table, tmp_path / "Versuch 1.xlsx")
    plain = isobole(command, str(table), "--json")
    named = isobole(command, str(file), "--sheet", "Mäuse 2", "--json")
    assert named.code == plain.code == 0, named.err
    assert named.json["options"] == {**plain.json["options"], "sheet": "Mäuse 2"}
    same = {"command", "input", "options", "problems", "data_sha256"}
    if command != "audit":  # printed digits: a sheet keeps no zeros at their end
        assert {k: v for k, v in named.json.items() if k not in same} == {
            k: v for k, v in plain.json.items() if k not in same
        }
    other = isobole(command, str(file), "--sheet", "Mause 2")
    assert other.code == 1
    assert "Did you mean 'Mäuse 2'?" in other.err


def test_a_sheet_of_a_text_file_is_refused(isobole: Isobole) -> None:
    ran = isobole("ed50", str(path("mice8")), "--sheet", "Mäuse 2")
    assert ran.code == 2
    assert "the source is not a workbook" in ran.err
