"""Goodness of fit on grouped doses, and the heterogeneity factor it leads to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, chdtri, ndtri, stdtrit, xlogy

from isobole.doseresponse._options import Heterogeneity, Quantile, rule_fires
from isobole.results import Missing, value_or_none

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GoodnessOfFit:
    """Pearson and deviance of the grouped table, and what follows from them.

    `heterogeneity` is the factor h = Pearson / df by which variances are multiplied
    (1 where the rule did not fire); with it, t on df replaces the normal quantile
    where the convention says so. `p` belongs to the Pearson statistic.
    """

    pearson: float | Missing
    deviance: float | Missing
    df: int
    p: float | Missing
    deviance_p: float | Missing
    heterogeneity: float
    rule: Heterogeneity
    quantile: Quantile

    @property
    def applied(self) -> bool:
        """Whether the heterogeneity factor widens the limits."""
        return self.heterogeneity > 1

    def multiplier(self, level: float) -> float:
        """Return the quantile times sqrt(h) that limits at `level` are formed with."""
        tail = 0.5 + level / 2
        if self.applied and self.quantile == "t":
            return float(stdtrit(self.df, tail)) * math.sqrt(self.heterogeneity)
        return float(ndtri(tail)) * math.sqrt(self.heterogeneity)

    def cut(self, level: float) -> float:
        """Return the deviance cut of likelihood sets: chi-square, or h F(1, df)."""
        if self.applied:
            return self.multiplier(level) ** 2
        return float(chdtri(1.0, 1 - level))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields, with a reason where one is null."""
        fields: dict[str, Any] = {
            "pearson": value_or_none(self.pearson),
            "deviance": value_or_none(self.deviance),
            "df": self.df,
            "p": value_or_none(self.p),
            "heterogeneity": self.heterogeneity,
            "rule": self.rule,
        }
        reasons = [x.reason for x in (self.pearson, self.p) if isinstance(x, Missing)]
        return {**fields, "reason": reasons[0] if reasons else None}


def goodness(
    r: FloatArray,
    n: FloatArray,
    p: FloatArray,
    *,
    parameters: int,
    rule: Heterogeneity,
    quantile: Quantile,
) -> GoodnessOfFit:
    """Compute goodness of fit of expected probabilities `p` to counts r of n."""
    variance = n * p * (1 - p)
    expected = n * p
    # A group expected to be all or nothing contributes 0 when it is exactly that.
    part = np.divide(
        (r - expected) ** 2, variance, out=np.zeros_like(p), where=variance > 0
    )
    pearson = float(part.sum())
    ratio_r = xlogy(r, np.divide(r, expected, out=np.ones_like(p), where=expected > 0))
    spared = n - expected
    ratio_s = xlogy(
        n - r, np.divide(n - r, spared, out=np.ones_like(p), where=spared > 0)
    )
    deviance = max(float(2 * (ratio_r + ratio_s).sum()), 0.0)
    return from_statistics(
        pearson, deviance, int(r.size - parameters), rule=rule, quantile=quantile
    )


def from_statistics(
    pearson: float,
    deviance: float,
    df: int,
    *,
    rule: Heterogeneity,
    quantile: Quantile,
) -> GoodnessOfFit:
    """Judge given statistics and decide on the heterogeneity factor."""
    if df < 1:
        none = Missing(
            "as many parameters as dose groups: nothing is left to test the fit"
        )
        return GoodnessOfFit(pearson, deviance, 0, none, none, 1.0, rule, quantile)
    tail = float(chdtrc(df, pearson))
    fires = rule_fires(rule, pearson, df, tail)
    return GoodnessOfFit(
        pearson,
        deviance,
        df,
        tail,
        float(chdtrc(df, deviance)),
        pearson / df if fires else 1.0,
        rule,
        quantile,
    )


def no_goodness(
    reason: str, df: int, rule: Heterogeneity, quantile: Quantile
) -> GoodnessOfFit:
    """Return the record of a table whose fit cannot be tested."""
    none = Missing(reason)
    return GoodnessOfFit(none, none, max(df, 0), none, none, 1.0, rule, quantile)
