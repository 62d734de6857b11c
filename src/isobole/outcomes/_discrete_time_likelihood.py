"""Likelihoods of one effect on the stimulations to an event, heavy ties allowed.

Time counts stimulations, so ties are the truth and not a rounding: at each number of
stimulations every animal still at risk either reaches the rule or does not.

* exact: the conditional likelihood of the discrete logistic model (Cox 1972), which
  sums over every set of animals that could have been the d that reached it;
* cloglog: the grouped proportional hazards model with a free baseline at each number
  (Prentice and Gloeckler 1978), the baseline profiled out;
* efron and breslow: approximations to continuous time, for comparison with programs
  that use them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from isobole.results import Missing

FloatArray = NDArray[np.float64]
TieRule = Literal["exact", "cloglog", "efron", "breslow"]


@dataclass(frozen=True, slots=True, eq=False)
class RiskSet:
    """Covariates of the animals that reached the rule and of those still at risk."""

    reached: FloatArray
    spared: FloatArray

    @property
    def everyone(self) -> FloatArray:
        """All who were at risk."""
        return np.concatenate([self.reached, self.spared])


@dataclass(frozen=True, slots=True)
class EffectEstimate:
    """A log hazard or odds ratio with likelihood-ratio limits, two- or one-sided.

    `low` or `high` is None where the likelihood never falls on that side; `reason`
    says so.
    """

    ties: TieRule
    measure: str
    estimate: float | Missing
    standard_error: float | Missing
    low: float | None
    high: float | None
    reason: str | None
    lr_chi_square: float | Missing


def risk_sets(
    time: FloatArray, event: NDArray[np.bool_], x: FloatArray
) -> list[RiskSet]:
    """Return the risk set at each number of stimulations with an event.

    An animal censored after t stimulations was at risk at the t-th.
    """
    made = []
    for t in np.unique(time[event]):
        now = event & (time == t)
        made.append(RiskSet(x[now], x[(time >= t) & ~now]))
    return made


def log_likelihood(sets: list[RiskSet], ties: TieRule, beta: float) -> float:
    """Return the log-likelihood at a log hazard (or odds) ratio `beta`."""
    rule = {
        "exact": _exact,
        "cloglog": _cloglog,
        "efron": _efron,
        "breslow": _breslow,
    }[ties]
    return math.fsum(rule(s, beta) for s in sets)


def _exact(s: RiskSet, beta: float) -> float:
    """Subtract the log elementary symmetric polynomial of the risk set's weights."""
    d = s.reached.size
    logs = beta * s.everyone
    shift = float(logs.max())
    sums = np.full(d + 1, -np.inf)
    sums[0] = 0.0
    for value in logs - shift:
        sums[1:] = np.logaddexp(sums[1:], sums[:-1] + value)
    return beta * float(s.reached.sum()) - float(sums[d]) - d * shift


def _breslow(s: RiskSet, beta: float) -> float:
    logs = beta * s.everyone
    return float(beta * s.reached.sum() - s.reached.size * np.logaddexp.reduce(logs))


def _efron(s: RiskSet, beta: float) -> float:
    d = s.reached.size
    shift = float((beta * s.everyone).max())
    whole = np.exp(beta * s.everyone - shift).sum()
    part = np.exp(beta * s.reached - shift).sum()
    rest = whole - np.arange(d) / d * part
    return float(beta * s.reached.sum() - np.log(rest).sum() - d * shift)


def _cloglog(s: RiskSet, beta: float) -> float:
    """Maximise over the baseline: p = 1 - exp(-exp(gamma + beta x))."""
    if s.spared.size == 0:
        return 0.0  # every animal left reached it: the baseline takes all
    # Newton in gamma; the likelihood is concave in it.
    gamma = math.log(-math.log1p(-s.reached.size / (s.everyone.size + 0.5)))
    gamma -= beta * float(s.everyone.mean())

    def parts(g: float) -> tuple[float, float, float]:
        h = np.exp(np.clip(g + beta * s.reached, -300, 300))
        q = np.exp(np.clip(g + beta * s.spared, -300, 300))
        small = np.maximum(-np.expm1(-h), 1e-300)
        ratio = h * np.exp(-h) / small
        value = float(np.log(small).sum() - q.sum())
        bend = ratio * (1 - h - ratio)
        return value, float(ratio.sum() - q.sum()), float(bend.sum() - q.sum())

    value, slope, bend = parts(gamma)
    for _ in range(200):
        step = -slope / bend if bend < 0 else math.copysign(1.0, slope)
        step = max(-2.0, min(2.0, step))
        while True:
            ahead = parts(gamma + step)
            if ahead[0] >= value - 1e-13 * (1 + abs(value)) or abs(step) < 1e-14:
                break
            step /= 2
        gamma += step
        value, slope, bend = ahead
        if abs(step) < 1e-12:
            break
    return value


