"""Maximum likelihood of cumulative link models, their supremum where none is finite.

P(score <= level j) = F(alpha_j - x beta), F logistic or normal. A nominal column has
its own coefficient at every threshold. The log-likelihood is concave (Pratt 1981), so
Newton steps with halving climb to its supremum; whether that is reached at a finite
point is decided exactly, by linear programming, and not by the size of what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
OrdinalLink = Literal["logit", "probit"]

_STEPS: Final = 200
_DECREMENT: Final = 1e-12
_LONGEST: Final = 4.0  # of a step, on the scale of the link


@dataclass(frozen=True, slots=True)
class OrdinalDesign:
    """Animals grouped by what is alike: two linear functions of the parameters each.

    Parameters
    ----------
    upper, lower : array, shape (rows, parameters)
        The threshold above the score and below it, as functions of the parameters.
    has_upper, has_lower : array of bool
        False for the highest score, which has no threshold above, and the lowest.
    weight : array
        Animals of each row.
    thresholds : int
        How many parameters, the first ones, are thresholds.
    """

    upper: FloatArray
    lower: FloatArray
    has_upper: NDArray[np.bool_]
    has_lower: NDArray[np.bool_]
    weight: FloatArray
    thresholds: int


@dataclass(frozen=True, slots=True)
class OrdinalMaximum:
    """Where the climb ended, the log-likelihood there, and the information."""

    parameters: FloatArray
    log_likelihood: float
    information: FloatArray


def ordinal_design(
    scores: IntArray, x: FloatArray, nominal: FloatArray, levels: int
) -> OrdinalDesign:
    """Return the design of scores 0..levels-1 with parallel and nominal columns.

    Parameters are the levels - 1 thresholds, the coefficients of `x`, and those of
    each nominal column at the second threshold and above, as differences from the
    first (the first is carried by a column of `x`).
    """
    cuts = levels - 1
    rows = np.column_stack([scores, x, nominal])
    kept, weight = np.unique(rows, axis=0, return_counts=True)
    y = kept[:, 0].astype(np.int64)
    covariates = kept[:, 1 : 1 + x.shape[1]]
    by_cut = kept[:, 1 + x.shape[1] :]
    width = cuts + covariates.shape[1] + by_cut.shape[1] * (cuts - 1)
    sides = []
    for cut in (y, y - 1):
        side = np.zeros((y.size, width))
        real = (cut >= 0) & (cut < cuts)
        side[np.flatnonzero(real), cut[real]] = 1.0
        side[:, cuts : cuts + covariates.shape[1]] = -covariates
        for column in range(by_cut.shape[1]):
            first = cuts + covariates.shape[1] + column * (cuts - 1)
            later = real & (cut > 0)
            place = np.flatnonzero(later)
            side[place, first + cut[later] - 1] = -by_cut[later, column]
        side[~real] = 0.0
        sides.append(side)
    return OrdinalDesign(
        sides[0], sides[1], y < cuts, y > 0, weight.astype(np.float64), cuts
    )


def _density(eta: FloatArray, link: OrdinalLink) -> tuple[FloatArray, FloatArray]:
    """Return f and f' at eta."""
    if link == "logit":
        f = expit(eta) * expit(-eta)
        return np.asarray(f), np.asarray(f * (expit(-eta) - expit(eta)))
    f = np.exp(-(eta**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(f), np.asarray(-eta * f)


def _between(low: FloatArray, high: FloatArray, link: OrdinalLink) -> FloatArray:
    """Return F(high) - F(low) without losing it in the upper tail."""
    cdf = expit if link == "logit" else ndtr
    flip = low > 0
    a = np.where(flip, -high, low)
    b = np.where(flip, -low, high)
    return np.asarray(cdf(b) - cdf(a))


def _etas(
    design: OrdinalDesign, theta: FloatArray, offset: FloatArray
) -> tuple[FloatArray, FloatArray]:
    far = 1e3
    high = np.where(design.has_upper, design.upper @ theta + offset, far)
    low = np.where(design.has_lower, design.lower @ theta + offset, -far)
    return high, low


def _log_likelihood(
    design: OrdinalDesign, theta: FloatArray, offset: FloatArray, link: OrdinalLink
) -> float:
    high, low = _etas(design, theta, offset)
    chance = _between(low, high, link)
    if (chance <= 0).any():
        return -np.inf
    return float(design.weight @ np.log(chance))


def maximise(
    design: OrdinalDesign,
    link: OrdinalLink,
    start: FloatArray | None = None,
    offset: FloatArray | None = None,
) -> OrdinalMaximum:
    """Climb to the maximum, or to within 1e-11 of the supremum.

    Parameters
    ----------
    design : OrdinalDesign
        Of scores whose every level was seen.
    link : {"logit", "probit"}
        F.
    start : array, optional
        Thresholds and coefficients from which to climb.
    offset : array, optional
        Added to both thresholds of each row: coefficients held fast.
    """
    rows, width = design.upper.shape
    shift = np.zeros(rows) if offset is None else offset
    theta = _start(design) if start is None else start.copy()
    value = _log_likelihood(design, theta, shift, link)
    if not np.isfinite(value):
        theta = _start(design)
        value = _log_likelihood(design, theta, shift, link)
    information = np.eye(width)
    for _ in range(_STEPS):
        gradient, information = _slope(design, theta, shift, link)
        step = _newton_step(information, gradient)
        # Where animals lie far out the surface is nearly straight and Newton's step
        # goes far beyond all sense.
        step *= min(1.0, _LONGEST / max(float(np.abs(step).max()), 1e-300))
        rise = float(gradient @ step)
        length = 1.0
        while True:
            tried = theta + length * step
            reached = _log_likelihood(design, tried, shift, link)
            if reached >= value + 1e-4 * length * rise or length < 1e-10:
                break
            length /= 2
        if reached > value:
            theta, value = tried, reached
        if rise < _DECREMENT or length < 1e-10:
            break
    return OrdinalMaximum(theta, value, information)


def _start(design: OrdinalDesign) -> FloatArray:
    """Return even thresholds wide enough for any offset, coefficients 0."""
    theta = np.zeros(design.upper.shape[1])
    theta[: design.thresholds] = np.linspace(-1.5, 1.5, design.thresholds)
    return theta


def _slope(
    design: OrdinalDesign, theta: FloatArray, offset: FloatArray, link: OrdinalLink
) -> tuple[FloatArray, FloatArray]:
    high, low = _etas(design, theta, offset)
    chance = _between(low, high, link)
    f_high, d_high = _density(high, link)
    f_low, d_low = _density(low, link)
    first = (f_high / chance)[:, None] * design.upper
    first -= (f_low / chance)[:, None] * design.lower
    w = design.weight
    gradient = w @ first
    information = first.T @ (w[:, None] * first)
    information -= design.upper.T @ ((w * d_high / chance)[:, None] * design.upper)
    information += design.lower.T @ ((w * d_low / chance)[:, None] * design.lower)
    return np.asarray(gradient), np.asarray(information)


def _newton_step(information: FloatArray, gradient: FloatArray) -> FloatArray:
    """Solve for the step, with a ridge where the surface has gone flat."""
    ridge = 0.0
    scale = float(np.trace(information)) / information.shape[0]
    for _ in range(12):
        try:
            factor = np.linalg.cholesky(
                information + ridge * np.eye(information.shape[0])
            )
        except np.linalg.LinAlgError:
            ridge = max(10 * ridge, 1e-14 * scale)
            continue
        return np.asarray(np.linalg.solve(factor.T, np.linalg.solve(factor, gradient)))
    return np.asarray(gradient / max(scale, 1e-300))


def endless(design: OrdinalDesign) -> list[tuple[bool, bool]]:
    """Return for each parameter whether the likelihood rises for ever down, and up.

    A direction along which no animal's thresholds close in on its score never lowers
    the likelihood; along one that moves some threshold away, no maximum is finite
    (compare Albert & Anderson 1984). Whether such a direction moves a parameter is a
    linear programme.
    """
    from scipy.optimize import linprog

    bounds_below = [-design.upper[design.has_upper], design.lower[design.has_lower]]
    cuts = np.zeros((design.thresholds - 1, design.upper.shape[1]))
    for j in range(design.thresholds - 1):  # thresholds stay in order
        cuts[j, j], cuts[j, j + 1] = 1.0, -1.0
    a = np.vstack([*bounds_below, cuts])
    found = []
    for index in range(design.upper.shape[1]):
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(design.upper.shape[1])
            goal[index] = sign
            best = linprog(goal, A_ub=a, b_ub=np.zeros(a.shape[0]), bounds=(-1, 1))
            ends.append(best.fun is not None and float(best.fun) < -1e-7)
        found.append((ends[0], ends[1]))
    return found
