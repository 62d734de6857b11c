"""The numerical core: two-parameter quantal curves, any number of tables at once.

Tables share their doses; arrays are shaped (tables, doses). A single fit is a batch
of one. Log doses are centred and scaled to [-1, 1] inside, so 1e-8 is as good as 1e3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._links import Link, expected_weight, quantile, score

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# Patterns of a table that decide whether a finite curve exists.
FINITE: Final = 0
SEPARATED: Final = 1
QUASI_SEPARATED: Final = 2
NONE_AFFECTED: Final = 3
ALL_AFFECTED: Final = 4
REVERSED_SEPARATED: Final = 5
SINGLE_DOSE: Final = 6

FLAT_SLOPE: Final = 1e-9  # per inner dose axis, far below any slope counts can give
CHUNK: Final = 8192  # tables at once: the arrays stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Scale:
    """The shared dose axis: log10 dose x = centre + spread z, z in [-1, 1]."""

    centre: float
    spread: float
    z: FloatArray
    x: FloatArray
    """The log10 doses as they were given, to the last bit."""

    @classmethod
    def of(cls, log_dose: FloatArray) -> Scale:
        """Centre and scale log10 doses."""
        low, high = float(log_dose.min()), float(log_dose.max())
        centre, spread = (low + high) / 2, (high - low) / 2 or 1.0
        return cls(centre, spread, (log_dose - centre) / spread, log_dose)

    def log_dose(self, z: FloatArray) -> FloatArray:
        """Return log10 doses of positions on the inner axis."""
        return np.asarray(self.centre + self.spread * z)


@dataclass(frozen=True, slots=True)
class Batch:
    """Maximum-likelihood curves of a batch of tables, on the inner axis.

    `a` and `b` are meaningful only where `pattern` is FINITE. `loglik` is the
    supremum of the log-likelihood (without the binomial constant) in every case.
    `edge_low` and `edge_high` enclose the maximising log EDs under rising curves.
    """

    link: Link
    scale: Scale
    r: FloatArray
    s: FloatArray
    pattern: NDArray[np.int8]
    a: FloatArray
    b: FloatArray
    loglik: FloatArray
    flat: FloatArray
    converged: BoolArray


def entropy(r: FloatArray, s: FloatArray) -> FloatArray:
    """Return r log(r/n) + s log(s/n) with 0 log 0 = 0."""
    from scipy.special import xlogy

    n = np.maximum(r + s, 1.0)
    return np.asarray(xlogy(r, r / n) + xlogy(s, s / n))


def span(z: FloatArray, where: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and highest marked position per table (inf, -inf if none).

    A loop over the few doses: reducing along a short last axis is slow.
    """
    low = np.full(where.shape[0], np.inf)
    high = np.full(where.shape[0], -np.inf)
    for k in np.argsort(z):
        column = where[:, k]
        high = np.where(column, z[k], high)
        low = np.where(column, np.minimum(low, z[k]), low)
    return low, high


def patterns(z: FloatArray, r: FloatArray, s: FloatArray) -> NDArray[np.int8]:
    """Classify tables by whether a finite rising or falling curve exists."""
    affected, spared = r > 0, s > 0
    lowest_hit, highest_hit = span(z, affected)
    lowest_spared, highest_spared = span(z, spared)
    used = ((r + s) > 0) @ np.ones_like(z)
    return np.select(
        [
            used < 2,
            np.isinf(lowest_hit),
            np.isinf(lowest_spared),
            highest_spared < lowest_hit,
            highest_spared == lowest_hit,
            highest_hit <= lowest_spared,
        ],
        [
            SINGLE_DOSE,
            NONE_AFFECTED,
            ALL_AFFECTED,
            SEPARATED,
            QUASI_SEPARATED,
            REVERSED_SEPARATED,
        ],
        FINITE,
    ).astype(np.int8)


