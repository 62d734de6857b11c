"""Everything the tests of interaction need of an arm, once per possible table.

A planned arm can give few different tables; each is fitted once, and studies are then
rows of table numbers, one per arm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri, stdtrit

from isobole.doseresponse._core import FINITE, Batch, Scale, covariance, fit_batch
from isobole.doseresponse._limits import FAR_DECADES
from isobole.doseresponse._links import Link, probability, quantile
from isobole.doseresponse._lw_line import LEAST_RISE, line_fit
from isobole.doseresponse._options import Heterogeneity
from isobole.doseresponse._status import slope_test

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

LN10 = math.log(10.0)


@dataclass(frozen=True, slots=True, eq=False)
class LitchfieldWilcoxonArrays:
    """ED50, SEM and N' of the Litchfield-Wilcoxon method; `known` where they exist."""

    ed50: FloatArray
    sem: FloatArray
    n_prime: FloatArray
    known: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class ArmTables:
    """Fits of the tables an arm can give, values per table.

    `m` is the log10 ED50, `var_m` its variance and `cov_mb` its covariance with the
    slope, all from the information matrix alone; `h` and `df` are the heterogeneity
    factor in force and its degrees of freedom (infinite where it is not). Where
    `rising` is false there is no finite rising curve and these are not read; `within`
    says whether the ED50 is close enough to the doses to be given at all. `slope_chi2`
    is the likelihood ratio of slope zero, for every table.
    """

    batch: Batch
    q: float
    m: FloatArray
    slope: FloatArray
    var_m: FloatArray
    cov_mb: FloatArray
    rising: BoolArray
    within: BoolArray
    slope_chi2: FloatArray
    h: FloatArray
    df: FloatArray
    pearson: FloatArray
    pearson_df: FloatArray
    lw: LitchfieldWilcoxonArrays

    @property
    def log_dose(self) -> FloatArray:
        """The log10 doses."""
        return self.batch.scale.x


def arm_tables(
    log_dose: FloatArray,
    n: ArrayLike,
    tables: ArrayLike,
    *,
    link: Link = "probit",
    heterogeneity: Heterogeneity = "p<0.05",
) -> ArmTables:
    """Fit every table of an arm and form what the tests read from it.

    The same estimates as `fit_quantal` and `litchfield_wilcoxon` at 50 % effect, with
    observed information.

    Examples
    --------
    >>> arm = arm_tables(np.log10([5, 10, 20, 40]), 8, [[0, 2, 5, 8], [0, 0, 8, 8]])
    >>> arm.rising.tolist(), round(float(10 ** arm.m[0]), 2)
    ([True, False], 15.34)
    """
    x = np.asarray(log_dose, dtype=float)
    r = np.asarray(tables, dtype=float)
    size = np.broadcast_to(np.asarray(n, dtype=float), r.shape)
    q = float(quantile(link, 0.5))
    batch = fit_batch(link, Scale.of(x), r, size - r)
    spread = batch.scale.spread
    finite = batch.pattern == FINITE
    rising = finite & (batch.b > 0)
    b = np.where(rising, batch.b, 1.0)
    z = np.where(rising, (q - batch.a) / b, 0.0)
    vaa, vab, vbb = covariance(batch, "observed")
    var_z = np.maximum(vaa + 2 * z * vab + z * z * vbb, 1e-300) / (b * b)
    m = batch.scale.log_dose(z)
    pearson = _pearson(batch, size, finite)
    df = float(x.size - 2)
    pearson_df = np.where(finite, df, 0.0)
    fires = heterogeneous(heterogeneity, pearson, pearson_df)
    return ArmTables(
        batch=batch,
        q=q,
        m=m,
        slope=b / spread,
        var_m=spread**2 * var_z,
        cov_mb=-(vab + z * vbb) / b,
        rising=rising,
        within=rising & (m >= x.min() - FAR_DECADES) & (m <= x.max() + FAR_DECADES),
        slope_chi2=slope_test(batch),
        h=np.where(fires, pearson / max(df, 1.0), 1.0),
        df=np.where(fires, df, np.inf),
        pearson=pearson,
        pearson_df=pearson_df,
        lw=_litchfield_wilcoxon(batch, size),
    )


