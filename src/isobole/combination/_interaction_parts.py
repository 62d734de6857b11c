"""What stands beside the index: parallelism, the dose-equivalence band, Welch's t."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.results import Limits, Missing, value_or_none


@dataclass(frozen=True, slots=True)
class Parallelism:
    """Likelihood-ratio test that the single drugs share one slope."""

    chi2: float | Missing
    df: int
    p: float | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        reason = self.p.reason if isinstance(self.p, Missing) else None
        return {
            "chi2": value_or_none(self.chi2),
            "df": self.df,
            "p": value_or_none(self.p),
            "reason": reason,
        }


@dataclass(frozen=True, slots=True)
class DoseEquivalence:
    """The dose-equivalence band on the ray, and the mixture against both edges.

    `below` compares the observed dose with the lower edge, `above` with the upper:
    bootstrap limits of those ratios, since the smaller of two equal curves is not a
    smooth function of the data.
    """

    lower: float | Missing
    upper: float | Missing
    k: float | Missing
    below: Limits
    above: Limits

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        reason = self.lower.reason if isinstance(self.lower, Missing) else None
        return {
            "lower": value_or_none(self.lower),
            "upper": value_or_none(self.upper),
            "slope_ratio": value_or_none(self.k),
            "observed_over_lower": [self.below.low, self.below.high],
            "observed_over_upper": [self.above.low, self.above.high],
            "reason": reason or self.below.reason,
        }


@dataclass(frozen=True, slots=True)
class WelchTest:
    """The t-test of anticonvulsant papers: observed against additive ED50 +/- SEM."""

    observed_sem: float | Missing
    observed_n: int | Missing
    additive_sem: float | Missing
    additive_n: int | Missing
    t: float | Missing
    df: float | Missing
    p: float | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        names = ("observed_sem", "observed_n", "additive_sem", "additive_n",
                 "t", "df", "p")  # fmt: skip
        values = {name: getattr(self, name) for name in names}
        reasons = [v.reason for v in values.values() if isinstance(v, Missing)]
        return {
            **{name: value_or_none(value) for name, value in values.items()},
            "reason": reasons[0] if reasons else None,
        }
