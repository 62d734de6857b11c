"""The record of what a design can give; told by `_outcome_blocks`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse import _outcome_blocks as told
from isobole.doseresponse._coverage import IntervalCoverage
from isobole.doseresponse._design import Curve, design_words
from isobole.doseresponse._links import Link
from isobole.doseresponse._many import ArrayInterval
from isobole.doseresponse._status import STATUSES, Status
from isobole.results import (
    Block,
    DoseUnit,
    Limits,
    Missing,
    Result,
    check_choice,
    format_number,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OutcomeDistribution(Result):
    """The sampling distribution of an ED estimate and of its intervals.

    Shares are of all experiments, 0 to 1 (`to_dict` gives percents).

    Parameters
    ----------
    doses, n : tuple
        The design, doses rising.
    curve : Curve
        The curve assumed to be true.
    link : str
        The curve fitted to every table.
    percent, level, information, unit
        As asked for.
    true_log10 : float
        Log10 of the true ED.
    possible_tables : int
        How many tables the design can give.
    samples, seed : int or None
        Tables drawn and the seed; None where all of them were summed.
    no_finite_slope : float
        Share of tables without a finite maximum-likelihood slope.
    no_estimate : float
        Share without an estimate: no finite slope, or one that does not rise.
    outside : float
        Share with an estimate outside the tested doses.
    statuses : tuple of (status, share)
        In the order in which a fit reports them; only those that can occur.
    quantiles : tuple of (share, log10 ED)
        Of the estimates, among tables with one; empty if there are none.
    within : tuple of (fold, share)
        Estimates within a factor of the truth; no estimate counts as outside.
    coverage : tuple of IntervalCoverage
    bootstrap_interval : Limits
        Percentile limits of the estimate over every table at this curve; tables
        without one widen it.
    """

    doses: tuple[float, ...]
    n: tuple[int, ...]
    curve: Curve
    link: Link
    percent: float
    level: float
    information: str
    unit: DoseUnit | None
    true_log10: float
    possible_tables: int
    samples: int | None
    seed: int | None
    no_finite_slope: float
    no_estimate: float
    outside: float
    statuses: tuple[tuple[Status, float], ...]
    quantiles: tuple[tuple[float, float], ...]
    within: tuple[tuple[float, float], ...]
    coverage: tuple[IntervalCoverage, ...]
    bootstrap_interval: Limits
    histogram: tuple[FloatArray, FloatArray] = field(repr=False)

    @property
    def sampled(self) -> bool:
        """Whether tables were drawn instead of all summed."""
        return self.samples is not None

    @property
    def design(self) -> str:
        """The design in words: doses, animals, true ED50 and slope."""
        return design_words(
            np.array(self.doses), np.array(self.n), self.curve, self.unit
        )

    @property
    def true_dose(self) -> float:
        """The true ED in the unit of the doses."""
        return float(10**self.true_log10)

    def status(self, name: Status) -> float:
        """Return the share of experiments with this status (0 if it cannot occur)."""
        check_choice("status", name, STATUSES)
        return dict(self.statuses).get(name, 0.0)

    def interval(self, kind: ArrayInterval) -> IntervalCoverage:
        """Return the coverage of one kind of interval."""
        check_choice("interval", kind, [c.interval for c in self.coverage])
        return next(c for c in self.coverage if c.interval == kind)

    def standard_error(self, share: float) -> float | Missing:
        """Return the Monte Carlo standard error of a share; Missing if none."""
        if self.samples is None:
            return Missing("every possible table was summed: no sampling error")
        return float(np.sqrt(share * (1 - share) / self.samples))

    @property
    def computed(self) -> str:
        """One sentence on how the shares were computed."""
        if self.samples is None:
            return (
                f"Summed over all {self.possible_tables:,} tables this design can "
                "give: no sampling error."
            )
        worst = format_number(50 / np.sqrt(self.samples), 2)
        return (
            f"Sampled: the design can give {self.possible_tables:,} tables, so "
            f"{self.samples:,} were drawn with seed {self.seed}; the Monte Carlo "
            f"standard error of a share is at most {worst} percentage points."
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the distribution as report blocks."""
        return told.outcome_blocks(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares as percents, null with a reason."""
        return told.outcome_dict(self)

    def plot(self) -> MatplotlibFigure:
        """Draw the distribution of the ED estimate."""
        return told.draw_outcomes(self)

    def __repr__(self) -> str:
        likely = format_number(100 * (1 - self.no_estimate), 3)
        cover = "; ".join(
            f"{c.interval} covers {format_number(100 * c.unconditional, 3)} %"
            for c in self.coverage
        )
        return f"OutcomeDistribution({self.design}: {likely} % give an ED; {cover})"
