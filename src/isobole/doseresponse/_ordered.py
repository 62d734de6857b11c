"""Proportions that rise with dose: pooling, and exact tests under that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from isobole.results import Limits, format_number

FloatArray = NDArray[np.float64]

KIND = "exact ordered binomial"


@dataclass(frozen=True, slots=True)
class Pooled:
    """A non-decreasing sequence by pooling adjacent violators.

    `block` numbers the pooled stretch each value belongs to.
    """

    value: FloatArray
    block: NDArray[np.int64]


def pool_adjacent(total: Sequence[float], weight: Sequence[float]) -> Pooled:
    """Pool neighbours until the ratios total / weight no longer fall (PAVA).

    Equal neighbours are left apart here; only a fall is pooled.

    Examples
    --------
    >>> pool_adjacent([1, 4, 2, 6], [8, 8, 8, 8]).value.tolist()
    [0.125, 0.375, 0.375, 0.75]
    """
    stack: list[tuple[float, float, int]] = []
    for t, w in zip(total, weight, strict=True):
        new = (float(t), float(w), 1)
        # Cross-multiplied counts are whole numbers, so equality is exact.
        while stack and stack[-1][0] * new[1] > new[0] * stack[-1][1]:
            old = stack.pop()
            new = (old[0] + new[0], old[1] + new[1], old[2] + new[2])
        stack.append(new)
    sizes = [size for _, _, size in stack]
    return Pooled(
        np.repeat(
            np.array([t / w for t, w, _ in stack], dtype=np.float64),
            np.array(sizes, dtype=np.int64),
        ),
        np.repeat(np.arange(len(stack)), np.array(sizes, dtype=np.int64)),
    )


def _up_to(r: int, n: int, q: float) -> float:
    """Return P(X <= r) for X ~ binomial(n, q), 0 for r = -1."""
    return float(bdtr(r, n, q)) if r >= 0 else 0.0


def ordered_p_values(
    n: Sequence[int], affected: Sequence[int], q: float
) -> tuple[list[float], list[float]]:
    """Return exact p-values, per dose, that p >= q from there on up, and p <= q below.

    The nearest dose decides and the doses beyond it break ties: with X the count at
    dose j, P(X < r) + P(X = r) * (the same at the next dose). The order is monotone
    in every count, so p = q throughout is the worst case and the test is exact
    (Morris 1988 uses the same recursion for limits of the proportions).
    """
    k = len(n)
    rising, falling = [1.0] * (k + 1), [1.0] * (k + 1)
    for j in range(k - 1, -1, -1):
        less, upto = (_up_to(affected[j] - i, n[j], q) for i in (1, 0))
        rising[j] = less + (upto - less) * rising[j + 1]
    for j in range(k):
        less, upto = (_up_to(affected[j] - i, n[j], q) for i in (1, 0))
        falling[j + 1] = (1 - upto) + (upto - less) * falling[j]
    return rising[:k], falling[1:]


def ordered_set(
    x: Sequence[float],
    n: Sequence[int],
    affected: Sequence[int],
    q: float,
    level: float,
) -> Limits:
    """Return the doses not rejected as ED, from the exact ordered tests.

    Any rising curve is allowed, so the set holds its level whatever the shape; it is
    conservative, and its ends are tested doses.
    """
    rising, falling = ordered_p_values(n, affected, q)
    alpha = (1 - level) / 2
    kept_low = [j for j, p in enumerate(rising) if p > alpha]
    kept_high = [j for j, p in enumerate(falling) if p > alpha]
    first = kept_low[0] if kept_low else len(x)
    last = kept_high[-1] if kept_high else -1
    low = x[first - 1] if first > 0 else None
    high = x[last + 1] if last < len(x) - 1 else None
    percent = format_number(100 * q)
    if low is not None and high is not None:
        if low >= high:
            return Limits(
                KIND,
                level,
                "empty",
                reason="No rising curve agrees with these counts at this level; check "
                "the doses and the coding of the endpoint.",
            )
        return Limits(KIND, level, "interval", low, high, "open")
    sides = []
    if low is None:
        sides.append(
            f"No tested dose had significantly fewer than {percent} % affected, so "
            "the set is not bounded below; test lower doses or more animals."
        )
    if high is None:
        sides.append(
            f"No tested dose had significantly more than {percent} % affected, so "
            "the set is not bounded above; test higher doses or more animals."
        )
    line = low is None and high is None
    return Limits(
        KIND,
        level,
        "line" if line else "ray",
        low,
        high,
        "closed" if line else "open",
        reason=" ".join(sides),
    )
