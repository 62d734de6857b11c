"""Parametric bootstrap of a fixed-ratio study, and what it says of both nulls.

Each arm's possible tables are drawn from its fitted curve (listed exactly where there
are few enough, sampled otherwise) and refitted together by the batched core. A draw
whose arm has no finite curve keeps its whole range: it widens the interval and is
never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse import QuantalFit
from isobole.doseresponse._core import FINITE, Batch, Scale, fit_batch
from isobole.doseresponse._design_tables import all_tables, count_tables
from isobole.doseresponse._links import probability

FloatArray = NDArray[np.float64]

DRAWS: Final = 4000
_LISTED: Final = 60_000


@dataclass(frozen=True, slots=True)
class ArmDraws:
    """Per draw: the range of the log10 dose at the effect, and the slope if finite."""

    low: FloatArray
    high: FloatArray
    slope: FloatArray
    finite: NDArray[np.bool_]


def draw_arm(
    fit: QuantalFit, q: float, draws: int, generator: np.random.Generator
) -> ArmDraws:
    """Draw tables of an arm from its fitted curve and refit them."""
    dose, n, _ = fit.data.groups
    solution = fit.solution
    eta = solution.intercept + solution.slope * np.log10(dose)
    p = probability(fit.link, eta)
    if count_tables(n) <= _LISTED:
        tables = all_tables(n)
        weights = np.exp(_log_probability(tables, n, p))
        index = generator.choice(len(tables), size=draws, p=weights / weights.sum())
    else:
        tables = generator.binomial(n, p, size=(draws, n.size))
        index = np.arange(draws)
    unique, back = np.unique(index, return_inverse=True)
    hit = tables[unique].astype(float)
    batch = fit_batch(fit.link, Scale.of(np.log10(dose)), hit, n - hit)
    low, high, slope, finite = log_dose_range(batch, q)
    # A draw without a finite slope keeps the fitted one: only the band's shape uses it.
    slope = np.where(finite, slope, solution.slope)
    # Heterogeneous counts scatter more than binomial draws: widen about the estimate.
    spread = np.sqrt(fit.goodness_of_fit.heterogeneity)
    centre = (q - solution.intercept) / solution.slope
    if spread > 1:
        low, high = centre + spread * (low - centre), centre + spread * (high - centre)
        slope = solution.slope * np.exp(spread * np.log(slope / solution.slope))
    return ArmDraws(low[back], high[back], slope[back], finite[back])


def _log_probability(
    tables: NDArray[np.int64], n: NDArray[np.int64], p: FloatArray
) -> FloatArray:
    from scipy.special import gammaln, xlog1py, xlogy

    ways = gammaln(n + 1) - gammaln(tables + 1) - gammaln(n - tables + 1)
    return np.asarray((ways + xlogy(tables, p) + xlog1py(n - tables, -p)).sum(axis=1))


def log_dose_range(
    batch: Batch, q: float
) -> tuple[FloatArray, FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return the range of log10 doses each table's best rising curves allow.

    A finite rising curve gives one point; a step gives its gap; none affected, all
    affected or a falling curve give everything on the side they leave open.
    """
    z, scale = batch.scale.z, batch.scale
    low = np.where(batch.s > 0, z, -np.inf).max(axis=1)
    high = np.where(batch.r > 0, z, np.inf).min(axis=1)
    step = low <= high
    curved = (batch.pattern == FINITE) & (batch.b > 1e-9)
    m = np.divide(q - batch.a, batch.b, out=np.zeros(low.shape), where=curved)
    low = np.where(curved, m, np.where(step, low, -np.inf))
    high = np.where(curved, m, np.where(step, high, np.inf))
    slope = np.where(curved, batch.b / scale.spread, 0.0)
    return scale.log_dose(low), scale.log_dose(high), slope, curved


