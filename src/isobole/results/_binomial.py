"""A share of animals: its exact limits, and the chances of every count.

Here because dose-response and outcomes, which do not know each other, need both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from isobole.results._estimate import Limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def clopper_pearson(
    affected: int,
    n: int,
    *,
    level: float = 0.95,
    sides: Literal["both", "upper", "lower"] = "both",
) -> Limits:
    """Return the exact limits of a share (Clopper & Pearson 1934).

    Parameters
    ----------
    affected, n : int
        Animals with the endpoint, and animals; n >= 1.
    level : float
        Confidence, 0 to 1; half the error is spent on either side.
    sides : {"both", "upper", "lower"}
        Two-sided, or a one-sided bound (the other end is 0 or 1).

    Examples
    --------
    >>> print(clopper_pearson(4, 8))
    [0.157, 0.843]
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2 if sides == "both" else 1 - level
    low = 0.0
    if sides != "upper" and affected > 0:
        low = float(betaincinv(affected, n - affected + 1, tail))
    high = 1.0
    if sides != "lower" and affected < n:
        high = float(betaincinv(affected + 1, n - affected, 1 - tail))
    return Limits("Clopper-Pearson", level, "interval", low, high)


def binomial_chances(n: int, share: ArrayLike) -> NDArray[np.float64]:
    """Return the chances of 0 to n animals with the endpoint.

    Parameters
    ----------
    n : int
        Animals.
    share : array_like, shape (...)
        The chance of each, 0 to 1.

    Returns
    -------
    ndarray, shape (..., n + 1)

    Examples
    --------
    >>> [float(chance) for chance in binomial_chances(2, 0.5).round(4)]
    [0.25, 0.5, 0.25]
    >>> binomial_chances(3, [0, 1]).tolist()
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    """
    import numpy as np
    from scipy.special import gammaln, xlog1py, xlogy

    x = np.arange(n + 1.0)
    ways = gammaln(n + 1.0) - gammaln(x + 1) - gammaln(n - x + 1)
    each = np.asarray(share, dtype=np.float64)[..., None]
    return np.asarray(np.exp(ways + xlogy(x, each) + xlog1py(n - x, -each)))
