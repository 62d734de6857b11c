"""The likelihood of a ratio of EDs when every curve has its own slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import xlogy

from isobole.doseresponse._core import (
    FINITE,
    FLAT_SLOPE,
    REVERSED_SEPARATED,
    Batch,
    Scale,
    fit_batch,
)
from isobole.doseresponse._limits import EMPTY
from isobole.doseresponse._links import Link, probability, score
from isobole.doseresponse._solution import LogSet, set_between

if TYPE_CHECKING:
    from isobole.doseresponse._joint import Arm

FloatArray = NDArray[np.float64]

_FAR: Final = 1e3  # half dose ranges outside the doses: as good as infinity


@dataclass(frozen=True, slots=True)
class EdProfile:
    """One curve's profile deviance of log10 ED over its own rising slopes.

    `low` and `high` enclose the log EDs that fit best (one point for a finite curve;
    infinite where no animal, or every animal, was affected); `inside` is one of them.
    """

    batch: Batch
    q: float
    low: float
    high: float
    inside: float
    at_minus: float
    at_plus: float

    @property
    def falling(self) -> bool:
        """Whether the curve falls, so that flat curves are its best rising ones."""
        scale = self.batch.scale
        return abs(self.inside - scale.centre) > _FAR / 2 * scale.spread

    @classmethod
    def of(cls, arm: Arm, link: Link, q: float) -> EdProfile:
        """Fit one curve by itself."""
        scale = Scale.of(arm.log_dose)
        batch = fit_batch(link, scale, arm.r[None], arm.s[None])
        pattern, slope = int(batch.pattern[0]), float(batch.b[0])
        hit, spared = arm.r.sum(), arm.s.sum()
        p, own = float(probability(link, np.asarray(q))), hit / (hit + spared)
        ends = [
            2 * (float(batch.loglik[0]) - float(xlogy(hit, v) + xlogy(spared, 1 - v)))
            for v in (max(own, p), min(own, p))
        ]
        if pattern == FINITE and slope > FLAT_SLOPE:
            low = high = inside = float(
                scale.log_dose(np.asarray((q - batch.a[0]) / slope))
            )
        elif pattern in (FINITE, REVERSED_SEPARATED):
            # Falling: flat curves fit best, with their log ED at infinity.
            side = 1.0 if own < p else -1.0
            low = high = inside = scale.centre + side * _FAR * scale.spread
        else:
            low = float(np.where(arm.s > 0, arm.log_dose, -np.inf).max())
            high = float(np.where(arm.r > 0, arm.log_dose, np.inf).min())
            ends_low = low if np.isfinite(low) else high - 2 * scale.spread
            ends_high = high if np.isfinite(high) else low + 2 * scale.spread
            inside = (ends_low + ends_high) / 2
            if low == high:
                # One partial dose: the ED lies just above it, or just below.
                here = arm.log_dose == low
                part = arm.r[here].sum() / (arm.r[here] + arm.s[here]).sum()
                inside += float(np.sign(p - part)) * 1e-7 * scale.spread
        return cls(batch, q, low, high, inside, max(ends[0], 0.0), max(ends[1], 0.0))

    def deviance(self, log_ed: FloatArray) -> FloatArray:
        """Return the profile deviance at log EDs."""
        batch, scale = self.batch, self.batch.scale
        angle = np.arctan((log_ed - scale.centre) / scale.spread)
        # eta = q + rho h, rho >= 0: every rising line through (log ED, q).
        h = np.cos(angle)[:, None] * scale.z - np.sin(angle)[:, None]
        h[np.abs(h) < 1e-12] = 0.0
        r, s, link = batch.r, batch.s, batch.link
        flat, d1, _ = score(link, np.full_like(h, self.q), r, s)
        best = flat.sum(axis=1)
        live = np.flatnonzero((d1 * h).sum(axis=1) > 0)
        rho = np.full(live.size, float(np.clip(batch.b[0], 1.0, 50.0)))
        low, high = np.zeros(live.size), np.full(live.size, np.inf)
        for _ in range(200):
            ray = h[live]
            value, d1, w = score(link, self.q + rho[:, None] * ray, r, s)
            grad = (d1 * ray).sum(axis=1)
            move = grad / np.maximum((w * ray * ray).sum(axis=1), 1e-200)
            low, high = np.where(grad > 0, rho, low), np.where(grad > 0, high, rho)
            best[live] = np.maximum(best[live], value.sum(axis=1))
            done = (grad * move < 1e-13) | (high - low < 1e-14 * high)
            ceiling = np.where(np.isfinite(high), high, 4 * rho + 1)
            middle = np.where(np.isfinite(high), (low + high) / 2, ceiling)
            outside = (rho + move <= low) | (rho + move >= ceiling)
            rho = np.where(outside, middle, rho + move)
            live, rho, low, high = live[~done], rho[~done], low[~done], high[~done]
            if live.size == 0:
                break
        return np.asarray(np.maximum(2 * (batch.loglik[0] - best), 0.0))


def ed_ratio_deviance(top: EdProfile, bottom: EdProfile, log_ratio: float) -> float:
    """Return min over m of the deviances at log EDs m + log ratio and m.

    Each deviance rises away from its own best log EDs, so the least sum lies between
    them; it is found on a grid refined about its best point.
    """
    left, right = sorted(
        ((top.low - log_ratio, top.high - log_ratio), (bottom.low, bottom.high))
    )
    if left[1] > right[0]:
        return 0.0
    step = 1e-9 * (1 + abs(left[1]) + abs(right[0]))
    scale = bottom.batch.scale
    turned = [
        float(np.arctan((m - scale.centre) / scale.spread)) for m in (left[1], right[0])
    ]
    points = np.concatenate(
        [
            [left[1] - step, left[1] + step, right[0] - step, right[0] + step],
            np.linspace(left[1], right[0], 33),
            scale.log_dose(np.tan(np.linspace(turned[0], turned[1], 33))),
        ]
    )
    best = min(top.at_plus + bottom.at_plus, top.at_minus + bottom.at_minus)
    for _ in range(6):
        points = np.unique(points)
        total = top.deviance(points + log_ratio) + bottom.deviance(points)
        i = int(total.argmin())
        best = min(best, float(total[i]))
        low, high = points[max(i - 1, 0)], points[min(i + 1, points.size - 1)]
        points = np.linspace(low, high, 17)
    return best


def ed_ratio_set(top: EdProfile, bottom: EdProfile, cut: float) -> LogSet:
    """Return the likelihood set of log10 (ED top / ED bottom) under separate slopes.

    It is the sum of two sets of log EDs whose deviances share the cut, so it is an
    interval or a ray; curves with an infinite slope are no exception.
    """
    inside = top.inside - bottom.inside
    falling = [
        min(one.at_minus, one.at_plus) if one.falling else 0.0 for one in (top, bottom)
    ]
    if sum(falling) > cut:
        return LogSet(EMPTY)
    ends: list[tuple[float, bool]] = []
    spread = max(top.batch.scale.spread, bottom.batch.scale.spread)
    far = {
        1: min(top.at_plus + falling[1], bottom.at_minus + falling[0]),
        -1: min(top.at_minus + falling[1], bottom.at_plus + falling[0]),
    }
    for side in (-1, 1):
        outside, width = inside, spread / 4
        while far[side] > cut and abs(outside - inside) < _FAR * spread:
            outside, width = outside + side * width, width * 2
            if ed_ratio_deviance(top, bottom, outside) > cut:
                break
        else:
            ends.append((side * np.inf, False))
            continue
        end = brentq(
            lambda t: ed_ratio_deviance(top, bottom, float(t)) - cut,
            inside,
            outside,
            xtol=1e-13,
            rtol=1e-13,
        )
        before = end - side * 1e-6 * spread
        sharp = ed_ratio_deviance(top, bottom, before) < cut - 1e-3
        jumps = top.batch.scale.log_dose(top.batch.scale.z)[:, None]
        jumps = jumps - bottom.batch.scale.log_dose(bottom.batch.scale.z)
        nearest = float(jumps.flat[np.abs(jumps - end).argmin()])
        sharp = sharp and abs(nearest - end) < 1e-6 * spread
        ends.append((nearest if sharp else float(end), sharp))
    (low, low_open), (high, high_open) = ends
    return set_between(low, high, low_open, high_open)
