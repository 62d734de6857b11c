"""Permutation tests that move whole animals between groups.

Each animal brings one score; under the hypothesis that groups do not differ every
allocation of the animals to groups of these sizes is equally likely. All are counted
where they are few, otherwise seeded draws stand for them, with their own error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MOST_ALLOCATIONS = 200_000
DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Permuted:
    """Statistic, two-sided p and how it was come by.

    `draws` and `monte_carlo_se` are None where every allocation was counted.
    """

    statistic: float
    p: float
    allocations: int
    draws: int | None
    seed: int | None
    monte_carlo_se: float | None

    @property
    def method(self) -> str:
        """How p was come by, in words."""
        if self.draws is None:
            return f"exact, all {self.allocations:,} allocations"
        return (
            f"{self.draws:,} random allocations, seed {self.seed}, Monte Carlo SE "
            f"{self.monte_carlo_se:.2g}"
        )


def permute_two(score: FloatArray, first: NDArray[np.bool_], seed: int) -> Permuted:
    """Test by the sum of `score` in the first group, two-sided about its mean.

    Two-sided p counts allocations whose sum lies at least as far from its
    permutation mean as the one seen.
    """
    n, m = score.size, int(first.sum())
    centred = score - score.mean()
    scale = max(float(abs(centred).max()), 1e-300)
    centred = centred / scale
    seen = float(centred[first].sum())
    total = math.comb(n, m)

    def far(sums: FloatArray) -> int:
        return int((abs(sums) >= abs(seen) - 1e-9).sum())

    if total <= MOST_ALLOCATIONS:
        small = min(m, n - m)  # the other group's sum is minus this one
        flat = np.fromiter(
            (i for chosen in combinations(range(n), small) for i in chosen), dtype=int
        )
        sums = centred[flat.reshape(total, small)].sum(axis=1)
        return Permuted(seen * scale, far(sums) / total, total, None, None, None)
    rng = np.random.default_rng(seed)
    order = rng.permuted(np.tile(centred, (DRAWS, 1)), axis=1)
    return _drawn(seen * scale, far(order[:, :m].sum(axis=1)), total, seed)


def permute_groups(
    score: FloatArray, group: NDArray[np.intp], seed: int, weights: FloatArray | None
) -> Permuted:
    """Test k groups by the sum of squares between groups, or a trend over `weights`.

    With weights (doses) the statistic is the sum of weight times score, two-sided.
    """
    k = int(group.max()) + 1
    sizes = np.bincount(group, minlength=k)
    total = math.factorial(group.size)
    for size in sizes:
        total //= math.factorial(int(size))
    centred = score - score.mean()
    scale = max(float(abs(centred).max()), 1e-300)
    centred = centred / scale

    def statistic(groups: NDArray[np.intp]) -> FloatArray:
        if weights is not None:
            return np.asarray(abs((weights[groups] * centred).sum(axis=1)))
        made = np.zeros(len(groups))
        for g in range(k):
            made += (centred * (groups == g)).sum(axis=1) ** 2 / sizes[g]
        return made

    unit = scale if weights is not None else scale**2
    seen = float(statistic(group[None, :])[0])
    signed = seen * unit
    if weights is not None:
        signed = float((weights[group] * centred).sum()) * unit
    cut = seen - 1e-9 * max(1.0, seen)
    if total <= MOST_ALLOCATIONS // 4:
        everyone = np.array(list(_allocations(tuple(int(s) for s in sizes))))
        far = int((statistic(everyone) >= cut).sum())
        return Permuted(signed, far / total, total, None, None, None)
    rng = np.random.default_rng(seed)
    drawn = rng.permuted(np.tile(group, (DRAWS, 1)), axis=1)
    return _drawn(signed, int((statistic(drawn) >= cut).sum()), total, seed)


def _drawn(statistic: float, far: int, total: int, seed: int) -> Permuted:
    """Count the allocation seen among the draws, so that p is never 0."""
    p = (far + 1) / (DRAWS + 1)
    error = math.sqrt(p * (1 - p) / DRAWS)
    return Permuted(statistic, p, total, DRAWS, seed, error)


def _allocations(sizes: Sequence[int]) -> list[list[int]]:
    """Return every way to give the animals these group numbers."""
    made: list[list[int]] = []
    left = list(sizes)
    n = sum(sizes)
    path: list[int] = []

    def walk() -> None:
        if len(path) == n:
            made.append(path.copy())
            return
        for g, more in enumerate(left):
            if more:
                left[g] -= 1
                path.append(g)
                walk()
                path.pop()
                left[g] += 1

    walk()
    return made
