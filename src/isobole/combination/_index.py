"""The interaction index of one mixture at one effect, with every kind of interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtr, ndtri, stdtr, stdtrit

from isobole.combination._expectation import effect_fractions
from isobole.combination._joint import JointArms, additive_place, profile_index
from isobole.combination._split import ArmSet, split_deviance, split_limits
from isobole.combination._summary_test import VarianceRule, additive_values
from isobole.doseresponse import QuantalFit
from isobole.doseresponse._core import FINITE, SINGLE_DOSE
from isobole.doseresponse._goodness import GoodnessOfFit, from_statistics, no_goodness
from isobole.doseresponse._links import quantile
from isobole.results import Limits, Missing, value_or_none

LN10: Final = math.log(10)
_SEARCH: Final = 60.0  # deviance beyond which additivity is out of any doubt


@dataclass(frozen=True, slots=True)
class ArmDose:
    """One arm's dose at the effect: log10 dose, SE of its natural log, df behind it."""

    dose: float
    se_ln: float
    df: float


@dataclass(frozen=True, slots=True)
class Additive:
    """Loewe's additive dose with its interval, by the variance rule."""

    dose: float | Missing
    limits: Limits
    rule: str
    fractions: tuple[float, ...]
    sem: float | Missing
    se_log: float | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {
            "dose": value_or_none(self.dose),
            "low": self.limits.low,
            "high": self.limits.high,
            "rule": self.rule,
            "reason": self.dose.reason
            if isinstance(self.dose, Missing)
            else self.limits.reason,
        }


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


def arm_dose(fit: QuantalFit, percent: float) -> ArmDose | Missing:
    """Return an arm's dose and delta SE, the heterogeneity factor included."""
    estimate = fit.ed(percent, interval="delta")
    if isinstance(estimate.value, Missing) or estimate.log10_se is None:
        name = fit.data.curve or "an arm"
        return Missing(
            f"{name} has no dose with a standard error at {percent:g} % "
            f"(status {fit.status})"
        )
    test = fit.goodness_of_fit
    df = float(test.df) if test.applied and test.quantile == "t" else math.inf
    return ArmDose(estimate.value, LN10 * estimate.log10_se, df)


def welch_df(variances: Sequence[float], dfs: Sequence[float]) -> float:
    """Return the Satterthwaite df of a sum of variances; infinite df count as known."""
    total = sum(variances)
    below = sum(v * v / df for v, df in zip(variances, dfs, strict=True))
    return math.inf if below == 0 else total * total / below


def two_sided_p(ratio: float, df: float) -> float:
    """Return the two-sided p of a normal (df infinite) or t ratio."""
    if math.isinf(df):
        return float(2 * ndtr(-abs(ratio)))
    return float(2 * stdtr(df, -abs(ratio)))


def width(level: float, df: float) -> float:
    """Return the normal or t quantile of a two-sided interval."""
    tail = 0.5 + level / 2
    return float(ndtri(tail)) if math.isinf(df) else float(stdtrit(df, tail))


@dataclass(frozen=True, slots=True)
class LogDelta:
    """The index on the log scale: estimate, SE, df, p."""

    additive: Additive
    log_index: float | Missing
    se_log: float | Missing
    df: float
    p: float | Missing

    def limits(self, level: float) -> Limits:
        """Return the index's interval at a level."""
        if isinstance(self.log_index, Missing) or isinstance(self.se_log, Missing):
            reason = next(
                x.reason
                for x in (self.log_index, self.se_log)
                if isinstance(x, Missing)
            )
            return Limits("log-delta", level, None, reason=f"{reason.rstrip('.')}.")
        half = width(level, self.df) * self.se_log
        return Limits(
            "log-delta",
            level,
            "interval",
            math.exp(self.log_index - half),
            math.exp(self.log_index + half),
        )


def log_delta(
    singles: Sequence[ArmDose | Missing],
    mixture: ArmDose | Missing,
    shares: Sequence[float],
    *,
    rule: VarianceRule,
    level: float,
) -> LogDelta:
    """Return the index by the delta method under a variance rule.

    delta: Var(ln Z) = sum f_i^2 s_i^2 with the shares fixed by the experimenter.
    tallarida: Var(Z) = sum f_i^2 SEM_i^2 with the fractions f fixed. lublin: SEM of Z
    is sum f_i SEM_i, linear.
    """
    known = [arm for arm in singles if not isinstance(arm, Missing)]
    if len(known) < len(singles):
        lost = next(arm for arm in singles if isinstance(arm, Missing))
        none = Limits("delta", level, None, reason=f"{lost.reason}.")
        additive = Additive(lost, none, rule, (), lost, lost)
        return LogDelta(additive, lost, lost, math.inf, lost)
    doses = [arm.dose for arm in known]
    sems = [arm.dose * arm.se_ln for arm in known]
    f = effect_fractions(doses, shares)
    expected, error = additive_values(doses, sems, shares=shares, rule=rule)
    z, se_log = float(expected), float(error / expected)
    dfs = [arm.df for arm in known]
    if rule == "lublin":
        df = min(dfs)  # a linear sum of errors has no df of its own
    else:
        errors = [arm.se_ln for arm in known] if rule == "delta" else sems
        parts = [float(fi * e) ** 2 for fi, e in zip(f, errors, strict=True)]
        df = welch_df(parts, dfs)
    half = width(level, df) * se_log
    limits = Limits("delta", level, "interval", z * math.exp(-half), z * math.exp(half))
    additive = Additive(z, limits, rule, tuple(f.tolist()), z * se_log, se_log)
    if isinstance(mixture, Missing):
        return LogDelta(additive, mixture, mixture, math.inf, mixture)
    log_index = math.log(mixture.dose / z)
    se = math.hypot(mixture.se_ln, se_log)
    both = welch_df([mixture.se_ln**2, se_log**2], [mixture.df, df])
    return LogDelta(additive, log_index, se, both, two_sided_p(log_index / se, both))


def pooled_goodness(fits: Sequence[QuantalFit]) -> GoodnessOfFit:
    """Return goodness of fit over all arms, each with its own curve."""
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
    regular = all(f.solution.pattern == FINITE and f.solution.slope > 0 for f in fits)
    if regular:
        found = _regular(fits, shares, q, slopes, cut)
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
    if deviance is None:
        value: float | Missing = Missing(
            "the deviance of additivity is beyond the search"
        )
        p: float | Missing = float(chdtrc(1.0, _SEARCH / test.heterogeneity))
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
