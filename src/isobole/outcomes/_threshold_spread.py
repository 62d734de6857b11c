"""Thresholds without a common variance: Welch's comparison; equality of variances."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.special import fdtrc, stdtr, stdtrit

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._latency_checks import FloatArray
from isobole.outcomes._log_rank_pairs import adjust_by_holm
from isobole.results import Estimate, Limits, Missing

ALONE: Final = Missing("one animal shows no spread")
_FARTHEST: Final = 600.0  # of a log; e^709 is the largest float
SAME: Final = Missing("all thresholds within groups are equal: there is no spread")


def exp_limits(kind: str, level: float, low: float, high: float) -> Limits:
    """Return limits of logs as limits of ratios or thresholds."""
    if low < -_FARTHEST or high > _FARTHEST:
        why = "so few animals differ so much that the limits go beyond all numbers"
        return Limits(kind, level, None, reason=why)
    return Limits(kind, level, "interval", math.exp(low), math.exp(high))


def _welch(a: FloatArray, b: FloatArray) -> tuple[float, float, float] | Missing:
    """Return difference, standard error and df without a common variance."""
    if a.size < 2 or b.size < 2:
        return ALONE
    parts = [float(x.var(ddof=1)) / x.size for x in (a, b)]
    total = sum(parts)
    if total < 1e-24:
        return SAME
    df = total**2 / sum(
        part**2 / (x.size - 1) for part, x in zip(parts, (a, b), strict=True)
    )
    return float(a.mean() - b.mean()), math.sqrt(total), df


def welch_tests(
    logs: dict[str, FloatArray], control: str
) -> list[tuple[str, HypothesisTest]]:
    """Return Welch's t test of every group against the control, Holm beside."""
    names = [name for name in logs if name != control]
    tests = []
    for name in names:
        question = f"{name} against {control}"
        method = "Welch t test of log thresholds, two-sided"
        found = _welch(logs[name], logs[control])
        if isinstance(found, Missing):
            tests.append(HypothesisTest(question, method, found, found, "t"))
            continue
        difference, se, df = found
        p = 2 * float(stdtr(df, -abs(difference / se)))
        tests.append(HypothesisTest(question, method, p, difference / se, "t", df))
    return list(zip(names, adjust_by_holm(tests), strict=True))


def welch_limits(
    a: FloatArray, b: FloatArray, name: str, control: str, level: float
) -> Estimate:
    """Return the ratio of geometric means with Welch's unadjusted limits."""
    quantity = f"threshold ratio, {name} against {control}"
    kind = "Welch, unadjusted"
    found = _welch(a, b)
    if isinstance(found, Missing):
        limits = Limits(kind, level, None, reason=found.reason)
        return Estimate(quantity, math.exp(float(a.mean() - b.mean())), limits)
    difference, se, df = found
    width = float(stdtrit(df, (1 + level) / 2)) * se
    limits = exp_limits(kind, level, difference - width, difference + width)
    return Estimate(quantity, math.exp(difference), limits)


def brown_forsythe(logs: list[FloatArray]) -> HypothesisTest:
    """Test equal variances by an analysis of distances from the medians."""
    question = "equal variances of log thresholds?"
    method = "Brown-Forsythe"
    away = [np.abs(x - np.median(x)) for x in logs]
    total = sum(x.size for x in away)
    k = len(away)
    grand = float(np.concatenate(away).mean())
    between = sum(x.size * (float(x.mean()) - grand) ** 2 for x in away)
    within = sum(float(np.sum((x - x.mean()) ** 2)) for x in away)
    if within < 1e-24:
        none = Missing("distances from the medians show no spread")
        return HypothesisTest(question, method, none, none, "F")
    f = between / (k - 1) / (within / (total - k))
    how = f"{method}, {k - 1} and {total - k} df"
    return HypothesisTest(question, how, float(fdtrc(k - 1, total - k, f)), f, "F")
