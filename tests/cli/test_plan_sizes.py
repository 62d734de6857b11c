"""isobole plan protection, latency, severity, kindling: JSON, text, files, refusals."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]

FAST = ["--samples", "500"]
PROTECTION = ["plan", "protection", "--control", "10", "--treated", "90"]
LATENCY = ["plan", "latency", "--window", "1800", "--control-events", "95", *FAST]
SCORES = ["plan", "severity", "--control", "0,0,5,10,15,70", *FAST]
KINDLING = ["plan", "kindling", *FAST]
RATE = [*KINDLING, "--mean", "12", "--sd", "3", "--times", "1.5"]

PLANS: dict[str, list[str]] = {
    "protection": PROTECTION,
    "protection, judged": [*PROTECTION, "--n", "8", "--comparisons", "3"],
    "Boschloo, unequal": [*PROTECTION, "--test", "boschloo", "--ratio", "1.5"],
    "latency": [*LATENCY, "--hazard-ratio", "0.2"],
    "latency, deaths": [*LATENCY, "--treated-events", "40", "--deaths", "10"],
    "latency, no event": [*LATENCY, "--treated-events", "0", "--n", "6"],
    "latency, medians": [
        "plan", "latency", "--window", "30", "--control-median", "2",
        "--treated-median", "12", "--time-unit", "min", "--test", "asymptotic", *FAST,
    ],
    "severity": [*SCORES, "--treated", "20,20,20,20,10,10", "--n", "6"],
    "severity, odds": [*SCORES, "--odds-ratio", "12"],
    "severity, no ties": ["plan", "severity", "--superiority", "0.85", *FAST],
    "kindling": [*RATE, "--sessions", "30", "--n", "8"],
    "kindling, shares": [*KINDLING, "--control", "0,50,50", "--treated", "0,10,40,50"],
    "stage": [*KINDLING, "--drops", "0:25,1:25,3:25,5:25", "--n", "6"],
    "duration": [*KINDLING, "--change", "20", "--within-sd", "15"],
}  # fmt: skip


def name_of(words: list[str]) -> str:
    return "-".join(words[:2])


@pytest.mark.parametrize("case", PLANS)
def test_json(isobole: Isobole, check: Check, case: str) -> None:
    words = PLANS[case]
    ran = isobole(*words, "--json")
    assert ran.code == 0, ran.err
    check(name_of(words), ran.json)
    found = ran.json["smallest"]
    assert found["n"] is not None
    points = {p["n"]: p["power"] for p in ran.json["power"][0]["points"]}
    assert points[found["n"]] >= ran.json["target_power"]
    assert all(p >= ran.json["target_power"] for n, p in points.items()
               if found["n"] <= n <= found["checked_to"])  # fmt: skip
    assert (ran.json["planned"] is not None) == ("--n" in words)
    assert isobole(*words, "--json").json == ran.json


@pytest.mark.parametrize("case", PLANS)
def test_text_fits_the_terminal(isobole: Isobole, case: str) -> None:
    ran = isobole(*PLANS[case])
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    for said in ("Note: ", "holds from here", "Assumed: ", "research and"):
        assert said in " ".join(ran.out.split())


def test_percent_becomes_shares_and_the_level_the_error(isobole: Isobole) -> None:
    ran = isobole(*PROTECTION, "--level", "0.99", "--json").json
    assert ran["expected"] == {"control": 10, "treated": 90}
    assert ran["alpha"] == 0.01
    assert ran["options"]["alpha"] == 0.01
    assert ran["smallest"]["n"] > isobole(*PROTECTION, "--json").json["smallest"]["n"]


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "protection", "--control", "50", "--treated", "50"],
        ["plan", "protection", "--control", "50", "--treated", "52"],
        [*LATENCY, "--hazard-ratio", "1"],
        [*LATENCY, "--hazard-ratio", "0.9", "--maximum", "10"],
        [*SCORES, "--odds-ratio", "1"],
        [*KINDLING, "--drops", "0:100", "--maximum", "8"],
        [*KINDLING, "--mean", "12", "--sd", "3", "--times", "1"],
    ],
)
def test_no_size_exits_3_with_the_reason(
    isobole: Isobole, check: Check, words: list[str]
) -> None:
    ran = isobole(*words, "--json")
    assert ran.code == 3
    check(name_of(words), ran.json)
    assert ran.json["smallest"]["n"] is None
    assert len(ran.json["smallest"]["reason"].split()) > 8
    assert isobole(*words).code == 3


@pytest.mark.parametrize("case", ["protection, judged", "latency", "stage"])
def test_files(isobole: Isobole, tmp_path: Path, case: str) -> None:
    words = PLANS[case]
    assert isobole(*words, "--out", "x.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8"))))
    body = isobole(*words, "--json").json["power"]
    assert len(rows) == sum(len(series["points"]) for series in body)
    assert float(rows[0]["power"]) == body[0]["points"][0]["power"]
    assert isobole(*words, "--out", "x.html").code == 0
    page = (tmp_path / "x.html").read_text("utf-8")
    for said in ("Methods", "target 80 %", "Power by", "<svg"):
        assert said in page
    assert isobole(*words, "--out", "x.svg").code == 0


MISTAKES: dict[str, tuple[list[str], int, str]] = {
    "shares": (
        ["plan", "protection", "--control", "0.1", "--treated", "0.9"],
        2,
        "--control 10 --treated 90",
    ),
    "above 100": (["plan", "protection", "--control", "10", "--treated", "190"], 2,
                  "--treated is 190"),
    "negative": (["plan", "protection", "--control", "-5", "--treated", "90"], 2, "-5"),
    "nothing": (["plan", "protection"], 2, "--control"),
    "power": ([*PROTECTION, "--power", "80"], 2, "Did you mean 0.8"),
    "test": ([*PROTECTION, "--test", "fischer"], 2, "fischer"),
    "half an animal": ([*PROTECTION, "--n", "7.5"], 2, "--n"),
    "too many": ([*PROTECTION, "--n", "5000"], 2, "from 2 to 500"),
    "ratio": ([*PROTECTION, "--ratio", "0"], 2, "ratio is 0"),
    "no treatment": (LATENCY, 2, "hazard_ratio"),
    "twice": ([*LATENCY, "--hazard-ratio", "0.5", "--treated-events", "20"], 2, "once"),
    "no window": (["plan", "latency", "--hazard-ratio", "0.5"], 2, "--window"),
    "all have it": (
        ["plan", "latency", "--window", "9", "--control-events", "100",
         "--hazard-ratio", "0.5"],
        2,
        "control_median instead",
    ),
    "sum": (["plan", "severity", "--control", "10,20", "--odds-ratio", "2"], 2,
            "sums to 30 per cent"),
    "sum of shares": (["plan", "severity", "--control", "0.5,0.5", "--odds-ratio", "2"],
                      2, "look like shares"),
    "levels": ([*SCORES, "--treated", "50,50"], 1, "6 levels and treated 2"),
    "two designs": ([*RATE, "--change", "5"], 2, "--change is of animals that are"),
    "groups of pairs": ([*KINDLING, "--drops", "0:50,1:50", "--ratio", "2"], 2,
                        "each animal is its own control"),
    "drops": ([*KINDLING, "--drops", "0;50"], 2, "--drops holds '0;50'"),
    "nothing expected": (KINDLING, 2, "say what is expected once"),
    "no SD": ([*KINDLING, "--change", "5"], 2, "within_sd"),
    "few studies": ([*RATE[:2], *RATE[4:], "--samples", "10"], 2, "samples is 10"),
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
