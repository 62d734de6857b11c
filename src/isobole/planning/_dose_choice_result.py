"""Fixed doses chosen over a prior, as a result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._prior import DosePrior
from isobole.results import (
    Block,
    DoseUnit,
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

REFERENCE = (
    "Chaloner K, Verdinelli I (1995) Bayesian experimental design: a review. Stat Sci "
    "10:273-304."
)


@dataclass(frozen=True, slots=True)
class DoseDesign:
    """Fixed doses and what they give over the prior.

    `rmse` is the expected error of log10 ED50 (root of the expected posterior
    variance); `median_fold` and `worst_fold` (the worst tenth begins there) are of
    upper over lower limit; `within_2` and `coverage` are shares of studies, 0 to 1.
    """

    doses: tuple[float, ...]
    n: tuple[int, ...]
    spacing: float
    rmse: float
    median_fold: float
    worst_fold: float
    within_2: float
    coverage: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares as percents."""
        return {
            "doses": list(self.doses),
            "n": list(self.n),
            "spacing": self.spacing,
            "rmse_log10": self.rmse,
            "median_fold": self.median_fold,
            "worst_fold": self.worst_fold,
            "within_2_fold": 100 * self.within_2,
            "coverage": 100 * self.coverage,
        }


@dataclass(frozen=True, slots=True)
class SizeChoice:
    """The recommended doses with another number of animals in all."""

    animals: int
    rmse: float
    median_fold: float
    within_2: float


