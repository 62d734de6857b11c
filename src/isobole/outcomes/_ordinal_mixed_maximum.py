"""Climb the mixed model's likelihood, and find out beforehand whether it has a top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.outcomes._ordinal_mixed_likelihood import MixedLikelihood
from isobole.results import Missing

FloatArray = NDArray[np.float64]

_STEPS = 60
_LAST_STEPS = 15
_ENOUGH = 1e-2  # a hundredth of a standard error from the top, about
_STALE = 5  # updates until the curvature is computed afresh
_LEVEL = 1e-4  # gradient per standard error that counts as the top
_CLOSE = 1e-10  # half a Newton decrement: what a further step would add
NEAR_ZERO = 1e-3  # a standard deviation below this is the boundary


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where the climb ended.

    `gradient` is the largest component of the gradient (of the likelihood itself, by
    differences), each times its parameter's standard error where one exists.
    """

    theta: FloatArray
    log_likelihood: float
    information: FloatArray
    gradient: float
    steps: int
    converged: bool


def climb(likelihood: MixedLikelihood, start: FloatArray) -> Maximum:
    """Maximise by Newton steps, first on the score, then on the value's differences.

    The score is the gradient of the integral, the value that of the quadrature rule:
    where posteriors are far from normal they differ a little, and the top reported is
    that of the rule named.
    """
    theta, steps, settled = _newton(likelihood, start, likelihood.score, _STEPS)
    information = likelihood.information(theta)
    gradient = _relative_gradient(likelihood, theta, information)
    if not settled or gradient > _LEVEL:
        theta, more, settled = _newton(
            likelihood, theta, likelihood.differenced, _LAST_STEPS
        )
        steps += more
        information = likelihood.information(theta)
        gradient = _relative_gradient(likelihood, theta, information)
    return Maximum(
        theta,
        likelihood.value(theta),
        information,
        gradient,
        steps,
        settled or gradient < _ENOUGH,
    )


def _newton(
    likelihood: MixedLikelihood,
    start: FloatArray,
    slope: Callable[[FloatArray], FloatArray],
    most: int,
) -> tuple[FloatArray, int, bool]:
    """Step on a curvature made positive; between fresh ones it is updated (BFGS)."""
    theta, value = start, likelihood.value(start)
    curve = likelihood.information(theta)
    gradient, age = slope(theta), 0
    steps = 0
    while steps < most:
        steps += 1
        root, vectors = np.linalg.eigh(curve)
        floor = max(1e-8 * float(abs(root).max()), 1e-10)
        along = vectors.T @ gradient / np.maximum(abs(root), floor)
        step = vectors @ along
        gain = 0.5 * float(gradient @ step)
        if gain < _CLOSE:
            if age == 0:
                return theta, steps, bool(root.min() > -floor)
            curve, age = likelihood.information(theta), 0
            continue
        # No parameter moves further than the data can have meant.
        step *= min(1.0, 3.0 / float(abs(step).max()))
        length, ahead = 1.0, likelihood.value(theta + step)
        while ahead <= value and length > 1e-8:
            length /= 2
            ahead = likelihood.value(theta + length * step)
        if ahead <= value:
            if age == 0:
                return theta, steps, gain < 1e-6
            curve, age = likelihood.information(theta), 0
            continue
        moved = length * step
        theta, value = theta + moved, ahead
        before, gradient = gradient, slope(theta)
        turned = before - gradient
        bent = float(moved @ turned)
        age += 1
        if length < 1 or bent <= 0 or root.min() <= floor or age > _STALE:
            curve, age = likelihood.information(theta), 0
        else:
            pushed = curve @ moved
            curve = (
                curve
                + np.outer(turned, turned) / bent
                - np.outer(pushed, pushed) / float(moved @ pushed)
            )
    return theta, steps, False


def _relative_gradient(
    likelihood: MixedLikelihood, theta: FloatArray, information: FloatArray
) -> float:
    """Return the largest gradient in units of log-likelihood per standard error."""
    gradient = abs(likelihood.differenced(theta))
    curve = np.maximum(np.diagonal(information), 1e-12)
    return float((gradient / np.sqrt(curve)).max())


def first_guess(likelihood: MixedLikelihood) -> FloatArray:
    """Return thresholds at the scores' own shares, no effect, spread one half."""
    from scipy.special import logit, ndtri

    shares = np.bincount(likelihood.category) / likelihood.category.size
    below = np.cumsum(shares)[:-1]
    cuts = logit(below) if likelihood.link == "logit" else ndtri(below)
    theta = np.zeros(likelihood.size)
    theta[: likelihood.cuts] = cuts
    d = likelihood.effects
    if d:
        theta[likelihood.size - d * (d + 1) // 2 :] = (
            0.7 * np.eye(d)[np.tril_indices(d)]
        )
    return theta


def separated(likelihood: MixedLikelihood, names: tuple[str, ...]) -> Missing | None:
    """Say whether some direction of thresholds and effects never worsens the fit.

    Along such a direction every row's category widens or stays (Albert and Anderson
    1984, Biometrika 71:1-10), so estimates run off without end, with random effects
    too. A linear programme finds it, or shows that there is none.
    """
    from scipy.optimize import linprog

    j, x, cuts = likelihood.category, likelihood.x, likelihood.cuts
    rows = []
    for k in range(cuts):
        at = np.zeros((j.size, cuts))
        at[:, k] = 1.0
        rows.append(np.hstack([at, -x])[j == k])  # upper end may only rise
        rows.append(np.hstack([-at, x])[j == k + 1])  # lower end may only fall
    ends = np.unique(np.vstack(rows), axis=0)
    found = linprog(
        -ends.sum(axis=0),
        A_ub=-ends,
        b_ub=np.zeros(len(ends)),
        bounds=(-1, 1),
        method="highs",
    )
    direction = np.asarray(found.x)
    if float((ends @ direction).sum()) < 1e-7:
        return None
    loose = [
        name
        for name, move in zip(names, direction[cuts:], strict=True)
        if abs(move) > 1e-7
    ]
    what = ", ".join(loose) or "the thresholds"
    return Missing(
        f"the scores are separated by {what}: the larger the effect, the better the "
        "fit, so no finite estimate exists; use the permutation test, or join groups "
        "or neighbouring scores"
    )
