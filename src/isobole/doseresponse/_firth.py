"""Bias-reduced curves: Firth's logit, mean bias reduction for the other links.

Firth D (1993) Biometrika 80:27; Kosmidis I, Firth D (2009) Biometrika 96:793. The
estimates are finite for every table, separated ones included. They are points; their
limits come from a profile of the Jeffreys-penalised likelihood, never from Wald.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from isobole.doseresponse._core import (
    ALL_AFFECTED,
    FINITE,
    NONE_AFFECTED,
    SINGLE_DOSE,
    Scale,
    fit_batch,
)
from isobole.doseresponse._limits import INTERVAL, LINE, RAY
from isobole.doseresponse._links import (
    Link,
    expected_weight,
    log_density_slope,
    score,
)
from isobole.doseresponse._solution import (
    CurveSolution,
    LogSet,
    solve_plain,
    unscale,
)
from isobole.doseresponse._status import slope_test
from isobole.results import NotComputable

FloatArray = NDArray[np.float64]

_FLAT = math.pi / 2 - 1e-7


def _bias_reduced(
    link: Link, z: FloatArray, r: FloatArray, s: FloatArray
) -> tuple[float, float]:
    """Solve the adjusted score equations (Kosmidis & Firth 2009, AS_mean).

    Unevenly spaced doses can give them several roots: one is sought from a flat curve
    and one from steep curves between the doses, and the root of the highest penalised
    likelihood is kept.
    """
    middles = (z[1:] + z[:-1]) / 2
    steep = 4.0 / np.diff(z)
    starts = [(0.0, 0.0), *zip(-steep * middles, steep, strict=True)]
    roots = [
        root
        for start in starts
        if (root := _root(link, z, r, s, np.array(start))) is not None
    ]
    if not roots:
        msg = (
            "Bias reduction did not settle on these counts; use method='likelihood', "
            "whose likelihood limits hold under separation too."
        )
        raise NotComputable(msg)
    curves = np.array(roots)
    values = _penalised(link, z, r, s, curves[:, :1] + curves[:, 1:] * z)
    # Roots that differ by rounding alone: the first, from the flat curve.
    best = int(np.argmax(values > values.max() - 1e-9 * (1 + abs(values.max()))))
    return float(curves[best, 0]), float(curves[best, 1])


def _root(
    link: Link, z: FloatArray, r: FloatArray, s: FloatArray, start: FloatArray
) -> FloatArray | None:
    """Climb to a root of the adjusted scores; None if the climb does not settle."""
    n = r + s
    design = np.stack([np.ones_like(z), z])
    theta = start
    damping, last = 1.0, np.inf
    for _ in range(2000):
        eta = theta @ design
        _, d1, _ = score(link, eta, r, s)
        w = expected_weight(link, eta, n)
        matrix = (design * w) @ design.T
        if not np.linalg.cond(matrix) < 1e13:
            return None
        inverse = np.linalg.inv(matrix)
        leverage = w * np.einsum("ik,ij,jk->k", design, inverse, design)
        bend = log_density_slope(link, eta)
        adjusted = design @ (d1 + 0.5 * leverage * bend)
        step = inverse @ adjusted
        largest = float(np.abs(step).max())
        # Scoring may swing about the solution: shorten it while it does.
        damping = (
            max(damping / 2, 1 / 64) if largest > last else min(1.0, damping * 1.2)
        )
        last = largest
        theta = theta + damping * step * min(1.0, 2.0 / max(largest, 1e-300))
        if largest < 1e-11 * (1 + float(np.abs(theta).max())):
            return np.asarray(theta)
    return None


def _penalised(
    link: Link, z: FloatArray, r: FloatArray, s: FloatArray, eta: FloatArray
) -> FloatArray:
    """Return l + log|I| / 2 of curves eta, doses along the last axis."""
    value = score(link, eta, r, s)[0].sum(axis=-1)
    w = expected_weight(link, eta, r + s)
    det = w.sum(axis=-1) * (w @ (z * z)) - (w @ z) ** 2
    return np.asarray(value + 0.5 * np.log(np.maximum(det, 1e-300)))


def _along(
    link: Link,
    z: FloatArray,
    r: FloatArray,
    s: FloatArray,
    q: float,
    angle: FloatArray,
) -> FloatArray:
    """Return the penalised likelihood maximised along rays at given angles.

    The steepness is searched on a grid of its logarithm that is refined about its
    best point; all angles together.
    """
    h = np.cos(angle)[:, None] * z - np.sin(angle)[:, None]
    best = np.zeros(angle.size)
    top = np.full(angle.size, -np.inf)
    half = 7.0
    offsets = np.linspace(-1, 1, 57)
    best -= 1.5
    for _ in range(7):
        log_rho = best[:, None] + half * offsets
        eta = q + np.exp(log_rho)[:, :, None] * h[:, None, :]
        values = _penalised(link, z, r, s, eta)
        peak = values.argmax(axis=1)
        rows = np.arange(angle.size)
        top, best = values[rows, peak], log_rho[rows, peak]
        half *= 2 / (offsets.size - 1) * 1.5
        offsets = np.linspace(-1, 1, 13)
    return top


def solve_firth(
    link: Link, log_dose: FloatArray, r: FloatArray, s: FloatArray
) -> CurveSolution:
    """Solve one table by bias reduction, with penalised likelihood sets."""
    scale = Scale.of(log_dose)
    z = scale.z
    plain = fit_batch(link, scale, r[None, :], s[None, :])
    pattern = int(plain.pattern[0])
    if pattern in (SINGLE_DOSE, NONE_AFFECTED, ALL_AFFECTED):
        # A reduced curve would exist, but it would be the penalty's, not the data's.
        return solve_plain(link, log_dose, r, s, "expected")
    a, b = _bias_reduced(link, z, r, s)
    w = expected_weight(link, a + b * z, r + s)
    cov = unscale(scale, float(w.sum()), float(w @ z), float(w @ (z * z)))

    def along(q: float, angle: FloatArray | float) -> FloatArray:
        return _along(link, z, r, s, q, np.atleast_1d(np.asarray(angle, dtype=float)))

    def set_at(q: float, cut: float) -> LogSet:
        best_angle, top = _penalised_top(along, q)
        ends: list[float] = []
        for side in (-1, 1):
            far = side * _FLAT

            def excess(angle: float) -> float:
                return float(2 * (top - along(q, angle)[0]) - cut)

            if excess(far) <= 0:
                ends.append(side * math.inf)
            else:
                angle = brentq(excess, best_angle, far, xtol=1e-12)
                ends.append(scale.centre + scale.spread * math.tan(float(angle)))
        unbounded = sum(math.isinf(end) for end in ends)
        return LogSet((INTERVAL, RAY, LINE)[unbounded], ends[0], ends[1])

    slope = b / scale.spread
    return CurveSolution(
        FINITE,
        a - slope * scale.centre,
        slope,
        cov,
        float(score(link, a + b * z, r, s)[0].sum()),
        float(slope_test(plain)[0]),
        set_at,
        table_pattern=pattern,
    )


def _penalised_top(
    along: Callable[[float, FloatArray], FloatArray], q: float
) -> tuple[float, float]:
    """Find the angle of the highest penalised likelihood (rising curves)."""
    low, high = -_FLAT, _FLAT
    for points in (81, 17, 17, 17, 17, 17):
        grid = np.linspace(low, high, points)
        values = along(q, grid)
        peak = int(np.argmax(values))
        low, high = (
            float(grid[max(peak - 1, 0)]),
            float(grid[min(peak + 1, points - 1)]),
        )
    return float(grid[peak]), float(values[peak])
