"""Seizure thresholds compared on the log scale, every group against the control."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from isobole.outcomes._dunnett import dunnett_critical, dunnett_p
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._latency_checks import (
    FloatArray,
    checked_labels,
    checked_level,
    need_two,
)
from isobole.outcomes._threshold_result import (
    ThresholdComparison,
    ThresholdGroup,
    ThresholdRatio,
)
from isobole.outcomes._threshold_spread import (
    ALONE,
    SAME,
    brown_forsythe,
    exp_limits,
    welch_limits,
    welch_tests,
)
from isobole.results import (
    DataError,
    DoseUnit,
    Estimate,
    Limits,
    Missing,
    Problem,
    check_choice,
    format_number,
    format_p,
)

Adjust = Literal["dunnett", "none"]
ADJUST: Final = ("dunnett", "none")


def compare_thresholds(
    values: ArrayLike,
    groups: Sequence[Any],
    *,
    control: str,
    unit: DoseUnit | str,
    level: float = 0.95,
    adjust: Adjust = "dunnett",
) -> ThresholdComparison:
    """Compare thresholds of single animals (i.v. PTZ dose, current) with the control.

    Log thresholds are taken as normal with a common variance; a difference of logs is
    a ratio of geometric means, printed as percent increase, too. Welch's comparison
    without a common variance stands beside and is never chosen by a test.

    Parameters
    ----------
    values : array_like
        One threshold per animal, above 0. A threshold that was not reached is not a
        number: compare time to the event instead (`compare_latency`).
    groups : sequence
        Each animal's group.
    control : str
        The group that the others are compared with.
    unit : DoseUnit or str
        Unit of the thresholds: ``"mg/kg"``, ``"mA"``.
    level : float
        Confidence of all limits; simultaneous for the ratios under ``"dunnett"``.
    adjust : {"dunnett", "none"}
        Many-to-one adjustment of p-values and limits.

    Raises
    ------
    DataError
        If a threshold is missing, 0 or negative, or no group has two animals.
    OptionError
        If `control` is not a group, or an option does not exist.

    Examples
    --------
    >>> values = [32, 35, 30, 38, 34, 36, 48, 52, 44, 50, 41, 55]
    >>> groups = ["vehicle"] * 6 + ["drug"] * 6
    >>> found = compare_thresholds(values, groups, control="vehicle", unit="mg/kg")
    >>> print(found.ratio("drug").ratio)
    threshold ratio, drug against vehicle 1.412 [1.246, 1.6] (95 % Dunnett, pooled \
variance)
    >>> round(found.ratio("drug").percent_increase.value, 1)
    41.2
    """
    check_choice("adjust", adjust, ADJUST)
    checked_level(level)
    unit = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    numbers = _checked(values)
    names, index = checked_labels(groups, numbers.size, "group")
    check_choice("control", control, names)
    need_two(names)
    order = [control, *(name for name in names if name != control)]
    logs = {name: np.log(numbers[index == names.index(name)]) for name in order}
    df = numbers.size - len(order)
    if df < 1:
        raise DataError(
            [
                Problem(
                    "no-spread",
                    "every group has one animal: there is no spread to judge by",
                    remedy="Give at least two animals in a group",
                )
            ]
        )
    pooled = sum(float(np.sum((x - x.mean()) ** 2)) for x in logs.values()) / df
    counts = [logs[name].size for name in order[1:]]
    n0 = logs[control].size
    critical = (
        dunnett_critical(level, counts, n0, df)
        if adjust == "dunnett"
        else float(stdtrit(df, (1 + level) / 2))
    )
    spread = math.sqrt(pooled) if pooled > 1e-24 else 0.0
    welch = welch_tests(logs, control)
    ratios = []
    for (name, test), count in zip(welch, counts, strict=True):
        se = spread * math.sqrt(1 / count + 1 / n0)
        difference = float(logs[name].mean() - logs[control].mean())
        ratios.append(
            ThresholdRatio(
                group=name,
                control=control,
                ratio=_ratio(name, control, difference, se, critical, level, adjust),
                standard_error=se if se > 0 else SAME,
                test=_test(name, control, difference, se, counts, n0, df, adjust),
                welch=welch_limits(logs[name], logs[control], name, control, level),
                welch_test=test,
            )
        )
    brown = brown_forsythe(list(logs.values()))
    return ThresholdComparison(
        unit=unit,
        control=control,
        level=level,
        adjust=adjust,
        df=df,
        log_sd=spread,
        groups=tuple(_group(name, logs[name], level, unit) for name in order),
        ratios=tuple(ratios),
        variances=brown,
        problems=_problems(brown, [name for name in order if logs[name].size == 1]),
    )


def _checked(values: ArrayLike) -> FloatArray:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.empty((0, 0))
    if numbers.ndim != 1 or numbers.size == 0:
        raise DataError(
            [
                Problem(
                    "not-numbers",
                    "thresholds are not a plain list of numbers",
                    column="threshold",
                    remedy="Give one number per animal",
                )
            ]
        )
    problems = [
        Problem(
            "threshold-not-positive",
            f"threshold {value:g} is not a number above 0",
            row=row,
            column="threshold",
            given=f"{value:g}",
            remedy="Leave out an animal without a threshold, with its reason; if it "
            "was not reached, compare time to the event instead",
        )
        for row, value in enumerate(numbers, start=1)
        if not (np.isfinite(value) and value > 0)
    ]
    if problems:
        raise DataError(problems)
    return numbers


def _group(name: str, logs: FloatArray, level: float, unit: DoseUnit) -> ThresholdGroup:
    mean, n = float(logs.mean()), int(logs.size)
    kind = "t on log scale, own variance"
    quantity = f"geometric mean threshold, {name}"
    sd: float | Missing = float(logs.std(ddof=1)) if n > 1 else ALONE
    if isinstance(sd, Missing) or sd == 0:
        reason = sd.reason if isinstance(sd, Missing) else SAME.reason
        limits = Limits(kind, level, None, reason=reason)
    else:
        width = float(stdtrit(n - 1, (1 + level) / 2)) * sd / math.sqrt(n)
        limits = exp_limits(kind, level, mean - width, mean + width)
    estimate = Estimate(quantity, math.exp(mean), limits, unit=unit)
    return ThresholdGroup(name, n, tuple(np.exp(logs).tolist()), estimate, sd)


def _ratio(
    name: str,
    control: str,
    difference: float,
    se: float,
    critical: float,
    level: float,
    adjust: Adjust,
) -> Estimate:
    kind = "Dunnett" if adjust == "dunnett" else "t"
    kind += ", pooled variance"
    quantity = f"threshold ratio, {name} against {control}"
    if se == 0:
        limits = Limits(kind, level, None, reason=SAME.reason)
        return Estimate(quantity, math.exp(difference), limits)
    low, high = difference - critical * se, difference + critical * se
    limits = exp_limits(kind, level, low, high)
    return Estimate(quantity, math.exp(difference), limits)


def _test(
    name: str,
    control: str,
    difference: float,
    se: float,
    counts: Sequence[int],
    n0: int,
    df: int,
    adjust: Adjust,
) -> HypothesisTest:
    question = f"{name} against {control}"
    method = f"t test of log thresholds, pooled variance, {df} df, two-sided"
    if se == 0:
        return HypothesisTest(question, method, SAME, SAME, "t", df)
    t = difference / se
    p = 2 * float(stdtr(df, -abs(t)))
    if adjust == "none":
        return HypothesisTest(question, method, p, t, "t", df)
    adjusted = max(p, dunnett_p(t, counts, n0, df))
    many = "1 comparison" if len(counts) == 1 else f"{len(counts)} comparisons"
    return HypothesisTest(question, method, p, t, "t", df, adjusted, f"Dunnett, {many}")


def _problems(variances: HypothesisTest, alone: list[str]) -> tuple[Problem, ...]:
    found = [
        Problem(
            "one-animal",
            f"{name} has one animal: its spread is taken from the other groups",
            severity="warning",
            column="group",
            remedy="Give at least two animals in each group",
        )
        for name in alone
    ]
    p = variances.p
    if not isinstance(p, Missing) and p < 0.05:
        statistic = variances.statistic
        shown = format_number(statistic) if isinstance(statistic, float) else ""
        found.append(
            Problem(
                "unequal-variances",
                f"the spread of log thresholds differs between groups (Brown-Forsythe "
                f"F = {shown}, p {format_p(p)}), while Dunnett's test supposes one",
                severity="warning",
                column="threshold",
                remedy="Read Welch's limits and p, which stand beside",
            )
        )
    return tuple(found)
