"""Natural response: P(d) = C + (1 - C) F(a + b log10 d), controls in the likelihood.

Abbott's formula as a model (Finney 1971, chapter 7). Control rows have P = C. The
likelihood is not concave, so it is climbed from several starts; what it reaches only
with an infinite slope, or with none, is known in closed form and compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import xlogy

from isobole.doseresponse._core import (
    ALL_AFFECTED,
    FINITE,
    NONE_AFFECTED,
    QUASI_SEPARATED,
    REVERSED_SEPARATED,
    SEPARATED,
    Scale,
)
from isobole.doseresponse._links import (
    Link,
    expected_weight,
    log_tails,
    probability,
    quantile,
    score,
)
from isobole.doseresponse._newton import maximise
from isobole.results import NotComputable

FloatArray = NDArray[np.float64]

_TIE: Final = 1e-8  # a finite curve must beat the step by this to count as a maximum


@dataclass(frozen=True, slots=True)
class _Counts:
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


@dataclass(frozen=True, slots=True)
class NaturalFit:
    """A curve with natural response, on log10 dose.

    Intercept, slope and covariances are None unless `pattern` is FINITE: the
    likelihood is then at its supremum only in the limit (`loglik` is that supremum,
    `c` and `fitted` its natural response and probabilities). Covariances are of
    (intercept, slope, C); the third row and column are 0 where C was fixed or lies on
    its boundary 0, and the whole is None where the data do not identify the curve.
    """

    link: Link
    log_dose: FloatArray
    intercept: float | None
    slope: float | None
    c: float
    loglik: float
    cov_observed: FloatArray | None
    cov_expected: FloatArray | None
    fitted: FloatArray
    pearson: float
    deviance: float
    df: int
    pattern: int
    boundary: bool
    fixed: bool
    converged: bool
    counts: _Counts = field(repr=False)
    inner: FloatArray | None
    """The maximum (a, b, C) on the inner dose axis."""


def fit_natural(
    link: Link,
    log_dose: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    control: tuple[float, float] = (0, 0),
    *,
    fixed: float | None = None,
    use_controls: bool = True,
) -> NaturalFit:
    """Fit curve and natural response by one joint likelihood.

    Main arguments
    --------------
    link : {"probit", "logit", "cloglog"}
    log_dose, n, r : array, shape (doses,)
        log10 of the doses above 0 in rising order, animals, affected.
    control : (int, int)
        Animals and affected at dose 0.

    Other arguments
    ---------------
    fixed : float, optional
        The natural response, if it is known; None estimates it.
    use_controls : bool
        False leaves the control row out, as SPSS does when it "calculates natural
        response from data" on log dose: C then comes from the treated groups alone.

    Examples
    --------
    >>> dose = np.array([10.0, 20.0, 30.0, 50.0])
    >>> n, r = [70, 70, 50, 50], [22, 38, 38, 48]
    >>> fit = fit_natural("probit", np.log10(dose), n, r, (359, 7))
    >>> print(f"{fit.slope:.3f} {fit.c:.4f} {10 ** (-fit.intercept / fit.slope):.3f}")
    2.917 0.0197 16.559
    """
    x = np.asarray(log_dose, dtype=np.float64)
    size, hit = np.asarray(n, dtype=np.float64), np.asarray(r, dtype=np.float64)
    n0, r0 = (float(v) for v in control) if use_controls else (0.0, 0.0)
    _check(x, n0, r0, fixed)
    counts = _Counts(link, Scale.of(x), hit, size - hit, r0, n0 - r0, fixed)
    supremum, pattern, step_c, step_p = _step(counts)
    design = np.column_stack([np.ones_like(x), counts.scale.z])
    lower = [-np.inf, -np.inf, 0.0][: 2 + (fixed is None)]
    climbs = [
        maximise(
            lambda theta: counts.evaluate(design, 0.0, theta),
            start,
            lower=lower,
            max_step=20.0,
        )
        for start in _starts(counts)
    ]
    best = max(climbs, key=lambda found: (round(found.value, 9), found.converged))
    finite = best.value - supremum > _TIE * (1 + abs(best.value))
    boundary = False
    cov: tuple[FloatArray | None, FloatArray | None] = (None, None)
    if finite:
        pattern = FINITE
        c = float(best.theta[2]) if fixed is None else fixed
        boundary = fixed is None and bool(best.active[2])
        eta = design @ best.theta[:2]
        p, loglik = counts.response(eta, c), best.value
        drop_c = boundary or fixed is not None
        expected = counts.expected(design, eta, c)
        cov = (
            _covariance(-best.hess, counts.scale, drop_c),
            _covariance(expected, counts.scale, drop_c),
        )
    else:
        c, p, loglik = step_c, step_p, supremum
    all_r, all_s = np.append(hit, r0), np.append(size - hit, n0 - r0)
    all_n, all_p = all_r + all_s, np.append(p, c)
    saturated = xlogy(all_r, all_r / np.maximum(all_n, 1)).sum()
    saturated += xlogy(all_s, all_s / np.maximum(all_n, 1)).sum()
    spread = all_n * all_p * (1 - all_p)
    gap = np.where(spread > 0, (all_r - all_n * all_p) ** 2, 0.0)
    slope = float(best.theta[1]) / counts.scale.spread
    shift = float(best.theta[1]) * counts.scale.centre / counts.scale.spread
    return NaturalFit(
        link=link,
        log_dose=x,
        intercept=float(best.theta[0]) - shift if finite else None,
        slope=slope if finite else None,
        c=float(c),
        loglik=float(loglik),
        cov_observed=cov[0],
        cov_expected=cov[1],
        fitted=p,
        pearson=float((gap / np.where(spread > 0, spread, 1.0)).sum()),
        deviance=max(2 * (float(saturated) - float(loglik)), 0.0),
        df=int((all_n > 0).sum()) - (3 if fixed is None else 2),
        pattern=pattern,
        boundary=boundary,
        fixed=fixed is not None,
        converged=best.converged or not finite,
        counts=counts,
        inner=np.append(best.theta[:2], c) if finite else None,
    )


def _check(x: FloatArray, n0: float, r0: float, fixed: float | None) -> None:
    if x.size < 2:
        msg = (
            f"A curve needs at least two doses above 0; there are {x.size}. Add a "
            "dose, or report the proportion affected with its binomial limits."
        )
        raise NotComputable(msg)
    if fixed is not None and not 0 <= fixed < 1:
        msg = (
            f"The natural response is fixed at {fixed:g}; it is a proportion from 0 to "
            'below 1. Give it so, or write "estimate".'
        )
        raise NotComputable(msg)
    if fixed == 0 and r0 > 0:
        msg = (
            f"The natural response is fixed at 0, but {r0:g} of {n0:g} controls "
            'responded, which is then impossible. Use "estimate".'
        )
        raise NotComputable(msg)


def _step(counts: _Counts) -> tuple[float, int, float, FloatArray]:
    """Return the supremum over curves that are steps, its pattern, C and P.

    A rising step can only stand at the highest dose with a spared animal, or just
    above it; below it every animal responds at C. A falling step is its mirror.
    """
    r, s = counts.r, counts.s
    if not (s > 0).any():
        value, c = counts.level(counts.r0, counts.s0, 0.0, 0.0, 1.0)
        return value, ALL_AFFECTED, c, np.ones_like(r)
    found: list[tuple[float, int, float, FloatArray]] = []
    index = np.arange(r.size)
    top, bottom = int(index[s > 0].max()), int(index[s > 0].min())
    for edge, below, kinds in (
        (top, index < top, (SEPARATED, QUASI_SEPARATED)),
        (bottom, index > bottom, (REVERSED_SEPARATED, REVERSED_SEPARATED)),
    ):
        low, low_s = counts.r0 + r[below].sum(), counts.s0 + s[below].sum()
        value, c, p = counts.between(low, low_s, r[edge], s[edge], 0.0, 1.0)
        fitted = np.where(below, c, 1.0)
        fitted[edge] = c + (1 - c) * p
        kind = kinds[0] if p <= 0 else kinds[1]
        if p <= 0 and below.sum() == r.size - 1:
            kind = NONE_AFFECTED  # no dose does more than the natural response
        found.append((value, kind, c, fitted))
    return max(found, key=lambda step: step[0])


def _starts(counts: _Counts) -> list[FloatArray]:
    """Return the best curve of a coarse grid for each plausible C and each slope."""
    z = counts.scale.z
    levels = _levels(counts)
    middles = np.concatenate([z, (z[1:] + z[:-1]) / 2])
    slopes = np.array([-1.5, 0.7, 2.0, 6.0, 20.0])
    half = float(quantile(counts.link, 0.5))
    eta = half + slopes[:, None, None] * (z - middles[:, None])
    total = _coarse(counts, eta, levels)
    starts = []
    for i, level in enumerate(levels):
        for j in np.argsort(total[i].max(axis=1))[-3:]:
            a = half - slopes[j] * middles[total[i, j].argmax()]
            free = [] if counts.fixed is not None else [max(float(level), 1e-3)]
            starts.append(np.array([a, slopes[j], *free]))
    return starts


def _levels(counts: _Counts) -> FloatArray:
    """Return natural responses worth trying: the controls', the lowest dose's, none."""
    if counts.fixed is not None:
        return np.array([counts.fixed])
    controls = counts.r0 + counts.s0
    own = [counts.r0 / controls] if controls else []
    lowest = float(counts.r[0] / (counts.r[0] + counts.s[0]))
    return np.unique(np.clip([0.0, *own, lowest, lowest / 2], 0.0, 0.95))


def _coarse(counts: _Counts, eta: FloatArray, levels: FloatArray) -> FloatArray:
    """Return log-likelihoods, shape (levels, *eta.shape[:-1]), for picking starts."""
    c = levels.reshape(-1, *([1] * eta.ndim))
    log_f, log_q = log_tails(counts.link, eta)
    with np.errstate(divide="ignore"):
        log_p = np.maximum(np.logaddexp(np.log(c), np.log1p(-c) + log_f), -700.0)
    log_s = np.maximum(np.log1p(-c) + log_q, -700.0)
    total = (counts.r * log_p + counts.s * log_s).sum(axis=-1)
    own = xlogy(counts.r0, np.maximum(levels, 1e-3)) + xlogy(counts.s0, 1 - levels)
    return np.asarray(total + own.reshape(-1, *([1] * (eta.ndim - 1))))


def _covariance(info: FloatArray, scale: Scale, drop_c: bool) -> FloatArray | None:
    """Invert on the inner axis and carry to log10 dose; None if not identified."""
    k = 2 if drop_c else 3
    part = info[:k, :k]
    size = np.sqrt(np.abs(np.diagonal(part)))
    if not np.isfinite(part).all() or (size == 0).any():
        return None
    scaled = part / np.outer(size, size)
    if np.linalg.eigvalsh(scaled)[0] < 1e-10:
        return None
    cov = np.zeros((3, 3))
    cov[:k, :k] = np.linalg.inv(scaled) / np.outer(size, size)
    carry = np.eye(3)
    carry[0, 1], carry[1, 1] = -scale.centre / scale.spread, 1 / scale.spread
    return np.asarray(carry @ cov @ carry.T)


@dataclass(frozen=True, slots=True)
class NaturalLimits:
    """Ends of the likelihood set of a log10 ED; None where it is not bounded.

    An open end is a dose at which the likelihood jumps: it is not in the set itself.
    `empty` means that no rising or flat curve lies within the cut.
    """

    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False
    empty: bool = False


def profile_deviance(fit: NaturalFit, q: float, angle: float) -> float:
    """Return 2 (sup l - max l) over slopes >= 0 and C, at a log ED = tan(angle) inside.

    The lines through (log ED, q) are eta = q + rho (cos(angle) z - sin(angle)); at
    angles of plus and minus pi/2 they are flat, at levels below and above q.
    """
    counts = fit.counts
    p = float(probability(counts.link, np.asarray(q)))
    r, s = counts.r, counts.s
    if abs(angle) >= np.pi / 2:
        ends = (0.0, p) if angle > 0 else (p, 1.0)
        best = counts.between(counts.r0, counts.s0, r.sum(), s.sum(), *ends)[0]
        return max(2 * (fit.loglik - best), 0.0)
    h = np.cos(angle) * counts.scale.z - np.sin(angle)
    here = np.abs(h) < 1e-12
    h[here] = 0.0
    low, above = (h < 0) & ~here, (h > 0) & ~here
    best = -np.inf
    if not (s[above] > 0).any():  # an infinite slope is possible
        best = counts.level(
            counts.r0 + r[low].sum(),
            counts.s0 + s[low].sum(),
            r[here].sum(),
            s[here].sum(),
            p,
        )[0]
    levels = _levels(counts)
    levels = np.unique(np.append(levels, min(fit.c, 0.95)))
    if counts.fixed is not None:
        levels = levels[:1]
    steep = 1 / np.abs(h[~here]).min()
    rhos = np.array([0.0, 0.7, 2.0, 6.0, 20.0, 0.3 * steep, steep, 3 * steep])
    total = _coarse(counts, q + rhos[:, None] * h, levels)
    for flat in np.argsort(total, axis=None)[-2:]:
        i, j = np.unravel_index(flat, total.shape)
        free = [] if counts.fixed is not None else [max(float(levels[i]), 1e-3)]
        found = maximise(
            lambda theta: counts.evaluate(h[:, None], q, theta),
            np.array([float(rhos[j]), *free]),
            lower=[0.0] * (1 + len(free)),
        )
        best = max(best, found.value)
    return max(2 * (fit.loglik - best), 0.0)


def natural_ed_limits(fit: NaturalFit, q: float, cut: float) -> NaturalLimits:
    """Find the likelihood set {log10 ED: deviance <= cut} under rising curves.

    Parameters
    ----------
    fit : NaturalFit
    q : float
        F^-1 of the wanted effect of the corrected curve (0 for the probit's ED50).
    cut : float
        Chi-square cut, times the heterogeneity factor if there is one.

    Notes
    -----
    The set is unbounded above if a flat curve no higher than the wanted effect is
    within the cut, for any C; unbounded below if one no lower is. Where the set
    has gaps (the likelihood is not concave) its hull is returned.

    Examples
    --------
    >>> x = np.log10([10.0, 20.0, 30.0, 50.0])
    >>> fit = fit_natural("probit", x, [70, 70, 50, 50], [22, 38, 38, 48], (359, 7))
    >>> limits = natural_ed_limits(fit, 0.0, 3.841459)
    >>> print(f"{10**limits.low:.2f} {10**limits.high:.2f}")
    14.00 19.13
    """
    z, edges = fit.counts.scale.z, _edges(fit)
    places = np.concatenate([z[1:] + z[:-1], [-3.0, 3.0, -6.0, 6.0]]) / 2
    points = {*np.arctan(places).tolist(), *np.linspace(-1.5, 1.5, 13).tolist()}
    if fit.inner is not None and fit.inner[1] > 0:
        points.add(float(np.arctan2(q - fit.inner[0], fit.inner[1])))
    near = 1e-6
    for edge in edges:
        points |= {edge - near, edge, edge + near}
    angles = np.array(sorted({*points, -np.pi / 2, np.pi / 2}))
    gaps = [profile_deviance(fit, q, float(angle)) - cut for angle in angles]
    inside = np.flatnonzero(np.array(gaps) <= 0)
    if inside.size == 0:
        return NaturalLimits(None, None, empty=True)
    ends: list[tuple[float | None, bool]] = []
    for i, outward in ((int(inside[0]), -1), (int(inside[-1]), 1)):
        beyond = i + outward
        if not 0 <= beyond < angles.size:
            ends.append((None, False))
            continue
        jump = bool(angles[beyond] in edges)
        angle = float(angles[beyond])
        if not jump:
            angle = brentq(
                lambda t: profile_deviance(fit, q, float(t)) - cut,
                angle,
                float(angles[i]),
                xtol=1e-13,
            )
        place = float(fit.counts.scale.log_dose(np.tan(angle)))
        ends.append((place, jump) if abs(place) < 300 else (None, False))
    (low, low_open), (high, high_open) = ends
    return NaturalLimits(low, high, low_open, high_open)


def _edges(fit: NaturalFit) -> tuple[float, ...]:
    """Return the angles of the doses between which the best step lies."""
    counts = fit.counts
    spared = np.flatnonzero(counts.s > 0)
    if fit.pattern == ALL_AFFECTED:
        index = [0]
    elif fit.pattern == NONE_AFFECTED:
        index = [counts.s.size - 1]
    elif fit.pattern == SEPARATED:
        index = [int(spared.max()), int(spared.max()) + 1]
    elif fit.pattern == QUASI_SEPARATED:
        index = [int(spared.max())]
    else:
        index = []
    return tuple(float(np.arctan(counts.scale.z[i])) for i in index)
