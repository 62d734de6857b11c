"""Posterior of log10 ED50 and slope on a grid: probit curves, binomial counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr, ndtr

from isobole.planning._prior import DosePrior

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SLOPES: Final = 10
REACH: Final = 4.5  # prior standard deviations on either side
FINEST: Final = 400  # points at most on the axis of the ED50


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Curves P(affected at x) = Phi(slope (x - mu)), each with its prior weight.

    `mu` is log10 ED50, `log_prior` has shape (mu, slope).
    """

    mu: FloatArray
    slope: FloatArray
    log_prior: FloatArray

    @classmethod
    def of(
        cls,
        prior: DosePrior,
        *,
        step: float = 0.02,
        slopes: int = SLOPES,
        low: float | None = None,
        high: float | None = None,
    ) -> Grid:
        """Lay a grid over a prior, out to log10 doses `low` and `high` at least."""
        sd = prior.ed50_sd_log10
        half = REACH * sd
        first = min(-half, (low if low is not None else prior.centre) - prior.centre)
        last = max(half, (high if high is not None else prior.centre) - prior.centre)
        step = float(max(min(step, sd / 3), (last - first) / FINEST))
        steps = np.arange(math.floor(first / step), math.ceil(last / step) + 1)
        away: FloatArray = step * steps.astype(np.float64)
        slope: FloatArray = np.exp(
            np.linspace(math.log(prior.slope_low), math.log(prior.slope_high), slopes)
        )
        # Trapezoids: the two slopes at the ends stand for half a step each.
        each = np.full(slopes, 1.0)
        each[[0, -1]] = 0.5
        log_prior = -0.5 * (away[:, None] / sd) ** 2 + np.log(each / each.sum())
        log_prior -= np.log(np.exp(-0.5 * (away / sd) ** 2).sum())
        return cls(prior.centre + away, slope, log_prior)

    def chances(self, x: ArrayLike) -> FloatArray:
        """Return the chance to be affected at log10 doses, shape (x, mu, slope)."""
        return np.asarray(ndtr(self._eta(x)))

    def tables(self, x: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return log chances of affected and of not, each of shape (x, mu * slope)."""
        eta = self._eta(x)
        flat = (eta.shape[0], self.mu.size * self.slope.size)
        return log_ndtr(eta).reshape(flat), log_ndtr(-eta).reshape(flat)

    def _eta(self, x: ArrayLike) -> FloatArray:
        at = np.atleast_1d(np.asarray(x, dtype=np.float64))
        return self.slope * (at[:, None, None] - self.mu[None, :, None])

    def posterior(
        self,
        n: ArrayLike,
        affected: ArrayLike,
        tables: tuple[FloatArray, FloatArray],
    ) -> FloatArray:
        """Return normalised weights for rows of counts: (rows, mu, slope).

        Parameters
        ----------
        n, affected : array, shape (rows, x)
        tables : pair of arrays
            Of `tables` at the same x.
        """
        hit, spared = tables
        r = np.atleast_2d(np.asarray(affected)).astype(hit.dtype)
        left = np.atleast_2d(np.asarray(n)).astype(hit.dtype) - r
        log = r @ hit
        log += left @ spared
        log += self.log_prior.ravel().astype(hit.dtype)
        log -= log.max(axis=1, keepdims=True)
        weight: FloatArray = np.exp(log, out=log)
        weight /= weight.sum(axis=1, keepdims=True)
        return weight.reshape(-1, self.mu.size, self.slope.size)


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Mean, SD, median and equal-tailed limits along one axis, one per row."""

    mean: FloatArray
    sd: FloatArray
    median: FloatArray
    low: FloatArray
    high: FloatArray


def summarise(weight: FloatArray, points: FloatArray, level: float) -> Summary:
    """Summarise marginal weights (rows, points) that sum to 1 in every row.

    The weight of a point is spread evenly over its cell, which at the ends of the axis
    is half a cell; quantiles are read off a line through the cells' edges.
    """
    weight = weight.astype(np.float64)
    mean = weight @ points
    # About the mean of the axis: squares of far points would cost digits.
    away = points - points.mean()
    var = weight @ away**2 - (weight @ away) ** 2
    middle = (points[1:] + points[:-1]) / 2
    edges = np.concatenate([points[:1], middle, points[-1:]])
    below = np.concatenate(
        [np.zeros((weight.shape[0], 1)), np.cumsum(weight, axis=1)], axis=1
    )
    tail = (1 - level) / 2
    low, median, high = (_quantile(below, edges, q) for q in (tail, 0.5, 1 - tail))
    return Summary(mean, np.sqrt(np.maximum(var, 0.0)), median, low, high)


def _quantile(below: FloatArray, edges: FloatArray, q: float) -> FloatArray:
    """Return where cumulated weights reach `q`, row by row, by straight lines."""
    right = np.clip((below < q).sum(axis=1), 1, edges.size - 1)
    rows = np.arange(below.shape[0])
    lower, upper = below[rows, right - 1], below[rows, right]
    gap = np.where(upper > lower, upper - lower, 1.0)
    share = np.clip((q - lower) / gap, 0.0, 1.0)
    out: FloatArray = edges[right - 1] + share * (edges[right] - edges[right - 1])
    return out
