"""Goodness of fit and calibrated cuts, summed over every table of a design.

Enumerating at the estimate is a parametric bootstrap without Monte Carlo error, not an
exact test: the answer still leans on the estimate. Only the logit has an exact test,
because its sufficient statistics can be conditioned on.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.doseresponse._core import FINITE, Batch, Scale, entropy, fit_batch
from isobole.doseresponse._design_tables import (
    all_tables,
    count_tables,
    curve_probabilities,
    log_coefficients,
    weighted_quantile,
)
from isobole.doseresponse._links import Link, probability
from isobole.doseresponse._profile import profile_deviance
from isobole.results import Missing, check_choice

FloatArray = NDArray[np.float64]
GoodnessStatistic = Literal["pearson", "deviance"]

TABLE_LIMIT: Final = 100_000  # refits a reader should wait for
CONDITIONAL_LIMIT: Final = 5_000_000  # tables searched, not fitted

_TIE = 1e-7  # statistics this close are the same; fits agree to about 1e-9
_PIECE = 200_000
DEGENERATE = (
    "the observed table has no finite slope, so the fitted curve would give every "
    "table it can only one outcome per dose"
)


def checked_design(log_dose: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return doses and animals as arrays of floats of the same length."""
    x = np.asarray(log_dose, dtype=float)
    sizes = np.broadcast_to(np.asarray(n, dtype=float), x.shape)
    return x, np.asarray(sizes)


def refuse_above(total: int, limit: int, instead: str) -> Missing | None:
    """Return the reason where a design has more tables than are enumerated."""
    if total <= limit:
        return None
    return Missing(
        f"the design has {total:,} possible tables, more than the {limit:,} that are "
        f"enumerated; use {instead}"
    )


def fit_one(link: Link, x: FloatArray, n: FloatArray, r: ArrayLike) -> Batch:
    """Fit the observed table: a batch of one."""
    affected = np.asarray(r, dtype=float)[None, :]
    return fit_batch(link, Scale.of(x), affected, n - affected)


def line_of(batch: Batch) -> tuple[float, float]:
    """Return intercept and slope on log10 dose of a batch of one."""
    slope = float(batch.b[0]) / batch.scale.spread
    return float(batch.a[0]) - slope * batch.scale.centre, slope


def refit_every_table(
    link: Link, x: FloatArray, n: FloatArray, intercept: float, slope: float
) -> tuple[Batch, FloatArray]:
    """Fit every table of a design; return the fits and their weights under a curve."""
    tables = all_tables(n)
    weights = curve_probabilities(tables, n, link, x, intercept, slope)
    affected = tables.astype(float)
    return fit_batch(link, Scale.of(x), affected, n - affected), weights


def goodness(batch: Batch, statistic: GoodnessStatistic) -> FloatArray:
    """Return the Pearson or deviance statistic of every table's own fit.

    It is 0 where a step or a flat line through the corner fits every dose perfectly.
    """
    if statistic == "deviance":
        saturated = entropy(batch.r, batch.s).sum(axis=1)
        return np.asarray(np.maximum(2 * (saturated - batch.loglik), 0.0))
    result = np.zeros(batch.pattern.size)
    rows = np.flatnonzero(batch.pattern == FINITE)
    r, s = batch.r[rows], batch.s[rows]
    n = r + s
    eta = batch.a[rows][:, None] + batch.b[rows][:, None] * batch.scale.z
    p, spared = probability(batch.link, eta), 1 - probability(batch.link, eta)
    variance = n * p * spared
    # A dose fitted at 0 or 1 to rounding has its own counts there: it adds nothing.
    terms = np.divide(
        (r - n * p) ** 2, variance, out=np.zeros_like(eta), where=variance > 1e-14
    )
    result[rows] = terms.sum(axis=1)
    return result


def enumerated_goodness_p(
    link: Link,
    log_dose: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    statistic: GoodnessStatistic = "pearson",
    limit: int = TABLE_LIMIT,
) -> tuple[float, int] | Missing:
    """Return the plug-in parametric-bootstrap p of fit, and the tables summed.

    Every table of the design is refitted; p is the probability, at the observed
    estimate, of a statistic at least as large as the observed one.

    Parameters
    ----------
    link : {"probit", "logit", "cloglog"}
    log_dose, n, r : array, shape (K,)
        Log10 doses (each once), animals, affected.
    statistic : {"pearson", "deviance"}
    limit : int
        Most tables that are enumerated.

    Examples
    --------
    >>> x = np.log10([5, 10, 20, 40])
    >>> p, tables = enumerated_goodness_p("probit", x, [8] * 4, [0, 2, 5, 8])
    >>> round(p, 3), tables
    (0.388, 6561)
    >>> enumerated_goodness_p("probit", x, [8] * 4, [0, 0, 8, 8]).reason[:45]
    'the observed table has no finite slope, so th'
    """
    check_choice("statistic", statistic, ("pearson", "deviance"))
    x, sizes = checked_design(log_dose, n)
    if (sizes > 0).sum() <= 2:
        return Missing(
            "two doses leave no degree of freedom to test the curve with; test a third"
        )
    total = count_tables(sizes)
    refused = refuse_above(total, limit, "the chi-square p")
    if refused is not None:
        return refused
    observed = fit_one(link, x, sizes, r)
    if observed.pattern[0] != FINITE:
        return Missing(DEGENERATE)
    reached = float(goodness(observed, statistic)[0])
    refits, weights = refit_every_table(link, x, sizes, *line_of(observed))
    extreme = goodness(refits, statistic) >= reached - _TIE * (1 + reached)
    return min(float(weights[extreme].sum()), 1.0), total


