"""Every kind of interval of one effect side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.results import Block, Estimate, Missing, Result, Table


@dataclass(frozen=True, slots=True, repr=False)
class IntervalTable(Result):
    """Several kinds of interval for the same effect, side by side."""

    estimates: tuple[Estimate, ...]
    percent: float

    def table(self) -> Table:
        """Return the comparison as a table."""
        return Table(
            f"ED{self.percent:g} by kind of interval",
            ("interval", "dose", "low", "high", "set"),
            tuple(
                (
                    e.interval,
                    e.value,
                    Missing(e.limits.reason or "not bounded")
                    if e.low is None
                    else e.low,
                    Missing(e.limits.reason or "not bounded")
                    if e.high is None
                    else e.high,
                    e.set_kind or "none",
                )
                for e in self.estimates
            ),
            (
                "Likelihood: over rising curves only. Fieller: slopes of either sign. "
                "Likelihood limits cover a little less than they promise in small "
                "designs (92 to 94 % at 95 %); outcome_distribution() measures them "
                "for yours.",
            ),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the comparison as report blocks."""
        return (self.table(),)

    def to_dict(self) -> dict[str, Any]:
        """Return the estimates as JSON fields."""
        return {
            "percent": self.percent,
            "estimates": [estimate.to_dict() for estimate in self.estimates],
        }

    def __getitem__(self, kind: str) -> Estimate:
        return next(e for e in self.estimates if e.interval == kind)

    def __repr__(self) -> str:
        kinds = "; ".join(f"{e.interval} {e.limits}" for e in self.estimates)
        return f"IntervalTable(ED{self.percent:g}: {kinds})"
