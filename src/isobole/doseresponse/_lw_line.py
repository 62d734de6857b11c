"""Litchfield and Wilcoxon's chi-square and the line that minimises it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import ndtr

from isobole.doseresponse._data import QuantalData
from isobole.results import Missing, OptionError, check_choice

FloatArray = NDArray[np.float64]
Line = Literal["likelihood", "minimum-chi2"] | tuple[float, float]

# A rise in probits over all doses that rounding alone can give.
LEAST_RISE = 1e-6
# Expected effects beyond these leave a 0 or 100 % point out (L-W 1949, step B).
_LEAST, _MOST = 1e-4, 1 - 1e-4


@dataclass(frozen=True, slots=True)
class LineFit:
    """How counts agree with a line: expected and corrected effects, chi-square.

    `used` marks the doses that take part; the contributions of the others are 0.
    """

    expected: FloatArray
    corrected: FloatArray
    contribution: FloatArray
    used: NDArray[np.bool_]

    @property
    def chi2(self) -> float:
        """The sum of the contributions."""
        return float(self.contribution.sum())


def corrected_effects(
    probit: FloatArray, n: FloatArray, affected: FloatArray
) -> FloatArray:
    """Return observed proportions, 0 and 1 replaced by corrected ones.

    Litchfield and Wilcoxon tabulate the correction (their Table 1); here it is the
    working probit it stands for, the least Y - P/Z or the greatest Y + Q/Z (Finney
    1971), so the last digit may differ from the table's.
    """
    y = np.clip(probit, -4.0, 4.0)
    density = np.exp(-y * y / 2) / np.sqrt(2 * np.pi)
    least, greatest = ndtr(y - ndtr(y) / density), ndtr(y + ndtr(-y) / density)
    observed = affected / n
    return np.asarray(
        np.where(affected == 0, least, np.where(affected == n, greatest, observed))
    )


def line_fit(
    x: FloatArray, n: FloatArray, affected: FloatArray, intercept: float, slope: float
) -> LineFit:
    """Compare counts with the probit line intercept + slope x.

    The contribution of a dose is (o - e)^2 / min(e, n - e), in animals, as LW1949
    reads the nomograph of the paper.
    """
    probit = intercept + slope * x
    expected = ndtr(probit)
    extreme = (expected < _LEAST) | (expected > _MOST)
    used = ~(extreme & ((affected == 0) | (affected == n)))
    corrected = corrected_effects(probit, n, affected)
    smaller = np.maximum(np.minimum(expected, ndtr(-probit)), 1e-12)
    contribution = np.where(used, n * (corrected - expected) ** 2 / smaller, 0.0)
    return LineFit(expected, corrected, contribution, used)


def minimum_chi2_line(
    x: FloatArray, n: FloatArray, affected: FloatArray, start: tuple[float, float]
) -> tuple[float, float]:
    """Return the rising line of least L-W chi-square near `start` (a, b)."""
    centre = float(np.average(x, weights=n))

    def chi2(point: FloatArray) -> float:
        slope = float(np.exp(point[1]))
        return line_fit(x, n, affected, float(point[0]) - slope * centre, slope).chi2

    first = np.array([start[0] + start[1] * centre, np.log(start[1])])
    found = minimize(
        chi2,
        first,
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000},
    )
    slope = float(np.exp(found.x[1]))
    return float(found.x[0]) - slope * centre, slope


def draw_line(data: QuantalData, line: Line) -> tuple[float, float] | Missing:
    """Return intercept and slope of the wanted line, or why there is none."""
    from isobole.doseresponse._fit import ml_line

    doses, n, affected = data.groups
    if not isinstance(line, str):
        intercept, slope = (float(value) for value in line)
        if not (math.isfinite(intercept) and math.isfinite(slope) and slope > 0):
            msg = (
                f"line is {line!r}; give intercept and rising slope of the probit "
                "(without 5) on log10 dose, as (-4.27, 3.83)"
            )
            raise OptionError(msg)
        if doses.size == 0:
            return Missing("There is no dose above 0; give at least two dose groups.")
        return intercept, slope
    check_choice("line", line, ("likelihood", "minimum-chi2"))
    if doses.size < 2:
        return Missing("A line needs at least two doses above 0; test more doses.")
    found = ml_line(data)
    if isinstance(found, Missing):
        return Missing(
            f"No line can be drawn: {found.reason}. Use isotonic or spearman_karber, "
            "or fit_quantal's likelihood limits."
        )
    if found[1] * float(np.log10(doses[-1] / doses[0])) < LEAST_RISE:
        return Missing(
            "The line does not rise with dose, so there is no ED50 of a rising curve; "
            "check whether the counts are of the endpoint or of its absence."
        )
    if line == "likelihood":
        return found
    return minimum_chi2_line(
        np.log10(doses), n.astype(np.float64), affected.astype(np.float64), found
    )
