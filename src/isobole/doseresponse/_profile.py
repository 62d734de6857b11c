"""How far a log ED lies from the maximum: the profile deviance, for whole batches.

The mirror of `likelihood_end`: there the cut is given and the log ED sought, here the
log ED is given. Curves through it are rays eta = q + rho (z - m), rho >= 0, and the
log-likelihood is concave along each of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._core import CHUNK, Batch
from isobole.doseresponse._links import score
from isobole.doseresponse._rays import level_loglik
from isobole.results import NotComputable

FloatArray = NDArray[np.float64]

# A log ED this close to a tested dose (on the inner axis) is meant to be that dose:
# the likelihood of a step curve jumps there, so rounding must not decide.
_SAME_DOSE = 1e-11
_STEPS = 200


def profile_deviance(
    batch: Batch,
    q: float,
    m_z: float | FloatArray,
    rows: NDArray[np.intp] | None = None,
) -> FloatArray:
    """Return 2 (sup l - sup over rising or flat curves with log ED m), per table.

    A table's likelihood set at a cut holds m exactly when this is at most the cut.

    Parameters
    ----------
    batch : Batch
    q : float
        Predictor at the wanted effect.
    m_z : float or array, shape (len(rows),)
        Log ED on the inner axis: (log10 ED - centre) / spread; finite.
    rows : array of int, optional
        Tables to work on; all of them by default.
    """
    if rows is None:
        rows = np.arange(batch.pattern.size)
    m = np.broadcast_to(np.asarray(m_z, dtype=np.float64), rows.shape)
    result = np.empty(rows.size)
    for start in range(0, rows.size, CHUNK):
        part = slice(start, start + CHUNK)
        result[part] = _deviance(batch, q, m[part], rows[part])
    return result


def _deviance(
    batch: Batch, q: float, m: FloatArray, rows: NDArray[np.intp]
) -> FloatArray:
    r, s = batch.r[rows], batch.s[rows]
    h = batch.scale.z - m[:, None]
    h[np.abs(h) < _SAME_DOSE] = 0.0
    best = np.empty(rows.size)
    # A step at m fits every dose but one at m itself, which is held at q: the
    # supremum of the ray, reached only at an infinite slope.
    against = np.where(h < 0, r, 0.0) + np.where(h > 0, s, 0.0)
    step = ~against.any(axis=1)
    here = h == 0
    best[step] = level_loglik(
        batch.link,
        np.full(int(step.sum()), q),
        (r * here)[step].sum(axis=1),
        (s * here)[step].sum(axis=1),
    )
    climb = np.flatnonzero(~step)
    if climb.size:
        start = np.maximum(batch.b[rows][climb], 1.0)
        best[climb] = _climb(batch, q, h[climb], r[climb], s[climb], start)
    return np.asarray(np.maximum(2 * (batch.loglik[rows] - best), 0.0))


def _climb(
    batch: Batch,
    q: float,
    h: FloatArray,
    r: FloatArray,
    s: FloatArray,
    start: FloatArray,
) -> FloatArray:
    """Maximise along the rays: Newton on rho >= 0, kept inside a bracket."""
    flat, d1, _ = score(batch.link, np.full_like(h, q), r, s)
    best: FloatArray = flat.sum(axis=1)
    # Where the likelihood falls from rho = 0 on, the flat curve is the maximum.
    live = np.flatnonzero((d1 * h).sum(axis=1) > 0)
    rho = start[live]
    low, high = np.zeros(live.size), np.full(live.size, np.inf)
    for _ in range(_STEPS):
        if live.size == 0:
            return best
        ray = h[live]
        value, d1, w = score(batch.link, q + rho[:, None] * ray, r[live], s[live])
        grad = (d1 * ray).sum(axis=1)
        bend = np.maximum((w * ray * ray).sum(axis=1), 1e-300)
        move = grad / bend
        decrement = grad * move
        low = np.where(grad > 0, rho, low)
        high = np.where(grad <= 0, rho, high)
        tight = high - low < 1e-14 * high
        done = (decrement < 1e-10) | tight
        # What the last Newton move would add, to second order.
        gain = np.where(tight, 0.0, decrement / 2)
        best[live[done]] = (value.sum(axis=1) + gain)[done]
        new = rho + move
        bounded = np.isfinite(high)
        ceiling = np.where(bounded, high, 4 * rho + 1.0)
        middle = np.where(bounded, (low + high) / 2, ceiling)
        # Far out on an exponential tail (cloglog) Newton creeps: halve instead.
        creeping = (decrement > 1e3) & (grad < 0) & (new > rho / 2)
        rho = np.where(
            creeping | (new <= low) | (new >= ceiling), np.minimum(middle, new), new
        )
        rho = np.where((rho <= low) | (rho >= ceiling), middle, rho)
        keep = ~done
        live, rho, low, high = live[keep], rho[keep], low[keep], high[keep]
    msg = (
        f"The profile likelihood of {live.size} table(s) did not settle; this is a "
        f"fault of isobole. Please report the counts, e.g. {r[live[0]].tolist()}."
    )
    raise NotComputable(msg)