def heterogeneous(
    rule: Heterogeneity, pearson: FloatArray, df: FloatArray
) -> BoolArray:
    """Return where a heterogeneity rule fires, as `rule_fires` does for one table."""
    possible = (df >= 1) & (pearson > df)
    if rule == "none":
        return np.zeros_like(possible)
    if rule in ("always", "chi2>df"):
        return possible
    tail = chdtrc(np.maximum(df, 1.0), pearson)
    return np.asarray(possible & (tail < float(rule.removeprefix("p<"))))


def _pearson(batch: Batch, size: FloatArray, finite: BoolArray) -> FloatArray:
    eta = batch.a[:, None] + batch.b[:, None] * batch.scale.z
    p = probability(batch.link, eta)
    variance = size * p * (1 - p)
    part = np.divide(
        (batch.r - size * p) ** 2, variance, out=np.zeros_like(p), where=variance > 0
    )
    return np.where(finite, part @ np.ones(p.shape[1]), 0.0)


def _litchfield_wilcoxon(batch: Batch, size: FloatArray) -> LitchfieldWilcoxonArrays:
    """Do `summarise_line` for every table: a probit line, window 16 to 84 %."""
    if batch.link != "probit":
        batch = fit_batch("probit", batch.scale, batch.r, batch.s)
    scale = batch.scale
    drawn = (batch.pattern == FINITE) & (2 * batch.b >= LEAST_RISE)
    slope = np.where(drawn, batch.b, 1.0) / scale.spread
    intercept = np.where(drawn, batch.a, 0.0) - slope * scale.centre
    line: Any = intercept[:, None], slope[:, None]  # one line per table
    fit = line_fit(scale.x, size, batch.r, *line)
    inside = (fit.expected >= 0.16) & (fit.expected <= 0.84)
    ones = np.ones(scale.x.size)
    n_prime = (size * inside) @ ones
    chi2, df = fit.contribution @ ones, fit.used @ ones - 2
    uneven = (df >= 1) & (chdtrc(np.maximum(df, 1.0), chi2) < 0.05)
    known = drawn & (n_prime > 0)
    some = np.maximum(n_prime, 1.0)
    # Nearly flat lines: far beyond any use, but their squares must not overflow.
    log_s = np.minimum(float(ndtri(0.84)) / slope, 1e6)
    even_se = 2.77 / 1.96 * log_s / np.sqrt(some)
    uneven_se = 1.4 * log_s * np.sqrt(chi2 / (np.maximum(df, 1.0) * some))
    power = np.clip(-intercept / slope, -35.0, 35.0)
    ed50 = 10.0**power
    sem = LN10 * ed50 * np.where(uneven, uneven_se, even_se)
    return LitchfieldWilcoxonArrays(ed50, sem, n_prime, known)


def pooled_cut(
    arms: list[ArmTables],
    studies: IntArray,
    level: float,
    heterogeneity: Heterogeneity,
) -> FloatArray:
    """Return each study's deviance cut at a level: chi-square, or h F(1, df)."""
    pearson = np.zeros(studies.shape[0])
    df = np.zeros(studies.shape[0])
    alone = np.zeros(studies.shape[0], dtype=bool)
    for i, arm in enumerate(arms):
        pearson += arm.pearson[studies[:, i]]
        df += arm.pearson_df[studies[:, i]]
        alone |= arm.h[studies[:, i]] > 1
    # As `pooled_goodness`: for the arms together, or for any one of them.
    fires = heterogeneous(heterogeneity, pearson, df) | (
        alone & heterogeneous("always", pearson, df)
    )
    tail = 0.5 + level / 2
    cut = np.full(pearson.shape, float(ndtri(tail)) ** 2)
    cut[fires] = stdtrit(df[fires], tail) ** 2 * pearson[fires] / df[fires]
    return cut
