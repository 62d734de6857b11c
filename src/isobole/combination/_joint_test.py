"""Additivity tested by one likelihood over all arms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.special import chdtrc, fdtrc

from isobole.combination._joint import JointArms, additive_place
from isobole.combination._joint_profile import profile_index
from isobole.combination._split import ArmSet, split_deviance, split_limits
from isobole.doseresponse import QuantalFit
from isobole.doseresponse._core import FINITE, SINGLE_DOSE
from isobole.doseresponse._goodness import GoodnessOfFit, from_statistics, no_goodness
from isobole.doseresponse._links import quantile
from isobole.results import Limits, Missing

_SEARCH: Final = 60.0  # deviance beyond which additivity is out of any doubt


@dataclass(frozen=True, slots=True)
class JointTest:
    """Test of additivity and profile interval from one likelihood over all arms."""

    statistic: str
    value: float | Missing
    df: tuple[int, int | None]
    p: float | Missing
    slopes: str
    limits: Limits
    heterogeneity: float


def pooled_goodness(fits: Sequence[QuantalFit]) -> GoodnessOfFit:
    """Return goodness of fit over all arms, each with its own curve.

    The factor applies if the rule fires for the arms together or for any one of them:
    scatter that widens an arm's own limits is not lost among the other arms.
    """
    tests = [fit.goodness_of_fit for fit in fits]
    usable = [
        (t.pearson, t.deviance, t.df)
        for t in tests
        if not isinstance(t.pearson, Missing) and not isinstance(t.deviance, Missing)
    ]
    rule, kind = tests[0].rule, tests[0].quantile
    if not usable:
        return no_goodness("no arm has a curve to test", 0, rule, kind)
    chi2, deviance, df = (sum(x[i] for x in usable) for i in range(3))
    if any(test.applied for test in tests):
        rule = "always"
    return from_statistics(chi2, deviance, int(df), rule=rule, quantile=kind)


def joint_test(
    singles: Sequence[QuantalFit],
    mixture: QuantalFit,
    shares: Sequence[float],
    percent: float,
    *,
    slopes: Literal["separate", "common"],
    level: float,
) -> JointTest:
    """Test additivity by one likelihood over all arms, and profile the index.

    Heterogeneity pooled over the arms turns the chi-square into a quasi-likelihood F
    and widens the profile's cut by the same rule as everywhere.
    """
    fits = (*singles, mixture)
    q = float(quantile(mixture.link, percent / 100))
    test = pooled_goodness(fits)
    refusal = _refusal(fits)
    if refusal:
        return _no_joint(refusal, slopes, level)
    cut = test.cut(level)
    unsettled = False
    if all(_is_steep(fit, cut) for fit in fits) or (
        slopes == "common" and all(_rises(fit) for fit in fits)
    ):
        found = _regular(fits, shares, q, slopes, cut)
        if found[0] is None and slopes == "separate":
            found = _irregular(fits, shares, q, cut)
        unsettled = found[0] is None and slopes == "common"
    elif slopes == "common":
        return _no_joint(
            "an arm has no finite slope of its own; the separate-slopes likelihood "
            "answers there",
            slopes,
            level,
        )
    else:
        found = _irregular(fits, shares, q, cut)
    deviance, low, high = found
    limits = _limits(low, high, level)
    value: float | Missing
    p: float | Missing
    if unsettled:
        value = p = Missing("The likelihood under additivity did not settle.")
    elif deviance is None:
        value = Missing("the deviance of additivity is beyond the search")
        p = float(chdtrc(1.0, _SEARCH / test.heterogeneity))
    else:
        value = deviance / test.heterogeneity
        p = (
            float(fdtrc(1.0, float(test.df), value))
            if test.applied and test.quantile == "t"
            else float(chdtrc(1.0, value))
        )
    name = "quasi-likelihood F" if test.applied else "likelihood-ratio chi-square"
    df = (1, test.df if test.applied else None)
    return JointTest(name, value, df, p, slopes, limits, test.heterogeneity)


def _rises(fit: QuantalFit) -> bool:
    return fit.solution.pattern == FINITE and fit.solution.slope > 0


def _is_steep(fit: QuantalFit, cut: float) -> bool:
    """Return whether an arm's slope is plain enough for the joint Newton climb.

    Near a flat curve the joint likelihood has several hills and runs to infinity;
    the split of the cut, which turns rays, does not mind.
    """
    if not _rises(fit) or fit.solution.slope_chi2 <= 1.5 * cut:
        return False
    return not isinstance(fit.ed(50, interval="delta").value, Missing)


def _refusal(fits: Sequence[QuantalFit]) -> str | None:
    for fit in fits:
        name = fit.data.curve or "an arm"
        if fit.natural_response is not None:
            return "the joint likelihood does not carry natural response yet"
        if fit.clusters is not None:
            return f"the rows of {name} are clustered"
        if fit.options.method != "likelihood":
            return "the arms were fitted with bias reduction, not by likelihood"
        if fit.solution.pattern == SINGLE_DOSE:
            return f"{name} has one dose only, which bounds no dose-response curve"
    return None


def _no_joint(reason: str, slopes: str, level: float) -> JointTest:
    none = Missing(f"{reason[0].upper()}{reason[1:]}.")
    limits = Limits("likelihood", level, None, reason=none.reason)
    return JointTest("likelihood ratio", none, (1, None), none, slopes, limits, 1.0)


def _limits(low: float, high: float, level: float) -> Limits:
    if low > high:
        return Limits(
            "likelihood",
            level,
            "empty",
            reason="An arm falls with dose: no rising curves lie within the cut.",
        )
    unbounded = math.isinf(low) + math.isinf(high)
    reason = (None, "One side of the index is not bounded by these data.",
              "The data bound the index on neither side.")[unbounded]  # fmt: skip
    kinds: tuple[Any, ...] = ("interval", "ray", "line")
    return Limits(
        "likelihood",
        level,
        kinds[unbounded],
        None if math.isinf(low) else 10.0**low,
        None if math.isinf(high) else 10.0**high,
        reason=reason,
    )


def _regular(
    fits: Sequence[QuantalFit],
    shares: Sequence[float],
    q: float,
    slopes: Literal["separate", "common"],
    cut: float,
) -> tuple[float | None, float, float]:
    """Climb by Newton; the deviance is None where additivity's climb did not settle."""
    arms = JointArms(
        fits[-1].link,
        q,
        tuple(np.log10(fit.data.groups[0]) for fit in fits),
        tuple(fit.data.groups[2][None, :].astype(float) for fit in fits),
        tuple(
            (fit.data.groups[1] - fit.data.groups[2])[None, :].astype(float)
            for fit in fits
        ),
        np.asarray(shares, dtype=float),
        slopes == "common",
    )
    m = [(q - fit.solution.intercept) / fit.solution.slope for fit in fits]
    if slopes == "separate":
        theta = np.array([[*m[:-1], *(fit.solution.slope for fit in fits)]])
        top = np.array([sum(fit.solution.loglik for fit in fits)])
        lam = np.array([m[-1]]) - additive_place(theta[:, : arms.drugs], arms.shares)
    else:
        from isobole.combination._joint import maximise_common

        theta, lam, top = maximise_common(arms, m, fits)
    found = profile_index(arms, theta, lam, top, np.array([cut]))
    deviance = float(found.deviance_at_zero[0])
    return (
        None if math.isnan(deviance) else deviance,
        float(found.low[0]),
        float(found.high[0]),
    )


def _irregular(
    fits: Sequence[QuantalFit], shares: Sequence[float], q: float, cut: float
) -> tuple[float | None, float, float]:
    sets = [ArmSet(fit.data, fit.link, q, _SEARCH) for fit in fits]
    low, high = split_limits(sets[:-1], sets[-1], shares, cut)
    deviance = split_deviance(sets[:-1], sets[-1], shares, 0.0, _SEARCH)
    return deviance, low, high
