"""Hazard ratios against a control as a result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from isobole.outcomes._cox_likelihood import Ties
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._latency_words import ratio_text
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Limits,
    Methods,
    Missing,
    Note,
    Result,
    Table,
    check_choice,
    format_number,
    format_p,
    value_or_none,
)

COX = "Cox DR (1972) Regression models and life-tables. J R Stat Soc B 34:187-220."
EFRON = (
    "Efron B (1977) The efficiency of Cox's likelihood function for censored data. "
    "J Am Stat Assoc 72:557-565."
)
BRESLOW = "Breslow NE (1974) Covariance analysis of censored survival data. "
BRESLOW += "Biometrics 30:89-99."
HEINZE = (
    "Heinze G, Schemper M (2001) A solution to the problem of monotone likelihood in "
    "Cox regression. Biometrics 57:114-119."
)


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """The hazard of a group over that of the control, or the limit that is known.

    Parameters
    ----------
    group, control : str
    events : tuple of int
        Of the group and of the control.
    log_ratio : Estimate
        Natural log; below 0 the event comes later than in the control.
    standard_error : float or Missing
        Of the log ratio, from the observed information.
    test : HypothesisTest
        Likelihood ratio; it stands where no finite estimate exists, too.
    """

    group: str
    control: str
    events: tuple[int, int]
    log_ratio: Estimate
    standard_error: float | Missing
    test: HypothesisTest

    @property
    def ratio(self) -> Estimate:
        """The hazard ratio itself, with the limits of its log taken back."""
        value, limits = self.log_ratio.value, self.log_ratio.limits
        low = None if limits.low is None else math.exp(limits.low)
        high = None if limits.high is None else math.exp(limits.high)
        return Estimate(
            f"hazard ratio, {self.group} against {self.control}",
            value if isinstance(value, Missing) else math.exp(value),
            Limits(
                limits.kind, limits.level, limits.set_kind, low, high,
                reason=limits.reason, note=limits.note,
            ),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        se = self.standard_error
        return {
            "group": self.group,
            "control": self.control,
            "events": list(self.events),
            "log_ratio": self.log_ratio.to_dict(),
            "ratio": self.ratio.to_dict(),
            "standard_error": value_or_none(se),
            "test": self.test.to_dict(),
            "reason": se.reason if isinstance(se, Missing) else None,
        }


@dataclass(frozen=True, slots=True, repr=False)
class CoxComparison(Result):
    """Hazard ratios of all groups against the control.

    Parameters
    ----------
    loglik : tuple of float
        Log partial likelihood with equal hazards, and its least upper bound.
    likelihood_ratio, score : HypothesisTest
        Of equal hazards in all groups.
    """

    names: tuple[str, ...]
    control: str
    strata: int
    ties: Ties
    interval: Literal["profile", "wald"]
    level: float
    loglik: tuple[float, float]
    ratios: tuple[HazardRatio, ...]
    likelihood_ratio: HypothesisTest
    score: HypothesisTest

    def ratio(self, group: str) -> HazardRatio:
        """Return the hazard ratio of one group against the control."""
        check_choice("group", group, tuple(found.group for found in self.ratios))
        return next(found for found in self.ratios if found.group == group)

    def table(self) -> Table:
        """Return the hazard ratios, one row per group."""
        rows: list[tuple[Cell, ...]] = []
        notes = [f"{self.ties.capitalize()} ties. A ratio below 1: the event is later."]
        for found in self.ratios:
            p, ratio = found.test.p, found.ratio
            rows.append(
                (
                    found.group,
                    found.events[0],
                    ratio_text(ratio),
                    p if isinstance(p, Missing) else format_p(p),
                )
            )
            if ratio.reason:
                note = f" ({ratio.limits.note})" if ratio.limits.note else ""
                notes.append(f"{found.group}: {ratio.reason}{note}.")
        level = format_number(100 * self.level)
        kind = "Wald" if self.interval == "wald" else "profile likelihood"
        return Table(
            f"Hazard ratios against {self.control} (Cox)",
            (
                "group",
                "events",
                f"hazard ratio [{level} % {kind} limits]",
                "p, likelihood ratio",
            ),
            tuple(rows),
            tuple(notes),
        )

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per group."""
        import pandas as pd

        return pd.DataFrame(
            {
                "group": found.group,
                "control": found.control,
                "standard_error": value_or_none(found.standard_error),
                "p": value_or_none(found.test.p),
                **found.log_ratio.to_dict(),
            }
            for found in self.ratios
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: what has no ratio, the ratios, methods."""
        notes = [
            Note(f"{found.log_ratio.reason}.", "warning")
            for found in self.ratios
            if isinstance(found.log_ratio.value, Missing)
        ]
        return (
            Heading("Hazard ratios"),
            *notes,
            self.table(),
            Methods(self.method_text(), self.references()),
        )

    def method_text(self) -> str:
        """Return the sentences of the Methods paragraph."""
        strata = f", stratified ({self.strata} strata)" if self.strata > 1 else ""
        kind = "Wald" if self.interval == "wald" else "profile-likelihood"
        text = (
            f"Hazard ratios are from a Cox model with groups as covariate{strata}, "
            f"{self.ties.capitalize()}'s rule for ties, {kind} limits and "
            "likelihood-ratio tests."
        )
        if any(isinstance(found.log_ratio.value, Missing) for found in self.ratios):
            text += (
                " Where the likelihood is monotone no ratio is given; the finite end "
                "of the profile-likelihood set is."
            )
        return text

    def references(self) -> tuple[str, ...]:
        """Return what the method text cites."""
        infinite = any(isinstance(f.log_ratio.value, Missing) for f in self.ratios)
        ties = EFRON if self.ties == "efron" else BRESLOW
        return (COX, ties, *((HEINZE,) if infinite else ()))

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        return {
            "control": self.control,
            "groups": list(self.names),
            "strata": self.strata,
            "ties": self.ties,
            "interval": self.interval,
            "level": self.level,
            "loglik": list(self.loglik),
            "ratios": [found.to_dict() for found in self.ratios],
            "likelihood_ratio": self.likelihood_ratio.to_dict(),
            "score": self.score.to_dict(),
        }

    def __repr__(self) -> str:
        shown = "; ".join(
            f"{found.group} {ratio_text(found.ratio)}" for found in self.ratios
        )
        return f"CoxComparison(against {self.control}: {shown}; {self.ties} ties)"
