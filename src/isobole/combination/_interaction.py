"""One mixture at one effect: observed, expected, index, tests, verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from isobole.combination._index import Additive
from isobole.combination._interaction_parts import (
    DoseEquivalence,
    Parallelism,
    WelchTest,
)
from isobole.combination._joint_test import JointTest
from isobole.combination._verdict import Verdict
from isobole.doseresponse import QuantalFit
from isobole.results import (
    Block,
    Estimate,
    Heading,
    Limits,
    Missing,
    Note,
    Result,
    Table,
    format_number,
    format_p,
    value_or_none,
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Interaction(Result):
    """The interaction of one fixed-ratio mixture at one effect level."""

    name: str
    drugs: tuple[str, ...]
    shares: tuple[float, ...]
    effect: float
    observed: Estimate
    single: tuple[Estimate, ...]
    additive: Additive
    band: DoseEquivalence
    index: Estimate
    index_kinds: tuple[Limits, ...]
    se_log: float | Missing
    p: float | Missing
    joint: tuple[JointTest, ...]
    welch: WelchTest
    parallelism: Parallelism
    null_model: str
    verdict: Verdict
    caveats: tuple[str, ...]
    animals: str
    fits: tuple[QuantalFit, ...] = field(repr=False)

    @property
    def message(self) -> str:
        """The verdict in sentences, with what would settle it if it is open."""
        parts = [self.verdict.message]
        if self.verdict.word == "inconclusive":
            parts.append(self.animals)
        return " ".join(parts)

    def __repr__(self) -> str:
        return (
            f"Interaction({self.name}, ED{self.effect:g}: index {_index(self.index)}; "
            f"{self.verdict.word})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of ``interactions`` of ``isobole/synergy/1``."""
        return {
            "mixture": {
                drug: share
                for drug, share in zip(self.drugs, self.shares, strict=True)
                if share > 0
            },
            "effect": self.effect,
            "observed": {
                "dose": value_or_none(self.observed.value),
                "low": self.observed.low,
                "high": self.observed.high,
                "interval": self.observed.interval,
                "reason": self.observed.reason,
            },
            "additive": self.additive.to_dict(),
            "dose_equivalence": self.band.to_dict(),
            "index": {
                "estimate": value_or_none(self.index.value),
                "low": self.index.low,
                "high": self.index.high,
                "se_log": value_or_none(self.se_log),
                "level": self.index.level,
                "p": value_or_none(self.p),
                "interval": self.index.interval,
                "reason": self.index.reason
                or next(
                    (x.reason for x in (self.p, self.se_log) if isinstance(x, Missing)),
                    None,
                ),
            },
            "index_intervals": [
                {
                    "interval": limits.kind,
                    "low": limits.low,
                    "high": limits.high,
                    "level": limits.level,
                    "set_kind": limits.set_kind,
                    "reason": limits.reason,
                }
                for limits in self.index_kinds
            ],
            "joint": [
                {
                    "slopes": test.slopes,
                    "statistic": test.statistic,
                    "value": value_or_none(test.value),
                    "df": [test.df[0], test.df[1]],
                    "p": value_or_none(test.p),
                    "reason": test.p.reason
                    if isinstance(test.p, Missing)
                    else test.limits.reason
                    or "the second df is null where the test is a chi-square",
                }
                for test in self.joint
            ],
            "welch": self.welch.to_dict(),
            "parallelism": self.parallelism.to_dict(),
            "null_model": self.null_model,
            "verdict": self.verdict.word,
            "direction": self.verdict.direction,
            "equivalence": self.verdict.equivalence,
            "flags": list(self.verdict.flags),
            "caveats": list(self.caveats),
            "message": self.message,
        }

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks of this mixture."""
        return (
            Heading(f"{self.name}, {format_number(self.effect)} % effect", 3),
            Note(
                f"Verdict: {self.verdict.word}. Interaction index "
                f"{_index(self.index)}. {self.message}",
                "notice" if self.verdict.word != "inconclusive" else "warning",
            ),
            *(Note(caveat, "notice") for caveat in self.caveats),
            self.expectation_table(),
            self.index_table(),
            self.test_table(),
        )

    def expectation_table(self) -> Table:
        """Return observed and expected doses under both nulls."""
        unit = f" ({self.observed.unit})" if self.observed.unit else ""
        rows: list[tuple[Any, ...]] = [
            (
                f"{estimate.quantity} of {drug} alone",
                estimate.value,
                _end(estimate.limits, estimate.low),
                _end(estimate.limits, estimate.high),
            )
            for drug, estimate in zip(self.drugs, self.single, strict=True)
        ]
        rows += [
            (
                "mixture, observed (total dose)",
                self.observed.value,
                _end(self.observed.limits, self.observed.low),
                _end(self.observed.limits, self.observed.high),
            ),
            (
                f"mixture, Loewe additive ({self.additive.rule})",
                self.additive.dose,
                _end(self.additive.limits, self.additive.limits.low),
                _end(self.additive.limits, self.additive.limits.high),
            ),
            (
                "mixture, dose equivalence, lower and upper edge",
                "",
                self.band.lower,
                self.band.upper,
            ),
        ]
        return Table(
            "Observed and expected doses",
            ("quantity", f"dose{unit}", f"low{unit}", f"high{unit}"),
            tuple(rows),
        )

    def index_table(self) -> Table:
        """Return every interval of the index."""
        rows = tuple(
            (
                limits.kind,
                self.index.value,
                _end(limits, limits.low),
                _end(limits, limits.high),
            )
            for limits in self.index_kinds
        )
        return Table(
            "Interaction index (below 1: synergy)",
            ("interval", "index", "low", "high"),
            rows,
        )

    def test_table(self) -> Table:
        """Return the tests side by side."""
        rows: list[tuple[Any, ...]] = [
            (f"index ({self.index.interval})", "index is 1", "", _p(self.p))
        ]
        rows += [
            (f"joint likelihood, {test.slopes} slopes", test.statistic, test.value,
             _p(test.p)) for test in self.joint
        ]  # fmt: skip
        rows += [
            ("Welch t on ED50 ± SEM (Lublin)", "t", self.welch.t, _p(self.welch.p)),
            ("parallelism of the single drugs", "likelihood-ratio chi-square",
             self.parallelism.chi2, _p(self.parallelism.p)),
        ]  # fmt: skip
        return Table("Tests", ("test", "statistic", "value", "p"), tuple(rows))


def _p(value: float | Missing) -> str | Missing:
    return value if isinstance(value, Missing) else format_p(value)


def _end(limits: Limits, value: float | None) -> float | Missing:
    return Missing(limits.reason or "not bounded") if value is None else value


def _index(estimate: Estimate) -> str:
    if isinstance(estimate.value, Missing):
        return f"— {estimate.limits}"
    return f"{format_number(estimate.value, 3)} {estimate.limits}"


def log_of(limits: Limits) -> tuple[float, float]:
    """Return the ends of an index interval on log10, infinite where unbounded."""
    return (
        -math.inf if limits.low is None else math.log10(limits.low),
        math.inf if limits.high is None else math.log10(limits.high),
    )
