"""The enumerated parametric bootstrap: percentile limits of an ED over every table."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.doseresponse._core import (
    ALL_AFFECTED,
    FINITE,
    NONE_AFFECTED,
    QUASI_SEPARATED,
    SEPARATED,
    Batch,
)
from isobole.doseresponse._design_tables import (
    count_tables,
    weighted_quantile,
)
from isobole.doseresponse._enumeration import (
    DEGENERATE,
    TABLE_LIMIT,
    checked_design,
    fit_one,
    line_of,
    refit_every_table,
    refuse_above,
)
from isobole.doseresponse._limits import FAR_DECADES
from isobole.doseresponse._links import Link
from isobole.results import Limits, Missing, SetKind, format_number

FloatArray = NDArray[np.float64]

# The fit of a table with the same share at every dose has slope 0 but for rounding.
_FLAT: Final = 1e-7

BOOTSTRAP: Final = "enumerated parametric bootstrap"


def rises(batch: Batch) -> NDArray[np.bool_]:
    """Return which tables have a finite slope above 0, beyond rounding."""
    return np.asarray((batch.pattern == FINITE) & (batch.b > _FLAT))


def maximising_eds(batch: Batch, q: float) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the log10 EDs that maximise the likelihood, per table.

    One point for a finite rising curve (or a partial dose between none and all), the
    gap between two doses under separation, all beyond the tested doses where none or
    all were affected, and everything where the best curve does not rise.
    """
    z, pattern = batch.scale.z, batch.pattern
    count = pattern.size
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    rising = rises(batch)
    low[rising] = high[rising] = (q - batch.a[rising]) / batch.b[rising]
    step = (pattern == SEPARATED) | (pattern == QUASI_SEPARATED)
    above = step | (pattern == NONE_AFFECTED)
    below = step | (pattern == ALL_AFFECTED)
    low[above] = np.where(batch.s[above] > 0, z, -np.inf).max(axis=1)
    high[below] = np.where(batch.r[below] > 0, z, np.inf).min(axis=1)
    return batch.scale.log_dose(low), batch.scale.log_dose(high)


def percentile_ends(
    low: FloatArray, high: FloatArray, weights: FloatArray, level: float
) -> tuple[float, float]:
    """Return the percentile ends of estimates that may themselves be intervals."""
    tail = (1 - level) / 2
    return (
        weighted_quantile(low, weights, tail),
        -weighted_quantile(-high, weights, tail),
    )


def percentile_limits(
    ends: tuple[float, float], log_dose: FloatArray, level: float
) -> Limits:
    """Turn percentile ends of log10 ED into limits on the dose scale."""
    floor, top = log_dose.min() - FAR_DECADES, log_dose.max() + FAR_DECADES
    low = 10 ** ends[0] if ends[0] >= floor else None
    high = 10 ** ends[1] if ends[1] <= top else None
    open_sides = [
        name for name, end in (("lower", low), ("upper", high)) if end is None
    ]
    kinds: tuple[SetKind, ...] = ("interval", "ray", "line")
    kind = kinds[len(open_sides)]
    share = format_number(50 * (1 - level), 3)
    reason = None
    if open_sides:
        reason = (
            f"The {' and '.join(open_sides)} limit is not bounded: more than {share} % "
            "of the tables this curve gives have no ED on that side (none or all "
            "affected, or no rising curve). Test more animals or doses further out."
        )
    return Limits(BOOTSTRAP, level, kind, low, high, reason=reason)


def enumerated_bootstrap(
    link: Link,
    log_dose: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    q: float,
    level: float,
    limit: int = TABLE_LIMIT,
) -> Limits | Missing:
    """Return percentile limits of the ED estimate over every table, dose scale.

    A table without a single best ED counts with both ends of its best EDs, the low
    end for the lower limit and the high end for the upper, so that missing estimates
    widen the limits and never narrow them.

    Parameters
    ----------
    link : {"probit", "logit", "cloglog"}
    log_dose, n, r : array, shape (K,)
    q : float
        Predictor at the wanted effect.
    level : float
    limit : int
        Most tables that are enumerated.

    Examples
    --------
    >>> x = np.log10([5, 10, 20, 40])
    >>> print(enumerated_bootstrap("probit", x, [8] * 4, [0, 2, 5, 8], 0.0, 0.95))
    [10, 20.18]
    """
    x, sizes = checked_design(log_dose, n)
    refused = refuse_above(count_tables(sizes), limit, "the likelihood limits")
    if refused is not None:
        return refused
    observed = fit_one(link, x, sizes, r)
    if observed.pattern[0] != FINITE:
        return Missing(f"{DEGENERATE}; the likelihood limits hold as they stand")
    if not rises(observed)[0]:
        return Missing("the fitted curve does not rise, so it has no ED to resample")
    batch, weights = refit_every_table(link, x, sizes, *line_of(observed))
    ends = percentile_ends(*maximising_eds(batch, q), weights, level)
    return percentile_limits(ends, x, level)
