"""Hazard ratios between groups by Cox's model, or the limit that stands in for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import chdtrc, ndtri

from isobole.outcomes._cox_likelihood import (
    TIES,
    Ties,
    components,
    loglik,
    maximise,
    profile,
    supremum,
)
from isobole.outcomes._cox_result import CoxComparison, HazardRatio
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._latency_checks import checked_level
from isobole.outcomes._log_rank import Latencies, no_comparison
from isobole.outcomes._log_rank_scores import quadratic
from isobole.results import Estimate, Limits, Missing, check_choice

HazardInterval = Literal["profile", "wald"]
INTERVALS: Final = ("profile", "wald")

_FAR = 60.0  # log hazard ratio beyond which no limit of real animals lies


def cox(
    time: ArrayLike,
    event: ArrayLike,
    group: Sequence[Any],
    *,
    control: str,
    strata: Sequence[Any] | None = None,
    ties: Ties = "efron",
    interval: HazardInterval = "profile",
    level: float = 0.95,
) -> CoxComparison:
    """Estimate hazard ratios against the control group (Cox 1972).

    Where an arm has no event, or all its events come when no control animal is left,
    the ratio has no finite estimate: the usual output, such as -19.3 with a standard
    error of 3274, means nothing. Such a ratio is `Missing` with its reason, and the
    profile likelihood gives the one limit that the data do support.

    Parameters
    ----------
    time, event, group : array_like
        One per animal; event 1 seen, 0 censored.
    control : str
        The group that hazards are compared with.
    strata : sequence, optional
        What was run together; each stratum has a baseline hazard of its own.
    ties : {"efron", "breslow"}
        How events at the same time share the likelihood.
    interval : {"profile", "wald"}
        Kind of the limits, where the ratio is finite.
    level : float
        Confidence of the limits. A one-sided limit is the end of the two-sided set: at
        0.95 its one-sided confidence is 0.975.

    Returns
    -------
    CoxComparison

    Raises
    ------
    DataError
        If an array is unsound or there is one group.
    OptionError
        If `control` is not a group, or an option does not exist.

    Examples
    --------
    >>> vehicle, drug = [62, 71, 75, 88, 93, 104, 118, 131], [1800] * 8
    >>> groups = ["vehicle"] * 8 + ["drug"] * 8
    >>> found = cox(vehicle + drug, [1] * 8 + [0] * 8, groups, control="vehicle")
    >>> ratio = found.ratio("drug")
    >>> ratio.log_ratio.value
    Missing(reason='drug has no event: its hazard ratio tends to 0')
    >>> round(ratio.log_ratio.high, 3)
    -2.239
    """
    check_choice("ties", ties, TIES)
    check_choice("interval", interval, INTERVALS)
    checked_level(level)
    data = Latencies.of(time, event, group, strata)
    check_choice("control", control, data.names)
    return cox_of(data, control=control, ties=ties, interval=interval, level=level)


def cox_of(
    data: Latencies,
    *,
    control: str,
    ties: Ties = "efron",
    interval: HazardInterval = "profile",
    level: float = 0.95,
) -> CoxComparison:
    """Do `cox` on checked data."""
    table, base = data.table, data.names.index(control)
    k = len(data.names)
    sets, reach = components(table)
    own = next(members for members in sets if base in members)
    part = table.only(own)
    beta = np.zeros(k)
    errors = np.zeros(k)
    best = supremum(table, ties)
    zero, gradient, information = loglik(table, np.zeros(k), ties)
    score, df = quadratic(gradient, information)
    if len(own) > 1:
        place = own.index(base)
        free = [i for i in range(len(own)) if i != place]
        _, within = maximise(part, ties, free=free)
        beta[own] = within
        curvature = loglik(part, within, ties)[2][np.ix_(free, free)]
        variances = np.diag(np.linalg.inv(curvature))
        errors[[own[i] for i in free]] = np.sqrt(variances)
    events = table.events.sum(axis=0)
    ratios = []
    for g, name in enumerate(data.names):
        if g == base:
            continue
        hold = _holder(table, ties, g, base)
        finite = g in own
        lower, upper = bool(reach[g, base]), bool(reach[base, g])
        question = f"{name} against {control}"
        if finite:
            value: float | Missing = float(beta[g])
            se: float | Missing = float(errors[g])
            reason = None
        else:
            reason = _reason(name, control, events[g], events[base], lower, upper)
            value = se = Missing(reason)
        if finite and interval == "wald":
            width = float(ndtri((1 + level) / 2)) * float(errors[g])
            ends: tuple[float | None, float | None] = (
                float(beta[g]) - width,
                float(beta[g]) + width,
            )
        else:
            ends = _ends(hold, best, float(beta[g]), lower, upper, level)
        kind = "Wald" if interval == "wald" and finite else "profile likelihood"
        limits = _limits(kind, level, ends, reason)
        ratios.append(
            HazardRatio(
                group=name,
                control=control,
                events=(int(events[g]), int(events[base])),
                log_ratio=Estimate(f"log hazard ratio, {question}", value, limits),
                standard_error=se,
                test=_ratio_test(
                    question,
                    best - hold(0.0),
                    ties,
                    None if lower or upper else no_comparison(table),
                ),
            )
        )
    return CoxComparison(
        names=data.names,
        control=control,
        strata=data.strata,
        ties=ties,
        interval=interval,
        level=level,
        loglik=(zero, best),
        ratios=tuple(ratios),
        likelihood_ratio=_overall(
            "likelihood ratio", 2 * (best - zero), df, data, ties
        ),
        score=_overall("score", score, df, data, ties),
    )  # fmt: skip


def _holder(table: Any, ties: Ties, group: int, base: int) -> Callable[[float], float]:
    return lambda b: profile(table, ties, group=group, base=base, log_ratio=b)


def _ends(
    hold: Callable[[float], float],
    best: float,
    start: float,
    lower: bool,
    upper: bool,
    level: float,
) -> tuple[float | None, float | None]:
    """Return where the profile falls below the best by half a chi-square quantile."""
    drop = float(ndtri((1 + level) / 2)) ** 2

    def excess(b: float) -> float:
        return 2 * (best - hold(b)) - drop

    def end(way: float) -> float | None:
        # From the estimate, or from 1 where there is none: then the profile rises
        # without end on the other side, and the limit may lie there.
        inside = start if lower and upper else 0.0
        outside = inside
        step = 0.5
        while excess(inside) >= 0:
            outside, inside = inside, inside - way * step
            step *= 2
            if abs(inside - start) > _FAR:
                return None
        while excess(outside) < 0:
            outside += way * step
            step *= 2
            if abs(outside - start) > _FAR:
                return None
        return float(brentq(excess, inside, outside, xtol=1e-12, rtol=1e-12))

    return (end(-1.0) if lower else None), (end(1.0) if upper else None)


def _limits(
    kind: str,
    level: float,
    ends: tuple[float | None, float | None],
    reason: str | None,
) -> Limits:
    if ends == (None, None):
        return Limits(kind, level, None, reason=reason or "no limit was found")
    shape: Literal["ray", "interval"] = "ray" if None in ends else "interval"
    note = None
    if shape == "ray":
        confidence = 100 * (1 + level) / 2
        note = f"one-sided limit with {confidence:g} % confidence"
    return Limits(kind, level, shape, ends[0], ends[1], reason=reason, note=note)


def _reason(
    name: str,
    control: str,
    events: float,
    control_events: float,
    lower: bool,
    upper: bool,
) -> str:
    if not lower and not upper:
        if events == control_events == 0:
            return f"neither {name} nor {control} has an event"
        return (
            f"no animal of {name} and {control} was at risk when the other had an event"
        )
    toward = "0" if upper else "infinity"
    tends = f"its hazard ratio tends to {toward}"
    if upper and events == 0:
        return f"{name} has no event: {tends}"
    if lower and control_events == 0:
        return f"{control} has no event: the hazard ratio of {name} tends to {toward}"
    late, early = (name, control) if upper else (control, name)
    return (
        f"the events of {late} come when no animal of {early} is left to be compared: "
        f"the hazard ratio of {name} tends to {toward}"
    )


def _ratio_test(
    question: str, drop: float, ties: Ties, none: Missing | None
) -> HypothesisTest:
    method = f"Cox model ({ties} ties), likelihood ratio, two-sided"
    if none is not None:
        return HypothesisTest(question, method, none, none, "chi-square")
    statistic = max(0.0, 2 * drop)
    return HypothesisTest(
        question, method, float(chdtrc(1, statistic)), statistic, "chi-square", 1
    )


def _overall(
    kind: str, statistic: float, df: int, data: Latencies, ties: Ties
) -> HypothesisTest:
    question = f"{', '.join(data.names)}: equal hazards?"
    method = f"Cox model ({ties} ties), {kind}"
    if df == 0:
        none = no_comparison(data.table)
        return HypothesisTest(question, method, none, none, "chi-square")
    statistic = max(0.0, statistic)
    return HypothesisTest(
        question, method, float(chdtrc(df, statistic)), statistic, "chi-square", df
    )
