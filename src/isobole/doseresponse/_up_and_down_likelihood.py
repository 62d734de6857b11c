"""Likelihood for an up-and-down run: mu with sigma held, or both estimated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri, erfcx, log_ndtr

from isobole.doseresponse._core import FINITE
from isobole.doseresponse._limits import SET_KINDS
from isobole.doseresponse._lw_line import LEAST_RISE
from isobole.doseresponse._run import FloatArray, IntArray, Run
from isobole.doseresponse._solution import LogSet, solve_plain
from isobole.results import Bounds, Missing, SetKind


@dataclass(frozen=True, slots=True)
class LikelihoodFit:
    """Location and spread on the working axis, with the likelihood set.

    Ends are None where the set is unbounded.
    """

    mu: float | Missing
    sigma: float | Missing
    set_kind: SetKind | None
    low: float | None
    high: float | None
    bounds: Bounds = "closed"


def fixed_sigma(run: Run, sigma: float, level: float) -> LikelihoodFit:
    """Maximise over mu with sigma held (OECD 425: 0.5 log10); limits by its ratio.

    P(response at x) = Phi((x - mu)/sigma). The log-likelihood is concave in mu; with
    one kind of response only it rises for ever and the set is a ray.
    """
    sign = np.where(run.y == 1, 1.0, -1.0)
    centre = float(run.x.mean())
    x = (run.x - centre) / sigma  # in sigmas about the middle: any unit is as good

    def loglik(mu: float) -> float:
        return float(log_ndtr(sign * (x - mu)).sum())

    def score(mu: float) -> float:
        hazard = np.sqrt(2 / np.pi) / erfcx(-sign * (x - mu) / np.sqrt(2))
        return float(-(sign * hazard).sum())

    low, high = float(x.min()) - 1, float(x.max()) + 1
    cut = float(chdtri(1, 1 - level))
    mixed = run.n_reversals > 0
    top, mu = 0.0, 0.0
    if mixed:
        low = _outward(lambda m: score(m) > 0, low, -1.0)
        high = _outward(lambda m: score(m) < 0, high, 1.0)
        mu = _root(score, low, high)
        top = loglik(mu)

    def excess(m: float) -> float:
        return 2 * (top - loglik(m)) - cut

    ends: list[float | None] = []
    for side in (-1.0, 1.0):
        if not mixed and (side < 0) == bool(run.y[0]):
            ends.append(None)
            continue
        start = mu if mixed else low if side > 0 else high
        inner = _outward(lambda m: excess(m) < 0, start, -side)
        outer = _outward(lambda m: excess(m) > 0, inner, side)
        ends.append(centre + sigma * _root(excess, *sorted((inner, outer))))
    if not mixed:
        return LikelihoodFit(Missing("no reversal"), sigma, "ray", ends[0], ends[1])
    return LikelihoodFit(centre + sigma * mu, sigma, "interval", ends[0], ends[1])


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-13, rtol=1e-14))


def _outward(reached: Callable[[float], bool], start: float, step: float) -> float:
    """Step away from `start`, doubling, until `reached`."""
    point = start
    while not reached(point):
        point += step
        step *= 2
    return point


def estimated_sigma(run: Run, level: float) -> LikelihoodFit:
    """Maximise over mu and sigma; the set profiles sigma over rising curves.

    The numbers come from the same core as `fit_quantal`.
    """
    levels, n, r = run.groups
    if levels.size < 2:
        gone = Missing(
            "All trials were at one dose, so sigma cannot be estimated; give sigma, "
            "or use more doses."
        )
        return LikelihoodFit(gone, gone, None, None, None)
    hits = r.astype(np.float64)
    solved = solve_plain("probit", levels, hits, n - hits, "observed")
    found = solved.set_at(0.0, float(chdtri(1, 1 - level)))
    kind, low, high = _ends(found)
    bounds: Bounds = "closed"
    if found.low_open or found.high_open:
        bounds = "open" if found.low_open and found.high_open else "low-open"
        bounds = bounds if found.low_open else "high-open"
    if solved.pattern != FINITE:
        gone = Missing(_why_not_finite(run, levels, r, n - r))
        return LikelihoodFit(gone, gone, kind, low, high, bounds)
    if solved.slope * (levels[-1] - levels[0]) < LEAST_RISE:
        gone = Missing(
            "The response does not rise with dose over this run, so no rising curve "
            "fits; check the coding of the responses, or give sigma."
        )
        return LikelihoodFit(gone, gone, kind, low, high, bounds)
    mu = -solved.intercept / solved.slope
    return LikelihoodFit(mu, 1 / solved.slope, kind, low, high, bounds)


def _ends(found: LogSet) -> tuple[SetKind | None, float | None, float | None]:
    kind: SetKind | None = SET_KINDS[found.kind]
    low = found.low if np.isfinite(found.low) else None
    high = found.high if np.isfinite(found.high) else None
    return kind, low, high


def _why_not_finite(
    run: Run, levels: FloatArray, hits: IntArray, spared: IntArray
) -> str:
    """Say why mu and sigma have no finite best value."""
    if run.n_reversals == 0:
        return "no reversal"
    lowest_hit = float(levels[hits > 0].min())
    highest_spared = float(levels[spared > 0].max())
    if highest_spared > lowest_hit:
        return (
            "Every response was at a lower dose than every non-response, so no "
            "rising curve fits; check the coding of the responses."
        )
    where = (
        "at one dose only were there both outcomes"
        if highest_spared == lowest_hit
        else "all responses were above all non-responses"
    )
    return (
        f"The likelihood grows without end as sigma goes to 0: {where}, so sigma "
        "cannot be estimated and the ED50 is known by its limits only. Give sigma "
        f"from earlier work (OECD 425 takes 0.5 log10), or add trials."
    )
