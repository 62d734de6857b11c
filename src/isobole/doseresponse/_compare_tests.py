"""Likelihood-ratio tests of curves: parallel, equal ED50s, adjusted for number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import chdtrc, fdtrc

from isobole.doseresponse._compare_records import Adjust, CurvePair, LikelihoodRatio
from isobole.doseresponse._compare_work import JointCurves
from isobole.doseresponse._core import ALL_AFFECTED, NONE_AFFECTED, SINGLE_DOSE
from isobole.doseresponse._data import SEQUENTIAL_SLOPE
from isobole.doseresponse._ed_ratio import ed_ratio_deviance
from isobole.doseresponse._joint_fit import JointFit
from isobole.doseresponse._joint_ratio import ratio_deviance
from isobole.results import Missing


def judge(work: JointCurves, chi2: float, df: int) -> LikelihoodRatio:
    """Judge a likelihood-ratio chi-square: by chi-square, or by F with h."""
    chi2 = max(chi2, 0.0)
    if work.pooled.applied:
        ratio = chi2 / (df * work.pooled.heterogeneity)
        return LikelihoodRatio(chi2, df, float(fdtrc(df, work.pooled.df, ratio)))
    return LikelihoodRatio(chi2, df, float(chdtrc(df, chi2)))


def parallelism(
    work: JointCurves, curves: Iterable[int], common: JointFit, separate: JointFit
) -> LikelihoodRatio:
    """Test one slope against a slope each; not those of sequential designs."""
    curves = list(curves)
    chosen = [work.names[i] for i in curves if i in work.sequential]
    if chosen:
        told = Missing(f"{', '.join(chosen)}: {SEQUENTIAL_SLOPE}.")
        return LikelihoodRatio(told, 0, told)
    lost = (NONE_AFFECTED, ALL_AFFECTED, SINGLE_DOSE)
    without = [i for i in curves if work.separate.pattern[i] in lost]
    df = separate.theta.size - common.theta.size - len(without)
    if df < 1:
        reason = Missing(
            f"{', '.join(work.names[i] for i in without)}: all or none affected, "
            "so there is no slope to compare; test doses with partial responses."
        )
        return LikelihoodRatio(reason, 0, reason)
    return judge(work, 2 * (separate.loglik - common.loglik), df)


def equal_common(work: JointCurves, i: int, j: int) -> LikelihoodRatio:
    """Test equal ED50s of two curves under the slope common to all."""
    like = work.common.likelihood
    shift = (like.centre[j] - like.centre[i]) / like.spread
    if not work.common.rises(i):
        falls = Missing("the common slope does not rise with dose.")
        return LikelihoodRatio(falls, 1, falls)
    chi2 = ratio_deviance(work.common, i, j, float(np.arctan(shift)))
    return judge(work, chi2, 1)


def equal_separate(work: JointCurves, i: int, j: int) -> LikelihoodRatio:
    """Test equal ED50s of two curves, each with its own slope."""
    if any(work.profiles[k].falling for k in (i, j)):
        falls = Missing("a curve of the pair does not rise with dose: no ED50.")
        return LikelihoodRatio(falls, 1, falls)
    chi2 = ed_ratio_deviance(work.profiles[i], work.profiles[j], 0.0)
    return judge(work, chi2, 1)


def holm(p_values: Sequence[float | Missing]) -> list[float | Missing]:
    """Adjust p-values for their number by Holm's step-down rule; Missing stays.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    known = sorted((p, k) for k, p in enumerate(p_values) if not isinstance(p, Missing))
    adjusted, running = list(p_values), 0.0
    for rank, (p, k) in enumerate(known):
        running = max(running, min(1.0, (len(known) - rank) * p))
        adjusted[k] = running
    return adjusted


def adjusted(pairs: list[CurvePair], adjust: Adjust) -> tuple[CurvePair, ...]:
    """Return the pairs with their tests of equal ED50 adjusted for their number."""
    if adjust == "none":
        return tuple(pairs)
    common = holm([pair.equal_common.p for pair in pairs])
    separate = holm([pair.equal_separate.p for pair in pairs])
    return tuple(
        replace(
            pair,
            equal_common=replace(pair.equal_common, p_adjusted=common[k]),
            equal_separate=replace(pair.equal_separate, p_adjusted=separate[k]),
        )
        for k, pair in enumerate(pairs)
    )