@dataclass(frozen=True, slots=True)
class IndexDraws:
    """Draws of the log10 index against Loewe and against both edges of the band."""

    low: FloatArray
    high: FloatArray
    below_edge: tuple[FloatArray, FloatArray]
    """log10 of observed over the lower edge, lowest and highest each draw allows."""
    above_edge: tuple[FloatArray, FloatArray]
    """log10 of observed over the upper edge, likewise."""
    finite: float

    def limits(self, level: float) -> tuple[float, float]:
        """Return the conservative percentile limits of the log10 index."""
        return percentile_limits(self.low, self.high, level)


def percentile_limits(
    low: FloatArray, high: FloatArray, level: float
) -> tuple[float, float]:
    """Return conservative percentile limits of draws that are ranges."""
    tail = (1 - level) / 2
    return (
        float(np.quantile(low, tail, method="lower")),
        float(np.quantile(high, 1 - tail, method="higher")),
    )


def draw_index(
    singles: Sequence[QuantalFit],
    mixture: QuantalFit,
    shares: Sequence[float],
    q: float,
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> IndexDraws:
    """Draw the index; every fit must have a finite rising curve."""
    generator = np.random.default_rng(seed)
    arms = [draw_arm(fit, q, draws, generator) for fit in (*singles, mixture)]
    alone, mixed = arms[:-1], arms[-1]
    weights = np.asarray(shares)
    z_low = _loewe(np.stack([arm.low for arm in alone]), weights)
    z_high = _loewe(np.stack([arm.high for arm in alone]), weights)
    finite = np.logical_and.reduce([arm.finite for arm in arms])
    below = above = (np.full(draws, -np.inf), np.full(draws, np.inf))
    if len(alone) == 2:
        k = alone[1].slope / alone[0].slope
        edges = [
            band_logs(alone[0].low, alone[1].low, k, shares),
            band_logs(alone[0].high, alone[1].high, k, shares),
        ]
        below = _over(mixed, *(np.minimum(*edge) for edge in edges))
        above = _over(mixed, *(np.maximum(*edge) for edge in edges))
    with np.errstate(invalid="ignore"):
        low, high = mixed.low - z_high, mixed.high - z_low
    return IndexDraws(
        np.where(np.isnan(low), -np.inf, low),
        np.where(np.isnan(high), np.inf, high),
        below,
        above,
        float(finite.mean()),
    )


def _over(
    mixed: ArmDraws, edge_low: FloatArray, edge_high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the range of the mixture's log10 dose over an edge of the band."""
    with np.errstate(invalid="ignore"):
        low, high = mixed.low - edge_high, mixed.high - edge_low
    return (
        np.where(np.isnan(low), -np.inf, low),
        np.where(np.isnan(high), np.inf, high),
    )


def _loewe(log_doses: FloatArray, shares: FloatArray) -> FloatArray:
    with np.errstate(over="ignore", divide="ignore"):
        return np.asarray(-np.log10((shares[:, None] * 10.0**-log_doses).sum(axis=0)))


def band_logs(
    log_a: FloatArray, log_b: FloatArray, k: FloatArray, shares: Sequence[float]
) -> tuple[FloatArray, FloatArray]:
    """Return log10 of both dose-equivalence expectations, for many studies at once.

    The equations of `equivalence_band`, solved by bisection on the part of A. Where a
    dose is without an end, so is the edge.
    """
    ends = (log_a, log_b)
    log_a, log_b = (np.where(np.isfinite(x), x, 0.0) for x in ends)
    # With w = a/A, b/B = w rho on the ray; first: w = (1 - w rho)^k.
    rho = shares[1] / shares[0] * 10.0 ** (log_a - log_b)
    result = []
    for form in ("first", "second"):
        low, high = np.zeros_like(k), np.minimum(1.0, 1.0 / rho)
        for _ in range(60):
            w = (low + high) / 2
            rest = (
                w - np.maximum(1 - w * rho, 0.0) ** k
                if form == "first"
                else w * rho - np.maximum(1 - w, 0.0) ** (1 / k)
            )
            low, high = np.where(rest < 0, w, low), np.where(rest < 0, high, w)
        result.append(np.log10((low + high) / 2) + log_a - np.log10(shares[0]))
    for x in ends:
        result = [np.where(np.isfinite(x), edge, x) for edge in result]
    return result[0], result[1]
