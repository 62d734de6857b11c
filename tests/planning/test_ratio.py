"""What a claimed difference of two ED50s would need."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from isobole.planning import plan_ratio
from isobole.planning._ratio import BEST_DESIGN, FIXED_DESIGN, SLOPE
from isobole.results import DataError, Missing, OptionError, blocks_to_html, encode

SALTS = ("magnesium valproate", "sodium valproate")
DIGITS = 1e-3
SAME = 1e-9
ABOUT = 0.02  # of figures quoted as "about"


def test_the_claims_of_the_worked_case():
    """About 6,800 by mass, 4,100 per mole in the other direction; about 60 and 40."""
    close = plan_ratio(94.58, 97.41, substances=SALTS, unit="mg/kg")
    mass, mole = close.rows
    assert mass.n_per_drug == pytest.approx(6800, rel=ABOUT)
    assert mole.n_per_drug == pytest.approx(4100, rel=ABOUT)
    assert mole.ed50s == pytest.approx((608.8, 586.1), rel=DIGITS)
    assert close.reversed
    assert (mass.more_potent, mole.more_potent) == SALTS
    for said in (
        "about 6,800",
        "about 4,100",
        "order reverses",
        "per mole of valproate",
    ):
        assert said in close.message
    far = plan_ratio(176.96, 129.26, substances=SALTS, unit="mg/kg")
    assert far.rows[0].n_per_drug == pytest.approx(60, abs=1)
    assert far.rows[1].n_per_drug == pytest.approx(40, abs=1)
    assert far.rows[1].ed50s == pytest.approx((1139, 778), rel=DIGITS)
    assert not far.reversed
    assert close.seen_with(32) == pytest.approx(1.54, rel=5e-3)


def test_n_is_that_of_a_two_sample_test():
    """The power by scipy's normal distribution at n, and one animal fewer."""
    plan = plan_ratio(100, 120, power=0.9, alpha=0.02, slope=5)
    n = plan.rows[0].n_per_drug

    def power(animals: int, k: float) -> float:
        se = math.sqrt(2 * k / animals) / 5
        z = stats.norm.isf(0.01)
        return float(stats.norm.sf(z - math.log10(1.2) / se))

    assert power(n - 1, FIXED_DESIGN) < 0.9 <= power(n, FIXED_DESIGN)
    best = plan.rows[0].n_at_best
    assert power(best - 1, BEST_DESIGN) < 0.9 <= power(best, BEST_DESIGN)


def test_the_best_design_is_that_of_the_information():
    """Fisher information of a probit animal over slope squared peaks at 2 / pi."""
    eta = np.linspace(-2, 2, 4001)
    each = stats.norm.pdf(eta) ** 2 / (stats.norm.cdf(eta) * stats.norm.sf(eta))
    assert 1 / each.max() == pytest.approx(BEST_DESIGN, rel=1e-6)
    assert eta[each.argmax()] == pytest.approx(0, abs=1e-3)


@given(st.floats(0.1, 1000), st.floats(1.05, 2), st.floats(2, 12))
def test_laws(ed50, fold, slope):
    plan = plan_ratio(ed50, ed50 * fold, slope=slope)
    swapped = plan_ratio(ed50 * fold, ed50, slope=slope)
    scaled = plan_ratio(3 * ed50, 3 * ed50 * fold, slope=slope)
    n = plan.rows[0].n_per_drug
    assert swapped.rows[0].n_per_drug == n
    assert abs(scaled.rows[0].n_per_drug - n) <= 1  # rounding before the ceiling
    assert (plan.rows[0].more_potent, swapped.rows[0].more_potent) == ("A", "B")
    # The difference found with n animals is the one n animals were asked for.
    if n > 8:
        assert plan.seen_with(n) <= fold * (1 + SAME)
        assert plan.seen_with(n - 1) > fold * (1 - SAME)
    assert plan.rows[0].n_at_best <= n


