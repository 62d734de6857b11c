"""Groups compared by the share of animals protected: what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.results import (
    Block,
    Estimate,
    Missing,
    Problem,
    Result,
    check_choice,
    equals_p,
    value_or_none,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as MatplotlibFigure


@dataclass(frozen=True, slots=True)
class ProtectionGroup:
    """One group: animals with the endpoint, and its share with two kinds of limits."""

    name: str
    protected: int
    n: int
    dose: float | None
    wilson: Estimate
    clopper_pearson: Estimate

    @property
    def share(self) -> float:
        """Animals with the endpoint over animals, 0 to 1."""
        return self.protected / self.n

    def to_dict(self) -> dict[str, Any]:
        """Return the group as it stands in JSON."""
        return {
            "group": self.name,
            "protected": self.protected,
            "n": self.n,
            "dose": self.dose,
            "share": self.share,
            "wilson": self.wilson.to_dict(),
            "clopper_pearson": self.clopper_pearson.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class ProtectionContrast:
    """A group against the control: two exact tests, difference and odds ratio."""

    group: str
    control: str
    fisher: HypothesisTest
    boschloo: HypothesisTest
    difference: Estimate
    odds_ratio: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as it stands in JSON."""
        return {
            "group": self.group,
            "control": self.control,
            "fisher": self.fisher.to_dict(),
            "boschloo": self.boschloo.to_dict(),
            "difference": self.difference.to_dict(),
            "odds_ratio": self.odds_ratio.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class ProtectionTrend:
    """Cochran-Armitage trend over dose: asymptotic, exact two-sided and one-sided."""

    groups: tuple[str, ...]
    scores: tuple[float, ...]
    scoring: str
    asymptotic: HypothesisTest
    exact: HypothesisTest
    rising: HypothesisTest

    def to_dict(self) -> dict[str, Any]:
        """Return the trend as it stands in JSON."""
        return {
            "groups": list(self.groups),
            "scores": list(self.scores),
            "scoring": self.scoring,
            "asymptotic": self.asymptotic.to_dict(),
            "exact": self.exact.to_dict(),
            "rising": self.rising.to_dict(),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ProtectionComparison(Result):
    """Groups compared by the share protected; made by `compare_protection`."""

    endpoint: str
    control: str | None
    level: float
    adjust: str
    groups: tuple[ProtectionGroup, ...]
    contrasts: tuple[ProtectionContrast, ...]
    overall: HypothesisTest
    trend: ProtectionTrend | Missing
    problems: tuple[Problem, ...]

    def contrast(self, group: str) -> ProtectionContrast:
        """Return the comparison of one group with the control."""
        check_choice("group", group, tuple(c.group for c in self.contrasts))
        return next(c for c in self.contrasts if c.group == group)

    def group(self, name: str) -> ProtectionGroup:
        """Return one group's counts and limits."""
        check_choice("group", name, tuple(g.name for g in self.groups))
        return next(g for g in self.groups if g.name == name)

    def __repr__(self) -> str:
        counts = ", ".join(f"{g.name} {g.protected}/{g.n}" for g in self.groups)
        p = self.overall.p
        tested = (
            "no overall p" if isinstance(p, Missing) else f"overall p {equals_p(p)}"
        )
        return f"ProtectionComparison({self.endpoint}: {counts}; {tested})"

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as it stands in JSON."""
        trend = self.trend
        return {
            "endpoint": self.endpoint,
            "control": self.control,
            "level": self.level,
            "adjust": self.adjust,
            "groups": [g.to_dict() for g in self.groups],
            "contrasts": [c.to_dict() for c in self.contrasts],
            "overall": self.overall.to_dict(),
            "trend": None if isinstance(trend, Missing) else trend.to_dict(),
            "reason": trend.reason if isinstance(trend, Missing) else None,
            "problems": [p.to_dict() for p in self.problems],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group: counts, limits, and its comparison with control."""
        import pandas as pd

        rows = []
        for group in self.groups:
            row: dict[str, Any] = {
                "group": group.name,
                "dose": group.dose,
                "protected": group.protected,
                "n": group.n,
                "share": group.share,
                "wilson_low": group.wilson.low,
                "wilson_high": group.wilson.high,
            }
            against = [c for c in self.contrasts if c.group == group.name]
            for found in against:
                row |= {
                    "difference": value_or_none(found.difference.value),
                    "difference_low": found.difference.low,
                    "difference_high": found.difference.high,
                    "odds_ratio": value_or_none(found.odds_ratio.value),
                    "odds_ratio_low": found.odds_ratio.low,
                    "odds_ratio_high": found.odds_ratio.high,
                    "fisher_p": value_or_none(found.fisher.p),
                    "fisher_p_adjusted": _given(found.fisher.p_adjusted),
                    "boschloo_p": value_or_none(found.boschloo.p),
                    "boschloo_p_adjusted": _given(found.boschloo.p_adjusted),
                }
            rows.append(row)
        return pd.DataFrame(rows)

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the share of each group with its Wilson limits."""
        from isobole.outcomes._protection_figures import draw_protection

        return draw_protection(self, ax=ax)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: shares, comparisons, overall test, trend."""
        from isobole.outcomes._protection_blocks import protection_blocks

        return protection_blocks(self)


def _given(p: float | Missing | None) -> float | None:
    return None if p is None else value_or_none(p)
