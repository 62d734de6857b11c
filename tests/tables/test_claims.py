"""Tables of published interactions: columns, decimals, gaps and what is refused."""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import isobole.datasets
from isobole.combination._audit import audit_claims
from isobole.combination._claim import Claim
from isobole.results import DataError, DoseUnit
from isobole.tables._claims import claims_template, read_claims
from isobole.tables._claims_template import COLUMNS

REFERENCE = Path(__file__).parents[1] / "reference" / "synergy.json"
BUNDLED = (
    Path(isobole.datasets.__file__).parent / "data" / "claims" / "luszczki-2020.csv"
)
HEADER = "drug_a,drug_b,ed50_mix"


def read(text: str, **options: Any) -> tuple[Claim, ...]:
    return read_claims(StringIO(text), **options)


def problems(text: str) -> dict[str, Any]:
    with pytest.raises(DataError) as error:
        read(text)
    for problem in error.value.problems:
        assert problem.remedy
        assert problem.file == "<text>"
    return {problem.code: problem for problem in error.value.problems}


def test_the_bundled_table_is_the_reference() -> None:
    cases = json.loads(REFERENCE.read_text("utf-8"))["cases"]
    case = next(c for c in cases if c["id"] == "luszczki_2020_6hz_type1_parallel")
    claims = read_claims(BUNDLED)
    assert len(claims) == len(case["rows"])
    for claim, row in zip(claims, case["rows"], strict=True):
        assert list(claim.drugs) == row["drugs"]
        for summary, suffix in ((claim.mixture, "exp"), (claim.additive, "add")):
            assert summary.ed50.value == row[f"ED50{suffix}"]
            assert summary.sem.value == row[f"SEM_{suffix}"]
            assert summary.n == row[f"n_{suffix}"]
        assert claim.index.value == row["gamma_published"]
        assert claim.significance.text == row["significance_published"]
        assert claim.singles_are == "derived"
        for drug, single in zip(claim.drugs, claim.singles, strict=True):
            known = case["implied_single_drug"][drug]
            assert (single.ed50.value, single.sem.value, single.n) == (
                known["ED50"], known["SEM"], known["n"]
            )  # fmt: skip
        assert claim.unit == DoseUnit.parse("mg/kg")
        assert claim.notes == ()
    audit = audit_claims(claims)
    assert [found.claim.name for found in audit.flagged] == ["PGB + LCM"]
    assert audit.inputs[0].file == str(BUNDLED)


def test_the_bundled_table_says_its_source() -> None:
    text = BUNDLED.read_text(encoding="utf-8")
    assert "10.1371/journal.pone.0234070" in text
    assert "solved from" in text


def test_the_template_reads_and_explains_every_column() -> None:
    text = claims_template()
    for name in COLUMNS:
        assert f"# {name}: " in text
    (claim,) = read(text)
    found = audit_claims([claim]).claims[0]
    assert [flag.figure for flag in found.flags] == ["significance", "verdict"]


def test_decimals_are_kept_as_printed() -> None:
    (claim,) = read(f"{HEADER},sem_mix\nA,B,8.20,2.40")
    assert claim.mixture.ed50.text == "8.20"
    assert claim.mixture.sem.high == pytest.approx(2.405)
    assert claim.notes == ()
    (comma,) = read("drug_a;drug_b;ed50_mix\nA;B;8,20")
    assert comma.mixture.ed50.text == "8.20"
    assert [note.code for note in comma.notes] == ["decimal-comma"]


def test_a_frame_keeps_no_zeros_and_says_so() -> None:
    frame = pd.DataFrame({"drug_a": ["A"], "drug_b": ["B"], "ed50_mix": [8.20]})
    (claim,) = read_claims(frame)
    assert claim.mixture.ed50.text == "8.2"
    assert [note.code for note in claim.notes] == ["decimals-lost"]
    (text,) = read_claims(frame.assign(ed50_mix="8.20"))
    assert text.mixture.ed50.text == "8.20"


