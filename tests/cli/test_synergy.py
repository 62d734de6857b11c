"""isobole synergy: every design, its JSON, its files, its exit codes, its refusals."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isobole.combination import analyze_combination, potency_shift
from isobole.datasets import load_combination
from isobole.results import encode
from isobole.tables import read_combination

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]

HEAD = "A (mg/kg),B (mg/kg),n,protected\n"
A = "5,0,8,1\n10,0,8,4\n20,0,8,7\n"
B = "0,50,8,1\n0,100,8,4\n0,200,8,7\n"
MIX = "2,20,8,1\n4,40,8,5\n8,80,8,8\n"
SHIFT = (
    "VPA (mg/kg),Mg (mg/kg),n,protected\n150,0,8,1\n200,0,8,3\n250,0,8,5\n300,0,8,7\n"
    "100,40,8,1\n150,40,8,3\n200,40,8,6\n250,40,8,7\n0,40,8,0\n"
)
LADDERS = SHIFT + "100,80,8,3\n150,80,8,6\n200,80,8,8\n0,80,8,1\n"
SEPARATED = HEAD + "5,0,8,0\n10,0,8,0\n20,0,8,8\n" + B + MIX
TOTAL = "curve,dose,n,affected\n" + "".join(
    f"{name},{dose},8,{hits}\n"
    for name, doses in (("A", (5, 10, 20)), ("B", (50, 100, 200)), ("mix", (9, 18, 36)))
    for dose, hits in zip(doses, (1, 4, 7), strict=True)
)
STUDIES: dict[str, tuple[str, int]] = {
    "fixed ratio": (HEAD + A + B + MIX, 0),
    "three drugs": (
        "A,B,C,n,affected\n"
        + "".join(
            f"{','.join(str(d * x) for x in row)},8,{hits}\n"
            for row in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (0.2, 0.2, 0.2))
            for d, hits in ((1, 1), (2, 4), (4, 7))
        ),
        0,
    ),
    "an arm separated": (SEPARATED, 3),
    "an arm of one dose": (HEAD + "10,0,8,4\n" + B + MIX, 3),
    "an arm flat": (HEAD + "5,0,8,4\n10,0,8,4\n20,0,8,4\n" + B + MIX, 3),
    "a mixture all affected": (HEAD + A + B + "4,40,8,8\n8,80,8,8\n", 3),
    "type II": (SHIFT, 0),
    "type II, two fixed doses": (LADDERS, 0),
    "type II without Mg alone": (SHIFT.replace("0,40,8,0\n", ""), 0),
    "type II separated": (
        SHIFT.replace("200,0,8,3\n250,0,8,5", "200,0,8,0\n250,0,8,8")
        .replace("150,0,8,1", "150,0,8,0")
        .replace("300,0,8,7", "300,0,8,8"),
        3,
    ),
    "factorial": (HEAD + "0,0,10,0\n5,0,10,1\n0,50,10,0\n5,50,10,7\n", 0),
    "factorial, none affected": (HEAD + "0,0,8,0\n5,0,8,0\n0,50,8,0\n5,50,8,0\n", 0),
    "factorial without 00": (HEAD + "5,0,10,1\n0,50,10,0\n5,50,10,7\n", 3),
}


def write(folder: Path, text: str, name: str = "x.csv") -> None:
    (folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize("case", STUDIES)
def test_json_of_every_design(
    isobole: Isobole, check: Check, tmp_path: Path, case: str
) -> None:
    text, code = STUDIES[case]
    write(tmp_path, text)
    ran = isobole("synergy", "x.csv", "--json")
    assert ran.code == code, ran.err
    check("synergy", ran.json)
    assert ("exit code 3" in ran.err) == (code == 3)


@pytest.mark.parametrize("case", STUDIES)
def test_text_of_every_design(isobole: Isobole, tmp_path: Path, case: str) -> None:
    text, code = STUDIES[case]
    write(tmp_path, text)
    ran = isobole("synergy", "x.csv")
    assert ran.code == code
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "For research and education only" in ran.out
    assert "nan" not in ran.out.lower().split()


@pytest.mark.parametrize(
    "words",
    [
        ["--margin", "0.8", "1.25", "--index", "0.7"],
        ["--variance", "lublin", "--null", "loewe"],
        ["--index-interval", "likelihood"],
        ["--index-interval", "bootstrap"],
        ["--effect", "16,50,84"],
        ["--natural-response", "0.05", "--heterogeneity", "none"],
        ["--convention", "sas", "--link", "logit", "--level", "0.9"],
    ],
)
def test_json_of_every_option(isobole: Isobole, check: Check, words: list[str]) -> None:
    ran = isobole("synergy", "@rotenone-deguelin-1-4", "--json", *words)
    assert ran.code in (0, 3)
    check("synergy", ran.json)


def test_json_is_what_python_gives(isobole: Isobole, tmp_path: Path) -> None:
    ran = isobole("synergy", "@rotenone-deguelin-1-1", "--json").json
    found = analyze_combination(load_combination("rotenone-deguelin-1-1"))
    assert ran["interactions"] == encode(found.to_dict()["interactions"])
    assert ran["data_sha256"] == found.data.sha256
    write(tmp_path, SHIFT)
    shift = potency_shift(read_combination(tmp_path / "x.csv"))
    ran = isobole("synergy", "x.csv", "--json").json
    assert ran["interactions"] == encode(shift.to_dict()["interactions"])
    assert ran["interactions"][0]["tipping_ed50"]["estimate"] > 40


def test_the_verdict_depends_on_ratio_and_heterogeneity(isobole: Isobole) -> None:
    def verdict(ratio: str, rule: str) -> str:
        ran = isobole(
            "synergy", f"@rotenone-deguelin-{ratio}", "--json", "--heterogeneity",
            rule, "--null", "loewe", "--margin", "0.75", "1.3333",
        )  # fmt: skip
        return str(ran.json["interactions"][0]["verdict"])

    assert verdict("1-1", "none") == "additive"
    assert verdict("1-4", "none") == "synergy"
    assert verdict("1-4", "p<0.05") == "inconclusive"


@pytest.mark.parametrize("by", ["mass", "ed50"])
def test_total_doses_with_a_ratio(isobole: Isobole, check: Check, by: str) -> None:
    ran = isobole(
        "synergy", "@rotenone", "--ratio", "1:4", "--ratio-by", by, "--json"
    )  # fmt: skip
    assert ran.code == 0
    check("synergy", ran.json)
    share = ran.json["interactions"][0]["mixture"]["rotenone"]
    assert share == pytest.approx(0.2) if by == "mass" else share < 0.2
    assert ran.json["problems"][0]["code"] == "ratio-stated"


def test_verdict_stands_first_and_conditions_last(
    isobole: Isobole, tmp_path: Path
) -> None:
    rows = "".join(
        f"{line},{'p.o.' if k > 5 else 'i.p.'},{k // 6}\n"
        for k, line in enumerate((A + B + MIX).split())
    )
    write(tmp_path, HEAD.strip() + ",route B,day\n" + rows)
    out = isobole("synergy", "x.csv").out
    places = [
        out.index(words)
        for words in ("Verdict: ", "Loewe additive", "Tests", "route i.p. alone",
                      "not concurrent", "Design recognised", "research and")
    ]  # fmt: skip
    assert places == sorted(places)


def test_files(isobole: Isobole, tmp_path: Path) -> None:
    for name in ("x.html", "x.svg"):
        assert isobole("synergy", "@rotenone-deguelin-1-4", "--out", name).code == 0
    page = (tmp_path / "x.html").read_text("utf-8")
    for said in ("<svg", "Methods", "Loewe", "research and education"):
        assert said in page
    for case, rows in (("fixed ratio", 1), ("type II", 2), ("factorial", 1)):
        write(tmp_path, STUDIES[case][0])
        isobole("synergy", "x.csv", "--out", "y.csv")
        text = (tmp_path / "y.csv").read_text("utf-8")
        found = list(csv.DictReader(io.StringIO(text)))
        assert len(found) == rows
        assert found[0]["verdict"]


UNEQUAL = (
    "arm,"
    + HEAD
    + "".join(
        f"{name},{line}\n"
        for name, part in (("A", A), ("B", B), ("mix", MIX + "16,200,8,8\n"))
        for line in part.split()
    )
)
# text, flags, words of one line on stderr
BAD: dict[str, tuple[str, list[str], list[str]]] = {
    "no single arm": (HEAD + A + MIX, [], ["B alone", "Add the single-drug groups"]),
    "ratio in words": (TOTAL, ["--ratio", "half"], ["ratio is 'half'", "1:4"]),
    "ratio does not sum": (
        TOTAL, ["--ratio", "0.2:0.3", "--ratio-by", "mass"], ["sum to 0.5", "Correct"]
    ),
    "no ratio": (TOTAL, [], ["total dose", "--ratio 1:1", "--ratio-by mass"]),
    "ratio of what": (TOTAL, ["--ratio", "1:1"], ["mass or of ED50s", "--ratio-by"]),
    "units": (
        HEAD.replace("B (mg/kg)", "B (umol/kg)") + A + B + MIX, [],
        ["different units", "A in mg/kg, B in umol/kg", "Convert"],
    ),
    "a drug never given": (
        "A,B,C,n,affected\n1,0,0,8,1\n2,0,0,8,5\n0,1,0,8,1\n1,1,0,8,5\n", [],
        ["column C", "0 in every row", "Leave the column out"],
    ),
    "unequal ratios in a named arm": (
        UNEQUAL, [], ["row 11", "'mix'", "1:12.5", "Correct the doses"]
    ),
    "unequal ratios": (
        HEAD + A + B + MIX + "16,200,8,8\n", [], ["neither fixed ratios", "unequal"]
    ),
    "the mixture at one dose": (
        HEAD + A + B + "4,40,8,5\n", [], ["neither fixed ratios", "two or more"]
    ),
    "a ladder of one dose": (
        SHIFT.replace("200,0,8,3\n250,0,8,5\n300,0,8,7\n", ""), [],
        ["VPA alone", "one dose only", "Add doses"],
    ),
    "one drug": ("A,n,affected\n1,8,1\n", [], ["dose column for each drug", "Give"]),
    "an unknown drug": (
        HEAD + A + B + MIX, ["--drugs", "A,C"], ["no column C", "found were A"]
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_tables(isobole: Isobole, check: Check, tmp_path: Path, case: str) -> None:
    text, flags, words = BAD[case]
    write(tmp_path, text)
    ran = isobole("synergy", "x.csv", *flags, "--out", "x.html")
    assert ran.code == 1, ran.out
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert any(all(w in line for w in words) for line in ran.err.splitlines()), ran.err
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]
    failed = isobole("synergy", "x.csv", *flags, "--json")
    assert failed.code == 1
    check("error", failed.json)
    assert all(problem["remedy"] for problem in failed.json["problems"])


MISTAKES: dict[str, tuple[str, list[str], str]] = {
    "effect 0": ("fixed ratio", ["--effect", "0"], "above 0 and below 100"),
    "effect 100": ("fixed ratio", ["--effect", "100"], "above 0 and below 100"),
    "margin": ("fixed ratio", ["--margin", "2", "3"], "below and one above 1"),
    "index": ("fixed ratio", ["--index", "1"], "other than 1"),
    "null": ("fixed ratio", ["--null", "bliss"], "--null"),
    "ladder of a ray": ("fixed ratio", ["--ladder", "A"], "--ladder cannot be used"),
    "margin of a shift": ("type II", ["--margin", "0.8", "1.25"], "type II"),
    "bootstrap of a shift": ("type II", ["--index-interval", "bootstrap"], "log-delta"),
    "unknown ladder": ("type II", ["--ladder", "MG"], "Mg"),
    "effect of a factorial": ("factorial", ["--effect", "20"], "factorial"),
    "convention of a factorial": ("factorial", ["--convention", "sas"], "factorial"),
    "ratio by ED50 of columns": (
        "fixed ratio", ["--ratio", "1:10", "--ratio-by", "ed50"], "dose column"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes_are_usage(
    isobole: Isobole, check: Check, tmp_path: Path, case: str
) -> None:
    study, flags, said = MISTAKES[case]
    write(tmp_path, STUDIES[study][0])
    ran = isobole("synergy", "x.csv", *flags)
    assert ran.code == 2, ran.out
    assert said in ran.err
    assert ran.out == ""
    failed = isobole("synergy", "x.csv", *flags, "--json")
    assert failed.code == 2
    check("error", failed.json)


def test_an_override_analyses_the_arms_there_are(
    isobole: Isobole, tmp_path: Path
) -> None:
    write(tmp_path, HEAD + A + B + MIX + "16,200,8,8\n")
    ran = isobole("synergy", "x.csv", "--design", "fixed-ratio", "--json")
    assert ran.code == 0
    (note,) = ran.json["problems"]
    assert (note["code"], note["row"]) == ("rows-in-no-arm", 11)