def exact_conditional_p(
    log_dose: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    statistic: GoodnessStatistic = "pearson",
    limit: int = CONDITIONAL_LIMIT,
) -> tuple[float, int] | Missing:
    """Return the exact conditional p of fit of the logit, and the tables compared.

    Given sum r and sum x r the probability of a table no longer depends on the curve
    (Cox 1970), and all tables compared share one fit. Doses not evenly spaced on the
    log scale often leave the observed table alone: then there is no test.

    Parameters
    ----------
    log_dose, n, r : array, shape (K,)
    statistic : {"pearson", "deviance"}
    limit : int
        Most tables that are searched.

    Examples
    --------
    >>> x = np.log10([5, 10, 20, 40])
    >>> p, tables = exact_conditional_p(x, [8] * 4, [0, 4, 3, 8])
    >>> round(p, 3), tables
    (0.085, 7)
    """
    check_choice("statistic", statistic, ("pearson", "deviance"))
    x, sizes = checked_design(log_dose, n)
    affected = np.asarray(r, dtype=float)
    total = count_tables(sizes)
    refused = refuse_above(total, limit, "the chi-square p")
    if refused is not None:
        return refused
    observed = fit_one("logit", x, sizes, affected)
    if observed.pattern[0] != FINITE:
        return Missing(
            "no other table shares the sum r and sum x r of counts without a finite "
            "slope, so there is nothing to compare with; test a dose in between"
        )
    z = observed.scale.z
    kept = []
    for start in range(0, total, _PIECE):
        piece = all_tables(sizes, start, start + _PIECE)
        alike = piece.sum(axis=1) == affected.sum()
        # A rounding of the doses must not break up the reference set.
        alike &= np.abs(piece @ z - affected @ z) < 1e-8
        kept.append(piece[alike])
    tables = np.concatenate(kept).astype(float)
    if len(tables) == 1:
        return Missing(
            "no other table shares the observed sum r and sum x r, so there is nothing "
            "to compare with; doses evenly spaced on the log scale leave more tables"
        )
    logs = log_coefficients(tables, sizes)
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    values = _shared_fit(observed, tables, sizes, statistic)
    reached = float(_shared_fit(observed, affected[None, :], sizes, statistic)[0])
    extreme = values >= reached - _TIE * (1 + reached)
    return min(float(weights[extreme].sum()), 1.0), len(tables)


def _shared_fit(
    batch: Batch, tables: FloatArray, n: FloatArray, statistic: GoodnessStatistic
) -> FloatArray:
    """Return the statistic of tables that all have the fit of a batch of one."""
    if statistic == "deviance":
        # The log-likelihood at the shared fit is the same for all of them.
        saturated = entropy(tables, n - tables).sum(axis=1)
        return np.asarray(2 * (saturated - batch.loglik[0]))
    p = probability(batch.link, batch.a[0] + batch.b[0] * batch.scale.z)
    return np.asarray(((tables - n * p) ** 2 / (n * p * (1 - p))).sum(axis=1))


def calibrated_cut(
    link: Link,
    log_dose: ArrayLike,
    n: ArrayLike,
    intercept: float,
    slope: float,
    q: float,
    level: float,
    limit: int = TABLE_LIMIT,
) -> float | Missing:
    """Return the deviance cut whose likelihood set covers with probability `level`.

    The smallest cut with at least that unconditional coverage of the true log ED,
    over every table of the design, when the truth is the given curve; calibrated at
    an estimate it is a plug-in.

    Parameters
    ----------
    link : {"probit", "logit", "cloglog"}
    log_dose, n : array, shape (K,)
    intercept, slope : float
        The curve on log10 dose; the slope is above 0.
    q : float
        Predictor at the wanted effect.
    level : float
    limit : int
        Most tables that are enumerated.

    Examples
    --------
    >>> x = np.log10([5, 10, 20, 40])
    >>> cut = calibrated_cut("probit", x, [8] * 4, -6.0, 5.2, 0.0, 0.95)
    >>> round(cut, 2)  # the chi-square cut is 3.84
    4.73
    """
    if not slope > 0:
        return Missing("the fitted slope is not above 0, so there is no ED to cover")
    x, sizes = checked_design(log_dose, n)
    refused = refuse_above(count_tables(sizes), limit, "the likelihood limits")
    if refused is not None:
        return refused
    batch, weights = refit_every_table(link, x, sizes, intercept, slope)
    scale = batch.scale
    truth = ((q - intercept) / slope - scale.centre) / scale.spread
    deviance = profile_deviance(batch, q, truth)
    return weighted_quantile(deviance, weights, level) * (1 + 1e-9) + 1e-9
