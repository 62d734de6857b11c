"""One likelihood over the single-drug arms and a mixture, with an interaction index.

Every drug has its own curve eta = q + b_i (x - m_i), m_i its log10 dose at the effect
in question; the mixture has eta = q + b_M (x - lambda - log10 Z(m)), Z being Loewe's
additive dose and lambda the log10 interaction index. With common slopes all b are one.
Studies that share their doses are worked on together; one study is a batch of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse import Link, QuantalFit
from isobole.doseresponse._links import score
from isobole.results import NotComputable

FloatArray = NDArray[np.float64]

LN10 = float(np.log(10.0))


@dataclass(frozen=True, slots=True)
class JointArms:
    """Counts of a batch of studies: per arm log10 doses and (studies, doses) counts.

    The mixture comes last. `shares` are of the total dose, one per single drug.
    """

    link: Link
    q: float
    x: tuple[FloatArray, ...]
    r: tuple[FloatArray, ...]
    s: tuple[FloatArray, ...]
    shares: FloatArray
    common: bool

    @property
    def drugs(self) -> int:
        """How many single drugs there are."""
        return len(self.x) - 1

    @property
    def parameters(self) -> int:
        """Nuisance parameters: one m per drug and the slopes."""
        return self.drugs + (1 if self.common else self.drugs + 1)


@dataclass(frozen=True, slots=True)
class JointPoint:
    """Maximum of the joint likelihood at a fixed index, for every study.

    `gradient` is of the profiled log-likelihood in lambda (the envelope).
    """

    theta: FloatArray
    loglik: FloatArray
    gradient: FloatArray
    converged: NDArray[np.bool_]


def _evaluate(
    arms: JointArms, theta: FloatArray, lam: FloatArray, rows: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return log-likelihood, gradient, minus Hessian, and the lambda gradient."""
    k, count = arms.drugs, theta.shape[0]
    m = theta[:, :k]
    slopes = theta[:, k:]
    size = arms.parameters
    total = np.zeros(count)
    grad = np.zeros((count, size))
    info = np.zeros((count, size, size))
    for i in range(k):
        j = k if arms.common else k + i
        b = slopes[:, 0 if arms.common else i]
        gap = arms.x[i] - m[:, i, None]
        value, d1, w = score(
            arms.link, arms.q + b[:, None] * gap, arms.r[i][rows], arms.s[i][rows]
        )
        ones = np.ones(gap.shape[1])
        sd, sw = d1 @ ones, w @ ones
        dg, wg = (d1 * gap) @ ones, (w * gap) @ ones
        total += value @ ones
        grad[:, i] += -b * sd
        grad[:, j] += dg
        info[:, i, i] += b * b * sw
        info[:, i, j] += -b * wg + sd
        info[:, j, i] += -b * wg + sd
        info[:, j, j] += ((w * gap) * gap) @ ones
    parts = arms.shares * 10.0 ** -np.clip(m, -200.0, 200.0)
    whole = parts.sum(axis=1)
    f = parts / whole[:, None]
    place = lam - np.log10(whole)
    j = k if arms.common else 2 * k
    b = slopes[:, -1]
    gap = arms.x[k] - place[:, None]
    value, d1, w = score(
        arms.link, arms.q + b[:, None] * gap, arms.r[k][rows], arms.s[k][rows]
    )
    ones = np.ones(gap.shape[1])
    sd, sw = d1 @ ones, w @ ones
    dg, wg = (d1 * gap) @ ones, (w * gap) @ ones
    total += value @ ones
    pull = -b * sd  # d loglik / d place
    grad[:, :k] += pull[:, None] * f
    grad[:, j] += dg
    second = b * b * sw
    # d2 place / dm_i dm_l = ln 10 f_i (f_l - [i = l])
    bend = LN10 * (f[:, :, None] * f[:, None, :] - _diagonal(f))
    info[:, :k, :k] += second[:, None, None] * (f[:, :, None] * f[:, None, :])
    info[:, :k, :k] -= pull[:, None, None] * bend
    cross = (-b * wg + sd)[:, None] * f
    info[:, :k, j] += cross
    info[:, j, :k] += cross
    info[:, j, j] += ((w * gap) * gap) @ ones
    return total, grad, info, pull


def _diagonal(f: FloatArray) -> FloatArray:
    out = np.zeros((f.shape[0], f.shape[1], f.shape[1]))
    index = np.arange(f.shape[1])
    out[:, index, index] = f
    return out


