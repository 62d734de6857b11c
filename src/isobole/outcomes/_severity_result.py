"""Groups compared by ordered severity scores: what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._ordinal_fit import OrdinalFit
from isobole.results import (
    Block,
    Estimate,
    Missing,
    Result,
    check_choice,
    equals_p,
    value_or_none,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as MatplotlibFigure


@dataclass(frozen=True, slots=True)
class SeverityGroup:
    """One group: animals at each level of the scale, and the median level.

    `median` is one code, or two where the middle animals of an even number differ:
    levels are not halved.
    """

    name: str
    counts: tuple[int, ...]
    median: str

    @property
    def n(self) -> int:
        """Animals scored."""
        return sum(self.counts)

    def to_dict(self) -> dict[str, Any]:
        """Return the group as it stands in JSON."""
        return {
            "group": self.name,
            "n": self.n,
            "counts": list(self.counts),
            "median": self.median,
        }


@dataclass(frozen=True, slots=True)
class SeverityContrast:
    """A group against the control: exact Mann-Whitney and three effect sizes.

    `probability_lower` is the chance that an animal of the group scores lower than one
    of the control, ties counting one half; `odds_ratio` that of a higher score.
    """

    group: str
    control: str
    mann_whitney: HypothesisTest
    probability_lower: Estimate
    cliffs_delta: Estimate
    odds_ratio: Estimate | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as it stands in JSON."""
        ratio = self.odds_ratio
        missing = isinstance(ratio, Missing)
        return {
            "group": self.group,
            "control": self.control,
            "mann_whitney": self.mann_whitney.to_dict(),
            "probability_lower": self.probability_lower.to_dict(),
            "cliffs_delta": self.cliffs_delta.to_dict(),
            "odds_ratio": None if isinstance(ratio, Missing) else ratio.to_dict(),
            "reason": ratio.reason if missing else None,
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SeverityComparison(Result):
    """Groups compared by ordered scores; made by `compare_severity`.

    `dunn` holds each group against the control, or every pair without one. `model` is
    the proportional odds fit with its likelihood ratio and the test of its assumption,
    which is reported and decides nothing.
    """

    scale: str
    levels: tuple[str, ...]
    control: str | None
    level: float
    groups: tuple[SeverityGroup, ...]
    kruskal: HypothesisTest
    permutation: HypothesisTest
    dunn: tuple[HypothesisTest, ...]
    contrasts: tuple[SeverityContrast, ...]
    model: OrdinalFit | Missing
    seed: int

    def contrast(self, group: str) -> SeverityContrast:
        """Return the comparison of one group with the control."""
        check_choice("group", group, tuple(c.group for c in self.contrasts))
        return next(c for c in self.contrasts if c.group == group)

    def group(self, name: str) -> SeverityGroup:
        """Return one group's counts and median."""
        check_choice("group", name, tuple(g.name for g in self.groups))
        return next(g for g in self.groups if g.name == name)

    def __repr__(self) -> str:
        medians = ", ".join(f"{g.name} {g.median} (n = {g.n})" for g in self.groups)
        p = self.permutation.p
        tested = (
            "no overall p"
            if isinstance(p, Missing)
            else f"Kruskal-Wallis permutation p {equals_p(p)}"
        )
        return f"SeverityComparison(median levels: {medians}; {tested})"

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as it stands in JSON."""
        model = self.model
        return {
            "scale": self.scale or None,
            "levels": list(self.levels),
            "control": self.control,
            "level": self.level,
            "groups": [g.to_dict() for g in self.groups],
            "kruskal": self.kruskal.to_dict(),
            "permutation": self.permutation.to_dict(),
            "dunn": [t.to_dict() for t in self.dunn],
            "contrasts": [c.to_dict() for c in self.contrasts],
            "model": None if isinstance(model, Missing) else model.to_dict(),
            "reason": model.reason if isinstance(model, Missing) else None,
            "seed": self.seed,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group: counts, median, comparison with the control."""
        import pandas as pd

        rows = []
        for group in self.groups:
            row: dict[str, Any] = {"group": group.name, "n": group.n}
            row |= {
                f"level {code}": count
                for code, count in zip(self.levels, group.counts, strict=True)
            }
            row["median"] = group.median
            for found in self.contrasts:
                if found.group != group.name:
                    continue
                test, lower = found.mann_whitney, found.probability_lower
                adjusted = test.p_adjusted
                row |= {
                    "mann_whitney_p": value_or_none(test.p),
                    "mann_whitney_p_adjusted": None
                    if adjusted is None
                    else value_or_none(adjusted),
                    "probability_lower": value_or_none(lower.value),
                    "probability_lower_low": lower.low,
                    "probability_lower_high": lower.high,
                    "cliffs_delta": value_or_none(found.cliffs_delta.value),
                    "cliffs_delta_low": found.cliffs_delta.low,
                    "cliffs_delta_high": found.cliffs_delta.high,
                }
            rows.append(row)
        return pd.DataFrame(rows)

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the share of animals at each level, one stacked bar per group."""
        from isobole.outcomes._severity_figures import draw_severity

        return draw_severity(self, ax=ax)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: bars, tests, comparisons, model, methods."""
        from isobole.outcomes._severity_blocks import severity_blocks

        return severity_blocks(self)
