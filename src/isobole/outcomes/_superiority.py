"""How often an animal of one group scores lower than one of another."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from isobole.results import Estimate, Limits

KIND: Final = "Newcombe 2006 method 5"


def probability_lower(
    group: NDArray[np.int64], control: NDArray[np.int64], level: float
) -> Estimate:
    """Return P(group < control) + P(group = control) / 2 with score-like limits.

    The limits are the two shares theta with |estimate - theta| = z SD(theta), where
    SD(theta) is Hanley and McNeil's under exponential scores with both sample sizes
    replaced by their mean (Newcombe 2006, method 5). They stay inside 0 to 1 and have
    length where the groups do not overlap.

    Parameters
    ----------
    group, control : array of int, shape (levels,)
        Animals at each ordered level.
    level : float
        Confidence, 0 to 1.

    Examples
    --------
    >>> print(probability_lower(np.array([8, 0]), np.array([0, 8]), 0.95))
    P(group lower) 1 [0.7556, 1] (95 % Newcombe 2006 method 5)
    """
    m, n = int(group.sum()), int(control.sum())
    below = np.concatenate([[0], np.cumsum(group)[:-1]])
    estimate = float(control @ (below + group / 2)) / (m * n)
    z = float(ndtri((1 + level) / 2))

    def gap(theta: float) -> float:
        half = (m + n) / 2 - 1
        spread = 1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (estimate - theta) ** 2 - z * z * theta * (1 - theta) * spread / (m * n)

    # At an estimate of 0 or 1 gap has a root there too, which is not the limit.
    inside = min(max(estimate, 1e-9), 1 - 1e-9)
    low = 0.0 if estimate == 0 else float(brentq(gap, 0.0, inside, xtol=1e-12))
    high = 1.0 if estimate == 1 else float(brentq(gap, inside, 1.0, xtol=1e-12))
    return Estimate(
        "P(group lower)",
        estimate,
        Limits(KIND, level, "interval", low, high),
        method="pairs of animals, ties counting one half",
    )


def cliffs_delta(probability: Estimate) -> Estimate:
    """Return Cliff's delta, P(group < control) - P(group > control), and its limits.

    It is 2 P - 1 of the probability with ties counted half (Cliff 1993), and so are
    its limits.

    Examples
    --------
    >>> equal = probability_lower(np.array([4, 4]), np.array([4, 4]), 0.95)
    >>> cliffs_delta(equal).value
    0.0
    """
    low, high, value = probability.low, probability.high, probability.value
    assert low is not None
    assert high is not None
    assert isinstance(value, float)
    return Estimate(
        "Cliff's delta",
        2 * value - 1,
        Limits(KIND, probability.level, "interval", 2 * low - 1, 2 * high - 1),
        method="2 P(group lower) − 1",
    )
