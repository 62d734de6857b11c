"""Limits of one proportion and of the difference of two."""

from __future__ import annotations

import math

from scipy.special import ndtri

from isobole import results
from isobole.results import Estimate, Limits, OptionError


def check_count(x: int, n: int, level: float) -> None:
    """Raise unless 0 <= x <= n, n >= 1 and 0 < level < 1."""
    if not is_whole(x) or not is_whole(n) or n < 1 or not 0 <= x <= n:
        msg = f"{x} of {n} animals is not a count; give whole numbers, 0 <= x <= n"
        raise OptionError(msg)
    check_level(level)


def is_whole(value: object) -> bool:
    """Return whether a value is a finite whole number, whatever its type.

    Examples
    --------
    >>> is_whole(8.0), is_whole(7.5), is_whole("8"), is_whole(float("nan"))
    (True, False, False, False)
    """
    return is_finite(value) and float(value) == int(value)  # type: ignore[arg-type, call-overload]


def is_finite(value: object) -> bool:
    """Return whether a value is a finite number and no text."""
    if isinstance(value, str):
        return False
    try:
        return math.isfinite(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def check_level(level: float) -> None:
    """Raise unless the confidence lies strictly between 0 and 1."""
    if not 0 < level < 1:
        msg = f"level is {level!r}; give the confidence as a share, such as 0.95"
        raise OptionError(msg)


def wilson(x: int, n: int, level: float = 0.95) -> Limits:
    """Return the score limits of a proportion (Wilson 1927), no continuity correction.

    Parameters
    ----------
    x, n : int
        Animals with the endpoint, and animals.
    level : float
        Confidence, 0 to 1.

    Raises
    ------
    OptionError
        If the counts or the level cannot be.

    Examples
    --------
    >>> print(wilson(7, 8))
    [0.5291, 0.9776]
    """
    low, high = wilson_ends(x, n, level)
    return Limits("Wilson", level, "interval", low, high)


def wilson_ends(x: int, n: int, level: float) -> tuple[float, float]:
    """Return the two Wilson limits as numbers."""
    check_count(x, n, level)
    z = float(ndtri((1 + level) / 2))
    # The roots of (x/n - t)^2 = z^2 t (1 - t) / n; exact 0 and 1 at the ends.
    middle = x + z * z / 2
    reach = z * math.sqrt(x * (n - x) / n + z * z / 4)
    low = 0.0 if x == 0 else (middle - reach) / (n + z * z)
    high = 1.0 if x == n else (middle + reach) / (n + z * z)
    return low, high


def clopper_pearson(x: int, n: int, level: float = 0.95) -> Limits:
    """Return the exact two-sided limits of a proportion (Clopper & Pearson 1934).

    Parameters
    ----------
    x, n : int
        Animals with the endpoint, and animals.
    level : float
        Confidence, 0 to 1; half the error is spent on either side.

    Raises
    ------
    OptionError
        If the counts or the level cannot be.

    Examples
    --------
    >>> print(clopper_pearson(7, 8))
    [0.4735, 0.9968]
    """
    check_count(x, n, level)
    return results.clopper_pearson(x, n, level=level)


def newcombe_difference(
    x1: int, n1: int, x2: int, n2: int, level: float = 0.95
) -> Estimate:
    """Return the difference of two proportions with Newcombe's method 10 limits.

    The Wilson limits of either share are put together as squares, without a continuity
    correction (Newcombe 1998, method 10).

    Parameters
    ----------
    x1, n1 : int
        Animals with the endpoint, and animals, in the first group.
    x2, n2 : int
        The same in the second, which is subtracted.
    level : float
        Confidence, 0 to 1.

    Raises
    ------
    OptionError
        If the counts or the level cannot be.

    Examples
    --------
    >>> print(newcombe_difference(7, 8, 1, 8))
    difference 0.75 [0.2608, 0.8951] (95 % Newcombe method 10)
    """
    low1, high1 = wilson_ends(x1, n1, level)
    low2, high2 = wilson_ends(x2, n2, level)
    p1, p2 = x1 / n1, x2 / n2
    low = p1 - p2 - math.hypot(p1 - low1, high2 - p2)
    high = p1 - p2 + math.hypot(high1 - p1, p2 - low2)
    limits = Limits("Newcombe method 10", level, "interval", low, high)
    return Estimate("difference", p1 - p2, limits, method="difference of shares")
