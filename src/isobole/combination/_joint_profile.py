"""Profile of the log10 index over a batch of studies: additivity and limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.combination._joint import JointArms, JointPoint, maximise_at

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IndexProfile:
    """Profile of the log10 index: its maximum, additivity's deviance and the limits.

    Limits are infinite where even three decades away the deviance is within the cut.
    """

    lam: FloatArray
    loglik: FloatArray
    deviance_at_zero: FloatArray
    low: FloatArray
    high: FloatArray


_DECADES = 3.0


def profile_index(
    arms: JointArms,
    theta: FloatArray,
    lam: FloatArray,
    loglik: FloatArray,
    cut: FloatArray | None,
) -> IndexProfile:
    """Profile the index from its maximum-likelihood estimate.

    Parameters
    ----------
    theta : array, shape (B, parameters)
        The joint maximum.
    lam, loglik : array, shape (B,)
        The index at the maximum and the log-likelihood there.
    cut : array, shape (B,), or None
        Deviance cut of the limits; None computes the test of additivity alone.
    """
    everyone = np.arange(lam.size)
    null = maximise_at(arms, np.zeros(lam.size), theta, everyone)
    at_zero = np.maximum(2 * (loglik - null.loglik), 0.0)
    at_zero = np.where(null.converged, at_zero, np.nan)
    if cut is None:
        nothing = np.full(lam.size, np.inf)
        return IndexProfile(lam, loglik, at_zero, -nothing, nothing)
    ends = [
        _end(arms, theta, lam, loglik, cut, side, null, at_zero) for side in (-1, 1)
    ]
    return IndexProfile(lam, loglik, at_zero, ends[0], ends[1])


def _end(
    arms: JointArms,
    theta: FloatArray,
    lam: FloatArray,
    loglik: FloatArray,
    cut: FloatArray,
    side: int,
    null: JointPoint,
    at_zero: FloatArray,
) -> FloatArray:
    """Search one limit by Newton on the signed root of the deviance, bracketed."""
    inner, outer = lam.copy(), lam + side * _DECADES
    root = np.sqrt(cut)
    # The root of the deviance is nearly straight: start by the slope towards 0.
    per_unit = np.sqrt(at_zero) / np.maximum(np.abs(lam), 1e-6)
    per_unit = np.where(np.abs(lam) > 1e-3, per_unit, 5.0)
    here = lam + side * np.clip(root / np.maximum(per_unit, 1e-3), 1e-4, 1.0)
    start = theta.copy()
    result = np.full(lam.size, side * np.inf)
    live = np.arange(lam.size)
    for turn in range(60):
        point = maximise_at(arms, here[live], start[live], live)
        start[live] = point.theta
        deviance = np.maximum(2 * (loglik[live] - point.loglik), 0.0)
        excess = deviance - cut[live]
        past = excess > 0
        outer[live] = np.where(past, here[live], outer[live])
        inner[live] = np.where(past, inner[live], here[live])
        found = np.abs(excess) < 1e-8 * (1 + cut[live])
        result[live[found]] = here[live[found]]
        away = (np.abs(here[live] - lam[live]) >= _DECADES) & ~past
        tight = np.abs(outer[live] - inner[live]) < 1e-12
        result[live[tight & ~found]] = here[live[tight & ~found]]
        stop = found | away | tight
        rest = ~stop
        if not rest.any():
            break
        distance = np.sqrt(deviance[rest])
        slope = -2 * point.gradient[rest] / (2 * np.maximum(distance, 1e-12))
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = here[live[rest]] + (root[live[rest]] - distance) / slope
        live = live[rest]
        low = np.minimum(inner[live], outer[live])
        high = np.maximum(inner[live], outer[live])
        bad = ~np.isfinite(moved) | (moved <= low) | (moved >= high)
        halfway = (low + high) / 2
        # Early on, try the far end once rather than creep towards it.
        far = lam[live] + side * _DECADES
        middle = np.where(turn < 2, (inner[live] + far) / 2, halfway)
        middle = np.where((middle <= low) | (middle >= high), halfway, middle)
        here[live] = np.where(bad, middle, moved)
    return result
