"""Confidence sets of log EDs for whole batches: likelihood, Fieller, delta.

All are formed on the log dose. Inside these arrays an unbounded end is infinite; it
never leaves the room as such (see `limits_of` and `ManyFits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._core import (
    FINITE,
    SINGLE_DOSE,
    Batch,
    covariance,
)
from isobole.doseresponse._rays import likelihood_end, likelihood_kind

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

INTERVAL: Final = 0
RAY: Final = 1
COMPLEMENT: Final = 2
LINE: Final = 3
EMPTY: Final = 4
ABSENT: Final = 5
SET_KINDS: Final = ("interval", "ray", "complement", "line", "empty", None)

# A limit this many decades outside the tested doses is no limit a reader can use: it
# rests on the tail of the assumed curve alone. It is printed as not bounded, with the
# number in the sentence.
FAR_DECADES: Final = 6.0


@dataclass(frozen=True, slots=True)
class LimitArrays:
    """Sets of log10 ED, one per table: `low`, `high` (infinite where unbounded).

    For a complement, `low` and `high` are the ends of the gap.
    """

    kind: NDArray[np.int8]
    low: FloatArray
    high: FloatArray
    low_open: BoolArray
    high_open: BoolArray

    def contains(self, log_dose: float | FloatArray) -> BoolArray:
        """Return whether each set holds a log10 dose (absent sets hold none)."""
        above = np.where(self.low_open, log_dose > self.low, log_dose >= self.low)
        below = np.where(self.high_open, log_dose < self.high, log_dose <= self.high)
        gap = (log_dose <= self.low) | (log_dose >= self.high)
        inside = np.where(self.kind == COMPLEMENT, gap, above & below)
        inside = np.where(self.kind == LINE, True, inside)
        return np.asarray(inside & (self.kind < EMPTY))


def _kinds(low: FloatArray, high: FloatArray) -> NDArray[np.int8]:
    open_low, open_high = np.isneginf(low), np.isposinf(high)
    return np.select(
        [open_low & open_high, open_low | open_high], [LINE, RAY], INTERVAL
    ).astype(np.int8)


def likelihood_arrays(batch: Batch, q: float, cut: FloatArray) -> LimitArrays:
    """Return likelihood sets of log10 ED over rising curves, for every table.

    Parameters
    ----------
    q : float
        Predictor at the wanted effect.
    cut : array, shape (tables,)
        Chi-square (or h times F) cut of the deviance difference.
    """
    count = batch.pattern.size
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    low_open, high_open = np.zeros(count, bool), np.zeros(count, bool)
    usable = batch.pattern != SINGLE_DOSE
    rows = np.flatnonzero(usable)
    exists = likelihood_kind(batch, q, cut[rows], rows)
    kind = np.full(count, ABSENT, dtype=np.int8)
    kind[rows[~exists]] = EMPTY
    rows = rows[exists]
    centre, spread = batch.scale.centre, batch.scale.spread
    log_doses = batch.scale.x
    for side, values, opened in ((-1, low, low_open), (1, high, high_open)):
        arc = likelihood_end(batch, q, cut[rows], side, rows)
        bounded = ~arc.unbounded
        found = rows[bounded]
        values[found] = centre + spread * np.tan(arc.angle[bounded])
        # A jump lies at a tested dose: to the last bit, so that it holds or not.
        sharp = rows[bounded & arc.sharp]
        if sharp.size:
            nearest = np.abs(values[sharp][:, None] - log_doses).argmin(axis=1)
            values[sharp] = log_doses[nearest]
        opened[found] = arc.sharp[bounded]
    kind[rows] = _kinds(low[rows], high[rows])
    return LimitArrays(kind, low, high, low_open, high_open)


def _finite_rows(batch: Batch) -> NDArray[np.intp]:
    return np.flatnonzero((batch.pattern == FINITE) & (batch.b != 0))


def delta_arrays(
    batch: Batch, q: float, multiplier: FloatArray, information: str
) -> tuple[LimitArrays, FloatArray]:
    """Return delta-method sets and SE(log10 ED) (Finney 1971; MASS dose.p).

    `multiplier` is the normal or t quantile times sqrt(h). Tables without a finite
    curve get ABSENT, and an SE of 0 that is never read.
    """
    count = batch.pattern.size
    kind = np.full(count, ABSENT, dtype=np.int8)
    low, high, se = np.full(count, -np.inf), np.full(count, np.inf), np.zeros(count)
    rows = _finite_rows(batch)
    vaa, vab, vbb = covariance(batch, information, rows)
    a, b = batch.a[rows], batch.b[rows]
    m = (q - a) / b
    variance = np.maximum(vaa + 2 * m * vab + m * m * vbb, 0.0) / (b * b)
    se[rows] = batch.scale.spread * np.sqrt(variance)
    middle = batch.scale.log_dose(m)
    low[rows] = middle - multiplier[rows] * se[rows]
    high[rows] = middle + multiplier[rows] * se[rows]
    kind[rows] = INTERVAL
    closed = np.zeros(count, bool)
    return LimitArrays(kind, low, high, closed, closed), se


def fieller_arrays(
    batch: Batch, q: float, multiplier: FloatArray, information: str
) -> tuple[LimitArrays, FloatArray]:
    """Return Fieller sets of log10 ED and g (Finney 1971, eq. 4.35-4.36).

    The set is {m : (a - q + b m)^2 <= t^2 Var(a + b m)}; with g = t^2 var(b) / b^2
    above 1 it is the complement of an interval, or every dose. Slopes of either
    sign are admitted.
    """
    count = batch.pattern.size
    kind = np.full(count, ABSENT, dtype=np.int8)
    low, high, g = np.full(count, -np.inf), np.full(count, np.inf), np.zeros(count)
    rows = np.flatnonzero(batch.pattern == FINITE)
    vaa, vab, vbb = covariance(batch, information, rows)
    part_kind, part_low, part_high, part_g = fieller_set(
        batch.a[rows] - q, batch.b[rows], vaa, vab, vbb, multiplier[rows]
    )
    kind[rows], g[rows] = part_kind, part_g
    low[rows] = batch.scale.log_dose(part_low)
    high[rows] = batch.scale.log_dose(part_high)
    closed = np.zeros(count, bool)
    return LimitArrays(kind, low, high, closed, closed), g


def fieller_set(
    a: FloatArray,
    b: FloatArray,
    vaa: FloatArray,
    vab: FloatArray,
    vbb: FloatArray,
    multiplier: FloatArray,
) -> tuple[NDArray[np.int8], FloatArray, FloatArray, FloatArray]:
    """Solve Fieller's quadratic for -a/b: kind, low, high and g.

    Shared by EDs (a is the intercept minus q) and relative potency (a is minus the
    difference of intercepts).
    """
    t2 = multiplier**2
    qa = b * b - t2 * vbb
    qb = a * b - t2 * vab
    qc = a * a - t2 * vaa
    disc = qb * qb - qa * qc
    with np.errstate(divide="ignore"):
        g = np.asarray(t2 * vbb / (b * b))  # infinite for an exactly flat line
    root = np.sqrt(np.maximum(disc, 0.0))
    # Both roots without cancellation.
    big = -(qb + np.where(qb >= 0, root, -root))
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(qa != 0, big / qa, np.inf)
        second = np.where(big != 0, qc / big, first)
    low, high = np.minimum(first, second), np.maximum(first, second)
    kind = np.where(qa > 0, INTERVAL, np.where(disc > 0, COMPLEMENT, LINE)).astype(
        np.int8
    )
    ray = qa == 0
    if np.any(ray):
        # b^2 = t^2 var(b) exactly: one end runs to infinity.
        end = -qc / (2 * np.where(qb != 0, qb, 1.0))
        kind = np.where(ray, np.where(qb != 0, RAY, LINE), kind).astype(np.int8)
        low = np.where(ray, np.where(qb < 0, end, -np.inf), low)
        high = np.where(ray, np.where(qb > 0, end, np.inf), high)
    low = np.where(kind == LINE, -np.inf, low)
    high = np.where(kind == LINE, np.inf, high)
    return kind, low, high, g
