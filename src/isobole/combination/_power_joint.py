"""Whether the joint likelihood excludes an index, for many regular studies at once.

Only the decision is wanted, not the deviance. Every point that keeps the index is a
lower bound of the likelihood under it, so a study is decided as soon as one such point
lies within the cut; most are at the start, where the arms' own estimates are moved
onto the index in proportion to their variances. The rest climb by Newton until the
predicted gain cannot bring them within the cut.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isobole.combination._joint import (
    JointArms,
    _evaluate,
    _solve,
    additive_place,
)
from isobole.combination._power_arms import ArmTables
from isobole.doseresponse._links import score

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

_CHUNK = 4096  # studies worked on at once: the arrays stay in the processor's cache


def joint_excludes(
    arms: list[ArmTables],
    studies: IntArray,
    shares: FloatArray,
    cut: FloatArray,
    log_null: float,
    *,
    common: bool,
) -> tuple[BoolArray, FloatArray]:
    """Return whether the deviance of an index is above the cut, and the log10 index.

    Parameters
    ----------
    arms : list of ArmTables
        Single drugs, then the mixture.
    studies : array of int, shape (S, arms)
        Table numbers; every table has a finite rising curve.
    shares : array
        Shares of the total dose, one per single drug.
    cut : array, shape (S,)
        Deviance cut.
    log_null : float
        Log10 index to test.
    common : bool
        Whether the arms share one slope.
    """
    excluded = np.zeros(studies.shape[0], dtype=bool)
    estimate = np.zeros(studies.shape[0])
    for start in range(0, studies.shape[0], _CHUNK):
        part = slice(start, start + _CHUNK)
        excluded[part], estimate[part] = _exclude_part(
            arms, studies[part], shares, cut[part], log_null, common
        )
    return excluded, estimate


def _exclude_part(
    arms: list[ArmTables],
    studies: IntArray,
    shares: FloatArray,
    cut: FloatArray,
    log_null: float,
    common: bool,
) -> tuple[BoolArray, FloatArray]:
    k = len(arms) - 1
    joint = JointArms(
        arms[-1].batch.link,
        arms[-1].q,
        tuple(arm.log_dose for arm in arms),
        tuple(arm.batch.r[studies[:, i]] for i, arm in enumerate(arms)),
        tuple(arm.batch.s[studies[:, i]] for i, arm in enumerate(arms)),
        shares,
        common,
    )
    m = np.stack([arm.m[studies[:, i]] for i, arm in enumerate(arms)], axis=1)
    slope = np.stack([arm.slope[studies[:, i]] for i, arm in enumerate(arms)], axis=1)
    if common:
        ends = np.array([[arm.log_dose.min(), arm.log_dose.max()] for arm in arms])
        centre = np.clip(m, ends[:, 0] - 1.0, ends[:, 1] + 1.0)
        m, b, top, variance = _shared_slope(joint, centre, slope)
        lean = np.zeros_like(m)
    else:
        top = np.zeros(studies.shape[0])
        for i, arm in enumerate(arms):
            top += arm.batch.loglik[studies[:, i]]
        variance, lean = (
            np.stack([value[studies[:, i]] for i, value in enumerate(values)], axis=1)
            for values in ([a.var_m for a in arms], [a.cov_mb for a in arms])
        )
    estimate = m[:, -1] - additive_place(m[:, :k], shares)
    # The point on the index nearest to the estimates, by their variances.
    parts = shares * 10.0 ** -(m[:, :k] - m[:, :k].min(axis=1, keepdims=True))
    f = parts / parts.sum(axis=1, keepdims=True)
    weight = np.concatenate([-f, np.ones((f.shape[0], 1))], axis=1)
    pull = (estimate - log_null) / (weight**2 * variance).sum(axis=1)
    moved = np.clip(-pull[:, None] * weight * variance, -1.0, 1.0)
    if common:
        slopes = b[:, None]
    else:
        slopes = np.maximum(slope + lean / variance * moved, 0.3 * slope)
    theta = np.concatenate([m[:, :k] + moved[:, :k], slopes], axis=1)
    return _decide(joint, theta, log_null, top, cut), estimate


def _decide(
    joint: JointArms,
    theta: FloatArray,
    log_null: float,
    top: FloatArray,
    cut: FloatArray,
) -> BoolArray:
    """Climb from `theta` until each study's deviance is known to be within or above."""
    k, count = joint.drugs, top.size
    excluded = np.ones(count, dtype=bool)
    best_theta, best = theta.copy(), np.full(count, -np.inf)
    step = np.zeros_like(theta)
    live = np.arange(count)
    for _ in range(60):
        here = best_theta[live] + step[live]
        lam = np.full(live.size, log_null)
        value, grad, info, _ = _evaluate(joint, here, lam, live)
        deviance = 2 * (top[live] - value)
        within = deviance <= cut[live]
        excluded[live[within]] = False
        live, here, value = live[~within], here[~within], value[~within]
        grad, info, deviance = grad[~within], info[~within], deviance[~within]
        if live.size == 0:
            break
        better = value >= best[live] - 1e-10 * (1 + np.abs(best[live]))
        move, gain = _ascent(info, grad)
        b = here[:, k:]
        falling = np.minimum(move[:, k:], -1e-300)
        shrink = np.minimum(1.0, (-0.7 * b / falling).min(axis=1))
        shrink /= np.maximum(np.abs(move[:, :k]).max(axis=1), 1.0)
        kept = live[better]
        best_theta[kept], best[kept] = here[better], value[better]
        step[live] = np.where(better[:, None], move * shrink[:, None], step[live] / 4)
        # A Newton step gains half of `gain` in log-likelihood; four times as much
        # would still leave these above the cut.
        sure = better & (gain < 0.5) & (deviance - 4 * gain > cut[live])
        done = sure | (np.abs(step[live]).max(axis=1) < 1e-12)
        live = live[~done]
        if live.size == 0:
            break
    return excluded


