"""Exact power of tests of protection, and the size whose power holds."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from isobole.planning import (
    plan_kindling,
    plan_own_control,
    plan_protection,
    protection_power,
)
from isobole.planning._approximations import (
    arcsine_difference,
    arcsine_n,
    noether_total,
    proportions_n,
    proportions_power,
    schoenfeld_events,
    t_test_n,
    t_test_power,
    whitehead_total,
)
from isobole.results import DataError, Missing, OptionError

EXACT = 1e-9
PRINTED = 1e-9  # R prints ten digits
ROOT = 2e-4  # what R's root finder leaves of a sample size by default
SHARES = st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.5, 0.6, 0.8, 0.95, 1.0])


def test_power_case_of_the_reference(studies_case):
    with studies_case("power") as case:
        prop = case.expect("prop_test")
        found = proportions_power(50, 0.5, 0.75, 0.05)
        assert found == pytest.approx(prop["n50_p50_p75"], rel=PRINTED)
        n = proportions_n(0.5, 0.75, 0.9, 0.05)
        assert n == pytest.approx(prop["n_for_90"], abs=ROOT)
        assert proportions_power(n, 0.5, 0.75, 0.05) == pytest.approx(0.9, rel=EXACT)

        arcsine = case.expect("pwr_2p")
        # h = pi / 2 is 0 % against 50 %.
        assert arcsine_difference(0, 0.5) == pytest.approx(arcsine["h"], rel=PRINTED)
        assert arcsine_n(0, 0.5, 0.8, 0.05) == pytest.approx(arcsine["n"], abs=ROOT)

        fisher = case.expect("fisher_exact_power")
        for name, control, treated, n in (
            ("n8_10_90", 0.1, 0.9, 8),
            ("n8_20_80", 0.2, 0.8, 8),
            ("n10_20_80", 0.2, 0.8, 10),
            ("n8_0_50", 0.0, 0.5, 8),
        ):
            found = protection_power(control, treated, n)
            assert found == pytest.approx(fisher[name], rel=EXACT)

        least = case.expect("fisher_min_n")
        for name, control, treated in (
            ("p10_p90", 0.1, 0.9),
            ("p20_p80", 0.2, 0.8),
            ("p20_p70", 0.2, 0.7),
        ):
            assert plan_protection(control, treated).smallest.holds == least[name]

        t = case.expect("t_test")
        for name, d in (("d1_80", 1.0), ("d1.5_80", 1.5)):
            n = t_test_n(d, 0.8, 0.05)
            assert n == pytest.approx(t[name], abs=ROOT)
            power = t_test_power(n, d, 0.05, paired=False)
            assert power == pytest.approx(0.8, rel=EXACT)

        events = case.expect("schoenfeld_events")
        for name, ratio in (("hr0.5", 0.5), ("hr0.25", 0.25), ("hr0.2", 0.2)):
            found = schoenfeld_events(ratio, 0.8, 0.05)
            assert found == pytest.approx(events[name], rel=PRINTED)

        noether = case.expect("noether_total_n")
        for name, share in (("p0.8", 0.8), ("p0.75", 0.75)):
            found = noether_total(share, 0.8, 0.05)
            assert found == pytest.approx(noether[name], rel=PRINTED)

        # Named a total there, but a total is twice as large: 3 (A + 1)^2 / A is 12 for
        # groups of one size, and 10 animals per group have not even half the power
        # (test_whitehead_is_right_about_the_total in test_severity.py).
        whitehead = case.expect("whitehead_total_n")
        for name, odds in (("or5_uniform6", 5.0), ("or10_uniform6", 10.0)):
            total = whitehead_total(odds, (1 / 6,) * 6, 0.8, 0.05)
            assert total / 2 == pytest.approx(whitehead[name], rel=PRINTED)


def fisher_table(n: int, m: int) -> dict[tuple[int, int], float]:
    return {
        (x, y): float(stats.fisher_exact([[x, y], [n - x, m - y]]).pvalue)
        for x in range(n + 1)
        for y in range(m + 1)
    }


def boschloo_table(n: int, m: int) -> dict[tuple[int, int], float]:
    """Return the largest chance, over common shares, of so small a Fisher p."""
    fisher = fisher_table(n, m)
    share = np.linspace(0.005, 0.995, 199)
    chance = {
        (x, y): stats.binom.pmf(x, n, share) * stats.binom.pmf(y, m, share)
        for x, y in fisher
    }
    return {
        at: float(sum(chance[k] for k, q in fisher.items() if q <= p * 1.0000001).max())
        for at, p in fisher.items()
    }


@pytest.mark.parametrize(("n", "m"), [(4, 4), (6, 6), (5, 8)])
@pytest.mark.parametrize("tables", [fisher_table, boschloo_table])
def test_power_is_the_chance_of_the_tables_rejected(n, m, tables):
    """A second opinion on p-values and on the sum, one table at a time."""
    control, treated = 0.15, 0.8
    total = sum(
        stats.binom.pmf(x, n, control) * stats.binom.pmf(y, m, treated)
        for (x, y), p in tables(n, m).items()
        if p <= 0.05 * (1 + 1e-9)
    )
    test = "fisher" if tables is fisher_table else "boschloo"
    found = protection_power(control, treated, n, m, test=test)
    assert found == pytest.approx(total, rel=EXACT)


@given(SHARES, SHARES, st.integers(2, 12), st.integers(2, 12))
@settings(deadline=None, max_examples=40)
def test_laws(control, treated, n, m):
    power = protection_power(control, treated, n, m)
    # Groups change names; protected becomes not protected.
    swapped = protection_power(treated, control, m, n)
    turned = protection_power(1 - control, 1 - treated, n, m)
    assert swapped == pytest.approx(power, abs=1e-12)
    assert turned == pytest.approx(power, abs=1e-12)
    assert protection_power(control, treated, n, m, alpha=0.01) <= power + 1e-12
    if control == treated:
        assert power <= 0.05


@given(SHARES, SHARES, st.integers(3, 10))
@settings(deadline=None, max_examples=20)
def test_boschloo_is_never_less_powerful_and_keeps_its_level(control, treated, n):
    fisher = protection_power(control, treated, n)
    boschloo = protection_power(control, treated, n, test="boschloo")
    assert boschloo >= fisher - 1e-12
    if control == treated:
        assert boschloo <= 0.05 + 1e-6


@pytest.mark.parametrize(
    ("control", "treated", "power", "ratio"),
    [
        (0.1, 0.9, 0.8, 1.0),
        (0.0, 0.5, 0.9, 1.0),
        (0.3, 0.9, 0.7, 2.0),
        (0.05, 0.95, 0.5, 0.5),
        (0.4, 0.75, 0.8, 1.0),
    ],
)
def test_the_search_agrees_with_every_size_from_2(control, treated, power, ratio):
    plan = plan_protection(control, treated, power=power, ratio=ratio)
    top = plan.smallest.checked_to
    powers = {
        n: protection_power(control, treated, n, max(1, math.ceil(n * ratio - 1e-9)))
        for n in range(2, top + 1)
    }
    bad = max((n for n, p in powers.items() if p < power), default=1)
    assert plan.smallest.holds == bad + 1
    assert plan.smallest.first == min(n for n, p in powers.items() if p >= power)
    assert plan.smallest.every
    assert top >= 2 * plan.smallest.holds


def test_the_saw_is_told(said):
    plan = plan_protection(0.4, 0.6)
    assert (plan.smallest.first, plan.smallest.holds) == (102, 108)
    text = said(plan)
    assert "n = 102 reaches it first" in text
    assert "n = 107 falls below it again" in text
    assert "teeth of a saw" in text


def test_a_planned_size_is_judged(said):
    plan = plan_protection(0.2, 0.8, n=8)
    assert plan.planned.power == pytest.approx(0.5981345734, rel=1e-9)
    text = said(plan)
    for words in (
        "12 animals per group (24 in all)", "power is 59.8 %", "missed in 40 of 100",
        "up to 32", "Fisher's exact test", "Computed exactly",
        "ask for fewer: 10 (normal, two proportions)",
    ):  # fmt: skip
        assert words in text
    beyond = plan_protection(0.2, 0.8, n=300)
    assert beyond.planned.power > 0.999


def test_several_groups_are_planned_at_holms_first_step(said):
    plan = plan_protection(0.2, 0.8, comparisons=3, ratio=1.5, n=13)
    assert plan.each == pytest.approx(0.05 / 3)
    point = plan.planned
    assert (point.n_treated, point.animals(3)) == (20, 73)
    alone = protection_power(0.2, 0.8, 13, 20, alpha=0.05 / 3)
    assert point.power == pytest.approx(alone, rel=EXACT)
    text = said(plan)
    assert "first step of Holm's test" in text
    assert "13 control animals and 20 in each treated group (73 in all)" in text


def test_equal_shares_have_no_size_and_power_is_false_positives(said):
    plan = plan_protection(0.5, 0.5, n=8)
    assert isinstance(plan.smallest.holds, Missing)
    assert plan.planned.power <= 0.05
    text = said(plan)
    assert "no difference to find" in text
    assert "false positives" in text
    assert plan.to_dict()["smallest"]["reason"]


def test_too_small_a_difference_says_how_many_the_formulas_want(said):
    plan = plan_protection(0.5, 0.52)
    assert isinstance(plan.smallest.holds, Missing)
    assert "9,806" in said(plan)
    close = plan_protection(0.5, 0.5 + 1e-9)
    assert isinstance(close.smallest.holds, Missing)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"control": 10}, DataError, "Is it 10 %? Then give 0.1"),
        ({"treated": 1.2}, DataError, "treated is 1.2"),
        ({"treated": -0.1}, DataError, "a share of animals, 0 to 1"),
        ({"treated": float("nan")}, DataError, "treated is nan"),
        ({"power": 80}, OptionError, "Did you mean 0.8"),
        ({"power": 0.2}, OptionError, "power is 0.2"),
        ({"alpha": 5}, OptionError, "Did you mean 0.05"),
        ({"alpha": 0}, OptionError, "alpha is 0"),
        ({"test": "chi2"}, OptionError, "test is 'chi2'"),
        ({"n": 7.5}, OptionError, "n is 7.5"),
        ({"n": 1}, OptionError, "from 2 to"),
        ({"n": 200, "test": "boschloo"}, OptionError, "from 2 to 100"),
        ({"comparisons": 0}, OptionError, "comparisons is 0"),
        ({"ratio": 0}, OptionError, "ratio is 0"),
        ({"ratio": float("inf")}, OptionError, "ratio is inf"),
        ({"maximum": 10_000}, OptionError, "maximum is 10000"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, error, says):
    with pytest.raises(error, match=re.escape(says)):
        plan_protection(**{"control": 0.1, "treated": 0.9, **change})


def test_t_power_against_statsmodels():
    from statsmodels.stats.power import TTestIndPower, TTestPower

    two = TTestIndPower().power(effect_size=0.9, nobs1=11, ratio=1.5, alpha=0.05)
    found = t_test_power(11, 0.9, 0.05, ratio=1.5, paired=False)
    assert found == pytest.approx(two, rel=1e-6)
    one = TTestPower().power(effect_size=0.7, nobs=14, alpha=0.01)
    assert t_test_power(14, 0.7, 0.01, paired=True) == pytest.approx(one, rel=1e-6)
    plan = plan_own_control(change=20, within_sd=15, n=9)
    effect = 20 / (math.sqrt(2) * 15)
    same = TTestPower().power(effect_size=effect, nobs=9, alpha=0.05)
    assert plan.planned.power == pytest.approx(same, rel=1e-6)
    kindled = plan_kindling(mean=12, sd=3, times=1.5, samples=500)
    d = 6 / math.sqrt((3**2 + 4.5**2) / 2)
    n = TTestIndPower().solve_power(effect_size=d, power=0.8, alpha=0.05)
    assert kindled.approximations[0].value == pytest.approx(n, rel=1e-4)
