"""Every table a design can give, and how probable each is.

Five doses of eight animals have only 9^5 = 59,049 outcomes, so what other programs
simulate is summed here without Monte Carlo error. Larger designs are sampled, with a
seed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from isobole.doseresponse._links import Link, log_tails, probability

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ENUMERATION_LIMIT: Final = 200_000
"""Designs with more possible tables than this are sampled instead."""

_NEVER: Final = 1e-10


def count_tables(n: ArrayLike) -> int:
    """Return how many tables groups of `n` animals can give.

    Examples
    --------
    >>> count_tables([8, 8, 8, 8, 8])
    59049
    """
    return math.prod(int(size) + 1 for size in np.atleast_1d(n))


def all_tables(n: ArrayLike, start: int = 0, stop: int | None = None) -> IntArray:
    """Return every table of affected counts, one per row, the last dose fastest.

    Parameters
    ----------
    n : array, shape (K,)
        Animals per dose.
    start, stop : int, optional
        Part of the list, so that long ones can be worked through piece by piece.

    Examples
    --------
    >>> all_tables([1, 2]).tolist()
    [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
    """
    sizes = np.atleast_1d(np.asarray(n)).astype(np.int64)
    total = count_tables(sizes)
    rest = np.arange(start, total if stop is None else min(stop, total))
    tables = np.empty((rest.size, sizes.size), dtype=np.int64)
    for column in range(sizes.size - 1, -1, -1):
        rest, tables[:, column] = np.divmod(rest, sizes[column] + 1)
    return tables


def log_coefficients(tables: ArrayLike, n: ArrayLike) -> FloatArray:
    """Return the log of the product of binomial coefficients, per table."""
    r, sizes = np.asarray(tables, dtype=float), np.asarray(n, dtype=float)
    terms = gammaln(sizes + 1) - gammaln(r + 1) - gammaln(sizes - r + 1)
    return np.asarray(terms.sum(axis=-1))


def table_probabilities(tables: ArrayLike, n: ArrayLike, p: ArrayLike) -> FloatArray:
    """Return the product-binomial probability of each table.

    Parameters
    ----------
    tables : array, shape (T, K)
        Affected counts.
    n, p : array, shape (K,)
        Animals per dose, and each one's probability of being affected.

    Examples
    --------
    >>> table_probabilities([[0, 1], [1, 1]], [1, 1], [0.25, 0.5]).round(3).tolist()
    [0.375, 0.125]
    """
    from scipy.special import xlog1py, xlogy

    r, sizes = np.asarray(tables, dtype=float), np.asarray(n, dtype=float)
    chance = np.asarray(p, dtype=float)
    logs = (xlogy(r, chance) + xlog1py(sizes - r, -chance)).sum(axis=1)
    return np.asarray(np.exp(logs + log_coefficients(r, sizes)))


def curve_probabilities(
    tables: ArrayLike,
    n: ArrayLike,
    link: Link,
    log_dose: FloatArray,
    intercept: float,
    slope: float,
) -> FloatArray:
    """Return the probability of each table under a curve, exact in both tails."""
    r, sizes = np.asarray(tables, dtype=float), np.asarray(n, dtype=float)
    up, down = log_tails(link, intercept + slope * log_dose)
    return np.asarray(np.exp(r @ up + (sizes - r) @ down + log_coefficients(r, sizes)))


def sample_tables(n: ArrayLike, p: ArrayLike, size: int, seed: int) -> IntArray:
    """Draw `size` tables at random; the same seed gives the same tables.

    Examples
    --------
    >>> sample_tables([8, 8], [0.2, 0.7], 1000, seed=1).shape
    (1000, 2)
    """
    sizes = np.asarray(n).astype(np.int64)
    rng = np.random.default_rng(seed)
    drawn = rng.binomial(sizes, np.asarray(p, dtype=float), size=(size, sizes.size))
    return np.asarray(drawn, dtype=np.int64)


def tables_and_weights(
    n: IntArray,
    link: Link,
    log_dose: FloatArray,
    intercept: float,
    slope: float,
    *,
    samples: int,
    seed: int,
    limit: int = ENUMERATION_LIMIT,
) -> tuple[IntArray, FloatArray, bool]:
    """Return tables with their probabilities, and whether they were sampled.

    Enumerated tables that all together are rarer than 1e-10 are left out: they change
    no share and are most of a large design. Sampled tables come once each, weighted
    by how often they were drawn.
    """
    if count_tables(n) <= limit:
        tables = all_tables(n)
        weights = curve_probabilities(tables, n, link, log_dose, intercept, slope)
        kept = weights > _NEVER / len(tables)
        return tables[kept], weights[kept] / weights[kept].sum(), False
    p = probability(link, intercept + slope * log_dose)
    drawn = sample_tables(n, p, samples, seed)
    tables, counts = np.unique(drawn, axis=0, return_counts=True)
    return tables, counts / samples, True


def weighted_quantile(values: FloatArray, weights: FloatArray, share: float) -> float:
    """Return the smallest value with at least `share` of the weight at or below it.

    Examples
    --------
    >>> weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3]), 0.8)
    2.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    # Sums of 10^5 weights round at about 1e-12; a hair must not decide.
    place = int(np.searchsorted(reached, share * reached[-1] - 1e-12))
    return float(values[order][min(place, values.size - 1)])
