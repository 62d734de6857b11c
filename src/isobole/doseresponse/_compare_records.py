"""What a comparison finds of two curves: tests, potencies, ratios of ED50s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from isobole.results import Estimate, Missing, check_choice, value_or_none

if TYPE_CHECKING:
    from isobole.doseresponse._lw_potency import PotencyRatioLW

RatioInterval = Literal["likelihood", "fieller", "delta"]
Adjust = Literal["holm", "none"]
RATIO_INTERVALS: tuple[RatioInterval, ...] = get_args(RatioInterval)


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A likelihood-ratio test: chi-square, or F where heterogeneity is allowed for.

    `chi2` is the plain likelihood-ratio chi-square in either case; `p_adjusted` is
    for all pairs together (None where the test is not one of a family).
    """

    chi2: float | Missing
    df: int
    p: float | Missing
    p_adjusted: float | Missing | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields, a reason beside every null."""
        reason = self.p.reason if isinstance(self.p, Missing) else None
        adjusted = self.p_adjusted
        return {
            "chi2": value_or_none(self.chi2),
            "df": self.df,
            "p": value_or_none(self.p),
            "p_adjusted": None if adjusted is None else value_or_none(adjusted),
            "reason": reason,
        }


@dataclass(frozen=True, slots=True)
class RelativePotency:
    """Potency of a curve relative to the standard: ED50 standard / ED50 test.

    Above the standard's own potency the test is the more potent: less is needed.
    """

    curve: str
    standard: str
    estimates: tuple[Estimate, ...]

    def __getitem__(self, interval: str) -> Estimate:
        """Return the potency with limits of one kind."""
        return next(e for e in self.estimates if e.interval == interval)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {
            "curve": self.curve,
            "standard": self.standard,
            "direction": f"ED50 of {self.standard} / ED50 of {self.curve}",
            "estimates": [estimate.to_dict() for estimate in self.estimates],
        }


@dataclass(frozen=True, slots=True)
class CurvePair:
    """Two curves: parallelism of this pair, and the ratio of ED50s first / second.

    `common` holds the ratio under the slope common to all curves, `separate` under
    a slope for each; `equal_common` and `equal_separate` test equal ED50s so.
    """

    first: str
    second: str
    parallelism: LikelihoodRatio
    common: tuple[Estimate, ...]
    separate: tuple[Estimate, ...]
    equal_common: LikelihoodRatio
    equal_separate: LikelihoodRatio
    litchfield_wilcoxon: PotencyRatioLW

    def ratio(
        self, slopes: Literal["common", "separate"], interval: RatioInterval
    ) -> Estimate:
        """Return ED50 first / ED50 second with limits of one kind."""
        check_choice("slopes", slopes, ("common", "separate"))
        found = self.common if slopes == "common" else self.separate
        check_choice("interval", interval, tuple(e.interval for e in found))
        return next(e for e in found if e.interval == interval)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {
            "first": self.first,
            "second": self.second,
            "direction": f"ED50 of {self.first} / ED50 of {self.second}",
            "parallelism": self.parallelism.to_dict(),
            "ratio_common_slope": [e.to_dict() for e in self.common],
            "ratio_separate_slopes": [e.to_dict() for e in self.separate],
            "equal_ed50_common_slope": self.equal_common.to_dict(),
            "equal_ed50_separate_slopes": self.equal_separate.to_dict(),
            "litchfield_wilcoxon": self.litchfield_wilcoxon.to_dict(),
        }
