"""The interaction index of one mixture at one effect, with every kind of interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from isobole.combination._expectation import effect_fractions
from isobole.combination._summary_test import VarianceRule, additive_values
from isobole.doseresponse import QuantalFit
from isobole.results import Limits, Missing, value_or_none

LN10: Final = math.log(10)


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
