"""Several comparisons with one control: adjusted p-values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from isobole.outcomes._two_by_two import (
    TIE,
    FloatArray,
    fisher_p_matrix,
)
from isobole.results import binomial_chances


def holm(p: Sequence[float]) -> list[float]:
    """Return p-values after Holm's step-down adjustment (1979).

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, index in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        highest = max(highest, min(1.0, (len(p) - rank) * p[index]))
        adjusted[index] = highest
    return adjusted


def closed_min_p(
    protected: Sequence[int], n: Sequence[int], control: tuple[int, int]
) -> list[float]:
    """Return exact many-to-one p-values of Fisher tests by the closed min-P test.

    For every set of groups the null "all of them and the control share one proportion"
    is tested by the smallest Fisher p in the set, whose conditional distribution given
    the set's total is computed exactly (the control being common to all comparisons).
    A comparison's adjusted p is the largest over the sets that hold it, so that the
    family-wise error is kept whichever nulls are true (Marcus, Peritz & Gabriel 1976;
    Westfall & Young 1993). With one comparison it is Fisher's p.

    Parameters
    ----------
    protected, n : sequence of int
        Animals with the endpoint, and animals, of each group but the control.
    control : (int, int)
        The same of the control.

    Examples
    --------
    >>> [f"{p:.4f}" for p in closed_min_p([1, 5, 8], [8, 8, 8], (0, 8))]
    ['1.0000', '0.0256', '0.0002']
    """
    tables = [fisher_p_matrix(control[1], size) for size in n]
    seen = [float(t[control[0], x]) for t, x in zip(tables, protected, strict=True)]
    adjusted = [0.0] * len(seen)
    for size in range(1, len(seen) + 1):
        for group in combinations(range(len(seen)), size):
            total = control[0] + sum(protected[j] for j in group)
            p = _smallest_p(
                [tables[j] for j in group], min(seen[j] for j in group), total
            )
            for j in group:
                adjusted[j] = max(adjusted[j], p)
    return adjusted


def _smallest_p(tables: list[FloatArray], least: float, total: int) -> float:
    """Return the conditional chance that any of the Fisher p-values is at most `least`.

    Summed over the first group that reaches it, so that a small chance is not the
    difference of two large ones.
    """
    limit = least * (1 + TIE)
    animals = tables[0].shape[0] - 1 + sum(t.shape[1] - 1 for t in tables)
    share = total / animals
    if share in (0.0, 1.0):
        return 1.0
    hit, whole = 0.0, 0.0
    for x0, chance in enumerate(binomial_chances(tables[0].shape[0] - 1, share)):
        none_yet = np.array([chance])
        reached = np.zeros(1)
        for table in tables:
            each = binomial_chances(table.shape[1] - 1, share)
            small = table[x0] <= limit
            reached = np.convolve(reached, each) + np.convolve(
                none_yet, np.where(small, each, 0.0)
            )
            none_yet = np.convolve(none_yet, np.where(small, 0.0, each))
        at = total - x0
        if 0 <= at < reached.size:
            hit += float(reached[at])
            whole += float(reached[at] + none_yet[at])
    return min(hit / whole, 1.0)
