"""The quantities Litchfield and Wilcoxon read from a line, by the paper's names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtri, stdtrit

from isobole.doseresponse._data import QuantalData
from isobole.doseresponse._estimator_result import (
    Details,
    antilog,
    log_limits,
    missing_effect,
    no_limits,
)
from isobole.doseresponse._lw_line import line_fit
from isobole.results import Estimate, Missing, Table, format_number

FloatArray = NDArray[np.float64]

KIND = "Litchfield-Wilcoxon"
LEVEL = 0.95  # the printed constants 2.77, 1.4, 10, 5.1 and 1.1 hold for 95 %


@dataclass(frozen=True, slots=True)
class LitchfieldWilcoxonDetails(Details):
    """The quantities of the method, by the paper's names.

    `intercept` and `slope` are of the probit (without 5) on log10 dose; `f_ed50`,
    `f_s`, `log10_se` and `sem` are in force, that is, with the heterogeneous form
    where `heterogeneous` is true.
    """

    intercept: float | Missing
    slope: float | Missing
    s: float | Missing
    n_prime: int | Missing
    f_ed50: float | Missing
    f_s: float | Missing
    log10_se: float | Missing
    sem: float | Missing
    f_ed50_homogeneous: float | Missing
    f_ed50_heterogeneous: float | Missing
    chi2: float | Missing
    df: int | Missing
    p: float | Missing
    heterogeneous: bool
    expected: tuple[float, ...] = ()
    contribution: tuple[float, ...] = ()
    used: tuple[bool, ...] = ()
    labels: ClassVar[dict[str, str]] = {
        "intercept": "probit line, intercept (without 5)",
        "slope": "probit line, slope per decade",
        "s": "slope function S",
        "n_prime": "N' (animals at doses expected inside the window)",
        "f_ed50": "f of the ED50",
        "f_s": "f of S",
        "log10_se": "SE of log10 ED50",
        "sem": "SEM of the ED50",
        "chi2": "chi-square (L-W)",
        "df": "degrees of freedom",
        "p": "p",
        "heterogeneous": "heterogeneous form used",
    }

    @property
    def without_line(self) -> str:
        """Why there is no line; empty if there is one."""
        return self.slope.reason if isinstance(self.slope, Missing) else ""

    def effect(self, percent: float, data: QuantalData) -> Estimate:
        """Read the dose of `percent` effect from the line; limits for the ED50 only."""
        if isinstance(self.slope, Missing) or isinstance(self.intercept, Missing):
            return missing_effect(percent, data, KIND, LEVEL, self.without_line)
        power = (float(ndtri(percent / 100)) - self.intercept) / self.slope
        value = antilog(power)
        if value is None:
            return missing_effect(percent, data, KIND, LEVEL, FLAT)
        se = None
        if percent != 50:
            limits = no_limits(KIND, LEVEL, _ONLY_ED50)
        elif isinstance(self.f_ed50, Missing):
            limits = no_limits(KIND, LEVEL, self.f_ed50.reason)
        else:
            limits = log_limits(KIND, LEVEL, power, math.log10(self.f_ed50))
            se = None if isinstance(self.log10_se, Missing) else self.log10_se
        return Estimate(
            f"ED{format_number(percent)}", value, limits, data.unit, se, percent, KIND
        )

    def tables(self, data: QuantalData) -> tuple[Table, ...]:
        """Return observed and expected effects with their chi-square contributions."""
        if not self.expected:
            return ()
        doses, n, affected = data.groups
        unit = f" ({data.unit})" if data.unit else ""
        rows = zip(
            doses, n, affected, self.expected, self.contribution, self.used, strict=True
        )
        return (
            Table(
                "Observed and expected effect",
                (f"dose{unit}", "n", data.endpoint, "expected (%)", "chi-square"),
                tuple(
                    (
                        float(d),
                        int(m),
                        int(r),
                        100 * e,
                        c if use else Missing(_LEFT_OUT),
                    )
                    for d, m, r, e, c, use in rows
                ),
            ),
        )


FLAT = "The line is almost flat, so the dose is beyond any number; test other doses."
_ONLY_ED50 = (
    "Litchfield and Wilcoxon give limits for the ED50 and S only; use fit_quantal for "
    "limits of other effects."
)
_LEFT_OUT = "no or full effect where below 0.01 or above 99.99 % is expected: left out"
_NO_PARTIAL = (
    "No dose has an expected effect in the window, so N' = 0 and the method has no "
    "error; use fit_quantal's likelihood limits, or test a dose in between."
)


def without_line(reason: str) -> LitchfieldWilcoxonDetails:
    """Return the details of data through which no line can be drawn."""
    gone = Missing(reason)
    return LitchfieldWilcoxonDetails(
        gone, gone, gone, gone, gone, gone, gone, gone, gone, gone, gone, gone, gone,
        heterogeneous=False,
    )  # fmt: skip


def summarise_line(
    data: QuantalData,
    line: tuple[float, float],
    window: tuple[float, float],
    heterogeneity: str,
) -> LitchfieldWilcoxonDetails:
    """Do the paper's steps C to E on a line."""
    doses, n, affected = data.groups
    intercept, slope = line
    x = np.log10(doses)
    fit = line_fit(
        x, n.astype(np.float64), affected.astype(np.float64), intercept, slope
    )
    inside = (100 * fit.expected >= window[0]) & (100 * fit.expected <= window[1])
    n_prime = int(n[inside].sum())
    k = int(fit.used.sum())
    # On an exact line both halves of (ED84/ED50 + ED50/ED16)/2 are the same.
    log_s = float(ndtri(0.84)) / slope
    df: int | Missing = k - 2
    p: float | Missing
    if k > 2:
        p = float(chdtrc(k - 2, fit.chi2))
    else:
        df = p = Missing("Fewer than three doses take part: nothing to test.")
    uneven = heterogeneity == "always" or (
        heterogeneity == "test" and not isinstance(p, Missing) and p < 0.05
    )
    log_f: float | Missing = Missing(_NO_PARTIAL)
    log_f_uneven: float | Missing = Missing(_NO_PARTIAL)
    log_f_s: float | Missing = Missing(_NO_PARTIAL)
    t, spread = 1.96, 0.0
    if n_prime and k > 2:
        t_df = float(stdtrit(k - 2, 0.975))
        spread = math.sqrt(fit.chi2 / ((k - 2) * n_prime))
        log_f_uneven = 1.4 * t_df * spread * log_s
        t = t_df if uneven else t
    elif n_prime:
        log_f_uneven = Missing("Fewer than three doses take part: no heterogeneity.")
    if n_prime:
        log_f = 2.77 / math.sqrt(n_prime) * log_s
        log_f_s = _log_f_s(x[fit.used], n_prime, log_s, t * spread if uneven else None)
    used = log_f_uneven if uneven else log_f
    se = used if isinstance(used, Missing) else used / t
    power = -intercept / slope
    sem: float | Missing = se if isinstance(se, Missing) else Missing(FLAT)
    ed50 = antilog(power)
    if not isinstance(se, Missing) and ed50 is not None:
        sem = math.log(10) * ed50 * se
    return LitchfieldWilcoxonDetails(
        intercept,
        slope,
        _power(log_s),
        n_prime,
        _power(used),
        _power(log_f_s),
        se,
        sem,
        _power(log_f),
        _power(log_f_uneven),
        fit.chi2,
        df,
        p,
        uneven,
        tuple(fit.expected.tolist()),
        tuple(fit.contribution.tolist()),
        tuple(fit.used.tolist()),
    )


def _log_f_s(
    x: FloatArray, n_prime: int, log_s: float, uneven: float | None
) -> float | Missing:
    """Return log10 f_S; `uneven` is t sqrt(chi2/((K-2) N')) if heterogeneous."""
    k = x.size
    if k < 2:
        return Missing("f of S needs at least two doses that take part.")
    log_a = 1.1 * log_s**2 / float(x.max() - x.min())
    share = (k - 1) / k
    if uneven is None:
        return float(log_a * 10 * share / math.sqrt(n_prime))
    return float(log_a * 5.1 * share * uneven)


def _power(log_value: float | Missing) -> float | Missing:
    if isinstance(log_value, Missing):
        return log_value
    value = antilog(log_value)
    return Missing(FLAT) if value is None else value
