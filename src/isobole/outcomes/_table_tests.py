"""Exact tests of a whole table: equal shares, equal scores, a trend over dose."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from isobole.outcomes._margin_exact import FloatArray, IntArray, margin_tail
from isobole.outcomes._two_by_two import TIE


def _margins(table: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the table without empty rows and columns, and its margins."""
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    return table, table.sum(axis=1), table.sum(axis=0)


def freeman_halton_p(table: ArrayLike) -> float | None:
    """Return the exact p of an r x c table (Freeman & Halton 1951).

    p sums the tables with the same margins that are no likelier than the one seen.

    Parameters
    ----------
    table : array of int, shape (r, c)
        Animals by group and outcome.

    Returns
    -------
    float or None
        None where too many tables would have to be visited; 1 where the margins allow
        one table only.

    Examples
    --------
    >>> round(freeman_halton_p([[3, 1], [1, 3]]), 6)
    0.485714
    """
    from scipy.special import gammaln

    seen, rows, columns = _margins(np.asarray(table, dtype=np.int64))
    if rows.size < 2 or columns.size < 2:
        return 1.0

    def log_chance(_: int, x: IntArray) -> FloatArray:
        return np.asarray(-gammaln(x + 1.0).sum(axis=1))

    at = float(log_chance(0, seen).sum())
    return margin_tail(rows, columns, log_chance, lambda v: v <= at + TIE)


def kruskal_exact_p(table: ArrayLike) -> float | None:
    """Return the exact permutation p of the tie-corrected Kruskal-Wallis statistic.

    Parameters
    ----------
    table : array of int, shape (groups, levels)
        Animals by group and ordered level.

    Returns
    -------
    float or None
        The chance of so large a statistic when scores are dealt to groups at random;
        None where too many tables would have to be visited.

    Examples
    --------
    >>> round(kruskal_exact_p([[3, 0], [0, 3]]), 4)
    0.1
    """
    seen, rows, columns = _margins(np.asarray(table, dtype=np.int64))
    if rows.size < 2 or columns.size < 2:
        return 1.0
    centred = midranks(columns) - (columns.sum() + 1) / 2

    def spread(row: int, x: IntArray) -> FloatArray:
        return np.asarray((x @ centred) ** 2 / rows[row])

    at = float(((seen @ centred) ** 2 / rows).sum())
    return margin_tail(rows, columns, spread, lambda v: v >= at * (1 - 1e-9) - 1e-9)


def midranks(level_totals: IntArray) -> FloatArray:
    """Return the rank that tied animals of each level share.

    Examples
    --------
    >>> midranks(np.array([2, 1, 3])).tolist()
    [1.5, 3.0, 5.0]
    """
    upper = np.cumsum(level_totals)
    return np.asarray(upper - (level_totals - 1) / 2)


def trend_exact_p(
    protected: IntArray, n: IntArray, scores: FloatArray
) -> tuple[float, float, float] | None:
    """Return the exact conditional p of a Cochran-Armitage trend.

    Given the total protected, the sum of score x protected has a known distribution.

    Returns
    -------
    rising, falling, two_sided : float, or None
        Chances of a sum as large, as small, and as far from its mean; None where too
        many tables would have to be visited.

    Examples
    --------
    >>> found = trend_exact_p(
    ...     np.array([0, 2, 5, 8]), np.array([8] * 4), np.array([0.0, 50, 100, 200])
    ... )
    >>> [f"{p:.4g}" for p in found]
    ['3.592e-06', '1', '4.016e-06']
    """
    total, size = int(protected.sum()), int(n.sum())
    columns = np.array([total, size - total], dtype=np.int64)
    if columns.min() == 0 or np.ptp(scores) == 0:
        return 1.0, 1.0, 1.0
    unit = (scores - scores @ n / size) / np.ptp(scores)  # mean 0 under the null
    at = float(unit @ protected)

    def reach(row: int, x: IntArray) -> FloatArray:
        return np.asarray(unit[row] * x[:, 0])

    near = 1e-9 * (1 + total)
    found = [
        margin_tail(n, columns, reach, rule)
        for rule in (
            lambda v: v >= at - near,
            lambda v: v <= at + near,
            lambda v: np.abs(v) >= abs(at) - near,
        )
    ]
    if found[0] is None or found[1] is None or found[2] is None:
        return None
    return found[0], found[1], found[2]
