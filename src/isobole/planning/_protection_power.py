"""Exact power of exact tests of two shares: every table, weighed by its chance."""

from __future__ import annotations

from typing import Final, Literal, get_args

from isobole.outcomes import boschloo_p_matrix, fisher_p_matrix
from isobole.planning._power_checks import check_share
from isobole.results import binomial_chances, check_choice

ProtectionTest = Literal["fisher", "boschloo"]

_MATRICES: Final = {"fisher": fisher_p_matrix, "boschloo": boschloo_p_matrix}
_TIE: Final = 1e-9


def protection_power(
    control: float,
    treated: float,
    n: int,
    m: int | None = None,
    *,
    alpha: float = 0.05,
    test: ProtectionTest = "fisher",
) -> float:
    """Return the exact power of a test of two shares protected.

    The sum, over every table that the two-sided test rejects, of its binomial
    probability.

    Parameters
    ----------
    control, treated : float
        Shares protected, 0 to 1.
    n, m : int
        Animals in the control and the treated group; `m` is `n` unless given.
    alpha : float
        Two-sided error.
    test : {"fisher", "boschloo"}

    Returns
    -------
    float

    Raises
    ------
    DataError
        If a share is none.
    OptionError
        If the test does not exist or a group has too many animals.

    Examples
    --------
    >>> round(protection_power(0.2, 0.8, 8), 4)
    0.5981
    >>> round(protection_power(0.2, 0.8, 8, test="boschloo"), 4)
    0.6135
    """
    check_choice("test", test, get_args(ProtectionTest))
    shares = check_share("control", control), check_share("treated", treated)
    m = n if m is None else m
    rejected = _MATRICES[test](n, m) <= alpha * (1 + _TIE)
    weights = [
        binomial_chances(size, share)
        for size, share in zip((n, m), shares, strict=True)
    ]
    return min(1.0, float(weights[0] @ rejected @ weights[1]))
