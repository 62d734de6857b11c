"""`outcome_distribution`: what a design can give, before an animal is dosed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.doseresponse._bootstrap import (
    maximising_eds,
    percentile_ends,
    percentile_limits,
    rises,
)
from isobole.doseresponse._core import FINITE, Batch, Scale, fit_batch
from isobole.doseresponse._coverage import IntervalCoverage, interval_coverage
from isobole.doseresponse._design import (
    Curve,
    CurveLike,
    IntArray,
    check_design,
    curve_of,
)
from isobole.doseresponse._design_tables import (
    count_tables,
    tables_and_weights,
    weighted_quantile,
)
from isobole.doseresponse._links import LINKS, Link, quantile
from isobole.doseresponse._many import ARRAY_INTERVALS, ArrayInterval
from isobole.doseresponse._options import check_level, check_percent
from isobole.doseresponse._outcome_result import OutcomeDistribution
from isobole.doseresponse._status import STATUSES, status_codes
from isobole.results import DoseUnit, OptionError, check_choice

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]

DEFAULT_SAMPLES: Final = 20_000
DEFAULT_SEED: Final = 1
FOLDS: Final = (1.25, 1.5, 2.0)
QUANTILES: Final = (0.025, 0.25, 0.5, 0.75, 0.975)


def outcome_distribution(
    doses: ArrayLike,
    n: ArrayLike,
    curve: CurveLike,
    *,
    link: Link | None = None,
    percent: float = 50,
    level: float = 0.95,
    intervals: Sequence[ArrayInterval] = ARRAY_INTERVALS,
    information: Literal["observed", "expected"] = "observed",
    unit: DoseUnit | str | None = None,
    seed: int | None = None,
    samples: int = DEFAULT_SAMPLES,
    progress: Progress | None = None,
) -> OutcomeDistribution:
    """Return what a design can give when a curve is true, summed over every table.

    Parameters
    ----------
    doses : array, shape (K,)
        Doses above 0, without controls.
    n : int or array, shape (K,)
        Animals per dose.
    curve : (ed50, slope), Curve or QuantalFit
        What is assumed true; the slope is per tenfold dose, in probits for the probit.

    Other Parameters
    ----------------
    link : {"probit", "logit", "cloglog"}, optional
        The curve fitted to every table; that of `curve` unless given. A different
        one shows what a wrong link costs.
    percent, level, intervals, information
        Effect, confidence, kinds of interval, information matrix of Fieller and delta.
    unit : DoseUnit or str, optional
    seed, samples : int
        Used only above 200,000 possible tables, where tables are drawn; the result
        says so. The seed is 1 unless given.
    progress : callable, optional
        Called with steps done and steps in all.

    Raises
    ------
    DataError
        If doses, n or the curve are not a design.

    Examples
    --------
    >>> found = outcome_distribution([10, 14.14, 20, 28.28, 40], 8, (20, 8))
    >>> round(100 * found.no_finite_slope, 1)
    12.8
    >>> found.interval("likelihood")  # doctest: +ELLIPSIS
    IntervalCoverage(interval='likelihood', level=0.95, unconditional=0.94...
    """
    dose, size = check_design(doses, n)
    truth = curve_of(curve, link)
    fitted: Link = link or truth.link
    check_choice("link", fitted, LINKS)
    check_choice("information", information, ("observed", "expected"))
    for kind in intervals:
        check_choice("interval", kind, ARRAY_INTERVALS)
    check_level(level)
    check_percent(percent)
    if samples < 100:
        msg = f"samples is {samples}; draw at least 100 tables"
        raise OptionError(msg)
    said = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    steps = len(intervals) + 2

    def report(done: int) -> None:
        if progress is not None:
            progress(done, steps)

    log_dose = np.log10(dose)
    total = count_tables(size)
    seed = DEFAULT_SEED if seed is None else seed
    tables, weights, drawn = tables_and_weights(
        size,
        truth.link,
        log_dose,
        truth.intercept,
        truth.slope,
        samples=samples,
        seed=seed,
    )
    report(1)
    affected = tables.astype(np.float64)
    batch = fit_batch(fitted, Scale.of(log_dose), affected, size - affected)
    report(2)
    q = float(quantile(fitted, percent / 100))
    log_truth = truth.log_ed(percent)
    coverage = []
    for place, kind in enumerate(intervals):
        coverage.append(
            interval_coverage(batch, weights, q, log_truth, kind, level, information)
        )
        report(place + 3)
    return _assembled(
        batch, weights, q, log_truth, dose, size, truth,
        percent=percent, level=level, information=information, unit=said,
        possible=total, samples=samples if drawn else None,
        seed=seed if drawn else None, coverage=tuple(coverage),
    )  # fmt: skip


def _assembled(
    batch: Batch,
    weights: FloatArray,
    q: float,
    log_truth: float,
    dose: FloatArray,
    size: IntArray,
    truth: Curve,
    *,
    percent: float,
    level: float,
    information: str,
    unit: DoseUnit | None,
    possible: int,
    samples: int | None,
    seed: int | None,
    coverage: tuple[IntervalCoverage, ...],
) -> OutcomeDistribution:
    log_dose = np.log10(dose)
    finite = batch.pattern == FINITE
    rising = rises(batch)
    ends = maximising_eds(batch, q)
    estimates, share = ends[0][rising], weights[rising]
    hair = 1e-9
    off = np.abs(estimates - log_truth)
    outside = (estimates < log_dose[0] - hair) | (estimates > log_dose[-1] + hair)
    codes = status_codes(batch, q, level)
    by_status = np.bincount(codes, weights, minlength=len(STATUSES))
    return OutcomeDistribution(
        doses=tuple(map(float, dose)),
        n=tuple(map(int, size)),
        curve=truth,
        link=batch.link,
        percent=percent,
        level=level,
        information=information,
        unit=unit,
        true_log10=log_truth,
        possible_tables=possible,
        samples=samples,
        seed=seed,
        no_finite_slope=_share(weights[~finite]),
        no_estimate=_share(weights[~rising]),
        outside=_share(share[outside]),
        statuses=tuple(
            (name, float(mass))
            for name, mass in zip(STATUSES, by_status, strict=True)
            if mass > 0
        ),
        quantiles=tuple((p, weighted_quantile(estimates, share, p)) for p in QUANTILES)
        if share.size and share.sum() > hair
        else (),
        within=tuple((f, _share(share[off <= np.log10(f) + hair])) for f in FOLDS),
        coverage=coverage,
        bootstrap_interval=percentile_limits(
            percentile_ends(*ends, weights, level), log_dose, level
        ),
        histogram=(estimates, share),
    )


def _share(weights: FloatArray) -> float:
    return float(min(weights.sum(), 1.0))
