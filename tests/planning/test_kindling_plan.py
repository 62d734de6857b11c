"""Planned sizes for kindling: parallel groups, and animals as their own controls."""

from __future__ import annotations

import math
import re
from itertools import product

import numpy as np
import pytest

from isobole.outcomes import kindling_rate, own_control, signed_rank
from isobole.planning import plan_kindling, plan_own_control
from isobole.planning._approximations import t_test_power
from isobole.planning._kindling_model import discrete_scores, kindling_model
from isobole.planning._own_control_power import (
    sign_test_power,
    signed_rank_power,
    signed_rank_simulated,
    signed_ranks,
)
from isobole.planning._permutation_power import signed_rejects, two_group_rejects
from isobole.results import DataError, Missing, NotComputable, OptionError

ALPHA = 0.05
EXACT = 1e-9
CHANGE = np.array([-1.0, 0.0, 1.0, 3.0])
SHARE = np.array([0.05, 0.15, 0.3, 0.5])


def rate(**change):
    given = {
        "mean": 12.0, "sd": 3.0, "times": 1.4, "control": None, "treated": None,
        "sessions": 16, **change,
    }  # fmt: skip
    return kindling_model(**given)


@pytest.mark.parametrize(("n", "m"), [(5, 5), (6, 8)])
def test_every_study_is_decided_as_kindling_rate_decides_it(n, m):
    count, reached = rate().draw(n, m, samples=40, seed=2)
    found = two_group_rejects(discrete_scores(count, reached), n, ALPHA, 2)
    groups = ["vehicle"] * n + ["drug"] * m
    for k in range(40):
        made = kindling_rate(count[k], reached[k].tolist(), groups, control="vehicle")
        assert found[k] == (made.comparisons[0].test.p <= ALPHA), k
    assert 0 < found.sum() < 40


@pytest.mark.parametrize(("mean", "sd"), [(12, 3), (12, 8), (4, 1.2), (40, 5)])
def test_mean_and_sd_are_those_asked_for(mean, sd):
    made = rate(mean=mean, sd=sd, times=1.5)
    assert made.moments(False) == pytest.approx((mean, sd), abs=1e-5)
    assert made.moments(True) == pytest.approx((1.5 * mean, 1.5 * sd), abs=1e-5)
    assert math.fsum(made.control) == pytest.approx(1, abs=1e-12)


def test_sessions_censor():
    made = rate()
    count, reached = made.draw(4000, 4000, samples=4, seed=1)
    assert count.max() == 16
    assert reached[count < 16].all()
    for part, treated in ((slice(0, 4000), False), (slice(4000, 8000), True)):
        share = made.reached(treated)
        assert reached[:, part].mean() == pytest.approx(share, abs=0.02)


def test_rate_the_answer_and_what_stands_beside(said):
    plan = plan_kindling(mean=12, sd=3, times=1.5, sessions=20, n=6, samples=2000)
    assert 7 <= plan.smallest.holds <= 10
    text = said(plan)
    for words in (
        "12 ± 3 v 18 ± 4.5 stimulations", "animals stop at 20", "t-test, as if normal",
        "not their sessions",
    ):  # fmt: skip
        assert words in text
    censored = plan_kindling(mean=12, sd=3, times=1.5, sessions=13, n=8, samples=4000)
    free = plan_kindling(mean=12, sd=3, times=1.5, n=8, samples=4000)
    assert censored.planned.power < free.planned.power


@pytest.mark.parametrize("df", [1, 5, 20, 200])
@pytest.mark.parametrize("off", [0.5, 6.0, 8.0, 50.0])
@pytest.mark.parametrize("alpha", [0.05, 0.001, 1e-6])
def test_t_power_is_a_number_in_the_far_tails(df, off, alpha):
    # Against the average over quantiles of the standard deviation.
    from scipy.special import gammaincinv, ndtr, stdtrit

    cut = float(stdtrit(df, 1 - alpha / 2))
    spread = np.sqrt(gammaincinv(df / 2, (np.arange(100_000) + 0.5) / 1e5) * 2 / df)
    due = (ndtr(off - cut * spread) + ndtr(-cut * spread - off)).mean()
    n = df + 1
    found = t_test_power(n, off / math.sqrt(n), alpha, paired=True)
    assert found == pytest.approx(due, abs=5e-5)


def test_a_large_effect_at_a_small_error_has_an_answer():
    assert plan_kindling(mean=12, sd=1, times=3, samples=1000).smallest.holds == 4
    small = plan_kindling(mean=12, sd=3, times=1.5, alpha=0.001, samples=1000)
    assert small.approximations[0].n == 17
    assert plan_own_control(change=1000, within_sd=1).smallest.holds == 2


def test_rate_without_a_difference(said):
    plan = plan_kindling(mean=12, sd=3, times=1, n=8, samples=4000)
    assert isinstance(plan.smallest.holds, Missing)
    assert plan.planned.power <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 4000)
    assert "false positives" in said(plan)
    # They differ only after the last session.
    late = plan_kindling(
        control=[0.1, 0.9, 0], treated=[0.1, 0, 0.9], sessions=1, samples=500
    )
    assert isinstance(late.smallest.holds, Missing)


@pytest.mark.parametrize("n", [3, 6])
def test_signed_rank_power_is_that_of_every_series_of_animals(n):
    """All series of n animals one by one, each tested by the room below."""
    total = sum(
        math.prod(SHARE[list(levels)])
        for levels in product(range(CHANGE.size), repeat=n)
        if _p(CHANGE[list(levels)]) <= 0.2
    )
    found = signed_rank_power(CHANGE, SHARE, n, 0.2, seed=1)
    assert found == pytest.approx(total, rel=EXACT)
    assert total > 0 or n == 3


