"""Mean seizure-free time within the window: the area under a Kaplan-Meier curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._latency_checks import (
    checked_level,
    checked_times,
    checked_window,
)
from isobole.outcomes._latency_counts import risk_table
from isobole.outcomes._latency_words import time_limits, time_text
from isobole.results import Estimate, Limits, Missing, OptionError, value_or_none

RMST_REFERENCE: Final = (
    "Royston P, Parmar MKB (2013) Restricted mean survival time: an alternative to the "
    "hazard ratio. BMC Med Res Methodol 13:152."
)
NORMAL: Final = "normal, Greenwood-type variance"


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean time without the event within the window (restricted mean survival time).

    Parameters
    ----------
    name : str
        The group.
    n, events : int
        Animals, and events up to the window.
    window : float
        Where the mean is restricted, in `unit`.
    estimate : Estimate
        The mean with normal limits, cut to 0 and the window.
    standard_error : float or Missing
        Of the mean; not the spread of min(time, window) between animals.
    """

    name: str
    n: int
    events: int
    window: float
    unit: str
    estimate: Estimate
    standard_error: float | Missing

    def __str__(self) -> str:
        return (
            f"{self.name}: mean event-free time within {time_text(self.window)} "
            f"{self.unit} {time_limits(self.estimate, self.unit)}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        se = self.standard_error
        return {
            "name": self.name,
            "n": self.n,
            "events": self.events,
            "window": self.window,
            "unit": self.unit,
            "standard_error": value_or_none(se),
            "reason": se.reason if isinstance(se, Missing) else None,
            "mean": self.estimate.to_dict(),
        }


def rmst(
    time: ArrayLike,
    event: ArrayLike,
    *,
    window: float,
    level: float = 0.95,
    name: str = "all animals",
    unit: str = "s",
) -> RestrictedMean:
    """Estimate the mean time without the event within the window.

    It is defined when no median exists. Without censoring before the window it is the
    mean of min(time, window), and its standard error the spread of those values
    (divisor n) over the root of n.

    Parameters
    ----------
    time, event : array_like
        Latency or censoring time; 1 event, 0 censored. Times beyond the window count
        as the window.
    window : float
        Where the mean is restricted, in the unit of time.
    level : float
        Confidence of the normal limits.
    name, unit : str
        Group and unit of time.

    Raises
    ------
    DataError
        If a time is negative or no number, or an event is not 0 or 1.

    Examples
    --------
    >>> found = rmst([80, 97, 110, 1800], [1, 1, 1, 0], window=1800)
    >>> found.estimate.value, (80 + 97 + 110 + 1800) / 4
    (521.75, 521.75)
    >>> print(found)
    all animals: mean event-free time within 1800 s 522 s [0, 1245]
    """
    checked_level(level)
    window = checked_window(window)
    times, events = checked_times(time, event)
    table = risk_table(times, events)
    seen = table.times <= window
    n, d, moments = table.at_risk[seen, 0], table.events[seen, 0], table.times[seen]
    survival = np.concatenate([[1.0], np.cumprod(1 - d / n)])
    knots = np.concatenate([[0.0], moments, [window]])
    pieces = survival * np.diff(knots)
    quantity = f"mean event-free time within {window:g} {unit}"
    last = float(times.max())
    if last < window and survival[-1] > 0:
        value: float | Missing = Missing(
            f"the last animal was censored at {last:g} {unit}, before the window of "
            f"{window:g}; choose a window of at most {last:g}"
        )
        se: float | Missing = value
    else:
        value = float(pieces.sum())
        # Areas to the right of each event time; Klein and Moeschberger 2003, 4.5.
        areas = np.cumsum(pieces[::-1])[::-1][1:]
        left = n > d  # at an event of all who are left the area to the right is 0
        variance = np.sum(areas[left] ** 2 * d[left] / (n[left] * (n[left] - d[left])))
        se = math.sqrt(float(variance))
        if variance == 0:
            se = _no_spread(events[times <= window].sum(), window, unit)
    return RestrictedMean(
        name,
        int(times.size),
        int(events[times <= window].sum()),
        window,
        unit,
        _estimate(quantity, value, se, level, (0.0, window)),
        se,
    )


def rmst_difference(
    first: RestrictedMean, second: RestrictedMean, *, level: float = 0.95
) -> tuple[Estimate, HypothesisTest]:
    """Return `first` minus `second` with normal limits, and the test of no difference.

    Parameters
    ----------
    first, second : RestrictedMean
        Of different animals, with the same window and unit.
    level : float
        Confidence of the limits.

    Raises
    ------
    OptionError
        If the windows or units differ.

    Examples
    --------
    >>> drug = rmst([240, 380, 1800, 1800], [1, 1, 0, 0], window=1800, name="drug")
    >>> vehicle = rmst([62, 71, 75, 88], [1, 1, 1, 1], window=1800, name="vehicle")
    >>> difference, test = rmst_difference(drug, vehicle)
    >>> difference.value
    981.0
    """
    checked_level(level)
    if (first.window, first.unit) != (second.window, second.unit):
        msg = (
            f"{first.name} has a window of {first.window:g} {first.unit} and "
            f"{second.name} of {second.window:g} {second.unit}; use one window for both"
        )
        raise OptionError(msg)
    question = f"{first.name} against {second.name}"
    quantity = f"difference in mean event-free time ({first.unit}), {question}"
    method = "z test of the difference in restricted means, two-sided (large samples)"
    a, b = first.estimate.value, second.estimate.value
    absent = [x for x in (a, b) if isinstance(x, Missing)]
    value: float | Missing
    if isinstance(a, Missing) or isinstance(b, Missing):
        value = absent[0]
        se: float | Missing = absent[0]
    else:
        value = a - b
        bad = [
            f"{found.name}: {found.standard_error.reason}"
            for found in (first, second)
            if isinstance(found.standard_error, Missing)
        ]
        se = (
            Missing("; ".join(bad))
            if bad
            else math.hypot(
                *(float(x.standard_error) for x in (first, second))  # type: ignore[arg-type]
            )
        )
    bounds = (-first.window, first.window)
    estimate = _estimate(quantity, value, se, level, bounds)
    if isinstance(se, Missing) or isinstance(value, Missing):
        reason = se.reason if isinstance(se, Missing) else ""
        return estimate, HypothesisTest(
            question, method, Missing(reason), Missing(reason), "z"
        )
    z = value / se
    p = 2 * float(ndtr(-abs(z)))
    return estimate, HypothesisTest(question, method, p, z, "z")


def _no_spread(events: int, window: float, unit: str) -> Missing:
    if events == 0:
        return Missing(
            f"no animal had the event within {window:g} {unit}, so the data show no "
            "spread from which to make limits; use the exact log-rank test"
        )
    return Missing(
        "all animals had the event at the same time, so the data show no spread from "
        "which to make limits; use the exact log-rank test"
    )


def _estimate(
    quantity: str,
    value: float | Missing,
    se: float | Missing,
    level: float,
    bounds: tuple[float, float],
) -> Estimate:
    if isinstance(value, Missing) or isinstance(se, Missing):
        reason = se.reason if isinstance(se, Missing) else None
        return Estimate(quantity, value, Limits(NORMAL, level, None, reason=reason))
    width = float(ndtri((1 + level) / 2)) * se
    low, high = max(bounds[0], value - width), min(bounds[1], value + width)
    cut = (low, high) != (value - width, value + width)
    note = f"cut to {bounds[0]:g} and {bounds[1]:g}" if cut else None
    limits = Limits(NORMAL, level, "interval", low, high, note=note)
    return Estimate(quantity, value, limits)
