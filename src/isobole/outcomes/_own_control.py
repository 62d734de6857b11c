"""Fully kindled animals as their own controls: a control day against a drug day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kindling_checks import check_level
from isobole.outcomes._own_control_pairs import (
    PairOutcome,
    Pairs,
    read_pairs,
)
from isobole.outcomes._own_control_ranks import (
    Zeros,
    share_limits,
    sign_test,
    signed_rank,
)
from isobole.outcomes._own_control_result import OwnControl
from isobole.results import Estimate, Limits, Missing

FloatArray = NDArray[np.float64]


def own_control(
    before: Sequence[Any],
    after: Sequence[Any],
    *,
    outcome: PairOutcome = "stage",
    levels: Sequence[float] | None = None,
    animals: Sequence[object] | None = None,
    zeros: Zeros = "wilcoxon",
    level: float = 0.95,
) -> OwnControl:
    """Compare a drug day with the control day of the same fully kindled animals.

    Stages are compared by exact signed ranks and, without ranking differences of
    stages, by the exact sign test. Afterdischarge durations (ADD) by paired t with
    every pair (no afterdischarge counted as 0 s); whether there was an afterdischarge
    is an outcome of its own, and the duration is compared again in the animals that
    had one on both days. Yes-no outcomes by McNemar's exact test.

    Before and after are not randomised in order: whatever else changed between the
    two days counts as effect. `crossover` holds that apart.

    Parameters
    ----------
    before, after : sequences of number or None
        Control day and drug day, one pair per animal; None where a value is lost.
        Stages, seconds of afterdischarge (0: none), or 1 and 0 for yes and no.
    outcome : {"stage", "add", "yes-no"}
    levels : sequence of float
        Every stage of the scale, lowest first; with stages only.
    animals : sequence, optional
        Names; numbered in the order given without it.
    zeros : {"wilcoxon", "pratt"}
        What signed ranks do with pairs that did not change.
    level : float
        Confidence.

    Returns
    -------
    OwnControl

    Raises
    ------
    DataError
        If a value is not on the scale, negative, or no pair is complete.
    OptionError
        If an option does not exist, or stages come without `levels`.

    Examples
    --------
    >>> found = own_control([5, 5, 5, 4, 5, 5], [3, 5, 0, 2, 4, 1], levels=range(6))
    >>> found
    OwnControl(stage, 6 pairs; drug day lower in 5, higher in 0: p = 0.062, exact \
signed-rank)
    """
    check_level(level)
    pairs, _ = read_pairs(before, after, ("before", "after"), outcome, levels, animals)
    # Control less drug: a positive difference is less seizure on the drug day.
    drop = pairs.first - pairs.second
    lower, higher = int((drop > 0).sum()), int((drop < 0).sum())
    signs = sign_test(
        lower,
        higher,
        "changed one way as often as the other",
        "exact sign test, two-sided; pairs that did not change left out",
    )
    estimates: tuple[Estimate, ...]
    if outcome == "yes-no":
        tests, estimates = _yes_no(lower, higher, level, "the outcome")
    elif outcome == "stage":
        ranks = signed_rank(
            drop.tolist(), zeros=zeros, question="stage, control day against drug day"
        )
        tests, estimates = (
            (ranks, signs),
            (_net_share(lower, higher, len(pairs), level),),
        )
    else:
        tests, estimates = _durations(pairs, drop, zeros, level)
    return OwnControl(outcome, pairs, lower, higher, tests, estimates, level)


def paired_t(
    difference: FloatArray, question: str, quantity: str, level: float, unit: str
) -> tuple[HypothesisTest, Estimate]:
    """Return the paired t test and the mean difference with its limits."""
    n = difference.size
    method = "paired t, two-sided"
    kind = "paired t"
    spread = float(difference.std(ddof=1)) if n > 1 else 0.0
    if n < 2 or spread <= 1e-12 * float(abs(difference).max(initial=0.0)):
        lost = Missing(
            f"{n} pair{'s' if n != 1 else ''} cannot show how much differences vary"
            if n < 2
            else "all differences are equal, so there is no spread to hold them against"
        )
        empty = Limits(kind, level, None, reason=lost.reason)
        mean: float | Missing = float(difference.mean()) if n else lost
        return (
            HypothesisTest(question, method, lost),
            Estimate(quantity, mean, empty, method=kind),
        )
    error = spread / math.sqrt(n)
    mean = float(difference.mean())
    t, df = mean / error, n - 1
    half = float(stdtrit(df, 0.5 + level / 2)) * error
    limits = Limits(kind, level, "interval", mean - half, mean + half)
    test = HypothesisTest(
        question, method, 2 * float(stdtr(df, -abs(t))), t, "t", float(df)
    )
    return test, Estimate(f"{quantity} ({unit})", mean, limits, method=kind)


def _net_share(lower: int, higher: int, n: int, level: float) -> Estimate:
    none = Limits(
        "none", level, None, reason="given without limits; the tests stand beside it"
    )
    return Estimate(
        "share of animals lower less share higher on the drug day",
        (lower - higher) / n,
        none,
        method="net share of animals that changed",
    )


def _yes_no(
    lost: int, gained: int, level: float, what: str
) -> tuple[tuple[HypothesisTest, ...], tuple[Estimate, ...]]:
    """McNemar's tests, and the conditional odds ratio of losing against gaining."""
    n = lost + gained
    question = f"{what}, control day against drug day"
    exact = sign_test(
        lost,
        gained,
        question,
        "exact McNemar, two-sided (binomial over the pairs that changed)",
    )
    plain = HypothesisTest(question, "McNemar chi-square, uncorrected", exact.p)
    if n:
        from scipy.special import chdtrc

        chi = (lost - gained) ** 2 / n
        plain = HypothesisTest(
            question,
            "McNemar chi-square, no continuity correction (large samples)",
            float(chdtrc(1, chi)),
            chi,
            "chi-square",
            1.0,
        )
    return (exact, plain), (_odds_ratio(lost, gained, level, what),)


