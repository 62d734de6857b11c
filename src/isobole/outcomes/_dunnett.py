"""Dunnett's many-to-one distribution by quadrature: the same digits every time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, ndtr, roots_legendre

from isobole.outcomes._latency_checks import FloatArray

_LEGENDRE, _LEGENDRE_WEIGHTS = roots_legendre(96)
# The control's deviate. Legendre, not Hermite: where a group is much larger than the
# control the integrand is nearly a step, which needs nodes set close.
_NODES, _WEIGHTS = roots_legendre(480)
_DEVIATE = 8.5 * _NODES
_DENSITY = _WEIGHTS * np.exp(-(_DEVIATE**2) / 2)
_DENSITY = _DENSITY / _DENSITY.sum()
_FEW = 8  # degrees of freedom up to which nodes are set close to a spread of 0


def dunnett_p(t: float, n: Sequence[int], n_control: int, df: int) -> float:
    """Return P(max |T_i| >= |t|) for comparisons of groups with one control.

    Parameters
    ----------
    t : float
        The statistic of one comparison.
    n : sequence of int
        Animals in each group but the control.
    n_control : int
        Animals in the control.
    df : int
        Degrees of freedom of the common variance.

    Notes
    -----
    The statistics are equicorrelated through the control with correlations l_i l_j,
    l_i^2 = n_i / (n_i + n_0) (Dunnett 1955), so that given the control's deviate and
    the standard deviation they are independent: two nested integrals are left.

    Examples
    --------
    >>> round(dunnett_p(2.54, [6, 6, 6], 6, 20), 3)
    0.05
    """
    share = np.array(n, dtype=np.float64)
    loading = np.sqrt(share / (share + n_control))
    rest = np.sqrt(1 - loading**2)
    spread, weights = _spread(df)
    c = abs(t) * spread[:, None, None]
    centre = loading * _DEVIATE[None, :, None]
    inside = ndtr((c - centre) / rest) - ndtr((-c - centre) / rest)
    together = inside.prod(axis=2) @ _DENSITY
    return float(min(1.0, max(0.0, 1.0 - together @ weights)))


def dunnett_critical(level: float, n: Sequence[int], n_control: int, df: int) -> float:
    """Return the two-sided critical value of simultaneous limits.

    Examples
    --------
    >>> round(dunnett_critical(0.95, [6, 6, 6], 6, 20), 2)
    2.54
    """

    def excess(t: float) -> float:
        return dunnett_p(t, n, n_control, df) - (1 - level)

    top = 1000.0
    while excess(top) > 0 and top < 1e12:  # one degree of freedom has long tails
        top *= 10
    return float(brentq(excess, 0.0, top, xtol=1e-10))


def _spread(df: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights for s = sqrt(chi-square / df)."""
    # Nearly all of the mass lies within a few standard errors of 1, more at few df.
    reach = 9.0 / np.sqrt(2.0 * df)
    low, high = max(0.0, 1.0 - reach), 1.0 + reach
    unit = (_LEGENDRE + 1) / 2
    s = low + (high - low) * unit
    density = np.full_like(unit, high - low)
    if df <= _FEW:
        # A large statistic is decided by spreads near 0: set nodes close there.
        s, density = high * unit**4, 4 * high * unit**3
    log_density = (
        np.log(2.0)
        + df / 2 * np.log(df / 2)
        - gammaln(df / 2)
        + (df - 1) * np.log(s)
        - df * s**2 / 2
    )
    weights = np.exp(log_density) * _LEGENDRE_WEIGHTS * density
    return s, weights / weights.sum()
