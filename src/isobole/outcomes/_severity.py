"""Compare groups by ordered severity scores, such as the highest Racine stage."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._many_to_one import holm
from isobole.outcomes._margin_exact import IntArray
from isobole.outcomes._ordinal_checks import check_scores
from isobole.outcomes._ordinal_fit import OrdinalFit
from isobole.outcomes._proportion import check_level
from isobole.outcomes._proportional_odds import proportional_odds
from isobole.outcomes._protection_checks import group_names
from isobole.outcomes._rank_tests import (
    dunn,
    kruskal_permutation_p,
    kruskal_wallis,
    mann_whitney_normal,
    mann_whitney_p,
)
from isobole.outcomes._severity_result import (
    SeverityComparison,
    SeverityContrast,
    SeverityGroup,
)
from isobole.outcomes._superiority import cliffs_delta, probability_lower
from isobole.results import (
    DataError,
    Missing,
    NotComputable,
    OptionError,
    Problem,
    check_choice,
)

EXACT: Final = (
    "Mann-Whitney exact with ties, two-sided (whole permutation distribution, as far "
    "from its mean as seen)"
)
NORMAL: Final = (
    "Mann-Whitney, tie-corrected normal without continuity correction, two-sided (too "
    "many animals for the exact test)"
)
KRUSKAL: Final = "Kruskal-Wallis, tie-corrected, chi-square"


def compare_severity(
    scores: ArrayLike,
    groups: Sequence[str],
    *,
    levels: Sequence[str],
    control: str | None,
    level: float = 0.95,
    scale: str = "",
    seed: int = 1,
) -> SeverityComparison:
    """Compare groups by scores that are ordered but have no distances.

    No score is averaged: ranks, pairs of animals and cumulative odds are all that is
    used, so the result depends on the order of the levels alone.

    Main
    ----
    scores : array of int, shape (n,)
        The place of each animal's score in `levels`, from 0.
    groups : sequence of str
        The group of each animal.
    levels : sequence of str
        All codes of the scale in order, such as ``["0", "0.5", "1", "2"]``.
    control : str or None
        The group the others are held against; None tests every pair by Dunn only.

    Parameters
    ----------
    scores, groups, levels, control
        As above.
    level : float
        Confidence of all limits, 0 to 1.
    scale : str
        The name of the scale, for titles.
    seed : int
        Of the random deals that stand in for the exact Kruskal-Wallis test where there
        are too many tables to list.

    Returns
    -------
    SeverityComparison

    Raises
    ------
    DataError
        With every score that is not a place in `levels`.
    OptionError
        If an option names no group or lengths differ.

    Examples
    --------
    >>> found = compare_severity(
    ...     [5, 5, 4, 5, 3, 5, 0, 1, 0, 3, 2, 0],
    ...     ["vehicle"] * 6 + ["drug"] * 6,
    ...     levels=["0", "1", "2", "3", "4", "5"],
    ...     control="vehicle",
    ... )
    >>> print(found.contrast("drug").probability_lower)
    P(group lower) 0.9861 [0.6694, 0.9995] (95 % Newcombe 2006 method 5)
    >>> print(found.contrast("drug").mann_whitney)
    drug against vehicle: U = 0.5, p = 0.004, p = 0.004 after Holm, 1 comparison ...
    """
    check_level(level)
    y = check_scores(scores, levels)
    groups = group_names(groups)
    names = _check_groups(groups, y.size)
    if control is not None:
        check_choice("control", control, tuple(names))
    table = np.zeros((len(names), len(levels)), dtype=np.int64)
    np.add.at(table, (np.array([names.index(g) for g in groups]), y), 1)
    kruskal, permutation = _overall(table, names, seed)
    model = _model(y, groups, names, levels, control, level)
    return SeverityComparison(
        scale,
        tuple(levels),
        control,
        level,
        tuple(
            SeverityGroup(name, tuple(int(c) for c in row), _median(row, levels))
            for name, row in zip(names, table, strict=True)
        ),
        kruskal,
        permutation,
        _dunn(table, names, control),
        _contrasts(table, names, control, model, level),
        model,
        seed,
    )


def _check_groups(groups: Sequence[str], n: int) -> list[str]:
    """Return the names of the groups in the order in which they come."""
    if len(groups) != n:
        msg = f"{n} scores and {len(groups)} groups were given; name the group of each"
        raise OptionError(msg)
    names = list(dict.fromkeys(groups))
    if len(names) < 2:
        problem = Problem(
            "one-group",
            "fewer than two groups were given",
            expected="two or more",
            remedy="Give the groups to be compared.",
        )
        raise DataError([problem])
    return names


def _median(row: IntArray, levels: Sequence[str]) -> str:
    reach, n = np.cumsum(row), int(row.sum())
    low = levels[int(np.searchsorted(reach, (n - 1) // 2 + 1))]
    high = levels[int(np.searchsorted(reach, n // 2 + 1))]
    return low if low == high else f"{low} and {high}"


def _overall(
    table: IntArray, names: list[str], seed: int
) -> tuple[HypothesisTest, HypothesisTest]:
    question = "all groups alike"
    asymptotic = kruskal_wallis(table)
    if asymptotic is None:
        why = Missing("every animal has the same score: there is nothing to compare")
        return (
            HypothesisTest(question, KRUSKAL, why, why, "H"),
            HypothesisTest(question, "Kruskal-Wallis, permutation", why, why, "H"),
        )
    h, df, p = asymptotic
    # Dealt in an order of its own: the seed must not feel the order of the animals.
    ordered = table[np.argsort(names)]
    chance, how = kruskal_permutation_p(ordered, seed)
    return (
        HypothesisTest(question, KRUSKAL, p, h, "H", df),
        HypothesisTest(question, f"Kruskal-Wallis, {how}", chance, h, "H"),
    )


def _holm_words(count: int) -> str:
    return f"Holm, {count} comparison{'s' if count > 1 else ''}"


def _dunn(
    table: IntArray, names: list[str], control: str | None
) -> tuple[HypothesisTest, ...]:
    if control is None:
        pairs = list(combinations(range(len(names)), 2))
    else:
        base = names.index(control)
        pairs = [(k, base) for k in range(len(names)) if k != base]
    method = "Dunn, tie-corrected, two-sided"
    questions = [f"{names[a]} against {names[b]}" for a, b in pairs]
    if (table.sum(axis=0) > 0).sum() < 2:
        why = Missing("every animal has the same score: there is nothing to compare")
        return tuple(HypothesisTest(q, method, why, why, "z") for q in questions)
    found = dunn(table, pairs)
    adjusted = holm([p for _, p in found])
    return tuple(
        HypothesisTest(
            question, method, p, z, "z",
            p_adjusted=own, adjustment=_holm_words(len(pairs)),
        )
        for question, (z, p), own in zip(questions, found, adjusted, strict=True)
    )  # fmt: skip


def _contrasts(
    table: IntArray, names: list[str], control: str | None,
    model: OrdinalFit | Missing, level: float,
) -> tuple[SeverityContrast, ...]:  # fmt: skip
    if control is None:
        return ()
    base = table[names.index(control)]
    others = [name for name in names if name != control]
    rows = [table[names.index(name)] for name in others]
    tests = []
    for row in rows:
        exact = mann_whitney_p(row, base)
        tests.append(
            (EXACT, exact)
            if exact is not None
            else (NORMAL, mann_whitney_normal(row, base)[1])
        )
    adjusted = holm([p for _, p in tests])
    found = []
    for name, row, (method, p), own in zip(others, rows, tests, adjusted, strict=True):
        lower = probability_lower(row, base, level)
        assert isinstance(lower.value, float)
        # U counts the pairs in which the group is the higher.
        u = (1 - lower.value) * int(row.sum()) * int(base.sum())
        test = HypothesisTest(
            f"{name} against {control}", method, p, round(2 * u) / 2, "U",
            p_adjusted=own, adjustment=_holm_words(len(others)),
        )  # fmt: skip
        ratio = model if isinstance(model, Missing) else model.odds_ratio(name)
        found.append(
            SeverityContrast(name, control, test, lower, cliffs_delta(lower), ratio)
        )
    return tuple(found)


def _model(
    y: IntArray, groups: Sequence[str], names: list[str], levels: Sequence[str],
    control: str | None, level: float,
) -> OrdinalFit | Missing:  # fmt: skip
    reference = names[0] if control is None else control
    columns = [name for name in names if name != reference]
    design = np.array([[float(g == name) for name in columns] for g in groups])
    try:
        return proportional_odds(
            y, design, names=columns, levels=levels,
            terms={"group": columns}, level=level,
        )  # fmt: skip
    except NotComputable as error:
        return Missing(str(error))
