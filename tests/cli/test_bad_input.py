"""Bad tables through the command line: told where and what to do, nothing written."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]
HEAD = "dose,n,affected\n"

# Every word that must stand on stderr: file, row, column, what is wrong, the remedy.
BAD: dict[str, tuple[str | bytes, list[list[str]]]] = {
    "negative dose": (
        HEAD + "-5,8,1\n10,8,4\n",
        [["row 2", "column dose", "-5", "not its logarithm"]],
    ),
    "infinite dose": (
        HEAD + "5,8,1\ninf,8,4\n",
        [["row 3", "column dose", "inf", "finite", "Give the number"]],
    ),
    "dose not a number": (
        HEAD + "5,8,1\nten,8,4\n",
        [["row 3", "column dose", "'ten'", "Give the number alone"]],
    ),
    "empty cells": (
        HEAD + "5,,1\n10,8,\n",
        [["row 2", "column n", "empty", "Fill it in"], ["row 3", "column affected"]],
    ),
    "affected above n": (
        HEAD + "5,8,1\n10,8,9\n",
        [["row 3", "column affected", "9", "8", "Check"]],
    ),
    "percentages": (
        HEAD + "5,8,12.5\n10,8,50\n20,8,87.5\n",
        [["row 2", "column affected", "12.5", "percentages; give counts"]],
    ),
    "proportions": (
        HEAD + "5,8,0.125\n10,8,0.5\n",
        [["row 2", "column affected", "0.125", "proportions; give counts"]],
    ),
    "no rows": (HEAD, [["no row below", "Give at least two dose groups"]]),
    "empty file": ("", [["empty", "dose,n,affected"]]),
    "duplicated header": (
        "dose,n,affected,n\n5,8,1,8\n",
        [["column n", "columns 2, 4", "Rename or remove"]],
    ),
    "missing column": (
        "dose,n,afected\n5,8,1\n",
        [["column affected", "found were dose, n, afected", "Did you mean 'afected'"]],
    ),
    "ragged rows": (
        HEAD + "5,8\n10,8,4,3\n20,8,7\n",
        [["row 2", "2 cells", "Give every column"], ["row 3", "4 cells", "Quote"]],
    ),
    "binary file": (bytes(range(256)) * 4, [["CSV"]]),
    "per-animal values": (
        "dose,affected\n5,0\n5,2\n10,1\n",
        [["row 3", "column affected", "2", "0 or 1", "column n"]],
    ),
    "mixed units": (
        HEAD + "5 mg/kg,8,1\n10 umol/kg,8,4\n",
        [["row 3", "column dose", "mg/kg, umol/kg", "Convert"]],
    ),
    "wrong encoding": (
        "dose,n,affected\n5,8,1\n".encode("utf-16-le"),
        [["UTF-8", "Save the table as CSV"]],
    ),
    "dates from Excel": (
        HEAD + "5-Oct,8,1\n10,8,4\n",
        [["row 2", "column dose", "'5-Oct'", "a date", "format the column as Text"]],
    ),
    "decimal commas between commas": (
        HEAD + "2,5,8,1\n5,8,4\n",
        [["row 2", "4 cells", "decimal comma", "semicolons"]],
    ),
    "no animals at all": (HEAD + "5,0,0\n10,0,0\n", [["column n", "n = 0", "Give"]]),
    "controls only": (HEAD + "0,8,1\n", [["row 2", "column dose", "no dose above 0"]]),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 99, [["Excel", "Save it as"]]),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", [["CSV"]]),
    "an open quote": (HEAD + '"5,8,1\n10,8,4\n', [["row 2", "Close the quote"]]),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("command", ["ed50", "potency"])
def test_bad_table(
    isobole: Isobole, check: Check, tmp_path: Path, case: str, command: str
) -> None:
    content, lines = BAD[case]
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "bad.csv").write_bytes(data)
    ran = isobole(command, "bad.csv", "--out", "x.html")
    assert ran.code == 1
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert "nothing was written" in ran.err
    problems = [line for line in ran.err.splitlines() if line.startswith("bad.csv")]
    for words in lines:
        assert any(all(word in line for word in words) for line in problems), ran.err
    assert [file.name for file in tmp_path.iterdir()] == ["bad.csv"]

    failed = isobole(command, "bad.csv", "--json")
    assert failed.code == 1
    check("error", failed.json)
    assert failed.json["error"] == "DataError"
    assert len(failed.json["problems"]) == len(problems)
    assert all(problem["file"] == "bad.csv" for problem in failed.json["problems"])


def test_all_problems_are_collected(isobole: Isobole, tmp_path: Path) -> None:
    text = HEAD + "-5,8,1\n10,8,9\nx,8,4\n20,8,3.5\n"
    (tmp_path / "bad.csv").write_text(text, "utf-8")
    ran = isobole("ed50", "bad.csv")
    assert ran.err.startswith("isobole: 4 problems found")
    for row in (2, 3, 4, 5):
        assert f"bad.csv, row {row}, column" in ran.err


def test_excel_dates(isobole: Isobole, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["dose", "n", "affected"], [datetime.date(2024, 5, 10), 8, 1]):
        sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    ran = isobole("ed50", "x.xlsx")
    assert ran.code == 1
    for said in ("x.xlsx, row 2, column dose", "a date", "as Text"):
        assert said in ran.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mise.csv", "Did you mean"),
        (".", "directory"),
        ("no/such.csv", "cannot be read"),
    ],
)
def test_files_that_cannot_be_read(
    isobole: Isobole, tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "mice.csv").write_text(HEAD + "5,8,1\n", "utf-8")
    ran = isobole("ed50", name)
    assert ran.code == 1
    assert said in ran.err
    assert ran.out == ""


ACCEPTED = {
    "decimal commas": ("dose;n;affected\n2,5;8;1\n5;8;4\n10;8;7\n", "Decimal commas"),
    "Windows text": (
        "dose (µg/kg),n,affected\n5,8,1\n10,8,4\n20,8,7\n".encode("cp1252"),
        "Windows-1252",
    ),
    "an empty group": (HEAD + "2.5,0,0\n5,8,2\n10,8,7\n", "n = 0"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_unambiguous_is_read_with_a_note(
    isobole: Isobole, tmp_path: Path, case: str
) -> None:
    content, said = ACCEPTED[case]
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "x.csv").write_bytes(data)
    ran = isobole("ed50", "x.csv")
    assert ran.code == 0
    assert said in " ".join(ran.out.split())
    noted = isobole("ed50", "x.csv", "--json").json["problems"]
    assert any(said in problem["message"] for problem in noted)


@pytest.mark.parametrize(
    ("words", "said", "page"),
    [
        ("ed50", "ed50 needs FILE.", "ed50"),
        (
            "plan protection --control 10",
            "plan protection needs --treated with a value.",
            "plan protection",
        ),
        (
            "monograph ask --weight 62,5",
            "Invalid value for --weight: '62,5' is not a number. Write 62.5: a comma "
            "is no part of a number.\n",
            "monograph ask",
        ),
        (
            "monograph ask --weight 1,000",
            "Invalid value for --weight: '1,000' is not a number. Write 1.000 or 1000, "
            "whichever is meant: a comma is no part of a number.\n",
            "monograph ask",
        ),
        (
            "plan doses --ed50 heavy",
            "Invalid value for --ed50: 'heavy' is not a number.\n",
            "plan doses",
        ),
        (
            "plan doses --ed50 10 --animals 8,5",
            "Invalid value for --animals: '8,5' is not a whole number.\n",
            "plan doses",
        ),
        (
            "plan doses --ed50 10 --animals 1,000",
            "Invalid value for --animals: '1,000' is not a whole number. Write 1000: a "
            "comma is no part of a number.\n",
            "plan doses",
        ),
        ("plan foo", 'Unknown command "foo".', "plan"),
        ("foo", 'Unknown command "foo".', ""),
    ],
)
def test_what_is_lacking_is_named_with_its_page(
    isobole: Isobole, words: str, said: str, page: str
) -> None:
    ran = isobole(*words.split())
    assert ran.code == 2
    assert ran.err.startswith(f"isobole: {said}")
    assert ran.err.splitlines()[-1] == f"See {f'isobole {page}'.strip()} --help"


def test_rows_of_several_drugs_put_together_are_warned_of(
    isobole: Isobole, tmp_path: Path
) -> None:
    text = "drug,dose,n,affected\nA,5,8,1\nA,10,8,5\nB,5,8,1\nB,10,8,6\n"
    (tmp_path / "x.csv").write_text(text, "utf-8")
    ran = isobole("ed50", "x.csv")
    assert "Warning" in ran.out
    assert "--by drug" in " ".join(ran.out.split())


def test_a_million_animals(isobole: Isobole, check: Check, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    doses = np.array([5, 10, 15, 20, 30])
    dose = rng.choice(doses, 1_000_000)
    hit = rng.random(dose.size) < 1 / (1 + (13 / dose) ** 4)
    rows = [f"{d},{int(r)}\n" for d, r in zip(dose.tolist(), hit.tolist(), strict=True)]
    (tmp_path / "x.csv").write_text("dose,affected\n" + "".join(rows), "utf-8")
    ran = isobole("ed50", "x.csv", "--link", "logit", "--json")
    assert ran.code == 0
    assert ran.err == ""  # no bar where nobody looks
    check("ed50", ran.json)
    (curve,) = ran.json["curves"]
    assert curve["n_animals"] == 1_000_000
    assert curve["effects"][0]["dose"] == pytest.approx(13, rel=0.01)
