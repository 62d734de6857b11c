"""Exact limits of a single proportion."""

from __future__ import annotations

from typing import Literal

from scipy.special import betaincinv

from isobole.results import Limits


def clopper_pearson(
    affected: int,
    n: int,
    *,
    level: float = 0.95,
    sides: Literal["both", "upper", "lower"] = "both",
) -> Limits:
    """Return the exact (Clopper & Pearson 1934) limits of a proportion.

    Parameters
    ----------
    affected, n : int
        Counts, n >= 1.
    level : float
        Confidence.
    sides : {"both", "upper", "lower"}
        Two-sided, or a one-sided bound (the other end is 0 or 1).

    Examples
    --------
    >>> print(clopper_pearson(4, 8))
    [0.157, 0.843]
    """
    tail = (1 - level) / 2 if sides == "both" else 1 - level
    low = 0.0
    if sides != "upper" and affected > 0:
        low = float(betaincinv(affected, n - affected + 1, tail))
    high = 1.0
    if sides != "lower" and affected < n:
        high = float(betaincinv(affected + 1, n - affected, 1 - tail))
    return Limits("Clopper-Pearson", level, "interval", low, high)
