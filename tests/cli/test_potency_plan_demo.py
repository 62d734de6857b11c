"""isobole potency, plan ed50 and demo."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from isobole.cli import _demo
from isobole.cli._demo_interaction import demo_interactions
from isobole.datasets import path, study_names, study_path

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]

PLAN = ["plan", "ed50", "--doses", "5,10,20,40", "--n", "8", "--ed50", "14"]


@pytest.mark.parametrize("name", ["rotenone", "budworm", "pheur-diphtheria"])
@pytest.mark.parametrize("interval", ["likelihood", "fieller", "delta"])
def test_potency_json(isobole: Isobole, check: Check, name: str, interval: str) -> None:
    ran = isobole("potency", f"@{name}", "--json", "--interval", interval)
    assert ran.code == 0
    check("potency", ran.json)


def test_potency_prints_the_pharmacopoeia_digits(isobole: Isobole) -> None:
    ran = isobole(
        "potency", "@pheur-diphtheria", "--standard", "standard",
        "--standard-potency", "140", "--interval", "fieller", "--json",
        "--heterogeneity", "none", "--information", "expected",
    )  # fmt: skip
    (potency,) = ran.json["potencies"]
    found = next(e for e in potency["estimates"] if e["interval"] == "fieller")
    digits = [round(found[key], 1) for key in ("estimate", "low", "high")]
    assert digits == [160.6, 121.0, 215.2]


def test_potency_text(isobole: Isobole) -> None:
    ran = isobole("potency", "@rotenone", "--standard", "rotenone")
    assert ran.code == 0
    assert "Warning: The slopes differ" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_potency_without_a_finite_slope_is_exit_3(
    isobole: Isobole, check: Check, tmp_path: Path
) -> None:
    rows = [f"{c},{d},8,{8 * (d > 8)}" for c in "AB" for d in (5, 10, 20)]
    text = "\n".join(["drug,dose,n,affected", *rows])
    (tmp_path / "x.csv").write_text(text, "utf-8")
    ran = isobole("potency", "x.csv", "--by", "drug", "--json")
    assert ran.code == 3
    check("potency", ran.json)


def test_one_curve_cannot_be_compared(isobole: Isobole) -> None:
    ran = isobole("potency", "@mice8")
    assert ran.code == 1
    assert "--by COLUMN" in ran.err


def test_an_unknown_standard_is_named(isobole: Isobole) -> None:
    ran = isobole("potency", "@rotenone", "--standard", "rotenon")
    assert ran.code in (1, 2)
    assert "rotenone" in ran.err


def test_potency_files(isobole: Isobole, tmp_path: Path) -> None:
    isobole("potency", "@rotenone", "--out", "x.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8"))))
    assert {row["quantity"] for row in rows} == {"relative potency", "ED50 ratio"}
    assert isobole("potency", "@rotenone", "--out", "x.svg").code == 0
    assert "<svg" in (tmp_path / "x.svg").read_text("utf-8")


def test_plan_json(isobole: Isobole, check: Check) -> None:
    ran = isobole(*PLAN, "--slope", "6", "--unit", "mg/kg", "--json")
    assert ran.code == 0
    check("plan-ed50", ran.json)
    assert ran.json["options"]["doses"] == [5, 10, 20, 40]
    slope = next(r for r in ran.json["risks"] if r["code"] == "no-finite-slope")
    assert slope["doses"] == [5, 10, 20, 40]
    assert "5, 10, 20, 40 mg/kg" in slope["sentence"]


def test_plan_text_fits_the_terminal(isobole: Isobole) -> None:
    ran = isobole(*PLAN, "--slope", "6", "--unit", "mg/kg")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "0.15 log10 apart" in ran.out


def test_plan_files(isobole: Isobole, tmp_path: Path) -> None:
    assert isobole(*PLAN, "--slope", "6", "--out", "x.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8"))))
    assert rows[0]["doses"] == "5 10 20 40"


PLAN_MISTAKES = {
    "no slope": (PLAN, 2, "--slope"),
    "two lengths": ([*PLAN, "--slope", "6", "--n", "8,8"], 2, "--n"),
    "words for doses": (
        ["plan", "ed50", "--doses", "low,high", *PLAN[4:], "--slope", "6"],
        2,
        "--doses",
    ),
    "negative dose": (
        ["plan", "ed50", "--doses", "-5,10", *PLAN[4:], "--slope", "6"],
        1,
        "-5",
    ),
    "negative slope": ([*PLAN, "--slope", "-6"], 1, "slope"),
    "unknown unit": ([*PLAN, "--slope", "6", "--unit", "furlong"], 1, "furlong"),
}


@pytest.mark.parametrize("case", PLAN_MISTAKES)
def test_plan_mistakes(isobole: Isobole, check: Check, case: str) -> None:
    words, code, said = PLAN_MISTAKES[case]
    ran = isobole(*words)
    assert ran.code == code
    assert said in ran.err
    assert ran.out == ""
    failed = isobole(*words, "--json")
    assert failed.code == code
    check("error", failed.json)


def test_demo_needs_no_file_and_writes_a_report(
    isobole: Isobole, tmp_path: Path
) -> None:
    ran = isobole("demo")
    assert ran.code == 0
    for name in ("rotenone", "deguelin", "mixture", "demo-report.html"):
        assert name in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    page = (tmp_path / "demo-report.html").read_text("utf-8")
    for said in ("<svg", "Methods", "isobole demo", "Martin", "research and education"):
        assert said in page
    assert str(path("rotenone").parent) not in page


def test_demo_shows_why_the_same_counts_give_different_verdicts(
    isobole: Isobole, tmp_path: Path
) -> None:
    out = " ".join(isobole("demo").out.split())
    for said in ("1:1", "1:4", "synergy", "inconclusive", "PGB + LCM", "CONSTRUCTED"):
        assert said in out
    page = " ".join((tmp_path / "demo-report.html").read_text("utf-8").split())
    for said in (
        "The ratio of the mixture is not settled",
        "chi-square 12 on 4 df",
        "the reversal does not survive",
        "the two null models disagree",
        "Isobologram of rotenone and deguelin 1:4",
        "Audit of published interactions",
        "is not reproduced by the stated test",
        "CONSTRUCTED: valproate and magnesium",
        "no animal was tested",
        "cannot show synergy",
    ):
        assert said in page, said


@pytest.mark.parametrize("name", study_names())
def test_demo_analyses_a_bundled_study(
    isobole: Isobole, tmp_path: Path, name: str
) -> None:
    ran = isobole("demo", "--study", name, "--out", "study.html")
    assert (ran.code, ran.err.strip()) == (0, "Wrote study.html")
    page = (tmp_path / "study.html").read_text("utf-8")
    for said in ("<svg", "Methods", f"isobole demo --study {name}", "Constructed data"):
        assert said in page
    assert str(study_path(name).parent) not in page
    assert str(study_path(name).parent) not in ran.out


def test_demo_knows_every_bundled_study(isobole: Isobole) -> None:
    assert get_args(_demo.Study) == study_names()
    assert isobole("demo", "--study", "ptz").code == 2


def test_the_naive_reversal_does_not_survive() -> None:
    found = demo_interactions()
    words = {
        (r.ratio, r.rule): (r.loewe.interactions[0].verdict.word, r.item.verdict.word)
        for r in found.readings
    }
    assert words["1:4", "none"] == ("synergy", "inconclusive")
    assert words["1:4", "p<0.05"] == ("inconclusive", "inconclusive")
    assert words["1:1", "none"] == words["1:1", "p<0.05"] == ("additive", "additive")
    assert found.factorial.verdict == "exceeds-bliss"
    assert [claim.claim.name for claim in found.audit.flagged] == ["PGB + LCM"]


def test_demo_writes_reports_only(isobole: Isobole) -> None:
    ran = isobole("demo", "--out", "x.pdf")
    assert ran.code == 2
    assert ".html" in ran.err
