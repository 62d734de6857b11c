"""The likelihood of a ratio of EDs under the slope common to all curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from isobole.doseresponse._core import ALL_AFFECTED, NONE_AFFECTED
from isobole.doseresponse._limits import EMPTY
from isobole.doseresponse._links import linear_loglik, quantile
from isobole.doseresponse._newton import maximise
from isobole.doseresponse._solution import LogSet, set_between

if TYPE_CHECKING:
    from isobole.doseresponse._joint import JointLikelihood
    from isobole.doseresponse._joint_fit import JointFit

FloatArray = NDArray[np.float64]


def ratio_deviance(fit: JointFit, top: int, bottom: int, angle: float) -> float:
    """Return 2 (sup l - max l) over slopes >= 0 at a given log ratio, common slope.

    On the inner axis the log ratio is the tangent of the angle: slope = rho cos and
    difference of intercepts = rho sin, rho >= 0, all linear, so the climb is concave.
    At plus or minus pi/2 it is the limit of an unbounded ratio.
    """
    like, slope = fit.likelihood, fit.likelihood.parameters - 1
    sin, cos = float(np.sin(angle)), float(np.cos(angle))
    vertical = abs(angle) >= np.pi / 2
    if vertical:
        sin, cos = float(np.sign(angle)), 0.0
    matrix = np.zeros((slope + 1, slope + 1))  # (other intercepts, u, rho) -> theta
    matrix[np.arange(slope), np.arange(slope)] = 1.0
    kinds = like.curve_patterns()
    lost = np.isin(kinds, (NONE_AFFECTED, ALL_AFFECTED))
    pivot = top if not lost[top] else bottom  # the one whose intercept is finite
    other = bottom if pivot == top else top
    matrix[other, other], matrix[other, pivot] = 0.0, 1.0
    matrix[other, slope] = sin if pivot == top else -sin
    matrix[slope, slope] = cos
    keep = np.arange(slope + 1) != other
    best = _ray(like, matrix[:, keep])
    if vertical:
        kind_up, kind_down = (NONE_AFFECTED, ALL_AFFECTED)
        if angle < 0:
            kind_up, kind_down = kind_down, kind_up
        free = [top] if kinds[top] == kind_up else []
        free += [bottom] if kinds[bottom] == kind_down else []
        for curve in free:  # its intercept runs away, and costs nothing
            best = max(best, _ray(like, np.eye(slope + 1), without=curve))
    return max(2 * (fit.loglik - best), 0.0)


def _ray(
    like: JointLikelihood, matrix: FloatArray, without: int | None = None
) -> float:
    """Maximise over phi in theta = matrix @ phi, the last phi >= 0."""
    rows = like.owner != without if without is not None else slice(None)
    design, r, s = like.design[rows] @ matrix, like.r[rows], like.s[rows]
    used = np.abs(design).max(axis=0) > 0
    used[-1] = True
    design = design[:, used]
    n = np.maximum(r + s, 1.0)
    level = float(quantile(like.link, (r.sum() + 0.5) / (n.sum() + 1)))
    start = np.append(np.full(design.shape[1] - 1, level), 0.0)
    lower = np.append(np.full(design.shape[1] - 1, -np.inf), 0.0)
    return maximise(
        lambda phi: linear_loglik(like.link, design, phi, r, s),
        start,
        lower=lower,
        steps=300,
    ).value


def ratio_set(fit: JointFit, top: int, bottom: int, cut: float) -> LogSet:
    """Return the likelihood set of log10 (ED of `top` / ED of `bottom`), common slope.

    The likelihood is concave, so the angles within the cut form one arc.
    """
    like = fit.likelihood
    slope = like.parameters - 1
    lower = np.append(np.full(slope, -np.inf), 0.0)
    start = np.append(np.zeros(slope), 1.0)
    peak = maximise(like.evaluate, start, lower=lower, steps=300).theta
    inside = float(np.arctan2(peak[bottom] - peak[top], peak[slope]))
    if ratio_deviance(fit, top, bottom, inside) > cut:
        return LogSet(EMPTY)
    jumps = like.arms[top].log_dose[:, None] - like.arms[bottom].log_dose
    ends: list[tuple[float, bool]] = []
    for side in (-1, 1):
        outside = side * np.pi / 2
        if inside == outside or ratio_deviance(fit, top, bottom, outside) <= cut:
            ends.append((side * np.inf, False))
            continue
        angle = brentq(
            lambda t: ratio_deviance(fit, top, bottom, float(t)) - cut,
            inside,
            outside,
            xtol=1e-14,
            rtol=1e-14,
        )
        end = like.centre[top] - like.centre[bottom] + like.spread * np.tan(angle)
        nearest = float(jumps.flat[np.abs(jumps - end).argmin()])
        sharp = False
        if abs(nearest - end) < 1e-6 * (1 + abs(end)):
            # The likelihood jumps at some ratios of doses where curves are steps.
            before = angle + 1e-5 * (inside - angle)
            sharp = ratio_deviance(fit, top, bottom, before) < cut - 1e-2
            end = nearest if sharp else end
        ends.append((float(end), sharp))
    (low, low_open), (high, high_open) = ends
    return set_between(low, high, low_open, high_open)
