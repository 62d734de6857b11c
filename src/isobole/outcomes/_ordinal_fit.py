"""What a proportional odds model found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from isobole.outcomes._cumulative_link import OrdinalLink
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.results import (
    Estimate,
    Limits,
    Missing,
    SetKind,
    check_choice,
    value_or_none,
)


@dataclass(frozen=True, slots=True)
class OrdinalFit:
    """A cumulative link model: P(score <= level j) = F(alpha_j - x beta).

    `coefficients` are on the scale of the link (log odds of a higher score for
    ``"logit"``) with profile likelihood limits; `standard_errors` belong to thresholds
    and coefficients in turn. Each of `tests` drops one term, each of `nominal_tests`
    frees it from the assumption of one coefficient for all thresholds.
    """

    link: OrdinalLink
    n: int
    levels: tuple[str, ...]
    thresholds: tuple[float | Missing, ...]
    names: tuple[str, ...]
    coefficients: tuple[Estimate, ...]
    standard_errors: tuple[float | Missing, ...]
    log_likelihood: float
    tests: tuple[HypothesisTest, ...]
    nominal_tests: tuple[HypothesisTest, ...]

    def odds_ratio(self, name: str) -> Estimate:
        """Return the cumulative odds ratio of a higher score for one column.

        Raises
        ------
        OptionError
            If there is no such column, or the link is not the logit.
        """
        check_choice("name", name, self.names)
        check_choice("link of the fit", self.link, ("logit",))
        return _exponentiated(self.coefficients[self.names.index(name)])

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as it stands in JSON."""
        absent = [
            v.reason
            for v in (*self.thresholds, *self.standard_errors)
            if isinstance(v, Missing)
        ]
        return {
            "link": self.link,
            "n": self.n,
            "levels": list(self.levels),
            "thresholds": [value_or_none(v) for v in self.thresholds],
            "coefficients": [c.to_dict() for c in self.coefficients],
            "standard_errors": [value_or_none(v) for v in self.standard_errors],
            "log_likelihood": self.log_likelihood,
            "tests": [t.to_dict() for t in self.tests],
            "nominal_tests": [t.to_dict() for t in self.nominal_tests],
            "reason": "; ".join(dict.fromkeys(absent)) or None,
        }


def _exponentiated(found: Estimate) -> Estimate:
    limits = found.limits
    low = None if limits.low is None else math.exp(limits.low)
    high = None if limits.high is None else math.exp(limits.high)
    kind: SetKind | None = limits.set_kind
    if low is None and kind == "ray":
        low, kind = 0.0, "interval"
    value = found.value
    return Estimate(
        "odds ratio of a higher score",
        value if isinstance(value, Missing) else math.exp(value),
        Limits(limits.kind, limits.level, kind, low, high, reason=limits.reason),
        method=found.method,
    )
