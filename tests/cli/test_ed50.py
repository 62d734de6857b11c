"""isobole ed50: the answer on stdout, its JSON, its files, its exit codes."""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isobole.datasets import load, names, path
from isobole.doseresponse import fit_quantal
from isobole.results import InputFile, encode

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]

SHAPES = {
    "none-affected": [0, 0, 0, 0],
    "all-affected": [8, 8, 8, 8],
    "separated": [0, 0, 8, 8],
    "quasi-separated": [0, 3, 8, 8],
    "reversed": [7, 5, 3, 1],
    "slope-not-significant": [3, 4, 3, 5],
    "extrapolated": [0, 0, 1, 3],
    "ok": [1, 3, 6, 8],
}


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("interval", ["likelihood", "fieller", "delta"])
def test_json_of_every_data_set(
    isobole: Isobole, check: Check, name: str, interval: str
) -> None:
    ran = isobole(
        "ed50", f"@{name}", "--json", "--effect", "1,50,99", "--interval", interval
    )
    assert ran.code == (3 if name == "mice8-separated" else 0)
    check("ed50", ran.json)
    fits = [fit_quantal(data) for data in load(name)]
    assert [curve["curve"] for curve in ran.json["curves"]] == [
        fit.data.curve for fit in fits
    ]


@pytest.mark.parametrize("status", SHAPES)
@pytest.mark.parametrize("interval", ["likelihood", "fieller", "delta"])
def test_json_of_every_status(
    isobole: Isobole, check: Check, tmp_path: Path, status: str, interval: str
) -> None:
    rows = [f"{d},8,{r}" for d, r in zip((5, 10, 20, 40), SHAPES[status], strict=True)]
    (tmp_path / "x.csv").write_text("\n".join(["dose,n,affected", *rows]), "utf-8")
    ran = isobole("ed50", "x.csv", "--json", "--interval", interval)
    check("ed50", ran.json)
    curve = ran.json["curves"][0]
    assert curve["status"] == status
    assert ran.code == (3 if curve["effects"][0]["dose"] is None else 0)
    assert isobole("ed50", "x.csv", "--interval", interval).code == ran.code


