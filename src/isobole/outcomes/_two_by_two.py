"""Exact p-values of every 2 x 2 table of two groups at once."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from isobole.results import OptionError

FloatArray = NDArray[np.float64]

TIE: Final = 1e-7
"""Tables whose probabilities agree to this part count as equally likely."""

LARGEST: Final = 500
"""Most animals in one group for which every table is listed."""

LARGEST_MATRIX: Final = 200
"""Most animals in one group of which every table's unconditional p is asked."""

_NODES: Final = 2049  # of the nuisance share, even on the arcsine scale
_ROWS: Final = 128


def log_choose(n: int) -> FloatArray:
    """Return the logarithm of n choose k for k = 0..n."""
    k = np.arange(n + 1.0)
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1) - gammaln(n - k + 1))


def _check_sizes(n1: int, n2: int, most: int = LARGEST) -> None:
    for name, n in (("n1", n1), ("n2", n2)):
        if n != int(n) or not 1 <= n <= most:
            msg = f"{name} is {n!r}; give whole animals, 1 to {most}"
            raise OptionError(msg)


def fisher_p_matrix(n1: int, n2: int) -> FloatArray:
    """Return Fisher's exact two-sided p of every table of two groups.

    p is the conditional probability, given the total with the endpoint, of the tables
    that are no likelier than the one seen (the rule of Freeman & Halton 1951).

    Parameters
    ----------
    n1, n2 : int
        Animals in the two groups.

    Returns
    -------
    array, shape (n1 + 1, n2 + 1)
        p at [x1, x2], the animals with the endpoint.

    Raises
    ------
    OptionError
        If a group is empty or has more than 500 animals.

    Examples
    --------
    >>> round(float(fisher_p_matrix(8, 8)[7, 1]), 6)
    0.010101
    """
    _check_sizes(n1, n2)
    first, second, whole = log_choose(n1), log_choose(n2), log_choose(n1 + n2)
    p = np.empty((n1 + 1, n2 + 1))
    for total in range(n1 + n2 + 1):
        x1 = np.arange(max(0, total - n2), min(n1, total) + 1)
        chance = np.exp(first[x1] + second[total - x1] - whole[total])
        rising = np.sort(chance)
        below = np.searchsorted(rising, chance * (1 + TIE), side="right")
        p[x1, total - x1] = np.cumsum(rising)[below - 1]
    p[p > 1 - 1e-12] = 1.0  # the sum of all, but for rounding
    return p


def binomial_shares(n: int, share: FloatArray) -> FloatArray:
    """Return binomial probabilities of 0..n at every share, shape (shares, n + 1)."""
    x = np.arange(n + 1.0)
    at = share[:, None]
    return np.asarray(np.exp(log_choose(n) + xlogy(x, at) + xlogy(n - x, 1 - at)))


def boschloo_p_matrix(n1: int, n2: int) -> FloatArray:
    """Return Boschloo's exact unconditional two-sided p of every table.

    Fisher's two-sided p is the statistic; its p-value is the largest probability, over
    the share common to both groups, of a table with so small a statistic (Boschloo
    1970). It is never above Fisher's p. The largest value is sought on 2049 shares,
    even on the arcsine scale, and refined by a parabola at each of its peaks.

    Parameters
    ----------
    n1, n2 : int
        Animals in the two groups.

    Returns
    -------
    array, shape (n1 + 1, n2 + 1)
        p at [x1, x2], the animals with the endpoint.

    Raises
    ------
    OptionError
        If a group is empty or has more than 200 animals.

    Examples
    --------
    >>> round(float(boschloo_p_matrix(8, 8)[7, 1]), 6)
    0.004181
    """
    _check_sizes(n1, n2, LARGEST_MATRIX)
    statistic = fisher_p_matrix(n1, n2).ravel()
    order = np.argsort(statistic, kind="stable")
    rising = statistic[order]
    new = np.append(rising[1:] > rising[:-1] * (1 + TIE), True)
    ends = np.flatnonzero(new)  # the last table of each distinct statistic
    angle = np.linspace(0, np.pi / 2, _NODES)
    share = np.sin(angle) ** 2
    best = np.zeros(ends.size)
    # Neighbouring pieces share two nodes: a peak is judged by the node either side.
    for start in range(0, _NODES - 2, _ROWS):
        piece = share[start : start + _ROWS + 2]
        one, two = binomial_shares(n1, piece), binomial_shares(n2, piece)
        joint = (one[:, :, None] * two[:, None, :]).reshape(piece.size, -1)
        tail = np.cumsum(joint[:, order], axis=1)[:, ends]
        best = np.maximum(best, _peak(tail))
    level = np.cumsum(np.concatenate([[0], new[:-1]]))
    p = np.empty(statistic.size)
    # The bound by Fisher's p is a theorem; rounding must not break it.
    p[order] = np.minimum(best[level], rising)
    p[statistic == 1] = 1.0
    return np.asarray(p.reshape(n1 + 1, n2 + 1))


def boschloo_p(x1: int, n1: int, x2: int, n2: int) -> float:
    """Return Boschloo's exact unconditional two-sided p of one table.

    As `boschloo_p_matrix`, for groups of up to 500 animals.

    Raises
    ------
    OptionError
        If a group is empty or has more than 500 animals.

    Examples
    --------
    >>> round(boschloo_p(7, 8, 1, 8), 6)
    0.004181
    """
    fisher = fisher_p_matrix(n1, n2)
    seen = float(fisher[x1, x2])
    if seen == 1:
        return 1.0
    extreme = (fisher <= seen * (1 + TIE)).astype(np.float64)
    share = np.sin(np.linspace(0, np.pi / 2, _NODES)) ** 2
    one, two = binomial_shares(n1, share), binomial_shares(n2, share)
    tail = ((one @ extreme) * two).sum(axis=1)
    return min(float(_peak(tail[:, None])[0]), seen)


def _peak(value: FloatArray) -> FloatArray:
    """Return each column's largest value, with a parabola through its peaks."""
    left, middle, right = value[:-2], value[1:-1], value[2:]
    bend = 2 * middle - left - right
    peak = (middle >= left) & (middle >= right) & (bend > 0)
    lift = np.zeros_like(middle)
    np.divide((right - left) ** 2, 8 * bend, out=lift, where=peak)
    return np.asarray(np.maximum((middle + lift).max(axis=0), value.max(axis=0)))
