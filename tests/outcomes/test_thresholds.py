"""Thresholds on the log scale: Dunnett by quadrature, Welch beside, infusion."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import compare_thresholds, infusion_threshold
from isobole.outcomes._dunnett import dunnett_critical, dunnett_p
from isobole.results import (
    DataError,
    DoseUnit,
    Missing,
    OptionError,
    cell_text,
    save_figure,
)

VALUES = [32, 35, 30, 38, 34, 36, 48, 52, 44, 50, 41, 55, 33, 40, 36, 37, 39, 31]
GROUPS = ["vehicle"] * 6 + ["high"] * 6 + ["low"] * 6


def _compare(values=VALUES, groups=GROUPS, **options):
    options = {"control": "vehicle", "unit": "mg/kg"} | options
    return compare_thresholds(values, groups, **options)


@pytest.mark.parametrize(
    ("groups", "df", "five", "one"),
    [
        # Dunnett 1964, two-sided 5 % and 1 %, equal groups.
        (2, 10, 2.57, 3.53),
        (3, 20, 2.54, 3.29),
        (4, 15, 2.73, 3.55),
        (5, 30, 2.66, 3.33),
        (2, 6, 2.86, 4.21),
    ],
)
def test_published_critical_values(groups, df, five, one) -> None:
    n = [7] * groups
    assert dunnett_critical(0.95, n, 7, df) == pytest.approx(five, abs=0.0051)
    assert dunnett_critical(0.99, n, 7, df) == pytest.approx(one, abs=0.0051)


@given(
    st.floats(0.01, 6), st.integers(1, 200), st.integers(1, 200), st.integers(1, 400)
)
def test_one_comparison_is_students_t(t, n, n_control, df) -> None:
    from scipy.special import stdtr

    assert dunnett_p(t, [n], n_control, df) == pytest.approx(
        2 * stdtr(df, -t), abs=1e-9
    )


@pytest.mark.parametrize(
    ("t", "n", "n_control", "df"),
    [(2.1, [4, 9, 6], 5, 20), (1.3, [8, 8], 8, 21), (3.4, [3, 5, 7, 9], 12, 31)],
)
def test_scipys_multivariate_t_agrees(t, n, n_control, df) -> None:
    from scipy.stats import multivariate_t

    share = np.sqrt(np.array(n) / (np.array(n) + n_control))
    corr = np.outer(share, share)
    np.fill_diagonal(corr, 1.0)
    inside = multivariate_t(shape=corr, df=df).cdf(
        np.full(len(n), t), lower_limit=np.full(len(n), -t), random_state=1,
        maxpts=500_000,
    )  # fmt: skip
    assert dunnett_p(t, n, n_control, df) == pytest.approx(1 - inside, abs=2e-4)


@pytest.mark.parametrize("df", [1, 2, 3, 8, 9])
@pytest.mark.parametrize("t", [0.1, 12.0, 500.0])
def test_far_tails_at_few_degrees_of_freedom(t, df) -> None:
    from scipy.stats import t as student

    one = 2 * float(student.sf(t, df))
    assert dunnett_p(t, [4], 4, df) == pytest.approx(one, rel=1e-5, abs=1e-12)


def test_a_limit_far_out_is_found() -> None:
    from scipy.stats import t as student

    for level in (0.999, 0.9999):
        one = dunnett_critical(level, [2], 2, 1)
        assert one == pytest.approx(float(student.ppf((1 + level) / 2, 1)), rel=1e-5)
        assert one < dunnett_critical(level, [2, 2, 2], 2, 1) < 3 * one


def test_limits_beyond_all_numbers_are_missing() -> None:
    found = _compare([1e-9, 1e9, 5.0], ["vehicle"] * 2 + ["drug"], level=0.999)
    ratio = found.ratio("drug").ratio
    assert ratio.limits.set_kind is None
    assert "beyond all numbers" in ratio.limits.reason
    assert ratio.value == pytest.approx(5.0)
    json.dumps(found.to_dict(), allow_nan=False)
    assert "beyond all numbers" in str(found)


def test_scipys_dunnett_agrees() -> None:
    from scipy.stats import dunnett

    logs = np.log(np.array(VALUES, float)).reshape(3, 6)
    other = dunnett(logs[1], logs[2], control=logs[0], random_state=3)
    found = _compare()
    for i, name in enumerate(("high", "low")):
        ratio = found.ratio(name)
        assert ratio.test.statistic == pytest.approx(other.statistic[i])
        assert ratio.test.p_adjusted == pytest.approx(other.pvalue[i], abs=5e-4)
        limits = other.confidence_interval(0.95)
        assert ratio.ratio.low == pytest.approx(math.exp(limits.low[i]), rel=2e-3)
        assert ratio.ratio.high == pytest.approx(math.exp(limits.high[i]), rel=2e-3)
    assert str(found) == str(_compare())  # the same digits every time


def test_welch_and_equal_variances_by_scipy() -> None:
    from scipy.stats import levene, ttest_ind

    logs = np.log(np.array(VALUES, float)).reshape(3, 6)
    found = _compare()
    other = ttest_ind(logs[1], logs[0], equal_var=False)
    welch = found.ratio("high")
    assert welch.welch_test.p == pytest.approx(float(other.pvalue))
    limits = other.confidence_interval(0.95)
    assert welch.welch.low == pytest.approx(math.exp(limits.low))
    assert welch.welch.high == pytest.approx(math.exp(limits.high))
    brown = levene(*logs, center="median")
    assert found.variances.statistic == pytest.approx(float(brown.statistic))
    assert found.variances.p == pytest.approx(float(brown.pvalue))


def test_geometric_means_and_percent() -> None:
    found = _compare()
    mean = found.group("vehicle").geometric_mean
    assert mean.value == pytest.approx(np.prod(VALUES[:6]) ** (1 / 6))
    assert mean.unit == DoseUnit.parse("mg/kg")
    high = found.ratio("high")
    assert high.percent_increase.value == pytest.approx(100 * (high.ratio.value - 1))
    assert high.percent_increase.low == pytest.approx(100 * (high.ratio.low - 1))
    # A common factor leaves every ratio: the log scale.
    other = _compare([3 * v for v in VALUES]).ratio("high")
    assert other.ratio.high == pytest.approx(high.ratio.high)
    assert other.test.p_adjusted == pytest.approx(high.test.p_adjusted)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(5, 100), min_size=6, max_size=6),
    st.lists(st.floats(5, 100), min_size=6, max_size=6),
)
def test_limits_and_p_say_the_same(one, two) -> None:
    found = _compare([*one, *two, *one], ["vehicle"] * 6 + ["a"] * 6 + ["b"] * 6)
    ratio = found.ratio("a")
    if ratio.ratio.low is None:
        return
    excludes = not ratio.ratio.low <= 1 <= ratio.ratio.high
    if abs(ratio.test.p_adjusted - 0.05) > 1e-6:
        assert excludes == (ratio.test.p_adjusted < 0.05)
    # A copy of the control has ratio 1.
    assert found.ratio("b").ratio.value == pytest.approx(1)
    assert found.ratio("b").test.p == pytest.approx(1)


def test_unequal_spread_is_flagged_and_chooses_nothing() -> None:
    wild = [*VALUES[:6], 20, 120, 35, 90, 15, 150, *VALUES[12:]]
    found = _compare(wild)
    assert [p.code for p in found.problems] == ["unequal-variances"]
    assert "Welch" in str(found.problems[0])
    assert found.ratio("high").ratio.interval == "Dunnett, pooled variance"
    assert found.ratio("high").welch.high > found.ratio("high").ratio.value


def test_without_adjustment() -> None:
    plain, dunnett = _compare(adjust="none"), _compare()
    low = plain.ratio("low")
    assert low.test.p_adjusted is None
    assert low.test.p == dunnett.ratio("low").test.p
    assert low.ratio.low > dunnett.ratio("low").ratio.low
    assert "Dunnett" not in str(plain)


def test_no_spread_and_single_animals() -> None:
    flat = _compare([30, 30, 30, 40, 40, 40], ["vehicle"] * 3 + ["a"] * 3)
    ratio = flat.ratio("a")
    assert ratio.ratio.value == pytest.approx(4 / 3)
    assert ratio.ratio.set_kind is None
    assert isinstance(ratio.test.p, Missing)
    assert "no spread" in str(flat)
    json.dumps(flat.to_dict(), allow_nan=False)
    one = _compare([30, 33, 35, 40], ["vehicle"] * 3 + ["a"])
    assert [p.code for p in one.problems] == ["one-animal"]
    assert one.ratio("a").ratio.low is not None
    assert isinstance(one.ratio("a").welch_test.p, Missing)
    with pytest.raises(DataError, match="every group has one animal"):
        _compare([30, 40], ["vehicle", "a"])


@pytest.mark.parametrize("bad", [0, -3, math.nan, math.inf])
def test_impossible_thresholds(bad) -> None:
    with pytest.raises(DataError, match="not a number above 0") as caught:
        _compare([bad, *VALUES[1:]])
    assert caught.value.problems[0].row == 1


def test_bad_options() -> None:
    with pytest.raises(OptionError, match="control is 'saline'"):
        _compare(control="saline")
    with pytest.raises(OptionError, match="adjust is 'tukey'"):
        _compare(adjust="tukey")
    with pytest.raises(DataError, match="not a dose unit"):
        _compare(unit="furlongs")
    with pytest.raises(DataError, match="one number per animal"):
        _compare("abc", ["vehicle"])


def test_report_and_figure(tmp_path) -> None:
    found = _compare()
    text = str(found)
    assert "The threshold of high is" in text
    assert "p, Dunnett" in text
    assert cell_text(found.group("low").geometric_mean) in text
    save_figure(found.plot(), tmp_path / "t.svg")
    assert "threshold (mg/kg)" in (tmp_path / "t.svg").read_text()
    json.dumps(found.to_dict(), allow_nan=False)
    assert list(found.to_frame()["group"]) == ["high", "low"]


def test_infusion_dose() -> None:
    # 0.2 mL/min of 10 mg/mL for 30 s is 1 mg; in 25 g that is 40 mg/kg.
    assert infusion_threshold(0.2, 10, 30, 25) == pytest.approx([40.0])
    both = infusion_threshold(0.2, 10, [30, 60], [25, 20])
    assert both == pytest.approx([40.0, 100.0])


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ((0.2, 10, [30, 40], [25, 0]), "row 2, column weight_g: weight is 0 g"),
        ((-0.2, 10, 30, 25), "infusion rate is -0.2"),
        ((0.2, 10, math.nan, 25), "time from the start of infusion is nan"),
        ((0.2, None, 30, 25), "concentration is nan"),
        ((0.2, 10, [30, 40], [25, 26, 27]), "numbers of values differ"),
    ],
)
def test_impossible_infusions(given_, said) -> None:
    with pytest.raises(DataError, match=said):
        infusion_threshold(*given_)
