"""Syringes: volumes by another route, concentrations, and what cannot be measured."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from allocated_studies import dose, group, mice, protocol
from isobole.results import DataError, Missing, Table, blocks_to_html, blocks_to_text
from isobole.studies import (
    Animal,
    Syringe,
    dosing_blocks,
    draw_allocation,
    preparation_blocks,
    syringes,
    volume_ml,
)
from isobole.studies._preparation_sheet import solution
from isobole.studies._protocol_parts import Dose


def filled(**changed: Any) -> tuple[Any, tuple[Syringe, ...]]:
    given_protocol = protocol(**changed)
    animals = mice(sum(g.n for g in given_protocol.groups), days=2)
    found = draw_allocation(given_protocol, animals, seed="s")
    return given_protocol, syringes(given_protocol, animals, found.rows)


@given(
    st.integers(min_value=100, max_value=9000),
    st.sampled_from([0.5, 1, 2, 4, 5, 10, 20]),
)
def test_volume_is_weight_times_ml_per_kg_to_half_a_mark(
    decigrams: int, ml_per_kg: float
) -> None:
    exact = Fraction(decigrams, 10) / 1000 * Fraction(str(ml_per_kg))
    found = volume_ml(decigrams / 10, ml_per_kg)
    step = next(
        Fraction(step)
        for most, step in (("1", "0.005"), ("5", "0.05"), ("10", "0.1"), ("60", "0.5"),
                           ("1e9", "0.5"))
        if exact <= Fraction(most)
    )  # fmt: skip
    assert abs(Fraction(str(found)) - exact) <= step / 2
    assert (Fraction(str(found)) / step).denominator == 1


def test_halves_of_a_mark_go_up_and_decimals_are_what_was_typed() -> None:
    assert str(volume_ml(20.5, 10)) == "0.205"
    assert str(volume_ml(20.25, 10)) == "0.205"  # 0.2025; binary fractions lie below
    assert str(volume_ml(300, 5)) == "1.50"


def test_dose_in_each_syringe_is_the_dose_of_the_group() -> None:
    given_protocol, found = filled()
    for one in found:
        assert one.dose is not None
        need = solution(one.dose).concentration
        assert not isinstance(need, Missing)
        mg_per_kg = need * float(one.volume_ml) / (one.weight_g / 1000)
        due = given_protocol.group(str(one.group)).doses[0].amount
        assert mg_per_kg == pytest.approx(due, rel=0.02, abs=1e-9)
        assert one.ml_per_kg == 10


@pytest.mark.parametrize(
    ("given_dose", "mg_per_ml"),
    [
        (dose(100), 10),
        (dose(100, unit="g/kg", volume_ml_per_kg=5), 20000),
        # 166.20 and 144.21 g/mol: 100 mg of the acid are 115.24 mg of sodium valproate.
        (dose(100, basis="acid"), 11.5242),
        (dose(600, unit="umol/kg", basis="salt"), 600 * 0.16620 / 10),
        # 310.717 g/mol with one magnesium of 24.305.
        (
            dose(7.4, substance="magnesium valproate", basis="ion"),
            7.4 * 310.717 / 24.305 / 10,
        ),
        (dose(0), 0),
    ],
)
def test_concentration_is_of_what_is_weighed(
    given_dose: dict[str, Any], mg_per_ml: float
) -> None:
    found = solution(Dose.model_validate(given_dose))
    assert found.concentration == pytest.approx(mg_per_ml, rel=2e-4)


@pytest.mark.parametrize(
    ("given_dose", "why"),
    [
        (dose(10, substance="drug X", basis="acid"), "drug X"),
        (dose(10, unit="mg"), "per kg"),
        (dose(10, unit="pills/kg"), "not a dose unit"),
        (dose(10, basis="ion", substance="diazepam"), "diazepam"),
    ],
)
def test_what_cannot_be_converted_is_missing_with_its_reason(
    given_dose: dict[str, Any], why: str
) -> None:
    found = solution(Dose.model_validate(given_dose))
    assert isinstance(found.concentration, Missing)
    assert why in found.concentration.reason


def test_a_substance_of_ones_own_is_weighed_as_it_is() -> None:
    found = solution(Dose.model_validate(dose(10, substance="drug X")))
    assert found.concentration == 1


@pytest.mark.parametrize("weight", [None, 0.0, -3.0, float("nan")])
def test_an_animal_without_weight_is_named(weight: float | None) -> None:
    animals = list(mice(32))
    animals[4] = Animal("M05", "mouse", "CF-1", "M", None, weight, None, None, None,
                        line=6)  # fmt: skip
    found = draw_allocation(protocol(), mice(32), seed="s")
    with pytest.raises(DataError) as error:
        syringes(protocol(), animals, found.rows)
    (problem,) = error.value.problems
    assert (problem.code, problem.row, problem.column) == ("no-weight", 6, "weight_g")


@pytest.mark.parametrize(
    ("ml_per_kg", "remedy"), [(0.5, "raise volume"), (4000, "lower volume")]
)
def test_volumes_that_no_syringe_measures(ml_per_kg: float, remedy: str) -> None:
    groups = [
        group("vehicle", 4, doses=[dose(0, volume_ml_per_kg=ml_per_kg)]),
        group("drug", 4, 100, doses=[dose(100, volume_ml_per_kg=ml_per_kg)]),
    ]
    found = draw_allocation(protocol(groups=groups), mice(8), seed="s")
    with pytest.raises(DataError, match=remedy) as error:
        syringes(protocol(groups=groups), mice(8), found.rows)
    assert len(error.value.problems) == 8


def test_injections_are_matched_by_manner_not_by_their_order_in_the_file() -> None:
    ip = {"route": "ip", "pretreatment_min": 30}
    po = {"route": "po", "pretreatment_min": 60, "volume_ml_per_kg": 5}
    groups = [
        group("vehicle", 4, doses=[dose(0, **ip), dose(0, **po)]),
        group("drug", 4, 9, doses=[dose(0, **po), dose(100, **ip)]),
    ]
    _, found = filled(groups=groups)
    assert {(s.number, s.route, s.ml_per_kg) for s in found} == {
        (1, "po", 5),
        (2, "ip", 10),
    }
    assert len({s.code for s in found}) == 16


CANARIES = ("CANARYVEHICLE", "CANARYLOW", "canarine", "CANARYWATER")


def canary_groups() -> list[dict[str, Any]]:
    water = {"vehicle": "CANARYWATER", "substance": "canarine"}
    return [
        group("CANARYVEHICLE", 4, doses=[dose(0, **water)]),
        group("CANARYLOW", 4, 1, doses=[dose(12345, **water)]),
    ]


def test_bench_sheets_tell_nothing_and_the_pharmacist_everything() -> None:
    given_protocol, found = filled(groups=canary_groups())
    blind = blocks_to_html(dosing_blocks(given_protocol, found))
    open_ = blocks_to_html(preparation_blocks(given_protocol, found))
    for canary in (*CANARIES, "12345"):
        assert canary not in blind
    for canary in CANARIES:
        assert canary in open_
    for one in found:
        assert one.code in blind
        assert one.code in open_


def test_sheet_lists_every_animal_once_in_its_order() -> None:
    given_protocol, found = filled()
    tables = [b for b in dosing_blocks(given_protocol, found) if isinstance(b, Table)]
    assert len(tables) == 8
    listed = [row[1] for table in tables for row in table.rows]
    assert sorted(map(str, listed)) == [a.animal_id for a in mice(32)]
    assert all([row[0] for row in t.rows] == [1, 2, 3, 4] for t in tables)
    weights = {a.animal_id: a.weight_g for a in mice(32)}
    for table in tables:
        for row in table.rows:
            weight = weights[str(row[1])] or 0
            assert float(str(row[6])) == pytest.approx(weight / 100, abs=0.0026)


def test_repeated_doses_ask_for_the_weight_of_the_day() -> None:
    daily = {"schedule": "daily for 28 days"}
    groups = [
        group("vehicle", 4, doses=[dose(0, **daily)]),
        group("drug", 4, 1, doses=[dose(40, **daily)]),
    ]
    given_protocol, found = filled(groups=groups)
    assert "weigh the animal on each day" in blocks_to_text(
        dosing_blocks(given_protocol, found)
    )


def test_sequential_sheets_leave_the_content_open() -> None:
    given_protocol, found = filled(randomisation={"method": "sequential_dose"})
    text = blocks_to_text(preparation_blocks(given_protocol, found))
    assert "chosen run by run" in text
    assert "nothing yet" in text
