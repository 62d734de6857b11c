"""Rank tests of ordered scores with ties: two groups exactly, several groups, Dunn."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.special import chdtrc, ndtr

from isobole.outcomes._margin_exact import FloatArray, IntArray
from isobole.outcomes._table_tests import kruskal_exact_p, midranks

PERMUTATIONS: Final = 19_999
"""Random deals of scores to groups where there are too many to list."""

_LISTED: Final = 10_000_000
_ANIMALS: Final = 1000  # ways to choose among more exceed all floats


def mann_whitney_counts(first: IntArray, second: IntArray) -> tuple[int, FloatArray]:
    """Return twice the Mann-Whitney U of `first` and the chance of every value.

    All ways to deal the scores seen to the two groups are equally likely; ways are
    counted level by level, tied animals being alike, so the whole permutation
    distribution with ties is enumerated.

    Parameters
    ----------
    first, second : array of int, shape (levels,)
        Animals at each ordered level.

    Returns
    -------
    doubled_u : int
        Twice the pairs in which `first` is the higher, ties counting one half.
    chance : array, shape (2 m n + 1,)
        Probability that doubled U is 0, 1, ...
    """
    m, n = int(first.sum()), int(second.sum())
    totals = first + second
    below = np.concatenate([[0], np.cumsum(totals)[:-1]])
    ranks = 2 * below + totals - 1  # twice the midrank, counted from 0
    top = 2 * m * n + m * (m - 1) + 1
    chance = np.zeros((m + 1, top))
    chance[0, 0] = 1.0
    for size, rank in zip(totals, ranks, strict=True):
        grown = np.zeros_like(chance)
        for c in range(min(int(size), m) + 1):
            shift = c * int(rank)
            if shift >= top:
                break
            ways = math.comb(int(size), c)
            grown[c:, shift:] += ways * chance[: m + 1 - c, : top - shift]
        # Ways grow beyond all floats; their ratios are all that is needed.
        chance = grown / grown.max()
    least = m * (m - 1)  # twice the smallest sum of m ranks
    ways_of_all = chance[m, least:]
    seen = int(first @ ranks) - least
    return seen, np.asarray(ways_of_all / ways_of_all.sum())


def mann_whitney_p(first: IntArray, second: IntArray) -> float | None:
    """Return the exact two-sided p of the Mann-Whitney test with ties.

    p is the chance of a U as far from its mean m n / 2 as the one seen; None where
    its distribution is too long to list (some 130 animals in either group).

    Examples
    --------
    >>> p = mann_whitney_p(np.array([0, 0, 0, 0, 2, 6]), np.array([0, 0, 2, 2, 2, 2]))
    >>> round(p, 6)
    0.036208
    """
    m, n = int(first.sum()), int(second.sum())
    if m > n:  # the same test; the smaller group makes the shorter table
        first, second, m, n = second, first, n, m
    if (m + 1) * (2 * m * n + m * (m - 1)) > _LISTED or m + n > _ANIMALS:
        return None
    seen, chance = mann_whitney_counts(first, second)
    middle = m * n
    far = np.abs(np.arange(chance.size) - middle) >= abs(seen - middle)
    return min(float(chance[far].sum()), 1.0)


def mann_whitney_normal(first: IntArray, second: IntArray) -> tuple[float, float]:
    """Return z and the two-sided p of Mann-Whitney by the tie-corrected normal.

    z is positive where `first` is the higher; no continuity correction.

    Examples
    --------
    >>> z, p = mann_whitney_normal(
    ...     np.array([0, 0, 0, 0, 2, 6]), np.array([0, 0, 2, 2, 2, 2])
    ... )
    >>> f"{z:.3f} {p:.6f}"
    '2.266 0.023421'
    """
    totals = first + second
    m, n, both = int(first.sum()), int(second.sum()), int(totals.sum())
    ties = _tie_factor(totals)
    if ties == 0:
        return 0.0, 1.0
    u = float(first @ midranks(totals)) - m * (m + 1) / 2
    z = (u - m * n / 2) / math.sqrt(m * n * (both + 1) / 12 * ties)
    return z, float(2 * ndtr(-abs(z)))


def kruskal_wallis(table: IntArray) -> tuple[float, int, float] | None:
    """Return the tie-corrected Kruskal-Wallis H, its df and the chi-square p.

    None where every animal has the same score.
    """
    columns = table.sum(axis=0)
    total = int(columns.sum())
    ties = _tie_factor(columns)
    if ties == 0:
        return None
    centred = midranks(columns) - (total + 1) / 2
    spread = float(((table @ centred) ** 2 / table.sum(axis=1)).sum())
    h = 12 * spread / (total * (total + 1)) / ties
    df = table.shape[0] - 1
    return h, df, float(chdtrc(df, h))


def _tie_factor(columns: IntArray) -> float:
    """Return 1 - sum(t^3 - t) / (N^3 - N)."""
    total, t = float(columns.sum()), columns.astype(np.float64)
    return 1 - float((t**3 - t).sum()) / (total**3 - total)


def kruskal_permutation_p(table: IntArray, seed: int) -> tuple[float, str]:
    """Return the permutation p of Kruskal-Wallis and how it was found.

    Exact where the tables can be listed; otherwise from random deals, the one seen
    among them (Phipson & Smyth 2010).
    """
    exact = kruskal_exact_p(table)
    if exact is not None:
        return exact, "exact permutation (all tables with these margins)"
    columns, sizes = table.sum(axis=0), table.sum(axis=1)
    ranks = np.repeat(midranks(columns) - (columns.sum() + 1) / 2, columns)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    centred = midranks(columns) - (columns.sum() + 1) / 2
    seen = float(((table @ centred) ** 2 / sizes).sum())
    generator = np.random.default_rng(seed)
    reached, left = 0, PERMUTATIONS
    while left:
        batch = min(left, max(1, 2_000_000 // ranks.size))
        dealt = generator.permuted(np.tile(ranks, (batch, 1)), axis=1)
        sums = np.add.reduceat(dealt, starts, axis=1)
        reached += int((((sums**2) / sizes).sum(axis=1) >= seen * (1 - 1e-9)).sum())
        left -= batch
    p = (reached + 1) / (PERMUTATIONS + 1)
    return p, f"Monte Carlo permutation ({PERMUTATIONS} random deals, seed {seed})"


def dunn(table: IntArray, pairs: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return Dunn's z and two-sided p for pairs of groups (Dunn 1964, tie-corrected).

    z is positive where the first of a pair has the higher scores.

    Examples
    --------
    >>> z, p = dunn(np.array([[4, 0], [0, 4]]), [(1, 0)])[0]
    >>> f"{z:.4f} {p:.4f}"
    '2.6458 0.0082'
    """
    columns, sizes = table.sum(axis=0), table.sum(axis=1)
    total = int(columns.sum())
    ranks = (table @ midranks(columns)) / sizes
    variance = total * (total + 1) / 12 * _tie_factor(columns)
    found = []
    for a, b in pairs:
        se = math.sqrt(variance * (1 / sizes[a] + 1 / sizes[b]))
        z = float(ranks[a] - ranks[b]) / se
        found.append((z, float(2 * ndtr(-abs(z)))))
    return found
