"""What a plan of an interaction study says of a test, a size and a margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.combination._power import TESTS, TestName
from isobole.planning._interaction_rates import Rate
from isobole.results import Missing


@dataclass(frozen=True, slots=True)
class TestPlan:
    """One test with the planned design: its rates at index 1 and at the true index.

    `smallest` is the smallest n per dose (of the first arm) whose power holds for all
    larger n of the grid.
    """

    at_one: Rate
    at_index: Rate
    index: float
    smallest: int | Missing

    __test__ = False  # pytest reads the name otherwise

    @property
    def name(self) -> TestName:
        """The name of the test."""
        return self.at_one.test

    @property
    def label(self) -> str:
        """The test in words."""
        return TESTS[self.name]

    @property
    def false_positive(self) -> float:
        """Share of studies of an additive mixture in which the test rejects."""
        return self.at_one.rejects

    @property
    def power(self) -> float:
        """Share of studies that reject on the side of the true index."""
        return self.at_index.towards(self.index)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares as percents."""
        gone = self.smallest.reason if isinstance(self.smallest, Missing) else None
        return {
            "test": self.name,
            "label": self.label,
            "false_positive": 100 * self.false_positive,
            "false_positive_se": 100 * self.at_one.error(self.false_positive),
            "power": 100 * self.power,
            "power_se": 100 * self.at_index.error(self.power),
            "no_answer": 100 * self.at_index.no_answer,
            "no_answer_at_1": 100 * self.at_one.no_answer,
            "smallest_n": None if gone else self.smallest,
            "reason": gone,
        }


@dataclass(frozen=True, slots=True)
class SizePlan:
    """A number of animals per dose with the power of each test, 0 to 1."""

    n: tuple[int, ...]
    animals: int
    power: tuple[tuple[TestName, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares as percents."""
        return {
            "n": list(self.n),
            "animals": self.animals,
            "power": {name: 100 * share for name, share in self.power},
        }


@dataclass(frozen=True, slots=True)
class EquivalencePlan:
    """How many animals show an additive mixture to be so within a margin.

    `rows` are (n per dose of the first arm, animals in all, share of studies).
    """

    margin: tuple[float, float]
    rows: tuple[tuple[int, int, float], ...]
    smallest: int | Missing
    animals: int | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: shares as percents."""
        gone = self.smallest.reason if isinstance(self.smallest, Missing) else None
        return {
            "margin": list(self.margin),
            "rows": [
                {"n": n, "animals": animals, "power": 100 * share}
                for n, animals, share in self.rows
            ],
            "smallest_n": None if gone else self.smallest,
            "animals": None if isinstance(self.animals, Missing) else self.animals,
            "reason": gone,
        }