@dataclass(frozen=True, slots=True)
class AtSlope:
    """Likelihood fits of the recommended design if the guess and this slope hold.

    Shares of studies, 0 to 1: without a finite slope; with an ED50 and both limits;
    whose limits cover.
    """

    slope: float
    no_finite_slope: float
    complete: float
    coverage: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DoseChoice(Result):
    """Which fixed doses to use, how many animals, and what they can show.

    Parameters
    ----------
    prior : DosePrior
    designs : tuple of DoseDesign
        All that were compared, with the same number of animals.
    recommended : DoseDesign
    sizes : tuple of SizeChoice
        The recommended doses with other numbers of animals.
    at_slopes : tuple of AtSlope
        What fits of the recommended design give at a flat, middle and steep slope.
    level : float
        Probability of the intervals.
    draws, seed : int
        Studies drawn for each design.
    """

    prior: DosePrior
    designs: tuple[DoseDesign, ...]
    recommended: DoseDesign
    sizes: tuple[SizeChoice, ...]
    at_slopes: tuple[AtSlope, ...]
    level: float
    draws: int
    seed: int
    unit: DoseUnit | None

    @property
    def detectable(self) -> float:
        """Ratio of two ED50s found with 80 % power (5 %, each drug so studied)."""
        from isobole.planning._dose_choice import detectable_fold

        return detectable_fold(self.recommended.rmse)

    @property
    def message(self) -> str:
        """The recommendation in words."""
        best = self.recommended
        unit = f" {self.unit}" if self.unit else ""
        sizes = " or ".join(str(k) for k in sorted(set(best.n)))
        doses = ", ".join(format_number(dose) for dose in best.doses)
        level = format_number(100 * self.level)
        said = (
            f"Recommended: doses {doses}{unit} ({format_number(best.spacing)} log10 "
            f"apart, centred on the guess) with {sizes} animals each, {sum(best.n)} "
            f"in all. Over everything the prior allows, the {level} % credible "
            f"interval of the ED50 typically spans {format_number(best.median_fold, 3)}"
            f"-fold, in the worst tenth of studies {format_number(best.worst_fold, 3)}"
            "-fold or more. Two drugs so studied are told apart (80 % power, 5 %) if "
            f"their ED50s differ {format_number(self.detectable, 3)}-fold."
        )
        edge = max(design.spacing for design in self.designs)
        if best.spacing == edge and edge > min(d.spacing for d in self.designs):
            said += (
                " These are the widest doses compared: the guess is too uncertain for "
                "a fixed design; try a pilot, or dose one run after the other."
            )
        return said

    def blocks(self) -> tuple[Block, ...]:
        """Return the choice as report blocks."""
        return (
            Heading("Which doses"),
            Text(f"Expected: {self.prior}{f' ({self.unit})' if self.unit else ''}."),
            Note(self.message),
            self.design_table(),
            self.size_table(),
            self.slope_table(),
            Text(
                "Doses chosen one run after the other need fewer animals for the ED50 "
                "alone (see What sequential dosing saves); a fixed design also gives "
                "a slope, which interaction studies need."
            ),
            self.methods(),
        )

    def design_table(self) -> Table:
        """Return the designs side by side, best first."""
        unit = f" ({self.unit})" if self.unit else ""
        ranked = sorted(self.designs, key=lambda d: d.rmse)
        error = format_number(50 / math.sqrt(self.draws), 2)
        return Table(
            f"Designs with {sum(self.recommended.n)} animals",
            (f"doses{unit}", "log10 apart", "RMSE log10", "median span", "worst tenth",
             "within 2-fold", "covers"),
            tuple(
                (
                    ", ".join(format_number(dose, 3) for dose in d.doses),
                    d.spacing,
                    round(d.rmse, 4),
                    round(d.median_fold, 2),
                    round(d.worst_fold, 2),
                    percent_text(d.within_2),
                    percent_text(d.coverage),
                )
                for d in ranked
            ),
            (
                f"Over {self.draws:,} studies drawn from the prior (seed {self.seed}); "
                f"Monte Carlo standard error of a share at most {error} percentage "
                "points. Span: upper over lower limit.",
            ),
        )  # fmt: skip

    def size_table(self) -> Table:
        """Return the recommended doses with other numbers of animals."""
        return Table(
            "The same doses with other numbers of animals",
            ("animals", "RMSE log10", "median span", "within 2-fold"),
            tuple(
                (s.animals, round(s.rmse, 4), round(s.median_fold, 2),
                 percent_text(s.within_2))
                for s in self.sizes
            ),
        )  # fmt: skip

    def slope_table(self) -> Table:
        """Return what likelihood fits give at three slopes."""
        return Table(
            "Likelihood fits of the recommended design, guess right",
            ("slope", "no finite slope", "ED50 with both limits", "covers"),
            tuple(
                (a.slope, *map(percent_text, (a.no_finite_slope, a.complete,
                                              a.coverage)))
                for a in self.at_slopes
            ),
            ("plan_ed50 says more of one design.",),
        )  # fmt: skip

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        return Methods(
            f"Doses were chosen among {len(self.designs)} fixed designs by the least "
            "expected posterior variance of log10 ED50 under a probit curve, averaged "
            f"over a prior ({self.prior}; {self.draws:,} simulated studies, seed "
            f"{self.seed}).",
            (REFERENCE,),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares as percents."""
        return {
            "prior": self.prior.to_dict(),
            "recommended": self.recommended.to_dict(),
            "designs": [design.to_dict() for design in self.designs],
            "sizes": [
                {
                    "animals": s.animals,
                    "rmse_log10": s.rmse,
                    "median_fold": s.median_fold,
                    "within_2_fold": 100 * s.within_2,
                }
                for s in self.sizes
            ],
            "at_slopes": [
                {
                    "slope": a.slope,
                    "no_finite_slope": 100 * a.no_finite_slope,
                    "complete": 100 * a.complete,
                    "coverage": 100 * a.coverage,
                }
                for a in self.at_slopes
            ],
            "detectable_fold": self.detectable,
            "level": self.level,
            "draws": self.draws,
            "seed": self.seed,
            "message": self.message,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return the designs as a data frame."""
        import pandas as pd

        return pd.DataFrame([design.to_dict() for design in self.designs])

    def __repr__(self) -> str:
        doses = ", ".join(format_number(dose) for dose in self.recommended.doses)
        unit = f" {self.unit}" if self.unit else ""
        return (
            f"DoseChoice({doses}{unit}, {sum(self.recommended.n)} animals: interval "
            f"typically {format_number(self.recommended.median_fold, 3)}-fold)"
        )
