"""The result of a 2 x 2 factorial against Bliss independence, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from isobole.combination._sham import LoeweRow
from isobole.doseresponse import Link
from isobole.results import (
    Block,
    DoseUnit,
    Estimate,
    Missing,
    Problem,
    Result,
    format_number,
    format_p,
    value_or_none,
)

BlissVerdict = Literal["exceeds-bliss", "below-bliss", "inconclusive"]

NULL_MODEL = "Bliss independence, Abbott-corrected"
TEST = "exact unconditional test, tables ordered by the likelihood ratio"
NOT_SYNERGY = (
    "A 2 x 2 design cannot show synergy: two doses of one and the same drug exceed "
    "Bliss wherever its curve is steep (slope 8: 0.8 % and 0.8 % alone, 50 % "
    "together). Only curves, from which Loewe's expectation follows, can."
)
NO_KINETICS = (
    "Without plasma or brain concentrations a pharmacokinetic contribution is not "
    "excluded."
)


def cell_name(drugs: Sequence[str], cell: int) -> str:
    """Name one of the cells 00, 10, 01, 11."""
    return ("neither drug", drugs[0], drugs[1], f"{drugs[0]} + {drugs[1]}")[cell]


@dataclass(frozen=True, slots=True)
class FisherTest:
    """Fisher's two-sided p of both drugs against one: not an interaction test."""

    against: str
    p: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {"against": self.against, "p": self.p, "interaction_test": False}


@dataclass(frozen=True, slots=True, repr=False)
class FactorialInteraction(Result):
    """A 2 x 2 factorial held against Bliss independence.

    Proportions are 0 to 1, of animals showing the endpoint. `p` is exact and
    unconditional; `mid_p` is approximate, `p_asymptotic` the likelihood-ratio
    chi-square on 1 df.
    """

    drugs: tuple[str, str]
    doses: tuple[float, float] | None
    unit: DoseUnit | None
    endpoint: str
    n: tuple[int, int, int, int]
    affected: tuple[int, int, int, int]
    background: str
    level: float
    link: Link
    observed: float
    expected: float | Missing
    excess: Estimate
    statistic: float | Missing
    p: float | Missing
    mid_p: float | Missing
    p_asymptotic: float | Missing
    verdict: BlissVerdict
    loewe: tuple[LoeweRow, ...]
    fisher: tuple[FisherTest, ...]
    problems: tuple[Problem, ...]

    @property
    def message(self) -> str:
        """The verdict in one sentence."""
        both = cell_name(self.drugs, 3)
        if isinstance(self.expected, Missing):
            return f"No verdict: {self.expected.reason}"
        seen = (
            f"{both}: {_percent(self.observed)} % {self.endpoint}, Bliss expects "
            f"{_percent(self.expected)} % ({self._p_words()})"
        )
        words = {
            "exceeds-bliss": "more than Bliss independence expects",
            "below-bliss": "less than Bliss independence expects",
            "inconclusive": "the counts do not exclude Bliss independence, nor show it",
        }
        return f"{seen}: {words[self.verdict]}."

    def _p_words(self) -> str:
        exact = not isinstance(self.p, Missing)
        p = self.p if exact else self.p_asymptotic
        shown = "—" if isinstance(p, Missing) else format_p(p)
        kind = "exact unconditional" if exact else "asymptotic likelihood ratio"
        return f"p {shown if shown.startswith('<') else f'= {shown}'}, {kind}"

    def __repr__(self) -> str:
        both = cell_name(self.drugs, 3)
        if isinstance(self.expected, Missing):
            return f"FactorialInteraction({self.verdict}: {self.expected.reason})"
        return (
            f"FactorialInteraction({self.verdict}: {both} {_percent(self.observed)} % "
            f"observed, {_percent(self.expected)} % expected; "
            f"{self._p_words()})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields; percents are 0 to 100, the excess in points."""
        excess = self.excess
        ends = (excess.low, excess.high)
        absent = ["Counts were given without doses."] if self.doses is None else []
        if isinstance(self.expected, Missing):
            absent.append(self.expected.reason)
        return {
            "design": "factorial",
            "drugs": list(self.drugs),
            "doses": None if self.doses is None else list(self.doses),
            "unit": None if self.unit is None else str(self.unit),
            "endpoint": self.endpoint,
            "cells": [
                {"cell": cell, "name": cell_name(self.drugs, k), "n": self.n[k],
                 "affected": self.affected[k]}
                for k, cell in enumerate(("00", "10", "01", "11"))
            ],
            "background": self.background,
            "observed_percent": 100 * self.observed,
            "expected_percent": _hundredfold(value_or_none(self.expected)),
            "excess": {
                "estimate": _hundredfold(value_or_none(excess.value)),
                "low": _hundredfold(ends[0]),
                "high": _hundredfold(ends[1]),
                "level": self.level,
                "interval": excess.interval,
                "reason": excess.reason,
            },
            "test": {
                "name": TEST,
                "chi2": value_or_none(self.statistic),
                "p": value_or_none(self.p),
                "mid_p": value_or_none(self.mid_p),
                "mid_p_is_approximate": True,
                "p_asymptotic": value_or_none(self.p_asymptotic),
                "reason": self.p.reason if isinstance(self.p, Missing) else None,
            },
            "null_model": NULL_MODEL,
            "verdict": self.verdict,
            "loewe": [row.to_dict() for row in self.loewe],
            "fisher_both_against_single": [test.to_dict() for test in self.fisher],
            "flags": [],
            "caveats": [NOT_SYNERGY, NO_KINETICS],
            "message": self.message,
            "reason": " ".join(absent) or None,
            "problems": [problem.to_dict() for problem in self.problems],
        }  # fmt: skip

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: verdict, counts, test, Loewe, Fisher, methods."""
        from isobole.combination._factorial_blocks import factorial_blocks

        return factorial_blocks(self)


def _percent(value: float) -> str:
    return format_number(100 * value, 3)


def _hundredfold(value: float | None) -> float | None:
    return None if value is None else 100 * value
