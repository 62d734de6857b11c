"""Afterdischarge thresholds: ratios on logs, and what a cap hides."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import ttest_ind, ttest_rel

from isobole.outcomes import afterdischarge_threshold
from isobole.results import DataError, Missing, OptionError, encode

TOL_PRINTED = 1e-6
BEFORE, AFTER = [50, 110, 75, 130, 90, 36], [75, 160, 75, 200, 110, 62]


def test_thresholds_of_real_rats(studies_case):
    with studies_case("real_kindling_adt_cms") as case:
        given = case.data("init_adt_uA")
        case.given("animal", "init_adt_uA", "init_seizure_duration_s")
        case.given("total_seizure_duration_s", "mean_seizure_duration_s")
        summary = afterdischarge_threshold(given).summaries[0]
        assert summary.median == case.expect("adt_median")
        assert summary.geometric_mean == pytest.approx(
            case.expect("adt_geo_mean"), rel=TOL_PRINTED
        )
        assert summary.geometric_sd == pytest.approx(
            case.expect("adt_gsd"), rel=TOL_PRINTED
        )
        case.out_of_scope(
            "spearman_adt_meanSD", "no function here correlates threshold and duration"
        )
        case.out_of_scope(
            "total_over_mean_n_seizures", "a count of seizures, not a threshold figure"
        )


def test_pairs_are_compared_on_logs():
    found = afterdischarge_threshold(BEFORE, AFTER).changes[0]
    peer = ttest_rel(np.log(AFTER), np.log(BEFORE))
    t, ranks = found.tests
    assert t.statistic == pytest.approx(peer.statistic)
    assert t.p == pytest.approx(peer.pvalue)
    low, high = np.exp(peer.confidence_interval())
    assert (found.ratio.low, found.ratio.high) == pytest.approx((low, high))
    assert ranks.statistic == 15
    assert ranks.p == pytest.approx(2 / 2**5)


def test_groups_are_compared_on_logs():
    group = ["vehicle"] * 3 + ["drug"] * 3
    found = afterdischarge_threshold(BEFORE, groups=group, control="vehicle")
    peer = ttest_ind(np.log(BEFORE[3:]), np.log(BEFORE[:3]))
    t, ranks = found.changes[0].tests
    assert t.p == pytest.approx(peer.pvalue)
    low, high = np.exp(peer.confidence_interval())
    ratio = found.changes[0].ratio
    assert (ratio.low, ratio.high) == pytest.approx((low, high))
    assert "all 20 allocations" in ranks.method
    three = afterdischarge_threshold(
        BEFORE, groups=["v", "v", "a", "a", "b", "b"], control="v"
    )
    assert all("Holm" in t.adjustment for c in three.changes for t in c.tests)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-3, 1e3))
def test_the_unit_of_current_leaves_the_ratio(factor):
    a = afterdischarge_threshold(BEFORE, AFTER).changes[0]
    b = afterdischarge_threshold(
        [factor * x for x in BEFORE], [factor * x for x in AFTER], unit="mA"
    ).changes[0]
    assert b.ratio.value == pytest.approx(a.ratio.value)
    assert (b.ratio.low, b.ratio.high) == pytest.approx((a.ratio.low, a.ratio.high))
    assert b.tests[1].p == a.tests[1].p


def test_swapping_days_inverts_the_ratio():
    a = afterdischarge_threshold(BEFORE, AFTER).changes[0]
    b = afterdischarge_threshold(AFTER, BEFORE).changes[0]
    assert a.ratio.value * b.ratio.value == pytest.approx(1)
    assert a.ratio.low * b.ratio.high == pytest.approx(1)
    assert a.tests[0].statistic == pytest.approx(-b.tests[0].statistic)


def test_equal_steps_of_the_ladder_are_ties():
    # Logs of equal factors differ by rounding; ranks must not.
    found = afterdischarge_threshold([10, 30, 70, 90], [12, 36, 84, 108])
    t, ranks = found.changes[0].tests
    assert ranks.statistic == 10
    assert isinstance(t.p, Missing)
    assert found.changes[0].ratio.value == pytest.approx(1.2)
    assert found.changes[0].ratio.limits.set_kind is None
    mixed = afterdischarge_threshold([10, 30, 70, 108], [12, 36, 84, 90])
    assert mixed.changes[0].tests[1].statistic == 7.5


def test_a_cap_is_said():
    found = afterdischarge_threshold([50, 200, 200, 200], cap=200)
    assert isinstance(found.summaries[0].median, Missing)
    assert found.summaries[0].at_cap == 3
    assert "3 thresholds are at the cap of 200 uA" in str(found)
    with pytest.raises(DataError, match="above the cap"):
        afterdischarge_threshold([50, 210], cap=200)


def test_what_cannot_be():
    with pytest.raises(DataError, match=r"row 2.*threshold of 0 uA"):
        afterdischarge_threshold([50, 0])
    with pytest.raises(OptionError, match="either after"):
        afterdischarge_threshold(BEFORE, AFTER, groups=["a"] * 6, control="a")
    with pytest.raises(OptionError, match="need control"):
        afterdischarge_threshold(BEFORE, groups=["a"] * 6)
    with pytest.raises(DataError, match="no complete pair"):
        afterdischarge_threshold([50, None], [None, 60])
    one = afterdischarge_threshold([50, 60], [75, None])
    assert one.incomplete == ("2",)
    assert isinstance(one.changes[0].tests[0].p, Missing)
    assert json.dumps(encode(one.to_dict()), allow_nan=False)
    assert str(one)
    assert "\n" not in repr(one)


def test_thresholds_are_drawn():
    figure = afterdischarge_threshold(BEFORE, AFTER).plot()
    assert figure.axes[0].get_xscale() == "log"
    assert figure.axes[0].get_xlabel() == "Afterdischarge threshold (uA)"


def test_a_rank_sum_is_a_multiple_of_one_half() -> None:
    """Midranks leave rounding behind: 7.8e-16 is 0 and is printed as 0."""
    first = [50.0, 75, 75, 90, 110, 130, 75, 62, 89, 98, 154, 52, 107, 75, 89]
    groups = ["vehicle"] * 7 + ["drug"] * 8
    found = afterdischarge_threshold(first, groups=groups, control="vehicle")
    statistics = [
        test.statistic
        for change in found.changes
        for test in change.tests
        if test.statistic_name == "W − E(W)"
    ]
    assert statistics
    for statistic in statistics:
        assert isinstance(statistic, float)
        assert 2 * statistic == round(2 * statistic)
