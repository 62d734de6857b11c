"""Exact tests of pairs: signed ranks, signs, McNemar; and an exact share's limits.

The signed-rank distribution is counted for the ranks as they are, ties included: given
the absolute differences, every pattern of signs is equally likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, betaincinv

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kindling_checks import numbers_of
from isobole.results import Missing, check_choice

FloatArray = NDArray[np.float64]
Zeros = Literal["wilcoxon", "pratt"]
Alternative = Literal["two-sided", "greater", "less"]

ZERO_RULE = {
    "wilcoxon": "zero differences left out (Wilcoxon)",
    "pratt": "zero differences ranked, then left out (Pratt)",
}
NO_CHANGE = Missing("no animal changed, so there is nothing to test")


def signed_rank(
    difference: Sequence[float],
    *,
    zeros: Zeros = "wilcoxon",
    alternative: Alternative = "two-sided",
    question: str = "first against second",
) -> HypothesisTest:
    """Test paired differences by Wilcoxon's signed ranks, exactly, ties allowed.

    Parameters
    ----------
    difference : sequence of float
        First less second, one per animal.
    zeros : {"wilcoxon", "pratt"}
        Leave zero differences out before ranking, or rank them and leave out their
        ranks (Pratt 1959, J Am Stat Assoc 54:655-667).
    alternative : {"two-sided", "greater", "less"}
        "greater": the first is the higher.
    question : str
        What is compared.

    Raises
    ------
    DataError
        If a difference is not a finite number.

    Returns
    -------
    HypothesisTest
        V is the sum of the ranks of positive differences. Two-sided p is twice the
        smaller tail, at most 1.

    Examples
    --------
    >>> print(signed_rank([2, 5, 2, 1, 4, 3, 4, 2], question="drug day lower"))
    drug day lower: V = 36, p = 0.008 (exact signed-rank, two-sided; midranks for \
ties; zero differences left out (Wilcoxon))
    """
    from scipy.stats import rankdata

    check_choice("zeros", zeros, get_args(Zeros))
    check_choice("alternative", alternative, get_args(Alternative))
    side = alternative if alternative == "two-sided" else f"one-sided, {alternative}"
    method = f"exact signed-rank, {side}; midranks for ties; {ZERO_RULE[zeros]}"
    # Differences equal but for rounding (0.3 - 0.1, 0.4 - 0.2) are ties.
    d = numbers_of(difference, "difference") if len(difference) else np.zeros(0)
    size = float(abs(d).max()) if d.size else 0.0
    d = np.where(abs(d) <= 1e-12 * size, 0.0, d)
    if zeros == "wilcoxon":
        d = d[d != 0]
    if not d.size or not d.any():
        return HypothesisTest(question, method, NO_CHANGE)
    close = np.array([float(f"{v:.12e}") for v in abs(d) / size])
    doubled = np.rint(2 * rankdata(close)).astype(int)
    moved = d != 0
    seen = int(doubled[d > 0].sum())
    chance = np.zeros(int(doubled[moved].sum()) + 1)
    chance[0] = 1.0
    for rank in doubled[moved]:
        shifted = np.zeros_like(chance)
        shifted[rank:] = chance[: chance.size - rank]
        chance = (chance + shifted) / 2
    upper, lower = float(chance[seen:].sum()), float(chance[: seen + 1].sum())
    p = {
        "two-sided": min(1.0, 2 * min(upper, lower)),
        "greater": upper,
        "less": lower,
    }[alternative]
    return HypothesisTest(question, method, min(p, 1.0), seen / 2, "V")


def sign_test(
    more: int, fewer: int, question: str, method: str, name: str = "changed pairs"
) -> HypothesisTest:
    """Test whether changes one way are as likely as the other, two-sided exact.

    On yes-no outcomes this is McNemar's exact test.
    """
    n = more + fewer
    if n == 0:
        return HypothesisTest(question, method, NO_CHANGE)
    p = min(1.0, 2 * float(bdtr(min(more, fewer), n, 0.5)))
    return HypothesisTest(question, method, p, float(n), name)


def share_limits(hit: int, n: int, level: float) -> tuple[float | None, float | None]:
    """Return exact (Clopper-Pearson) limits of a share; None where it is 0 or 1."""
    tail = (1 - level) / 2
    low = float(betaincinv(hit, n - hit + 1, tail)) if hit else None
    high = float(betaincinv(hit + 1, n - hit, 1 - tail)) if hit < n else None
    return low, high
