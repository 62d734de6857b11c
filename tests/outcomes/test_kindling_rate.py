"""Stimulations to the rule: ties, arms without events, permutations."""

from __future__ import annotations

import json
from itertools import combinations
from math import comb, exp, log

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import kindling_rate
from isobole.outcomes._discrete_time_likelihood import log_likelihood, risk_sets
from isobole.outcomes._kindling_permutation import permute_groups, permute_two
from isobole.outcomes._kindling_rate import log_rank_scores
from isobole.results import DataError, Missing, OptionError, encode

TOL_FIT = 1e-6  # relative: where another program's optimiser stopped
TOL = 1e-9
TIME = [9, 10, 10, 11, 12, 14, 10, 12, 15, 15, 18, 20]
REACHED = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0]
GROUP = ["vehicle"] * 6 + ["drug"] * 6


def rate(time=TIME, reached=REACHED, group=GROUP, **options):
    return kindling_rate(time, reached, group, control="vehicle", **options)


def sets_of(time=TIME, reached=REACHED, group=GROUP):
    return risk_sets(
        np.array(time, float),
        np.array(reached, bool),
        np.array([g == "drug" for g in group], float),
    )


def test_ties_as_in_r(studies_case):
    # The figures of the case are counted with the latency tests; these are its ratios.
    case = studies_case("surv_aml")
    data = case.data("data")
    found = kindling_rate(
        data["time"], data["event"], data["group"], control="Maintained"
    ).comparisons[0]
    ours = case.data("cox_nonmaintained_vs_maintained")
    for ties in ("efron", "breslow", "exact"):
        effect = found.effect(ties)
        assert effect.estimate == pytest.approx(ours[ties]["coef"], rel=TOL_FIT)
        assert effect.standard_error == pytest.approx(ours[ties]["se"], rel=TOL_FIT)
    assert found.effect("efron").lr_chi_square == pytest.approx(
        ours["efron"]["lrt"][0], rel=TOL_FIT
    )


def test_an_arm_without_events_has_a_one_sided_limit(studies_case):
    case = studies_case("surv_monotone_likelihood")
    data = case.data("data")
    found = kindling_rate(
        data["time"], data["event"], data["group"], control="veh"
    ).comparisons[0]
    effect = found.effect("exact")
    assert isinstance(effect.estimate, Missing)
    assert effect.low is None
    assert effect.high == pytest.approx(
        case.data("profile_lik_upper95_log_hr"), rel=TOL_FIT
    )
    assert "no animal of drug reached" in effect.reason
    assert found.test.p == pytest.approx(case.data("coin_exact_logrank_p"), rel=1e-8)


def test_efron_and_breslow_as_in_statsmodels():
    from statsmodels.duration.hazard_regression import PHReg

    drug = np.array([[g == "drug"] for g in GROUP], float)
    found = rate().comparisons[0]
    for ties in ("efron", "breslow"):
        peer = PHReg(np.array(TIME), drug, np.array(REACHED), ties=ties).fit()
        effect = found.effect(ties)
        assert effect.estimate == pytest.approx(peer.params[0], rel=1e-5)
        assert effect.standard_error == pytest.approx(peer.bse[0], rel=1e-5)


def test_the_exact_likelihood_sums_over_every_set():
    for beta in (-1.7, 0.4):
        total = 0.0
        for s in sets_of():
            weights = np.exp(beta * s.everyone)
            d = s.reached.size
            every = sum(
                np.prod(weights[list(c)]) for c in combinations(range(weights.size), d)
            )
            total += beta * s.reached.sum() - log(every)
        assert log_likelihood(sets_of(), "exact", beta) == pytest.approx(total, rel=TOL)


def test_the_exact_ratio_is_that_of_conditional_logistic_regression():
    from statsmodels.discrete.conditional_models import ConditionalLogit

    rows = [
        (number, hit, x)
        for number, s in enumerate(sets_of())
        for hit, values in ((1, s.reached), (0, s.spared))
        for x in values
        if s.spared.size
    ]
    strata, hit, x = (np.array(c, float) for c in zip(*rows, strict=True))
    model = ConditionalLogit(hit, x[:, None], groups=strata)
    # Its default optimiser stops where the score is still 3e-4; Newton goes on.
    peer = model.fit(method="newton", disp=False)
    effect = rate().comparisons[0].effect("exact")
    assert effect.estimate == pytest.approx(peer.params[0], rel=TOL_FIT)


