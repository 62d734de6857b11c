"""EDs of a clustered fit: delta standard error and profile-likelihood limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri

from isobole.doseresponse._limits import EMPTY, FAR_DECADES, INTERVAL, LINE, RAY
from isobole.doseresponse._newton import Maximum, maximise
from isobole.doseresponse._solution import LogSet
from isobole.doseresponse._status import SENTENCES
from isobole.results import Missing

if TYPE_CHECKING:
    from isobole.doseresponse._cluster_result import ClusterLikelihood

FloatArray = NDArray[np.float64]

_FLAT = math.pi / 2
_OMEGAS = (0.15, 1.2)  # starts apart from the stationary points at both ends


class _Excess(Protocol):
    def __call__(self, phi: float, *, thorough: bool = True) -> float: ...


@dataclass(frozen=True, slots=True)
class ClusterEffect:
    """A log10 ED of the population-averaged curve with likelihood limits.

    `low` or `high` is None where that side is unbounded or the set is empty; `reason`
    then says why. Rising curves only.
    """

    percent: float
    level: float
    log10_ed: float | Missing
    log10_se: float | Missing
    low: float | None
    high: float | None
    unbounded_low: bool
    unbounded_high: bool
    empty: bool
    reason: str | None


def effect_at(
    likelihood: ClusterLikelihood,
    theta: FloatArray,
    loglik: float,
    covariance: FloatArray | Missing,
    percent: float,
    q: float,
    level: float,
) -> ClusterEffect:
    """Return one log10 ED, its delta standard error and its likelihood limits.

    Parameters
    ----------
    theta, loglik
        The maximum, on the inner axis.
    covariance : array or Missing
        Of theta.
    percent, q : float
        The effect, and F^-1 of it.
    level : float
        Nominal confidence, 0 to 1.
    """
    scale = likelihood.scale
    far = FAR_DECADES / scale.spread
    ed: float | Missing
    se: float | Missing
    alpha, beta, omega = (float(x) for x in theta)
    if beta <= 0:
        ed = se = Missing(SENTENCES["reversed"])
    else:
        height, turn, _ = likelihood.level(q, omega)
        m = (height - alpha) / beta
        ed = scale.centre + scale.spread * m
        if abs(m) > 1 + far:
            ed = Missing(
                f"the fitted dose lies more than {FAR_DECADES:g} decades outside the "
                "tested doses, which no data here can support. Test other doses."
            )
        if isinstance(covariance, Missing):
            se = covariance
        elif isinstance(ed, Missing):
            se = ed
        else:
            # Delta method on m = (A(omega) - alpha) / beta.
            rate = np.array([-1.0, -m, turn]) / beta * scale.spread
            se = math.sqrt(max(float(rate @ covariance @ rate), 0.0))
    found = set_at(likelihood, theta, loglik, q, float(chdtri(1.0, 1 - level)))
    empty = found.kind == EMPTY
    floor = scale.centre - scale.spread - FAR_DECADES
    top = scale.centre + scale.spread + FAR_DECADES
    open_low = not empty and found.low < floor
    open_high = not empty and found.high > top
    return ClusterEffect(
        percent=percent,
        level=level,
        log10_ed=ed,
        log10_se=se,
        low=None if empty or open_low else found.low,
        high=None if empty or open_high else found.high,
        unbounded_low=open_low,
        unbounded_high=open_high,
        empty=empty,
        reason=_reason(empty, open_low, open_high),
    )


def _reason(empty: bool, open_low: bool, open_high: bool) -> str | None:
    if empty:
        return (
            "No rising curve is compatible with these counts. Check whether they are "
            "of the endpoint or of its absence."
        )
    sides = [name for name, on in (("lower", open_low), ("upper", open_high)) if on]
    if not sides:
        return None
    return (
        f"The {' and '.join(sides)} limit is not bounded: given the dependence within "
        "clusters, a flat curve fits nearly as well. Test more clusters, or doses "
        "further apart."
    )


def set_at(
    likelihood: ClusterLikelihood,
    theta: FloatArray,
    loglik: float,
    q: float,
    cut: float,
) -> LogSet:
    """Return {m : 2 (max l - max l given log ED = m) <= cut} over rising curves.

    The curves with log ED m are alpha = A - rho sin(phi), beta = rho cos(phi), with
    rho >= 0, tan(phi) = m on the inner axis and A the predictor at the wanted
    population-averaged effect; phi = +-pi/2 are the flat curves that a log ED at
    infinity amounts to, so an unbounded side is a question asked at one point.
    """
    scale = likelihood.scale
    alpha, beta, omega = (float(x) for x in theta)

    latest = np.array([abs(beta), omega])

    def excess(phi: float, *, thorough: bool = True) -> float:
        nonlocal latest
        height = likelihood.level(q, omega)[0]
        radius = (height - alpha) * math.sin(phi) + beta * math.cos(phi)
        near = min(max(abs(float(latest[1])), _OMEGAS[0]), 1.4)
        starts = [np.array([latest[0], near])]
        if thorough:
            far = max(radius, 0.1 * abs(beta))
            starts += [np.array([far, start]) for start in _OMEGAS]
        runs = [_along(likelihood, q, phi, start) for start in starts]
        best = max(runs, key=lambda run: run.value)
        latest = best.theta
        return 2 * (loglik - best.value) - cut

    ends = {side: excess(side * _FLAT) for side in (-1, 1)}
    if beta > 0:
        middle = math.atan2(likelihood.level(q, omega)[0] - alpha, beta)
    else:
        side = min(ends, key=lambda s: ends[s])
        middle = side * _FLAT
        if ends[side] > 0:
            return LogSet(EMPTY)
    limits = [
        side * math.inf if ends[side] <= 0 else _crossing(excess, middle, side)
        for side in (-1, 1)
    ]
    low, high = (scale.centre + scale.spread * x for x in limits)
    open_sides = math.isinf(low) + math.isinf(high)
    return LogSet((INTERVAL, RAY, LINE)[open_sides], low, high)


def _along(
    likelihood: ClusterLikelihood, q: float, phi: float, start: FloatArray
) -> Maximum:
    """Maximise the log-likelihood over (rho, omega) at one angle."""
    sin, cos = math.sin(phi), math.cos(phi)

    def evaluate(x: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        height, turn, twist = likelihood.level(q, float(x[1]))
        theta = np.array([height - x[0] * sin, x[0] * cos, x[1]])
        value, grad, hess = likelihood.evaluate(theta)
        jacobian = np.array([[-sin, turn], [cos, 0.0], [0.0, 1.0]])
        bent = jacobian.T @ hess @ jacobian
        bent[1, 1] += grad[0] * twist
        return value, jacobian.T @ grad, bent

    return maximise(evaluate, start, lower=[0.0, -np.inf], max_step=8.0)


def _crossing(excess: _Excess, middle: float, side: int) -> float:
    """Return tan of the first angle beyond `middle` where the deviance is the cut."""
    end = side * _FLAT
    inner, share = middle, 1 / 64
    while share < 1:
        # Walk outwards in growing steps: the set about the estimate is what is meant.
        outer = middle + share * (end - middle)
        if excess(outer) > 0:
            break
        inner, share = outer, 2 * share
    else:
        outer = end

    # Signs at the ends are settled: the search between starts from its last place,
    # and only if that missed a better maximum, from everywhere.
    for thorough in (False, True):

        def between(phi: float, thorough: bool = thorough) -> float:
            if phi in (inner, outer):
                return -1.0 if phi == inner else 1.0
            return excess(phi, thorough=thorough)

        root = float(brentq(between, inner, outer, xtol=1e-12, rtol=1e-12))
        if abs(excess(root)) < 1e-6:
            break
    return math.tan(root)
