"""The odds ratio of a 2 x 2 table given its margins, with exact limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp

from isobole.outcomes._proportion import check_count
from isobole.outcomes._two_by_two import log_choose
from isobole.results import Estimate, Limits, Missing, SetKind

KIND: Final = "exact conditional"
_FARTHEST: Final = 700.0  # of the log odds ratio; e^700 is the largest float


def conditional_odds_ratio(
    x1: int, n1: int, x2: int, n2: int, level: float = 0.95
) -> Estimate:
    """Return the conditional maximum likelihood odds ratio with exact limits.

    Given the margins, the count of the first group is noncentral hypergeometric. The
    estimate makes its mean the count seen; either limit leaves (1 - level) / 2 in the
    tail beyond the count (Cornfield 1956).

    Parameters
    ----------
    x1, n1 : int
        Animals with the endpoint, and animals, in the first group.
    x2, n2 : int
        The same in the second, whose odds are the denominator.
    level : float
        Confidence, 0 to 1.

    Returns
    -------
    Estimate
        Its value is `Missing` where the likelihood rises for ever (the limits are then
        a ray) or where the margins allow one table only.

    Raises
    ------
    OptionError
        If the counts or the level cannot be.

    Examples
    --------
    >>> print(conditional_odds_ratio(7, 8, 1, 8))
    odds ratio 31.59 [1.806, 2508] (95 % exact conditional)
    """
    check_count(x1, n1, level)
    check_count(x2, n2, level)
    total = x1 + x2
    x = np.arange(max(0, total - n2), min(n1, total) + 1)
    weight = log_choose(n1)[x] + log_choose(n2)[total - x]
    if x.size == 1:
        why = Missing(
            "every animal of both groups had the endpoint, or none had: the margins "
            "allow one table only, which says nothing of the odds ratio"
        )
        return Estimate(
            "odds ratio",
            why,
            Limits(KIND, level, "ray", 0.0, None, reason=why.reason),
            method="conditional maximum likelihood",
        )

    def mean(log_ratio: float) -> float:
        chance = weight + x * log_ratio
        return float(np.exp(chance - logsumexp(chance)) @ x)

    def tail(log_ratio: float, side: int) -> float:
        chance = weight + x * log_ratio
        part = x >= x1 if side > 0 else x <= x1
        return float(logsumexp(chance[part]) - logsumexp(chance))

    goal = math.log((1 - level) / 2)
    low: float | None = 0.0
    high: float | None = None
    if x1 > x[0]:
        low = math.exp(_root(lambda t: tail(t, 1) - goal))
    if x1 < x[-1]:
        high = math.exp(_root(lambda t: tail(t, -1) - goal))
    value: float | Missing
    reason = None
    if x1 == x[-1]:
        value = Missing(
            "the odds ratio that makes the table likeliest is infinite: no other table "
            "with these margins has so many with the endpoint in the first group"
        )
        reason = value.reason
    else:
        value = 0.0 if x1 == x[0] else math.exp(_root(lambda t: mean(t) - x1))
    kind: SetKind = "ray" if high is None else "interval"
    return Estimate(
        "odds ratio",
        value,
        Limits(KIND, level, kind, low, high, reason=reason),
        method="conditional maximum likelihood",
    )


def _root(function: Callable[[float], float]) -> float:
    return float(brentq(function, -_FARTHEST, _FARTHEST, xtol=1e-13, rtol=1e-14))
