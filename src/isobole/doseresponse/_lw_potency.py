"""Litchfield and Wilcoxon's parallelism and potency ratio of two lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from isobole.doseresponse._data import SEQUENTIAL_SLOPE, check_unit
from isobole.doseresponse._estimator_result import (
    QuantalEstimate,
    antilog,
    fields_to_dict,
    log_limits,
    no_limits,
)
from isobole.doseresponse._litchfield_wilcoxon import (
    REFERENCES,
)
from isobole.doseresponse._lw_summary import KIND, LEVEL, LitchfieldWilcoxonDetails
from isobole.results import (
    Block,
    Estimate,
    Heading,
    Limits,
    Methods,
    Missing,
    Note,
    OptionError,
    Result,
    Table,
    Text,
)


@dataclass(frozen=True, slots=True)
class LWSummary:
    """One line as Litchfield and Wilcoxon report it, from a paper or a result.

    Parameters
    ----------
    name : str
        The drug.
    ed50, f_ed50 : float or Missing
        ED50, in one unit for both drugs, and its factor (limits ED50/f, ED50 f).
    s, f_s : float or Missing
        Slope function and its factor.
    """

    name: str
    ed50: float | Missing
    f_ed50: float | Missing
    s: float | Missing
    f_s: float | Missing

    def __post_init__(self) -> None:
        for label, least in (("ed50", 0.0), ("f_ed50", 1.0), ("s", 1.0), ("f_s", 1.0)):
            value = getattr(self, label)
            if isinstance(value, Missing):
                continue
            if not (math.isfinite(value) and value >= least and value > 0):
                bound = "above 0" if label == "ed50" else "of 1 or more"
                msg = f"{label} of {self.name} is {value!r}; give a number {bound}"
                raise OptionError(msg)

    @classmethod
    def of(
        cls, result: QuantalEstimate[LitchfieldWilcoxonDetails], name: str = "drug"
    ) -> LWSummary:
        """Take the summary of a `litchfield_wilcoxon` result."""
        found = result.details
        return cls(
            result.data.curve or name,
            result.ed(50).value,
            found.f_ed50,
            found.s,
            found.f_s,
        )


@dataclass(frozen=True, slots=True, repr=False)
class PotencyRatioLW(Result):
    """Slope ratio and potency ratio of two lines, with the paper's verdicts.

    `potency_ratio` is ED50 of the second over ED50 of the first: how many times more
    potent the first is. `slope_ratio` is the larger S over the smaller.
    """

    first: LWSummary
    second: LWSummary
    slope_ratio: float | Missing
    f_slope_ratio: float | Missing
    parallel: bool | Missing
    potency_ratio: Estimate
    f_potency_ratio: float | Missing
    significant: bool | Missing

    def __repr__(self) -> str:
        return (
            f"PotencyRatioLW({self.first.name} against {self.second.name}: "
            f"{self.potency_ratio}, parallel {_yes(self.parallel)})"
        )

    @property
    def text(self) -> str:
        """The verdict in a sentence."""
        if isinstance(self.significant, Missing):
            return f"The lines cannot be compared: {_reason(self)}"
        differ = "differ" if self.significant else "do not differ"
        verdict = f"the ED50s {differ} significantly (p = 0.05)."
        if isinstance(self.parallel, Missing):
            return f"The slopes are not compared ({_reason(self)}); {verdict}"
        lines = (
            "The lines do not differ from parallel (S.R. below its f)"
            if self.parallel
            else "The lines are not parallel (S.R. above its f), so one potency ratio "
            "does not hold at every effect"
        )
        return f"{lines}; {verdict}"

    def blocks(self) -> tuple[Block, ...]:
        """Return the verdict, the ratios and the method."""
        rows = (
            ("slope ratio S.R.", self.slope_ratio),
            ("f of S.R.", self.f_slope_ratio),
            ("parallel (S.R. < f)", self.parallel),
            ("potency ratio P.R.", self.potency_ratio),
            ("f of P.R.", self.f_potency_ratio),
            ("ED50s differ (P.R. > f)", self.significant),
        )
        parts: list[Block] = [
            Heading(f"Potency of {self.first.name} against {self.second.name}", 3),
            Text(self.text),
            Table("Litchfield-Wilcoxon ratios", ("quantity", "value"), rows),
        ]
        if self.parallel is False:
            parts.append(
                Note("Compare the doses at several effects instead.", "warning")
            )
        parts.append(Methods("Litchfield-Wilcoxon ratios, 95 %.", REFERENCES[:1]))
        return tuple(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as it stands in JSON; nulls have their reason beside."""
        found = fields_to_dict(self)
        for key, summary in (("first", self.first), ("second", self.second)):
            found[key] = fields_to_dict(summary)
        return found


