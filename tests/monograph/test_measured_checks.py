"""The measured precision and recall are those of the labelled pages, and are shown."""

from __future__ import annotations

import tomllib

import pytest

from isobole.monograph import checks, explain
from isobole.results import OptionError
from labelled_pages import TARGET, cases, measure

MAIN = (
    "strength-conflict", "pregnancy-absolute-or-relative", "per-mole-reversal",
    "percentages-no-denominator", "citation-topic-differs", "doses-differ",
    "breastfeeding-conflict",
)  # fmt: skip


def test_the_committed_measurement_is_current():
    committed = tomllib.loads(TARGET.read_text(encoding="utf-8"))["check"]
    assert committed == measure(), (
        "the checks or the reading of pages changed: run python "
        "tests/labelled_pages.py, "
        "look at what it prints, and commit checks/measured.toml"
    )


def test_every_check_is_measured_with_and_without_its_defect():
    labelled: dict[str, set[bool]] = {}
    for case in cases("held_out"):
        labelled.setdefault(case.code, set()).add(case.there)
    assert set(labelled) == set(checks())
    assert all(kinds == {True, False} for kinds in labelled.values())


@pytest.mark.parametrize("code", MAIN)
def test_the_main_checks_are_measured_on_many_pairs(code: str):
    measured = checks()[code].measured
    assert measured is not None
    assert measured.n >= 20


def test_no_held_out_case_was_used_for_tuning():
    tuned = {case.text for case in cases("tuning")}
    assert not tuned & {case.text for case in cases("held_out")}


def test_a_check_that_is_often_wrong_gives_hints():
    for check in checks().values():
        assert check.measured is not None
        precision = check.measured.precision
        often_wrong = precision is None or precision < 0.8
        assert (check.confidence == "hint") is often_wrong, check.code


def test_explaining_a_check_says_how_often_it_was_right():
    told = str(explain("per-mole-reversal"))
    measured = checks()["per-mole-reversal"].measured
    assert measured is not None
    assert f"n = {measured.n}" in told
    assert "precision" in told
    assert "recall" in told


def test_explaining_an_unknown_code_names_near_ones():
    with pytest.raises(OptionError, match="strength-conflict"):
        explain("strenght-conflict")