def _ascent(info: FloatArray, grad: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the Newton step and its decrement; a ridge only where it is needed."""
    try:
        move = np.asarray(np.linalg.solve(info, grad[:, :, None])[:, :, 0], float)
    except np.linalg.LinAlgError:
        return _solve(info, grad)
    gain: FloatArray = (move * grad).sum(axis=1)
    bad = ~(gain > 0) | ~np.isfinite(move).all(axis=1)
    if bad.any():
        move[bad], gain[bad] = _solve(info[bad], grad[bad])
    return move, gain


def _shared_slope(
    joint: JointArms, centre: FloatArray, slope: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Maximise with one slope and free places: m, slope, log-likelihood, var(m).

    eta = q + a_i + b (x - c_i), c_i the arm's own log10 ED50: concave in all a and b.
    """
    count, arms = centre.shape
    best_a = np.zeros((count, arms))
    best_b = 1.0 / np.mean(1.0 / slope, axis=1)
    best = np.full(count, -np.inf)
    weight = np.ones((count, arms))
    step_a, step_b = np.zeros_like(best_a), np.zeros_like(best_b)
    live = np.arange(count)
    for _ in range(60):
        a, b = best_a[live] + step_a[live], best_b[live] + step_b[live]
        total, gb, hbb = np.zeros(live.size), np.zeros(live.size), np.zeros(live.size)
        ga, haa, hab = (np.zeros((live.size, arms)) for _ in range(3))
        for i in range(arms):
            gap = joint.x[i] - centre[live, i, None]
            ones = np.ones(gap.shape[1])
            eta = joint.q + a[:, i, None] + b[:, None] * gap
            value, d1, w = score(joint.link, eta, joint.r[i][live], joint.s[i][live])
            wg = w * gap
            total += value @ ones
            ga[:, i], haa[:, i], hab[:, i] = d1 @ ones, w @ ones, wg @ ones
            gb += (d1 * gap) @ ones
            hbb += (wg * gap) @ ones
        better = total >= best[live] - 1e-11 * (1 + np.abs(best[live]))
        haa = np.maximum(haa, 1e-12)
        left = np.maximum(hbb - (hab**2 / haa).sum(axis=1), 1e-12)
        move_b = (gb - (hab * ga / haa).sum(axis=1)) / left
        move_a = (ga - hab * move_b[:, None]) / haa
        gain = gb * move_b + (ga * move_a).sum(axis=1)
        size = np.maximum(np.abs(move_a).max(axis=1), np.abs(move_b) / np.abs(b))
        limit = np.maximum(1.0, size / 2.0)
        kept = live[better]
        best_a[kept], best_b[kept], best[kept] = a[better], b[better], total[better]
        weight[kept] = haa[better]
        step_a[live] = np.where(
            better[:, None], move_a / limit[:, None], step_a[live] / 4
        )
        step_b[live] = np.where(better, move_b / limit, step_b[live] / 4)
        done = (better & (gain < 1e-8)) | (np.abs(step_b[live]) < 1e-12)
        live = live[~done]
        if live.size == 0:
            break
    # Arms that rise each on their own rise together: the slope is above 0.
    b = np.maximum(best_b, 1e-9)
    m = centre - best_a / b[:, None]
    return m, b, best, 1.0 / (b[:, None] ** 2 * weight)