def test_a_workbook(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"Drug A": ["A"], "Drug_B": ["B"], "ED50 mix": [8.2], "n_mix": [24]}
    )
    frame.to_excel(tmp_path / "claims.xlsx", index=False)
    (claim,) = read_claims(tmp_path / "claims.xlsx")
    assert claim.mixture.n == 24
    assert "decimals-lost" in [note.code for note in claim.notes]


@pytest.mark.parametrize("empty", ["", "-", "—", "NA", "n.d."])
def test_what_is_not_printed_is_none(empty: str) -> None:
    (claim,) = read(f"{HEADER},sem_mix,index,significance\nA,B,8.2,{empty},{empty},")
    assert claim.mixture.sem is None
    assert claim.index is None
    assert claim.significance is None


def test_three_drugs_beside_two() -> None:
    text = (
        "drug_a,ed50_a,drug_b,ed50_b,drug_c,ed50_c,ratio,ed50_mix\n"
        "A,1.0,B,2.0,C,3.0,1:1:1,1.5\nA,1.0,B,2.0,,,1:1,1.2"
    )
    three, two = read(text)
    assert three.drugs == ("A", "B", "C")
    assert two.drugs == ("A", "B")


def test_the_unit_may_stand_in_the_header() -> None:
    (claim,) = read("drug_a,drug_b,ED50_mix (mg/kg)\nA,B,8.2")
    assert claim.unit == DoseUnit.parse("mg/kg")
    found = problems("drug_a,drug_b,ed50_mix (mg/kg),ed50_add (umol/kg)\nA,B,8.2,9")
    assert "mixed-units" in found


def test_other_columns_are_left_out_with_a_notice() -> None:
    (claim,) = read(f"{HEADER},signifcance,comment\nA,B,8.2,*,x")
    notes = {note.column: note for note in claim.notes}
    assert notes["signifcance"].remedy == "Name it significance if it is that"
    assert notes["comment"].code == "unused-column"


def test_problems_carry_their_row_and_column() -> None:
    found = problems(f"# a comment\n{HEADER},N mix\nA,B,8.2,24\nA,B,eight,1\nA,,3,8")
    assert found["not-a-number"].row == 4
    assert found["no-drug-name"].row == 5
    assert found["no-drug-name"].column == "drug_b"
    found = problems(f"{HEADER},N mix\nA,B,8.2,1")
    assert (found["n-not-whole"].row, found["n-not-whole"].column) == (2, "N mix")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{HEADER}\n", "no-rows"),
        ("drug_a,ed50_mix\nA,1", "missing-column"),
        (f"{HEADER},Ed50 mix\nA,B,1,1", "duplicate-column"),
        (f"{HEADER},ed50_c\nA,B,1,1", "drug-without-name"),
        (f"{HEADER}\nA,B,-8", "not-positive"),
        (f"{HEADER},index\nA,B,8,45%", "percent-sign"),
        (f"{HEADER},ratio\nA,B,8,0.2:0.3", "ratio-does-not-sum"),
        (f"{HEADER},test\nA,B,8,t-test", "unknown-word"),
        (f"{HEADER},significance\nA,B,8,maybe", "unknown-significance"),
        (f"{HEADER},sem_mix\nA,B,8,2-3", "range"),
    ],
)
def test_nonsense_is_a_problem_with_its_remedy(text: str, code: str) -> None:
    assert code in problems(text)


def test_bytes_and_paths_are_read(tmp_path: Path) -> None:
    text = claims_template()
    (tmp_path / "claims.csv").write_text(text, encoding="utf-8")
    (path,) = read_claims(tmp_path / "claims.csv")
    (stream,) = read_claims(BytesIO(text.encode()))
    assert path.to_dict() == stream.to_dict()
    assert path.row == 1 + text.splitlines().index(text.splitlines()[-2]) + 1
