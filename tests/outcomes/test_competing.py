"""Cumulative incidence: identities, variance by another way, what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from isobole.outcomes import (
    cumulative_incidence,
    incidence_test,
    kaplan_meier,
    log_rank,
)
from isobole.results import DataError, Missing

rows = st.lists(
    st.tuples(st.integers(1, 15), st.integers(0, 2)), min_size=1, max_size=25
)


@given(rows)
def test_incidences_and_the_share_free_of_both_sum_to_one(data) -> None:
    time, cause = map(np.array, zip(*data, strict=True))
    found = cumulative_incidence(time, cause)
    free = kaplan_meier(time, (cause > 0).astype(int))
    assert found.times == free.times
    for t in range(17):
        total = found.incidence_at(t) + found.deaths_at(t) + free.survival_at(t)
        assert total == pytest.approx(1)


@given(st.lists(st.integers(1, 15), min_size=2, max_size=20), st.data())
def test_without_deaths_it_is_kaplan_meier_turned_over(time, data) -> None:
    cause = data.draw(
        st.lists(st.integers(0, 1), min_size=len(time), max_size=len(time))
    )
    for interval in ("log-log", "log", "plain"):
        found = cumulative_incidence(time, cause, interval=interval)
        curve = kaplan_meier(time, cause, interval=interval)
        for i, share in enumerate(curve.survival):
            assert found.incidence[i] == pytest.approx(1 - share)
            se = curve.standard_errors[i]
            if isinstance(se, Missing):
                assert isinstance(found.standard_errors[i], Missing)
                continue
            assert found.standard_errors[i] == pytest.approx(se, rel=1e-9)
            assert found.low[i] == pytest.approx(1 - curve.high[i])
            assert found.high[i] == pytest.approx(1 - curve.low[i])


@given(rows)
def test_without_censoring_the_variance_is_binomial(data) -> None:
    time = np.array([t for t, _ in data])
    cause = np.array([c or 1 for _, c in data])
    found = cumulative_incidence(time, cause)
    n = time.size
    for t, share, se in zip(
        found.times, found.incidence, found.standard_errors, strict=True
    ):
        p = float(((time <= t) & (cause == 1)).sum()) / n
        assert share == pytest.approx(p)
        if not isinstance(se, Missing):
            assert se == pytest.approx(math.sqrt(p * (1 - p) / n), rel=1e-9)


def test_variance_by_derivatives_of_the_estimator() -> None:
    """Delta method done numerically: multinomial shares at each time are perturbed."""
    time = np.array([2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 9, 10])
    cause = np.array([1, 2, 0, 1, 1, 2, 0, 1, 2, 1, 0, 0])
    found = cumulative_incidence(time, cause)
    moments = list(found.times)
    n = np.array(found.at_risk, float)
    shares = np.stack([found.event_counts, found.death_counts]) / n

    def incidence(p: np.ndarray, last: int) -> float:
        free, total = 1.0, 0.0
        for i in range(last + 1):
            total += free * p[0, i]
            free *= 1 - p[0, i] - p[1, i]
        return total

    step = 1e-6
    for last in range(len(moments)):
        slope = np.zeros_like(shares)
        for index in np.ndindex(*shares.shape):
            up, down = shares.copy(), shares.copy()
            up[index] += step
            down[index] -= step
            slope[index] = (incidence(up, last) - incidence(down, last)) / (2 * step)
        variance = 0.0
        for i in range(last + 1):
            p = shares[:, i]
            spread = (np.diag(p) - np.outer(p, p)) / n[i]
            variance += slope[:, i] @ spread @ slope[:, i]
        assert found.standard_errors[last] == pytest.approx(math.sqrt(variance))


def test_dead_as_censored_would_overstate_the_share() -> None:
    time, cause = [60, 70, 80, 90, 100, 1800], [1, 2, 1, 2, 1, 0]
    found = cumulative_incidence(time, cause).incidence_at(1800)
    naive = 1 - kaplan_meier(time, [int(c == 1) for c in cause]).survival_at(1800)
    assert found == pytest.approx(0.5)
    assert naive == pytest.approx(1 - 5 / 6 * 3 / 4 * 1 / 2)
    assert naive > found


def test_statsmodels_agrees() -> None:
    from statsmodels.duration.survfunc import CumIncidenceRight

    rng = np.random.default_rng(4)
    time = rng.permutation(np.arange(1.0, 31.0))  # it breaks ties in its own way
    cause = rng.integers(0, 3, 30)
    other = CumIncidenceRight(time, cause)
    found = cumulative_incidence(time, cause)
    for t, share in zip(other.times, other.cinc[0], strict=True):
        assert found.incidence_at(t) == pytest.approx(share)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 17), st.integers(1, 2)), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(1, 17), st.integers(1, 2)), min_size=2, max_size=6),
)
def test_incidence_test_keeps_the_dead_at_risk(one, two) -> None:
    """With every death put off to the window the test must not change."""
    data = [*one, *two, (18, 0)]
    names = ["a"] * len(one) + ["b"] * (len(two) + 1)
    time, cause = zip(*data, strict=True)
    found = incidence_test(time, cause, names, window=18, method="exact").test
    later = [18 if c == 2 else t for t, c in data]
    plain = log_rank(later, [int(c == 1) for c in cause], names, method="exact").test
    assert found.p == plain.p
    assert "Gray" in found.method


def test_refusals() -> None:
    with pytest.raises(DataError, match="censored before the window of 18") as caught:
        incidence_test([3, 5, 18], [1, 0, 0], ["a", "a", "b"], window=18)
    assert caught.value.problems[0].row == 2
    with pytest.raises(DataError, match="beyond the window of 1800"):
        cumulative_incidence([1900], [0], window=1800)
    with pytest.raises(DataError, match="Expected 0, 1, 2"):
        cumulative_incidence([1], [3])


def test_nothing_happened() -> None:
    found = cumulative_incidence([1800, 1800], [0, 0])
    assert found.incidence_at(1800) == 0
    assert "0 of 2 animals" in str(found)
    only_dead = cumulative_incidence([5, 1800], [2, 0])
    assert isinstance(only_dead.low[0], Missing)
    assert "no animal has had the event" in only_dead.low[0].reason
