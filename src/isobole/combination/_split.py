"""The index's likelihood set where an arm has no finite curve of its own.

With separate slopes the arms share no parameter, so the deviance of an index is the
least sum of the arms' own deviances at doses that give it. The lowest index within a
cut is then a best split of that cut between the arms: the mixture at the low end of
its likelihood set, the single drugs at their high ends. Each end is a likelihood limit
of the dose-response room, which exists for separated counts too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse import QuantalData
from isobole.doseresponse._core import Scale, fit_batch
from isobole.doseresponse._limits import EMPTY, likelihood_arrays
from isobole.doseresponse._links import Link

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_GRID = 481


class ArmSet:
    """Likelihood limits of one arm's log10 dose as functions of the cut."""

    def __init__(self, data: QuantalData, link: Link, q: float, top: float) -> None:
        dose, n, r = data.groups
        cuts = np.linspace(0.0, np.sqrt(top), _GRID) ** 2
        cuts[0] = 1e-9
        hit = np.repeat(r[None, :].astype(float), _GRID, axis=0)
        size = np.repeat(n[None, :].astype(float), _GRID, axis=0)
        batch = fit_batch(link, Scale.of(np.log10(dose)), hit, size - hit)
        found = likelihood_arrays(batch, q, cuts)
        self.root = np.sqrt(cuts)
        self.low = found.low
        self.high = found.high
        # A falling best curve leaves no rising one within a small cut.
        held = self.root[found.kind < EMPTY]
        self.least = float(held[0]) if held.size else np.inf

    def ends(self, root: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return both ends at the square root of a cut, and whether the set exists.

        Ends are infinite where unbounded.
        """
        return (
            _between(self.root, self.low, root),
            _between(self.root, self.high, root),
            root >= self.least - 1e-4,
        )


def _between(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """Interpolate ends; anything beside an unbounded end is unbounded."""
    unbounded = ~np.isfinite(y)
    if not unbounded.any():
        return np.asarray(np.interp(at, x, y))
    safe = np.where(unbounded, 0.0, y)
    value = np.interp(at, x, safe)
    first = float(x[unbounded].min()) if unbounded.any() else np.inf
    before = x[x < first]
    edge = float(before.max()) if before.size else -1.0
    sign = float(np.sign(y[unbounded][0]))
    return np.asarray(np.where(at > edge, sign * np.inf, value))


def split_limits(
    singles: Sequence[ArmSet], mixture: ArmSet, shares: Sequence[float], cut: float
) -> tuple[float, float]:
    """Return the ends of the log10 index within a cut (infinite where unbounded).

    A low end above the high end means that no rising curves lie within the cut.
    """
    found = []
    for side in (-1, 1):
        weights = _simplex(len(singles))
        width, best = 0.03, math.inf
        for _ in range(4):
            values = _ends_at(singles, mixture, shares, cut, weights)[(side + 1) // 2]
            if values is None:
                return math.inf, -math.inf
            values = values if side < 0 else -values
            at = int(values.argmin())
            best = float(values[at])
            if math.isinf(best):
                break
            weights, width = _about(weights[at], width), width / 5
        found.append(best if side < 0 else -best)
    return found[0], found[1]


def _ends_at(
    singles: Sequence[ArmSet],
    mixture: ArmSet,
    shares: Sequence[float],
    cut: float,
    weights: FloatArray,
) -> tuple[FloatArray | None, FloatArray | None]:
    """Return low and high ends of the log10 index at given splits of the cut.

    A split that leaves an arm without a rising curve gets the worst end; None where
    every split does.
    """
    roots = np.sqrt(cut * weights)  # (points, singles)
    rest = np.sqrt(cut * np.maximum(1 - weights.sum(axis=1), 0.0))
    mix_low, mix_high, exists = mixture.ends(rest)
    lows, highs = np.empty_like(roots), np.empty_like(roots)
    for i, arm in enumerate(singles):
        lows[:, i], highs[:, i], held = arm.ends(roots[:, i])
        exists = exists & held
    if not exists.any():
        return None, None
    with np.errstate(invalid="ignore"):
        bottom = mix_low - _additive(highs, shares)
        top = mix_high - _additive(lows, shares)
    # Infinite less infinite: the mixture and a single drug are both without an end.
    bottom = np.where(np.isnan(bottom), -np.inf, bottom)
    top = np.where(np.isnan(top), np.inf, top)
    return np.where(exists, bottom, np.inf), np.where(exists, top, -np.inf)


def _about(point: FloatArray, width: float) -> FloatArray:
    """Return splits close to one, itself among them."""
    steps = np.linspace(-width, width, 11 if point.size < 3 else 5)
    grids = np.meshgrid(*[steps] * point.size, indexing="ij")
    near = point + np.stack([grid.ravel() for grid in grids], axis=1)
    near = np.concatenate([point[None, :], np.clip(near, 0.0, 1.0)])
    return np.asarray(near[near.sum(axis=1) <= 1 + 1e-12])


def _additive(log_doses: FloatArray, shares: Sequence[float]) -> FloatArray:
    """Return log10 Z; a drug of unbounded dose contributes nothing."""
    with np.errstate(over="ignore", divide="ignore"):
        return np.asarray(-np.log10((np.asarray(shares) * 10.0**-log_doses).sum(1)))


def _simplex(count: int) -> FloatArray:
    """Return splits of 1 between `count` arms and a remainder, dense at the edges."""
    steps = {1: 400, 2: 60, 3: 18}.get(count, 10)
    ladder = np.sin(np.linspace(0, np.pi / 2, steps + 1)) ** 2
    grids = np.meshgrid(*[ladder] * count, indexing="ij")
    points = np.stack([grid.ravel() for grid in grids], axis=1)
    return np.asarray(points[points.sum(axis=1) <= 1 + 1e-12])


def split_deviance(
    singles: Sequence[ArmSet],
    mixture: ArmSet,
    shares: Sequence[float],
    log_index: float,
    top: float,
) -> float | None:
    """Return the least cut whose set holds `log_index`; None if above `top`."""
    low, high = 0.0, top
    ends = split_limits(singles, mixture, shares, top)
    if not ends[0] <= log_index <= ends[1]:
        return None
    for _ in range(40):
        middle = (low + high) / 2
        ends = split_limits(singles, mixture, shares, max(middle, 1e-9))
        if ends[0] <= log_index <= ends[1]:
            high = middle
        else:
            low = middle
    return high
