"""`isobole monograph build`, `check`, `search`, `show`: answers, files, exit codes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monograph_pages import text_of

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]
LEVEL = {"error": "error", "warning": "warning", "notice": "note"}


@pytest.fixture
def pages(isobole: Isobole) -> Path:
    """Return a folder of two sound pages and one with a defect."""
    folder = Path("pages")
    folder.mkdir()
    for name in ("a_clean.md", "b1_clean.md"):
        (folder / name).write_text(text_of(name), "utf-8")
    (folder / "mg.md").write_text(
        "---\ntitle: Magnesium Valproate\n---\n## Usage\n- Seizures.\n\n"
        "## Alternate Names\n- Sodium valproate\n\n## Contraindications\n"
        "- Liver disease.\n\n## Dosage\n- Epilepsy: 5 mg/kg/day.\n"
    )  # fmt: skip
    return folder


def test_build_and_search(isobole: Isobole, check: Check, pages: Path) -> None:
    ran = isobole("monograph", "build", "pages", "site", "--jobs", "1")
    assert (ran.code, ran.err) == (0, "")
    assert "index.html" in ran.out
    assert "not for diagnosis" in " ".join(ran.out.split())
    ran = isobole("monograph", "build", "pages", "site", "--json")
    check("monograph-build", ran.json)
    assert (ran.json["pages"], ran.json["parsed"]) == (3, 0)
    ran = isobole("monograph", "search", "liver", "--in", "site", "--json")
    check("monograph-search", ran.json)
    assert "mg.md" in {hit["file"] for hit in ran.json["hits"]}
    ran = isobole("monograph", "search", "mg/kg", "--in", "site")
    assert ran.code == 0
    assert "plain words" in " ".join(ran.out.split())
    ran = isobole("monograph", "search", "nothingatall", "--in", "site", "--json")
    assert (ran.code, ran.json["hits"]) == (0, [])


def test_a_page_left_out_is_named(isobole: Isobole, check: Check, pages: Path) -> None:
    (pages / "photo.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(256) * 9)
    ran = isobole("monograph", "build", "pages", "site", "--json")
    check("monograph-build", ran.json)
    (problem,) = ran.json["problems"]
    assert (ran.code, problem["file"], problem["code"]) == (
        0, "photo.md", "page-binary",
    )  # fmt: skip


def test_show(isobole: Isobole, check: Check, pages: Path) -> None:
    ran = isobole("monograph", "show", "pages/mg.md")
    assert ran.code == 0
    assert "line 11" in ran.out or ":11" in ran.out
    assert "not stated" in ran.out
    alone = isobole("monograph", "show", "pages/mg.md", "--json").json
    check("monograph-show", alone)
    isobole("monograph", "build", "pages", "site")
    named = isobole(
        "monograph", "show", "magnesium valproate", "--in", "site", "--json"
    ).json  # fmt: skip
    check("monograph-show", named)
    assert [s["value"] for s in named["statements"]] == [
        s["value"] for s in alone["statements"]
    ]
    assert {f["code"] for f in named["findings"]} >= {"alternate-name-other-substance"}
    record = isobole("monograph", "show", "--json", "--out", "record.csv")
    check("monograph-show", record.json)
    assert len(record.json["statements"]) > 200
    rows = list(csv.DictReader(Path("record.csv").read_text("utf-8").splitlines()))
    assert len(rows) == len(record.json["statements"])
    liver = next(c for c in record.json["glance"] if c["topic"] == "Liver")
    assert liver["conflict"]


def test_check_is_a_gate(isobole: Isobole, check: Check, pages: Path) -> None:
    ran = isobole("monograph", "check", "pages", "--json")
    check("monograph-check", ran.json)
    assert [page["file"] for page in ran.json["pages"]] == [
        "pages/a_clean.md", "pages/b1_clean.md", "pages/mg.md",
    ]  # fmt: skip
    found = ran.json["findings"]
    assert (ran.code == 1) == (ran.json["errors"] > 0)
    assert ran.json["warnings"] > 0
    order = [list(LEVEL).index(finding["severity"]) for finding in found]
    assert order == sorted(order)
    names = next(f for f in found if f["code"] == "alternate-name-other-substance")
    assert (names["file"], names["line"]) == ("pages/mg.md", 8)
    assert isobole("monograph", "check", "pages", "--level", "warning").code == 1
    assert isobole("monograph", "check", "pages", "--level", "notice").code == 1
    ran = isobole("monograph", "check", "pages/mg.md")
    assert "pages/mg.md:8" in " ".join(ran.out.split())


def test_an_error_gives_exit_code_1(isobole: Isobole, pages: Path) -> None:
    (pages / "bad.md").write_bytes(b"---\ntitle: Y\n---\n## Usage\n- Caf\xe9.\n")
    ran = isobole("monograph", "check", "pages/bad.md", "--json")
    assert ran.code == 1
    codes = [f["code"] for f in ran.json["findings"] if f["severity"] == "error"]
    assert "invalid-utf8" in codes
    assert len(codes) == ran.json["errors"]


def test_sarif(isobole: Isobole, pages: Path) -> None:
    ran = isobole("monograph", "check", "pages", "--sarif", "--out", "check.sarif")
    log = json.loads(ran.out)
    assert json.loads(Path("check.sarif").read_text("utf-8")) == log
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    found = isobole("monograph", "check", "pages", "--json").json["findings"]
    assert len(run["results"]) == len(found)
    assert len({rule["id"] for rule in rules}) == len(rules)
    text = {f"pages/{n}": text_of(n) for n in ("a_clean.md", "b1_clean.md")}
    text["pages/mg.md"] = (pages / "mg.md").read_text("utf-8")
    for result, finding in zip(run["results"], found, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding["code"]
        assert result["level"] == LEVEL[finding["severity"]]
        place = result["locations"][0]["physicalLocation"]
        file = place["artifactLocation"]["uri"]
        assert file == finding["file"]
        if "region" in place:
            region = place["region"]
            start = region["charOffset"]
            quote = text[file][start : start + region["charLength"]]
            assert quote == region["snippet"]["text"]
            assert 1 <= region["startLine"] <= region["endLine"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["check"], 2, "Give one page or folder"),
        (["check", "nowhere.md"], 1, "cannot be read"),
        (["check", "pages", "--json", "--sarif"], 2, "JSON of its own"),
        (["check", "pages", "--level", "fatal"], 2, "level"),
        (["build", "nowhere", "site"], 1, "no folder"),
        (["build", "pages", "pages"], 2, "holds the pages"),
        (["build", "pages", "site", "--jobs", "0"], 2, "1 or more"),
        (["search", "liver", "--in", "nowhere"], 1, "no index"),
        (["search", "liver"], 2, "--in"),
        (["search", "()", "--in", "site"], 2, "no word"),
        (["search", "a", "--in", "site", "--limit", "0"], 2, "limit"),
        (["show", "nowhere.md"], 1, "cannot be read"),
        (["show", "--in", "site"], 2, "name of a page"),
        (["show", "examplamid", "--in", "site"], 1, "No page is called"),
    ],
)
def test_refusals(
    isobole: Isobole, pages: Path, words: list[str], code: int, said: str
) -> None:
    if "site" in words and words[0] != "build":
        isobole("monograph", "build", "pages", "site")
    ran = isobole("monograph", *words)
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err
    if words[0] == "build":
        assert not Path("site").exists()


def test_a_check_says_how_often_it_is_right(
    isobole: Isobole, check: Callable[[str, dict[str, Any]], None]
) -> None:
    ran = isobole("monograph", "check", "--explain", "strength-conflict")
    assert ran.code == 0
    assert "precision" in ran.out
    assert "recall" in ran.out
    told = isobole("monograph", "check", "--explain", "strength-conflict", "--json")
    check("monograph-explain", told.json)
    assert told.json["check"]["n"] > 20
    wrong = isobole("monograph", "check", "--explain", "strength-conflikt")
    assert wrong.code == 2
    assert "strength-conflict" in wrong.err
