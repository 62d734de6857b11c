"""Afterdischarge thresholds: ratios on the log scale, with exact rank tests beside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from isobole.outcomes._adt_result import (
    AfterdischargeThreshold,
    ThresholdChange,
    ThresholdSummary,
)
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kindling_checks import (
    check_level,
    group_order,
    labels_of,
    number_of,
    numbers_of,
    same_length,
)
from isobole.outcomes._kindling_permutation import permute_two
from isobole.outcomes._log_rank_pairs import adjust_by_holm
from isobole.outcomes._own_control_ranks import Zeros, signed_rank
from isobole.results import (
    DataError,
    Estimate,
    Limits,
    Missing,
    OptionError,
    Problem,
    ProblemList,
)

FloatArray = NDArray[np.float64]


def afterdischarge_threshold(
    threshold: Sequence[Any],
    after: Sequence[Any] | None = None,
    *,
    groups: Sequence[object] | None = None,
    control: object | None = None,
    unit: str = "uA",
    cap: float | None = None,
    zeros: Zeros = "wilcoxon",
    level: float = 0.95,
    seed: int = 1,
    name: str = "afterdischarge threshold",
) -> AfterdischargeThreshold:
    """Compare afterdischarge thresholds as ratios, paired or between groups.

    Currents of a staircase rise by factors, so thresholds are compared on the log
    scale: the ratio of geometric means with t limits, and beside it an exact test on
    ranks of the logs (signed ranks of pairs, permuted rank sums of groups).

    Parameters
    ----------
    threshold : sequence of number or None
        Currents, all in `unit`: those before if `after` is given, otherwise one per
        animal.
    after : sequence of number or None, optional
        The same animals again; None where a value is lost.
    groups : sequence, optional
        The group of each animal, in place of `after`.
    control : label
        With `groups`: the group that the others are compared with.
    unit : str
        Of the current; ratios do not depend on it.
    cap : float, optional
        The highest current the staircase gave. A threshold at the cap is only known
        to be at least that.
    zeros : {"wilcoxon", "pratt"}
        What signed ranks do with pairs that did not change.
    level : float
        Confidence.
    seed : int
        For random allocations where there are too many to count them all.
    name : str
        Which threshold it is, such as "generalised seizure threshold".

    Returns
    -------
    AfterdischargeThreshold

    Raises
    ------
    DataError
        If a current is not above 0, or above the cap.
    OptionError
        If both `after` and `groups` are given, or a control is missing.

    Examples
    --------
    >>> found = afterdischarge_threshold([50, 110, 75, 130], [75, 160, 110, 160])
    >>> print(found.changes[0].ratio)
    ratio of ADT, after / before 1.409 [1.219, 1.628] (95 % paired t on logs)
    """
    check_level(level)
    if after is not None and groups is not None:
        raise OptionError(
            "give either after (the same animals again) or groups (different animals)"
        )
    if groups is None and control is not None:
        raise OptionError("control belongs to groups; leave it out with pairs")
    if groups is not None and control is None:
        raise OptionError("groups need control, the group compared with")
    if cap is not None and not number_of(cap, "cap") > 0:
        raise OptionError(f"cap is {cap}; give a current above 0 in {unit}")
    first = _currents(threshold, "threshold" if after is None else "before", cap, unit)
    if after is not None:
        same_length(before=threshold, after=after)
        second = _currents(after, "after", cap, unit)
        found = _paired(first, second, cap, zeros, level)
    elif groups is not None:
        same_length(threshold=threshold, groups=groups)
        label = labels_of(groups, first.size, "group")
        found = _parallel(first, label, control, cap, level, seed)
    else:
        known = first[~np.isnan(first)]
        _need(known, "threshold")
        found = ((_summary("all animals", known, cap),), (), ())
    summaries, changes, incomplete = found
    return AfterdischargeThreshold(
        "paired" if after is not None else "parallel" if groups is not None else "one",
        unit,
        cap,
        summaries,
        changes,
        incomplete,
        level,
        seed,
        name,
    )


Found = tuple[
    tuple[ThresholdSummary, ...], tuple[ThresholdChange, ...], tuple[str, ...]
]


def _paired(
    first: FloatArray,
    second: FloatArray,
    cap: float | None,
    zeros: Zeros,
    level: float,
) -> Found:
    whole = ~np.isnan(first) & ~np.isnan(second)
    a, b = first[whole], second[whole]
    _need(a, "complete pair")
    logs = np.log10(b) - np.log10(a)
    question = "ADT after against before"
    ratio, t = _ratio(
        "ratio of ADT, after / before",
        "paired t on logs",
        question,
        float(logs.mean()),
        float(((logs - logs.mean()) ** 2).sum()),
        logs.size - 1,
        1 / logs.size,
        level,
    )
    ranks = signed_rank(logs.tolist(), zeros=zeros, question=question)
    ranks = replace(ranks, method=f"{ranks.method}; on logs")
    lost = tuple(str(k + 1) for k in np.flatnonzero(~whole))
    return (
        (_summary("before", a, cap), _summary("after", b, cap)),
        (ThresholdChange("after", "before", ratio, (t, ranks)),),
        lost,
    )


def _parallel(
    values: FloatArray,
    label: list[str],
    control: object,
    cap: float | None,
    level: float,
    seed: int,
) -> Found:
    from scipy.stats import rankdata

    lost = tuple(str(k + 1) for k in np.flatnonzero(np.isnan(values)))
    keep = ~np.isnan(values)
    who = [name for name, ok in zip(label, keep, strict=True) if ok]
    _need(values[keep], "threshold")
    order = group_order(who, control)
    if len(order) < 2:
        raise OptionError(
            f"all animals are in '{order[0]}'; give at least two groups to compare"
        )
    mine = {name: values[keep][np.array([w == name for w in who])] for name in order}
    base = mine[order[0]]
    changes = []
    for name in order[1:]:
        drug = mine[name]
        x, y = np.log10(drug), np.log10(base)
        squares = float(((x - x.mean()) ** 2).sum() + ((y - y.mean()) ** 2).sum())
        question = f"ADT, {name} against {order[0]}"
        ratio, t = _ratio(
            f"ratio of ADT, {name} / {order[0]}",
            "two-sample t on logs, pooled variance",
            question,
            float(x.mean() - y.mean()),
            squares,
            x.size + y.size - 2,
            1 / x.size + 1 / y.size,
            level,
        )
        both = np.concatenate([drug, base])
        words = "rank sum, permutation of animals, two-sided, midranks"
        if np.ptp(both) == 0:
            same = Missing("all thresholds are equal, so ranks say nothing")
            ranks = HypothesisTest(question, words, same)
        else:
            found = permute_two(rankdata(both), np.arange(both.size) < drug.size, seed)
            ranks = HypothesisTest(
                question,
                f"{words}; {found.method}",
                found.p,
                # Midranks and their expectation are halves; the rest is rounding.
                round(2 * found.statistic) / 2,
                "W − E(W)",
            )
        changes.append(ThresholdChange(name, order[0], ratio, (t, ranks)))
    return (
        tuple(_summary(name, mine[name], cap) for name in order),
        _adjusted(changes),
        lost,
    )


def _adjusted(changes: list[ThresholdChange]) -> tuple[ThresholdChange, ...]:
    """Adjust each kind of test over the groups by Holm's rule."""
    if len(changes) < 2:
        return tuple(changes)
    made = [list(c.tests) for c in changes]
    for kind in range(2):
        adjusted = adjust_by_holm([tests[kind] for tests in made])
        for tests, test in zip(made, adjusted, strict=True):
            tests[kind] = test
    return tuple(replace(c, tests=tuple(t)) for c, t in zip(changes, made, strict=True))


