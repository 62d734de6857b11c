"""Planned sizes for severity scores: exact power, simulated power, formulas."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import mann_whitney_p
from isobole.planning import plan_severity
from isobole.planning._approximations import whitehead_total
from isobole.planning._severity_model import lower, proportional
from isobole.planning._severity_power import (
    compositions,
    exact_power,
    midranks,
    outcomes,
    simulated_power,
)
from isobole.results import DataError, Missing, OptionError

ALPHA = 0.05
EXACT = 1e-9
CONTROL = np.array([0.0, 0.05, 0.15, 0.8])
TREATED = np.array([0.4, 0.3, 0.2, 0.1])


def by_hand(control, treated, n, m, alpha):
    """Sum the chance of every pair of outcomes that the test of the room rejects."""
    total = 0.0
    for a in compositions(n, control.size):
        for b in compositions(m, control.size):
            p = mann_whitney_p(a, b)
            assert p is not None
            if p <= alpha * (1 + 1e-9):
                ways = math.factorial(n) * math.factorial(m)
                for k in (*a, *b):
                    ways //= math.factorial(int(k))
                total += ways * float(np.prod(control**a) * np.prod(treated**b))
    return total


@pytest.mark.parametrize(("n", "m", "alpha"), [(4, 4, 0.05), (3, 6, 0.1), (5, 4, 0.02)])
def test_exact_power_is_that_of_the_test_of_outcomes(n, m, alpha):
    found = exact_power(CONTROL, TREATED, n, m, alpha)
    assert found == pytest.approx(by_hand(CONTROL, TREATED, n, m, alpha), rel=EXACT)


@given(
    st.lists(st.integers(0, 5), min_size=3, max_size=3).filter(any),
    st.lists(st.integers(0, 5), min_size=3, max_size=3).filter(any),
    st.integers(2, 6),
    st.integers(2, 6),
)
@settings(deadline=None, max_examples=30)
def test_laws(first, second, n, m):
    p, q = (np.array(x) / sum(x) for x in (first, second))
    power = exact_power(p, q, n, m, ALPHA)
    assert 0 <= power <= 1 + EXACT
    assert exact_power(q, p, m, n, ALPHA) == pytest.approx(power, abs=1e-10)
    assert exact_power(p[::-1], q[::-1], n, m, ALPHA) == pytest.approx(power, abs=1e-10)
    if np.allclose(p, q):
        assert power <= ALPHA + EXACT
    # A level that no animal reaches is no level.
    empty = [np.insert(x, 1, 0.0) for x in (p, q)]
    assert exact_power(*empty, n, m, ALPHA) == pytest.approx(power, abs=1e-10)


@pytest.mark.parametrize(("n", "m"), [(6, 6), (9, 10)])
def test_simulated_power_is_the_exact_one(n, m):
    """8 against 8 and below lists all allocations; above they are drawn."""
    exact = exact_power(CONTROL, TREATED, n, m, ALPHA)
    drawn = simulated_power(CONTROL, TREATED, n, m, ALPHA, samples=20_000, seed=5)
    error = math.sqrt(exact * (1 - exact) / 20_000)
    assert drawn == pytest.approx(exact, abs=4 * error + 0.003)


def test_compositions_are_all_of_them():
    for n, levels in ((3, 2), (4, 3), (5, 5)):
        rows = compositions(n, levels)
        assert len({tuple(row) for row in rows.tolist()}) == outcomes(n, levels)
        assert (rows.sum(axis=1) == n).all()


def test_midranks_are_those_of_scipy():
    from scipy.stats import rankdata

    scores = np.random.default_rng(1).integers(0, 5, size=(50, 11))
    np.testing.assert_allclose(midranks(scores, 5), rankdata(scores, axis=1))


def test_whitehead_is_right_about_the_total():
    """At the total of the formula the power is near the target; at half it is not."""
    uniform = np.full(6, 1 / 6)
    # Both groups move half of the way, so that their average stays near uniform.
    groups = [proportional(uniform, by) for by in (1 / math.sqrt(5), math.sqrt(5))]
    n = math.ceil(whitehead_total(5, (1 / 6,) * 6, 0.8, ALPHA) / 2)
    assert n == 19
    power = simulated_power(*groups, n, n, ALPHA, samples=4000, seed=1)
    assert power == pytest.approx(0.8, abs=0.05)
    assert simulated_power(*groups, 10, 10, ALPHA, samples=4000, seed=1) < 0.6


def test_odds_ratio_and_superiority_are_two_names_of_one_thing():
    control = [0.05, 0.1, 0.25, 0.6]
    by_odds = plan_severity(control, odds_ratio=6, n=6, samples=500)
    share = by_odds.model.superiority
    assert share == pytest.approx(
        lower(np.array(control), np.array(by_odds.model.treated))
    )
    by_share = plan_severity(control, superiority=share, n=6, samples=500)
    assert by_share.model.odds_ratio == pytest.approx(6, rel=1e-8)
    assert by_share.planned.power == pytest.approx(by_odds.planned.power, rel=1e-6)
    odds = [
        np.cumsum(p)[:-1] / (1 - np.cumsum(p)[:-1])
        for p in (by_odds.model.control, by_odds.model.treated)
    ]
    np.testing.assert_allclose(odds[1] / odds[0], 6)


def test_the_answer_and_what_stands_beside(said):
    plan = plan_severity(CONTROL, treated=TREATED, n=6)
    n = plan.smallest.holds
    assert plan.planned.power == pytest.approx(
        exact_power(CONTROL, TREATED, 6, 6, ALPHA)
    )
    assert plan.test_at("mann-whitney", n).power >= 0.8
    assert n == 2 or plan.test_at("mann-whitney", n - 1).power < 0.8
    text = said(plan)
    for words in ("Noether", "0 %, 5 %, 15 %, 80 % in controls", "no mean score"):
        assert words in text
    assert plan.samples is None
    assert "Computed exactly, nothing simulated" in text


def test_scores_without_ties_and_noether(said):
    plan = plan_severity(superiority=0.8, n=15, samples=4000)
    assert plan.planned.how == "simulated"
    assert plan.planned.power == pytest.approx(0.85, abs=0.04)
    assert plan.approximations[0].value == pytest.approx(29.06992494)
    assert plan.approximations[0].n == 15
    assert 13 <= plan.smallest.holds <= 15
    assert "scores have no ties" in said(plan)


def test_no_difference_is_said(said):
    plan = plan_severity([0.5, 0.5], odds_ratio=1, n=8)
    assert isinstance(plan.smallest.holds, Missing)
    assert plan.planned.power <= ALPHA
    assert "false positives" in said(plan)
    still = plan_severity([0.25, 0.5, 0.25], treated=[0.5, 0.0, 0.5], maximum=12)
    assert isinstance(still.approximations[0].n, Missing)
    assert isinstance(still.smallest.holds, Missing)
    assert "though scores differ" in said(still)
    one = plan_severity([0, 1.0], treated=[0, 1.0], maximum=8)
    assert one.series[0].points[-1].power == 0


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"control": [10, 90]}, DataError, "Are these per cent?"),
        ({"control": [0.5, 0.4]}, DataError, "control sums to 0.9"),
        ({"control": [-0.5, 1.5]}, DataError, "a share that is none"),
        ({"control": [1.0]}, DataError, "one level"),
        ({"control": [float("nan"), 1]}, DataError, "a share that is none"),
        ({"control": None}, OptionError, "control is missing"),
        ({"treated": [0.5, 0.5]}, OptionError, "say once what treatment does"),
        ({"odds_ratio": None}, OptionError, "say once what treatment does"),
        ({"odds_ratio": 0}, OptionError, "odds_ratio is 0"),
        ({"odds_ratio": None, "superiority": 80}, OptionError, "superiority is 80"),
        (
            {"odds_ratio": None, "superiority": 0.9, "control": [0.9, 0.1]},
            OptionError,
            "out of reach",
        ),
        (
            {"odds_ratio": None, "treated": [0.2, 0.3, 0.5]},
            DataError,
            "control has 2 levels and treated 3",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(change, error, says):
    with pytest.raises(error, match=re.escape(says)):
        plan_severity(**{"control": [0.2, 0.8], "odds_ratio": 4, **change})