def _side(sets: list[RiskSet], ties: TieRule) -> int | None:
    """Return -1 or 1 where the likelihood only rises that way, 0 if it has a top.

    It has none if at every event the animals that reached the rule had the lowest
    (or the highest) values of all at risk. Efron and Breslow order even those that
    reached it together: for them all must have had the very lowest. None: no risk set
    held different values.
    """
    ordered = ties in ("efron", "breslow")
    low = high = True
    varied = False
    for s in sets:
        others = s.everyone if ordered else s.spared
        if others.size == 0 or np.ptp(s.everyone) == 0:
            continue
        varied = True
        low &= bool(s.reached.max() <= others.min())
        high &= bool(s.reached.min() >= others.max())
    if not varied or (low and high):
        return None
    return -1 if low else (1 if high else 0)


def _supremum(sets: list[RiskSet], ties: TieRule, side: int) -> float:
    """Return what the likelihood rises to where it has no top.

    In the end only animals at the border, alike in x, still compete.
    """
    kept = []
    for s in sets:
        border = s.reached.max() if side < 0 else s.reached.min()
        kept.append(
            RiskSet(s.reached[s.reached == border], s.spared[s.spared == border])
        )
    return log_likelihood(kept, ties, 0.0)


def estimate_effect(
    sets: list[RiskSet], ties: TieRule, level: float, no_event: str
) -> EffectEstimate:
    """Maximise and invert the likelihood ratio.

    Parameters
    ----------
    level : float
        Where there is no maximum, the whole 1 - level stands on the one side that
        has a limit, cut by the two-sided deviance (chi-square, 1 df).
    no_event : str
        Said where the likelihood has no maximum.
    """
    from scipy.special import chdtri

    measure = "log odds ratio" if ties == "exact" else "log hazard ratio"

    def f(beta: float) -> float:
        return log_likelihood(sets, ties, beta)

    side = _side(sets, ties) if sets else None
    if side is None:
        lost = Missing(
            "at no number of stimulations were animals of different groups at risk "
            "with some reaching the rule and some not, so the data say nothing of the "
            "ratio"
        )
        return EffectEstimate(ties, measure, lost, lost, None, None, lost.reason, lost)
    cut = float(chdtri(1, 1 - level)) / 2
    if side:
        best = _supremum(sets, ties, side)
        limit = _one_limit(lambda b: best - f(b) - cut, side)
        lost = Missing(no_event)
        low, high = (None, limit) if side < 0 else (limit, None)
        where = "above" if side < 0 else "below"
        reason = (
            f"{no_event}; the limit is one-sided, from the likelihood ratio (profile): "
            f"nothing {where} it is within the {100 * level:g} % region"
        )
        ratio = 2 * (best - f(0.0))
        return EffectEstimate(ties, measure, lost, lost, low, high, reason, ratio)
    top = minimize_scalar(lambda b: -f(b), bracket=(-1.0, 1.0), tol=1e-12)
    beta = float(top.x)
    best = f(beta)
    h = 1e-3
    curve = (2 * best - f(beta + h) - f(beta - h)) / h**2

    def drop(b: float) -> float:
        return best - f(b) - cut

    return EffectEstimate(
        ties,
        measure,
        beta,
        1 / math.sqrt(curve),
        _root(drop, beta, -math.inf),
        _root(drop, beta, math.inf),
        None,
        max(2 * (best - f(0.0)), 0.0),
    )


def _root(drop: Callable[[float], float], inside: float, towards: float) -> float:
    """Return where the likelihood has fallen to the cut, going out from inside."""
    step = math.copysign(0.5, towards)
    out = inside + step
    while drop(out) < 0:
        step *= 2
        out += step
    return float(brentq(drop, inside, out, xtol=1e-12))


def _one_limit(drop: Callable[[float], float], side: int) -> float:
    """Return the limit where the likelihood rises without end towards `side`."""
    inside, step = 0.0, 0.5 * side
    while drop(inside) >= 0:
        inside += step
        step *= 2
    return _root(drop, inside, -side * math.inf)
