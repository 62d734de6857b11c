"""Combination tables: dose columns, total doses, conditions, units and problems."""

from __future__ import annotations

from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest

from isobole.combination import CombinationData
from isobole.datasets import path
from isobole.doseresponse import fit_quantal
from isobole.results import DataError, DoseUnit, OptionError
from isobole.tables import read_combination

HEAD = "VPA (mg/kg),Mg (mg/kg),n,protected\n"
SINGLES = (
    "100,0,8,1\n200,0,8,4\n300,0,8,7\n0,100,8,1\n0,200,8,5\n0,400,8,8\n"  # rows 2 to 7
)
RAY = "50,100,8,3\n100,200,8,8\n"  # rows 8 and 9
TOTAL = (
    "curve,dose,n,affected\n"
    "A,0,8,0\nA,1,8,1\nA,2,8,4\nA,4,8,7\n"
    "B,4,8,1\nB,8,8,4\nB,16,8,7\n"
)
MIX = "mixture,1,8,1\nmixture,3,8,5\nmixture,6,8,8\n"


def read(text: str, **options: Any) -> CombinationData:
    return read_combination(StringIO(text), **options)


def problems(text: str, **options: Any) -> dict[str, Any]:
    with pytest.raises(DataError) as error:
        read(text, **options)
    for problem in error.value.problems:
        assert problem.remedy
        assert problem.file == "<text>"
    return {problem.code: problem for problem in error.value.problems}


def codes(data: CombinationData) -> dict[str, Any]:
    return {note.code: note for note in data.notes}


def test_a_column_per_drug() -> None:
    data = read(HEAD + "# a comment\n" + SINGLES + RAY)
    assert data.drugs == ("VPA", "Mg")
    assert data.design == "fixed-ratio"
    assert data.endpoint == "protected"
    assert data.unit == DoseUnit.parse("mg/kg")
    assert [arm.name for arm in data.arms] == ["VPA", "Mg", "VPA + Mg 1:2"]
    assert data.inputs[0].file == "<text>"


def test_rows_per_animal_are_grouped_and_give_the_same_data() -> None:
    grouped = read(HEAD + SINGLES + RAY)
    rows = []
    for line in (SINGLES + RAY).split():
        *doses, n, hits = line.split(",")
        rows += [",".join([*doses, str(int(k < int(hits)))]) for k in range(int(n))]
    each = read("VPA (mg/kg),Mg (mg/kg),protected\n" + "\n".join(rows))
    assert each.sha256 == grouped.sha256
    assert each.n.size == grouped.n.size


def test_a_frame_and_named_drugs() -> None:
    frame = pd.DataFrame(
        {"a": [1.0, 2, 0, 0, 1, 2], "b": [0.0, 0, 1, 2, 1, 2], "week": 1.0,
         "n": 8, "affected": [1, 7, 2, 6, 4, 8]}
    )  # fmt: skip
    data = read_combination(frame, drugs=["a", "b"])
    assert data.drugs == ("a", "b")
    assert "week" in codes(data)["columns-left-out"].message
    with pytest.raises(DataError, match="no column c"):
        read_combination(frame, drugs=["a", "c"])


def test_what_is_no_dose_is_not_taken_for_a_drug() -> None:
    text = HEAD.replace("n,", "weight (g),% protected,animal,n,")
    rows = "\n".join(
        ",".join([*line.split(",")[:2], "25", "50", str(k), *line.split(",")[2:]])
        for k, line in enumerate((SINGLES + RAY).split())
    )
    assert read(text + rows).drugs == ("VPA", "Mg")


def test_conditions_are_kept_under_the_names_caveats_know() -> None:
    head = HEAD.strip() + ",Route_VPA,pretreatment (mg),day,strain,brain conc Mg\n"
    rows = "\n".join(
        f"{line},i.p.,{30 if k < 6 else 60},{k // 6},Swiss,"
        for k, line in enumerate((SINGLES + RAY).split())
    )
    data = read(head + rows)
    assert list(data.conditions) == [
        "route VPA", "pretreatment Mg", "day", "strain", "brain conc Mg"
    ]  # fmt: skip
    assert data.drugs == ("VPA", "Mg")
    assert set(data.conditions["pretreatment Mg"]) == {"30", "60"}


def test_repeated_animals_are_warned_of() -> None:
    text = "animal,A,B,affected\n1,1,0,0\n1,2,0,1\n2,0,1,0\n2,0,2,1\n3,1,1,1\n3,2,2,1"
    assert codes(read(text))["dependence-ignored"].severity == "warning"


@pytest.mark.parametrize(("by", "shares"), [("mass", (0.2, 0.8)), ("ed50", None)])
def test_total_doses_are_parted_by_the_stated_ratio(by: Any, shares: Any) -> None:
    data = read_combination(path("rotenone"), ratio=(1, 4), ratio_by=by)
    assert data.drugs == ("rotenone", "deguelin")
    (ray,) = data.arms_of("ray")
    if shares is None:
        weights = [
            part * fit_quantal(arm.data, heterogeneity="none").ed(50).value  # type: ignore[operator]
            for part, arm in zip((1, 4), data.arms_of("single"), strict=True)
        ]
        shares = [x / sum(weights) for x in weights]
    np.testing.assert_allclose(ray.shares, shares, rtol=1e-9)
    assert codes(data)["ratio-stated"].severity == "notice"
    np.testing.assert_allclose(ray.data.dose, [2.5, 5.1, 10, 15.1, 20.4, 25.1])


