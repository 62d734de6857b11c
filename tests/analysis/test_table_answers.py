"""Answers to tables: the numbers of the rooms below, in one envelope and one CSV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest

from isobole.analysis import (
    answer_audit,
    answer_ed50,
    answer_potency,
    answer_synergy,
)
from isobole.combination import analyze_combination
from isobole.datasets import load, load_combination, path
from isobole.doseresponse import fit_quantal
from isobole.results import DataError, OptionError, value_or_none

FACTORIAL = "A,B,n,affected\n0,0,20,2\n5,0,20,6\n0,5,20,5\n5,5,20,18\n"
LADDER = (
    "A,B,n,affected\n1,0,10,1\n2,0,10,4\n4,0,10,8\n8,0,10,9\n"
    "0.5,3,10,2\n1,3,10,4\n2,3,10,7\n4,3,10,10\n"
)


def test_ed50s_are_those_of_the_fits() -> None:
    answer = answer_ed50(path("rotenone"), effects=[16, 50])
    expected = [
        value_or_none(e.value)
        for curve in load("rotenone")
        for e in fit_quantal(curve).ed([16, 50])
    ]
    header, rows = answer.rows()
    assert [row[header.index("dose")] for row in rows] == expected
    body = answer.to_dict("isobole ed50")
    told = [e["dose"] for curve in body["curves"] for e in curve["effects"]]
    assert told == expected
    assert body["options"]["effects"] == [16, 50]
    assert body["input"][0]["sha256"]


def test_the_data_hash_is_that_of_the_counts() -> None:
    one = answer_ed50(StringIO("dose,n,affected\n5,8,1\n10,8,4\n20,8,7\n"))
    other = answer_ed50(StringIO("affected;n;dose\n4;8;10\n1;8;5\n7;8;20\n"))
    assert one.data_sha256 == other.data_sha256
    assert one.inputs[0].sha256 != other.inputs[0].sha256


@pytest.mark.parametrize(
    ("table", "design", "column"),
    [
        (FACTORIAL, "factorial", "excess_points"),
        (LADDER, "type-ii", "index"),
    ],
)
def test_the_design_is_recognised(table: str, design: str, column: str) -> None:
    answer = answer_synergy(StringIO(table))
    assert answer.options["design"] == design
    header, rows = answer.rows()
    assert all(isinstance(row[header.index(column)], float) for row in rows)


def test_fixed_ratios_are_those_of_the_room() -> None:
    name = "rotenone-deguelin-1-4"
    answer = answer_synergy(path(name), margin=(0.8, 1.25))
    direct = analyze_combination(load_combination(name), margin=(0.8, 1.25))
    header, rows = answer.rows()
    assert rows[0][header.index("index")] == direct.interactions[0].index.value


def test_an_option_of_another_design_is_refused_by_its_name() -> None:
    with pytest.raises(OptionError, match=r"^ladder cannot be used: the design is a 2"):
        answer_synergy(StringIO(FACTORIAL), ladder="A")


def test_doses_without_a_design_are_refused() -> None:
    table = "A,B,n,affected\n1,0,9,1\n3,0,9,7\n0,1,9,2\n0,4,9,7\n1,2,9,3\n3,1,9,4\n"
    with pytest.raises(DataError) as caught:
        answer_synergy(StringIO(table))
    assert caught.value.problems[-1].code == "no-design"


def test_one_curve_has_nothing_to_be_compared_with() -> None:
    with pytest.raises(DataError) as caught:
        answer_potency(path("mice8"))
    assert caught.value.problems[0].code == "one-curve"


def test_an_audit_has_a_row_for_every_check() -> None:
    answer = answer_audit(path("luszczki-2020"))
    header, rows = answer.rows()
    assert len(rows) == sum(len(one.checks) for one in answer.found.claims)
    assert any(row[header.index("flagged")] for row in rows)


def test_steps_of_the_work_are_told() -> None:
    told: list[str] = []

    @contextmanager
    def progress(label: str) -> Iterator[object]:
        told.append(label)
        yield lambda done, total: told.append(f"{done} of {total}")

    answer_ed50(path("rotenone"), progress=progress)  # type: ignore[arg-type]
    assert told[0] == "Reading rows"
    assert told[-3:] == ["1 of 3", "2 of 3", "3 of 3"]
