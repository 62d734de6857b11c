"""Confidence sets of every shape, and the estimates that carry them."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, strategies as st

from isobole.results import Bounds, DoseUnit, Estimate, Limits, Missing, value_or_none

finite = st.floats(-1e6, 1e6)
bounds = st.sampled_from(["closed", "open", "low-open", "high-open"])
OTHER: dict[Bounds, Bounds] = {
    "closed": "open",
    "open": "closed",
    "low-open": "high-open",
    "high-open": "low-open",
}


@given(finite, finite, finite, bounds)
def test_a_complement_holds_what_its_gap_does_not(
    a: float, b: float, value: float, kind: Bounds
) -> None:
    low, high = sorted((a, b))
    if low == high:
        return
    outside = Limits("fieller", 0.95, "complement", low, high, kind)
    gap = Limits("fieller", 0.95, "interval", low, high, OTHER[kind])
    assert outside.contains(value) is not gap.contains(value)
    for end in (low, high):
        assert outside.contains(end) is not gap.contains(end)


@given(finite, finite, finite, bounds)
def test_an_interval_is_two_rays(
    a: float, b: float, value: float, kind: Bounds
) -> None:
    low, high = sorted((a, b))
    interval = Limits("likelihood", 0.95, "interval", low, high, kind)
    up = Limits("likelihood", 0.95, "ray", low, None, kind)
    down = Limits("likelihood", 0.95, "ray", None, high, kind)
    for point in (value, low, high):
        assert interval.contains(point) is (up.contains(point) and down.contains(point))


@given(finite)
def test_a_line_holds_all_and_an_empty_set_none(value: float) -> None:
    assert Limits("fieller", 0.95, "line").contains(value)
    assert not Limits("fieller", 0.95, "empty").contains(value)
    assert not Limits("fieller", 0.95, None, reason="separated").contains(value)


@pytest.mark.parametrize("value", [math.nan])
def test_nan_is_in_no_bounded_set(value: float) -> None:
    for kind in ("interval", "complement"):
        assert not Limits("delta", 0.95, kind, 1.0, 2.0).contains(value)


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        (Limits("delta", 0.95, "interval", 0.0, 2.5), "[0, 2.5]"),
        (Limits("delta", 0.95, "interval", 1.0, 2.0, "open"), "(1, 2)"),
        (Limits("delta", 0.95, "interval", 1.0, 2.0, "low-open"), "(1, 2]"),
        (Limits("delta", 0.95, "ray", 1.0, None), "[1, not bounded)"),
        (Limits("delta", 0.95, "ray", None, 2.0), "(not bounded, 2]"),
        (Limits("fieller", 0.95, "complement", 1.0, 2.0), "≤ 1 or ≥ 2"),
        (Limits("fieller", 0.95, "complement", 1.0, 2.0, "open"), "< 1 or > 2"),
        (Limits("fieller", 0.95, "line"), "every value"),
        (Limits("fieller", 0.95, "empty"), "no value"),
        (Limits("fieller", 0.95, None), "—"),
    ],
)
def test_how_sets_are_written(limits: Limits, text: str) -> None:
    assert str(limits) == text


def test_an_estimate_says_unit_level_and_method() -> None:
    limits = Limits("likelihood", 0.9, "interval", 4.37, 5.35)
    estimate = Estimate("ED50", 4.845, limits, unit=DoseUnit("mg", "L"), log10_se=0.02)
    assert repr(estimate) == "Estimate(ED50 4.845 mg/L [4.37, 5.35] (90 % likelihood))"
    assert estimate.to_dict() == {
        "quantity": "ED50",
        "estimate": 4.845,
        "low": 4.37,
        "high": 5.35,
        "set_kind": "interval",
        "bounds": "closed",
        "level": 0.9,
        "interval": "likelihood",
        "log10_se": 0.02,
        "unit": "mg/L",
        "reason": None,
    }


def test_reasons_are_said_once() -> None:
    why = "The counts are separated."
    limits = Limits("likelihood", 0.95, "interval", 2.0, 4.0, "open", reason=why)
    estimate = Estimate("ED50", Missing(why), limits)
    assert estimate.reason == why
    assert str(estimate) == f"ED50 — (2, 4) (95 % likelihood): {why}"
    both = Estimate("ED50", Missing("A."), Limits("delta", 0.95, None, reason="B."))
    assert both.reason == "A. B."
    clauses = Estimate("ED50", Missing("a"), Limits("delta", 0.95, None, reason="b"))
    assert clauses.reason == "a; b"
    assert both.to_dict()["estimate"] is None


def test_missing_is_falsy_frozen_and_no_number() -> None:
    missing = Missing("lost")
    assert not missing
    assert str(missing) == "—"
    assert missing == Missing("lost")
    assert value_or_none(missing) is None
    assert value_or_none(2) == 2.0
    with pytest.raises(FrozenInstanceError):
        missing.reason = "found"  # type: ignore[misc]
    with pytest.raises(TypeError):
        missing + 1  # type: ignore[operator]