def test_named_arms_of_total_doses() -> None:
    text = TOTAL + MIX.replace("mixture", "cocktail")
    options: dict[str, Any] = {"ratio": "1:4", "ratio_by": "mass"}
    data = read(text, drugs=["B", "A"], **options)
    assert data.drugs == ("B", "A")
    assert data.control == (8, 0)
    assert "which-arm-is-the-mixture" in problems(text, **options)
    assert problems(text, drugs=["A", "C"], **options)["no-single-arm"].given


def test_one_unit_and_basis() -> None:
    of_itself = HEAD.replace("VPA (mg/kg)", "VPA (mg/kg VPA)")
    assert read(of_itself + SINGLES + RAY).unit == DoseUnit.parse("mg/kg")
    bare = read(HEAD.replace("Mg (mg/kg)", "Mg") + SINGLES + RAY)
    assert codes(bare)["unit-assumed"].severity == "warning"
    assert read("A,B,n,affected\n" + SINGLES + RAY, unit="umol/kg").unit is not None


def test_what_belongs_to_no_arm_is_said() -> None:
    data = read(HEAD + SINGLES + RAY + "150,600,8,8\n")
    note = codes(data)["rows-in-no-arm"]
    assert data.design == "free"
    assert note.row == 10
    assert note.severity == "warning"
    kept = read(HEAD + SINGLES + RAY + "150,600,8,8\n", design="fixed-ratio")
    assert "rows-in-no-arm" in codes(kept)


def test_a_single_arm_of_one_dose_is_said() -> None:
    data = read(HEAD + SINGLES.replace("0,200,8,5\n0,400,8,8\n", "") + RAY)
    assert codes(data)["single-dose-arm"].column == "Mg"


def test_a_stated_ratio_is_held_against_the_doses() -> None:
    assert read(HEAD + SINGLES + RAY, ratio="1:2", ratio_by="mass").drugs
    found = problems(HEAD + SINGLES + RAY, ratio="1:3")
    assert found["unequal-ratios"].row == 8
    with pytest.raises(OptionError, match="dose column"):
        read(HEAD + SINGLES + RAY, ratio="1:2", ratio_by="ed50")


NAMED = "arm,VPA,Mg,n,affected\n" + "".join(
    f"{'x' if k < 6 else 'mix'},{line}\n"
    for k, line in enumerate((SINGLES + RAY).split())
)
BAD: dict[str, tuple[str, dict[str, Any], str, int | None]] = {
    "units": (
        HEAD.replace("Mg (mg/kg)", "Mg (umol/kg)") + SINGLES, {}, "mixed-units", None
    ),
    "bases": (
        HEAD.replace("Mg (mg/kg)", "Mg (mg/kg salt)") + SINGLES,
        {}, "mixed-units", None,
    ),
    "units in cells": (HEAD.replace(" (mg/kg)", "") + "1 mg/kg,0,8,1\n2 g/kg,0,8,2",
                       {}, "mixed-units", 3),
    "a column of units": (
        "unit,A,B,n,affected\nmg/kg,1,0,8,1\numol/kg,2,0,8,4\nmg/kg,1,1,8,4",
        {}, "mixed-units", 3,
    ),
    "empty cell": (HEAD + "100,,8,1\n", {}, "empty-cell", 2),
    "negative dose": (HEAD + SINGLES + "-5,10,8,1\n", {}, "dose-negative", 8),
    "drug never given": (
        HEAD + "100,0,8,1\n200,0,8,4\n", {}, "drug-never-given", None
    ),
    "counts": (HEAD + SINGLES + "50,100,8,9\n", {}, "affected-exceeds-n", 8),
    "one drug": ("VPA (mg/kg),n,affected\n1,8,1", {}, "drug-columns", None),
    "a dose without a name": ("dose,Mg,n,affected\n1,1,8,1", {}, "drug-columns", None),
    "no affected": ("A,B,n\n1,1,8", {}, "missing-column", None),
    "no rows": (HEAD, {}, "no-rows", None),
    "unequal ratios": (NAMED + "mix,150,600,8,8\n", {}, "unequal-ratios", 10),
    "no ratio": (TOTAL + MIX, {}, "ratio-not-stated", None),
    "ratio of what": (TOTAL + MIX, {"ratio": "1:1"}, "ratio-by-not-stated", None),
    "ratio in words": (TOTAL + MIX, {"ratio": "half"}, "bad-ratio", None),
    "ratio of three": (TOTAL + MIX, {"ratio": (1, 1, 1)}, "bad-ratio", None),
    "shares": (TOTAL + MIX, {"ratio": "0.2:0.3"}, "ratio-does-not-sum", None),
    "no single arm": (
        "curve,dose,n,affected\nA,1,8,1\nA,2,8,5\n" + MIX,
        {"ratio": "1:1", "ratio_by": "mass"}, "no-single-arm", None,
    ),
    "no ED50": (
        TOTAL.replace("B,8,8,4\nB,16,8,7\n", "B,8,8,0\n").replace("B,4,8,1", "B,4,8,0")
        + MIX,
        {"ratio": "1:1", "ratio_by": "ed50"}, "no-ed50-for-ratio", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_tables(case: str) -> None:
    text, options, code, row = BAD[case]
    found = problems(text, **options)
    assert code in found
    if row is not None:
        assert found[code].row == row


def test_a_fixed_dose_arm_may_have_a_name() -> None:
    text = (
        "arm,VPA,Mg,n,affected\nVPA,100,0,8,1\nVPA,200,0,8,4\nVPA,300,0,8,7\n"
        "Mg,0,40,8,0\nboth,50,40,8,1\nboth,100,40,8,4\nboth,200,40,8,7"
    )
    assert read(text).design == "type-ii"