LWInput = LWSummary | QuantalEstimate[LitchfieldWilcoxonDetails]


def potency_ratio_lw(first: LWInput, second: LWInput) -> PotencyRatioLW:
    """Compare two Litchfield-Wilcoxon lines: parallelism, then potency.

    S.R. = S1/S2 (larger over smaller), f_SR = 10^sqrt(log^2 f_S1 + log^2 f_S2); the
    lines are parallel if S.R. < f_SR. P.R. = ED50 of `second` / ED50 of `first` with
    f_PR from both f_ED50 likewise, limits P.R./f and P.R. f; the drugs differ if P.R.
    or its inverse exceeds f_PR (Litchfield and Wilcoxon 1949, steps F and G).

    Parameters
    ----------
    first, second : LWSummary or QuantalEstimate
        Two lines in one dose unit.

    Raises
    ------
    DataError
        If two results have doses in different units.
    OptionError
        If a summary holds a factor below 1 or an ED50 of 0 or less.

    Examples
    --------
    >>> tagathen = LWSummary("Tagathen", 0.18, 1.72, 2.2, 1.6)
    >>> pyribenzamine = LWSummary("Pyribenzamine", 0.60, 1.60, 2.34, 1.57)
    >>> print(potency_ratio_lw(tagathen, pyribenzamine).potency_ratio)
    potency ratio 3.333 [1.626, 6.832] (95 % Litchfield-Wilcoxon)
    """
    if isinstance(first, QuantalEstimate) and isinstance(second, QuantalEstimate):
        check_unit([first.data, second.data])
    one = first if isinstance(first, LWSummary) else LWSummary.of(first, "first")
    two = second if isinstance(second, LWSummary) else LWSummary.of(second, "second")
    log_sr = _difference(two.s, one.s)
    log_f_sr = _combined(one.f_s, two.f_s)
    if (untested := _kept_out(first, second)) is not None:
        log_sr = log_f_sr = untested
    log_pr = _difference(two.ed50, one.ed50)
    log_f_pr = _combined(one.f_ed50, two.f_ed50)
    if not isinstance(log_sr, Missing):
        log_sr = abs(log_sr)
    value = _antilog(log_pr)
    return PotencyRatioLW(
        one,
        two,
        _antilog(log_sr),
        _antilog(log_f_sr),
        _below(log_sr, log_f_sr),
        Estimate("potency ratio", value, _limits(log_pr, log_f_pr), method=KIND),
        _antilog(log_f_pr),
        _below(log_f_pr, abs(log_pr) if not isinstance(log_pr, Missing) else log_pr),
    )


def _kept_out(*lines: LWInput) -> Missing | None:
    """Return why a slope is not compared, if a design was sequential."""
    for line in lines:
        if isinstance(line, QuantalEstimate) and line.data.design == "sequential":
            name = f"{line.data.curve}: " if line.data.curve else ""
            return Missing(f"{name}{SEQUENTIAL_SLOPE}")
    return None


def _difference(top: float | Missing, bottom: float | Missing) -> float | Missing:
    if isinstance(top, Missing):
        return top
    return bottom if isinstance(bottom, Missing) else math.log10(top / bottom)


def _combined(one: float | Missing, two: float | Missing) -> float | Missing:
    if isinstance(one, Missing):
        return one
    if isinstance(two, Missing):
        return two
    return math.hypot(math.log10(one), math.log10(two))


def _antilog(power: float | Missing) -> float | Missing:
    if isinstance(power, Missing):
        return power
    value = antilog(power)
    return Missing("The ratio is beyond any number.") if value is None else value


def _below(left: float | Missing, right: float | Missing) -> bool | Missing:
    if isinstance(left, Missing):
        return left
    return right if isinstance(right, Missing) else left < right


def _limits(log_ratio: float | Missing, log_f: float | Missing) -> Limits:
    if isinstance(log_ratio, Missing):
        return no_limits(KIND, LEVEL, log_ratio.reason)
    if isinstance(log_f, Missing):
        return no_limits(KIND, LEVEL, log_f.reason)
    return log_limits(KIND, LEVEL, log_ratio, log_f)


def _yes(verdict: bool | Missing) -> str:
    return "—" if isinstance(verdict, Missing) else "yes" if verdict else "no"


def _reason(result: PotencyRatioLW) -> str:
    for part in (result.significant, result.parallel):
        if isinstance(part, Missing):
            return part.reason
    return ""
