"""isobole plan interaction: its JSON, its text, its files and its refusals."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]

PLAN = [
    "plan", "interaction", "--drugs", "VPA,Mg", "--ed50", "140,60", "--slope", "7,7",
    "--samples", "500", "--sizes", "6,8",
]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--margin", "0.7", "1.4", "--ratio", "1:3", "--ratio-by", "mass"],
        ["--n", "8,8,12", "--count", "5", "--spacing", "0.1", "--mixture-slope", "6"],
        ["--doses", "80,140,240", "--doses", "35,60,100", "--doses", "50,80,140"],
    ],
)
def test_json(isobole: Isobole, check: Check, words: list[str]) -> None:
    ran = isobole(*PLAN, "--index", "0.7", *words, "--json")
    assert ran.code == 0, ran.err
    check("plan-interaction", ran.json)
    assert ran.json["design"]["samples"] == 500
    assert [size["n"][0] for size in ran.json["sizes"]] == [6, 8]
    assert isobole(*PLAN, "--index", "0.7", *words, "--json").json == ran.json


def test_text_fits_the_terminal(isobole: Isobole) -> None:
    ran = isobole(*PLAN, "--index", "0.7", "--unit", "mg/kg")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    for said in ("false positives", "no answer", "Monte Carlo", "research and"):
        assert said in " ".join(ran.out.split())


def test_files(isobole: Isobole, tmp_path: Path) -> None:
    assert isobole(*PLAN, "--index", "0.7", "--out", "x.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8"))))
    assert {row["n_per_dose"] for row in rows} == {"6 6 6", "8 8 8"}
    assert isobole(*PLAN, "--index", "0.7", "--out", "x.html").code == 0


MISTAKES: dict[str, tuple[list[str], int, str]] = {
    "no index": ([], 2, "--index"),
    "index 1": (["--index", "1"], 2, "additivity"),
    "one arm of doses": (["--index", "0.7", "--doses", "5,10"], 1, "dose"),
    "words for n": (["--index", "0.7", "--n", "eight"], 2, "--n"),
    "half an animal": (["--index", "0.7", "--n", "7.5"], 2, "whole"),
    "margin": (["--index", "0.7", "--margin", "2", "3"], 2, "margin"),
    "ratio in words": (["--index", "0.7", "--ratio", "half"], 2, "--ratio"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(isobole: Isobole, check: Check, case: str) -> None:
    words, code, said = MISTAKES[case]
    ran = isobole(*PLAN, *words)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert ran.out == ""
    failed = isobole(*PLAN, *words, "--json")
    assert failed.code == code
    check("error", failed.json)
