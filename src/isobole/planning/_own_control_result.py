"""The plan of a drug test in kindled animals, as a result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._permutation_power import DRAWN
from isobole.planning._power_plan import PowerPlan
from isobole.results import format_number

_WILCOXON: Final = (
    "Wilcoxon F (1945) Individual comparisons by ranking methods. Biometrics Bull "
    "1:80-83."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlanOwnControl(PowerPlan):
    """Power of a drug test in kindled animals that are their own controls.

    Parameters
    ----------
    drops : tuple of (float, float)
        Stages by which animals fall under the drug, and shares of animals; empty for
        durations.
    change, within_sd : float or None
        Afterdischarge duration: seconds shorter under the drug, and the SD of repeated
        durations of one animal.
    """

    TITLE: ClassVar[str] = "Animals for a drug test in kindled animals"
    NAME: ClassVar[str] = "PlanOwnControl"

    drops: tuple[tuple[float, float], ...]
    change: float | None
    within_sd: float | None

    @property
    def differs(self) -> bool:
        """Whether the drug does anything that the test could find."""
        if self.change is not None:
            return self.change != 0
        mirrored = {-drop: share for drop, share in self.drops}
        return any(
            not math.isclose(mirrored.get(drop, 0.0), share, abs_tol=1e-12)
            for drop, share in self.drops
            if drop
        )

    def expected_words(self) -> str:
        """Say what the drug is expected to do."""
        if self.change is not None and self.within_sd is not None:
            way = "shorter" if self.change >= 0 else "longer"
            return (
                f"afterdischarge {format_number(abs(self.change))} s {way} (SD within "
                f"animals {format_number(self.within_sd)} s)"
            )
        said = ", ".join(
            f"{format_number(drop)} in {percent_text(share)}"
            for drop, share in self.drops
        )
        return f"fall in stage on the drug day {said}"

    def assumptions(self) -> str:
        """Say what the numbers rest on."""
        what = (
            "differences are normal with an SD of √2 times the one within animals; an "
            "afterdischarge that is abolished (0 s) is not normal: plan for stages or "
            "for the share abolished then"
            if self.change is not None
            else "only these falls in stage occur, with these shares"
        )
        return (
            "animals are independent, one control day and one drug day each; "
            f"{what}. Whatever else changes between the days counts as effect: in a "
            "crossover half of the animals have the drug first."
        )

    def method_words(self) -> str:
        """Say how power was found."""
        if self.change is not None:
            return "Power is that of the noncentral t distribution."
        drawn = any(point.samples is not None for point in self.series[0].points)
        more = (
            f" Above, it was simulated ({self.samples:,} studies at each size, seed "
            f"{self.seed}; signs flipped in all ways up to 13 animals, in {DRAWN:,} "
            "random ways above)."
            if drawn
            else ""
        )
        return (
            "Power was computed exactly from every outcome and its exact p-value, ties "
            f"included and unchanged pairs left out.{more}"
        )

    def references(self) -> tuple[str, ...]:
        """Return what was used."""
        own = () if self.change is not None else (_WILCOXON,)
        return (*own, *(one.reference for one in self.approximations))

    def expected_dict(self) -> dict[str, Any]:
        """Return what the drug is expected to do: shares in percent."""
        if self.change is not None:
            return {
                "design": "own control",
                "outcome": "afterdischarge duration",
                "change": self.change,
                "within_sd": self.within_sd,
            }
        return {
            "design": "own control",
            "outcome": "stage",
            "drops": [{"drop": d, "animals": 100 * s} for d, s in self.drops],
        }
