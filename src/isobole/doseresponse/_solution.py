"""One solved curve as every method of fitting hands it over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._core import (
    FINITE,
    SINGLE_DOSE,
    Scale,
    fit_batch,
    information,
)
from isobole.doseresponse._limits import (
    ABSENT,
    INTERVAL,
    LINE,
    RAY,
    likelihood_arrays,
)
from isobole.doseresponse._links import Link
from isobole.doseresponse._status import slope_test
from isobole.results import Missing

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LogSet:
    """A set of log10 doses: kind code of `_limits`, ends (infinite: unbounded)."""

    kind: int
    low: float = -np.inf
    high: float = np.inf
    low_open: bool = False
    high_open: bool = False


def set_between(
    low: float, high: float, low_open: bool = False, high_open: bool = False
) -> LogSet:
    """Return the set between two ends, either of which may be infinite."""
    kind = (INTERVAL, RAY, LINE)[int(np.isinf(low)) + int(np.isinf(high))]
    return LogSet(kind, low, high, low_open, high_open)


@dataclass(frozen=True, slots=True)
class OwnEffect:
    """One ED as a model gives it itself: log10 dose, SE, and limits if it has its own.

    `limits` replace the likelihood set where the model has none (a bootstrap); they
    are named by `kind`.
    """

    log10_ed: float | Missing
    log10_se: float | Missing
    limits: LogSet | None
    reason: str | None
    kind: str = "likelihood"


@dataclass(frozen=True, slots=True)
class CurveSolution:
    """Intercept, slope and covariance on log10 dose, and its likelihood sets.

    Where `pattern` is not FINITE, intercept, slope and covariance are not read.
    `set_at(q, cut)` gives the likelihood set of the log10 dose at predictor q.
    """

    pattern: int
    intercept: float
    slope: float
    covariance: FloatArray
    loglik: float
    slope_chi2: float
    set_at: Callable[[float, float], LogSet]
    table_pattern: int | None = None
    """The pattern of the counts, where bias reduction makes the curve finite."""
    natural: float = 0.0
    natural_se: float | None = None
    natural_at_boundary: bool = False
    own_effect: Callable[[float, float], OwnEffect] | None = None
    """EDs by (percent, level), where the line does not give them."""
    population: Callable[[FloatArray], FloatArray] | None = None
    """Response at log10 doses, where the line does not give it."""


def solve_plain(
    link: Link, log_dose: FloatArray, r: FloatArray, s: FloatArray, kind: str
) -> CurveSolution:
    """Solve one table by maximum likelihood: a batch of one."""
    scale = Scale.of(log_dose)
    batch = fit_batch(link, scale, r[None, :], s[None, :])
    pattern = int(batch.pattern[0])
    intercept = slope = 0.0
    cov = np.zeros((2, 2))
    if pattern == FINITE:
        slope = float(batch.b[0]) / scale.spread
        intercept = float(batch.a[0]) - slope * scale.centre
        cov = unscale(scale, *(float(x[0]) for x in information(batch, kind)))

    def set_at(q: float, cut: float) -> LogSet:
        if pattern == SINGLE_DOSE:
            return LogSet(ABSENT)
        found = likelihood_arrays(batch, q, np.array([cut]))
        return LogSet(
            int(found.kind[0]),
            float(found.low[0]),
            float(found.high[0]),
            bool(found.low_open[0]),
            bool(found.high_open[0]),
        )

    return CurveSolution(
        pattern,
        intercept,
        slope,
        cov,
        float(batch.loglik[0]),
        float(slope_test(batch)[0]),
        set_at,
    )


def unscale(scale: Scale, aa: float, ab: float, bb: float) -> FloatArray:
    """Invert an information matrix on the inner axis and bring it to log10 dose."""
    det = aa * bb - ab * ab
    va, vab, vb = bb / det, -ab / det, aa / det
    shift = scale.centre / scale.spread
    # a = a' - b' centre / spread; b = b' / spread
    return np.array(
        [
            [va - 2 * shift * vab + shift**2 * vb, (vab - shift * vb) / scale.spread],
            [(vab - shift * vb) / scale.spread, vb / scale.spread**2],
        ]
    )


def line_set() -> LogSet:
    """Return the set that excludes nothing."""
    return LogSet(LINE)
