"""How many stimulations it takes to kindle: ties are the rule, not the exception."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isobole.outcomes._discrete_time_likelihood import (
    EffectEstimate,
    TieRule,
    estimate_effect,
    risk_sets,
)
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kindling_checks import (
    check_level,
    group_order,
    labels_of,
    numbers_of,
    same_length,
)
from isobole.outcomes._kindling_permutation import (
    Permuted,
    permute_groups,
    permute_two,
)
from isobole.outcomes._kindling_rate_result import (
    KindlingRate,
    RateArm,
    RateComparison,
    RateStep,
)
from isobole.outcomes._log_rank_pairs import adjust_by_holm
from isobole.results import DataError, Missing, OptionError, Problem

FloatArray = NDArray[np.float64]

_TIES: tuple[TieRule, ...] = ("exact", "cloglog", "efron", "breslow")


def kindling_rate(
    stimulations: Sequence[float],
    reached: Sequence[object],
    groups: Sequence[object],
    *,
    control: object,
    doses: Mapping[Any, float] | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> KindlingRate:
    """Compare how many stimulations animals need to reach the fully-kindled rule.

    An animal that never reached the rule is censored at its last session: its number
    enters as "more than", never as if it had been kindled then. Time is a count, so
    ties are exact: ratios come from the conditional likelihood of the discrete
    logistic model (Cox 1972, J R Stat Soc B 34:187-220) and, beside it, from the
    grouped proportional hazards model (Prentice and Gloeckler 1978, Biometrics
    34:57-67). The test permutes log-rank scores over whole animals.

    Parameters
    ----------
    stimulations : sequence of whole numbers
        Per animal: stimulations up to and with the one that completed the rule, or
        all it had.
    reached : sequence of bool (or 0 and 1)
        Whether the animal reached the rule.
    groups : sequence
        The group of each animal.
    control : label
        The group that the others are compared with.
    doses : mapping of group to number, optional
        All in one unit, 0 for the control: adds a trend over dose.
    level : float
        Confidence of the likelihood-ratio limits.
    seed : int
        For random allocations where there are too many to count them all.

    Returns
    -------
    KindlingRate

    Raises
    ------
    DataError
        If a number is not a whole number of at least 1, or `reached` not yes or no.
    OptionError
        If the control is no group, or a dose is missing.

    Examples
    --------
    >>> rate = kindling_rate(
    ...     [9, 10, 10, 11, 12, 14, 15, 15, 18, 20],
    ...     [1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
    ...     ["vehicle"] * 5 + ["drug"] * 5,
    ...     control="vehicle",
    ... )
    >>> print(rate.comparisons[0].test)
    drug against vehicle: O − E = −3.159, p = 0.008 (log-rank, permutation of \
animals, two-sided; exact, all 252 allocations)
    """
    check_level(level)
    same_length(stimulations=stimulations, reached=reached, groups=groups)
    time = numbers_of(stimulations, "stimulations", low=1)
    event = _yes_no(reached)
    label = labels_of(groups, time.size, "group")
    _check_whole(time)
    order = group_order(label, control, doses)
    if len(order) < 2:
        raise OptionError(
            f"all animals are in '{order[0]}'; give at least two groups to compare"
        )
    dose = None if doses is None else {str(k): float(v) for k, v in doses.items()}
    group = np.array([order.index(name) for name in label])
    arms = tuple(
        _arm(name, time[group == g], event[group == g], dose)
        for g, name in enumerate(order)
    )
    comparisons = _holm(
        [
            _compare(name, order[0], time, event, group, g, level, seed)
            for g, name in enumerate(order)
            if g > 0
        ]
    )
    overall = None
    if len(order) > 2:
        found = permute_groups(log_rank_scores(time, event), group, seed, None)
        overall = _test(
            "any difference between groups",
            "log-rank scores, sum of squares between groups, permutation of animals",
            found,
            "sum of squares",
            event,
        )
    trend, trend_test = _trend(dose, order, time, event, group, level, seed)
    return KindlingRate(
        order[0], arms, comparisons, overall, trend, trend_test, level, seed
    )


def log_rank_scores(time: FloatArray, event: NDArray[np.bool_]) -> FloatArray:
    """Return each animal's event less the hazard it lived through (Nelson-Aalen).

    Their sum within a group is its observed less expected number.
    """
    hazard = np.zeros(time.size)
    for t in np.unique(time[event]):
        hazard[time >= t] += (event & (time == t)).sum() / (time >= t).sum()
    return np.asarray(event - hazard)


def _compare(
    name: str,
    control: str,
    time: FloatArray,
    event: NDArray[np.bool_],
    group: NDArray[np.intp],
    g: int,
    level: float,
    seed: int,
) -> RateComparison:
    pair = (group == 0) | (group == g)
    drug = group[pair] == g
    t, e = time[pair], event[pair]
    sets = risk_sets(t, e, drug.astype(float))
    none = [who for who, hit in ((name, e[drug]), (control, e[~drug])) if not hit.any()]
    why = (
        f"no animal of {' or '.join(none)} reached the rule, so the ratio has no "
        "finite estimate"
        if none
        else "every animal of one group reached the rule before any of the other did, "
        "or with the first of them, so the ratio has no finite estimate"
    )
    effects = tuple(estimate_effect(sets, ties, level, why) for ties in _TIES)
    found = permute_two(log_rank_scores(t, e), drug, seed)
    test = _test(
        f"{name} against {control}",
        "log-rank, permutation of animals, two-sided",
        found,
        "O − E",
        e,
    )
    return RateComparison(name, control, effects, test)


def _test(
    question: str, method: str, found: Permuted, name: str, event: NDArray[np.bool_]
) -> HypothesisTest:
    if not event.any():
        lost = Missing("no animal reached the rule in any of these groups")
        return HypothesisTest(question, method, lost)
    return HypothesisTest(
        question, f"{method}; {found.method}", found.p, found.statistic, name
    )


def _trend(
    dose: dict[str, float] | None,
    order: tuple[str, ...],
    time: FloatArray,
    event: NDArray[np.bool_],
    group: NDArray[np.intp],
    level: float,
    seed: int,
) -> tuple[EffectEstimate | None, HypothesisTest | None]:
    if dose is None:
        return None, None
    weights = np.array([dose[name] for name in order])
    span = float(np.ptp(weights))
    if span == 0:
        raise OptionError("all doses are equal; a trend needs different doses")
    # Doses near one in size keep the search for limits in proportion.
    sets = risk_sets(time, event, (weights / span)[group])
    effect = estimate_effect(
        sets,
        "exact",
        level,
        "animals of lower dose always reached the rule first (or always last), so the "
        "trend has no finite estimate",
    )
    found = permute_groups(
        log_rank_scores(time, event), group, seed, (weights - weights.mean()) / span
    )
    test = _test(
        "trend over dose",
        "log-rank scores times dose, permutation of animals, two-sided",
        replace(found, statistic=found.statistic * span),
        "sum of dose × score",
        event,
    )
    return _per_dose(effect, span), test


def _per_dose(effect: EffectEstimate, span: float) -> EffectEstimate:
    """Carry a ratio per span of doses back to one per unit of dose."""

    def scaled(value: Any) -> Any:
        return value if value is None or isinstance(value, Missing) else value / span

    return replace(
        effect,
        estimate=scaled(effect.estimate),
        standard_error=scaled(effect.standard_error),
        low=scaled(effect.low),
        high=scaled(effect.high),
    )


def _arm(
    name: str,
    time: FloatArray,
    event: NDArray[np.bool_],
    dose: dict[str, float] | None,
) -> RateArm:
    """Return an arm's table by number of stimulations and its median."""
    steps = []
    left = 1.0
    median: float | Missing = Missing(
        "fewer than half of the animals reached the rule within the sessions given"
    )
    for t in np.unique(time):
        at_risk = int((time >= t).sum())
        hit = int((event & (time == t)).sum())
        lost = int((~event & (time == t)).sum())
        left *= 1 - hit / at_risk
        steps.append(RateStep(int(t), at_risk, hit, lost, left))
        if isinstance(median, Missing) and left <= 0.5 + 1e-12:
            median = float(t)
    return RateArm(
        name,
        None if dose is None else dose[name],
        time.size,
        int(event.sum()),
        median,
        tuple(steps),
    )


def _holm(found: list[RateComparison]) -> tuple[RateComparison, ...]:
    """Adjust the pairs' p; a pair that cannot be compared was planned and counts."""
    tests = adjust_by_holm([c.test for c in found])
    return tuple(replace(c, test=t) for c, t in zip(found, tests, strict=True))


def _yes_no(values: Sequence[object]) -> NDArray[np.bool_]:
    wrong = [
        Problem(
            "not-yes-or-no",
            f"{value!r} is neither yes nor no",
            row=row,
            column="reached",
            expected="True or False, 1 or 0",
            remedy="Say for each animal whether it reached the fully-kindled rule.",
        )
        for row, value in enumerate(values, start=1)
        if value not in (True, False)
    ]
    if wrong:
        raise DataError(wrong)
    return np.array([bool(value) for value in values])


def _check_whole(time: FloatArray) -> None:
    wrong = [
        Problem(
            "stimulations-not-whole",
            f"{value:g} stimulations",
            row=row,
            column="stimulations",
            remedy="Give a whole number; sub-threshold stimuli count if the rule "
            "counts them.",
        )
        for row, value in enumerate(time, start=1)
        if value != int(value)
    ]
    if wrong:
        raise DataError(wrong)
