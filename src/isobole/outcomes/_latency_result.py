"""Groups compared by latency: what `compare_latency` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from isobole.outcomes._competing_result import CumulativeIncidence
from isobole.outcomes._cox_result import CoxComparison
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kaplan_meier_limits import CurveInterval, MedianRule
from isobole.outcomes._kaplan_meier_result import KaplanMeier
from isobole.outcomes._latency_words import time_limits
from isobole.outcomes._rmst import RestrictedMean
from isobole.results import (
    Block,
    Estimate,
    Problem,
    Result,
    check_choice,
    value_or_none,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

DeathRule = Literal["competing", "failure", "exclusion", "censoring"]


@dataclass(frozen=True, slots=True)
class LatencyGroup:
    """One group: its counts, its curve, its mean event-free time.

    Parameters
    ----------
    n : int
        Animals analysed.
    events, deaths, censored_early : int
        With the event; dead without it; censored before the window.
    dose : float or None
        As given for the trend.
    curve : KaplanMeier
        Of the event; with deaths competing, of the event or death, whichever is first.
    incidence : CumulativeIncidence or None
        Where deaths compete.
    mean : RestrictedMean
        The area under `curve` to the window.
    """

    name: str
    n: int
    events: int
    deaths: int
    censored_early: int
    dose: float | None
    curve: KaplanMeier
    incidence: CumulativeIncidence | None
    mean: RestrictedMean

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        return {
            "name": self.name,
            "n": self.n,
            "events": self.events,
            "deaths": self.deaths,
            "censored_early": self.censored_early,
            "dose": self.dose,
            "curve": self.curve.to_dict(),
            "incidence": None if self.incidence is None else self.incidence.to_dict(),
            "mean": self.mean.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class LatencyPair:
    """A group against the control.

    Parameters
    ----------
    log_rank, permutation : HypothesisTest
        Chi-square, and exact or drawn (None where all groups are large).
    difference : Estimate
        Of the mean event-free time, group minus control.
    difference_test : HypothesisTest
    """

    group: str
    control: str
    log_rank: HypothesisTest
    permutation: HypothesisTest | None
    difference: Estimate
    difference_test: HypothesisTest

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        exact = self.permutation
        return {
            "group": self.group,
            "control": self.control,
            "log_rank": self.log_rank.to_dict(),
            "permutation": None if exact is None else exact.to_dict(),
            "difference": self.difference.to_dict(),
            "difference_test": self.difference_test.to_dict(),
        }


@dataclass(frozen=True, slots=True, repr=False)
class LatencyComparison(Result):
    """Groups compared by the time to an event within one window.

    Parameters
    ----------
    groups : tuple of LatencyGroup
        The control first, if there is one.
    overall : tuple of HypothesisTest
        k-group log-rank by chi-square and, for small groups, by permutation.
    pairs : tuple of LatencyPair
    trend : tuple of HypothesisTest
        Over dose; empty without doses.
    incidence : tuple of HypothesisTest
        Of equal cumulative incidence where deaths compete.
    sensitivity : tuple of HypothesisTest
        The k-group log-rank under the other readings of death.
    cox : CoxComparison or None
        None without a control.
    excluded : int
        Animals left out because they died, under ``death="exclusion"``.
    """

    event: str
    unit: str
    window: float
    control: str | None
    death: DeathRule
    interval: CurveInterval
    median_rule: MedianRule
    level: float
    strata: int
    seed: int
    draws: int
    groups: tuple[LatencyGroup, ...]
    excluded: int
    overall: tuple[HypothesisTest, ...]
    pairs: tuple[LatencyPair, ...]
    trend: tuple[HypothesisTest, ...]
    incidence: tuple[HypothesisTest, ...]
    sensitivity: tuple[HypothesisTest, ...]
    cox: CoxComparison | None
    problems: tuple[Problem, ...]

    @property
    def competing(self) -> bool:
        """Whether deaths compete with the event in these data."""
        return any(group.incidence is not None for group in self.groups)

    def group(self, name: str) -> LatencyGroup:
        """Return one group by its name."""
        check_choice("name", name, tuple(group.name for group in self.groups))
        return next(group for group in self.groups if group.name == name)

    def pair(self, group: str) -> LatencyPair:
        """Return the comparison of one group with the control."""
        check_choice("group", group, tuple(pair.group for pair in self.pairs))
        return next(pair for pair in self.pairs if pair.group == group)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: groups, curves, tests, hazard ratios, methods."""
        from isobole.outcomes._latency_report import comparison_blocks

        return comparison_blocks(self)

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw Kaplan-Meier curves, or cumulative incidence where deaths compete."""
        from isobole.outcomes._latency_figures import draw_curves, draw_incidence

        options: dict[str, Any] = {"window": self.window, "event": self.event, "ax": ax}
        if self.competing:
            shown = [g.incidence for g in self.groups if g.incidence is not None]
            return draw_incidence(shown, **options)
        return draw_curves([g.curve for g in self.groups], **options)

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per group."""
        import pandas as pd

        rows = []
        for group in self.groups:
            median, mean = group.curve.median, group.mean
            rows.append(
                {
                    "group": group.name,
                    "dose": group.dose,
                    "n": group.n,
                    "events": group.events,
                    "deaths": group.deaths,
                    "median": value_or_none(median.value),
                    "median_low": median.low,
                    "median_high": median.high,
                    "mean_event_free": value_or_none(mean.estimate.value),
                    "mean_low": mean.estimate.low,
                    "mean_high": mean.estimate.high,
                    "standard_error": value_or_none(mean.standard_error),
                }
            )
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        return {
            "event": self.event,
            "unit": self.unit,
            "window": self.window,
            "control": self.control,
            "death": self.death,
            "interval": self.interval,
            "median_rule": self.median_rule,
            "level": self.level,
            "strata": self.strata,
            "seed": self.seed,
            "draws": self.draws,
            "excluded": self.excluded,
            "groups": [group.to_dict() for group in self.groups],
            "overall": [test.to_dict() for test in self.overall],
            "pairs": [pair.to_dict() for pair in self.pairs],
            "trend": [test.to_dict() for test in self.trend],
            "incidence": [test.to_dict() for test in self.incidence],
            "sensitivity": [test.to_dict() for test in self.sensitivity],
            "cox": None if self.cox is None else self.cox.to_dict(),
            "problems": [problem.to_dict() for problem in self.problems],
        }

    def __repr__(self) -> str:
        means = "; ".join(
            f"{g.name} {time_limits(g.mean.estimate, self.unit)}" for g in self.groups
        )
        return (
            f"LatencyComparison(mean event-free time within {self.window:g} "
            f"{self.unit}: {means}; {self.overall[0]})"
        )
