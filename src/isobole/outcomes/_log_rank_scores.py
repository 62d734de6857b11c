"""Log-rank sums, their hypergeometric covariance, and the scores behind both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.special import chdtrc

from isobole.outcomes._latency_checks import FloatArray, IntArray
from isobole.outcomes._latency_counts import RiskTable


@dataclass(frozen=True, slots=True, eq=False)
class LogRankSums:
    """Observed and expected events by group; the covariance of their difference."""

    observed: FloatArray
    expected: FloatArray
    covariance: FloatArray

    @property
    def difference(self) -> FloatArray:
        """Observed minus expected; sums to 0."""
        return self.observed - self.expected

    def chi_square(self) -> tuple[float, int]:
        """Return the quadratic statistic and its degrees of freedom (0: no test)."""
        return quadratic(self.difference, self.covariance)


def log_rank_sums(table: RiskTable) -> LogRankSums:
    """Sum observed, expected and covariance over event times and strata."""
    n = table.at_risk.sum(axis=1)
    d = table.events.sum(axis=1)
    share = table.at_risk / n[:, None]
    expected = (share * d[:, None]).sum(axis=0)
    # Hypergeometric variance; the last animal at risk alone contributes none.
    weight = d * (n - d) / np.where(n > 1, n - 1, 1)
    covariance = np.diag((weight[:, None] * share).sum(axis=0))
    covariance = covariance - np.einsum("i,ij,ik->jk", weight, share, share)
    return LogRankSums(table.events.sum(axis=0), expected, covariance)


def quadratic(difference: FloatArray, covariance: FloatArray) -> tuple[float, int]:
    """Return difference' covariance^- difference and the rank of the covariance."""
    scale = float(np.max(np.diag(covariance), initial=0.0))
    if scale <= 0:
        return 0.0, 0
    tolerance = 1e-9 * scale
    rank = int(np.linalg.matrix_rank(covariance, tol=tolerance, hermitian=True))
    if rank == 0:
        return 0.0, 0
    inverse = np.linalg.pinv(covariance, rcond=tolerance / scale, hermitian=True)
    return max(0.0, float(difference @ inverse @ difference)), rank


def chi_square_p(statistic: float, df: int) -> float:
    """Return the upper tail of the chi-square distribution."""
    return float(chdtrc(df, statistic))


def scores(
    time: FloatArray, event: IntArray, stratum: IntArray, table: RiskTable
) -> FloatArray:
    """Return each animal's log-rank score; a group's sum is observed minus expected.

    The score is the event indicator minus the Nelson-Aalen hazard, pooled over the
    groups of the animal's stratum, up to its time.
    """
    found = event.astype(np.float64)
    n, d = table.at_risk.sum(axis=1), table.events.sum(axis=1)
    for s in np.unique(stratum):
        inside = table.stratum == s
        hazard = np.concatenate([[0.0], np.cumsum(d[inside] / n[inside])])
        mine = stratum == s
        place = np.searchsorted(table.times[inside], time[mine], "right")
        found[mine] -= hazard[place]
    return found


def whole_scores(
    time: FloatArray, event: IntArray, stratum: IntArray, table: RiskTable
) -> list[int]:
    """Return the scores times their common denominator: ties of sums are exact."""
    n = table.at_risk.sum(axis=1).astype(int)
    d = table.events.sum(axis=1).astype(int)
    exact: list[Fraction] = [Fraction(0)] * time.size
    for s in np.unique(stratum):
        inside = np.flatnonzero(table.stratum == s)
        hazard = [Fraction(0)]
        for i in inside:
            hazard.append(hazard[-1] + Fraction(int(d[i]), int(n[i])))
        for animal in np.flatnonzero(stratum == s):
            place = int(np.searchsorted(table.times[inside], time[animal], "right"))
            exact[animal] = int(event[animal]) - hazard[place]
    common = math.lcm(*(x.denominator for x in exact))
    return [int(x * common) for x in exact]
