"""The same animals twice: exact ranks, pairs, McNemar, afterdischarge or none."""

from __future__ import annotations

import json
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import binomtest, rankdata, ttest_rel

from isobole.outcomes import own_control, signed_rank
from isobole.results import DataError, Missing, OptionError, encode

TOL = 1e-9
TOL_PRINTED = 1e-6


def enumerated(difference, zeros="wilcoxon"):
    """Two-sided p over every pattern of signs."""
    d = np.array(difference, float)
    if zeros == "wilcoxon":
        d = d[d != 0]
    ranks = rankdata(abs(d)) * (d != 0)
    seen = ranks[d > 0].sum()
    every = np.array([(ranks * s).sum() for s in product((0, 1), repeat=len(d))])
    tails = ((every >= seen - 1e-9).mean(), (every <= seen + 1e-9).mean())
    return seen, min(1, 2 * min(tails))


def test_signed_ranks_of_hollander_and_wolfe(studies_case):
    with studies_case("within_signed_rank_depression") as case:
        data = case.data("data")
        drop = np.subtract(data["x"], data["y"])
        test = signed_rank(drop, alternative="greater")
        assert test.statistic == case.expect("V")
        assert test.p == pytest.approx(case.expect("p_greater_exact"), rel=TOL)


def test_kindled_rats_as_in_r(studies_case):
    with studies_case("within_kindling_crossover_synthetic") as case:
        data = case.data("data")
        stage = own_control(data["stage_veh"], data["stage_drug"], levels=range(6))
        ranks = stage.test("exact signed-rank")
        assert ranks.statistic == case.expect("stage_signed_rank.V")
        assert ranks.p == pytest.approx(case.expect("stage_signed_rank.p_exact"))
        add = own_control(data["add_veh"], data["add_drug"], outcome="add")
        t, mean = add.test("paired t"), add.estimate("mean drop of ADD, all pairs")
        assert t.statistic == pytest.approx(
            case.expect("add_paired_t.t"), rel=TOL_PRINTED
        )
        assert t.df == case.expect("add_paired_t.df")
        assert t.p == pytest.approx(case.expect("add_paired_t.p"), rel=TOL_PRINTED)
        assert mean.value == pytest.approx(case.expect("add_paired_t.mean_diff"))
        assert (mean.low, mean.high) == pytest.approx(
            case.expect("add_paired_t.ci"), rel=TOL_PRINTED
        )
        ranks = add.test("exact signed-rank")
        assert ranks.statistic == case.expect("add_signed_rank.V")
        assert ranks.p == pytest.approx(case.expect("add_signed_rank.p_exact"))
        seized = [[s >= 4 for s in data[k]] for k in ("stage_veh", "stage_drug")]
        found = own_control(*seized, outcome="yes-no")
        assert found.tests[0].p == pytest.approx(
            case.expect("generalized_ge4_exact_binomial_p")
        )
        chi = found.test("McNemar chi-square")
        mcnemar = case.expect("generalized_ge4_mcnemar")
        assert chi.statistic == mcnemar["chisq"]
        assert chi.p == pytest.approx(mcnemar["p"], rel=TOL_PRINTED)
        case.out_of_scope(
            "lmer_add", "compared in test_crossover and test_linear_mixed"
        )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=9).filter(any),
    st.sampled_from(["wilcoxon", "pratt"]),
)
def test_signed_ranks_are_enumerated_ties_and_zeros_included(difference, zeros):
    test = signed_rank(difference, zeros=zeros)
    seen, p = enumerated(difference, zeros)
    assert test.statistic == pytest.approx(seen)
    assert test.p == pytest.approx(p, rel=TOL)


def test_rounding_does_not_break_ties():
    assert signed_rank([0.3 - 0.2, 0.2 - 0.1, -0.1]).p == signed_rank([1, 1, -1]).p


def test_without_ties_the_library_agrees():
    from scipy.stats import wilcoxon

    d = [3.1, -1.2, 4.7, 5.9, 2.3, -0.4, 7.7, 8.8]
    assert signed_rank(d).p == pytest.approx(wilcoxon(d, method="exact").pvalue)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=8),
    st.randoms(use_true_random=False),
)
def test_swapping_days_and_order_of_animals(pairs, random):
    first, second = zip(*pairs, strict=True)
    a = own_control(first, second, levels=range(6))
    b = own_control(second, first, levels=range(6))
    assert (a.lower, a.higher) == (b.higher, b.lower)
    assert a.estimates[0].value == -b.estimates[0].value
    mixed = list(pairs)
    random.shuffle(mixed)
    c = own_control(*zip(*mixed, strict=True), levels=range(6))
    for one, two, three in zip(a.tests, b.tests, c.tests, strict=True):
        assert one.p == two.p == three.p or one.p == pytest.approx(two.p)


