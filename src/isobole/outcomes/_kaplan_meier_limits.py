"""Pointwise limits of a share that steps through time; where a curve crosses 0.5."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

from isobole.results import Missing

CurveInterval = Literal["log-log", "log", "plain"]
MedianRule = Literal["midpoint", "first-below"]

INTERVALS: Final = ("log-log", "log", "plain")
MEDIAN_RULES: Final = ("midpoint", "first-below")
MEDIAN_WORDS: Final = {
    "midpoint": "the midpoint of the step where the curve stands at exactly 0.5",
    "first-below": "the first time when the curve lies below 0.5",
}
_SAME = 1e-9  # a product of fractions that is 0.5 on paper


def share_limits(
    share: float, se: float, z: float, interval: CurveInterval
) -> tuple[float, float]:
    """Return limits of a survival share strictly between 0 and 1, cut to 0 and 1."""
    match interval:
        case "log-log":
            # Kalbfleisch and Prentice 2002, section 1.4: limits of log(-log S).
            width = z * se / (share * abs(math.log(share)))
            return share ** math.exp(width), share ** math.exp(-width)
        case "log":
            width = z * se / share
            return share * math.exp(-width), min(1.0, share * math.exp(width))
        case "plain":
            return max(0.0, share - z * se), min(1.0, share + z * se)


def crossing(
    times: Sequence[float],
    heights: Sequence[float | Missing],
    rule: MedianRule,
) -> float | Missing:
    """Return where a falling step curve crosses 0.5, by `rule`.

    Heights that are missing are passed over: they bound nothing.
    """
    level_since: float | None = None
    for time, height in zip(times, heights, strict=True):
        if isinstance(height, Missing):
            continue
        if abs(height - 0.5) <= _SAME:
            level_since = time if level_since is None else level_since
        elif height < 0.5:
            if level_since is not None and rule == "midpoint":
                return (level_since + time) / 2
            return time
    if level_since is not None:
        return Missing(
            f"the curve stands at exactly 0.5 from {level_since:g} on and never falls "
            "below: any later time halves the animals"
        )
    return Missing("the curve stays above 0.5 to the end of observation")
