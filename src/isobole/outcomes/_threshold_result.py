"""Thresholds compared with a control: what `compare_thresholds` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from isobole._version import __version__
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.results import (
    Block,
    Cell,
    DoseUnit,
    Estimate,
    Heading,
    Limits,
    Methods,
    Missing,
    Note,
    Problem,
    Result,
    Table,
    Text,
    check_choice,
    format_number,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

DUNNETT = (
    "Dunnett CW (1955) A multiple comparison procedure for comparing several "
    "treatments with a control. J Am Stat Assoc 50:1096-1121."
)
WELCH = (
    "Welch BL (1947) The generalization of Student's problem when several different "
    "population variances are involved. Biometrika 34:28-35."
)
BROWN = (
    "Brown MB, Forsythe AB (1974) Robust tests for the equality of variances. "
    "J Am Stat Assoc 69:364-367."
)


@dataclass(frozen=True, slots=True)
class ThresholdGroup:
    """One group: its thresholds and their geometric mean; `log_sd` is of natural logs.

    The limits of the mean rest on the group's own variance.
    """

    name: str
    n: int
    values: tuple[float, ...]
    geometric_mean: Estimate
    log_sd: float | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        sd = self.log_sd
        return {
            "name": self.name,
            "n": self.n,
            "values": list(self.values),
            "geometric_mean": self.geometric_mean.to_dict(),
            "log_sd": value_or_none(sd),
            "reason": sd.reason if isinstance(sd, Missing) else None,
        }


@dataclass(frozen=True, slots=True)
class ThresholdRatio:
    """The geometric mean of a group over that of the control.

    Parameters
    ----------
    ratio : Estimate
        With the pooled variance; limits simultaneous under Dunnett.
    standard_error : float or Missing
        Of the natural log of the ratio.
    test : HypothesisTest
    welch, welch_test
        The same without a common variance; limits unadjusted, p after Holm.
    """

    group: str
    control: str
    ratio: Estimate
    standard_error: float | Missing
    test: HypothesisTest
    welch: Estimate
    welch_test: HypothesisTest

    @property
    def percent_increase(self) -> Estimate:
        """100 (ratio - 1), with the limits of the ratio."""
        value, limits = self.ratio.value, self.ratio.limits
        low = None if limits.low is None else 100 * (limits.low - 1)
        high = None if limits.high is None else 100 * (limits.high - 1)
        return Estimate(
            f"threshold increase (%), {self.group} against {self.control}",
            value if isinstance(value, Missing) else 100 * (value - 1),
            Limits(
                limits.kind, limits.level, limits.set_kind, low, high,
                reason=limits.reason,
            ),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        se = self.standard_error
        return {
            "group": self.group,
            "control": self.control,
            "ratio": self.ratio.to_dict(),
            "percent_increase": self.percent_increase.to_dict(),
            "log_standard_error": value_or_none(se),
            "reason": se.reason if isinstance(se, Missing) else None,
            "test": self.test.to_dict(),
            "welch": self.welch.to_dict(),
            "welch_test": self.welch_test.to_dict(),
        }


@dataclass(frozen=True, slots=True, repr=False)
class ThresholdComparison(Result):
    """Thresholds of groups compared with the control on the log scale.

    Parameters
    ----------
    log_sd : float
        Common standard deviation of natural logs, with `df` degrees of freedom.
    groups : tuple of ThresholdGroup
        The control first.
    ratios : tuple of ThresholdRatio
    variances : HypothesisTest
        Of equal variances; it is reported and chooses nothing.
    """

    unit: DoseUnit
    control: str
    level: float
    adjust: Literal["dunnett", "none"]
    df: int
    log_sd: float
    groups: tuple[ThresholdGroup, ...]
    ratios: tuple[ThresholdRatio, ...]
    variances: HypothesisTest
    problems: tuple[Problem, ...]

    def group(self, name: str) -> ThresholdGroup:
        """Return one group by its name."""
        check_choice("name", name, tuple(group.name for group in self.groups))
        return next(group for group in self.groups if group.name == name)

    def ratio(self, group: str) -> ThresholdRatio:
        """Return the ratio of one group to the control."""
        check_choice("group", group, tuple(found.group for found in self.ratios))
        return next(found for found in self.ratios if found.group == group)

    def group_table(self) -> Table:
        """Return geometric means by group."""
        level = format_number(100 * self.level)
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                group.name,
                group.n,
                group.geometric_mean,
                group.log_sd
                if isinstance(group.log_sd, Missing)
                else format_number(group.log_sd / 2.302585092994046, 3),
            )
            for group in self.groups
        )
        return Table(
            "Thresholds by group",
            (
                "group",
                "n",
                f"geometric mean ({self.unit}) [{level} % t limits]",
                "SD (log10)",
            ),
            rows,
            (f"{self.variances}.",),
        )

    def ratio_table(self) -> Table:
        """Return every group against the control."""
        level = format_number(100 * self.level)
        kind = "simultaneous" if self.adjust == "dunnett" else "unadjusted"
        rows: list[tuple[Cell, ...]] = []
        for found in self.ratios:
            test, welch = found.test, found.welch_test
            adjusted = test.p if test.p_adjusted is None else test.p_adjusted
            holm = welch.p if welch.p_adjusted is None else welch.p_adjusted
            rows.append(
                (
                    found.group,
                    found.ratio,
                    found.percent_increase,
                    adjusted if isinstance(adjusted, Missing) else format_p(adjusted),
                    found.welch,
                    holm if isinstance(holm, Missing) else format_p(holm),
                )
            )
        return Table(
            f"Thresholds against {self.control}",
            (
                "group",
                f"ratio [{level} % {kind} limits]",
                f"increase (%) [{level} %]",
                "p, Dunnett" if self.adjust == "dunnett" else "p, t",
                f"Welch ratio [{level} % unadjusted]",
                "p, Welch, Holm" if len(self.ratios) > 1 else "p, Welch",
            ),
            tuple(rows),
        )

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per group but the control."""
        import pandas as pd

        return pd.DataFrame(
            {
                "group": found.group,
                "control": found.control,
                **found.ratio.to_dict(),
                "p": value_or_none(found.test.p),
                "p_adjusted": None
                if found.test.p_adjusted is None
                else value_or_none(found.test.p_adjusted),
            }
            for found in self.ratios
        )

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw every animal's threshold and the geometric means with their limits."""
        from isobole.outcomes._threshold_figures import draw_thresholds

        return draw_thresholds(self, ax=ax)

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: ratios, groups, figure, methods."""
        from isobole.outcomes._threshold_figures import threshold_figure

        notes = [Note(str(problem), "warning") for problem in self.problems]
        said = [Text(_sentence(found, self.level)) for found in self.ratios]
        return (
            Heading("Seizure thresholds"),
            *said,
            *notes,
            threshold_figure(self),
            self.ratio_table(),
            self.methods(),
        )

    def methods(self) -> Methods:
        """Return a Methods paragraph ready for a paper."""
        level = format_number(100 * self.level)
        how = (
            "Dunnett's test and simultaneous limits (multivariate t by quadrature)"
            if self.adjust == "dunnett"
            else "unadjusted t tests and limits"
        )
        return Methods(
            f"Thresholds ({self.unit}) were compared on the log scale: ratios of "
            f"geometric means against {self.control} with a common variance "
            f"({self.df} df), {how}, {level} %. Welch's comparison without a common "
            "variance is given beside; equal variances were judged by Brown and "
            f"Forsythe's test, which chose no method. Computed with isobole "
            f"{__version__}.",
            (*((DUNNETT,) if self.adjust == "dunnett" else ()), WELCH, BROWN),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        return {
            "unit": str(self.unit),
            "control": self.control,
            "level": self.level,
            "adjust": self.adjust,
            "df": self.df,
            "log_sd": self.log_sd,
            "groups": [group.to_dict() for group in self.groups],
            "ratios": [found.to_dict() for found in self.ratios],
            "variances": self.variances.to_dict(),
            "problems": [problem.to_dict() for problem in self.problems],
        }

    def __repr__(self) -> str:
        shown = "; ".join(str(found.ratio) for found in self.ratios)
        return f"ThresholdComparison({shown})"


def _sentence(found: ThresholdRatio, level: float) -> str:
    increase = found.percent_increase
    value = increase.value
    if isinstance(value, Missing):
        return f"{found.group}: no ratio; {value.reason}."
    way = "higher" if value >= 0 else "lower"
    why = f": {increase.reason}" if increase.reason else ""
    return (
        f"The threshold of {found.group} is {format_number(abs(value), 3)} % {way} "
        f"than that of {found.control} (change in % {increase.limits}, "
        f"{format_number(100 * level)} % {increase.interval}{why})."
    )
