"""Bias-reduced curves: Firth's logit, mean bias reduction for the other links.

Firth D (1993) Biometrika 80:27; Kosmidis I, Firth D (2009) Biometrika 96:793. The
estimates are finite for every table, separated ones included. They are points; their
limits come from a profile of the Jeffreys-penalised likelihood, never from Wald.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

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
    density,
    density_slope,
    expected_weight,
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
    """Solve the adjusted score equations (Kosmidis & Firth 2009, AS_mean)."""
    n = r + s
    design = np.stack([np.ones_like(z), z])
    theta = np.zeros(2)
    for _ in range(500):
        eta = theta @ design
        _, d1, _ = score(link, eta, r, s)
        w = expected_weight(link, eta, n)
        matrix = (design * w) @ design.T
        inverse = np.linalg.inv(matrix)
        leverage = w * np.einsum("ik,ij,jk->k", design, inverse, design)
        bend = density_slope(link, eta) / density(link, eta)
        adjusted = design @ (d1 + 0.5 * leverage * bend)
        step = inverse @ adjusted
        largest = float(np.abs(step).max())
        theta = theta + step * min(1.0, 2.0 / max(largest, 1e-300))
        if largest < 1e-11 * (1 + float(np.abs(theta).max())):
            return float(theta[0]), float(theta[1])
    msg = (
        "Bias reduction did not settle on these counts; use method='likelihood', "
        "whose likelihood limits hold under separation too."
    )
    raise NotComputable(msg)


def _penalised(
    link: Link, z: FloatArray, r: FloatArray, s: FloatArray, eta: FloatArray
) -> float:
    value = float(score(link, eta, r, s)[0].sum())
    w = expected_weight(link, eta, r + s)
    det = float(w.sum() * (w @ (z * z)) - (w @ z) ** 2)
    return value + 0.5 * math.log(max(det, 1e-300))


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

    def along(q: float, angle: float) -> float:
        """Penalised likelihood, maximised along the ray at an angle."""
        h = math.cos(angle) * z - math.sin(angle)

        def loss(log_rho: float) -> float:
            return -_penalised(link, z, r, s, q + math.exp(log_rho) * h)

        tries = [
            minimize_scalar(
                loss, bounds=span, method="bounded", options={"xatol": 1e-9}
            )
            for span in ((-9.0, 0.5), (-1.0, 3.5))
        ]
        return max(-float(found.fun) for found in tries)

    def set_at(q: float, cut: float) -> LogSet:
        best_angle, top = _penalised_top(along, q)
        ends: list[float] = []
        for side in (-1, 1):
            far = side * _FLAT

            def excess(angle: float) -> float:
                return 2 * (top - along(q, angle)) - cut

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


def _penalised_top(along: object, q: float) -> tuple[float, float]:
    """Find the angle of the highest penalised likelihood (rising curves)."""
    assert callable(along)
    grid = np.linspace(-_FLAT, _FLAT, 41)
    values = [along(q, float(angle)) for angle in grid]
    peak = int(np.argmax(values))
    low, high = grid[max(peak - 1, 0)], grid[min(peak + 1, grid.size - 1)]
    found = minimize_scalar(
        lambda angle: -along(q, float(angle)),
        bounds=(float(low), float(high)),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(found.x), -float(found.fun)
