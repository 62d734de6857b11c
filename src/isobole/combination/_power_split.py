"""Whether the joint likelihood excludes an index where an arm has no finite curve.

With separate slopes the arms share no parameter, so an index is within a cut where
some division of the cut between the arms lets their own likelihood limits meet at it
(see `_split`). Here the division is sought for many studies at once: u_i^2 of the cut
goes to arm i, u on the unit sphere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.combination._power_arms import ArmTables
from isobole.doseresponse._core import Batch
from isobole.doseresponse._limits import likelihood_arrays

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

_STEP = 0.06  # between tabulated roots of the cut
_FARTHEST = 100.0  # log10 dose
_TURNS = np.linspace(-1.0, 1.0, 9)


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Likelihood ends of an arm's tables at evenly spaced roots of the cut."""

    low: FloatArray
    high: FloatArray
    row: IntArray

    def at(self, side: int, numbers: IntArray, root: FloatArray) -> FloatArray:
        """Interpolate; anything beside an unbounded end is unbounded."""
        end = self.low if side < 0 else self.high
        place = root / _STEP
        left = np.minimum(place.astype(np.int64), end.shape[1] - 2)
        part = place - left
        row = self.row[numbers]
        first, second = end[row, left], end[row, left + 1]
        with np.errstate(invalid="ignore"):
            between = first + part * (second - first)
        edge = np.where(part > 0, second, first)
        bounded = np.isfinite(first) & np.isfinite(second)
        return np.asarray(np.where(bounded, between, edge))


def _tabulate(arm: ArmTables, numbers: IntArray, top: float) -> _Ends:
    """Tabulate the ends of the tables in use up to the root `top`."""
    used = np.unique(numbers)
    roots = _STEP * np.arange(int(top / _STEP) + 2)
    roots[0] = 1e-5
    rows = np.repeat(used, roots.size)
    batch = arm.batch
    repeated = Batch(
        batch.link, batch.scale, batch.r[rows], batch.s[rows], batch.pattern[rows],
        batch.a[rows], batch.b[rows], batch.loglik[rows], batch.flat[rows],
        batch.converged[rows],
    )  # fmt: skip
    found = likelihood_arrays(repeated, arm.q, np.tile(roots**2, used.size))
    shape = (used.size, roots.size)
    row = np.full(batch.pattern.size, -1, dtype=np.int64)
    row[used] = np.arange(used.size)
    # A flat curve's ends are bounded in name only; doses must not overflow.
    low, high = (
        np.where(np.isfinite(end), np.clip(end, -_FARTHEST, _FARTHEST), end)
        for end in (found.low, found.high)
    )
    return _Ends(low.reshape(shape), high.reshape(shape), row)


def split_excludes(
    arms: list[ArmTables],
    studies: IntArray,
    shares: FloatArray,
    cut: FloatArray,
    log_null: float,
) -> tuple[BoolArray, FloatArray]:
    """Return whether the set within the cut leaves an index out, and on which side.

    Parameters
    ----------
    arms, studies, shares, cut, log_null
        As in `joint_excludes`, but any table is allowed.

    Returns
    -------
    excluded, estimate : arrays, shape (S,)
        The estimate is the end of the best-fitting indices that is nearer to
        `log_null`; its sign against it is the direction.
    """
    excluded = np.zeros(studies.shape[0], dtype=bool)
    estimate = np.full(studies.shape[0], log_null)
    # Heterogeneous studies are few and their cuts wide: a table of ends of their own.
    usual = cut <= cut.min(initial=np.inf) * (1 + 1e-12)
    for rows in (np.flatnonzero(usual), np.flatnonzero(~usual)):
        if rows.size == 0:
            continue
        root = np.sqrt(cut[rows])
        top = float(root.max())
        ends = [_tabulate(arm, studies[rows, i], top) for i, arm in enumerate(arms)]
        for side in (-1, 1):
            out, near = _one_side(ends, studies[rows], shares, root, log_null, side)
            excluded[rows[out]] = True
            estimate[rows[out]] = near[out]
    return excluded, estimate


def _one_side(
    ends: list[_Ends],
    studies: IntArray,
    shares: FloatArray,
    root: FloatArray,
    log_null: float,
    side: int,
) -> tuple[BoolArray, FloatArray]:
    """Return where every index on this side of the estimates stops short of the null.

    Side 1 looks for indices up to the null from below, side -1 the other way.
    """
    count, arms = studies.shape

    def reach(rows: IntArray, u: FloatArray) -> FloatArray:
        """Return how far beyond the null the index comes, 0 or above: it is within."""
        roots = u * root[rows, None]
        numbers = studies[rows]
        place = ends[-1].at(side, numbers[:, -1], roots[:, -1])
        dose = np.stack(
            [ends[i].at(-side, numbers[:, i], roots[:, i]) for i in range(arms - 1)],
            axis=1,
        )
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            additive = -np.log10((shares * 10.0**-dose).sum(axis=1))
            far = side * (place - additive - log_null)
        return np.where(np.isnan(far), np.inf, far)

    everyone = np.arange(count)
    none = np.zeros((count, arms))
    start = reach(everyone, none)
    out = start < 0
    near = log_null + side * np.where(out, start, 0.0)
    live = np.flatnonzero(out)
    # First tries: each arm alone, then all in proportion to what each alone gains.
    gains = np.zeros((count, arms))
    for i in range(arms):
        alone = np.zeros((live.size, arms))
        alone[:, i] = 1.0
        found = reach(live, alone)
        gains[live, i] = np.minimum(found - start[live], 1e3)
        out[live[found >= 0]] = False
        live = live[found < 0]
    u = gains[live] / np.maximum(
        np.sqrt((gains[live] ** 2).sum(axis=1, keepdims=True)), 1e-300
    )
    best = reach(live, u)
    for turn in (0.8, 0.3, 0.1, 0.04):
        for i in range(arms):
            for j in range(i):
                keep = best < 0
                out[live[~keep]] = False
                live, u, best = live[keep], u[keep], best[keep]
                u, best = _rotate(reach, live, u, best, (i, j), turn)
    out[live[best >= 0]] = False
    return out, near


def _rotate(
    reach: Callable[[IntArray, FloatArray], FloatArray],
    live: IntArray,
    u: FloatArray,
    best: FloatArray,
    pair: tuple[int, int],
    turn: float,
) -> tuple[FloatArray, FloatArray]:
    """Try to move some of the cut between two arms; keep what reaches furthest."""
    i, j = pair
    size = np.hypot(u[:, i], u[:, j])
    angle = np.arctan2(u[:, j], u[:, i])
    for step in _TURNS[_TURNS != 0] * turn:
        at = np.clip(angle + step, 0.0, np.pi / 2)
        tried = u.copy()
        tried[:, i], tried[:, j] = size * np.cos(at), size * np.sin(at)
        found = reach(live, tried)
        further = found > best
        u = np.where(further[:, None], tried, u)
        best = np.where(further, found, best)
    return u, best
