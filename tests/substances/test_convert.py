"""Doses convert between bases by the numbers of the worked case, and by law."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, strategies as st

from isobole.results import DataError, DoseUnit
from isobole.substances import convert_dose, substance, substances

VALPROATES = [s.name for s in substances() if s.moiety == "valproate"]
MAGNESIUMS = [s.name for s in substances() if s.moiety == "magnesium"]
doses = st.floats(1e-6, 1e6)


@pytest.mark.parametrize(
    ("amount", "salt", "to", "expected", "digits"),
    [
        (94.58, "magnesium valproate", "umol/kg valproate", 608.8, 1),
        (97.41, "sodium valproate", "umol/kg valproate", 586.1, 1),
        (176.96, "magnesium valproate", "umol/kg valproate", 1139, 0),
        (129.26, "sodium valproate", "umol/kg valproate", 778, 0),
        (94.58, "magnesium valproate", "mg/kg Mg", 7.4, 1),
        (1, "magnesium valproate", "mg/kg acid", 0.9283, 4),
        (1, "sodium valproate", "mg/kg acid", 0.8677, 4),
        (1, "divalproex sodium", "mg/kg acid", 0.9292, 4),
        (1, "magnesium valproate", "mg/kg ion", 0.0782, 4),
    ],
)
def test_the_worked_case(
    amount: float, salt: str, to: str, expected: float, digits: int
) -> None:
    told = convert_dose(amount, substance=salt, unit="mg/kg salt", to=to)
    assert round(told.amount, digits) == expected


def test_the_order_reverses_per_mole() -> None:
    by_mole = [
        convert_dose(a, substance=s, unit="mg/kg salt", to="umol/kg valproate").amount
        for a, s in ((94.58, "magnesium valproate"), (97.41, "sodium valproate"))
    ]
    assert by_mole[0] > by_mole[1]


@pytest.mark.parametrize(
    ("unit", "basis"),
    [
        ("mg/kg salt", "magnesium valproate"),
        ("mg/kg Magnesium Valproate", "magnesium valproate"),
        ("mg/kg of MgV", "magnesium valproate"),
        ("mg/kg acid", "valproic acid"),
        ("mg/kg as valproic acid", "valproic acid"),
        ("mg/kg valproic acid equivalents", "valproic acid"),
        ("mg/kg Mg", "Mg2+"),
        ("mg/kg (Mg²⁺)", "Mg2+"),
        ("mg/kg magnesium", "Mg2+"),
        ("mg/kg elemental magnesium", "magnesium ion"),
        ("umol/kg valproate", "valproate"),
        ("umol/kg salt", "magnesium valproate"),
        ("mg/kg Epilim", "sodium valproate"),
        ("mg/kg magnesium oxide", "magnesium oxide"),
    ],
)
def test_bases_are_read(unit: str, basis: str) -> None:
    told = convert_dose(
        10, substance="magnesium valproate", unit=unit, to="umol/kg valproate"
    )
    assert told.from_unit.of == basis
    assert str(told.from_unit) in str(told)
    assert told.unit == DoseUnit.parse("umol/kg valproate")


@pytest.mark.parametrize(
    ("substance_", "unit", "to", "code"),
    [
        ("sodium valproate", "mg/kg", "mg/kg acid", "dose-basis-unstated"),
        ("sodium valproate", "mg/kg acid", "umol/kg", "dose-basis-unstated"),
        ("sodium valproate", "mg/kg valproate", "mg/kg acid", "mass-of-a-moiety"),
        ("sodium valproate", "mg/kg VPA", "mg/kg acid", "unknown-dose-basis"),
        ("sodium valproate", "mg/kg hope", "mg/kg acid", "unknown-dose-basis"),
        ("sodium valproate", "mg/kg Mg", "mg/kg acid", "no-common-moiety"),
        ("sodium valproate", "mg/kg PTZ", "mg/kg acid", "no-common-moiety"),
        ("valproic acid", "mg/kg salt", "mg/kg acid", "not-a-salt"),
        ("valproic acid", "mg/kg acid", "mg/kg ion", "no-such-ion"),
        ("ketamine hydrochloride", "mg/kg salt", "mg/kg acid", "no-such-form"),
        ("sodium valproate", "mA", "mg/kg acid", "not-an-amount-of-substance"),
        ("sodium valproate", "mg/kg salt", "mg/animal acid", "dose-per-differs"),
        ("sodium valproate", "mg salt", "mg/kg acid", "dose-per-differs"),
        ("sodium valproate", "mg/kg salt", "acid", "unknown-unit"),
        ("VPA", "mg/kg salt", "mg/kg acid", "ambiguous-substance"),
    ],
)
def test_nothing_is_guessed(substance_: str, unit: str, to: str, code: str) -> None:
    with pytest.raises(DataError) as caught:
        convert_dose(100, substance=substance_, unit=unit, to=to)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.remedy


@pytest.mark.parametrize(
    "amount", [-1, math.nan, math.inf, True, "ten", None, [1.0], 10**400]
)
def test_what_is_no_dose_is_refused(amount: float) -> None:
    with pytest.raises(DataError) as caught:
        convert_dose(
            amount, substance="Epilim", unit="mg/kg salt", to="umol/kg valproate"
        )
    assert caught.value.problems[0].code == "bad-dose"


def test_a_dose_beyond_numbers_is_refused() -> None:
    with pytest.raises(DataError, match="no finite value"):
        convert_dose(
            1e308, substance="Epilim", unit="kg/kg salt", to="nmol/kg valproate"
        )


units = st.sampled_from(
    [
        f"{amount}/kg {of}"
        for amount in ("mg", "g", "ug", "umol", "mmol")
        for of in ("salt", "acid", "ion", "sodium valproate", "valproic acid")
    ]
    + ["umol/kg valproate"]
)
salts = st.sampled_from([n for n in VALPROATES if n != "valproic acid"])


@given(amount=doses, salt=salts, unit=units, to=units)
def test_there_and_back(amount: float, salt: str, unit: str, to: str) -> None:
    there = convert_dose(amount, substance=salt, unit=unit, to=to)
    back = convert_dose(there.amount, substance=salt, unit=there.unit, to=unit)
    assert back.amount == pytest.approx(amount, rel=1e-12)


@given(amount=doses, salt=salts, unit=units, way=units, to=units)
def test_a_way_round_gives_the_same(
    amount: float, salt: str, unit: str, way: str, to: str
) -> None:
    straight = convert_dose(amount, substance=salt, unit=unit, to=to)
    first = convert_dose(amount, substance=salt, unit=unit, to=way)
    then = convert_dose(first.amount, substance=salt, unit=way, to=to)
    assert then.amount == pytest.approx(straight.amount, rel=1e-12)


@given(amount=doses, times=st.floats(1e-3, 1e3), salt=salts, unit=units, to=units)
def test_twice_the_dose_is_twice_the_dose(
    amount: float, times: float, salt: str, unit: str, to: str
) -> None:
    one = convert_dose(amount, substance=salt, unit=unit, to=to).amount
    more = convert_dose(amount * times, substance=salt, unit=unit, to=to).amount
    assert more == pytest.approx(one * times, rel=1e-12)


@given(
    amount=doses,
    pair=st.sampled_from([VALPROATES, MAGNESIUMS]).flatmap(
        lambda names: st.tuples(st.sampled_from(names), st.sampled_from(names))
    ),
)
def test_equivalent_doses_of_two_salts_have_as_many_moles(
    amount: float, pair: tuple[str, str]
) -> None:
    here, there = pair
    assume(here != there)
    moiety = substance(here).moiety
    swapped = convert_dose(
        amount, substance=here, unit=f"mg/kg {here}", to=f"mg/kg {there}"
    )
    moles = [
        convert_dose(a, substance=s, unit=f"mg/kg {s}", to=f"umol/kg {moiety}").amount
        for a, s in ((amount, here), (swapped.amount, there))
    ]
    assert moles[0] == pytest.approx(moles[1], rel=1e-12)


@given(amount=doses, salt=salts)
def test_the_parts_of_a_salt_weigh_less_than_it(amount: float, salt: str) -> None:
    parts = [
        convert_dose(amount, substance=salt, unit="mg/kg salt", to=f"mg/kg {of}").amount
        for of in ("acid", "ion")
    ]
    assert all(0 < part < amount for part in parts)


def test_nothing_stays_nothing() -> None:
    assert (
        convert_dose(
            0, substance="Epilim", unit="mg/kg salt", to="umol/kg valproate"
        ).amount
        == 0
    )


def test_a_conversion_says_itself() -> None:
    told = convert_dose(
        94.58, substance="magnesium valproate", unit="mg/kg salt", to="mg/kg Mg"
    )
    assert told.to_dict()["unit"] == "mg/kg Mg2+"
    assert told.to_dict()["from_unit"] == "mg/kg magnesium valproate"
    assert told.sentence == str(told)
    assert "94.58 mg/kg magnesium valproate is 7.398 mg/kg Mg2+" in told.sentence
