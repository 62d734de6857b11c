"""A Kaplan-Meier curve as a result: steps, limits, numbers at risk, median."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from isobole.outcomes._kaplan_meier_limits import (
    MEDIAN_WORDS,
    CurveInterval,
    MedianRule,
)
from isobole.outcomes._latency_words import time_limits, time_text
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Methods,
    Missing,
    Result,
    Table,
    Text,
    format_number,
    value_or_none,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

KAPLAN_MEIER = (
    "Kaplan EL, Meier P (1958) Nonparametric estimation from incomplete observations. "
    "J Am Stat Assoc 53:457-481."
)
BROOKMEYER = (
    "Brookmeyer R, Crowley J (1982) A confidence interval for the median survival "
    "time. Biometrics 38:29-41."
)


@dataclass(frozen=True, slots=True, repr=False)
class KaplanMeier(Result):
    """The share of animals without the event, after each event time.

    Parameters
    ----------
    times, at_risk, event_counts, survival, standard_errors, low, high : tuple
        One entry per event time. Where the curve reaches 0 there is no standard error.
    censored : tuple of float
        Times at which animals left observation without the event.
    observed : tuple of float
        Every animal's time in order, from which numbers at risk are counted.
    interval, level, median_rule
        How the limits and the median were made.
    median : Estimate
        In `unit`.
    """

    name: str
    unit: str
    n: int
    events: int
    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    event_counts: tuple[int, ...]
    survival: tuple[float, ...]
    standard_errors: tuple[float | Missing, ...]
    low: tuple[float | Missing, ...]
    high: tuple[float | Missing, ...]
    censored: tuple[float, ...]
    observed: tuple[float, ...]
    interval: CurveInterval
    level: float
    median_rule: MedianRule
    median: Estimate

    def survival_at(self, time: float) -> float:
        """Return the share without the event just after `time` (0 to 1)."""
        index = int(np.searchsorted(self.times, time, "right"))
        return 1.0 if index == 0 else self.survival[index - 1]

    def at_risk_at(self, time: float) -> int:
        """Return how many animals are still under observation just before `time`."""
        return self.n - int(np.searchsorted(self.observed, time, "left"))

    def table(self) -> Table:
        """Return the curve, one row per event time."""
        limits = f"{format_number(100 * self.level)} % limits ({self.interval})"
        rows: list[tuple[Cell, ...]] = [
            (
                time_text(time),
                at_risk,
                count,
                f"{share:.3f}",
                low if isinstance(low, Missing) else f"{low:.3f}",
                high if isinstance(high, Missing) else f"{high:.3f}",
            )
            for time, at_risk, count, share, low, high in zip(
                self.times, self.at_risk, self.event_counts, self.survival,
                self.low, self.high, strict=True,
            )
        ]  # fmt: skip
        return Table(
            f"{self.name}: share without the event (Kaplan-Meier)",
            (
                f"time ({self.unit})",
                "at risk",
                "events",
                "share without",
                f"low, {limits}",
                "high",
            ),
            tuple(rows),
        )

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per event time."""
        import pandas as pd

        return pd.DataFrame(self._rows())

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the curve with its limits, censored animals and numbers at risk."""
        from isobole.outcomes._latency_figures import draw_curves

        return draw_curves([self], ax=ax)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: median, curve, methods."""
        from isobole.outcomes._latency_figures import curves_figure

        median = self.median
        text = f"Median latency {time_limits(median, self.unit)}."
        return (
            Heading(f"{self.name}: time to the event"),
            Text(f"{self.events} of {self.n} animals had the event. {text}"),
            curves_figure([self]),
            self.table(),
            Methods(
                "The share of animals without the event was estimated by Kaplan and "
                f"Meier with Greenwood's variance and pointwise "
                f"{format_number(100 * self.level)} % limits symmetric on the "
                f"{self.interval} scale. The median is "
                f"{MEDIAN_WORDS[self.median_rule]}, where it does; its limits are "
                "those of Brookmeyer and Crowley.",
                (KAPLAN_MEIER, BROOKMEYER),
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        return {
            "name": self.name,
            "unit": self.unit,
            "n": self.n,
            "events": self.events,
            "interval": self.interval,
            "level": self.level,
            "median_rule": self.median_rule,
            "median": self.median.to_dict(),
            "steps": self._rows(),
            "censored": list(self.censored),
        }

    def _rows(self) -> list[dict[str, Any]]:
        rows = []
        for i, time in enumerate(self.times):
            se = self.standard_errors[i]
            rows.append(
                {
                    "time": time,
                    "at_risk": self.at_risk[i],
                    "events": self.event_counts[i],
                    "survival": self.survival[i],
                    "standard_error": value_or_none(se),
                    "low": value_or_none(self.low[i]),
                    "high": value_or_none(self.high[i]),
                    "reason": se.reason if isinstance(se, Missing) else None,
                }
            )
        return rows

    def __repr__(self) -> str:
        return (
            f"KaplanMeier({self.name}: {self.events} of {self.n} with the event, "
            f"median {time_limits(self.median, self.unit)})"
        )
