"""Permutation p-values of log-rank sums: all allocations counted, or many drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from isobole.outcomes._latency_checks import FloatArray, IntArray
from isobole.outcomes._log_rank_scores import quadratic

LARGEST_STRATUM: Final = 36
"""Animals in one stratum up to which all allocations are counted (2^18 half sums)."""

_MOST_SUMS = 1 << 21
_BATCH = 2000

Sums = tuple[IntArray, IntArray]  # distinct sums, and how many allocations give each


@dataclass(frozen=True, slots=True)
class Permutation:
    """A permutation p-value: exact, or with its Monte Carlo standard error."""

    p: float
    allocations: int
    """All of them where exact, those drawn otherwise."""
    exact: bool
    monte_carlo_se: float | None = None
    seed: int | None = None

    def words(self) -> str:
        """Say how the p-value was made, for the name of the method."""
        if self.exact:
            return f"exact over all {self.allocations:,} allocations"
        return (
            f"{self.allocations:,} random allocations, seed {self.seed}, "
            f"Monte Carlo standard error {self.monte_carlo_se:.1g}"
        )


def exact_two_groups(
    scores: list[int], group: IntArray, stratum: IntArray
) -> Permutation | None:
    """Count the allocations whose sum is as far from 0 as the one seen, or further.

    Returns None where there are too many to count. Scores are whole numbers that sum
    to 0 in each stratum, so that the two-sided p is free of rounding.
    """
    whole = np.array(scores, dtype=object)
    bound = int(sum(abs(x) for x in scores))
    if 4 * bound >= 2**62:
        return None
    seen = abs(int(whole[group == 0].sum()))
    strata = [np.flatnonzero(stratum == s) for s in np.unique(stratum)]
    sizes = [(members.size, int((group[members] == 0).sum())) for members in strata]
    total = math.prod(math.comb(size, k) for size, k in sizes)
    if total >= 2**62:
        return None
    values = whole.astype(np.int64)
    if len(strata) == 1:
        pairs = _halves(values[strata[0]], sizes[0][1])
    else:
        if any(math.comb(size, k) > _MOST_SUMS for size, k in sizes):
            return None
        left: Sums = (np.zeros(1, np.int64), np.ones(1, np.int64))
        right = left
        for members, (_, k) in zip(strata, sizes, strict=True):
            shorter = left[0].size <= right[0].size
            grown = left if shorter else right
            own = _all_sums(values[members], k)
            if grown[0].size * own[0].size > 4 * _MOST_SUMS:
                return None
            joined = _add(grown, own)
            left, right = (joined, right) if shorter else (left, joined)
        pairs = [(left, right)]
    hits = sum(_count_far(a, b, seen) for a, b in pairs)
    return Permutation(hits / total, total, exact=True)


def drawn(
    scores: FloatArray,
    group: IntArray,
    groups: int,
    stratum: IntArray,
    *,
    draws: int,
    seed: int,
    contrast: FloatArray | None = None,
) -> Permutation:
    """Draw allocations within strata and compare their statistic with the one seen.

    The statistic is the quadratic form of the group sums in their permutation
    covariance, or the absolute value of `contrast` times the group sums. The allocation
    seen counts as one of them, so that p is never 0 (Phipson and Smyth 2010).
    """
    rng = np.random.default_rng(seed)
    covariance = np.zeros((groups, groups))
    for s in np.unique(stratum):
        mine = stratum == s
        size = int(mine.sum())
        if size < 2:
            continue
        share = np.bincount(group[mine], minlength=groups) / size
        spread = float(np.sum((scores[mine] - scores[mine].mean()) ** 2))
        covariance += (
            size * spread / (size - 1) * (np.diag(share) - np.outer(share, share))
        )
    _, rank = quadratic(np.zeros(groups), covariance)
    inverse = (
        np.linalg.pinv(covariance, rcond=1e-9, hermitian=True)
        if rank
        else np.zeros((groups, groups))
    )

    def statistic(sums: FloatArray) -> FloatArray:
        if contrast is not None:
            return np.abs(sums @ contrast)
        return np.asarray(np.einsum("ij,jk,ik->i", sums, inverse, sums))

    marks = np.eye(groups)[group]
    seen = float(statistic((scores @ marks)[None, :])[0])
    # Scores and groups each in an order of their own: with one seed, files that hold
    # the same animals in another order give the same p.
    order = np.lexsort((group, stratum))
    sorted_scores = np.empty_like(scores)
    sorted_scores[order] = scores[np.lexsort((scores, stratum))]
    edges = np.flatnonzero(np.diff(stratum[order])) + 1
    blocks = np.split(order, edges)
    hits = 0
    for start in range(0, draws, _BATCH):
        count = min(_BATCH, draws - start)
        sums = np.zeros((count, groups))
        for block in blocks:
            shuffled = rng.permuted(np.tile(sorted_scores[block], (count, 1)), axis=1)
            sums += shuffled @ marks[block]
        # Sums of the same scores in another order may differ in the last digits.
        hits += int(np.sum(statistic(sums) >= seen * (1 - 1e-9) - 1e-12))
    p = (hits + 1) / (draws + 1)
    return Permutation(p, draws, False, math.sqrt(p * (1 - p) / draws), seed)


def _distinct(sums: IntArray, counts: IntArray | None = None) -> Sums:
    values, inverse = np.unique(sums, return_inverse=True)
    many = np.zeros(values.size, np.int64)
    np.add.at(many, inverse, 1 if counts is None else counts)
    return values, many


def _by_size(values: IntArray) -> list[Sums]:
    """Return, for every number of animals chosen, the distinct sums of their scores."""
    found: list[Sums] = [(np.zeros(1, np.int64), np.ones(1, np.int64))]
    for value in values:
        grown: list[Sums] = [found[0]]
        for k in range(1, len(found) + 1):
            with_it = (found[k - 1][0] + value, found[k - 1][1])
            if k == len(found):
                grown.append(with_it)
                continue
            grown.append(
                _distinct(
                    np.concatenate([found[k][0], with_it[0]]),
                    np.concatenate([found[k][1], with_it[1]]),
                )
            )
        found = grown
    return found


def _halves(values: IntArray, k: int) -> list[tuple[Sums, Sums]]:
    """Split the animals in two: k chosen in all are j of one half, k - j of the other.

    Meeting in the middle, 36 animals need 2^18 sums on each side instead of 9 billion.
    """
    middle = values.size // 2
    left, right = _by_size(values[:middle]), _by_size(values[middle:])
    return [
        (left[j], right[k - j]) for j in range(len(left)) if 0 <= k - j < len(right)
    ]


def _all_sums(values: IntArray, k: int) -> Sums:
    parts = [_add(a, b) for a, b in _halves(values, k)]
    return _distinct(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
    )


def _add(a: Sums, b: Sums) -> Sums:
    sums = np.add.outer(a[0], b[0]).ravel()
    return _distinct(sums, np.multiply.outer(a[1], b[1]).ravel())


def _count_far(a: Sums, b: Sums, seen: int) -> int:
    """Count the pairs of sums whose total is at least `seen` away from 0."""
    values, counts = b
    running = np.concatenate([[0], np.cumsum(counts)])
    if seen == 0:
        return int(a[1].sum()) * int(running[-1])
    low = running[np.searchsorted(values, -seen - a[0], "right")]
    high = running[-1] - running[np.searchsorted(values, seen - a[0], "left")]
    return int(a[1] @ (low + high))  # at most all allocations, below 2^62
