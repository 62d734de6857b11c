"""A cumulative incidence curve as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from isobole.outcomes._kaplan_meier_limits import CurveInterval
from isobole.outcomes._latency_words import time_text
from isobole.results import (
    Block,
    Cell,
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

AALEN_JOHANSEN = (
    "Aalen OO, Johansen S (1978) An empirical transition matrix for non-homogeneous "
    "Markov chains based on censored observations. Scand J Stat 5:141-150."
)
GRAY = (
    "Gray RJ (1988) A class of K-sample tests for comparing the cumulative incidence "
    "of a competing risk. Ann Stat 16:1141-1154."
)
FINE_GRAY = (
    "Fine JP, Gray RJ (1999) A proportional hazards model for the subdistribution of a "
    "competing risk. J Am Stat Assoc 94:496-509."
)


@dataclass(frozen=True, slots=True, repr=False)
class CumulativeIncidence(Result):
    """The share of animals that have had the event, and that have died without it.

    Parameters
    ----------
    times, at_risk, event_counts, death_counts, incidence, death_incidence : tuple
        One entry per time of an event or a death.
    standard_errors, low, high : tuple
        Of `incidence`; missing while it is 0, and where it is 1.
    censored, observed : tuple of float
        Times of censoring; every animal's time, both in order.
    """

    name: str
    unit: str
    n: int
    events: int
    deaths: int
    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    event_counts: tuple[int, ...]
    death_counts: tuple[int, ...]
    incidence: tuple[float, ...]
    death_incidence: tuple[float, ...]
    standard_errors: tuple[float | Missing, ...]
    low: tuple[float | Missing, ...]
    high: tuple[float | Missing, ...]
    censored: tuple[float, ...]
    observed: tuple[float, ...]
    interval: CurveInterval
    level: float

    def incidence_at(self, time: float) -> float:
        """Return the share that has had the event by `time` (0 to 1)."""
        return self._at(self.incidence, time)

    def deaths_at(self, time: float) -> float:
        """Return the share that has died without the event by `time` (0 to 1)."""
        return self._at(self.death_incidence, time)

    def at_risk_at(self, time: float) -> int:
        """Return how many animals are under observation, without event, at `time`."""
        return self.n - int(np.searchsorted(self.observed, time, "left"))

    def _at(self, shares: tuple[float, ...], time: float) -> float:
        index = int(np.searchsorted(self.times, time, "right"))
        return 0.0 if index == 0 else shares[index - 1]

    def table(self) -> Table:
        """Return the curve, one row per time of an event or a death."""
        limits = f"{format_number(100 * self.level)} % limits ({self.interval})"
        rows: list[tuple[Cell, ...]] = [
            (
                time_text(row["time"]),
                row["at_risk"],
                row["events"],
                row["deaths"],
                f"{row['incidence']:.3f}",
                low if isinstance(low, Missing) else f"{low:.3f}",
                high if isinstance(high, Missing) else f"{high:.3f}",
                f"{row['death_incidence']:.3f}",
            )
            for row, low, high in zip(self._rows(), self.low, self.high, strict=True)
        ]
        return Table(
            f"{self.name}: cumulative incidence (Aalen-Johansen)",
            (
                f"time ({self.unit})",
                "at risk",
                "events",
                "deaths",
                "share with event",
                f"low, {limits}",
                "high",
                "share dead without",
            ),
            tuple(rows),
        )

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per time of an event or a death."""
        import pandas as pd

        return pd.DataFrame(self._rows())

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the incidence of the event and, thinner, of death without it."""
        from isobole.outcomes._latency_figures import draw_incidence

        return draw_incidence([self], ax=ax)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: counts, curve, methods."""
        from isobole.outcomes._latency_figures import incidence_figure

        return (
            Heading(f"{self.name}: cumulative incidence"),
            Text(
                f"{self.events} of {self.n} animals had the event and {self.deaths} "
                "died without it."
            ),
            incidence_figure([self]),
            self.table(),
            Methods(
                "Cumulative incidence with death as a competing event was estimated by "
                "Aalen and Johansen, with a Greenwood-type variance and pointwise "
                f"{format_number(100 * self.level)} % limits symmetric on the "
                f"{self.interval} scale of the share without the event.",
                (AALEN_JOHANSEN,),
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        return {
            "name": self.name,
            "unit": self.unit,
            "n": self.n,
            "events": self.events,
            "deaths": self.deaths,
            "interval": self.interval,
            "level": self.level,
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
                    "deaths": self.death_counts[i],
                    "incidence": self.incidence[i],
                    "death_incidence": self.death_incidence[i],
                    "standard_error": value_or_none(se),
                    "low": value_or_none(self.low[i]),
                    "high": value_or_none(self.high[i]),
                    "reason": se.reason if isinstance(se, Missing) else None,
                }
            )
        return rows

    def __repr__(self) -> str:
        last = self.incidence[-1] if self.incidence else 0.0
        return (
            f"CumulativeIncidence({self.name}: {self.events} of {self.n} with the "
            f"event, {self.deaths} dead without it, final share {last:.3f})"
        )
