"""What is believed of an ED50 and a slope before the first animal."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import Any

from isobole.results import Problem, ProblemList, format_number


@dataclass(frozen=True, slots=True)
class DosePrior:
    """A guess of the ED50 and of the slope, each with how far it may be off.

    log10 ED50 is normal about the log10 of the guess. The slope is anywhere between
    two values, evenly on the log scale. The defaults are wide on purpose: with them
    the credible intervals of a sequential study cover where the guess is off by
    twofold and the slope anywhere from 3 to 12 (docs/sequential.md).

    Parameters
    ----------
    ed50 : float
        The ED50 you expect, in the unit of the doses: the median of the prior.
    ed50_sd_log10 : float
        Standard deviation of log10 ED50: with 0.35 two guesses of three are off by
        less than 2.2-fold.
    slope_low, slope_high : float
        Bounds of the slope, in probits per tenfold dose; ED84 / ED16 is
        10^(2 / slope).

    Raises
    ------
    DataError
        With everything that is not a prior.

    Examples
    --------
    >>> print(DosePrior(100))
    ED50 100 (95 % prior 20.61 to 485.3), slope 1.5 to 16 probits per tenfold dose
    """

    ed50: float
    ed50_sd_log10: float = 0.35
    slope_low: float = 1.5
    slope_high: float = 16.0

    def __post_init__(self) -> None:
        found = ProblemList()
        if not _positive(self.ed50):
            found.add(
                Problem(
                    "ed50-not-positive",
                    f"the guess of the ED50 is {self.ed50}",
                    given=str(self.ed50),
                    expected="a finite dose above 0",
                    remedy="Give it in the unit of the doses",
                )
            )
        if not (_positive(self.ed50_sd_log10) and 0.02 <= self.ed50_sd_log10 <= 1.5):
            found.add(
                Problem(
                    "prior-sd",
                    f"the log10 SD of the guess is {self.ed50_sd_log10}",
                    given=str(self.ed50_sd_log10),
                    expected="a number from 0.02 to 1.5",
                    remedy="0.35 allows for a guess off by twofold; 0.5 for threefold",
                )
            )
        low, high = self.slope_low, self.slope_high
        if not (_positive(low) and _positive(high) and 0.5 <= low < high <= 60):
            found.add(
                Problem(
                    "prior-slope",
                    f"the slope lies between {low} and {high}",
                    given=f"{low} to {high}",
                    expected="two probits per tenfold dose from 0.5 to 60, the lower "
                    "first",
                    remedy="Slope = 2 / log10(ED84 / ED16); seizure tests run from "
                    "about 3 to 12",
                )
            )
        found.raise_errors()

    @property
    def centre(self) -> float:
        """The log10 of the guess."""
        return math.log10(self.ed50)

    @property
    def slope(self) -> float:
        """The middle of the slopes: their geometric mean."""
        return math.sqrt(self.slope_low * self.slope_high)

    def range95(self) -> tuple[float, float]:
        """Return the doses that hold the ED50 with a prior probability of 95 %."""
        half = 1.959963984540054 * self.ed50_sd_log10
        return 10 ** (self.centre - half), 10 ** (self.centre + half)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types."""
        low, high = self.range95()
        return {
            "ed50": self.ed50,
            "ed50_sd_log10": self.ed50_sd_log10,
            "ed50_low": low,
            "ed50_high": high,
            "slope_low": self.slope_low,
            "slope_high": self.slope_high,
        }

    def __str__(self) -> str:
        low, high = self.range95()
        return (
            f"ED50 {format_number(self.ed50)} (95 % prior {format_number(low)} to "
            f"{format_number(high)}), slope {format_number(self.slope_low)} to "
            f"{format_number(self.slope_high)} probits per tenfold dose"
        )


def _positive(value: Any) -> bool:
    """Return whether this is a number above 0 that a dose or slope can be."""
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return number and 1e-100 <= float(value) <= 1e100