def test_no_afterdischarge_is_an_outcome_of_its_own():
    before, after = [70, 80, 65, 90, 60, 75], [40, 0, 30, 85, 0, 50]
    found = own_control(before, after, outcome="add")
    assert found.without_afterdischarge == (0, 2)
    first = found.tests[0]
    assert first.question.startswith("an afterdischarge")
    assert first.p == pytest.approx(binomtest(2, 2).pvalue)
    rest = [i for i in range(6) if after[i] > 0]
    both = found.estimate("mean drop of ADD, afterdischarge on both days")
    peer = ttest_rel([before[i] for i in rest], [after[i] for i in rest])
    assert both.value == pytest.approx(30 * 0 + np.mean([30, 35, 5, 25]))
    test = next(
        t for t in found.tests if "both days" in t.question and t.statistic_name == "t"
    )
    assert test.p == pytest.approx(peer.pvalue, rel=TOL)
    assert "No afterdischarge: 0 of 6 on the control day, 2 of 6" in str(found)


def test_no_afterdischarge_left_at_all():
    found = own_control([70, 80, 65], [0, 0, 0], outcome="add")
    assert isinstance(found.estimate("mean drop of ADD, afterdischarge").value, Missing)
    assert found.estimate("mean drop of ADD, all").value == pytest.approx(71.666666667)
    assert "no animal changed" in str(found) or "0 pairs" in str(found)
    assert json.dumps(encode(found.to_dict()), allow_nan=False)


def test_mcnemar_limits_are_exact():
    found = own_control(
        [1] * 7 + [0] * 3, [0] * 5 + [1] * 2 + [1, 0, 0], outcome="yes-no"
    )
    ratio = found.estimates[0]
    assert (found.lower, found.higher) == (5, 1)
    assert ratio.value == 5
    share = [e / (1 + e) for e in (ratio.low, ratio.high)]
    tails = [
        sum(comb(6, k) * p**k * (1 - p) ** (6 - k) for k in hits)
        for p, hits in zip(share, ((5, 6), range(6)), strict=True)
    ]
    assert tails == pytest.approx([0.025, 0.025], rel=1e-8)


def test_pairs_lacking_a_day_are_named():
    found = own_control(
        [5, None, 4, 5],
        [2, 3, float("nan"), 1],
        levels=range(6),
        animals=["a", "b", "c", "d"],
    )
    assert len(found.pairs) == 2
    assert found.pairs.incomplete == ("b", "c")
    assert "2 animals lack one of the two values and are left out: b, c" in str(found)


def test_nothing_changed_and_one_pair():
    same = own_control([5, 5, 4], [5, 5, 4], levels=range(6))
    assert all(isinstance(t.p, Missing) for t in same.tests)
    assert "no animal changed" in repr(same.tests[0].p)
    one = own_control([50], [20], outcome="add")
    assert isinstance(one.test("paired t").p, Missing)
    assert one.estimate("mean drop").limits.set_kind is None
    for found in (same, one):
        assert json.dumps(encode(found.to_dict()), allow_nan=False)
        assert str(found)


def test_values_and_options_that_cannot_be():
    with pytest.raises(OptionError, match="needs levels"):
        own_control([5], [3])
    with pytest.raises(OptionError, match="levels belong"):
        own_control([50], [30], outcome="add", levels=range(6))
    with pytest.raises(DataError, match="row 2, column after: 6 is not on the scale"):
        own_control([5, 5], [3, 6], levels=range(6))
    with pytest.raises(DataError, match="below 0"):
        own_control([50], [-3], outcome="add")
    with pytest.raises(DataError, match="neither yes"):
        own_control([1], [2], outcome="yes-no")
    with pytest.raises(DataError, match="more than one pair"):
        own_control([5, 5], [3, 3], levels=range(6), animals=["a", "a"])
    with pytest.raises(DataError, match="no animal has both"):
        own_control([5, None], [None, 3], levels=range(6))
    with pytest.raises(OptionError, match="'stage', 'add', 'yes-no'"):
        own_control([5], [3], outcome="stages", levels=range(6))


def test_a_difference_that_is_no_number_is_named():
    with pytest.raises(DataError, match=r"row 2.*not a finite number"):
        signed_rank([1, float("nan"), 2])
    assert isinstance(signed_rank([]).p, Missing)


def test_the_net_share_carries_the_level_asked_for():
    found = own_control([5, 5, 4], [3, 5, 1], levels=range(6), level=0.9)
    assert found.estimates[0].level == 0.9


def test_the_pairs_are_drawn():
    found = own_control([5, 5, 4], [2, 5, 5], levels=range(6))
    axes = found.plot().axes[0]
    assert len(axes.lines) == 3
    assert axes.get_ylabel() == "Stage"
    assert list(found.to_frame()["after"]) == [2, 5, 5]
    assert "\n" not in repr(found)
