"""Power of paired tests: exact signed ranks, exact signs, the paired t."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, gammaln

from isobole.planning._permutation_power import counted_in_full, signed_rejects
from isobole.planning._severity_power import compositions, outcomes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LISTED: Final = 40_000_000
_TIE: Final = 1e-9


def can_list(n: int, changes: int) -> bool:
    """Return whether every outcome, with every pattern of signs, is listed."""
    full = counted_in_full(n, None)
    return full and outcomes(n, changes) * 2**n <= _LISTED


def signed_rank_power(
    change: FloatArray, share: FloatArray, n: int, alpha: float, seed: int
) -> float:
    """Return the exact power of the exact signed-rank test; `can_list` must hold."""
    counts = compositions(n, change.size) if change.size > 1 else np.array([[n]])
    ways = gammaln(n + 1.0) - gammaln(counts + 1.0).sum(axis=1)
    chance = np.exp(ways + counts @ np.log(share))
    ends = np.cumsum(counts, axis=1)
    level = (ends[:, None, :] <= np.arange(n)[None, :, None]).sum(axis=2)
    ranks = signed_ranks(change[level])
    return min(1.0, float(chance[signed_rejects(ranks, alpha, seed)].sum()))


def signed_rank_simulated(
    change: FloatArray,
    share: FloatArray,
    n: int,
    alpha: float,
    *,
    samples: int,
    seed: int,
) -> float:
    """Return the share of drawn studies that the signed-rank test rejects."""
    drawn = np.random.default_rng([seed, 1]).random((n, samples)).T
    level = np.searchsorted(np.cumsum(share)[:-1], drawn, side="right")
    ranks = signed_ranks(change[level])
    return float(signed_rejects(ranks, alpha, seed).mean())


def signed_ranks(difference: FloatArray) -> FloatArray:
    """Return signed midranks within rows; pairs without a change are left out as 0.

    Examples
    --------
    >>> signed_ranks(np.array([[0.0, 2.0, -2.0, 5.0]])).tolist()
    [[0.0, 1.5, -1.5, 3.0]]
    """
    size = np.abs(difference)
    ranks = np.zeros_like(size)
    for value in np.unique(size[size > 0]):
        here = size == value
        below = ((size > 0) & (size < value)).sum(axis=1, keepdims=True)
        ranks += here * (below + (here.sum(axis=1, keepdims=True) + 1) / 2)
    return np.asarray(ranks * np.sign(difference))


def sign_test_power(down: float, up: float, n: int, alpha: float) -> float:
    """Return the exact power of the exact sign test, unchanged pairs left out.

    Examples
    --------
    >>> round(sign_test_power(1.0, 0.0, 6, 0.05), 3), sign_test_power(1.0, 0.0, 5, 0.05)
    (1.0, 0.0)
    """
    total = 0.0
    for a in range(n + 1):
        for b in range(n - a + 1):
            if a + b == 0 or (a and not down) or (b and not up):
                continue
            p = min(1.0, 2 * float(bdtr(min(a, b), a + b, 0.5)))
            if p > alpha * (1 + _TIE):
                continue
            none = max(0.0, 1 - down - up)
            rest = n - a - b
            if rest and none <= 1e-15:
                continue
            log = math.lgamma(n + 1) - math.lgamma(a + 1) - math.lgamma(b + 1)
            log -= math.lgamma(rest + 1)
            for k, chance in ((a, down), (b, up), (rest, none)):
                log += k * math.log(chance) if k else 0.0
            total += math.exp(log)
    return min(1.0, total)
