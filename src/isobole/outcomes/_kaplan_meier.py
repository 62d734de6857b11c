"""The share of animals still without the event, by Kaplan and Meier."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from isobole.outcomes._kaplan_meier_limits import (
    INTERVALS,
    MEDIAN_RULES,
    CurveInterval,
    MedianRule,
    crossing,
    share_limits,
)
from isobole.outcomes._kaplan_meier_result import KaplanMeier
from isobole.outcomes._latency_checks import checked_level, checked_times
from isobole.outcomes._latency_counts import risk_table
from isobole.results import Estimate, Limits, Missing, SetKind, check_choice

_NONE = Missing("no animal is left: the estimated variance does not exist at 0")


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    interval: CurveInterval = "log-log",
    level: float = 0.95,
    median_rule: MedianRule = "midpoint",
    name: str = "all animals",
    unit: str = "s",
) -> KaplanMeier:
    """Estimate the share of animals without the event at every time.

    Greenwood's variance; the limits are pointwise, of the named kind. The limits of
    the median are the times where the pointwise limits cross 0.5 (Brookmeyer and
    Crowley 1982), by the same rule as the median itself.

    Parameters
    ----------
    time : array_like
        Latency, or the time observation of that animal ended.
    event : array_like
        1 the event was seen, 0 censored.
    interval : {"log-log", "log", "plain"}
        Scale on which the limits are symmetric. Libraries differ in their default.
    level : float
        Confidence of the limits.
    median_rule : {"midpoint", "first-below"}
        What the median is when the curve stands at exactly 0.5 between two events.
    name : str
        The group, for tables and figures.
    unit : str
        Unit of time.

    Returns
    -------
    KaplanMeier

    Raises
    ------
    DataError
        If a time is negative or no number, or an event is not 0 or 1.
    OptionError
        If an option does not exist.

    Examples
    --------
    >>> latency = [62, 71, 75, 88, 93, 104, 118, 131]
    >>> kaplan_meier(latency, [1] * 8).median.value
    90.5
    >>> kaplan_meier(latency, [1] * 8, median_rule="first-below").median.value
    93.0
    """
    check_choice("interval", interval, INTERVALS)
    check_choice("median_rule", median_rule, MEDIAN_RULES)
    z = float(ndtri((1 + checked_level(level)) / 2))
    times, events = checked_times(time, event)
    table = risk_table(times, events)
    n, d = table.at_risk[:, 0], table.events[:, 0]
    survival = np.cumprod(1 - d / n)
    errors: list[float | Missing] = []
    low: list[float | Missing] = []
    high: list[float | Missing] = []
    greenwood = 0.0
    for at_risk, count, share in zip(n, d, survival, strict=True):
        if count == at_risk:
            errors.append(_NONE)
            low.append(_NONE)
            high.append(_NONE)
            continue
        greenwood += count / (at_risk * (at_risk - count))
        se = float(share) * math.sqrt(greenwood)
        lower, upper = share_limits(float(share), se, z, interval)
        errors.append(se)
        low.append(lower)
        high.append(upper)
    moments = tuple(table.times.tolist())
    shares = tuple(survival.tolist())
    return KaplanMeier(
        name=name,
        unit=unit,
        n=int(times.size),
        events=int(events.sum()),
        times=moments,
        at_risk=tuple(n.astype(int).tolist()),
        event_counts=tuple(d.astype(int).tolist()),
        survival=shares,
        standard_errors=tuple(errors),
        low=tuple(low),
        high=tuple(high),
        censored=tuple(np.sort(times[events == 0]).tolist()),
        observed=tuple(np.sort(times).tolist()),
        interval=interval,
        level=level,
        median_rule=median_rule,
        median=_median(moments, shares, low, high, interval, level, median_rule, unit),
    )


def _median(
    times: tuple[float, ...],
    survival: tuple[float, ...],
    low: list[float | Missing],
    high: list[float | Missing],
    interval: CurveInterval,
    level: float,
    rule: MedianRule,
    unit: str,
) -> Estimate:
    value = crossing(times, survival, rule)
    first, last = crossing(times, low, rule), crossing(times, high, rule)
    ends = [None if isinstance(x, Missing) else x for x in (first, last)]
    kind = f"Brookmeyer-Crowley, {interval}"
    reasons = []
    if ends[0] is None:
        reasons.append("the lower limit of the curve never crosses 0.5")
    if ends[1] is None:
        reasons.append("the upper limit of the curve never crosses 0.5")
    reason = "; ".join(reasons) or None
    if ends == [None, None]:
        limits = Limits(kind, level, None, reason=reason)
    else:
        shape: SetKind = "ray" if None in ends else "interval"
        limits = Limits(kind, level, shape, ends[0], ends[1], reason=reason)
    return Estimate(
        f"median latency ({unit})", value, limits, method=f"median rule: {rule}"
    )
