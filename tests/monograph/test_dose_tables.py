"""Tables of pages: what one row or column says is not said of the others."""

from __future__ import annotations

from typing import Any

from isobole.monograph import Case, Statement, ask, read

_HEAD = "---\ntitle: Examplamide\n---\n"


def _of(body: str, *kinds: str) -> list[Statement]:
    return [s for s in read(_HEAD + body).statements if s.kind.startswith(kinds)]


def _doses(table: str) -> list[tuple[Any, ...]]:
    return [
        (s.kind, s.value, s.unit, s.scope.population)
        for s in _of(f"## Dosage\n{table}", "dose_")
    ]


TABLE = (
    "| Population | Starting dose | Usual range | Maximum dose |\n|---|---|---|---|\n"
    "| Adults | 40 mg twice daily | 100–200 mg/day | 360 mg/day |\n"
    "| Children | 2 mg/kg/day | 3–5 mg/kg/day | 150 mg/day |\n"
)


def test_a_column_is_what_its_title_says() -> None:
    told = _doses(TABLE)
    assert told == [
        ("dose_initial", 40, "mg twice daily", "adults"),
        ("dose_maintenance", (100, 200), "mg/day", "adults"),
        ("dose_max", 360, "mg/day", "adults"),
        ("dose_initial", 2, "mg/kg/day", "children"),
        ("dose_maintenance", (3, 5), "mg/kg/day", "children"),
        ("dose_max", 150, "mg/day", "children"),
    ]


def test_lines_are_those_of_the_rows_with_crlf_and_a_mark_as_well() -> None:
    text = _HEAD + "## Dosage\n" + TABLE
    plain = read(text)
    other = read("\ufeff" + text.replace("\n", "\r\n"))
    lines = [s.span.line for s in plain.statements if s.kind == "dose_max"]
    assert lines == [7, 8]
    assert lines == [s.span.line for s in other.statements if s.kind == "dose_max"]
    assert all("360" not in s.span.quote for s in plain.statements if s.span.line == 8)


def test_a_row_may_be_what_its_first_cell_says() -> None:
    told = _doses(
        "| | Adults | Children | Elderly (mg) |\n|---|---|---|---|\n"
        "| Starting dose | 30 mg/day | 1 mg/kg/day | 15 |\n"
        "| **Maximum** | 90 mg/day | 4 mg/kg/day | 45 |\n"
        "| Weekly step | 10 mg | 0.5 mg/kg | 5 |\n"
    )
    assert [one[0] for one in told] == (
        ["dose_initial"] * 3 + ["dose_max"] * 3 + ["dose_titration"] * 3
    )
    assert told[5] == ("dose_max", 45, "mg", "elderly")
    assert told[7][1:] == (0.5, "mg/kg per week", "children")


def test_an_empty_first_cell_is_the_one_above() -> None:
    told = _doses(
        "| Indication | Who | Dose |\n|---|---|---|\n"
        "| Focal seizures | Adults | start with 20 mg/day, maximum 80 mg/day |\n"
        "| | Children | 1 mg/kg/day |\n"
    )
    assert [one[0] for one in told] == ["dose_initial", "dose_max", "dose_maintenance"]
    assert told[2][3] == "children"


def test_a_dose_above_an_empty_first_cell_is_not_said_again() -> None:
    told = _of(
        "## Dosage\n| Start | Maximum dose |\n|---|---|\n"
        "| 5 mg/day | 30 mg/day |\n| | 40 mg/day |\n| | 50 mg/day |\n",
        "dose_",
    )
    assert [s.value for s in told] == [5, 30, 40, 50]
    assert all(f"{s.value} mg" in s.span.quote for s in told)


def test_a_clearance_is_no_dose_and_stays_with_its_figure() -> None:
    body = (
        "## Dosage\n| Kidneys | CrCl (mL/min) | Dose |\n|---|---|---|\n"
        "| Normal | ≥ 80 | 300–900 mg twice daily |\n"
        "| Severe | < 30 | 150 mg daily |\n"
    )
    told = _of(body, "dose_")
    assert [s.value for s in told] == [(300, 900), 150]
    assert told[1].scope.condition == "Severe; creatinine clearance < 30 mL/min"
    answer = ask(read(_HEAD + body), Case(sex="male", age=40, drugs=()))
    assert "creatinine clearance < 30 mL/min" in answer.doses[1].sentence()


def test_a_title_that_is_no_dose_binds_what_stands_below_it() -> None:
    told = _of(
        "## Dosage\n| Week | Alone (mg/day) | With inducers |\n|---|---|---|\n"
        "| 1–2 | 25 | 50 mg/day |\n",
        "dose_",
    )
    assert [(s.value, s.unit, s.scope.condition) for s in told] == [
        (25, "mg/day", "Week 1–2; Alone"),
        (50, "mg/day", "Week 1–2; With inducers"),
    ]


def test_rows_of_other_sections_are_read_one_by_one() -> None:
    told = _of(
        "## Drug Interactions\n| Drug | Effect | Advice |\n|---|---|---|\n"
        "| Carbamazepine | lowers examplamide levels | monitor levels |\n"
        "| Warfarin | no interaction known | |\n"
        "| Lithium | tremor | avoid |\n",
        "interaction",
    )
    assert [(s.value, s.strength, s.span.line) for s in told] == [
        ("carbamazepine", "monitor", 7),
        ("warfarin", None, 8),
        ("lithium", "avoid", 9),
    ]
    assert told[0].details["direction"] == "decrease"
    assert told[1].details["consequence"] == "no known interaction"


def test_nothing_of_a_table_is_dropped() -> None:
    body = "## Dosage\n| Week | Advice |\n|---|---|\n| 1 | with food |\n| 2 | | |\n"
    quotes = [s.span.quote for s in _of(body, "text")]
    assert quotes == ["| Week | Advice |", "| 1 | with food |", "| 2 | | |"]