def _odds_ratio(lost: int, gained: int, level: float, what: str) -> Estimate:
    quantity = f"odds ratio of {what}, control day / drug day"
    kind = "exact conditional"
    n = lost + gained
    if n == 0:
        none = Missing("no animal changed, so the pairs say nothing of the odds ratio")
        empty = Limits(kind, level, None, reason=none.reason)
        return Estimate(quantity, none, empty)
    low, high = share_limits(lost, n, level)
    ends = [None if end is None else end / (1 - end) for end in (low, high)]
    one_way = Missing(
        "all changes go one way, so the odds ratio has no finite estimate"
    )
    # All changes towards fewer: the ratio is unbounded above; the other way it may
    # be 0, which is where ratios end.
    if gained == 0:
        limits = Limits(kind, level, "ray", ends[0], None, reason=one_way.reason)
        return Estimate(quantity, one_way, limits)
    if lost == 0:
        limits = Limits(kind, level, "interval", 0.0, ends[1])
        return Estimate(quantity, 0.0, limits)
    limits = Limits(kind, level, "interval", ends[0], ends[1])
    return Estimate(quantity, lost / gained, limits)


def _durations(
    pairs: Pairs, drop: FloatArray, zeros: Zeros, level: float
) -> tuple[tuple[HypothesisTest, ...], tuple[Estimate, ...]]:
    """Afterdischarge or none first, then durations of all and of those with one."""
    had, has = pairs.first > 0, pairs.second > 0
    tests: list[HypothesisTest] = []
    estimates: list[Estimate] = []
    if (had != has).any() or not (had & has).any():
        none_tests, none_estimates = _yes_no(
            int((had & ~has).sum()), int((~had & has).sum()), level, "an afterdischarge"
        )
        tests.append(none_tests[0])
        estimates += none_estimates
    whole = "all pairs, no afterdischarge counted as 0 s"
    both = had & has
    for keep, said in (
        (np.ones(drop.size, bool), whole),
        (both, "afterdischarge on both days"),
    ):
        if keep is both and both.all():
            continue
        test, estimate = paired_t(
            drop[keep],
            f"ADD, control day against drug day ({said})",
            f"mean drop of ADD, {said}",
            level,
            "s",
        )
        tests += [
            test,
            signed_rank(
                drop[keep].tolist(),
                zeros=zeros,
                question=f"ADD, control day against drug day ({said})",
            ),
        ]
        estimates.append(estimate)
    return tuple(tests), tuple(estimates)