def _ratio(
    quantity: str,
    kind: str,
    question: str,
    mean: float,
    squares: float,
    df: int,
    factor: float,
    level: float,
) -> tuple[Estimate, HypothesisTest]:
    """Return a ratio with t limits from its mean log10, and the t test."""
    value = 10**mean
    if df < 1 or squares < 1e-20:
        lost = Missing(
            "too few animals to show how much logs vary"
            if df < 1
            else "logs do not vary between animals, so there is no spread"
        )
        empty = Limits(kind, level, None, reason=lost.reason)
        return (
            Estimate(quantity, value, empty, method=kind),
            HypothesisTest(question, f"{kind}, two-sided", lost),
        )
    error = math.sqrt(squares / df * factor)
    half = float(stdtrit(df, 0.5 + level / 2)) * error
    t = mean / error
    limits = Limits(kind, level, "interval", 10 ** (mean - half), 10 ** (mean + half))
    return (
        Estimate(quantity, value, limits, log10_se=error, method=kind),
        HypothesisTest(
            question,
            f"{kind}, two-sided",
            2 * float(stdtr(df, -abs(t))),
            t,
            "t",
            float(df),
        ),
    )


def _summary(name: str, values: FloatArray, cap: float | None) -> ThresholdSummary:
    logs = np.log(values)
    spread: float | Missing = Missing("one animal has no spread")
    if values.size > 1:
        spread = math.exp(float(logs.std(ddof=1)))
    at_cap = 0 if cap is None else int((values >= cap).sum())
    middle = float(np.median(values))
    median: float | Missing = middle
    if cap is not None and middle >= cap:
        median = Missing(
            "at least half of the thresholds are at the cap, so the median is only "
            "known to be at least the cap"
        )
    return ThresholdSummary(
        name,
        values.size,
        median,
        math.exp(float(logs.mean())),
        spread,
        float(values.min()),
        float(values.max()),
        at_cap,
    )


def _need(values: FloatArray, what: str) -> None:
    if not values.size:
        raise DataError(
            [
                Problem(
                    "no-threshold",
                    f"there is no {what}",
                    remedy="Give the threshold current of at least one animal.",
                )
            ]
        )


def _currents(
    given: Sequence[Any], name: str, cap: float | None, unit: str
) -> FloatArray:
    values = numbers_of(given, name, missing=True)
    problems = ProblemList()
    for row, value in enumerate(values, start=1):
        if value <= 0:
            problems.add(
                Problem(
                    "current-not-positive",
                    f"a threshold of {value:g} {unit}",
                    row=row,
                    column=name,
                    expected="a current above 0",
                    remedy="Where no afterdischarge was reached give the cap and say "
                    "cap=, or None where the threshold was not measured.",
                )
            )
        elif cap is not None and value > cap:
            problems.add(
                Problem(
                    "current-above-cap",
                    f"a threshold of {value:g} {unit} is above the cap of {cap:g}",
                    row=row,
                    column=name,
                    remedy="Correct the threshold or the cap.",
                )
            )
    problems.raise_errors()
    return values
