"""Dose units: one meaning, one spelling; a basis is never lost or invented."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from isobole.results import DataError, DoseUnit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("mg/kg", DoseUnit("mg", "kg")),
        ("  MG / KG ", DoseUnit("mg", "kg")),
        ("mg kg-1", DoseUnit("mg", "kg")),
        ("mg kg^-1", DoseUnit("mg", "kg")),
        ("mg·kg⁻¹", DoseUnit("mg", "kg")),
        ("mg.kg-1.day-1", DoseUnit("mg", "kg/day")),
        ("mg per kg", DoseUnit("mg", "kg")),
        ("mg/kg bw", DoseUnit("mg", "kg")),
        ("mg/kg b.w.", DoseUnit("mg", "kg")),
        ("mg/kg body weight/day", DoseUnit("mg", "kg/day")),
        ("mg/kg bw salt", DoseUnit("mg", "kg", "salt")),
        ("mcg/kg", DoseUnit("ug", "kg")),
        ("µg/kg", DoseUnit("ug", "kg")),  # micro sign
        ("μg/kg", DoseUnit("ug", "kg")),  # Greek mu
        ("㎎/㎏", DoseUnit("mg", "kg")),
        ("mg/kg salt", DoseUnit("mg", "kg", "salt")),
        ("mg/kg (salt)", DoseUnit("mg", "kg", "salt")),
        (
            "mg/kg of  magnesium   valproate",
            DoseUnit("mg", "kg", "magnesium valproate"),
        ),
        ("umol/kg valproate", DoseUnit("umol", "kg", "valproate")),
        ("mg/kg valproate (sodium)", DoseUnit("mg", "kg", "valproate (sodium)")),
        ("mg/kg compound-1", DoseUnit("mg", "kg", "compound-1")),
        ("mg/kg μ-agonist", DoseUnit("mg", "kg", "μ-agonist")),
        ("mg/m²", DoseUnit("mg", "m2")),
        ("mg/mouse", DoseUnit("mg", "animal")),
        ("mM", DoseUnit("mmol", "L")),
        ("uM valproate", DoseUnit("umol", "L", "valproate")),
        ("M", DoseUnit("mol", "L")),
        ("mA", DoseUnit("mA")),
        ("%", DoseUnit("%")),
    ],
)
def test_odd_spellings(text: str, unit: DoseUnit) -> None:
    assert DoseUnit.parse(text) == unit
    assert DoseUnit.parse(str(unit)) == unit


@pytest.mark.parametrize(
    "text",
    ["", " ", "/kg", "mg/", "mg/kg/day/h", "furlong", "5", "mg/stone", "mg/kg of"],
)
def test_what_is_no_unit_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(DataError) as caught:
        DoseUnit.parse(text)
    (problem,) = caught.value.problems
    assert problem.code == "unknown-unit"
    assert problem.given == text
    assert "mg/kg salt" in str(problem)


@given(
    amount=st.sampled_from(["mg", "ug", "umol", "mA", "IU", "%"]),
    per=st.sampled_from([None, "kg", "L", "kg/day", "animal"]),
    of=st.none() | st.from_regex(r"[a-z]{3,9}( [a-z]{3,9})?", fullmatch=True),
)
def test_what_is_written_is_read_back(
    amount: str, per: str | None, of: str | None
) -> None:
    if of is not None and (" per " in f" {of} " or of == "bw"):
        return
    unit = DoseUnit(amount, per, of)
    assert DoseUnit.parse(str(unit)) == unit


@given(st.text(max_size=20))
def test_any_text_is_a_unit_or_a_problem(text: str) -> None:
    try:
        unit = DoseUnit.parse(text)
    except DataError:
        return
    assert DoseUnit.parse(str(unit)).amount == unit.amount


def test_bases_do_not_mix() -> None:
    base, salt = DoseUnit.parse("mg/kg"), DoseUnit.parse("mg/kg salt")
    base.check_same(DoseUnit.parse("mg kg-1"), where="a.csv")
    with pytest.raises(DataError, match=r"a\.csv has doses in mg/kg and in mg/kg salt"):
        base.check_same(salt, where="a.csv")
