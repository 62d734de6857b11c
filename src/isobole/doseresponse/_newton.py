"""Damped Newton for a few parameters, some of them bounded below.

For likelihoods with analytic first and second derivatives. Where the function is not
concave the Hessian's eigenvalues are turned positive definite first, so that every
step climbs; a step that does not is halved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Evaluate = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]

_ARMIJO = 1e-4
_SHARP = 1e-9  # a Newton decrement below this: one more step is exact to rounding


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a function is largest, with its derivatives there.

    Parameters
    ----------
    theta, value, grad, hess
        The point, and the function and its derivatives at it.
    active : array of bool
        Parameters held at their lower bound.
    converged : bool
        False where the function still climbs after the last step, as it does
        towards a supremum at infinity.
    """

    theta: FloatArray
    value: float
    grad: FloatArray
    hess: FloatArray
    active: BoolArray
    converged: bool


def maximise(
    evaluate: Evaluate,
    start: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    max_step: float = np.inf,
    steps: int = 100,
) -> Maximum:
    """Climb to a local maximum from `start`.

    Parameters
    ----------
    evaluate : callable
        Returns value, gradient and Hessian at a point; a value of minus infinity
        marks a point outside the domain.
    start : array
        Where to begin; moved onto the bounds if it lies below them.

    Other Parameters
    ----------------
    lower : array, optional
        Lower bounds (minus infinity where there is none), kept by an active set.
    max_step : float
        Longest step; bounds the march towards a supremum at infinity.
    steps : int
        Most Newton steps.

    Examples
    --------
    >>> def parabola(x):
    ...     return -float((x - 3) @ (x - 3)), -2 * (x - 3), -2 * np.eye(2)
    >>> maximise(parabola, [0.0, 9.0], lower=[-np.inf, 5.0]).theta
    array([3., 5.])
    """
    theta = np.array(start, dtype=np.float64)
    floor = (
        np.full(theta.shape, -np.inf)
        if lower is None
        else np.asarray(lower, dtype=np.float64)
    )
    theta = np.maximum(theta, floor)
    value, grad, hess = evaluate(theta)
    converged = False
    stalled = 0
    held = np.zeros(theta.shape, dtype=bool)
    if not np.isfinite(value):
        return Maximum(theta, value, grad, hess, held, converged)
    for _ in range(steps):
        step, held, concave = _direction(grad, hess, theta <= floor)
        decrement = float(grad @ step)
        length = float(np.sqrt(step @ step))
        if length > max_step:
            step, decrement = step * (max_step / length), decrement * max_step / length
        share, reached = _room(theta, step, floor)
        noise = 1e-14 * (1 + abs(value))
        if decrement <= noise:
            converged = concave or decrement <= 1e-16
            break
        last = concave and decrement < _SHARP and share == 1.0 and length <= max_step
        moved = False
        for _ in range(50):
            trial = theta + share * step
            if reached is not None:
                trial[reached] = floor[reached]
            new = evaluate(trial)
            gain = -2 * noise if last else _ARMIJO * share * decrement - noise
            if np.isfinite(new[0]) and new[0] - value >= gain:
                stalled = stalled + 1 if new[0] - value <= noise else 0
                theta, (value, grad, hess), moved = trial, new, True
                break
            share, reached = share / 4, None
        if last or not moved or stalled > 3:
            converged = last or (concave and stalled > 3)
            break
    return Maximum(theta, value, grad, hess, held, converged)


def _direction(
    grad: FloatArray, hess: FloatArray, at_bound: BoolArray
) -> tuple[FloatArray, BoolArray, bool]:
    """Return the Newton step, the parameters held, and whether -hess is definite."""
    held = at_bound & (grad <= 0)
    while True:
        step = np.zeros(grad.shape)
        free = np.flatnonzero(~held)
        if free.size == 0:
            return step, held, True
        step[free], concave = _solve(-hess[np.ix_(free, free)], grad[free])
        pushed = at_bound & ~held & (step < 0)
        if not pushed.any():
            return step, held, concave
        held = held | pushed


def _solve(matrix: FloatArray, right: FloatArray) -> tuple[FloatArray, bool]:
    """Solve with the nearest definite matrix; say whether it was so already."""
    size = np.sqrt(np.abs(np.diagonal(matrix)))
    size = np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(size, size))
    ridge = 1e-12 * max(float(np.abs(values).max()), 1e-300)
    concave = bool(values[0] > ridge)
    values = np.maximum(np.abs(values), ridge)
    return (vectors @ ((vectors.T @ (right / size)) / values)) / size, concave


def _room(
    theta: FloatArray, step: FloatArray, floor: FloatArray
) -> tuple[float, int | None]:
    """Return the share of the step that stays inside, and the bound it then meets."""
    downward = (step < 0) & np.isfinite(floor)
    if not downward.any():
        return 1.0, None
    shares = np.full(theta.shape, np.inf)
    shares[downward] = (floor[downward] - theta[downward]) / step[downward]
    first = int(shares.argmin())
    if shares[first] >= 1.0:
        return 1.0, None
    return float(shares[first]), first
