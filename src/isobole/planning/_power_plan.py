"""What every plan of a group size holds, and how it is said and encoded."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._approximations import Approximation
from isobole.planning._power_figures import draw_power, power_figure
from isobole.planning._power_search import PowerPoint, Smallest, to_rows, treated_size
from isobole.planning._power_tables import approximation_table, power_table
from isobole.planning._power_words import message
from isobole.results import (
    Block,
    Heading,
    Methods,
    Missing,
    Note,
    OptionError,
    Result,
    Table,
    Text,
    format_number,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure


@dataclass(frozen=True, slots=True)
class PowerSeries:
    """Power of one test by size, in rising order of size."""

    test: str
    label: str
    points: tuple[PowerPoint, ...]

    def at(self, n: int) -> PowerPoint | None:
        """Return the point at a size, if it was examined."""
        return next((point for point in self.points if point.n == n), None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PowerPlan(Result):
    """Power by group size, and the smallest size whose power holds.

    Parameters
    ----------
    series : tuple of PowerSeries
        The test planned for first, then others beside it.
    smallest : Smallest
        Of the first test.
    planned : PowerPoint or None
        At the size asked about.
    target, alpha : float
        Power wanted; two-sided error of the whole study.
    comparisons : int
        Treated groups against one control.
    ratio : float
        Treated animals per control.
    approximations : tuple of Approximation
    samples, seed : int or None
        Simulated studies, and where they start; None where nothing was simulated.
    """

    TITLE: ClassVar[str]
    NAME: ClassVar[str]

    series: tuple[PowerSeries, ...]
    smallest: Smallest
    planned: PowerPoint | None
    target: float
    alpha: float
    comparisons: int
    ratio: float
    approximations: tuple[Approximation, ...]
    samples: int | None
    seed: int | None

    @abstractmethod
    def expected_words(self) -> str:
        """Say what is expected of control and treated animals."""

    @abstractmethod
    def assumptions(self) -> str:
        """Say what the numbers rest on."""

    @abstractmethod
    def method_words(self) -> str:
        """Say how power was found, for the Methods paragraph."""

    @abstractmethod
    def references(self) -> tuple[str, ...]:
        """Return what the Methods paragraph cites."""

    @abstractmethod
    def expected_dict(self) -> dict[str, Any]:
        """Return what is expected, as it stands in JSON."""

    @property
    def differs(self) -> bool:
        """Whether there is a difference to be found at all."""
        return True

    @property
    def paired(self) -> bool:
        """Whether each animal is its own control."""
        return self.series[0].points[0].n_treated is None

    @property
    def each(self) -> float:
        """The two-sided error of one comparison: Holm's first step."""
        return self.alpha / self.comparisons

    @property
    def size_words(self) -> str:
        """What the size counts."""
        if self.paired:
            return "animals, each its own control"
        return "animals per group" if self.ratio == 1 else "control animals"

    def sized(self, n: int) -> str:
        """Say a size in words, with all animals of the study."""
        if self.paired:
            return f"{n} animals"
        m = treated_size(n, self.ratio)
        total = n + self.comparisons * m
        if m == n:
            return f"{n} animals per group ({total} in all)"
        each = " in each treated group" if self.comparisons > 1 else " treated ones"
        return f"{n} control animals and {m}{each} ({total} in all)"

    @property
    def message(self) -> str:
        """The answer in sentences."""
        return message(self)

    def blocks(self) -> tuple[Block, ...]:
        """Return the plan as report blocks."""
        blocks: list[Block] = [
            Heading(self.TITLE),
            Note(self.message, "notice" if self.differs else "warning"),
            power_figure(self),
        ]
        if self.approximations:
            blocks.append(self.approximation_table())
        blocks += [Text(f"Assumed: {self.assumptions()}"), self.methods()]
        return tuple(blocks)

    def plot(self, ax: Axes | None = None) -> MatplotlibFigure:
        """Draw the power curve."""
        return draw_power(self, ax=ax)

    def test_at(self, test: str, n: int) -> PowerPoint:
        """Return the power of a test at a size that was examined.

        Raises
        ------
        OptionError
            If the test or the size is not among those examined.
        """
        for series in self.series:
            if series.test == test:
                point = series.at(n)
                if point is not None:
                    return point
                sizes = ", ".join(str(p.n) for p in series.points)
                raise OptionError(f"n = {n} was not examined; there are {sizes}")
        listed = ", ".join(f"'{series.test}'" for series in self.series)
        raise OptionError(f"there is no test '{test}'; there are {listed}")

    def power_table(self) -> Table:
        """Return power by size."""
        return power_table(self)

    def approximation_table(self) -> Table:
        """Return what large-sample formulas ask for."""
        return approximation_table(self)

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        holds = self.smallest.holds
        sized = "" if isinstance(holds, Missing) else f" {self.sized(holds)} were found"
        several = (
            f" for each of {self.comparisons} comparisons with one control (Holm's "
            "first step)"
            if self.comparisons > 1
            else ""
        )
        return Methods(
            f"The group size was planned for {self.expected_words()}, with "
            f"{percent_text(self.target)} power by {self.series[0].label}, two-sided "
            f"at {format_number(100 * self.each, 3)} %{several}. {self.method_words()} "
            "The size was the smallest whose power holds for all larger ones examined "
            f"(up to {self.smallest.checked_to}){':' if sized else ''}{sized}.",
            self.references(),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON body: powers in percent, null with a reason."""
        found = self.smallest
        gone = found.holds if isinstance(found.holds, Missing) else None
        holds = None if isinstance(found.holds, Missing) else found.holds
        m = None if holds is None or self.paired else treated_size(holds, self.ratio)
        planned = None
        if self.planned is not None:
            planned = to_rows([self.planned], self.comparisons)[0]
        return {
            "expected": self.expected_dict(),
            "test": self.series[0].test,
            "target_power": 100 * self.target,
            "alpha": self.alpha,
            "comparisons": self.comparisons,
            "alpha_each": self.each,
            "ratio": self.ratio,
            "paired": self.paired,
            "smallest": {
                "n_first": None if isinstance(found.first, Missing) else found.first,
                "n": holds,
                "n_treated": m,
                "n_treated_reason": "each animal is its own control"
                if self.paired
                else None,
                "animals": None
                if holds is None
                else holds + self.comparisons * (m or 0),
                "checked_to": found.checked_to,
                "checked_every": found.every,
                "reason": None if gone is None else gone.reason,
            },
            "planned": planned,
            "planned_reason": None if planned else "no n was given to be judged",
            "power": [
                {
                    "test": series.test,
                    "label": series.label,
                    "points": to_rows(series.points, self.comparisons),
                }
                for series in self.series
            ],
            "approximations": [one.to_dict() for one in self.approximations],
            "samples": self.samples,
            "assumptions": self.assumptions(),
            "message": self.message,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return power by size and test as a data frame: power in percent."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"test": series.test, **row}
                for series in self.series
                for row in to_rows(series.points, self.comparisons)
            ]
        )

    def __repr__(self) -> str:
        holds = self.smallest.holds
        said = (
            "no size examined is enough"
            if isinstance(holds, Missing)
            else f"{self.sized(holds)} for {percent_text(self.target)} power"
        )
        return f"{self.NAME}({self.expected_words()}: {said} by {self.series[0].label})"
