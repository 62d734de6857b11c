"""Does the shift grow with the fixed dose: one likelihood over all the ladders.

Under a common slope eta = alpha + c D + b x, x being log10 dose of the active drug and
D the fixed dose, so log10 ED50 = (q - alpha - c D) / b is a straight line in D, and
c = 0 says that the fixed dose does nothing. The likelihood is concave in (alpha, c, b),
b >= 0, and has a supremum where an arm is separated or none or all are affected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc

from isobole.doseresponse import Link, QuantalData
from isobole.doseresponse._goodness import GoodnessOfFit
from isobole.doseresponse._links import quantile, score
from isobole.doseresponse._newton import Maximum, maximise
from isobole.results import Missing, value_or_none

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShiftTrend:
    """Trend of log10 ED50 of the active drug over the fixed doses.

    `slope` is the change of log10 ED50 per unit of fixed dose (below 0: more potent
    with more); `chi2` and `p` test 0 by likelihood ratio on 1 df, `lack_chi2` and
    `lack_p` a straight line against a shift of its own for every fixed dose.
    """

    name: str
    slope: float | Missing
    chi2: float
    p: float
    lack_chi2: float
    lack_df: int
    lack_p: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        slope = self.slope
        return {
            "name": self.name,
            "log10_ed50_per_unit": value_or_none(slope),
            "chi2": self.chi2,
            "df": 1,
            "p": self.p,
            "lack_of_linearity": {
                "chi2": self.lack_chi2,
                "df": self.lack_df,
                "p": self.lack_p,
            },
            "reason": slope.reason if isinstance(slope, Missing) else None,
        }


def shift_trend(
    curves: Sequence[QuantalData],
    fixed: Sequence[float],
    link: Link,
    pooled: GoodnessOfFit,
) -> ShiftTrend:
    """Test whether log10 ED50 changes in proportion to the fixed dose.

    Parameters
    ----------
    curves : sequence of QuantalData
        The ladders, that of the active drug alone among them.
    fixed : sequence of float
        The fixed dose under each (0 for the drug alone); two or more above 0.
    link : {"probit", "logit", "cloglog"}
    pooled : GoodnessOfFit
        Heterogeneity pooled over the ladders.

    Examples
    --------
    >>> from isobole.doseresponse import compare_curves
    >>> counts = [1, 3, 5, 7], [2, 4, 6, 8], [3, 6, 7, 8]
    >>> curves = [QuantalData([5, 10, 20, 40], [8] * 4, r) for r in counts]
    >>> pooled = compare_curves(curves).heterogeneity
    >>> trend = shift_trend(curves, [0, 20, 40], "probit", pooled)
    >>> print(f"{trend.chi2:.2f} p {trend.p:.3f}, lack {trend.lack_chi2:.2f}")
    6.38 p 0.012, lack 0.00
    """
    groups = [curve.groups for curve in curves]
    owner = np.repeat(np.arange(len(groups)), [g[0].size for g in groups])
    log_dose = np.log10(np.concatenate([g[0] for g in groups]))
    n = np.concatenate([g[1] for g in groups]).astype(float)
    r = np.concatenate([g[2] for g in groups]).astype(float)
    spread = max(float(np.ptp(log_dose)) / 2, 1e-9)
    z = (log_dose - float(log_dose.mean())) / spread
    top = float(max(fixed))
    d = np.asarray(fixed, dtype=float)[owner] / top
    flat = np.ones_like(z)
    dummies = (owner[:, None] == np.arange(len(groups))).astype(float)
    line = _climb(link, np.column_stack([flat, d, z]), r, n - r)
    none = _climb(link, np.column_stack([flat, z]), r, n - r)
    own = _climb(link, np.column_stack([dummies, z]), r, n - r, len(groups))
    slope: float | Missing = Missing(
        "there is no finite rising common slope, so the trend has a direction and a "
        "test but no size."
    )
    if line.converged and 1e-9 < line.theta[2] < 1e3:
        slope = -float(line.theta[1] / line.theta[2]) * spread / top
    chi2 = max(2 * (line.value - none.value), 0.0)
    lack = max(2 * (own.value - line.value), 0.0)
    df = len(groups) - 2
    return ShiftTrend(
        "linear in the fixed dose, likelihood ratio, common slope",
        slope,
        chi2,
        _judge(chi2, 1, pooled),
        lack,
        df,
        _judge(lack, df, pooled),
    )


def _climb(
    link: Link, design: FloatArray, r: FloatArray, s: FloatArray, intercepts: int = 1
) -> Maximum:
    """Maximise with the slope, which stands last, at 0 or above."""

    def evaluate(theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        value, d1, w = score(link, design @ theta, r, s)
        return float(value.sum()), design.T @ d1, -(design.T * w) @ design

    level = float(quantile(link, (r.sum() + 0.5) / ((r + s).sum() + 1)))
    start = np.zeros(design.shape[1])
    start[:intercepts] = level
    floor = np.append(np.full(design.shape[1] - 1, -np.inf), 0.0)
    return maximise(evaluate, start, lower=floor, steps=300)


def _judge(chi2: float, df: int, pooled: GoodnessOfFit) -> float:
    if pooled.applied:
        return float(fdtrc(df, pooled.df, chi2 / (df * pooled.heterogeneity)))
    return float(chdtrc(df, chi2))
