"""Profile-likelihood limits of the excess over Bliss in a 2 x 2 factorial.

With s the proportions spared, the response expected under Bliss is 1 - e with
e = s10 s01 / s00, and the excess of the observed response is e - s11. The cells that
make e and the cell 11 are independent, so the excesses within a cut are those of all
pairs whose two deviances share it: a search over e alone. The deviance of e has one
Lagrange multiplier, as in `_unconditional`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

FloatArray = NDArray[np.float64]

_LARGE = 1e12  # a multiplier beyond which every cell spares all


def expected_deviance(
    n: Sequence[int], spared: Sequence[int], e: FloatArray
) -> FloatArray:
    """Return the deviance of e = s10 s01 / s00 in (0, 1] from three cells.

    Values of e above 1 (drugs that lower the response) count as 1, where the
    expected response is 0. A cell 00 without animals is known to spare all.
    """
    size, y = np.asarray(n[:3], dtype=float), np.asarray(spared[:3], dtype=float)
    sign = np.array([-1.0, 1.0, 1.0])
    use = size > 0
    size, y, sign = size[use], y[use], sign[use]
    goal = np.log(e)
    low = np.full(e.shape, -y[sign > 0].min())
    high = np.full(e.shape, y[sign < 0].min() if (sign < 0).any() else _LARGE)
    for _ in range(100):
        middle = (low + high) / 2
        share = _share(y, size, sign * middle[:, None])
        with np.errstate(divide="ignore"):
            total = sign @ np.log(share).T
        low = np.where(total < goal, middle, low)
        high = np.where(total < goal, high, middle)
    middle = (low + high) / 2
    tilt = sign * middle[:, None]
    share, own = _share(y, size, tilt), y / size
    null = (xlogy(y + tilt, share) + xlogy(size - y, 1 - share)).sum(axis=1)
    best = float((xlogy(y, own) + xlogy(size - y, 1 - own)).sum())
    found = np.maximum(2 * (best - (null - middle * goal)), 0.0)
    # The multiplier is positive where e lies above its estimate.
    return np.where((e >= 1) & (middle <= 0), 0.0, found)


def _share(y: FloatArray, size: FloatArray, tilt: FloatArray) -> FloatArray:
    """Return (y + tilt) / (size + tilt), 1 where both vanish."""
    total = size + tilt
    safe = np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, np.maximum(y + tilt, 0.0) / safe, 1.0))


def _proportion_end(n: int, y: int, cut: FloatArray, side: int) -> FloatArray:
    """Return the likelihood limits of a proportion for many cuts."""
    own = y / n
    top = float(xlogy(y, own) + xlogy(n - y, 1 - own))
    inner = np.full(cut.shape, own)
    outer = np.full(cut.shape, 0.0 if side < 0 else 1.0)
    for _ in range(60):
        middle = (inner + outer) / 2
        inside = 2 * (top - xlogy(y, middle) - xlogy(n - y, 1 - middle)) <= cut
        inner = np.where(inside, middle, inner)
        outer = np.where(inside, outer, middle)
    return inner


def excess_limits(
    n: Sequence[int], spared: Sequence[int], cut: float
) -> tuple[float, float]:
    """Return the likelihood limits of the excess of the response over Bliss.

    Examples
    --------
    >>> low, high = excess_limits([10] * 4, [10, 10, 9, 3], 3.8415)
    >>> print(f"{low:.3f} {high:.3f}")
    0.206 0.883
    """
    found = []
    for side in (-1, 1):
        reach = np.sin(np.linspace(0, np.pi / 2, 1001)[1:]) ** 2
        best = -np.inf
        if min(spared[1], spared[2]) == 0:  # e = 0 at no cost
            end = _proportion_end(n[3], spared[3], np.array([cut]), -side)
            best = side * (0.0 - float(end[0]))
        for _ in range(5):
            rest = cut - expected_deviance(n, spared, reach)
            allowed = rest >= 0
            if not allowed.any():
                break
            end = _proportion_end(n[3], spared[3], np.maximum(rest, 0.0), -side)
            value = np.where(allowed, side * (reach - end), -np.inf)
            k = int(value.argmax())
            best = max(best, float(value[k]))
            low, high = reach[max(k - 1, 0)], reach[min(k + 1, reach.size - 1)]
            reach = np.linspace(low, high, 101)
        found.append(side * best)
    return found[0], found[1]
