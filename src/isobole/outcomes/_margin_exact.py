"""Exact tails over all tables with given margins, row by row.

A table's probability given both margins is a product over its rows, and the statistics
used here are sums over rows. So partial tables that have used the same column totals
and reached the same statistic are one: rows are added one by one, and the last two are
closed together (compare Mehta & Patel 1983).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
RowStatistic = Callable[[int, IntArray], FloatArray]

WORK: Final = 20_000_000
"""Most pairs of a partial table and a next row that are formed."""

CLOSING: Final = 200_000_000
"""Most whole tables, merged where alike, that are judged: about two seconds."""


def compositions(total: int, caps: IntArray) -> IntArray:
    """Return every way to put `total` animals into columns that hold `caps`.

    Examples
    --------
    >>> compositions(2, np.array([1, 2])).tolist()
    [[0, 2], [1, 1]]
    """
    room = np.concatenate([np.cumsum(caps[::-1])[::-1][1:], [0]])
    rows = np.zeros((1, 0), dtype=np.int64)
    left = np.array([total], dtype=np.int64)
    for cap, after in zip(caps, room, strict=True):
        low = np.maximum(left - after, 0)
        count = np.maximum(np.minimum(left, cap) - low + 1, 0)
        parent = np.repeat(np.arange(left.size), count)
        first = np.repeat(np.cumsum(count) - count, count)
        value = low[parent] + np.arange(parent.size) - first
        rows = np.column_stack([rows[parent], value])
        left = left[parent] - value
    return rows


def count_compositions(total: int, caps: IntArray) -> float:
    """Return how many rows `compositions` would list, without listing them."""
    ways = np.zeros(total + 1)
    ways[0] = 1.0
    for cap in caps:
        summed = np.concatenate([[0.0], np.cumsum(ways)])
        low = np.maximum(np.arange(total + 1) - cap, 0)
        ways = summed[1:] - summed[low]
    return float(ways[total])


def row_log_weight(x: IntArray, log_share: FloatArray) -> FloatArray:
    """Return log multinomial probabilities; the shares cancel in the end."""
    ways = gammaln(x.sum(axis=1) + 1.0) - gammaln(x + 1.0).sum(axis=1)
    return np.asarray(ways + x @ log_share)


def margin_tail(
    rows: IntArray,
    columns: IntArray,
    statistic: RowStatistic,
    reached: Callable[[FloatArray], NDArray[np.bool_]],
) -> float | None:
    """Return the conditional probability that `reached` holds of the summed statistic.

    Parameters
    ----------
    rows, columns : array of int
        The margins; columns without animals must have been dropped.
    statistic : callable
        Takes a row's number and its possible contents (m, columns), returns m values;
        their sum over rows is the statistic.
    reached : callable
        Tells for an array of statistics which are as extreme as the one seen.

    Returns
    -------
    float or None
        None where more than `WORK` or `CLOSING` steps would be needed.
    """
    order = np.argsort(rows, kind="stable")  # the two largest rows close the table
    log_share = np.log(columns / columns.sum())
    radix = np.concatenate([[1], np.cumprod(columns[:-1] + 1)])
    if float(np.prod(columns + 1.0)) > 2**62:
        return None
    used = np.zeros((1, columns.size), dtype=np.int64)
    value, weight = np.zeros(1), np.ones(1)
    for row in order[:-2]:
        if count_compositions(int(rows[row]), columns) * used.shape[0] > WORK:
            return None
        x = compositions(int(rows[row]), columns)
        grown = (used[:, None, :] + x[None, :, :]).reshape(-1, columns.size)
        fits = (grown <= columns).all(axis=1)
        grown = grown[fits]
        log_weight = row_log_weight(x, log_share)
        value = (value[:, None] + statistic(int(row), x)[None, :]).ravel()[fits]
        weight = (weight[:, None] * np.exp(log_weight)[None, :]).ravel()[fits]
        used, value, weight = _merge(grown, radix, value, weight)
    return _close(
        order[-2:], rows, columns, (used, value, weight), statistic, reached, log_share
    )


def _merge(
    used: IntArray, radix: IntArray, value: FloatArray, weight: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Make one of partial tables with the same columns used and the same statistic."""
    key = used @ radix
    order = np.lexsort((value, key))
    key, value, weight = key[order], value[order], weight[order]
    near = 1e-10 * (1 + np.abs(value[:-1]))
    new = np.concatenate([[True], (np.diff(key) != 0) | (np.diff(value) > near)])
    start = np.flatnonzero(new)
    return used[order][start], value[start], np.add.reduceat(weight, start)


def _close(
    last: IntArray,
    rows: IntArray,
    columns: IntArray,
    partial: tuple[IntArray, FloatArray, FloatArray],
    statistic: RowStatistic,
    reached: Callable[[FloatArray], NDArray[np.bool_]],
    log_share: FloatArray,
) -> float | None:
    """Fill the last two rows in every way and sum the weights."""
    used, value, weight = partial
    one, two = (int(row) for row in last)
    new = np.concatenate([[True], (np.diff(used, axis=0) != 0).any(axis=1)])
    starts = np.append(np.flatnonzero(new), value.size)
    work, inside, whole = 0.0, 0.0, 0.0
    for start, stop in pairwise(starts):
        room = columns - used[start]
        work += count_compositions(int(rows[one]), room) * (stop - start)
        if work > CLOSING:
            return None
        x = compositions(int(rows[one]), room)
        y = room - x
        more = statistic(one, x) + statistic(two, y)
        both = np.exp(row_log_weight(x, log_share) + row_log_weight(y, log_share))
        hit = reached(value[start:stop, None] + more[None, :])
        inside += float(weight[start:stop] @ (hit @ both))
        whole += float(weight[start:stop].sum() * both.sum())
    return min(inside / whole, 1.0)
