"""What additivity expects of a mixture: Loewe's dose and the dose-equivalence band.

Doses are totals at one effect level E. For a fixed-ratio mixture with shares p_i of
the total dose and single-drug doses D_i(E):

- Loewe additivity, for any slopes: sum p_i Z / D_i = 1, so Z = 1 / sum(p_i / D_i).
- Dose equivalence, two drugs with slopes b_A, b_B on log dose, k = b_B / b_A: one drug
  is expressed as the other. On the curve of B, a = A (1 - b/B)^k; on the curve of A,
  b = B (1 - a/A)^(1/k) (Tallarida 2000; closed for any curve that is location-scale in
  log dose). With k = 1 both are Loewe's line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

FloatArray = NDArray[np.float64]


def loewe_dose(doses: Sequence[float] | FloatArray, shares: Sequence[float]) -> float:
    """Return the total dose of the mixture that Loewe additivity expects.

    Examples
    --------
    >>> loewe_dose([10.0, 40.0], [0.2, 0.8])
    25.0
    """
    return float(1.0 / np.sum(np.asarray(shares) / np.asarray(doses)))


def effect_fractions(
    doses: Sequence[float] | FloatArray, shares: Sequence[float]
) -> FloatArray:
    """Return f_i = p_i Z / D_i, each drug's part of the additive effect; sums to 1."""
    parts = np.asarray(shares) / np.asarray(doses)
    return np.asarray(parts / parts.sum())


@dataclass(frozen=True, slots=True)
class EquivalenceBand:
    """The total doses at which two expressions of one drug as the other expect E."""

    a_as_b: float
    b_as_a: float

    @property
    def low(self) -> float:
        """The lower edge."""
        return min(self.a_as_b, self.b_as_a)

    @property
    def high(self) -> float:
        """The upper edge."""
        return max(self.a_as_b, self.b_as_a)


def equivalence_band(
    dose_a: float, dose_b: float, k: float, shares: Sequence[float]
) -> EquivalenceBand:
    """Return the two dose-equivalence expectations for a ray of two drugs.

    Parameters
    ----------
    dose_a, dose_b : float
        Doses of each drug alone at the effect.
    k : float
        Ratio of slopes b_B / b_A on log dose, above 0.
    shares : (float, float)
        Shares of A and B in the total dose.

    Examples
    --------
    >>> band = equivalence_band(10.0, 40.0, 2.0, [0.2, 0.8])
    >>> round(band.low + band.high, 9)  # at 1:1 by effect the edges sum to A + B
    50.0
    """
    u, v = shares[0] / dose_a, shares[1] / dose_b  # z u = a/A, z v = b/B

    def first(z: float) -> float:  # a/A = (1 - b/B)^k
        return float(z * u - max(1 - z * v, 0.0) ** k)

    def second(z: float) -> float:  # b/B = (1 - a/A)^(1/k)
        return float(z * v - max(1 - z * u, 0.0) ** (1 / k))

    top = 1 / max(u, v) if max(u, v) > 0 else 1.0
    high = min(1 / u if u > 0 else np.inf, 1 / v if v > 0 else np.inf)
    high = high if np.isfinite(high) else top
    return EquivalenceBand(
        float(brentq(first, 0.0, high, xtol=1e-14 * high)),
        float(brentq(second, 0.0, high, xtol=1e-14 * high)),
    )
