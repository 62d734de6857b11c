"""Exact unconditional test of no interaction in a 2 x 2 factorial of proportions.

On the scale of animals not affected ("spared"), Bliss independence with Abbott's
correction for the background is a product: s11 s00 = s10 s01. The likelihood under it
has one Lagrange multiplier, s_i = (y_i + lambda c_i) / (n_i + lambda c_i) with c = +1
for the cells 00 and 11 and -1 for 10 and 01, so the likelihood-ratio statistic of every
possible table is the root of one increasing function. The p-value is the largest
probability, over all three nuisance probabilities, of a table at least as extreme
(Barnard 1945): it holds its level for every background and every single effect.

The nuisance space is carried by a cube: with t = s10 s01, s00 = t^w and
s11 = t^(1 - w). Its faces, where a product is 0, are searched by themselves. No number
is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from isobole.results import binomial_chances

FloatArray = NDArray[np.float64]

TABLE_LIMIT: Final = 200_000
"""Most tables that are listed (20 animals per cell give 194,481)."""

_GRID: Final = 33
_ZOOMS: Final = 12
_STARTS: Final = 6
_TIE: Final = 1e-7  # statistics nearer than this count as equal


def bliss_statistic(n: ArrayLike, spared: ArrayLike) -> FloatArray:
    """Return the likelihood-ratio statistic of no interaction for many tables.

    Parameters
    ----------
    n : array, shape (4,)
        Animals in the cells 00, 10, 01, 11; 0 in 00 means that the background is
        known to spare every animal.
    spared : array, shape (..., 4)
        Animals not affected.

    Examples
    --------
    >>> round(float(bliss_statistic([10] * 4, [10, 10, 9, 3])), 4)
    8.2015
    """
    size = np.asarray(n, dtype=np.float64)
    y = np.asarray(spared, dtype=np.float64)
    sign = np.array([1.0, -1.0, -1.0, 1.0])
    use = size > 0
    size, y, sign = size[use], y[..., use], sign[use]
    low = -np.where(sign > 0, y, np.inf).min(axis=-1)
    high = np.where(sign < 0, y, np.inf).min(axis=-1)
    hit = size - y
    for _ in range(60):
        middle = (low + high) / 2
        share = _share(y, size, sign * middle[..., None])
        with np.errstate(divide="ignore", invalid="ignore"):
            total = (sign * np.log(share)).sum(axis=-1)
        low = np.where(total < 0, middle, low)
        high = np.where(total < 0, high, middle)
    tilt = sign * ((low + high) / 2)[..., None]
    # The dual of the constrained maximum, continuous where a cell spares none or all.
    share, own = _share(y, size, tilt), y / size
    null = xlogy(y + tilt, share) + xlogy(hit, 1 - share)
    best = xlogy(y, own) + xlogy(hit, 1 - own)
    return np.asarray(np.maximum(2 * (best - null).sum(axis=-1), 0.0))


def _share(y: FloatArray, size: FloatArray, tilt: FloatArray) -> FloatArray:
    """Return (y + tilt) / (size + tilt), 1 where both vanish."""
    total = size + tilt
    safe = np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, np.maximum(y + tilt, 0.0) / safe, 1.0))


def all_statistics(n: Sequence[int]) -> FloatArray:
    """Return the statistic of every table, indexed by the spared of each cell."""
    axes = np.meshgrid(*(np.arange(size + 1.0) for size in n), indexing="ij")
    return bliss_statistic(n, np.stack(axes, axis=-1))


class _Tail:
    """Probability of the weighted tables as a function of the nuisance parameters."""

    def __init__(self, n: Sequence[int], weight: FloatArray) -> None:
        self.n = tuple(n)
        self.weight = weight

    def on_cube(self, a: FloatArray, b: FloatArray, w: FloatArray) -> FloatArray:
        """Return it at s10 = a, s01 = b and all w, shape (a, b, w)."""
        # Axes: a i k l, then b a i l.
        first = np.tensordot(binomial_chances(self.n[1], a), self.weight, (1, 1))
        inner = np.tensordot(binomial_chances(self.n[2], b), first, (1, 2))
        inner = inner.swapaxes(0, 1)
        product = a[:, None, None] * b[None, :, None]
        one = binomial_chances(self.n[0], product**w)
        both = binomial_chances(self.n[3], product ** (1 - w))
        return np.asarray((np.matmul(one, inner) * both).sum(axis=-1))

    def on_face(self, x: FloatArray, y: FloatArray, zero: tuple[int, int]) -> float:
        """Return its maximum where two cells spare none, the others being x and y."""
        index: list[int | slice] = [slice(None)] * 4
        for cell in zero:
            index[cell] = 0
        table = self.weight[tuple(index)]
        first, second = (cell for cell in range(4) if cell not in zero)
        left, right = (
            binomial_chances(self.n[first], x),
            binomial_chances(self.n[second], y),
        )
        return float((left @ table @ right.T).max())


def largest_tail(n: Sequence[int], weight: FloatArray, *, known: bool) -> float:
    """Return the largest probability of the weighted tables under no interaction.

    Parameters
    ----------
    n : sequence of int
        Animals in the cells 00, 10, 01, 11.
    weight : array, shape (n00 + 1, n10 + 1, n01 + 1, n11 + 1)
        1 for tables at least as extreme (1/2 for ties under mid-p), else 0.
    known : bool
        Whether the background is known to be 0, so that s00 = 1.
    """
    tail = _Tail(n, weight)
    nodes = np.sin(np.linspace(0, np.pi / 2, _GRID)) ** 2
    w = np.zeros(1) if known else nodes
    value = tail.on_cube(nodes, nodes, w)
    best = float(value.max())
    if not known:
        fine = np.sin(np.linspace(0, np.pi / 2, 201)) ** 2
        faces = ((0, 1), (0, 2), (1, 3), (2, 3))
        best = max(best, *(tail.on_face(fine, fine, face) for face in faces))
    for start in _peaks(value):
        best = max(best, _zoom(tail, np.array(start), w.size))
    return min(best, 1.0)


def _peaks(value: FloatArray) -> list[tuple[int, int, int]]:
    """Return the highest local maxima of a grid, in a fixed order."""
    padded = np.pad(value, 1, constant_values=-1.0)
    core = padded[1:-1, 1:-1, 1:-1]
    local = np.ones(value.shape, dtype=bool)
    for axis in range(3):
        for step in (-1, 1):
            moved = np.roll(padded, step, axis=axis)[1:-1, 1:-1, 1:-1]
            local &= core >= moved
    order = np.argsort(-np.where(local, value, -1.0), axis=None, kind="stable")
    top = order[:_STARTS]
    return [tuple(int(i) for i in np.unravel_index(k, value.shape)) for k in top]  # type: ignore[misc]


def _zoom(tail: _Tail, start: NDArray[np.int64], depth: int) -> float:
    """Climb from a grid point by ever smaller grids about the best point."""
    centre = start / (_GRID - 1.0) * (np.pi / 2)
    reach, best = np.pi / 2 / (_GRID - 1), 0.0
    for _ in range(_ZOOMS):
        offset = np.linspace(-reach, reach, 7)
        axes = [np.clip(c + offset, 0.0, np.pi / 2) for c in centre]
        a, b, w = (np.sin(axis) ** 2 for axis in axes)
        value = tail.on_cube(a, b, w if depth > 1 else np.zeros(1))
        k = np.unravel_index(int(value.argmax()), value.shape)
        best = max(best, float(value[k]))
        centre = np.array([axis[i] for axis, i in zip(axes, k, strict=True)])
        reach *= 0.5
    return best


def unconditional_p(
    n: Sequence[int], spared: Sequence[int], *, known: bool = False
) -> tuple[float, float]:
    """Return the exact unconditional p of no interaction, and its mid-p.

    Parameters
    ----------
    n, spared : sequence of int
        Animals, and animals not affected, in the cells 00, 10, 01, 11.
    known : bool
        Whether a background of 0 is taken as known; the cell 00 is then not used.

    Returns
    -------
    p, mid_p : float
        Mid-p counts tables exactly as extreme by half; it is approximate: its level
        is not guaranteed.

    Examples
    --------
    >>> p, mid_p = unconditional_p([8] * 4, [8, 8, 8, 2])
    >>> print(f"{p:.4f} {mid_p:.4f}")
    0.0022 0.0014
    """
    cells = [0, *n[1:]] if known else list(n)
    hit = [0, *spared[1:]] if known else list(spared)
    every = all_statistics(cells)
    seen = float(every[tuple(hit)])
    slack = _TIE * (1 + seen)
    extreme = (every >= seen - slack).astype(np.float64)
    tied = (np.abs(every - seen) <= slack).astype(np.float64)
    if seen <= slack:
        return 1.0, largest_tail(cells, extreme - 0.5 * tied, known=known)
    return (
        largest_tail(cells, extreme, known=known),
        largest_tail(cells, extreme - 0.5 * tied, known=known),
    )