def test_the_hazard_ratio_is_that_of_a_cloglog_glm_with_free_baselines():
    import statsmodels.api as sm

    sets = [s for s in sets_of() if s.spared.size]
    rows = [
        (number, hit, x)
        for number, s in enumerate(sets)
        for hit, values in ((1, s.reached), (0, s.spared))
        for x in values
    ]
    strata, hit, x = (np.array(c, float) for c in zip(*rows, strict=True))
    design = np.column_stack([x, strata[:, None] == np.arange(len(sets))])
    family = sm.families.Binomial(sm.families.links.CLogLog())
    peer = sm.GLM(hit, design.astype(float), family=family).fit(tol=1e-12)
    effect = rate().comparisons[0].effect("cloglog")
    assert effect.estimate == pytest.approx(peer.params[0], rel=1e-5)
    assert log_likelihood(sets, "cloglog", effect.estimate) == pytest.approx(
        peer.llf, rel=TOL_FIT
    )


def test_limits_lie_where_the_deviance_reaches_the_cut():
    effect = rate().comparisons[0].effect("exact")
    top = log_likelihood(sets_of(), "exact", effect.estimate)
    for end in (effect.low, effect.high):
        drop = 2 * (top - log_likelihood(sets_of(), "exact", end))
        assert drop == pytest.approx(3.841458820694124, rel=1e-7)


@pytest.mark.parametrize("reached", [[1] * 6, [1, 1, 1, 1, 0, 0]])
def test_a_tie_between_groups_leaves_efron_and_breslow_finite(reached):
    # The last control animal and the first drug animal reach it together: sets of
    # animals are still ordered by group, pairs taken in turn are not.
    time, group = [3, 4, 5, 5, 7, 8], ["vehicle"] * 3 + ["drug"] * 3
    found = rate(time, reached, group).comparisons[0]
    sets = sets_of(time, reached, group)
    grid = np.linspace(-6, 6, 2401)
    for ties in ("efron", "breslow"):
        effect = found.effect(ties)
        likeliest = grid[np.argmax([log_likelihood(sets, ties, b) for b in grid])]
        assert effect.estimate == pytest.approx(likeliest, abs=0.005)
        assert effect.low < effect.estimate < effect.high < 2
    for ties in ("exact", "cloglog"):
        effect = found.effect(ties)
        assert "or with the first of them" in effect.estimate.reason
        assert effect.low is None
        best = log_likelihood(sets, ties, -40.0)
        drop = 2 * (best - log_likelihood(sets, ties, effect.high))
        assert drop == pytest.approx(3.841458820694124, rel=1e-6)


def test_a_trend_without_a_top_is_held_against_its_supremum():
    # The lowest two doses are a thousandth of the span apart: a slope that tells them
    # apart is far out.
    time, doses = [3, 4, 5, 6, 7, 8], {"vehicle": 0, "low": 1, "high": 1000}
    group = ["vehicle"] * 2 + ["low"] * 2 + ["high"] * 2
    effect = rate(time, [1] * 6, group, doses=doses).trend
    sets = risk_sets(
        np.array(time, float), np.ones(6, bool), np.array([doses[g] for g in group])
    )
    # Every set of two alike contributes log 2, which no slope takes away.
    supremum = 3 * log(1 / 2)
    drop = 2 * (supremum - log_likelihood(sets, "exact", effect.high))
    assert drop == pytest.approx(3.841458820694124, rel=1e-6)


def test_a_pair_that_cannot_be_compared_counts_in_holms_adjustment():
    found = rate(
        [20] * 6 + [9, 10, 11, 12, 13, 14],
        [0] * 6 + [1] * 6,
        ["vehicle"] * 3 + ["none"] * 3 + ["a"] * 3 + ["b"] * 3,
    )
    none, a, b = (c.test for c in found.comparisons)
    assert isinstance(none.p, Missing)
    assert isinstance(none.p_adjusted, Missing)
    assert a.p == b.p == 0.1
    assert a.p_adjusted == b.p_adjusted == pytest.approx(0.3)
    assert a.adjustment == "Holm, 3 comparisons"


def test_permutation_counts_every_allocation():
    time, event = np.array(TIME, float), np.array(REACHED, bool)
    score = log_rank_scores(time, event)
    assert score.sum() == pytest.approx(0, abs=1e-12)
    drug = np.array([g == "drug" for g in GROUP])
    seen = abs(score[drug].sum())
    far = sum(
        abs(score[list(c)].sum()) >= seen - 1e-9 for c in combinations(range(12), 6)
    )
    test = rate().comparisons[0].test
    assert test.p == pytest.approx(far / comb(12, 6), rel=TOL)
    # Observed less expected, counted by hand from the risk sets.
    expected = sum(s.reached.size * s.everyone.mean() for s in sets_of())
    observed = event[drug].sum()
    assert test.statistic == pytest.approx(observed - expected, rel=TOL)


