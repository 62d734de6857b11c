"""isobole audit: the published table, the template, gaps and bad tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

Isobole = Callable[..., Any]
Check = Callable[[str, dict[str, Any]], None]


def test_the_unreproduced_star_is_flagged(isobole: Isobole, check: Check) -> None:
    ran = isobole("audit", "@luszczki-2020", "--json")
    assert ran.code == 0
    check("audit", ran.json)
    flagged = [claim for claim in ran.json["claims"] if claim["flags"]]
    assert [[d["name"] for d in claim["drugs"]] for claim in flagged] == [
        ["PGB", "LCM"]
    ]
    (star, _) = flagged[0]["flags"]
    for said in ("not reproduced by the stated test", "0.053", "0.037"):
        assert said in star["message"]
    assert ran.json["options"] == {"margin": [0.8, 1.25], "level": 0.95}


def test_text_fits_and_calls_nothing_false(isobole: Isobole) -> None:
    out = isobole("audit", "@luszczki-2020").out
    assert max(map(len, out.splitlines())) <= 80
    assert "false" not in out.lower()
    assert "wrong" not in out.lower()
    assert "For research and education only" in out


def test_the_template_can_be_audited(
    isobole: Isobole, check: Check, tmp_path: Path
) -> None:
    template = isobole("audit", "--template")
    assert template.code == 0
    (tmp_path / "x.csv").write_text(template.out, "utf-8")
    check("audit", isobole("audit", "x.csv", "--json").json)
    again = isobole("audit", "x.csv", "--json").json["data_sha256"]
    row = template.out.splitlines()[-2:]
    (tmp_path / "y.csv").write_text("\n".join(row), "utf-8")
    found = isobole("audit", "y.csv", "--json").json
    assert found["claims"][0]["row"] == 2
    assert found["data_sha256"] == again


def test_gaps_are_said_and_not_guessed(
    isobole: Isobole, check: Check, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text(
        "drug_a,drug_b,ed50_mix,index,significance\nVPA,Mg,120,0.60,*\n", "utf-8"
    )
    ran = isobole("audit", "x.csv", "--json")
    assert ran.code == 0
    check("audit", ran.json)
    assert "No printed figure could be checked" in ran.json["claims"][0]["message"]


def test_files(isobole: Isobole, tmp_path: Path) -> None:
    assert isobole("audit", "@luszczki-2020", "--out", "x.csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8"))))
    assert {row["claim"] for row in rows if row["flagged"] == "True"} == {"PGB + LCM"}
    assert isobole("audit", "@luszczki-2020", "--out", "x.html").code == 0
    assert "PGB + LCM" in (tmp_path / "x.html").read_text("utf-8")


def test_bad_claims(isobole: Isobole, check: Check, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("drug_a,drug_b,ed50_mix\nA,,eight\n", "utf-8")
    ran = isobole("audit", "x.csv", "--out", "x.html")
    assert ran.code == 1
    assert ran.out == ""
    assert "row 2" in ran.err
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]
    check("error", isobole("audit", "x.csv", "--json").json)


def test_mistakes(isobole: Isobole) -> None:
    for words, said in (
        ([], "--template"),
        (["x.csv", "--template"], "stands alone"),
        (["@luszczki-2020", "--margin", "2", "3"], "margin"),
        (["@luszczki-2020", "--level", "2"], "level"),
    ):
        ran = isobole("audit", *words)
        assert ran.code == 2
        assert said in ran.err
        assert ran.out == ""
