"""The recommendation of the next doses as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from isobole.planning._prior import DosePrior
from isobole.planning._sequential_checks import Direction
from isobole.planning._sequential_words import SLOPE_NOTE
from isobole.results import (
    Block,
    DoseUnit,
    Estimate,
    Heading,
    Methods,
    Note,
    Result,
    Table,
    Text,
    format_number,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

SequentialDesign = Literal["bayes", "up-and-down"]
DESIGNS: Final[tuple[SequentialDesign, ...]] = ("bayes", "up-and-down")

REFERENCES: Final[dict[SequentialDesign, str]] = {
    "bayes": "Lindley DV (1956) On a measure of the information provided by an "
    "experiment. Ann Math Stat 27:986-1005.",
    "up-and-down": "Gezmu M, Flournoy N (2006) Group up-and-down designs for "
    "dose-finding. J Stat Plan Inference 136:1749-1764.",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DoseRecommendation(Result):
    """The ED50 so far, the doses of the next batch, and whether to go on.

    Parameters
    ----------
    design : {"bayes", "up-and-down"}
        The rule that chose the doses.
    prior : DosePrior
    direction : {"rises", "falls"}
        Whether the share affected rises or falls with dose.
    batch : int
        Animals of the next run.
    step_log10 : float or None
        Step of the up-and-down rule.
    doses, affected : tuple
        The records, animal by animal.
    ed50 : Estimate
        Posterior median and credible interval; `log10_se` is the posterior SD.
    prior_weight : float
        Share of the posterior precision that is the prior's, 0 to 1 (posterior over
        prior variance of log10 ED50).
    slope : Estimate
        Posterior of the slope in probits per tenfold dose: see `slope_note`.
    next_doses : tuple of (dose, animals)
    information_bits : float
        Expected information of the next batch on log10 ED50.
    fold, expected_fold, target_fold : float
        Upper over lower credible limit: now, expected after the batch, asked for.
    stop : bool
        Whether the stopping rule says so; `advice` says why.
    messages : tuple of str
    density : tuple of (dose, density of log10 ED50)
    """

    design: SequentialDesign
    prior: DosePrior
    direction: Direction
    batch: int
    step_log10: float | None
    doses: tuple[float, ...]
    affected: tuple[int, ...]
    ed50: Estimate
    prior_weight: float
    slope: Estimate
    next_doses: tuple[tuple[float, int], ...]
    information_bits: float
    fold: float
    expected_fold: float
    target_fold: float
    stop: bool
    advice: str
    messages: tuple[str, ...]
    density: tuple[tuple[float, float], ...]
    unit: DoseUnit | None
    endpoint: str

    @property
    def n_animals(self) -> int:
        """Animals so far."""
        return len(self.doses)

    @property
    def slope_note(self) -> str:
        """Why the slope is not to be used."""
        return SLOPE_NOTE

    @property
    def groups(self) -> tuple[tuple[float, int, int], ...]:
        """Dose, animals and affected so far, by rising dose."""
        pairs = list(zip(self.doses, self.affected, strict=True))
        return tuple(
            (dose, self.doses.count(dose), sum(y for d, y in pairs if d == dose))
            for dose in sorted(set(self.doses))
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the recommendation as report blocks."""
        from isobole.planning._sequential_figures import recommendation_figure

        level = format_number(100 * self.ed50.level)
        weight = format_number(100 * self.prior_weight, 2)
        blocks: list[Block] = [
            Heading("Next doses"),
            Text(self.advice),
            self.next_table(),
            Text(
                f"{self.ed50}. Animals so far: {self.n_animals}. The interval is a "
                f"{level} % credible interval: it holds the ED50 with that probability "
                "if the prior is right. The prior has "
                f"{weight} % of the weight ({self.prior_words()})."
            ),
            *(Note(message, "warning") for message in self.messages),
            Note(f"{self.slope}. {self.slope_note}"),
        ]
        if self.doses:
            blocks.append(self.record_table())
        blocks.append(recommendation_figure(self))
        blocks.append(self.methods())
        return tuple(blocks)

    def prior_words(self) -> str:
        """Say the prior with its unit."""
        low, high = (format_number(end) for end in self.prior.range95())
        unit = f" {self.unit}" if self.unit else ""
        return (
            f"ED50 {format_number(self.prior.ed50)}{unit}, 95 % of the prior in {low} "
            f"to {high}; slope {format_number(self.prior.slope_low)} to "
            f"{format_number(self.prior.slope_high)} probits per tenfold dose"
        )

    def next_table(self) -> Table:
        """Return the doses of the next batch."""
        unit = f" ({self.unit})" if self.unit else ""
        bits = format_number(self.information_bits, 2)
        rule = (
            "maximum expected information on log10 ED50, greedy within the batch"
            if self.design == "bayes"
            else f"up-and-down, step {format_number(self.step_log10 or 0)} log10"
        )
        return Table(
            f"The next {self.batch} animal{'s' * (self.batch > 1)}",
            (f"dose{unit}", "animals"),
            self.next_doses,
            (f"{rule[:1].upper()}{rule[1:]}: {bits} bits are expected of them.",),
        )

    def record_table(self) -> Table:
        """Return the records so far by dose."""
        unit = f" ({self.unit})" if self.unit else ""
        return Table(
            f"The {self.n_animals} animal{'s' * (self.n_animals > 1)} so far",
            (f"dose{unit}", "animals", self.endpoint),
            self.groups,
        )

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        rule = (
            f"Doses were chosen in batches of {self.batch} by maximum expected "
            "information: each animal at the dose whose outcome has the greatest "
            "mutual information with log10 ED50, the slope averaged out, given the "
            "outcomes of the animals already in the batch"
            if self.design == "bayes"
            else f"Doses moved by {format_number(self.step_log10 or 0)} log10, down "
            f"where more than half of a group of {self.batch} were affected and up "
            "where fewer were"
        )
        return Methods(
            f"{rule}. The ED50 is the posterior median of a probit curve on log10 dose "
            "computed on a grid, with an equal-tailed credible interval. Prior: log10 "
            f"ED50 normal about {format_number(self.prior.ed50)}"
            f"{f' {self.unit}' if self.unit else ''} with SD "
            f"{format_number(self.prior.ed50_sd_log10)}, log slope uniform from "
            f"{format_number(self.prior.slope_low)} to "
            f"{format_number(self.prior.slope_high)} probits per tenfold dose. The "
            "slope was not used.",
            (REFERENCES[self.design],),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types."""
        return {
            "design": self.design,
            "direction": self.direction,
            "batch": self.batch,
            "step_log10": self.step_log10,
            "prior": self.prior.to_dict(),
            "prior_weight": self.prior_weight,
            "animals": self.n_animals,
            "records": [{"dose": d, "n": n, "affected": r} for d, n, r in self.groups],
            "ed50": self.ed50.to_dict(),
            "slope": self.slope.to_dict(),
            "slope_note": self.slope_note,
            "next": [{"dose": d, "n": n} for d, n in self.next_doses],
            "information_bits": self.information_bits,
            "fold": self.fold,
            "expected_fold": self.expected_fold,
            "target_fold": self.target_fold,
            "stop": self.stop,
            "advice": self.advice,
            "messages": list(self.messages),
            "endpoint": self.endpoint,
            "reason": "step_log10 belongs to the up-and-down design."
            if self.step_log10 is None
            else None,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return the next doses as a data frame."""
        import pandas as pd

        return pd.DataFrame(list(self.next_doses), columns=["dose", "n"])

    def plot(self, ax: Axes | None = None) -> MatplotlibFigure:
        """Draw the posterior of the ED50 with the records and the next doses."""
        from isobole.planning._sequential_figures import draw_recommendation

        return draw_recommendation(self, ax=ax)

    def __repr__(self) -> str:
        doses = ", ".join(f"{n} at {format_number(d)}" for d, n in self.next_doses)
        unit = f" {self.unit}" if self.unit else ""
        return (
            f"DoseRecommendation({'stop' if self.stop else 'next'}: {doses}{unit}; "
            f"{self.ed50} from {self.n_animals} animals)"
        )
