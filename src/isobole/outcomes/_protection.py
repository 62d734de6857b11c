"""Compare groups by the share of animals protected, exactly where that is feasible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._many_to_one import closed_min_p, holm
from isobole.outcomes._odds_ratio import conditional_odds_ratio
from isobole.outcomes._proportion import (
    check_level,
    clopper_pearson,
    newcombe_difference,
    wilson,
)
from isobole.outcomes._protection_checks import (
    Scoring,
    check_counts,
    group_names,
    trend_scores,
)
from isobole.outcomes._protection_result import (
    ProtectionComparison,
    ProtectionContrast,
    ProtectionGroup,
    ProtectionTrend,
)
from isobole.outcomes._table_tests import freeman_halton_p, trend_exact_p
from isobole.outcomes._two_by_two import (
    LARGEST,
    boschloo_p,
    fisher_p_matrix,
)
from isobole.results import (
    Estimate,
    Limits,
    Missing,
    Problem,
    check_choice,
)

Adjustment = Literal["holm", "closed-minp", "none"]

FISHER: Final = "Fisher exact, two-sided (sum of tables no likelier than the one seen)"
BOSCHLOO: Final = (
    "Boschloo exact unconditional, two-sided (Fisher's two-sided p as the statistic, "
    "largest over the common share)"
)
FREEMAN_HALTON: Final = (
    "Freeman-Halton exact, r x 2 (sum of tables no likelier than the one seen)"
)
PEARSON: Final = "Pearson chi-square (too many tables for the exact test)"
ARMITAGE: Final = "Cochran-Armitage, variance with N, two-sided"
_MOST: Final = 10  # comparisons of which every set is tested: 1023 sets


def compare_protection(
    protected: ArrayLike,
    n: ArrayLike,
    groups: Sequence[str],
    *,
    control: str | None,
    doses: Sequence[float | None] | None = None,
    scores: Scoring | Sequence[float | None] = "dose",
    adjust: Adjustment = "holm",
    level: float = 0.95,
    endpoint: str = "protected",
) -> ProtectionComparison:
    """Compare groups by the share of animals with a yes/no endpoint.

    Main
    ----
    protected, n : array of int
        Animals with the endpoint, and animals, of each group.
    groups : sequence of str
        Their names, all different.
    control : str or None
        The group the others are held against; None compares none.

    Parameters
    ----------
    protected, n, groups, control
        As above.
    doses : sequence of float or None, optional
        The dose of each group, in one unit; None for a group outside the trend, such
        as a combination. Without doses or scores no trend is tested.
    scores : {"dose", "rank"} or sequence of float or None
        What the trend runs over: the doses themselves, their order (equal steps), or
        own scores, None for a group outside the trend.
    adjust : {"holm", "closed-minp", "none"}
        For the several comparisons with the control. ``"closed-minp"`` computes the
        smallest Fisher p of every set of groups exactly, which gains on Holm because
        the tests are discrete and share their control; Boschloo's p then has Holm's.
    level : float
        Confidence of all limits, 0 to 1.
    endpoint : str
        What was counted, in the field's words.

    Returns
    -------
    ProtectionComparison

    Raises
    ------
    DataError
        With every count, name or dose that cannot be.
    OptionError
        If an option does not exist or names no group.

    Examples
    --------
    >>> found = compare_protection(
    ...     [0, 2, 5, 8],
    ...     [8, 8, 8, 8],
    ...     ["vehicle", "vpa50", "vpa100", "vpa200"],
    ...     control="vehicle",
    ...     doses=[0, 50, 100, 200],
    ... )
    >>> print(found.contrast("vpa200").fisher)
    vpa200 against vehicle: p = 0.0002, p = 0.0005 after Holm, ... (Fisher ...)
    >>> print(found.trend.exact)
    trend over dose: p < 0.0001 (Cochran-Armitage exact conditional, two-sided ...)
    """
    check_choice("adjust", adjust, get_args(Adjustment))
    check_level(level)
    groups = group_names(groups)
    x, size = check_counts(protected, n, groups)
    if control is not None:
        check_choice("control", control, tuple(groups))
    over, scoring = trend_scores(len(groups), doses, scores)
    dose = [None] * len(groups) if doses is None else list(doses)
    found = tuple(
        ProtectionGroup(
            name,
            int(a),
            int(b),
            None if at is None else float(at),
            _share(int(a), int(b), wilson(int(a), int(b), level)),
            _share(int(a), int(b), clopper_pearson(int(a), int(b), level)),
        )
        for name, a, b, at in zip(groups, x, size, dose, strict=True)
    )
    contrasts, problems = _contrasts(found, control, adjust, level)
    return ProtectionComparison(
        endpoint,
        control,
        level,
        adjust,
        found,
        contrasts,
        _overall(x, size),
        _trend(found, over, scoring),
        problems,
    )


def _share(x: int, n: int, limits: Limits) -> Estimate:
    return Estimate("share", x / n, limits, method="animals over animals")


def _contrasts(
    groups: tuple[ProtectionGroup, ...],
    control: str | None,
    adjust: Adjustment,
    level: float,
) -> tuple[tuple[ProtectionContrast, ...], tuple[Problem, ...]]:
    if control is None:
        return (), ()
    base = next(g for g in groups if g.name == control)
    others = [g for g in groups if g.name != control]
    too_many = Missing(
        f"a group has more than {LARGEST} animals; with so many, use the limits of the "
        "difference"
    )
    small = max(g.n for g in groups) <= LARGEST
    fisher = [float(fisher_p_matrix(g.n, base.n)[g.protected, base.protected])
              for g in others] if small else []  # fmt: skip
    boschloo = [boschloo_p(g.protected, g.n, base.protected, base.n)
                for g in others] if small else []  # fmt: skip
    by_holm = f"Holm, {len(others)} comparison{'s' if len(others) > 1 else ''}"
    fisher_adjusted: list[float] | None = holm(fisher)
    how, problems = by_holm, []
    if adjust == "closed-minp" and len(others) <= _MOST:
        how = (
            f"closed min-P, exact conditional, {len(others)} comparison"
            f"{'s' if len(others) > 1 else ''}"
        )
        if small:
            fisher_adjusted = closed_min_p(
                [g.protected for g in others],
                [g.n for g in others],
                (base.protected, base.n),
            )
    elif adjust == "closed-minp":
        problems.append(
            Problem(
                "too-many-comparisons",
                f"{len(others)} comparisons are too many for the closed min-P test; "
                "Holm's adjustment was used",
                "notice",
                expected=f"{_MOST} at most",
                remedy="Ask for adjust='holm' to say so yourself.",
            )
        )

    def test(
        group: ProtectionGroup, index: int, method: str, found: list[float],
        adjusted: list[float] | None, named: str,
    ) -> HypothesisTest:  # fmt: skip
        question = f"{group.name} against {base.name}"
        if not small:
            return HypothesisTest(question, method, too_many)
        if adjust == "none" or adjusted is None:
            return HypothesisTest(question, method, found[index])
        return HypothesisTest(
            question, method, found[index],
            p_adjusted=adjusted[index], adjustment=named,
        )  # fmt: skip

    return tuple(
        ProtectionContrast(
            g.name,
            base.name,
            test(g, i, FISHER, fisher, fisher_adjusted, how),
            test(g, i, BOSCHLOO, boschloo, holm(boschloo), by_holm),
            newcombe_difference(g.protected, g.n, base.protected, base.n, level),
            conditional_odds_ratio(g.protected, g.n, base.protected, base.n, level),
        )
        for i, g in enumerate(others)
    ), tuple(problems)


def _overall(x: NDArray[np.int64], n: NDArray[np.int64]) -> HypothesisTest:
    question = "all groups alike"
    table = np.column_stack([x, n - x]).astype(np.int64)
    p = freeman_halton_p(table)
    if p is not None:
        return HypothesisTest(question, FREEMAN_HALTON, p)
    share = table.sum(axis=0) / table.sum()
    expected = n[:, None] * share
    chi2 = float(((table - expected) ** 2 / expected).sum())
    df = x.size - 1
    return HypothesisTest(
        question, PEARSON, float(chdtrc(df, chi2)), chi2, "chi-square", df
    )


def _trend(
    groups: tuple[ProtectionGroup, ...], scores: list[float | None] | None, scoring: str
) -> ProtectionTrend | Missing:
    if scores is None:
        return Missing("no doses were given; give doses or scores to test a trend")
    kept = [(g, s) for g, s in zip(groups, scores, strict=True) if s is not None]
    s = np.array([score for _, score in kept])
    if len(set(s)) < 2:
        return Missing("a trend needs two or more different doses")
    x = np.array([g.protected for g, _ in kept])
    n = np.array([g.n for g, _ in kept])
    question = f"trend over {scoring}"
    exact = trend_exact_p(x, n, s)
    many: float | Missing = Missing(
        "too many tables for the exact test; use the asymptotic one"
    )
    rising, both = (many, many) if exact is None else (exact[0], exact[2])
    return ProtectionTrend(
        tuple(g.name for g, _ in kept),
        tuple(float(v) for v in s),
        scoring,
        _armitage(x, n, s, question),
        HypothesisTest(
            question,
            "Cochran-Armitage exact conditional, two-sided (sums as far from their "
            "mean as the one seen)",
            both,
        ),
        HypothesisTest(
            question,
            "Cochran-Armitage exact conditional, one-sided (share rising)",
            rising,
        ),
    )


def _armitage(
    x: NDArray[np.float64],
    n: NDArray[np.float64],
    scores: NDArray[np.float64],
    question: str,
) -> HypothesisTest:
    share = x.sum() / n.sum()
    if share in (0.0, 1.0):
        why = Missing("no animal had the endpoint, or every one: there is no trend")
        return HypothesisTest(question, ARMITAGE, why, why, "z")
    centred = (scores - scores @ n / n.sum()) / np.ptp(scores)
    # Armitage 1955; the binomial variance p (1 - p) has the divisor N, not N - 1.
    z = float(centred @ x) / math.sqrt(share * (1 - share) * float(n @ centred**2))
    return HypothesisTest(question, ARMITAGE, float(2 * ndtr(-abs(z))), z, "z")
