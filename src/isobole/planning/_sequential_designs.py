"""The designs and truths that the saving of sequential dosing is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

SLOPES: Final = (3.0, 4.0, 6.0, 8.0, 12.0)
OFFSETS: Final = (0.0, 0.3)
SCATTER: Final = 0.12
Family = Literal["fixed", "up-and-down", "bayes"]


@dataclass(frozen=True, slots=True)
class Design:
    """A way to place animals; log10 distances, `start` relative to the guess.

    For ``"fixed"`` `step` is the distance of 4 doses, and for ``"bayes"`` that of the
    doses allowed; `batch` animals are dosed before an outcome is looked at.
    """

    family: Family
    step: float
    batch: int = 1
    start: float = 0.0

    @property
    def label(self) -> str:
        """The design in words."""
        if self.family == "fixed":
            return f"fixed, 4 doses {self.step:g} apart"
        how = "one at a time" if self.batch == 1 else f"batches of {self.batch}"
        if self.family == "bayes":
            return f"Bayes, {how}"
        off = f", start {self.start:+g}" if self.start else ""
        return f"up-and-down, step {self.step:g}, {how}{off}"


DESIGNS: Final = (
    Design("fixed", 0.15),
    Design("fixed", 0.2),
    Design("fixed", 0.3),
    Design("up-and-down", 0.06),
    Design("up-and-down", 0.1),
    Design("up-and-down", 0.1, 4),
    Design("bayes", 0.06),
    Design("bayes", 0.06, 4),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A truth: slope, and log10 ED50 ~ N(offset, scatter) relative to the guess."""

    slope: float
    offset: float = 0.0
    scatter: float = SCATTER


SCENARIOS: Final = tuple(Scenario(b, off) for off in OFFSETS for b in SLOPES)


@dataclass(frozen=True, slots=True)
class Performance:
    """How one design does in one scenario with so many animals.

    `rmse` and `bias` are of log10 ED50, `rmse_error` is the Monte Carlo standard error
    of the first; `coverage` is a share of replicates, 0 to 1.
    """

    design: Design
    scenario: Scenario
    animals: int
    replicates: int
    rmse: float
    rmse_error: float
    bias: float
    coverage: float
    median_fold: float
