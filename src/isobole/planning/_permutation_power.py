"""Decisions of permutation tests for many simulated studies at once.

Every study is tested with the same allocations: all of them where they are few, random
ones otherwise. A study's scores are multiplied by the matrix of allocations, so that
thousands of studies cost one product.
"""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LISTED: Final = 12_870
"""Allocations that are listed in full: 8 animals against 8."""
DRAWN: Final = 4_999
"""Random allocations where there are more."""
_CELLS: Final = 4_000_000


def counted_in_full(n: int, m: int | None) -> bool:
    """Return whether all allocations (or all signs of n pairs) are listed.

    Examples
    --------
    >>> counted_in_full(8, 8), counted_in_full(8, 9), counted_in_full(13, None)
    (True, False, True)
    """
    return (2**n if m is None else math.comb(n + m, n)) <= LISTED


def allocations(n: int, m: int, seed: int) -> FloatArray:
    """Return allocations as rows of 0 and 1, 1 for the first group."""
    size = n + m
    if counted_in_full(n, m):
        small = min(n, m)
        chosen = np.array(list(combinations(range(size), small)))
        marks = np.zeros((len(chosen), size))
        np.put_along_axis(marks, chosen, 1.0, axis=1)
        return marks if small == n else 1 - marks
    rng = np.random.default_rng([seed, 7, n, m])
    first = np.zeros(size)
    first[:n] = 1
    return np.asarray(rng.permuted(np.tile(first, (DRAWN, 1)), axis=1))


def signs(n: int, seed: int) -> FloatArray:
    """Return patterns of signs of n differences as rows of -1 and 1."""
    if counted_in_full(n, None):
        return np.array(list(product((-1.0, 1.0), repeat=n)))
    rng = np.random.default_rng([seed, 8, n])
    return np.where(rng.random((DRAWN, n)) < 0.5, -1.0, 1.0)


def rejects(
    scores: FloatArray, seen: FloatArray, marks: FloatArray, alpha: float, *, full: bool
) -> BoolArray:
    """Say of each study whether its two-sided permutation p is at most alpha.

    Parameters
    ----------
    scores : array, shape (studies, animals)
        Scores whose allocation sums have mean 0: centred, or times signs.
    seen : array, shape (studies,)
        The sum that each study shows.
    marks : array, shape (allocations, animals)
    alpha : float
    full : bool
        Whether `marks` are all allocations. Otherwise the one seen counts as one more,
        so that p is never 0 (Phipson and Smyth 2010).
    """
    found = np.empty(len(scores), dtype=bool)
    size = np.maximum(np.abs(scores).max(axis=1), 1e-300)
    cut = np.abs(seen) / size - 1e-9
    step = max(1, _CELLS // len(marks))
    columns = np.ascontiguousarray(marks.T)
    # Of n listed p-values alpha n is the most that may lie as far out.
    most = alpha * len(marks) * (1 + 1e-12) if full else alpha * (len(marks) + 1) - 1
    for at in range(0, len(scores), step):
        piece = slice(at, at + step)
        sums = (scores[piece] / size[piece, None]) @ columns
        np.abs(sums, out=sums)
        far = (sums >= cut[piece, None]).sum(axis=1)
        found[piece] = far <= most + 1e-9
    return found


def two_group_rejects(scores: FloatArray, n: int, alpha: float, seed: int) -> BoolArray:
    """Test the sum of scores in the first n columns by permutation of animals."""
    m = scores.shape[1] - n
    centred = scores - scores.mean(axis=1, keepdims=True)
    seen = centred[:, :n].sum(axis=1)
    marks = allocations(n, m, seed)
    return rejects(centred, seen, marks, alpha, full=counted_in_full(n, m))


def signed_rejects(ranks: FloatArray, alpha: float, seed: int) -> BoolArray:
    """Test signed ranks (0 for pairs that did not change) by flipping signs."""
    n = ranks.shape[1]
    return rejects(
        np.abs(ranks), ranks.sum(axis=1), signs(n, seed), alpha,
        full=counted_in_full(n, None),
    )  # fmt: skip


def permutation_words(n: int, m: int | None) -> str:
    """Say how the p-value of every simulated study was made."""
    if counted_in_full(n, m):
        return "all allocations counted" if m is not None else "all signs counted"
    return f"{DRAWN:,} random {'allocations' if m is not None else 'patterns of signs'}"
