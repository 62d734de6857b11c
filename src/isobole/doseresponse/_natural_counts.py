"""Counts with natural response: their likelihood, and where to start climbing it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from isobole.doseresponse._core import Scale
from isobole.doseresponse._links import (
    Link,
    expected_weight,
    log_tails,
    probability,
    quantile,
    score,
)

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NaturalCounts:
    """Grouped counts on the inner dose axis, and the control row."""

    link: Link
    scale: Scale
    r: FloatArray
    s: FloatArray
    r0: float
    s0: float
    fixed: float | None

    def evaluate(
        self, design: FloatArray, offset: float, theta: FloatArray
    ) -> tuple[float, FloatArray, FloatArray]:
        """Return log-likelihood, gradient and Hessian at (coefficients, C)."""
        k = design.shape[1]
        c = self.fixed if self.fixed is not None else float(theta[k])
        size = theta.size
        if not 0 <= c < 1:
            return -np.inf, np.zeros(size), np.zeros((size, size))
        eta = offset + design @ theta[:k]
        one, none = np.ones_like(eta), np.zeros_like(eta)
        log_f, up, up_info = score(self.link, eta, one, none)
        log_q, down, down_info = score(self.link, eta, none, one)
        log_c = np.log(c) if c > 0 else -np.inf
        log_p = np.maximum(np.logaddexp(log_c, np.log1p(-c) + log_f), -700.0)
        share = np.exp(np.minimum(np.log1p(-c) + log_f - log_p, 0.0))  # (1 - C) F / P
        s_all = self.s0 + self.s.sum()
        value = self.r @ log_p + self.s @ log_q + s_all * np.log1p(-c)
        value += xlogy(self.r0, c)
        d1 = self.r * share * up + self.s * down
        d2 = self.r * share * (up * up * (1 - share) - up_info) - self.s * down_info
        grad, hess = np.empty(size), np.empty((size, size))
        grad[:k] = design.T @ d1
        hess[:k, :k] = (design.T * d2) @ design
        if size > k:
            lift = np.exp(np.minimum(log_q - log_p, 150.0))  # d log P / d C = Q / P
            control = self.r0 / c if c > 0 else 0.0
            cross = -self.r * up * share / (1 - c) * np.exp(np.minimum(-log_p, 150.0))
            grad[k] = self.r @ lift - s_all / (1 - c) + control
            hess[k, k] = -(self.r @ lift**2) - s_all / (1 - c) ** 2
            hess[k, k] -= control / c if c > 0 else 0.0
            hess[:k, k] = hess[k, :k] = design.T @ cross
        return float(value), grad, hess

    def expected(self, design: FloatArray, eta: FloatArray, c: float) -> FloatArray:
        """Return the expected information of (coefficients, C), C inside (0, 1)."""
        n, k = self.r + self.s, design.shape[1]
        f, p = probability(self.link, eta), self.response(eta, c)
        share = (1 - c) * f / p
        up = score(self.link, eta, np.ones_like(eta), np.zeros_like(eta))[1]
        info = np.zeros((k + 1, k + 1))
        w = expected_weight(self.link, eta, n) * share
        info[:k, :k] = (design.T * w) @ design
        info[:k, k] = info[k, :k] = design.T @ (n * up * share / (1 - c))
        info[k, k] = (n * (1 - f) / (p * (1 - c))).sum()
        if c > 0:
            info[k, k] += (self.r0 + self.s0) / (c * (1 - c))
        return info

    def response(self, eta: FloatArray, c: float) -> FloatArray:
        """Return P = C + (1 - C) F."""
        return np.asarray(c + (1 - c) * probability(self.link, eta))

    def level(
        self, low: float, low_s: float, r: float, s: float, p: float
    ) -> tuple[float, float]:
        """Return the best log-likelihood and C when some animals share level F = p.

        `low` affected and `low_s` spared animals respond at C; `r` and `s` at
        C + (1 - C) p. The score in C is a quadratic with one root in [0, 1].
        """
        if self.fixed is not None:
            c = self.fixed
        else:
            spared, q = low_s + s, 1 - p
            lead = q * (low + spared + r)
            middle, constant = low * (q - p) - spared * p + r * q, low * p
            root = np.sqrt(middle * middle + 4 * lead * constant)
            if middle < 0:
                c = 2 * constant / (root - middle)
            else:
                c = (middle + root) / (2 * lead) if lead > 0 else 0.0
            c = min(max(float(c), 0.0), 1.0)
        at = c + (1 - c) * p
        value = xlogy(low, c) + xlogy(low_s, 1 - c) + xlogy(r, at) + xlogy(s, 1 - at)
        return float(value), c

    def between(
        self, low: float, low_s: float, r: float, s: float, p_min: float, p_max: float
    ) -> tuple[float, float, float]:
        """Return the best log-likelihood, C and F, with F kept in [p_min, p_max]."""
        c = self.fixed
        if c is None:
            free = 0.0 if p_min > 0 else r / (r + s)  # without controls: any C <= P
            c = low / (low + low_s) if low + low_s else free
        own = r / (r + s)
        p = min(max((own - c) / (1 - c), 0.0), 1.0) if c < 1 else 0.0
        best = min(max(p, p_min), p_max)
        if best == p and own >= c:
            at = c + (1 - c) * p
            value = xlogy(low, c) + xlogy(low_s, 1 - c) + xlogy(r, at)
            return float(value + xlogy(s, 1 - at)), float(c), p
        bound, c = self.level(low, low_s, r, s, best)
        return bound, c, best


def starts(counts: NaturalCounts) -> list[FloatArray]:
    """Return the best curve of a coarse grid for each plausible C and each slope."""
    z = counts.scale.z
    levels = levels_worth_trying(counts)
    middles = np.concatenate([z, (z[1:] + z[:-1]) / 2])
    slopes = np.array([-1.5, 0.7, 2.0, 6.0, 20.0])
    half = float(quantile(counts.link, 0.5))
    eta = half + slopes[:, None, None] * (z - middles[:, None])
    total = coarse_loglik(counts, eta, levels)
    found = []
    for i, level in enumerate(levels):
        for j in np.argsort(total[i].max(axis=1))[-3:]:
            a = half - slopes[j] * middles[total[i, j].argmax()]
            free = [] if counts.fixed is not None else [max(float(level), 1e-3)]
            found.append(np.array([a, slopes[j], *free]))
    return found


def levels_worth_trying(counts: NaturalCounts) -> FloatArray:
    """Return natural responses worth trying: the controls', the lowest dose's, none."""
    if counts.fixed is not None:
        return np.array([counts.fixed])
    controls = counts.r0 + counts.s0
    own = [counts.r0 / controls] if controls else []
    lowest = float(counts.r[0] / (counts.r[0] + counts.s[0]))
    return np.unique(np.clip([0.0, *own, lowest, lowest / 2], 0.0, 0.95))


def coarse_loglik(
    counts: NaturalCounts, eta: FloatArray, levels: FloatArray
) -> FloatArray:
    """Return log-likelihoods, shape (levels, *eta.shape[:-1]), for picking starts."""
    c = levels.reshape(-1, *([1] * eta.ndim))
    log_f, log_q = log_tails(counts.link, eta)
    with np.errstate(divide="ignore"):
        log_p = np.maximum(np.logaddexp(np.log(c), np.log1p(-c) + log_f), -700.0)
    log_s = np.maximum(np.log1p(-c) + log_q, -700.0)
    total = (counts.r * log_p + counts.s * log_s).sum(axis=-1)
    own = xlogy(counts.r0, np.maximum(levels, 1e-3)) + xlogy(counts.s0, 1 - levels)
    return np.asarray(total + own.reshape(-1, *([1] * (eta.ndim - 1))))
