"""Sample sizes by large-sample formulas: named, never mistaken for the exact answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from isobole.results import Missing

FLEISS: Final = (
    "Fleiss JL, Levin B, Paik MC (2003) Statistical Methods for Rates and Proportions, "
    "3rd ed. Wiley."
)
COHEN: Final = (
    "Cohen J (1988) Statistical Power Analysis for the Behavioral Sciences, 2nd ed. "
    "Lawrence Erlbaum."
)
SCHOENFELD: Final = (
    "Schoenfeld DA (1983) Sample-size formula for the proportional-hazards regression "
    "model. Biometrics 39:499-503."
)
NOETHER: Final = (
    "Noether GE (1987) Sample size determination for some common nonparametric tests. "
    "J Am Stat Assoc 82:645-647."
)
WHITEHEAD: Final = (
    "Whitehead J (1993) Sample size calculations for ordered categorical data. Stat "
    "Med 12:2257-2271."
)


@dataclass(frozen=True, slots=True)
class Approximation:
    """A size by a formula.

    Parameters
    ----------
    name : str
        Of the formula.
    quantity : str
        What `value` counts.
    value : float or Missing
        Unrounded.
    n : int or Missing
        Animals of the control group that follow from it.
    reference : str
    """

    name: str
    quantity: str
    value: float | Missing
    n: int | Missing
    reference: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, null with a reason."""
        gone = self.value if isinstance(self.value, Missing) else self.n
        return {
            "name": self.name,
            "quantity": self.quantity,
            "value": None if isinstance(self.value, Missing) else self.value,
            "n": None if isinstance(self.n, Missing) else self.n,
            "reference": self.reference,
            "reason": gone.reason if isinstance(gone, Missing) else None,
        }


def reach(power: float, alpha: float) -> float:
    """Return z[1 - alpha/2] + z[power], what every formula is built on."""
    return float(ndtri(1 - alpha / 2) + ndtri(power))


def proportions_power(n: float, first: float, second: float, alpha: float) -> float:
    """Return the power of the z-test of two proportions, pooled under the null.

    Examples
    --------
    >>> round(proportions_power(50, 0.5, 0.75, 0.05), 4)
    0.7402
    """
    mean = (first + second) / 2
    null = float(ndtri(1 - alpha / 2)) * math.sqrt(2 * mean * (1 - mean))
    spread = math.sqrt(first * (1 - first) + second * (1 - second))
    gap = math.sqrt(n) * abs(first - second) - null
    return float(ndtr(gap / spread)) if spread else float(gap > 0)


def proportions_n(
    first: float, second: float, power: float, alpha: float, ratio: float = 1.0
) -> float:
    """Return controls by the normal approximation of two proportions.

    Examples
    --------
    >>> round(proportions_n(0.5, 0.75, 0.9, 0.05), 4)
    76.7069
    """
    mean = (first + ratio * second) / (1 + ratio)
    null = float(ndtri(1 - alpha / 2)) * math.sqrt((1 + 1 / ratio) * mean * (1 - mean))
    spread = math.sqrt(first * (1 - first) + second * (1 - second) / ratio)
    return float(((null + float(ndtri(power)) * spread) / (first - second)) ** 2)


def arcsine_n(
    first: float, second: float, power: float, alpha: float, ratio: float = 1.0
) -> float:
    """Return controls by the difference of arcsine roots, h.

    Examples
    --------
    >>> round(arcsine_n(0, 0.5, 0.8, 0.05), 4)
    6.3621
    """
    h = arcsine_difference(first, second)
    return reach(power, alpha) ** 2 * (1 + 1 / ratio) / h**2


def arcsine_difference(first: float, second: float) -> float:
    """Return Cohen's h, twice the difference of arcsine roots.

    Examples
    --------
    >>> round(arcsine_difference(0, 0.5), 6)
    1.570796
    """
    return 2 * abs(math.asin(math.sqrt(first)) - math.asin(math.sqrt(second)))


def schoenfeld_events(
    hazard_ratio: float, power: float, alpha: float, ratio: float = 1.0
) -> float:
    """Return the events that a log-rank test needs in both groups together.

    Examples
    --------
    >>> round(schoenfeld_events(0.25, 0.8, 0.05), 4)
    16.3364
    """
    shares = ratio / (1 + ratio) ** 2
    return reach(power, alpha) ** 2 / (shares * math.log(hazard_ratio) ** 2)


def noether_total(
    superiority: float, power: float, alpha: float, ratio: float = 1.0
) -> float:
    """Return the animals of both groups for a Mann-Whitney test without ties.

    Examples
    --------
    >>> round(noether_total(0.8, 0.8, 0.05), 4)
    29.0699
    """
    shares = ratio / (1 + ratio) ** 2
    return reach(power, alpha) ** 2 / (12 * shares * (superiority - 0.5) ** 2)


def whitehead_total(
    odds_ratio: float,
    average: tuple[float, ...],
    power: float,
    alpha: float,
    ratio: float = 1.0,
) -> float:
    """Return the animals of both groups under proportional odds.

    N = 3 (A + 1)^2 (z1 + z2)^2 / (A (log OR)^2 (1 - sum of p^3)), with A treated
    animals per control and p the shares at the levels, averaged over the groups.

    Examples
    --------
    >>> round(whitehead_total(5, (1 / 6,) * 6, 0.8, 0.05) / 2, 4)
    18.7001
    """
    shares = ratio / (1 + ratio) ** 2
    ties = 1 - float(np.sum(np.array(average) ** 3))
    return 3 * reach(power, alpha) ** 2 / (shares * math.log(odds_ratio) ** 2 * ties)


def t_test_power(
    n: float, difference: float, alpha: float, *, ratio: float = 1.0, paired: bool
) -> float:
    """Return the power of a t-test, exactly if values are normal.

    Parameters
    ----------
    n : float
        Controls, or pairs.
    difference : float
        Of the means, in standard deviations (of the differences, if paired).
    alpha : float
        Two-sided error.
    ratio : float
        Treated animals per control.
    paired : bool
        Whether each animal is its own control.
    """
    m = n * ratio
    df = n - 1 if paired else n + m - 2
    off = abs(difference) * math.sqrt(n if paired else n * m / (n + m))
    cut = float(stdtrit(df, 1 - alpha / 2))
    return min(1.0, 1 - _below(cut, df, off) + _below(-cut, df, off))


def _below(t: float, df: float, off: float) -> float:
    """Return the chance of a noncentral t below `t`."""
    chance = float(nctdtr(df, off, t))
    if math.isnan(chance):  # so it says where the chance is next to nothing
        from scipy.stats import nct

        chance = float(nct.cdf(t, df, off))
    return 0.0 if math.isnan(chance) else chance


def t_test_n(
    difference: float, power: float, alpha: float, ratio: float = 1.0
) -> float:
    """Return controls for a t-test of two groups, unrounded.

    Examples
    --------
    >>> round(t_test_n(1, 0.8, 0.05), 4)
    16.7147
    """
    from scipy.optimize import brentq

    def gap(n: float) -> float:
        return t_test_power(n, difference, alpha, ratio=ratio, paired=False) - power

    low, high = 1.01 * 2 / (1 + ratio), 4.0
    while gap(high) < 0:
        high *= 2
    return float(brentq(gap, max(low, 1.0001 * 2 / (1 + ratio)), high, xtol=1e-10))