def _newton(
    link: Link, z: FloatArray, r: FloatArray, s: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Maximise over intercept and slope; damped Newton on a concave function."""
    n = r + s
    p = (r + 0.5) / (n + 1)
    eta = quantile(link, p)
    w = expected_weight(link, eta, n)
    a, b = _weighted_line(z, eta, w)
    # a start that is flat or falling by chance is fine: the function is concave
    best_a, best_b = a, b
    step_a, step_b = np.zeros_like(a), np.zeros_like(b)
    best = np.full(a.shape, -np.inf)
    done = np.zeros(a.shape, dtype=bool)
    live = np.arange(a.size)
    ones, zz = np.ones_like(z), z * z
    for _ in range(60):
        try_a = best_a[live] + step_a[live]
        try_b = best_b[live] + step_b[live]
        eta = try_a[:, None] + try_b[:, None] * z
        value, d1, w = score(link, eta, r[live], s[live])
        total = value @ ones
        better = total >= best[live] - 1e-11 * (1 + np.abs(best[live]))
        ga, gb = d1 @ ones, d1 @ z
        haa, hab, hbb = w @ ones, w @ z, w @ zz
        # A ridge too small to matter keeps nearly flat tables solvable.
        det = haa * hbb - hab * hab
        det = np.maximum(det, 1e-300)
        new_a = (hbb * ga - hab * gb) / det
        new_b = (haa * gb - hab * ga) / det
        decrement = ga * new_a + gb * new_b
        limit = np.maximum(1.0, np.hypot(new_a, new_b) / 8.0)
        new_a, new_b = new_a / limit, new_b / limit
        kept = live[better]
        best_a[kept], best_b[kept] = try_a[better], try_b[better]
        best[kept] = total[better]
        step_a[live] = np.where(better, new_a, step_a[live] / 4)
        step_b[live] = np.where(better, new_b, step_b[live] / 4)
        finished = better & (decrement < 1e-9) & (limit == 1.0)
        if finished.any():
            # The next iterate's error is of the order of decrement squared.
            index = live[finished]
            best_a[index] += step_a[index]
            best_b[index] += step_b[index]
            best[index] += decrement[finished] / 2
            done[index] = True
            live = live[~finished]
            if live.size == 0:
                break
    return best_a, best_b, best, done


def _weighted_line(
    z: FloatArray, y: FloatArray, w: FloatArray
) -> tuple[FloatArray, FloatArray]:
    total = w @ np.ones_like(z)
    wy = w * y
    mean_z, mean_y = (w @ z) / total, (wy @ np.ones_like(z)) / total
    spread = w @ (z * z) - total * mean_z**2
    b = (wy @ z - total * mean_z * mean_y) / np.maximum(spread, 1e-12)
    return mean_y - b * mean_z, b


def fit_batch(link: Link, scale: Scale, r: FloatArray, s: FloatArray) -> Batch:
    """Fit every table of a batch by maximum likelihood.

    Parameters
    ----------
    link : {"probit", "logit", "cloglog"}
    scale : Scale
        The shared doses.
    r, s : array, shape (tables, doses)
        Affected and not affected animals, as floats.
    """
    z = scale.z
    pattern = patterns(z, r, s)
    shape = pattern.shape
    a, b = np.zeros(shape), np.zeros(shape)
    converged = np.ones(shape, dtype=bool)
    flat = entropy(r.sum(axis=1), s.sum(axis=1))
    loglik = flat.copy()
    finite = np.flatnonzero(pattern == FINITE)
    for start in range(0, finite.size, CHUNK):
        rows = finite[start : start + CHUNK]
        a[rows], b[rows], loglik[rows], converged[rows] = _newton(
            link, z, r[rows], s[rows]
        )
    # A slope of rounding size is a flat curve: neither rising nor falling by chance.
    b[np.abs(b) < FLAT_SLOPE] = 0.0
    split = (
        (pattern == SEPARATED)
        | (pattern == QUASI_SEPARATED)
        | (pattern == REVERSED_SEPARATED)
    )
    if split.any():
        # Every dose is fitted perfectly, but for one partial dose of its own level.
        loglik[split] = entropy(r[split], s[split]).sum(axis=1)
    return Batch(link, scale, r, s, pattern, a, b, loglik, flat, converged)


def information(
    batch: Batch, kind: str, rows: NDArray[np.intp] | slice = slice(None)
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the entries (aa, ab, bb) of the information matrix at the estimate."""
    z = batch.scale.z
    r, s = batch.r[rows], batch.s[rows]
    eta = batch.a[rows][:, None] + batch.b[rows][:, None] * z
    if kind == "observed":
        w = score(batch.link, eta, r, s)[2]
    else:
        w = expected_weight(batch.link, eta, r + s)
    return w @ np.ones_like(z), w @ z, w @ (z * z)


def covariance(
    batch: Batch, kind: str, rows: NDArray[np.intp] | slice = slice(None)
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return var(a), cov(a, b), var(b) on the inner axis."""
    aa, ab, bb = information(batch, kind, rows)
    det = np.maximum(aa * bb - ab * ab, 1e-300)
    return bb / det, -ab / det, aa / det
