"""isobole plan ed50 --ratio: its JSON, its text, its files and its refusals."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]

CLAIM = ["plan", "ed50", "--ratio", "94.58", "97.41"]
SALTS = [
    "--unit", "mg/kg", "--substances", "magnesium valproate", "sodium valproate",
]  # fmt: skip


@pytest.mark.parametrize("words", [[], SALTS, ["--power", "0.9", "--slope", "5"]])
def test_json(isobole: Isobole, check: Check, words: list[str]) -> None:
    ran = isobole(*CLAIM, *words, "--json")
    assert ran.code == 0, ran.err
    check("plan-ratio", ran.json)
    rows = ran.json["comparisons"]
    assert len(rows) == (2 if words == SALTS else 1)
    if words == SALTS:
        assert ran.json["reversed"] is True
        assert [round(row["n_per_drug"], -2) for row in rows] == [6800, 4100]
        assert ran.json["options"]["substances"] == SALTS[3:]
    else:
        assert ran.json["per_mole_reason"]


def test_level_is_the_error_and_slope_the_scatter(isobole: Isobole) -> None:
    plain = isobole(*CLAIM, "--json").json
    strict = isobole(*CLAIM, "--level", "0.99", "--json").json
    assert strict["alpha"] == 0.01
    assert strict["options"]["alpha"] == 0.01
    assert (
        strict["comparisons"][0]["n_per_drug"] > plain["comparisons"][0]["n_per_drug"]
    )
    steep = isobole(*CLAIM, "--slope", "15.4", "--json").json
    share = (
        steep["comparisons"][0]["n_per_drug"] / plain["comparisons"][0]["n_per_drug"]
    )
    assert share == pytest.approx((1 / 0.13 / 15.4) ** 2, rel=1e-3)


def test_equal_ed50s_exit_3_with_the_reason(isobole: Isobole, check: Check) -> None:
    ran = isobole("plan", "ed50", "--ratio", "5", "5", "--json")
    assert ran.code == 3
    check("plan-ratio", ran.json)
    assert ran.json["comparisons"][0]["n_per_drug"] is None


def test_text_fits_the_terminal(isobole: Isobole) -> None:
    ran = isobole(*CLAIM, *SALTS)
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    for said in (
        "about 6,800 animals per drug", "about 4,100 animals per drug",
        "The order reverses", "608.8", "586.1", "A: magnesium valproate.",
        "research and",
    ):  # fmt: skip
        assert said in " ".join(ran.out.split())


def test_files(isobole: Isobole, tmp_path: Path) -> None:
    assert isobole(*CLAIM, *SALTS, "--out", "x.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8"))))
    assert [row["more_potent"] for row in rows] == SALTS[3:]
    assert isobole(*CLAIM, *SALTS, "--out", "x.html").code == 0
    page = (tmp_path / "x.html").read_text("utf-8")
    for said in ("Animals per drug", "Methods", "310.717", "--ratio 94.58 97.41"):
        assert said in page
    assert isobole(*CLAIM, "--out", "x.json").code == 0


MISTAKES: dict[str, tuple[list[str], int, str]] = {
    "with doses": ([*CLAIM, "--doses", "5,10"], 2, "--doses does not go with --ratio"),
    "with n": ([*CLAIM, "--n", "8"], 2, "--n does not go with --ratio"),
    "with ed50": ([*CLAIM, "--ed50", "8"], 2, "--ed50 does not go with --ratio"),
    "with link": ([*CLAIM, "--link", "logit"], 2, "--link does not go with --ratio"),
    "one ED50": (["plan", "ed50", "--ratio", "94.58"], 2, "--ratio"),
    "a word": (["plan", "ed50", "--ratio", "94.58", "much"], 2, "much"),
    "negative": (["plan", "ed50", "--ratio", "94.58", "-3"], 1, "-3"),
    "no unit": ([*CLAIM, *SALTS[2:]], 2, "need the unit"),
    "no such drug": (
        [*CLAIM, "--unit", "mg/kg", "--substances", "valproaat", "PTZ"],
        1,
        "valproaat",
    ),
    "current": ([*CLAIM, "--unit", "mA", *SALTS[2:]], 1, "mA"),
    "percent": ([*CLAIM, "--power", "80"], 2, "Did you mean 0.8"),
    "substances alone": (
        ["plan", "ed50", "--doses", "5,10", "--n", "8", "--ed50", "7", "--slope", "6",
         *SALTS],
        2,
        "--substances goes with --ratio",
    ),
    "nothing": (["plan", "ed50"], 2, "--doses, --n, --ed50, --slope must be given"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(isobole: Isobole, check: Check, case: str) -> None:
    words, code, said = MISTAKES[case]
    ran = isobole(*words)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert ran.out == ""
    failed = isobole(*words, "--json")
    assert failed.code == code
    check("error", failed.json)
