"""Kaplan-Meier curves and restricted means: rules, laws, bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import kaplan_meier, rmst, rmst_difference
from isobole.results import DataError, Missing, OptionError, save_figure

EIGHT = [62, 71, 75, 88, 93, 104, 118, 131]
AML_TIME = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
AML_EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]

animals = st.lists(
    st.tuples(st.integers(1, 60).map(float), st.integers(0, 1)),
    min_size=2,
    max_size=20,
)


def test_median_where_the_curve_stands_at_one_half() -> None:
    """Two published programs print 90.5 and 93.0: the rule decides, and is stated."""
    middle = kaplan_meier(EIGHT, [1] * 8)
    assert middle.median.value == 90.5
    assert middle.median.method == "median rule: midpoint"
    below = kaplan_meier(EIGHT, [1] * 8, median_rule="first-below")
    assert below.median.value == 93.0
    assert "91 s" in str(middle)  # printed to 1 s
    assert middle.to_dict()["median"]["estimate"] == 90.5


@pytest.mark.parametrize("rule", ["midpoint", "first-below"])
def test_half_the_animals_protected_has_no_median(rule) -> None:
    found = kaplan_meier(
        [60, 70, 80, 205, *[1800] * 4], [1] * 4 + [0] * 4, median_rule=rule
    )
    assert isinstance(found.median.value, Missing)
    assert "exactly 0.5 from 205" in found.median.value.reason


def test_interval_kinds_differ_and_are_named() -> None:
    lows = {
        kind: kaplan_meier(AML_TIME, AML_EVENT, interval=kind).low[0]
        for kind in ("log", "log-log", "plain")
    }
    assert lows == pytest.approx(
        {"log": 0.754, "log-log": 0.508, "plain": 0.739}, abs=5e-4
    )
    for kind in lows:
        assert kind in str(kaplan_meier(AML_TIME, AML_EVENT, interval=kind))


def test_numbers_at_risk() -> None:
    found = kaplan_meier(AML_TIME, AML_EVENT)
    assert [found.at_risk_at(t) for t in (0, 9, 10, 48, 161, 162)] == [
        11, 11, 10, 2, 1, 0,
    ]  # fmt: skip
    assert found.survival_at(8.9) == 1.0
    assert found.survival_at(9) == pytest.approx(10 / 11)


def test_scipy_agrees() -> None:
    from scipy.stats import CensoredData, ecdf

    event = np.array(AML_EVENT)
    time = np.array(AML_TIME, dtype=float)
    other = ecdf(CensoredData(uncensored=time[event == 1], right=time[event == 0])).sf
    found = kaplan_meier(time, event)
    assert found.survival == pytest.approx(
        [float(other.evaluate(t)) for t in found.times]
    )


def test_standard_error_is_of_the_mean_not_of_the_animals() -> None:
    """The trap: 204.1 is the variance of min(T, 48) between animals, 20.5 that of it.

    Both computed here from the same curve by other ways.
    """
    found = rmst(AML_TIME, AML_EVENT, window=48)
    assert found.standard_error**2 == pytest.approx(20.5, abs=0.05)
    curve = kaplan_meier(AML_TIME, AML_EVENT)
    grid = np.linspace(0, 48, 480_001)[:-1] + 5e-5
    share = np.array([1.0, *curve.survival])[
        np.searchsorted(curve.times, grid, "right")
    ]
    mean = share.mean() * 48
    assert found.estimate.value == pytest.approx(mean, rel=1e-5)
    between = 2 * (grid * share).mean() * 48 - mean**2
    assert between == pytest.approx(204.1, abs=0.1)
    assert found.standard_error**2 < between / 5


@given(st.lists(st.floats(1, 3000), min_size=2, max_size=25))
def test_restricted_mean_without_early_censoring_is_a_plain_mean(latencies) -> None:
    window = 1800.0
    held = np.minimum(latencies, window)
    event = [int(t < window) for t in latencies]
    found = rmst(held, event, window=window)
    assert found.estimate.value == pytest.approx(held.mean())
    if isinstance(found.standard_error, Missing):
        assert np.ptp(held) < 1e-6
    else:
        assert found.standard_error == pytest.approx(
            held.std() / math.sqrt(held.size), rel=1e-6, abs=1e-6
        )


@given(animals, st.floats(0.01, 100))
def test_rescaling_time_rescales_median_and_mean(rows, factor) -> None:
    time = np.array([t for t, _ in rows])
    event = [e for _, e in rows]
    one, other = kaplan_meier(time, event), kaplan_meier(factor * time, event)
    for a, b in (
        (one.median.value, other.median.value),
        (one.median.low, other.median.low),
        (one.median.high, other.median.high),
    ):
        if a is None or isinstance(a, Missing):
            assert b is None or isinstance(b, Missing)
        else:
            assert b == pytest.approx(factor * a)
    window = float(time.max())
    first, second = (
        rmst(time, event, window=window),
        rmst(factor * time, event, window=factor * window),
    )
    assert second.estimate.value == pytest.approx(factor * first.estimate.value)
    if not isinstance(first.standard_error, Missing):
        assert second.standard_error == pytest.approx(factor * first.standard_error)


@given(animals, st.randoms(use_true_random=False))
def test_order_of_animals_changes_nothing(rows, random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = (kaplan_meier(*zip(*r, strict=True)) for r in (rows, shuffled))
    assert one.to_dict() == other.to_dict()


@settings(max_examples=40)
@given(animals, st.sampled_from(["log", "log-log", "plain"]))
def test_limits_hold_the_curve(rows, interval) -> None:
    found = kaplan_meier(*zip(*rows, strict=True), interval=interval)
    for share, low, high in zip(found.survival, found.low, found.high, strict=True):
        if not isinstance(low, Missing):
            assert 0 <= low <= share <= high <= 1


def test_mean_is_not_given_beyond_what_was_watched() -> None:
    found = rmst([100, 200, 300], [1, 1, 0], window=1800)
    assert isinstance(found.estimate.value, Missing)
    assert "choose a window of at most 300" in found.estimate.value.reason


def test_difference_says_why_it_has_no_limits() -> None:
    vehicle = rmst(EIGHT, [1] * 8, window=1800, name="vehicle")
    drug = rmst([1800] * 8, [0] * 8, window=1800, name="drug")
    estimate, test = rmst_difference(drug, vehicle)
    assert estimate.value == pytest.approx(1800 - 92.75)
    assert estimate.set_kind is None
    assert "no animal had the event" in estimate.reason
    assert isinstance(test.p, Missing)
    with pytest.raises(OptionError, match="one window for both"):
        rmst_difference(drug, rmst(EIGHT, [1] * 8, window=900))


@pytest.mark.parametrize(
    ("time", "event", "code"),
    [
        ([1, -2], [1, 1], "time-negative"),
        ([1, math.nan], [1, 1], "time-missing"),
        ([1, math.inf], [1, 1], "time-missing"),
        ([1, 2], [1, 2], "unknown-code"),
        ([1, 2], [1], "lengths-differ"),
        ([], [], "no-animals"),
        (["a", "b"], [1, 1], "not-numbers"),
        ([[1, 2]], [1, 1], "not-numbers"),
    ],
)
def test_bad_input(time, event, code) -> None:
    with pytest.raises(DataError) as caught:
        kaplan_meier(time, event)
    assert {p.code for p in caught.value.problems} == {code}
    assert all(p.remedy for p in caught.value.problems)


def test_bad_options() -> None:
    for bad in (
        {"interval": "loglog"},
        {"median_rule": "R"},
        {"level": 95},
    ):
        with pytest.raises(OptionError):
            kaplan_meier([1, 2], [1, 1], **bad)
    with pytest.raises(OptionError, match="above 0"):
        rmst([1, 2], [1, 1], window=0)


def test_one_curve_is_drawn_with_its_limits(tmp_path) -> None:
    found = kaplan_meier(AML_TIME, AML_EVENT)
    figure = found.plot()
    assert len(figure.axes[0].collections) == 1  # the band
    save_figure(figure, tmp_path / "one.svg")
    drawn = (tmp_path / "one.svg").read_text()
    assert "at risk" in drawn
    # Neither no event nor everybody at once leaves anything to shade.
    for event in ([0, 0], [1, 1]):
        assert not kaplan_meier([5, 5], event).plot().axes[0].collections
