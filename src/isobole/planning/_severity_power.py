"""Mann-Whitney on scores with ties: all outcomes listed, or many studies drawn."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from isobole.planning._permutation_power import two_group_rejects

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LISTED: Final = 2_000_000
"""Pairs of outcomes of the two groups that are listed in full."""
_TIE: Final = 1e-9


def outcomes(n: int, levels: int) -> int:
    """Return how many ways n animals can be spread over the levels.

    Examples
    --------
    >>> outcomes(8, 6)
    1287
    """
    return math.comb(n + levels - 1, levels - 1)


def can_list(n: int, m: int, levels: int) -> bool:
    """Return whether every pair of outcomes is listed."""
    return outcomes(n, levels) * outcomes(m, levels) <= LISTED


def compositions(n: int, levels: int) -> IntArray:
    """Return every way to spread n animals over the levels, one in a row.

    Examples
    --------
    >>> compositions(2, 2).tolist()
    [[0, 2], [1, 1], [2, 0]]
    """
    rows = np.arange(n + 1)[:, None]
    for _ in range(levels - 2):
        left = n - rows.sum(axis=1)
        times = left + 1
        start = np.repeat(np.cumsum(times) - times, times)
        more = np.arange(times.sum()) - start
        rows = np.column_stack([np.repeat(rows, times, axis=0), more])
    return np.column_stack([rows, n - rows.sum(axis=1)]).astype(np.int64)


def exact_power(
    control: FloatArray, treated: FloatArray, n: int, m: int, alpha: float
) -> float:
    """Return the exact power of the exact Mann-Whitney test with ties.

    All pairs of outcomes with the same totals at the levels share one null
    distribution, in which a pair weighs 1 / product of the factorials of its counts.
    So the p-value of every pair is a sum over pairs that are listed anyway.
    """
    used = (control > 0) | (treated > 0)
    p, q = control[used], treated[used]
    if p.size < 2:
        return 0.0
    first, second = compositions(n, p.size), compositions(m, p.size)
    chance = np.outer(_multinomial(first, p), _multinomial(second, q)).ravel()
    lone = np.add.outer(
        -gammaln(first + 1.0).sum(axis=1), -gammaln(second + 1.0).sum(axis=1)
    ).ravel()
    # Twice U less its mean m n: pairs in which the control is higher, less lower.
    below = np.cumsum(second, axis=1) - second
    above = second.sum(axis=1, keepdims=True) - below - second
    far = np.abs(first @ (below - above).T).ravel()
    base = (n + m + 1) ** np.arange(p.size, dtype=np.int64)
    totals = np.add.outer(first @ base, second @ base).ravel()
    order = np.lexsort((-far, totals))
    group, distance = totals[order], far[order]
    weight = np.exp(lone[order] - lone.max())
    new = np.append(True, group[1:] != group[:-1])
    which = np.cumsum(new) - 1
    weight /= np.bincount(which, weight)[which]
    # Summed within each group from its largest distance; ties take the last sum.
    running = np.cumsum(weight)
    before = (running[new] - weight[new])[which]
    last = np.append((group[1:] != group[:-1]) | (distance[1:] != distance[:-1]), True)
    ends = np.flatnonzero(last)
    place = np.searchsorted(ends, np.arange(last.size))
    p_value = running[ends][place] - before
    return float(chance[order][p_value <= alpha * (1 + _TIE)].sum())


def _multinomial(counts: IntArray, share: FloatArray) -> FloatArray:
    n = counts[0].sum()
    ways = gammaln(n + 1.0) - gammaln(counts + 1.0).sum(axis=1)
    return np.asarray(np.exp(ways + xlogy(counts, share).sum(axis=1)))


def simulated_power(
    control: FloatArray,
    treated: FloatArray,
    n: int,
    m: int,
    alpha: float,
    *,
    samples: int,
    seed: int,
) -> float:
    """Return the share of drawn studies that the permutation test rejects."""
    scores = [
        np.searchsorted(
            np.cumsum(share)[:-1],
            np.random.default_rng([seed, stream]).random((size, samples)),
            side="right",
        ).T
        for stream, (share, size) in enumerate(((control, n), (treated, m)))
    ]
    both = np.concatenate(scores, axis=1)
    return float(two_group_rejects(midranks(both, control.size), n, alpha, seed).mean())


def shifted_power(
    shift: float, n: int, m: int, alpha: float, *, samples: int, seed: int
) -> float:
    """Return the power for scores without ties, normal and shifted."""
    draws = [
        np.random.default_rng([seed, stream]).standard_normal((size, samples)).T
        for stream, size in enumerate((n, m))
    ]
    both = np.concatenate([draws[0] + shift, draws[1]], axis=1)
    ranks = np.argsort(np.argsort(both, axis=1), axis=1).astype(np.float64)
    return float(two_group_rejects(ranks, n, alpha, seed).mean())


def midranks(scores: IntArray, levels: int) -> FloatArray:
    """Return midranks within every study (row) of scores 0 to levels - 1.

    Examples
    --------
    >>> midranks(np.array([[0, 2, 2, 1]]), 3).tolist()
    [[1.0, 3.5, 3.5, 2.0]]
    """
    counts = np.stack([(scores == level).sum(axis=1) for level in range(levels)], 1)
    ranks = np.cumsum(counts, axis=1) - counts + (counts + 1) / 2
    return np.asarray(np.take_along_axis(ranks, scores, axis=1))
