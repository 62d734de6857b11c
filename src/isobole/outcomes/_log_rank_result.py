"""A log-rank test as a result: observed and expected events by group, and the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._log_rank_permutation import Permutation
from isobole.results import (
    Block,
    Cell,
    Heading,
    Methods,
    Result,
    Table,
    Text,
    format_number,
)

LOG_RANK = (
    "Mantel N (1966) Evaluation of survival data and two new rank order statistics "
    "arising in its consideration. Cancer Chemother Rep 50:163-170."
)
PHIPSON = (
    "Phipson B, Smyth GK (2010) Permutation p-values should never be zero. Stat Appl "
    "Genet Mol Biol 9:39."
)


@dataclass(frozen=True, slots=True, repr=False)
class LogRank(Result):
    """A log-rank test with the counts behind it.

    Parameters
    ----------
    names, n, observed, expected : tuple
        One entry per group; expected under equal hazards, given who was at risk.
    strata : int
        Strata within which groups were compared; 1 without stratification.
    test : HypothesisTest
    permutation : Permutation or None
        How the p-value was counted or drawn, where it was.
    """

    names: tuple[str, ...]
    n: tuple[int, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    strata: int
    test: HypothesisTest
    permutation: Permutation | None = None

    def table(self) -> Table:
        """Return observed and expected events by group."""
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (name, n, observed, f"{expected:.2f}")
            for name, n, observed, expected in zip(
                self.names, self.n, self.observed, self.expected, strict=True
            )
        )
        return Table(
            "Log-rank: observed and expected events",
            ("group", "n", "observed", "expected"),
            rows,
            (str(self.test),),
        )

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per group."""
        import pandas as pd

        return pd.DataFrame(self._rows())

    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks: test, counts, methods."""
        text = f"Groups were compared by {self.test.method}."
        references: tuple[str, ...] = (LOG_RANK,)
        if self.permutation is not None:
            references += (PHIPSON,)
        return (
            Heading("Log-rank test"),
            Text(f"{self.test}."),
            self.table(),
            Methods(text, references),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain types: null with a reason."""
        how = self.permutation
        return {
            "test": self.test.to_dict(),
            "groups": self._rows(),
            "strata": self.strata,
            "permutation": None
            if how is None
            else {
                "exact": how.exact,
                "allocations": how.allocations,
                "monte_carlo_se": how.monte_carlo_se,
                "seed": how.seed,
            },
        }

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {"group": name, "n": n, "observed": observed, "expected": expected}
            for name, n, observed, expected in zip(
                self.names, self.n, self.observed, self.expected, strict=True
            )
        ]

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name} {observed}/{format_number(expected, 3)}"
            for name, observed, expected in zip(
                self.names, self.observed, self.expected, strict=True
            )
        )
        return f"LogRank({self.test}; observed/expected {shown})"