def _p(difference):
    p = signed_rank(difference.tolist()).p
    return 1.0 if isinstance(p, Missing) else p


def test_drawn_signs_decide_nearly_as_all_of_them():
    rng = np.random.default_rng(6)
    change = CHANGE[rng.choice(4, size=(60, 16), p=SHARE)]
    found = signed_rejects(signed_ranks(change), ALPHA, 1)
    for row, rejected in zip(change, found, strict=True):
        p = _p(row)
        if abs(p - ALPHA) > 0.015:
            assert rejected == (p <= ALPHA)
    exact = signed_rank_power(CHANGE, SHARE, 12, ALPHA, seed=1)
    drawn = signed_rank_simulated(CHANGE, SHARE, 12, ALPHA, samples=20_000, seed=1)
    assert drawn == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 2e4))


def test_sign_test_power_is_that_of_own_control():
    """All numbers of animals up, down and unchanged, tested by the room below."""
    n, down, up = 8, 0.7, 0.1
    total = 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            before = [5] * n
            after = [4] * a + [6] * b + [5] * (n - a - b)
            signs = own_control(before, after, levels=range(8)).tests[1]
            if not isinstance(signs.p, Missing) and signs.p <= ALPHA:
                ways = math.comb(n, a) * math.comb(n - a, b)
                total += ways * down**a * up**b * (1 - down - up) ** (n - a - b)
    assert sign_test_power(down, up, n, ALPHA) == pytest.approx(total, rel=EXACT)


def test_own_control_answers(said):
    plan = plan_own_control(drops={0: 0.25, 1: 0.25, 3: 0.25, 5: 0.25}, n=6)
    assert plan.smallest.holds == 9
    # Six animals are the fewest that can show anything: all must fall.
    assert plan.planned.power == pytest.approx(0.75**6, rel=EXACT)
    assert plan.test_at("sign", 6).power == pytest.approx(0.75**6, rel=EXACT)
    text = said(plan)
    for words in (
        "9 animals give",
        "exact sign test (%)",
        "In a crossover",
        "3 in 25 %",
    ):
        assert words.lower() in text.lower()
    assert plan.to_dict()["smallest"]["n_treated"] is None


def test_durations(said):
    plan = plan_own_control(change=20, within_sd=15, n=8)
    assert plan.smallest.holds == 11
    assert plan.samples is None
    text = said(plan)
    assert "afterdischarge 20 s shorter" in text.lower()
    assert "abolished (0 s) is not normal" in text
    longer = plan_own_control(change=-20, within_sd=15)
    assert longer.smallest.holds == 11
    assert "longer" in longer.expected_words()
    none = plan_own_control(change=0, within_sd=15, n=8)
    assert isinstance(none.smallest.holds, Missing)
    assert none.planned.power == pytest.approx(0.05, rel=1e-6)
    said(none)


def test_own_control_without_an_effect(said):
    plan = plan_own_control(drops={0: 0.5, 1: 0.25, -1: 0.25}, n=10, maximum=12)
    assert isinstance(plan.smallest.holds, Missing)
    assert plan.planned.power <= ALPHA
    assert "as far up as down" in said(plan)
    weak = plan_own_control(drops={0: 0.9, 1: 0.1}, maximum=12)
    assert "no size up to 12" in said(weak)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"mean": None}, OptionError, "say what is expected once"),
        ({"control": [0.5, 0.5]}, OptionError, "say what is expected once"),
        ({"times": 0}, OptionError, "times is 0"),
        ({"mean": 0.5}, OptionError, "a mean of 0.5"),
        ({"sd": 0.01}, OptionError, "an SD of 0.01"),
        ({"sessions": 0}, OptionError, "sessions is 0"),
        ({"mean": 100, "sd": 200, "times": 1}, NotComputable, "no rounded gamma"),
        (
            {"mean": None, "sd": None, "times": None, "control": [50, 50],
             "treated": [0.5, 0.5]},
            DataError,
            "Are these per cent?",
        ),
    ],
)  # fmt: skip
def test_rates_that_cannot_be_are_refused(change, error, says):
    with pytest.raises(error, match=re.escape(says)):
        plan_kindling(**{"mean": 12, "sd": 3, "times": 1.5, "samples": 500, **change})


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({}, OptionError, "say once what the drug does"),
        ({"change": 5}, OptionError, "say once what the drug does"),
        ({"drops": {1: 1}, "change": 5, "within_sd": 2}, OptionError, "say once"),
        ({"drops": {1: 1}, "within_sd": 2}, OptionError, "say once"),
        ({"drops": {}}, OptionError, "at least one"),
        ({"drops": {1: 0.5}}, DataError, "sums to 0.5"),
        ({"drops": {0: 25, 1: 75}}, DataError, "Are these per cent?"),
        ({"drops": {float("nan"): 1}}, OptionError, "no number"),
        ({"drops": {k: 1 / 13 for k in range(13)}}, OptionError, "at most 12"),
        ({"change": float("inf"), "within_sd": 2}, OptionError, "change is inf"),
        ({"change": 5, "within_sd": 0}, OptionError, "within_sd is 0"),
    ],
)
def test_drug_tests_that_cannot_be_are_refused(given, error, says):
    with pytest.raises(error, match=re.escape(says)):
        plan_own_control(**given)
