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

from isobole.doseresponse._core import (
    ALL_AFFECTED,
    FINITE,
    NONE_AFFECTED,
    QUASI_SEPARATED,
    REVERSED_SEPARATED,
    SEPARATED,
    Scale,
    entropy,
)
from isobole.doseresponse._links import Link
from isobole.doseresponse._natural_counts import NaturalCounts, starts
from isobole.doseresponse._natural_limits import (
    NaturalLimits as NaturalLimits,
    natural_ed_limits as natural_ed_limits,
)
from isobole.doseresponse._newton import maximise
from isobole.results import NotComputable

FloatArray = NDArray[np.float64]

_TIE: Final = 1e-8  # a finite curve must beat the step by this to count as a maximum


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
    counts: NaturalCounts = field(repr=False)
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
    counts = NaturalCounts(link, Scale.of(x), hit, size - hit, r0, n0 - r0, fixed)
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
        for start in starts(counts)
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
    saturated = entropy(all_r, all_s).sum()
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


def _step(counts: NaturalCounts) -> tuple[float, int, float, FloatArray]:
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
