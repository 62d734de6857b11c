"""The mean of a polygon between two trimming points, and its variances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._estimator_result import log_limits, no_limits
from isobole.doseresponse._ordered import Pooled
from isobole.results import Limits, Missing

FloatArray = NDArray[np.float64]

# Which end an automatic trim follows; None when the trim is fixed.
TrimMoves = Literal["first", "last"] | None

_TOUCH = 1e-9  # a proportion this close to a trimming point lies on it


@dataclass(frozen=True, slots=True)
class TrimmedMean:
    """The mean of a polygon between two trimming points, with its derivatives.

    `by_proportion` is with the trimming points held, `by_trim` moves both inwards.
    """

    value: float
    by_proportion: FloatArray
    by_trim: float


def trimmed_mean(x: FloatArray, p: FloatArray, trim: float) -> TrimmedMean:
    """Return the mean of x(p) over trim <= p <= 1 - trim and its exact derivatives.

    On a rising segment x(p) = x[i] + h (p - p[i]) / r with h and r its run and rise;
    the derivatives are those of its integral. A flat segment inside the trimming
    points moves the mean by half its run on either side.
    """
    low, high = np.clip(p[:-1], trim, 1 - trim), np.clip(p[1:], trim, 1 - trim)
    run, rise = np.diff(x), np.diff(p)
    rises = rise > 0
    safe = np.where(rises, rise, 1.0)
    at_low = x[:-1] + run * (low - p[:-1]) / safe
    at_high = x[:-1] + run * (high - p[:-1]) / safe
    width = 1 - 2 * trim
    value = float(np.sum((at_low + at_high) / 2 * (high - low)) / width)
    inside = ((p[:-1] > trim) & (p[:-1] < 1 - trim)).astype(np.float64)
    left = np.where(rises, ((p[1:] - low) ** 2 - (p[1:] - high) ** 2) / safe**2, inside)
    right = np.where(
        rises, ((high - p[:-1]) ** 2 - (low - p[:-1]) ** 2) / safe**2, inside
    )
    gradient = np.zeros_like(p)
    gradient[:-1] -= run * left / 2
    gradient[1:] -= run * right / 2
    used = np.flatnonzero(high > low)
    ends = at_low[used[0]] + at_high[used[-1]]
    return TrimmedMean(value, gradient / width, float((2 * value - ends) / width))


def exact_variance(
    pooled: Pooled,
    sizes: FloatArray,
    mean: TrimmedMean,
    moves: TrimMoves,
    control: bool,
) -> float:
    """Return the delta-method variance over the raw counts of every pooled stretch.

    The chain runs from the stretch proportions through Abbott's correction
    a = (s - c)/(1 - c) and, with an automatic trim, the trimming point.
    """
    by_adjusted = mean.by_proportion.copy()
    if moves == "first":
        by_adjusted[0] += mean.by_trim
    elif moves == "last":
        by_adjusted[-1] -= mean.by_trim
    by_smoothed = by_adjusted
    if control:
        c, s = pooled.value[0], pooled.value[1:]
        by_control = -np.sum(by_adjusted * (1 - s)) / (1 - c) ** 2
        by_smoothed = np.concatenate([[by_control], by_adjusted / (1 - c)])
    by_block = np.bincount(pooled.block, weights=by_smoothed)
    animals = np.bincount(pooled.block, weights=sizes)
    first = np.unique(pooled.block, return_index=True)[1]
    p = pooled.value[first]
    return float(np.sum(by_block**2 * p * (1 - p) / animals))


def hamilton_variance(mean: TrimmedMean, p: FloatArray, n: FloatArray) -> float:
    """Return Hamilton's variance: the adjusted proportions as independent."""
    return float(np.sum(mean.by_proportion**2 * p * (1 - p) / n))


def bracketing(p: FloatArray, trim: float) -> tuple[int, int]:
    """Return the last dose at or below `trim`, the first at or above 1 - `trim`."""
    last_low = int(np.flatnonzero(p <= trim + _TOUCH)[-1])
    return last_low, int(np.flatnonzero(p >= 1 - trim - _TOUCH)[0])


def epa_variance(
    x: FloatArray,
    p: FloatArray,
    n: FloatArray,
    mean: TrimmedMean,
    trim: float,
    auto: bool,
) -> float | Missing:
    """Return the variance as EPA's programs print it, right or wrong."""
    if trim == 0 and not auto:
        if (n[1:-1] < 2).any():
            return Missing(
                "The EPA variance divides by n - 1 and a dose has one animal; use "
                'variance="exact".'
            )
        # EPA-821-R-02-012, 11.2.3: sum p (1-p) (x[i+1]-x[i-1])^2 / (4 (n-1))
        spans = x[2:] - x[:-2]
        inner = p[1:-1] * (1 - p[1:-1])
        return float(np.sum(inner * spans**2 / (4 * (n[1:-1] - 1))))
    gradient = mean.by_proportion.copy()
    last_low, first_high = bracketing(p, trim)
    if first_high - last_low == 2:
        # With one dose between the trimming points the program subtracts, where the
        # derivative adds, the part of the lower segment that is trimmed away.
        i = last_low + 1
        share = (trim - p[i - 1]) / (p[i] - p[i - 1])
        gradient[i] -= (x[i] - x[i - 1]) * share**2 / (1 - 2 * trim)
    return float(np.sum(gradient**2 * p * (1 - p) / n))


def variance_limits(
    kind: str, level: float, centre: float, variance: float | Missing, z: float
) -> Limits:
    """Return log limits from a variance, or why it gives none."""
    if isinstance(variance, Missing):
        return no_limits(kind, level, variance.reason)
    if variance <= 0:
        return no_limits(
            kind,
            level,
            "No dose that counts had a partial response, so the binomial variance is 0 "
            "and says nothing; use isotonic or fit_quantal for limits, or test a dose "
            "in between.",
        )
    return log_limits(kind, level, centre, z * float(np.sqrt(variance)))