def test_three_groups_are_permuted_together():
    score = np.array([0.3, -1.0, 0.8, 2.0, -0.5, 0.1, -1.7])
    group = np.array([0, 0, 1, 1, 2, 2, 2])
    found = permute_groups(score, group, 1, None)
    assert found.allocations == 210
    two = np.array([0, 0, 0, 1, 1, 1, 1])
    both = permute_groups(score, two, 1, None)
    assert both.p == pytest.approx(permute_two(score, two == 1, 1).p)


def test_draws_agree_with_counting_within_their_error(monkeypatch):
    rng = np.random.default_rng(4)
    score, first = rng.normal(size=14), np.arange(14) < 7
    exact = permute_two(score, first, 1)
    monkeypatch.setattr("isobole.outcomes._kindling_permutation.MOST_ALLOCATIONS", 10)
    drawn = permute_two(score, first, 7)
    assert (drawn.draws, drawn.seed) == (20_000, 7)
    assert abs(drawn.p - exact.p) < 4 * drawn.monte_carlo_se
    assert permute_two(score, first, 7) == drawn


def test_an_animal_censored_is_at_risk_to_its_last_session():
    arm = rate().arms[1]
    steps = {s.stimulation: s for s in arm.steps}
    assert (steps[15].at_risk, steps[15].reached, steps[15].censored) == (4, 1, 1)
    assert steps[15].not_kindled == pytest.approx(1 / 2)
    assert arm.median == 15
    assert steps[20].not_kindled == pytest.approx(1 / 4)


def test_dose_trend_and_holm():
    group = ["vehicle"] * 4 + ["low"] * 4 + ["high"] * 4
    doses = {"vehicle": 0, "low": 50, "high": 100}
    found = rate(group=group, doses=doses)
    assert [a.group for a in found.arms] == ["vehicle", "low", "high"]
    assert found.trend.estimate < 0
    assert found.trend_test.p < 0.05
    per_gram = rate(group=group, doses={k: v / 1000 for k, v in doses.items()})
    assert per_gram.trend.estimate == pytest.approx(1000 * found.trend.estimate)
    assert per_gram.trend_test.p == found.trend_test.p
    ps = [c.test.p for c in found.comparisons]
    assert found.comparisons[0].test.p_adjusted == min(1, 2 * min(ps)) or ps[0] > ps[1]
    assert found.overall.p > 0


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(12)))
def test_order_of_animals_changes_nothing(order):
    moved = rate(
        [TIME[i] for i in order],
        [REACHED[i] for i in order],
        [GROUP[i] for i in order],
    )
    a, b = moved.comparisons[0], rate().comparisons[0]
    assert a.test.p == b.test.p
    assert a.effect().estimate == pytest.approx(b.effect().estimate, rel=TOL_FIT)


def test_swapping_groups_inverts_the_ratio():
    a = rate().comparisons[0]
    b = kindling_rate(TIME, REACHED, GROUP, control="drug").comparisons[0]
    assert b.test.statistic == pytest.approx(-a.test.statistic)
    assert b.test.p == a.test.p
    for ties in ("exact", "cloglog", "efron", "breslow"):
        one, other = a.effect(ties), b.effect(ties)
        assert exp(one.estimate) * exp(other.estimate) == pytest.approx(1, rel=1e-5)
        assert one.low == pytest.approx(-other.high, rel=1e-5)


def test_nobody_kindled_and_one_group_only():
    found = rate(reached=[0] * 12)
    test = found.comparisons[0].test
    assert isinstance(test.p, Missing)
    assert isinstance(found.arms[0].median, Missing)
    assert "no animal reached" in str(found)
    assert json.dumps(encode(found.to_dict()), allow_nan=False)
    with pytest.raises(OptionError, match="at least two groups"):
        rate(group=["vehicle"] * 12)


def test_bad_rows_are_named():
    with pytest.raises(DataError, match=r"row 2.*10.5 stimulations"):
        rate([9, 10.5, *TIME[2:]])
    with pytest.raises(DataError, match=r"row 1.*neither yes nor no"):
        rate(reached=["perhaps", *REACHED[1:]])
    with pytest.raises(DataError, match="below 1"):
        rate([0, *TIME[1:]])
    with pytest.raises(OptionError, match="'drug'"):
        kindling_rate(TIME, REACHED, GROUP, control="saline")
    with pytest.raises(OptionError, match="dose of drug is 'high'"):
        rate(doses={"vehicle": 0, "drug": "high"})
    with pytest.raises(OptionError, match="lacks drug"):
        rate(doses={"vehicle": 0})


def test_the_result_says_itself():
    found = rate()
    assert repr(found) == "KindlingRate(vehicle 6/6 kindled, drug 4/6 kindled)"
    assert "exact conditional (discrete logistic)" in str(found)
    assert len(found.to_frame()) == sum(len(a.steps) for a in found.arms)
    axes = found.plot().axes[0]
    assert axes.get_ylabel() == "Not yet fully kindled (%)"
