"""Hazard ratios: statsmodels where they are finite, else the one limit there is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from scipy.optimize import minimize_scalar

from isobole.outcomes import cox, log_rank
from isobole.results import Missing, OptionError

VEHICLE = [62, 71, 75, 88, 93, 104, 118, 131]
row = st.tuples(st.integers(1, 10), st.integers(0, 1))


def _two(first, second, **options):
    """Compare drug (second) with vehicle (first), each a list of (time, event)."""
    rows = [*first, *second]
    names = ["vehicle"] * len(first) + ["drug"] * len(second)
    time, event = zip(*rows, strict=True)
    return cox(time, event, names, control="vehicle", **options)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(row, min_size=3, max_size=6), min_size=2, max_size=3),
    st.sampled_from(["efron", "breslow"]),
)
def test_statsmodels_agrees_where_ratios_are_finite(parts, ties) -> None:
    from statsmodels.duration.hazard_regression import PHReg

    time = np.array([t for part in parts for t, _ in part], dtype=float)
    event = np.array([e for part in parts for _, e in part])
    index = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    names = [f"g{i}" for i in index]
    assume(event.any())
    found = cox(time, event, names, control="g0", ties=ties, interval="wald")
    values = [ratio.log_ratio.value for ratio in found.ratios]
    assume(not any(isinstance(v, Missing) for v in values))
    exog = (index[:, None] == np.arange(1, len(parts))).astype(float)
    model = PHReg(time, exog, status=event, ties=ties)
    fitted = model.fit(disp=False)
    assert values == pytest.approx(list(fitted.params), abs=1e-5)
    assert [r.standard_error for r in found.ratios] == pytest.approx(
        list(fitted.bse), rel=1e-4
    )
    assert found.loglik[1] == pytest.approx(float(fitted.llf), abs=1e-7)


def test_arm_without_events_has_a_limit_and_no_ratio() -> None:
    """Other programs print -19.3 (SE 3274) or -27.7 (SE 219,359) here."""
    found = _two([(t, 1) for t in VEHICLE], [(1800, 0)] * 8).ratio("drug")
    assert isinstance(found.log_ratio.value, Missing)
    assert "drug has no event" in found.log_ratio.value.reason
    assert isinstance(found.standard_error, Missing)
    # Written out: 8 events, 8 to 1 vehicles left, always 8 of the drug.
    left = np.arange(1, 9)

    def drop(b: float) -> float:
        return 2 * float(np.log1p(8 * math.exp(b) / left).sum())

    assert drop(found.log_ratio.high) == pytest.approx(3.841458821, rel=1e-8)
    assert found.ratio.high == pytest.approx(math.exp(found.log_ratio.high))
    assert found.test.statistic == pytest.approx(drop(0.0))
    assert "97.5 %" in found.log_ratio.limits.note


def test_events_after_the_last_control_animal_have_a_limit_and_no_ratio() -> None:
    """Both arms have events, and yet the likelihood is monotone."""
    found = _two(
        [(t, 1) for t in VEHICLE], [(240, 1), (380, 1), (610, 1), *[(1800, 0)] * 5]
    ).ratio("drug")
    assert isinstance(found.log_ratio.value, Missing)
    assert "no animal of vehicle is left" in found.log_ratio.value.reason
    assert found.log_ratio.high == pytest.approx(-2.239410, abs=1e-6)


def test_control_without_events_has_a_lower_limit() -> None:
    found = _two([(1800, 0)] * 8, [(t, 1) for t in VEHICLE]).ratio("drug")
    assert found.log_ratio.low == pytest.approx(2.239410, abs=1e-6)
    assert found.log_ratio.high is None
    assert "vehicle has no event" in found.log_ratio.value.reason
    text = str(_two([(1800, 0)] * 8, [(t, 1) for t in VEHICLE]))
    assert "∞" in text


def test_no_events_at_all() -> None:
    found = _two([(1800, 0)] * 3, [(1800, 0)] * 3)
    ratio = found.ratio("drug")
    assert ratio.log_ratio.set_kind is None
    assert "neither drug nor vehicle has an event" in ratio.log_ratio.reason
    assert isinstance(ratio.test.p, Missing)
    assert isinstance(found.likelihood_ratio.p, Missing)
    assert "nan" not in str(found.to_dict())


def test_arms_that_share_no_time_are_not_compared() -> None:
    found = cox(
        [1, 2, 3, 1, 2, 3], [1] * 6, ["a"] * 3 + ["b"] * 3, control="a",
        strata=["day 1"] * 3 + ["day 2"] * 3,
    )  # fmt: skip
    assert "at risk when the other had an event" in found.ratios[0].log_ratio.reason


def test_other_arms_keep_their_ratios_beside_an_empty_one() -> None:
    time = [*VEHICLE, 80, 97, 110, 142, 160, 205, 260, 1800, *[1800] * 8]
    event = [1] * 15 + [0] * 9
    names = ["vehicle"] * 8 + ["low"] * 8 + ["high"] * 8
    both = cox(time, event, names, control="vehicle")
    alone = cox(time[:16], event[:16], names[:16], control="vehicle")
    one, other = both.ratio("low").log_ratio, alone.ratio("low").log_ratio
    assert one.value == pytest.approx(other.value, abs=1e-9)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-7)
    assert both.ratio("high").log_ratio.set_kind == "ray"
    # With the empty arm in the risk sets, but far off, the ratio is the same.
    assert both.loglik[1] == pytest.approx(alone.loglik[1], abs=1e-9)


def test_profile_far_from_the_other_free_arm() -> None:
    """Once stuck: beside an empty control the free arm must follow over many logs."""
    parts = {
        "a": [(1, 0)] * 3,
        "b": [(1, 0), (1, 0), (1, 1)],
        "c": [(1, 0), (1, 1), (2, 1)],
    }
    rows = [row for part in parts.values() for row in part]
    names = [name for name in parts for _ in range(3)]
    found = cox(*zip(*rows, strict=True), names, control="a")
    for name in "bc":
        assert found.ratio(name).log_ratio.set_kind == "ray"
        assert -5 < found.ratio(name).log_ratio.low < 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(row, min_size=1, max_size=6), min_size=3, max_size=5))
def test_every_design_ends_in_a_ratio_a_limit_or_a_reason(parts) -> None:
    time, event = zip(*[r for part in parts for r in part], strict=True)
    names = [f"g{i}" for i, part in enumerate(parts) for _ in part]
    for ratio in cox(time, event, names, control="g0").ratios:
        found = ratio.log_ratio
        if isinstance(found.value, Missing):
            assert found.set_kind in ("ray", None)
            assert found.reason
        else:
            assert found.low < found.value < found.high
            # The likelihood-ratio test and the profile limits say the same.
            inside = found.low <= 0 <= found.high
            if abs(ratio.test.p - 0.05) > 1e-6:
                assert inside == (ratio.test.p > 0.05)


def test_profile_limits_by_another_optimiser() -> None:
    """One free arm, maximised by a bounded search instead of Newton steps."""
    parts = {"a": [3, 5, 8, 13], "b": [4, 9, 9, 20], "c": [7, 15, 22, 30]}
    time = [t for part in parts.values() for t in part]
    names = [n for n, part in parts.items() for _ in part]
    found = cox(time, [1] * 12, names, control="a", ties="breslow")

    def loglik(b: float, c: float) -> float:
        eta = {"a": 0.0, "b": b, "c": c}
        return sum(
            eta[n]
            - math.log(
                sum(
                    math.exp(eta[m]) for s, m in zip(time, names, strict=True) if s >= t
                )
            )
            for t, n in zip(time, names, strict=True)
        )

    best = found.loglik[1]
    limits = found.ratio("b").log_ratio
    for end in (limits.low, limits.high):
        other = minimize_scalar(
            lambda c, end=end: -loglik(end, c), bounds=(-20, 20), method="bounded",
            options={"xatol": 1e-10},
        )  # fmt: skip
        assert 2 * (best + other.fun) == pytest.approx(3.841458821, abs=1e-6)


@given(st.lists(row, min_size=2, max_size=7))
def test_duplicate_arms_have_ratio_one(part) -> None:
    found = _two(part, part).ratio("drug")
    if not any(e for _, e in part):
        assert isinstance(found.log_ratio.value, Missing)
        return
    assert found.log_ratio.value == pytest.approx(0, abs=1e-9)
    assert found.test.p == pytest.approx(1)
    assert found.log_ratio.low < 0 < found.log_ratio.high


@settings(max_examples=40, deadline=None)
@given(
    st.lists(row, min_size=2, max_size=7),
    st.lists(row, min_size=2, max_size=7),
    st.sampled_from(["efron", "breslow"]),
)
def test_swapping_arms_inverts_everything(one, two, ties) -> None:
    a = _two(one, two, ties=ties).ratio("drug").log_ratio
    b = _two(two, one, ties=ties).ratio("drug").log_ratio
    assert isinstance(a.value, Missing) == isinstance(b.value, Missing)
    if not isinstance(a.value, Missing):
        assert a.value == pytest.approx(-b.value, abs=1e-7)
    for x, y in ((a.low, b.high), (a.high, b.low)):
        assert (x is None) == (y is None)
        if x is not None:
            assert x == pytest.approx(-y, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(row, min_size=2, max_size=7), st.lists(row, min_size=2, max_size=7))
def test_score_test_without_ties_is_the_log_rank_test(one, two) -> None:
    rows = [(10 * t + i / 100, e) for i, (t, e) in enumerate([*one, *two])]
    first, second = rows[: len(one)], rows[len(one) :]
    found = _two(first, second)
    names = ["vehicle"] * len(one) + ["drug"] * len(two)
    test = log_rank(*zip(*rows, strict=True), names).test
    if isinstance(test.p, Missing):
        assert isinstance(found.score.p, Missing)
    else:
        assert found.score.statistic == pytest.approx(test.statistic, abs=1e-9)


def test_bad_options() -> None:
    rows = [(1, 1), (2, 1)]
    with pytest.raises(OptionError, match="control is 'veh'"):
        cox([1, 2], [1, 1], ["a", "b"], control="veh")
    with pytest.raises(OptionError, match="allowed are 'efron', 'breslow'"):
        _two(rows, rows, ties="exact")
    with pytest.raises(OptionError, match="level"):
        _two(rows, rows, level=1.0)
