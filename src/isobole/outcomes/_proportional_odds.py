"""Proportional odds of ordered scores, judged by likelihood ratio and not by Wald."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri

from isobole.outcomes._cumulative_link import (
    FloatArray,
    IntArray,
    OrdinalDesign,
    OrdinalLink,
    OrdinalMaximum,
    endless,
    maximise,
    ordinal_design,
)
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._ordinal_checks import check_design
from isobole.outcomes._ordinal_fit import OrdinalFit
from isobole.outcomes._proportion import check_level
from isobole.results import (
    Estimate,
    Limits,
    Missing,
    NotComputable,
    SetKind,
    check_choice,
)

_FARTHEST: Final = 60.0
KIND: Final = "profile likelihood"


def proportional_odds(
    scores: ArrayLike,
    design: ArrayLike,
    *,
    names: Sequence[str],
    levels: Sequence[str],
    terms: dict[str, Sequence[str]] | None = None,
    link: OrdinalLink = "logit",
    level: float = 0.95,
) -> OrdinalFit:
    """Fit a proportional odds (or ordered probit) model to ordered scores.

    Main
    ----
    scores : array of int, shape (n,)
        The place of each animal's score in `levels`, from 0.
    design : array, shape (n, columns)
        Numbers per animal, without a constant.

    Parameters
    ----------
    scores, design
        As above.
    names : sequence of str
        Of the columns.
    levels : sequence of str
        Codes of the scale in order; those that no animal has are left out of the fit.
    terms : mapping of str to columns, optional
        Columns that are tested together; each column by itself without it.
    link : {"logit", "probit"}
        Logit gives proportional odds.
    level : float
        Confidence of the profile likelihood limits.

    Raises
    ------
    OptionError
        If shapes, names or options do not fit.
    DataError
        If a score is not a place in `levels`, or columns depend on each other.
    NotComputable
        If all animals have the same score.

    Examples
    --------
    >>> fit = proportional_odds(
    ...     [0, 0, 1, 1, 2, 1, 2, 2, 1, 2],
    ...     [[0]] * 5 + [[1]] * 5,
    ...     names=["drug"],
    ...     levels=["none", "clonus", "tonus"],
    ... )
    >>> print(fit.odds_ratio("drug"))
    odds ratio of a higher score 9.433 [0.7484, 272.3] (95 % profile likelihood)
    >>> print(fit.tests[0])
    drug: chi-square(1) = 2.971, p = 0.085 (likelihood ratio)
    """
    check_choice("link", link, get_args(OrdinalLink))
    check_level(level)
    y, x, grouped = check_design(scores, design, names, levels, terms)
    seen = np.unique(y)
    if seen.size < 2:
        msg = (
            f"all {y.size} animals have the score {levels[int(seen[0])]}; scores that "
            "do not differ hold nothing to model"
        )
        raise NotComputable(msg)
    y = np.searchsorted(seen, y)
    none = np.zeros((y.size, 0))
    whole = ordinal_design(y, x, none, seen.size)
    best = maximise(whole, link)
    runs = endless(whole)
    cuts = seen.size - 1
    coefficients = tuple(
        _coefficient(whole, best, link, cuts + k, name, runs[cuts + k], level)
        for k, name in enumerate(names)
    )
    why = Missing(
        "scores are separated by the design, so that no finite estimate exists; use "
        "the likelihood limits and the likelihood ratio"
    )
    separated = any(low or high for low, high in runs)
    return OrdinalFit(
        link,
        int(y.size),
        tuple(str(levels[int(k)]) for k in seen),
        tuple(
            why if low or high else float(value)
            for value, (low, high) in zip(best.parameters[:cuts], runs, strict=False)
        ),
        tuple(names),
        coefficients,
        tuple(why for _ in runs)
        if separated
        else tuple(float(v) for v in np.sqrt(np.diag(np.linalg.inv(best.information)))),
        best.log_likelihood,
        tuple(
            _drop(y, x, seen.size, link, best, name, columns)
            for name, columns in grouped.items()
        ),
        tuple(
            _free(y, x, seen.size, link, best, name, columns)
            for name, columns in grouped.items()
        ),
    )


def _coefficient(
    design: OrdinalDesign,
    best: OrdinalMaximum,
    link: OrdinalLink,
    index: int,
    name: str,
    runs: tuple[bool, bool],
    level: float,
) -> Estimate:
    """Return one coefficient with the limits where the likelihood has fallen enough."""
    fall = float(chdtri(1, 1 - level))
    kept = [k for k in range(design.upper.shape[1]) if k != index]
    rest = OrdinalDesign(
        design.upper[:, kept], design.lower[:, kept], design.has_upper,
        design.has_lower, design.weight, design.thresholds,
    )  # fmt: skip
    # The column enters both thresholds of a row alike, except where one is absent.
    column = np.where(design.has_upper, design.upper[:, index], design.lower[:, index])
    last = best.parameters[kept]

    def excess(value: float) -> float:
        nonlocal last
        found = maximise(rest, link, last, value * column)
        last = found.parameters
        return 2 * (best.log_likelihood - found.log_likelihood) - fall

    # Without a finite maximum the climb ended somewhere on the way.
    at = float(np.clip(best.parameters[index], -30.0, 30.0))
    ends = [_limit(excess, at, sign) for sign in (-1.0, 1.0)]
    value: float | Missing = at
    reason = None
    if any(runs):
        way = "up" if runs[1] else "down"
        value = Missing(
            f"scores are separated: the likelihood of {name} rises for ever {way}"
            if sum(runs) == 1
            else f"the scores say nothing of {name}"
        )
    if None in ends:
        reason = (
            value.reason
            if isinstance(value, Missing)
            else f"the likelihood of {name} never falls enough on one side"
        )
    low, high = ends
    kind: SetKind | None = "interval"
    if None in ends:
        kind = None if low is None and high is None else "ray"
    limits = Limits(KIND, level, kind, low, high, reason=reason)
    return Estimate(name, value, limits, method=f"maximum likelihood, {link}")


def _limit(excess: Callable[[float], float], start: float, sign: float) -> float | None:
    """Return where the profile crosses, on one side of its top."""
    step, inner = 0.5, start
    while abs(inner) < _FARTHEST:
        outer = inner + sign * step
        if excess(outer) > 0:
            return float(brentq(excess, inner, outer, xtol=1e-9))
        inner, step = outer, 1.6 * step
    return None


def _drop(
    y: IntArray, x: FloatArray, levels: int, link: OrdinalLink,
    best: OrdinalMaximum, name: str, columns: list[int],
) -> HypothesisTest:  # fmt: skip
    """Test a term by the likelihood lost without it."""
    less = np.delete(x, columns, axis=1)
    null = maximise(ordinal_design(y, less, np.zeros((y.size, 0)), levels), link)
    return _ratio(
        name, "likelihood ratio", best.log_likelihood - null.log_likelihood,
        len(columns),
    )  # fmt: skip


def _free(
    y: IntArray, x: FloatArray, levels: int, link: OrdinalLink,
    best: OrdinalMaximum, name: str, columns: list[int],
) -> HypothesisTest:  # fmt: skip
    """Test one coefficient for all thresholds against one for each."""
    method = "likelihood ratio, one coefficient for all thresholds against one for each"
    df = len(columns) * (levels - 2)
    if df == 0:
        why = Missing("two levels were seen, which leave one threshold to compare")
        return HypothesisTest(name, method, why, why, "chi-square")
    saturated = _saturated(y, x, columns)
    if saturated is not None:
        gain = saturated - best.log_likelihood
        return _ratio(name, method, gain, df)
    freed = ordinal_design(y, x, x[:, columns], levels)
    start = np.concatenate(
        [best.parameters, np.zeros(freed.upper.shape[1] - best.parameters.size)]
    )
    found = maximise(freed, link, start)
    if not _in_order(found.parameters, x, columns, levels):
        why = Missing(
            "a level was not seen at every setting of the design, so that freed "
            "thresholds would cross"
        )
        return HypothesisTest(name, method, why, why, "chi-square")
    return _ratio(name, method, found.log_likelihood - best.log_likelihood, df)


def _saturated(y: IntArray, x: FloatArray, columns: list[int]) -> float | None:
    """Return the log-likelihood of free shares, where freeing the term frees all.

    So it is when the term holds every column and these tell groups apart, one column
    to each group but one.
    """
    settings, place = np.unique(x, axis=0, return_inverse=True)
    if len(columns) < x.shape[1] or len(settings) != x.shape[1] + 1:
        return None
    table = np.zeros((len(settings), int(y.max()) + 1))
    np.add.at(table, (place.ravel(), y), 1.0)
    share = table / table.sum(axis=1, keepdims=True)
    return float((table * np.log(np.where(table > 0, share, 1.0))).sum())


def _in_order(
    theta: FloatArray, x: FloatArray, columns: list[int], levels: int
) -> bool:
    """Return whether thresholds rise at every setting of the design."""
    cuts = levels - 1
    cut = np.tile(theta[:cuts], (x.shape[0], 1))
    own = theta[cuts + x.shape[1] :].reshape(len(columns), cuts - 1)
    cut[:, 1:] -= x[:, columns] @ own
    return bool((np.diff(cut, axis=1) > 0).all())


def _ratio(question: str, method: str, gain: float, df: int) -> HypothesisTest:
    chi2 = max(2 * gain, 0.0)
    return HypothesisTest(
        question, method, float(chdtrc(df, chi2)), chi2, "chi-square", df
    )