def test_a_table_of_differences_falls_with_animals():
    plan = plan_ratio(10, 12)
    sizes, folds = zip(*plan.detectable, strict=True)
    assert list(sizes) == sorted(sizes)
    assert list(folds) == sorted(folds, reverse=True)
    for n, fold in plan.detectable:
        assert plan.seen_with(n) == pytest.approx(fold, rel=SAME)


def test_equal_ed50s_have_no_number():
    plan = plan_ratio(5, 5)
    assert isinstance(plan.rows[0].n_per_drug, Missing)
    assert plan.rows[0].more_potent is None
    assert "the ED50s are equal" in str(plan)
    body = plan.to_dict()["comparisons"][0]
    assert body["n_per_drug"] is None
    assert "equal" in body["reason"]
    assert plan.to_frame()["n_per_drug"].isna().all()
    assert isinstance(plan_ratio(5, 5.0000001).rows[0].n_per_drug, Missing)


def test_without_substances_moles_are_not_guessed():
    plan = plan_ratio(5, 6, unit="mg/kg")
    assert isinstance(plan.per_mole, Missing)
    assert not plan.reversed
    assert "substances were not given" in str(plan)
    assert plan.to_dict()["per_mole_reason"]


def test_different_moieties_are_compared_per_mole_of_each():
    plan = plan_ratio(
        100, 80, substances=("sodium valproate", "phenobarbital"), unit="mg/kg"
    )
    assert plan.rows[1].basis == "per mole of each"
    assert plan.rows[1].ed50s[0] == pytest.approx(100 / 166.2 * 1000, rel=DIGITS)


def test_a_stated_basis_is_kept():
    """mg/kg of the acid of a salt: per mole it is the acid's molar mass that counts."""
    plan = plan_ratio(100, 100, substances=SALTS, unit="mg/kg acid")
    assert plan.rows[1].ed50s[0] == pytest.approx(plan.rows[1].ed50s[1], rel=SAME)
    assert isinstance(plan.rows[1].n_per_drug, Missing)


def test_all_assumptions_are_said():
    plan = plan_ratio(94.58, 97.41, substances=SALTS, unit="mg/kg")
    for said in (
        "slope 7.692", "tolerance SD 0.13", "0.047 with 32 animals", "5 %", "80 %",
        "two separate studies", "days or laboratories",
    ):  # fmt: skip
        assert said in plan.assumptions()
    for text in (str(plan), blocks_to_html(plan.blocks())):
        assert "310.717 g/mol" in text
    assert "\n" not in repr(plan)
    json.dumps(encode(plan.to_dict()), allow_nan=False)
    assert pytest.approx(1 / 0.13) == SLOPE


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"ed50_a": 0}, DataError, "an ED50 is 0"),
        ({"ed50_b": float("nan")}, DataError, "an ED50 is nan"),
        ({"ed50_a": "5"}, DataError, "an ED50 is 5"),
        ({"ed50_a": 1e-300}, DataError, "an ED50 is 1e-300"),
        ({"slope": 0}, OptionError, "slope is 0"),
        ({"power": 80}, OptionError, "Did you mean 0.8"),
        ({"alpha": 0}, OptionError, "alpha is 0"),
        ({"alpha": float("nan")}, OptionError, "alpha is nan"),
        ({"substances": SALTS}, OptionError, "need the unit"),
        ({"substances": ("sodium valproate",), "unit": "mg/kg"}, OptionError, "two"),
        ({"substances": "sodium valproate", "unit": "mg/kg"}, OptionError, "two"),
        ({"substances": ("unobtainium", "x"), "unit": "mg/kg"}, DataError, "unobtain"),
        ({"substances": SALTS, "unit": "mA"}, DataError, "mA"),
        ({"unit": "stone"}, DataError, "stone"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, error, says):
    with pytest.raises(error, match=re.escape(says)):
        plan_ratio(**{"ed50_a": 5, "ed50_b": 6, **change})
