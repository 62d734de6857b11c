"""What `crossover` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._own_control_pairs import PairOutcome, Pairs, incomplete_words
from isobole.outcomes._own_control_result import (
    NAMES,
    estimates_table,
    table_of_tests,
)
from isobole.results import (
    Block,
    Estimate,
    Heading,
    Methods,
    Missing,
    Note,
    Result,
    Table,
    Text,
    equals_p,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

REFERENCES = (
    "Koch GG (1972) The use of non-parametric methods in the statistical analysis of "
    "the two-period change-over design. Biometrics 28:577-584.",
    "Hills M, Armitage P (1979) The two-period cross-over clinical trial. Br J Clin "
    "Pharmacol 8:7-20.",
    "Freeman PR (1989) The performance of the two-stage analysis of two-treatment, "
    "two-period crossover trials. Stat Med 8:1421-1432.",
)
CAUTION = (
    "The carry-over test compares animals, not days within animals, and has little "
    "power: a large p does not show that there is none, and it must not choose the "
    "analysis. A drug that has not washed out, or a threshold that has moved, biases "
    "the drug effect; only the interval between the periods guards against it."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Crossover(Result):
    """Drug against vehicle in a two-period crossover.

    Parameters
    ----------
    outcome : {"stage", "add", "yes-no"}
    pairs : Pairs
        Vehicle first, drug second, whatever the order they were given in.
    sequences : tuple of str
        "VD" or "DV" of each pair.
    lower, higher : int
        Animals lower and higher on the drug.
    tests : tuple of HypothesisTest
        Treatment, period, carry-over.
    estimates : tuple of Estimate
        The same for durations, in seconds; empty otherwise.
    level : float
    seed : int
    """

    outcome: PairOutcome
    pairs: Pairs
    sequences: tuple[str, ...]
    lower: int
    higher: int
    tests: tuple[HypothesisTest, ...]
    estimates: tuple[Estimate, ...]
    level: float
    seed: int

    @property
    def treatment(self) -> HypothesisTest:
        """The test of drug against vehicle."""
        return self.tests[0]

    @property
    def period(self) -> HypothesisTest:
        """The test of the second period against the first."""
        return self.tests[1]

    @property
    def carry_over(self) -> HypothesisTest:
        """The test of carry-over, which has little power."""
        return self.tests[2]

    def estimate(self, quantity: str) -> Estimate:
        """Return the first estimate whose quantity begins with `quantity`."""
        return next(e for e in self.estimates if e.quantity.startswith(quantity))

    def pair_table(self) -> Table:
        """Return every pair in the order of its periods."""
        unit = " (s)" if self.outcome == "add" else ""
        rows = [
            (animal, order, *((v, d) if order == "VD" else (d, v)))
            for animal, order, v, d in zip(
                self.pairs.animals,
                self.sequences,
                self.pairs.first.tolist(),
                self.pairs.second.tolist(),
                strict=True,
            )
        ]
        name = NAMES[self.outcome]
        return Table(
            f"{name[:1].upper()}{name[1:]} by period",
            ("animal", "sequence", f"period 1{unit}", f"period 2{unit}"),
            tuple(rows),
            ("VD: vehicle first; DV: drug first.",),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the comparison as report blocks."""
        from isobole.outcomes._crossover_figures import crossover_figure

        n = len(self.pairs)
        first = self.sequences.count("VD")
        made: list[Block] = [
            Heading(f"Crossover: {NAMES[self.outcome]}", 3),
            Text(
                f"{n} animals, {first} with vehicle first and {n - first} with drug "
                f"first: {self.lower} lower on the drug, {self.higher} higher, "
                f"{n - self.lower - self.higher} unchanged."
            ),
        ]
        left_out = incomplete_words(self.pairs)
        if left_out:
            made.append(Note(left_out, "warning"))
        made.append(table_of_tests(self.tests))
        if self.estimates:
            made.append(estimates_table(self.estimates))
        if self.outcome == "add" and (self.pairs.second == 0).any():
            none = int((self.pairs.second == 0).sum())
            made.append(
                Note(
                    f"{none} of {n} had no afterdischarge on the drug (counted here as "
                    "0 s); whether there is one is an outcome of its own: give it as "
                    "yes-no."
                )
            )
        made += [crossover_figure(self), Note(CAUTION), self.methods()]
        return tuple(made)

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        how = (
            "t tests pooled over sequences"
            if self.outcome == "add"
            else "exact rank-sum tests that permute animals between sequences"
        )
        return Methods(
            "Drug, period and carry-over were tested from the within-animal period "
            "differences, treatment differences and sums, between sequences, by "
            f"{how}. Carry-over is reported and chose nothing.",
            REFERENCES,
        )

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw every animal from period 1 to period 2, by sequence."""
        from isobole.outcomes._crossover_figures import draw_crossover

        return draw_crossover(self, ax)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; a null has a reason beside it."""
        return {
            "outcome": self.outcome,
            "level": self.level,
            "seed": self.seed,
            "pairs": [
                {"animal": a, "sequence": s, "vehicle": float(x), "drug": float(y)}
                for a, s, x, y in zip(
                    self.pairs.animals,
                    self.sequences,
                    self.pairs.first,
                    self.pairs.second,
                    strict=True,
                )
            ],
            "incomplete": list(self.pairs.incomplete),
            "lower": self.lower,
            "higher": self.higher,
            "treatment": self.treatment.to_dict(),
            "period": self.period.to_dict(),
            "carry_over": self.carry_over.to_dict(),
            "caution": CAUTION,
            "estimates": [e.to_dict() for e in self.estimates],
        }

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per complete pair."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["pairs"])

    def __repr__(self) -> str:
        said = [
            f"{name} {'no p' if isinstance(t.p, Missing) else 'p ' + equals_p(t.p)}"
            for name, t in zip(
                ("drug", "period", "carry-over"), self.tests, strict=True
            )
        ]
        return (
            f"Crossover({self.outcome}, {len(self.pairs)} animals; {', '.join(said)})"
        )
