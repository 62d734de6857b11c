"""Ends of likelihood sets of log EDs, found by turning a ray.

The ray turns about the point (intercept = q, slope = 0), q being the predictor at the
wanted effect: every line through that point is one candidate for log ED = -cot(angle).
The likelihood is log-concave, so the set of angles is an arc, and rays, complements
and whole lines are arcs like any other: no search ever runs to infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._core import (
    CHUNK,
    FINITE,
    QUASI_SEPARATED,
    REVERSED_SEPARATED,
    Batch,
    covariance,
)
from isobole.doseresponse._links import Link, log_tails, quantile, score
from isobole.results import NotComputable

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Arc:
    """One end of a likelihood set for log ED, as an angle on the inner axis.

    `angle` is in [-pi/2, pi/2] for rising curves (inner log ED = tan(angle)) and may
    run to 3 pi/2 where falling curves are admitted. `sharp` marks an end where the
    likelihood jumps: the end itself is not in the set.
    """

    angle: FloatArray
    sharp: BoolArray
    unbounded: BoolArray


def level_loglik(
    link: Link, eta: FloatArray, r: FloatArray, s: FloatArray
) -> FloatArray:
    """Log-likelihood of a flat curve at predictor eta (infinite eta allowed)."""
    up, down = log_tails(link, eta)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(r > 0, r * up, 0.0) + np.where(s > 0, s * down, 0.0))


def likelihood_end(
    batch: Batch,
    q: float,
    cut: FloatArray,
    side: int,
    rows: NDArray[np.intp],
    far: float = np.pi / 2,
) -> Arc:
    """Find one end of the likelihood set of a log ED under rising curves.

    The set is {m : 2 (sup l - max_b>=0 l(b, m)) <= cut}; the supremum admits falling
    curves too, so the set can be empty (see `likelihood_kind`).

    Parameters
    ----------
    q : float
        Predictor at the wanted effect (0 for 50 % under probit and logit).
    cut : array, shape (len(rows),)
        Chi-square cut, times the heterogeneity factor if there is one.
    side : {-1, +1}
        Lower or upper end.
    rows : array of int
        Tables to work on; all patterns but SINGLE_DOSE are allowed, falling curves
        are not (the caller asks `likelihood_kind` first).
    far : float
        Angle to search to (in the direction of `side`).
    """
    link, z = batch.link, batch.scale.z
    r, s = batch.r[rows], batch.s[rows]
    top = batch.loglik[rows]
    pattern = batch.pattern[rows]
    count = rows.size
    angle = np.full(count, side * far)
    sharp = np.zeros(count, dtype=bool)

    # 1. Unbounded: even the flattest curve on this side is within the cut.
    n_hit, n_spared = r.sum(axis=1), s.sum(axis=1)
    with np.errstate(divide="ignore"):
        level = quantile(link, n_hit / (n_hit + n_spared))
    flattest = np.minimum(level, q) if side > 0 else np.maximum(level, q)
    unbounded = 2 * (top - level_loglik(link, flattest, n_hit, n_spared)) <= cut
    todo = ~unbounded

    # 2. Where the curve is a step, the likelihood jumps at the edge of the step.
    stepped = (pattern != FINITE) & (pattern != REVERSED_SEPARATED) & todo
    edge = _step_edge(batch, rows, side)
    here = z == edge[:, None]
    at_edge = level_loglik(
        link, np.full(count, q), (r * here).sum(axis=1), (s * here).sum(axis=1)
    )
    jump = stepped & (2 * (top - at_edge) > cut)
    # Beside a partial dose the step may lean: a response above the wanted level lets
    # the dose run below the partial one without a jump, and the other way round.
    partial = np.flatnonzero(pattern == QUASI_SEPARATED)
    if partial.size:
        hit = (r[partial] * here[partial]).sum(axis=1)
        own = quantile(link, hit / ((r + s)[partial] * here[partial]).sum(axis=1))
        jump[partial] &= (own > q) if side > 0 else (own < q)
    angle[jump] = np.arctan(edge[jump])
    sharp[jump] = True
    todo &= ~jump

    # 3. Elsewhere the likelihood falls continuously: turn the ray to the cut.
    index = np.flatnonzero(todo)
    for start in range(0, index.size, CHUNK):
        part = index[start : start + CHUNK]
        angle[part] = _turn(batch, q, cut[part], side, rows[part], edge[part], far)
    return Arc(angle, sharp, unbounded)


def _step_edge(batch: Batch, rows: NDArray[np.intp], side: int) -> FloatArray:
    """Return where the best step lies (not used for tables with a finite curve)."""
    z = batch.scale.z
    if side < 0:
        edge = np.where(batch.s[rows] > 0, z, -np.inf).max(axis=1)
    else:
        edge = np.where(batch.r[rows] > 0, z, np.inf).min(axis=1)
    return np.asarray(edge)


def _turn(
    batch: Batch,
    q: float,
    cut: FloatArray,
    side: int,
    rows: NDArray[np.intp],
    edge: FloatArray,
    far: float,
) -> FloatArray:
    """Turn the ray from the maximum outward until the deviance reaches the cut.

    The line at an angle is eta = q + rho (cos(angle) z - sin(angle)), rho >= 0. At
    every step one Newton move of rho and, once rho is nearly settled, one Newton
    move of the angle on the signed root of the deviance, kept inside a bracket.
    """
    link, z = batch.link, batch.scale.z
    r, s = batch.r[rows], batch.s[rows]
    top = batch.loglik[rows]
    finite = batch.pattern[rows] == FINITE
    a, b = batch.a[rows], batch.b[rows]
    root = np.sqrt(cut)

    rising = finite & (b > 0)
    falling = (finite & ~rising) | (batch.pattern[rows] == REVERSED_SEPARATED)
    inner = np.where(rising, np.arctan2(q - a, b), np.arctan(edge))
    # A falling best curve: the set, if any, hangs on the flat curve at infinity.
    inner = np.where(falling, -side * np.pi / 2, inner)
    outer = np.full(rows.size, side * far)
    angle, rho = _first_guess(batch, q, root, side, rows, inner, outer, rising)
    rho_low = np.zeros(rows.size)
    rho_high = np.full(rows.size, np.inf)
    result = angle.copy()
    live = np.arange(rows.size)
    ones = np.ones_like(z)
    for _ in range(200):
        sin, cos = np.sin(angle), np.cos(angle)
        h = cos[:, None] * z - sin[:, None]
        value, d1, w = score(link, q + rho[:, None] * h, r[live], s[live])
        grad = (d1 * h) @ ones
        wh = w * h
        curve = np.maximum((wh * h) @ ones, 1e-300)
        rho_low = np.where(grad > 0, rho, rho_low)
        rho_high = np.where(grad <= 0, rho, rho_high)
        move = grad / curve
        decrement = grad * move
        # At rho = 0 with a falling gradient the flat curve is the maximum.
        pinned = (rho <= 0) & (grad <= 0)
        move = np.where(pinned, 0.0, move)
        decrement = np.where(pinned, 0.0, decrement)
        new_rho = rho + move
        ceiling = np.where(np.isfinite(rho_high), rho_high, 4 * rho + 1.0)
        outside = (new_rho <= rho_low) | (new_rho >= ceiling)
        middle = np.where(
            np.isfinite(rho_high), (rho_low + rho_high) / 2, 4 * rho + 1.0
        )
        new_rho = np.where(outside & ~pinned & (decrement > 1e-18), middle, new_rho)
        # Far out on an exponential tail (cloglog) Newton creeps: halve instead.
        creeping = (decrement > 1e3) & (grad < 0) & (rho + move > rho / 2)
        new_rho = np.where(creeping, np.minimum(new_rho, (rho_low + rho) / 2), new_rho)
        # Straight to the flat curve when Newton points below it: halving would crawl.
        new_rho = np.where((rho + move <= 0) & (rho_low <= 0) & ~creeping, 0.0, new_rho)
        settled = (decrement < 1e-2) & ~(outside & (decrement > 1e-6)) | pinned

        deviance = 2 * (top[live] - value @ ones) - decrement
        excess = deviance - cut[live]
        sure = settled & (np.abs(excess) > 10 * np.minimum(decrement, 1.0) ** 1.5)
        beyond = excess > 0
        outer_now = np.where(sure & beyond, angle, outer[live])
        inner_now = np.where(sure & ~beyond, angle, inner[live])
        outer[live], inner[live] = outer_now, inner_now

        gh = -sin[:, None] * z - cos[:, None]  # dh / d angle
        slope = rho * ((d1 * gh) @ ones)  # d loglik / d angle at fixed rho
        dist = np.sqrt(np.maximum(deviance, 1e-300))
        # d dist / d angle = -slope / dist; Newton on dist - root
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            turn = (dist - root[live]) * dist / slope
        new_angle = angle + turn
        low = np.minimum(inner_now, outer_now)
        high = np.maximum(inner_now, outer_now)
        bad = ~np.isfinite(new_angle) | (new_angle <= low) | (new_angle >= high)
        new_angle = np.where(bad, (low + high) / 2, new_angle)

        tight = (high - low) < 1e-15 * (1 + np.abs(high))
        close = (np.abs(excess) < 1e-9 * (1 + cut[live])) & (decrement < 1e-12)
        finished = settled & (close | tight)
        result[live[finished]] = angle[finished]
        if finished.all():
            break
        # Predict rho at the new angle by the curve of maxima.
        cross = (d1 * gh) @ ones - rho * ((wh * gh) @ ones)
        delta = new_angle - angle
        guess = np.maximum(new_rho + cross / curve * delta, 0.25 * new_rho)
        angle = np.where(settled, new_angle, angle)
        rho = np.where(settled, guess, new_rho)
        rho_low = np.where(settled, 0.0, rho_low)
        rho_high = np.where(settled, np.inf, rho_high)
        keep = ~finished
        live, angle, rho = live[keep], angle[keep], rho[keep]
        rho_low, rho_high = rho_low[keep], rho_high[keep]
    else:
        msg = (
            f"The likelihood limits of {live.size} table(s) did not settle; this is "
            f"a fault of isobole. Please report the counts, e.g. {r[live[0]].tolist()}."
        )
        raise NotComputable(msg)
    return result


def _first_guess(
    batch: Batch,
    q: float,
    root: FloatArray,
    side: int,
    rows: NDArray[np.intp],
    inner: FloatArray,
    outer: FloatArray,
    rising: BoolArray,
) -> tuple[FloatArray, FloatArray]:
    """Start at the delta-method limit, or half a dose step outside a step curve."""
    spacing = 2.0 / max(batch.scale.z.size - 1, 1)
    guess = np.tan(np.clip(inner, -1.5, 1.5)) + side * spacing / 2
    rho = np.full(rows.size, 2.0 / spacing)
    if rising.any():
        part = rows[rising]
        aa, ab, bb = covariance(batch, "expected", part)
        a, b = batch.a[part], batch.b[part]
        steep = np.maximum(np.abs(b), 1e-8)
        m = (q - a) / steep
        variance = np.maximum(aa + 2 * m * ab + m * m * bb, 1e-16) / steep**2
        guess[rising] = m + side * root[rising] * np.sqrt(variance)
        rho[rising] = steep
    angle = np.arctan(guess)
    low, high = np.minimum(inner, outer), np.maximum(inner, outer)
    angle = np.where((angle <= low) | (angle >= high), (low + high) / 2, angle)
    return angle, rho / np.maximum(np.cos(angle), 1e-3) * np.where(rising, 0.8, 1.0)


def likelihood_kind(
    batch: Batch, q: float, cut: FloatArray, rows: NDArray[np.intp]
) -> BoolArray:
    """Return, per table, whether any rising (or flat) curve lies within the cut."""
    falling = (batch.pattern[rows] == REVERSED_SEPARATED) | (
        (batch.pattern[rows] == FINITE) & (batch.b[rows] <= 0)
    )
    within = 2 * (batch.loglik[rows] - batch.flat[rows]) <= cut
    return np.asarray(~falling | within)
