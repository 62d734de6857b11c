"""What `kindling_rate` returns: arms, ratios by tie rule, tests, report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isobole.outcomes._discrete_time_likelihood import EffectEstimate
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.results import (
    Block,
    Cell,
    Heading,
    Methods,
    Missing,
    Note,
    Result,
    Table,
    format_number,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

REFERENCES = (
    "Cox DR (1972) Regression models and life-tables. J R Stat Soc B 34:187-220.",
    "Prentice RL, Gloeckler LA (1978) Regression analysis of grouped survival data "
    "with application to breast cancer data. Biometrics 34:57-67.",
    "Efron B (1977) The efficiency of Cox's likelihood function for censored data. "
    "J Am Stat Assoc 72:557-565.",
    "Holm S (1979) A simple sequentially rejective multiple test procedure. Scand J "
    "Stat 6:65-70.",
)
TIE_WORDS = {
    "exact": "exact conditional (discrete logistic)",
    "cloglog": "complementary log-log, free baseline",
    "efron": "Efron, for comparison",
    "breslow": "Breslow, for comparison",
}


@dataclass(frozen=True, slots=True)
class RateStep:
    """One number of stimulations: at risk before it, reached at it, censored after it.

    `not_kindled` is the Kaplan-Meier share, 0 to 1, still not kindled after it.
    """

    stimulation: int
    at_risk: int
    reached: int
    censored: int
    not_kindled: float


@dataclass(frozen=True, slots=True)
class RateArm:
    """A group: animals, how many reached the rule, the median number of stimulations.

    The median is the least number after which at most half are not kindled.
    """

    group: str
    dose: float | None
    animals: int
    reached: int
    median: float | Missing
    steps: tuple[RateStep, ...]


@dataclass(frozen=True, slots=True)
class RateComparison:
    """A group against the control: the ratio under each tie rule, and the test."""

    group: str
    control: str
    effects: tuple[EffectEstimate, ...]
    test: HypothesisTest

    def effect(self, ties: str = "exact") -> EffectEstimate:
        """Return the ratio under one tie rule."""
        return next(e for e in self.effects if e.ties == ties)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KindlingRate(Result):
    """Stimulations to the fully-kindled rule, by group.

    Parameters
    ----------
    control : str
    arms : tuple of RateArm
        The control first.
    comparisons : tuple of RateComparison
    overall : HypothesisTest or None
        With three groups or more.
    trend : EffectEstimate or None
        Log odds ratio per unit of dose, where doses were given.
    trend_test : HypothesisTest or None
    level : float
    seed : int
    """

    control: str
    arms: tuple[RateArm, ...]
    comparisons: tuple[RateComparison, ...]
    overall: HypothesisTest | None
    trend: EffectEstimate | None
    trend_test: HypothesisTest | None
    level: float
    seed: int

    @property
    def tests(self) -> tuple[HypothesisTest, ...]:
        """Every test made."""
        made = [c.test for c in self.comparisons]
        extra = [t for t in (self.overall, self.trend_test) if t is not None]
        return (*extra, *made)

    def arm_table(self) -> Table:
        """Return animals, kindled and median by group."""
        rows: list[tuple[Cell, ...]] = [
            (arm.group, arm.animals, arm.reached, arm.median) for arm in self.arms
        ]
        return Table(
            "Stimulations to the fully-kindled rule",
            ("group", "animals", "kindled", "median (stimulations)"),
            tuple(rows),
            (
                "Median: the least number of stimulations after which at most half of "
                "the animals are not kindled (Kaplan-Meier).",
            ),
        )

    def ratio_table(self) -> Table:
        """Return ratios against the control under each tie rule."""
        percent = format_number(100 * self.level)
        rows = [
            (f"{c.group} / {c.control}", TIE_WORDS[e.ties], *_ratio_cells(e))
            for c in self.comparisons
            for e in c.effects
        ]
        return Table(
            "How fast kindled: ratio of odds or hazards per stimulation",
            ("groups", "method", "measure", "ratio", f"{percent} % low", "high"),
            tuple(rows),
            (
                "Below 1: kindled later than the control. Limits from the likelihood "
                "ratio. The exact row is the one to quote; Efron and Breslow treat "
                "ties as rounding, which counted stimulations are not.",
            ),
        )

    def test_table(self) -> Table:
        """Return every test."""
        rows: list[tuple[Cell, ...]] = []
        for t in self.tests:
            adjusted: Cell = t.p_adjusted
            p: Cell = t.p if isinstance(t.p, Missing) else format_p(t.p)
            if isinstance(adjusted, float):
                adjusted = format_p(adjusted)
            rows.append((t.question, t.statistic, p, adjusted, t.method))
        return Table(
            "Tests", ("question", "statistic", "p", "p (Holm)", "method"), tuple(rows)
        )

    def step_table(self) -> Table:
        """Return the Kaplan-Meier table by number of stimulations."""
        rows: list[tuple[Cell, ...]] = [
            (
                arm.group,
                s.stimulation,
                s.at_risk,
                s.reached,
                s.censored,
                100 * s.not_kindled,
            )
            for arm in self.arms
            for s in arm.steps
        ]
        return Table(
            "Animals by number of stimulations",
            (
                "group",
                "stimulation",
                "at risk",
                "kindled",
                "censored",
                "not kindled (%)",
            ),
            tuple(rows),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the comparison as report blocks."""
        from isobole.outcomes._kindling_figures import rate_figure

        made: list[Block] = [
            Heading("Rate of kindling", 3),
            self.arm_table(),
            self.test_table(),
            self.ratio_table(),
        ]
        made += [
            Note(f"{c.group} against {c.control}: {e.reason}.")
            for c in self.comparisons
            if (e := c.effect()).reason
        ]
        if self.trend is not None:
            made.append(
                Table(
                    "Trend over dose",
                    ("measure", "per unit of dose", "low", "high"),
                    (
                        (
                            "log odds ratio (exact conditional)",
                            self.trend.estimate,
                            _log_end(self.trend.low, self.trend),
                            _log_end(self.trend.high, self.trend),
                        ),
                    ),
                )
            )
        made += [rate_figure(self), self.methods()]
        return tuple(made)

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        return Methods(
            "Stimulations to the fully-kindled rule were compared with the control by "
            "a two-sided permutation test of log-rank scores over whole animals "
            "(Holm-adjusted where there are several groups); animals that did not "
            "reach the rule were censored at their last session. Odds ratios per "
            "stimulation are from the exact conditional likelihood of the discrete "
            f"logistic model with {format_number(100 * self.level)} % "
            "likelihood-ratio limits; hazard ratios are from the grouped proportional "
            "hazards model.",
            REFERENCES,
        )

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the share not yet kindled by number of stimulations."""
        from isobole.outcomes._kindling_figures import draw_rate

        return draw_rate(self, ax)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; a null has a reason beside it."""
        return {
            "control": self.control,
            "level": self.level,
            "seed": self.seed,
            "groups": [
                {
                    "group": a.group,
                    "dose": a.dose,
                    "animals": a.animals,
                    "reached": a.reached,
                    "median": value_or_none(a.median),
                    "reason": a.median.reason
                    if isinstance(a.median, Missing)
                    else None,
                    "steps": [
                        {name: getattr(s, name) for name in RateStep.__slots__}
                        for s in a.steps
                    ],
                }
                for a in self.arms
            ],
            "comparisons": [
                {
                    "group": c.group,
                    "control": c.control,
                    "effects": [_effect_dict(e) for e in c.effects],
                    "test": c.test.to_dict(),
                }
                for c in self.comparisons
            ],
            "overall": None if self.overall is None else self.overall.to_dict(),
            "trend": None if self.trend is None else _effect_dict(self.trend),
            "trend_test": None
            if self.trend_test is None
            else self.trend_test.to_dict(),
        }

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per group and number of stimulations."""
        import pandas as pd

        return pd.DataFrame(
            {"group": a.group} | {n: getattr(s, n) for n in RateStep.__slots__}
            for a in self.arms
            for s in a.steps
        )

    def __repr__(self) -> str:
        arms = ", ".join(
            f"{a.group} {a.reached}/{a.animals} kindled" for a in self.arms
        )
        return f"KindlingRate({arms})"


def _ratio_cells(e: EffectEstimate) -> tuple[Cell, ...]:
    ratio: Cell = (
        e.estimate if isinstance(e.estimate, Missing) else math.exp(e.estimate)
    )
    ends: list[Cell] = [
        Missing(_open(e)) if end is None else math.exp(end) for end in (e.low, e.high)
    ]
    return (e.measure.removeprefix("log "), ratio, *ends)


def _log_end(end: float | None, e: EffectEstimate) -> Cell:
    return Missing(_open(e)) if end is None else end


def _open(e: EffectEstimate) -> str:
    """Say why an end is open."""
    if e.low is None and e.high is None:
        return e.reason or "not bounded"
    return (
        "not bounded on this side: the likelihood never falls there (one-sided limit)"
    )


def _effect_dict(e: EffectEstimate) -> dict[str, Any]:
    return {
        "ties": e.ties,
        "measure": e.measure,
        "estimate": value_or_none(e.estimate),
        "standard_error": value_or_none(e.standard_error),
        "low": e.low,
        "high": e.high,
        "lr_chi_square": value_or_none(e.lr_chi_square),
        "reason": e.reason,
    }
