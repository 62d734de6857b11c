"""Animals from a table that is pasted or uploaded."""

from __future__ import annotations

from io import BytesIO, StringIO

import pytest

from isobole.results import DataError
from isobole.studies import animal_draft, check_payload, read_animals

MOUSE = {"species": "mouse", "strain": "CF-1", "sex": "M"}


@pytest.mark.parametrize(
    "text",
    [
        "animal_id,weight_g,cage\nM1,21.4,C1\nM2,22,C1\n",
        "Animal ID\tWeight (g)\tcage\nM1\t21.4\tC1\nM2\t22\tC1\n",
        "Animal-ID\tWEIGHT [g]\tcage\nM1\t21.4\tC1\nM2\t22\tC1\n",
        "Animal ID\tWeight g\tcage\nM1\t21.4\tC1\nM2\t22\tC1\n",
        "animal_id;weight_g;cage\nM1;21,4;C1\nM2;22;C1\n",
    ],
)
def test_cells_of_any_spreadsheet_are_read(text: str) -> None:
    found, problems = read_animals(StringIO(text), otherwise=MOUSE)
    assert [(a.animal_id, a.weight_g, a.cage) for a in found] == [
        ("M1", 21.4, "C1"),
        ("M2", 22.0, "C1"),
    ]
    assert not [p for p in problems if p.severity == "error"]
    assert not check_payload("animal.add", animal_draft(found[0]).data)


def test_a_workbook_is_read() -> None:
    from openpyxl import Workbook

    book, out = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (("animal_id", "weight_g"), ("M1", 21.5)):
        sheet.append(row)
    book.save(out)
    found, _ = read_animals(BytesIO(out.getvalue()), otherwise=MOUSE)
    assert (found[0].animal_id, found[0].weight_g) == ("M1", 21.5)


def test_the_table_wins_over_what_holds_otherwise() -> None:
    text = "animal_id,sex,strain\nM1,F,C57BL/6J\n"
    found, _ = read_animals(StringIO(text), otherwise=MOUSE)
    assert (found[0].sex, found[0].strain) == ("F", "C57BL/6J")


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("animal_id,weight_g\nM1,21\nM2,heavy\n", "not-a-number", 3),
        ("animal_id,sex\nM1,X\n", "not-allowed", 2),
        ("animal_id,weight_g\nM1,21\nM1,22\n", "duplicate-id", None),
        ("weight_g,cage\n21,C1\n", "missing-column", 1),
        ("animal_id,weight_g\n", "no-rows", None),
    ],
)
def test_a_bad_row_is_named(text: str, code: str, row: int | None) -> None:
    _, problems = read_animals(StringIO(text), otherwise=MOUSE, name="the paste")
    errors = [p for p in problems if p.severity == "error"]
    found = [(p.code, p.file, p.row) for p in errors]
    assert found == [(code, "the paste", row)]


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(DataError):
        read_animals(StringIO(""), otherwise=MOUSE)
    with pytest.raises(DataError):
        read_animals(BytesIO(b"PK\x03\x04 no workbook"), otherwise=MOUSE)


@pytest.mark.parametrize("name", ["weight (kg)", "Weight", "body_weight", "age in d"])
def test_a_column_that_may_be_the_weight_is_not_passed_over(name: str) -> None:
    text = f"animal_id,{name}\nM1,0.02\n"
    found, problems = read_animals(StringIO(text), otherwise=MOUSE)
    assert (found[0].weight_g, found[0].age_days) == (None, None)
    (problem,) = problems
    assert (problem.code, problem.column) == ("column-not-used", name)
    key = "age_days" if "age" in name else "weight_g"
    assert key in str(problem)


def test_a_column_beside_the_weight_is_one_of_its_own() -> None:
    text = "animal_id,weight_g,birth weight\nM1,20,1.2\n"
    found, problems = read_animals(StringIO(text), otherwise=MOUSE)
    assert found[0].weight_g == 20
    assert problems == ()