def maximise_at(
    arms: JointArms, lam: FloatArray, start: FloatArray, rows: NDArray[np.intp]
) -> JointPoint:
    """Maximise over everything but the index, from `start`; damped Newton.

    Parameters
    ----------
    lam : array, shape (B,)
        Fixed log10 index of each study.
    start : array, shape (B, parameters)
        Log10 doses of the single drugs, then slopes (above 0).
    rows : array of int, shape (B,)
        Which studies of `arms`.
    """
    k = arms.drugs
    best_theta, count = start.copy(), start.shape[0]
    best = np.full(count, -np.inf)
    pull = np.zeros(count)
    step = np.zeros_like(start)
    done = np.zeros(count, dtype=bool)
    live = np.arange(count)
    for _ in range(60):
        theta = best_theta[live] + step[live]
        value, grad, info, lam_grad = _finite(
            *_evaluate(arms, theta, lam[live], rows[live])
        )
        better = value >= best[live] - 1e-10 * (1 + np.abs(best[live]))
        move, decrement = _solve(info, grad)
        # Slopes stay above 0, and no step leaps more than a decade.
        shrink = np.ones(live.size)
        falling = move[:, k:] < 0
        room = np.where(
            falling, 0.7 * theta[:, k:] / np.where(falling, -move[:, k:], 1), 1
        )
        shrink = np.minimum(shrink, room.min(axis=1))
        shrink = np.minimum(
            shrink, 1.0 / np.maximum(np.abs(move[:, :k]).max(axis=1), 1)
        )
        kept = live[better]
        best_theta[kept], best[kept] = theta[better], value[better]
        pull[kept] = lam_grad[better]
        step[live] = np.where(better[:, None], move * shrink[:, None], step[live] / 4)
        small = np.abs(step[live]).max(axis=1) < 1e-13
        finished = (better & (decrement < 1e-12) & (shrink == 1)) | small
        if finished.any():
            index = live[finished]
            done[index] = decrement[finished] < 1e-6
            live = live[~finished]
            if live.size == 0:
                break
    return JointPoint(best_theta, best, pull, done)


def _finite(
    value: FloatArray, grad: FloatArray, info: FloatArray, pull: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Make a point beyond what floats can hold a step that is taken back."""
    bad = ~(
        np.isfinite(value)
        & np.isfinite(grad).all(axis=1)
        & np.isfinite(info).all(axis=(1, 2))
    )
    if bad.any():
        value = np.where(bad, -np.inf, value)
        grad = np.where(bad[:, None], 0.0, grad)
        info = np.where(bad[:, None, None], np.eye(info.shape[1]), info)
        pull = np.where(bad, 0.0, pull)
    return value, grad, info, pull


def _solve(info: FloatArray, grad: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Newton step with a ridge where the Hessian is not definite."""
    size = np.sqrt(np.maximum(np.einsum("bii->bi", info), 1e-12))
    scaled = info / (size[:, :, None] * size[:, None, :])
    lowest = np.linalg.eigvalsh(scaled)[:, 0]
    ridge = np.where(lowest < 1e-8, 1e-3 - np.minimum(lowest, 0.0), 0.0)
    scaled = scaled + ridge[:, None, None] * np.eye(info.shape[1])
    move = np.linalg.solve(scaled, (grad / size)[:, :, None])[:, :, 0] / size
    return move, np.abs((move * grad).sum(axis=1))


def additive_place(theta: FloatArray, shares: FloatArray) -> FloatArray:
    """Return log10 of Loewe's additive dose from single-drug log10 doses (B, k)."""
    return np.asarray(-np.log10((shares * 10.0**-theta).sum(axis=1)))


def maximise_common(
    arms: JointArms, m: list[float], fits: Sequence[QuantalFit]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Maximise with a common slope and a free index: the curves share only b.

    The index is free, so this is the shared-slope fit of all arms; returned as
    (theta, lambda, log-likelihood) for one study.
    """
    from isobole.doseresponse._joint import Arm, JointLikelihood

    likelihood = JointLikelihood.of(
        [
            Arm.of(np.log10(fit.data.groups[0]), fit.data.groups[1], fit.data.groups[2])
            for fit in fits
        ],
        arms.link,
        "common",
    )
    found = likelihood.maximise()
    slope = found.slope[0]
    intercepts = [value for value in found.intercept if value is not None]
    if slope is None or slope <= 0 or len(intercepts) < len(m):
        msg = (
            "The arms have no finite rising common slope; use separate slopes, whose "
            "likelihood answers there."
        )
        raise NotComputable(msg)
    places = [(arms.q - value) / slope for value in intercepts]
    theta = np.array([[*places[:-1], slope]])
    lam = np.array([places[-1]]) - additive_place(theta[:, : arms.drugs], arms.shares)
    return theta, lam, np.array([found.loglik])
