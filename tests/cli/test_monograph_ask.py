"""`isobole monograph ask`: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isobole.results import RESEARCH_ONLY

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]
GOLDEN = (
    "--sex", "female", "--age", "24", "--planning-pregnancy", "--weight", "62",
    "--drug", "carbamazepine", "--condition", "liver disease",
)  # fmt: skip


def ask(isobole: Isobole, *words: str) -> Any:
    return isobole("monograph", "ask", *words)


def test_golden_case_as_text(isobole: Isobole) -> None:
    ran = ask(isobole, *GOLDEN)
    assert (ran.code, ran.err) == (0, "")
    text = " ".join(ran.out.split())
    for words in (
        "620–930 mg/day", "+310–620 mg/day", "3720 mg/day", "CONFLICT", "not stated",
        "divalproex regimen", "salt basis not stated", "cannot", "Excluded",
    ):  # fmt: skip
        assert words.lower() in text.lower(), words
    assert " ".join(RESEARCH_ONLY.split()) in text
    assert not re.search(r"\bsafe\b", text, re.IGNORECASE)
    # Doses stand below every contraindication.
    assert text.index("Liver disease") < text.index("620–930 mg/day")
    assert max(map(len, ran.out.splitlines())) <= 80


def test_golden_case_as_json(isobole: Isobole, check: Check) -> None:
    ran = ask(isobole, *GOLDEN, "--json")
    assert ran.code == 0
    check("monograph-ask", ran.json)
    assert ran.json["findings"][0]["strength"] == "contraindicated"
    assert ran.json["findings"][0]["conflict"] is True
    assert ran.json["research_use"] == RESEARCH_ONLY
    assert "bundled record" in ran.json["input"][0]["file"]
    assert {row["page"] for row in ran.json["excluded"]} == {
        "technical guide 002 (research use only)"
    }


def test_nothing_known_is_not_silence(isobole: Isobole, check: Check) -> None:
    ran = ask(isobole, "--json")
    check("monograph-ask", ran.json)
    assert {row["rule"] for row in ran.json["cannot_tell"]} >= {
        "pregnant", "planning-pregnancy", "liver-disease", "paternal-exposure",
    } - {"paternal-exposure"}  # fmt: skip
    assert all(line["mg_per_day"] is None for line in ran.json["doses"])
    assert {"sex", "age", "weight"} <= set(ran.json["missing"])


def test_cards(isobole: Isobole) -> None:
    ran = ask(isobole, *GOLDEN, "--format", "cards", "--out", "cards.json")
    assert ran.code == 0
    assert json.loads(Path("cards.json").read_text("utf-8")) == ran.json
    assert "Wrote cards.json" in ran.err
    assert ran.json["cards"][0]["indicator"] == "critical"


def test_fhir(isobole: Isobole) -> None:
    ran = ask(isobole, *GOLDEN, "--format", "fhir")
    assert ran.code == 0
    assert ran.json["resourceType"] == "Bundle"


def test_other_files(isobole: Isobole) -> None:
    for suffix in ("html", "json", "csv"):
        assert ask(isobole, *GOLDEN, "--out", f"x.{suffix}").code == 0
    assert RESEARCH_ONLY in Path("x.html").read_text("utf-8")
    rows = list(csv.DictReader(Path("x.csv").read_text("utf-8").splitlines()))
    assert {row["side"] for row in rows} >= {"for", "against", "depends"}
    assert any(row["verdict"] == "not stated" for row in rows)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--drug", "valproate"], 1, "may be"),
        (["--weight", "62000"], 2, "kilograms"),
        (["--weight", "0"], 2, "kilograms"),
        (["--age", "-1"], 2, "years"),
        (["--pregnant", "--planning-pregnancy"], 2, "Give one of"),
        (["--sex", "male", "--pregnant"], 2, "Leave it out"),
        (["--drug", "none", "--drug", "aspirin"], 2, "none"),
        (["--condition", " "], 2, "condition"),
        (["--format", "cards", "--json"], 2, "leave out"),
        (["--format", "fhir", "--out", "x.html"], 2, ".json"),
        (["--out", "x.svg"], 2, ".html"),
        (["nowhere.md"], 1, "nowhere.md"),
        (["."], 1, "no pages"),
        (["--condition", "cirrhosis", "--without", "cirrhosis"], 2, "absent"),
    ],
)
def test_refusals(isobole: Isobole, words: list[str], code: int, told: str) -> None:
    ran = ask(isobole, *words)
    assert ran.code == code
    assert told in ran.err
    assert ran.out == "" or "--json" in words


def test_no_other_drug(isobole: Isobole) -> None:
    ran = ask(isobole, "--drug", "none", "--json")
    assert ran.json["case"]["drugs"] == []
    rules = {row["rule"] for row in (*ran.json["findings"], *ran.json["cannot_tell"])}
    assert not rules & {"levels-with-inducers", "interaction"}
