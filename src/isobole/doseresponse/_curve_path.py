"""The course of a fitted curve on log-probit paper, and of the limits about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._links import probability, quantile
from isobole.doseresponse._paper import Paper
from isobole.results import Limits, Missing

if TYPE_CHECKING:
    from isobole.doseresponse._fit_result import QuantalFit

FloatArray = NDArray[np.float64]

_BAND = (3.36, 6.64)  # probits of about 5 and 95 %


@dataclass(frozen=True, slots=True)
class Band:
    """Limits of the dose over a grid of effects.

    `low` and `high` are the edges (NaN where there is none); the area between `start`
    and `end` is filled, and the wings outside a complement.
    """

    probit: FloatArray
    low: FloatArray
    high: FloatArray
    start: FloatArray
    end: FloatArray
    wing_low: FloatArray
    wing_high: FloatArray


def has_line(fit: QuantalFit) -> bool:
    """Return whether the fit has a curve with a finite slope."""
    return not isinstance(fit.slope.estimate, Missing)


def line_parts(fit: QuantalFit, paper: Paper) -> list[tuple[FloatArray, FloatArray]]:
    """Return log10 doses and probits of the curve: below, within, above the doses."""
    a, b = fit.intercept.estimate, fit.slope.estimate
    if isinstance(a, Missing) or isinstance(b, Missing):
        return []
    doses = np.log10(fit.data.groups[0])
    stops = [paper.left, float(doses[0]), float(doses[-1]), paper.right]
    ruled = (paper.left, paper.right)
    if b != 0:
        ends = (quantile(fit.link, probability("probit", np.array(y - 5.0)))
                for y in (paper.low, paper.high))  # fmt: skip
        low, high = sorted(float((eta - a) / b) for eta in ends)
        ruled = (low, high)
    parts = []
    for start, end in pairwise(stops):
        x = np.clip([start, end], *ruled)
        if x[1] - x[0] <= 1e-12:
            x = x[:0]
        elif fit.link != "probit":
            x = np.linspace(x[0], x[1], 60)
        population = fit.solution.population
        response = (
            probability(fit.link, a + b * x) if population is None else (population(x))
        )
        parts.append((x, 5.0 + quantile("probit", response)))
    return parts


def band(fit: QuantalFit, paper: Paper) -> Band:
    """Return the limits of the dose at about 5 to 95 % effect.

    Where a side stops being bounded, more effects are tried close to that change.
    """
    kind = fit.options.interval
    if kind in ("calibrated", "litchfield-wilcoxon"):
        kind = "likelihood"  # the others are slow, or there is none but at 50 %
    # Limits with natural response or a penalty cost a search each.
    plain = fit.natural_response is None and fit.options.method == "likelihood"
    count, halvings = (27, 6) if plain and fit.clusters is None else (9, 2)
    found: dict[float, Limits] = {}

    def limits_at(y: float) -> tuple[str | None, bool, bool]:
        percent = 100 * float(probability("probit", np.array(y - 5.0)))
        limits = found[y] = fit.ed(percent, interval=kind).limits
        return limits.set_kind, limits.low is None, limits.high is None

    grid = np.linspace(*_BAND, count).tolist()
    shapes = [limits_at(y) for y in grid]
    for k in range(count - 1):
        if shapes[k] != shapes[k + 1]:
            below, above = grid[k], grid[k + 1]
            for _ in range(halvings):
                middle = (below + above) / 2
                if limits_at(middle) == shapes[k]:
                    below = middle
                else:
                    above = middle
    beyond = (10.0 ** (paper.left - 1), 10.0 ** (paper.right + 1))
    rows = np.array([(y, *_stretch(found[y], *beyond)) for y in sorted(found)])
    for edge, outside in zip((1, 2), beyond, strict=True):
        filled = ~np.isnan(rows[:, 3])
        last = np.isnan(rows[:, edge]) & filled
        known = ~np.isnan(rows[:, edge]) & filled
        beside = np.append(known[1:], False) | np.append(False, known[:-1])
        rows[last & beside, edge] = outside  # the edge runs out of the paper here
    return Band(*rows.T)


def _stretch(limits: Limits, least: float, most: float) -> tuple[float, ...]:
    """Return the edges, the filled stretch and the wings, cut outside the paper."""
    none = math.nan
    low = none if limits.low is None else limits.low
    high = none if limits.high is None else limits.high
    if limits.set_kind == "complement":
        return low, high, none, none, max(low, least), min(high, most)
    if limits.set_kind in ("interval", "ray", "line"):
        start = least if limits.low is None else max(low, least)
        end = most if limits.high is None else min(high, most)
        return low, high, start, end, none, none
    return (none,) * 6
