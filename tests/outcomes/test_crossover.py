"""Two periods, two orders: the drug, the period, and carry-over with its caution."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import fisher_exact, mannwhitneyu, ttest_ind

from isobole.outcomes import crossover, linear_mixed
from isobole.results import DataError, Missing, encode

TOL_PRINTED = 1e-6


def rats(case):
    data = case.data("data")
    return data, data["seq"]


def test_durations_as_the_mixed_model_has_them(studies_case):
    with studies_case("within_kindling_crossover_synthetic") as case:
        data, order = rats(case)
        found = crossover(data["add_veh"], data["add_drug"], order, outcome="add")
        fixef, se = case.expect("lmer_add.fixef"), case.expect("lmer_add.se")
        for name, k in (("drug", 1), ("second period", 2)):
            estimate = found.estimate(name)
            assert estimate.value == pytest.approx(fixef[k], rel=TOL_PRINTED)
            half = (estimate.high - estimate.low) / 2
            assert half / 2.306004135204166 == pytest.approx(se[k], rel=TOL_PRINTED)
        n = len(order)
        first = [s == "VD" for s in order]
        fit = linear_mixed(
            [*data["add_veh"], *data["add_drug"]],
            {
                "drug": [0.0] * n + [1.0] * n,
                "period 2": [0.0 if f else 1.0 for f in first]
                + [1.0 if f else 0.0 for f in first],
            },
            [*data["rat"], *data["rat"]],
        )
        estimates = [t.estimate for t in fit.terms]
        assert estimates == pytest.approx(fixef, rel=1e-5)
        assert [t.standard_error for t in fit.terms] == pytest.approx(se, rel=1e-4)
        assert fit.residual_sd == pytest.approx(case.expect("lmer_add.sigma"), rel=1e-4)
        assert fit.sd[0] == pytest.approx(case.expect("lmer_add.rat_sd"), rel=1e-4)
        for path in ("stage_signed_rank", "add_paired_t", "add_signed_rank"):
            case.out_of_scope(path, "the paired tests are compared in test_own_control")
        for path in ("generalized_ge4_mcnemar", "generalized_ge4_exact_binomial_p"):
            case.out_of_scope(path, "the paired tests are compared in test_own_control")


def test_carry_over_is_a_comparison_of_sums():
    v, d = [78, 92, 65, 81, 104, 70], [41, 85, 3, 30, 77, 22]
    order = ["VD", "DV"] * 3
    found = crossover(v, d, order, outcome="add")
    total = np.add(v, d)
    peer = ttest_ind(total[::2], total[1::2])
    assert found.carry_over.statistic == pytest.approx(peer.statistic)
    assert found.carry_over.p == pytest.approx(peer.pvalue)
    assert "must not choose the analysis" in str(found)


def test_stages_by_exact_rank_sums_of_period_differences():
    v, d = [5, 5, 4, 5, 5, 4, 5], [2, 0, 4, 3, 5, 1, 2]
    order = ["VD", "VD", "VD", "DV", "DV", "DV", "VD"]
    found = crossover(v, d, order, levels=range(6))
    first = np.array([o == "VD" for o in order])
    step = np.where(first, np.subtract(d, v), np.subtract(v, d))
    from scipy.stats import rankdata

    ranks = rankdata(step)
    seen = abs(ranks[first].sum() - 4 * 4)
    every = [abs(ranks[list(c)].sum() - 16) for c in combinations(range(7), 4)]
    assert found.treatment.p == pytest.approx(np.mean(np.array(every) >= seen - 1e-9))
    # Without ties scipy's exact test is the same.
    v, d = [50, 60, 70, 80, 95, 66], [11, 55, 20, 78, 31, 46]
    order = ["VD"] * 3 + ["DV"] * 3
    found = crossover(v, d, order, levels=range(100))
    step = np.subtract(d, v) * np.array([1, 1, 1, -1, -1, -1])
    peer = mannwhitneyu(step[:3], step[3:], method="exact")
    assert found.treatment.p == pytest.approx(peer.pvalue)


def test_yes_no_with_one_way_changes_is_fisher_over_the_animals_that_changed():
    # Mainland and Gart: animals that changed, by sequence and period of the seizure.
    v = [1] * 10
    d = [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    order = ["VD"] * 5 + ["DV"] * 5
    found = crossover(v, d, order, outcome="yes-no")
    prescott = found.treatment.p
    gart = fisher_exact([[4, 0], [0, 4]]).pvalue
    assert prescott <= gart
    assert found.period.p == 1


def test_swapping_drug_and_vehicle_flips_the_effect_only():
    v, d = [78, 92, 65, 81, 104, 70], [41, 85, 3, 30, 77, 22]
    order = ["VD", "DV", "VD", "DV", "DV", "VD"]
    other = ["DV" if o == "VD" else "VD" for o in order]
    a = crossover(v, d, order, outcome="add")
    b = crossover(d, v, other, outcome="add")
    assert b.estimate("drug").value == pytest.approx(-a.estimate("drug").value)
    assert b.estimate("second").value == pytest.approx(a.estimate("second").value)
    assert b.treatment.p == pytest.approx(a.treatment.p)
    assert b.carry_over.p == pytest.approx(a.carry_over.p)
    moved = [3, 1, 5, 0, 2, 4]
    c = crossover(
        [v[i] for i in moved],
        [d[i] for i in moved],
        [order[i] for i in moved],
        outcome="add",
    )
    assert c.treatment.p == pytest.approx(a.treatment.p)


def test_a_period_step_does_not_bias_the_drug():
    rng = np.random.default_rng(0)
    base = rng.normal(80, 5, 8)
    order = ["VD"] * 4 + ["DV"] * 4
    first = np.array([o == "VD" for o in order])
    for step in (0.0, 25.0):
        vehicle = base + np.where(first, 0, step)
        drug = base - 30 + np.where(first, step, 0) + rng.normal(0, 1e-3, 8)
        found = crossover(vehicle, drug, order, outcome="add")
        assert found.estimate("drug").value == pytest.approx(-30, abs=1e-2)
        assert found.estimate("second").value == pytest.approx(step, abs=1e-2)


def test_what_cannot_be():
    with pytest.raises(DataError, match=r"row 2.*neither VD nor DV"):
        crossover([5, 5], [3, 3], ["VD", "AB"], levels=range(6))
    with pytest.raises(DataError, match="sequence DV"):
        crossover([5, 5, 5], [3, 3, None], ["VD", "VD", "DV"], levels=range(6))
    two = crossover([50, 60], [30, 20], ["VD", "DV"], outcome="add")
    assert isinstance(two.treatment.p, Missing)
    assert two.estimate("drug").value == -30
    same = crossover([5, 5], [5, 5], ["VD", "DV"], levels=range(6))
    assert isinstance(same.treatment.p, Missing)
    for found in (two, same):
        assert json.dumps(encode(found.to_dict()), allow_nan=False)
        assert str(found)


def test_the_crossover_is_drawn_and_says_itself():
    found = crossover(
        [5, 5, 4, None], [2, 3, 4, 1], ["VD", "DV", "VD", "DV"], levels=range(6)
    )
    assert found.pairs.incomplete == ("4",)
    titles = [a.get_title(loc="left") for a in found.plot().axes]
    assert titles == ["VD (n = 2)", "DV (n = 1)"]
    assert "\n" not in repr(found)
    assert list(found.to_frame()["sequence"]) == ["VD", "DV", "VD"]
