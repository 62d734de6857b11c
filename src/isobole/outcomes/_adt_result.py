"""What `afterdischarge_threshold` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._own_control_result import estimates_table, table_of_tests
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Methods,
    Missing,
    Note,
    Result,
    Table,
    format_number,
    value_or_none,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure


@dataclass(frozen=True, slots=True)
class ThresholdSummary:
    """Thresholds of one day or group: currents, and the geometric SD as a factor."""

    name: str
    animals: int
    median: float | Missing
    geometric_mean: float
    geometric_sd: float | Missing
    lowest: float
    highest: float
    at_cap: int


@dataclass(frozen=True, slots=True)
class ThresholdChange:
    """A ratio of thresholds with its t test and its exact rank test."""

    name: str
    base: str
    ratio: Estimate
    tests: tuple[HypothesisTest, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AfterdischargeThreshold(Result):
    """Afterdischarge thresholds, summarised and compared on the log scale.

    Parameters
    ----------
    design : {"paired", "parallel", "one"}
    unit : str
        Of the currents.
    cap : float or None
        The highest current given.
    summaries : tuple of ThresholdSummary
    changes : tuple of ThresholdChange
    incomplete : tuple of str
        Rows (from 1) without a threshold.
    level : float
    seed : int
    name : str
        Which threshold, in the field's words.
    """

    design: Literal["paired", "parallel", "one"]
    unit: str
    cap: float | None
    summaries: tuple[ThresholdSummary, ...]
    changes: tuple[ThresholdChange, ...]
    incomplete: tuple[str, ...]
    level: float
    seed: int
    name: str = "afterdischarge threshold"

    @property
    def title(self) -> str:
        """The threshold's name with a capital."""
        return self.name[0].upper() + self.name[1:]

    def summary_table(self) -> Table:
        """Return thresholds by day or group."""
        rows: list[tuple[Cell, ...]] = [
            (
                s.name,
                s.animals,
                s.median,
                s.geometric_mean,
                s.geometric_sd,
                s.lowest,
                s.highest,
            )
            for s in self.summaries
        ]
        u = self.unit
        return Table(
            self.title,
            (
                "",
                "animals",
                f"median ({u})",
                f"geometric mean ({u})",
                "geometric SD (factor)",
                f"lowest ({u})",
                f"highest ({u})",
            ),
            tuple(rows),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return thresholds as report blocks."""
        made: list[Block] = [
            Heading(self.title, 3),
        ]
        if self.incomplete:
            made.append(
                Note(
                    f"Rows without a threshold are left out: "
                    f"{', '.join(self.incomplete)}.",
                    "warning",
                )
            )
        from isobole.outcomes._adt_figures import threshold_figure

        made.append(threshold_figure(self))
        capped = sum(s.at_cap for s in self.summaries)
        if capped and self.cap is not None:
            made.append(
                Note(
                    f"{capped} thresholds are at the cap of {format_number(self.cap)} "
                    f"{self.unit} and only known to be at least that: geometric means "
                    "are too low and the ratios and their limits are not to be "
                    "trusted; the rank tests treat them as ties.",
                    "warning",
                )
            )
        if self.changes:
            made.append(estimates_table(tuple(c.ratio for c in self.changes), "Ratios"))
            made.append(table_of_tests(tuple(t for c in self.changes for t in c.tests)))
        made.append(self.methods())
        return tuple(made)

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        if self.design == "one":
            return Methods(
                f"{self.title}s are summarised by the median and by the geometric "
                "mean with the geometric standard deviation."
            )
        how = (
            "paired t test of the log thresholds with the exact signed-rank test"
            if self.design == "paired"
            else "t test of the log thresholds (pooled variance) with the exact "
            "rank-sum test"
        )
        return Methods(
            f"{self.title}s were compared as ratios of geometric means by the {how} "
            "beside it."
        )

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw geometric means with every day's or group's range on a log axis."""
        from isobole.outcomes._adt_figures import draw_thresholds

        return draw_thresholds(self, ax)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; a null has a reason beside it."""
        return {
            "threshold": self.name,
            "design": self.design,
            "unit": self.unit,
            "cap": self.cap,
            "level": self.level,
            "seed": self.seed,
            "incomplete": list(self.incomplete),
            "summaries": [
                {
                    "name": s.name,
                    "animals": s.animals,
                    "median": value_or_none(s.median),
                    "geometric_mean": s.geometric_mean,
                    "geometric_sd": value_or_none(s.geometric_sd),
                    "lowest": s.lowest,
                    "highest": s.highest,
                    "at_cap": s.at_cap,
                    "reason": " ".join(
                        v.reason
                        for v in (s.median, s.geometric_sd)
                        if isinstance(v, Missing)
                    )
                    or None,
                }
                for s in self.summaries
            ],
            "changes": [
                {
                    "name": c.name,
                    "base": c.base,
                    "ratio": c.ratio.to_dict(),
                    "tests": [t.to_dict() for t in c.tests],
                }
                for c in self.changes
            ],
        }

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per day or group."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["summaries"])

    def __repr__(self) -> str:
        if not self.changes:
            s = self.summaries[0]
            return (
                f"AfterdischargeThreshold({s.animals} animals, geometric mean "
                f"{format_number(s.geometric_mean)} {self.unit})"
            )
        return (
            f"AfterdischargeThreshold({'; '.join(str(c.ratio) for c in self.changes)})"
        )
