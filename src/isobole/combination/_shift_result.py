"""The result of a type II analysis: potency of a drug over fixed doses of another."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from isobole.combination._tipping import OwnArm, TippingDose
from isobole.combination._trend import ShiftTrend
from isobole.combination._verdict import Direction, direction_of
from isobole.combination._weight import AdditivityWeight
from isobole.doseresponse import CurveComparison
from isobole.doseresponse._compare import LikelihoodRatio
from isobole.results import (
    Block,
    DoseUnit,
    Estimate,
    Missing,
    Problem,
    Result,
    check_choice,
    format_number,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

LN10: Final = math.log(10)

ShiftSlopes = Literal["common", "separate"]
ShiftInterval = Literal["likelihood", "log-delta"]


@dataclass(frozen=True, slots=True)
class ShiftIndex:
    """Gamma, the ED50 with over the ED50 without, under one reading of the slopes.

    `index` has limits of the kind asked for, `other` of the other kind; `p` is the
    likelihood-ratio test of equal ED50s, `p_delta` the Wald test on the log.
    """

    slopes: ShiftSlopes
    index: Estimate
    other: Estimate
    test: LikelihoodRatio
    p_delta: float | Missing
    tipping: Estimate
    weight: AdditivityWeight

    @property
    def p(self) -> float | Missing:
        """The p-value that goes with the limits of `index`."""
        return self.p_delta if self.index.interval == "log-delta" else self.test.p

    @property
    def direction(self) -> Direction:
        """On which side of 1 the limits of `index` lie."""
        return direction_of(self.index.limits)

    @property
    def dose_reduction(self) -> float | Missing:
        """The dose reduction index, 1 / gamma."""
        value = self.index.value
        return value if isinstance(value, Missing) else 1 / value

    @property
    def shift(self) -> float | Missing:
        """The part of the dose that is saved, 1 - gamma."""
        value = self.index.value
        return value if isinstance(value, Missing) else 1 - value

    def by(self, interval: ShiftInterval) -> Estimate:
        """Return gamma with limits of one kind."""
        check_choice("interval", interval, ("likelihood", "log-delta"))
        return self.index if self.index.interval == interval else self.other


@dataclass(frozen=True, slots=True)
class FixedDoseShift:
    """The shift over one fixed dose, under common and under separate slopes."""

    fixed: float
    name: str
    observed: Estimate
    parallelism: LikelihoodRatio
    indices: tuple[ShiftIndex, ...]
    doses: tuple[TippingDose, ...]

    def under(self, slopes: ShiftSlopes) -> ShiftIndex:
        """Return the index under one reading of the slopes."""
        check_choice("slopes", slopes, tuple(i.slopes for i in self.indices))
        return next(i for i in self.indices if i.slopes == slopes)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PotencyShift(Result):
    """A drug's ED50 with and without fixed doses of another; by `potency_shift`.

    `own` is what groups given the other drug alone support; `trend` the test over
    several fixed doses; `comparison` the joint fits behind it all.
    """

    active: str
    other: str
    unit: DoseUnit | None
    endpoint: str
    level: float
    interval: ShiftInterval
    alone: Estimate
    shifts: tuple[FixedDoseShift, ...]
    parallelism: LikelihoodRatio
    trend: ShiftTrend | Missing
    own: OwnArm | Missing
    caveats: tuple[str, ...]
    messages: tuple[str, ...]
    options: dict[str, Any]
    comparison: CurveComparison = field(repr=False)
    problems: tuple[Problem, ...]

    @property
    def null_model(self) -> str:
        """The null model the index is held against."""
        return f"{self.other} inactive alone: horizontal additive isobole, index 1"

    def shift(self, fixed: float | None = None) -> FixedDoseShift:
        """Return the shift over one fixed dose; the highest by default."""
        found = {shift.fixed: shift for shift in self.shifts}
        chosen = max(found) if fixed is None else float(fixed)
        listed = tuple(format_number(dose) for dose in found)
        check_choice("fixed", format_number(chosen), listed)
        return found[chosen]

    def __repr__(self) -> str:
        said = [
            f"{shift.name}: {index_words(index)}"
            for shift in self.shifts
            for index in shift.indices
        ]
        return f"PotencyShift({'; '.join(said)})"

    def to_dict(self) -> dict[str, Any]:
        """Return the body of ``isobole/synergy/1`` for a type II design."""
        own, trend = self.own, self.trend
        absent = [x.reason for x in (own, trend) if isinstance(x, Missing)]
        return {
            "design": "type-ii",
            "active": self.active,
            "fixed": self.other,
            "single": [self.comparison.fits[-1].to_dict()],
            "mixtures": [fit.to_dict() for fit in self.comparison.fits[:-1]],
            "interactions": [
                self._row(shift, index)
                for shift in self.shifts
                for index in shift.indices
            ],
            "parallelism": self.parallelism.to_dict(),
            "heterogeneity": self.comparison.heterogeneity.to_dict(),
            "trend": None if isinstance(trend, Missing) else trend.to_dict(),
            "own": None if isinstance(own, Missing) else own.to_dict(),
            "reason": " ".join(absent) or None,
            "caveats": list(self.caveats),
            "messages": list(self.messages),
        }

    def _row(self, shift: FixedDoseShift, found: ShiftIndex) -> dict[str, Any]:
        index, tipping = found.index, found.tipping
        reasons = [index.reason]
        reasons += [found.p.reason if isinstance(found.p, Missing) else None]
        if index.log10_se is None:
            reasons.append("no standard error without a finite slope")
        return {
            "mixture": {"ladder": self.active, "fixed": {self.other: shift.fixed}},
            "effect": 50.0,
            "slopes": found.slopes,
            "observed": _dose(shift.observed),
            "additive": {**_dose(self.alone), "rule": self.null_model},
            "index": {
                "estimate": value_or_none(index.value),
                "low": index.low,
                "high": index.high,
                "se_log": None if index.log10_se is None else LN10 * index.log10_se,
                "level": index.level,
                "p": value_or_none(found.p),
                "interval": index.interval,
                "reason": " ".join(dict.fromkeys(r for r in reasons if r)) or None,
            },
            "index_intervals": [
                {
                    **e.to_dict(),
                    "p": value_or_none(p),
                    "reason": e.reason
                    or (p.reason if isinstance(p, Missing) else None),
                }
                for e, p in (
                    (found.by("likelihood"), found.test.p),
                    (found.by("log-delta"), found.p_delta),
                )
            ],
            "dose_reduction_index": value_or_none(found.dose_reduction),
            "shift": value_or_none(found.shift),
            "tipping_ed50": {
                "estimate": value_or_none(tipping.value),
                "low": tipping.low,
                "high": tipping.high,
                "reason": tipping.reason,
            },
            "own_arm": found.weight.to_dict(),
            "doses_that_would_tell": [dose.to_dict() for dose in shift.doses],
            "parallelism": shift.parallelism.to_dict(),
            "null_model": self.null_model,
            "verdict": found.direction,
            "flags": [],
            "caveats": list(self.caveats),
            "message": f"{shift.name}: {index_words(found)}. {found.weight.sentence}",
            "reason": index.reason,
        }

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the isobologram with the horizontal additive and the tipping line."""
        from isobole.combination._figures import draw_type_two

        return draw_type_two(self, ax=ax)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: shifts, tipping ED50, own groups, methods."""
        from isobole.combination._shift_blocks import shift_blocks

        return shift_blocks(self)


def _dose(estimate: Estimate) -> dict[str, Any]:
    return {
        "dose": value_or_none(estimate.value),
        "low": estimate.low,
        "high": estimate.high,
        "interval": estimate.interval,
        "reason": estimate.reason,
    }


def index_words(found: ShiftIndex) -> str:
    """Say an index with its limits, p and direction."""
    index, p = found.index, found.p
    value = "—" if isinstance(index.value, Missing) else format_number(index.value)
    tested = ""
    if not isinstance(p, Missing):
        shown = format_p(p)
        tested = f", p {shown if shown.startswith('<') else f'= {shown}'}"
    return (
        f"index {value} {index.limits} (ED50 with / ED50 alone, {found.slopes} "
        f"slope{'s' if found.slopes == 'separate' else ''}, "
        f"{format_number(100 * index.level)} % {index.interval}{tested}), "
        f"{found.direction}"
    )