def test_a_single_dose_has_no_estimate_but_an_answer(
    isobole: Isobole, check: Check, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text("dose,n,affected\n5,8,3\n", "utf-8")
    ran = isobole("ed50", "x.csv", "--json")
    assert ran.code == 3
    check("ed50", ran.json)
    assert "exit code 3" in ran.err


def test_an_unbounded_limit_alone_is_no_failure(isobole: Isobole) -> None:
    ran = isobole("ed50", "@mice8", "--level", "0.9999", "--json")
    effect = ran.json["curves"][0]["effects"][0]
    assert effect["dose"] is not None
    assert ran.code == 0


def test_json_is_what_python_gives(isobole: Isobole) -> None:
    ran = isobole("ed50", "@mice8", "--effect", "16,50", "--effect", "84", "--json")
    (data,) = load("mice8")
    fit = fit_quantal(data.renamed(None))
    given = ran.json["curves"][0]
    assert given["effects"] == encode(fit.to_dict([16, 50, 84])["effects"])
    assert given["n_animals"] == 40


def test_the_envelope_says_how_to_do_it_again(isobole: Isobole) -> None:
    file = str(path("mice8"))
    ran = isobole("ed50", file, "--json", "--unit", "mg/kg")
    value = ran.json
    words = shlex.split(value["command"])
    assert words == ["isobole", "ed50", file, "--json", "--unit", "mg/kg"]
    again = isobole(*words[1:])
    assert again.json == value
    assert value["input"] == [
        {"file": file, "sha256": InputFile.of(path("mice8")).sha256}
    ]
    assert value["options"]["link"] == "probit"
    assert value["options"]["effects"] == [50.0]
    assert value["options"]["level"] == 0.95
    assert value["seed"] == 1
    assert value["unit"] == "mg/kg"


def test_the_data_hash_knows_the_counts_not_the_file(
    isobole: Isobole, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("dose,n,affected\n5,8,1\n10,8,7\n", "utf-8")
    (tmp_path / "b.csv").write_text("n;affected;dose\n8;7;10\n8;1;5,0\n", "utf-8")
    a, b = (isobole("ed50", name, "--json").json for name in ("a.csv", "b.csv"))
    assert a["data_sha256"] == b["data_sha256"]
    assert a["input"][0]["sha256"] != b["input"][0]["sha256"]


def test_standard_input(isobole: Isobole, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(path("mice8").read_bytes()))
    monkeypatch.setattr(sys, "stdin", stream)
    ran = isobole("ed50", "-", "--json")
    assert ran.code == 0
    assert ran.json["input"][0]["file"] == "<stdin>"


def test_text_shows_every_curve_and_ends_with_the_caveat(isobole: Isobole) -> None:
    ran = isobole("ed50", "@rotenone")
    assert ran.code == 0
    assert ran.err == ""
    assert "rotenone   4.845   4.368    5.351   interval   ok" in ran.out
    assert "deguelin" in ran.out
    assert ran.out.rstrip().endswith("of any person or\nanimal.")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "\x1b" not in ran.out


def test_convention_reproduces_printed_digits(isobole: Isobole) -> None:
    ran = isobole("ed50", "@epa-table20", "--convention", "epa", "--json")
    effect = ran.json["curves"][0]["effects"][0]
    digits = [round(effect[key], 3) for key in ("dose", "low", "high")]
    assert digits == [22.872, 18.787, 27.846]


def test_natural_response_from_the_controls(isobole: Isobole, check: Check) -> None:
    ran = isobole("ed50", "@sas-optc", "--natural-response", "estimate", "--json")
    natural = ran.json["curves"][0]["natural_response"]
    assert natural["estimate"] == pytest.approx(0.2409, abs=1e-4)
    check("ed50", ran.json)


def test_by_parts_the_rows(isobole: Isobole, tmp_path: Path) -> None:
    text = path("rotenone").read_text("utf-8").replace("curve,", "drug,")
    (tmp_path / "x.csv").write_text(text, "utf-8")
    ran = isobole("ed50", "x.csv", "--by", "drug", "--json")
    assert len(ran.json["curves"]) == 3


USAGE = {
    "unknown option": (["ed50", "@mice8", "--lnk", "logit"], "--link"),
    "unknown command": (["ed5", "@mice8"], "ed50"),
    "bad choice": (["ed50", "@mice8", "--link", "probt"], "probit"),
    "no file": (["ed50"], "FILE"),
    "bad level": (["ed50", "@mice8", "--level", "95"], "0.95"),
    "level no number": (["ed50", "@mice8", "--level", "high"], "--level"),
    "bad effect": (["ed50", "@mice8", "--effect", "150"], "150"),
    "effect no number": (["ed50", "@mice8", "--effect", "half"], "--effect"),
    "natural": (["ed50", "@mice8", "--natural-response", "5%"], "0.05"),
    "contradiction": (
        ["ed50", "@mice8", "--convention", "sas", "--interval", "delta"],
        "--convention sas fixes interval",
    ),
    "firth with natural response": (
        ["ed50", "@mice8", "--method", "firth", "--natural-response", "estimate"],
        "--natural-response",
    ),
    "suffix": (["ed50", "@mice8", "--out", "x.doc"], ".html"),
    "folder": (["ed50", "@mice8", "--out", "no/x.html"], "There is no directory no"),
}


@pytest.mark.parametrize("case", USAGE)
def test_usage_errors_exit_2_with_a_way_out(
    isobole: Isobole, check: Check, case: str
) -> None:
    words, hint = USAGE[case]
    ran = isobole(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert hint in ran.err
    assert "--help" in ran.err
    assert "Traceback" not in ran.err
    as_json = isobole(*words, "--json")
    assert as_json.code == 2
    check("error", as_json.json)
    assert as_json.json["message"] in as_json.err


def test_warnings_name_the_curve(isobole: Isobole) -> None:
    assert "Warning: deguelin: The counts scatter" in isobole("ed50", "@rotenone").out


def test_many_curves_are_warned_of_together(isobole: Isobole, tmp_path: Path) -> None:
    rows = [f"c{c},{d},8,{8 * (d > 8)}" for c in range(9) for d in (5, 10, 20)]
    text = "\n".join(["curve,dose,n,affected", *rows])
    (tmp_path / "x.csv").write_text(text, "utf-8")
    out = " ".join(isobole("ed50", "x.csv").out.split())
    assert "Warning: c0, c1, c2, c3, c4 and 4 more: No dose had a partial" in out
