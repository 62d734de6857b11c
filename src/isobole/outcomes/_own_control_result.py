"""What `own_control` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._own_control_pairs import PairOutcome, Pairs, incomplete_words
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Methods,
    Missing,
    Note,
    Result,
    Table,
    Text,
    equals_p,
    format_number,
    format_p,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

NAMES = {
    "stage": "seizure stage",
    "add": "afterdischarge duration",
    "yes-no": "yes-no outcome",
}
REFERENCES = {
    "stage": (
        "Wilcoxon F (1945) Individual comparisons by ranking methods. Biometrics "
        "Bulletin 1:80-83.",
        "Pratt JW (1959) Remarks on zeros and ties in the Wilcoxon signed rank "
        "procedures. J Am Stat Assoc 54:655-667.",
    ),
    "add": (
        "Student (1908) The probable error of a mean. Biometrika 6:1-25.",
        "McNemar Q (1947) Note on the sampling error of the difference between "
        "correlated proportions or percentages. Psychometrika 12:153-157.",
    ),
    "yes-no": (
        "McNemar Q (1947) Note on the sampling error of the difference between "
        "correlated proportions or percentages. Psychometrika 12:153-157.",
    ),
}
TEXTS = {
    "stage": "Stages of the control day and the drug day of the same animals were "
    "compared by the exact Wilcoxon signed-rank test (midranks for ties), with the "
    "exact sign test beside it, which does not compare sizes of changes in stage.",
    "add": "Afterdischarge durations of the control day and the drug day of the same "
    "animals were compared by the paired t test, with the exact signed-rank test "
    "beside it; having an afterdischarge at all was compared by McNemar's exact test, "
    "and durations again in the animals that had one on both days.",
    "yes-no": "The control day and the drug day of the same animals were compared by "
    "McNemar's exact test; limits of the odds ratio are exact, conditional on the "
    "pairs that changed.",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OwnControl(Result):
    """A drug day against the control day of the same animals.

    Parameters
    ----------
    outcome : {"stage", "add", "yes-no"}
    pairs : Pairs
        Complete pairs, and who was left out.
    lower, higher : int
        Animals lower and higher on the drug day; the rest did not change.
    tests : tuple of HypothesisTest
        The main one first, except that for durations the share without an
        afterdischarge comes first where it changed.
    estimates : tuple of Estimate
    level : float
    """

    outcome: PairOutcome
    pairs: Pairs
    lower: int
    higher: int
    tests: tuple[HypothesisTest, ...]
    estimates: tuple[Estimate, ...]
    level: float

    def test(self, method: str) -> HypothesisTest:
        """Return the first test whose method begins with `method`."""
        return next(t for t in self.tests if t.method.startswith(method))

    def estimate(self, quantity: str) -> Estimate:
        """Return the first estimate whose quantity begins with `quantity`."""
        return next(e for e in self.estimates if e.quantity.startswith(quantity))

    @property
    def without_afterdischarge(self) -> tuple[int, int] | None:
        """Animals without afterdischarge on the control and drug day (ADD only)."""
        if self.outcome != "add":
            return None
        both = (self.pairs.first, self.pairs.second)
        return int((both[0] == 0).sum()), int((both[1] == 0).sum())

    def pair_table(self) -> Table:
        """Return every pair."""
        unit = " (s)" if self.outcome == "add" else ""
        rows = zip(
            self.pairs.animals,
            self.pairs.first.tolist(),
            self.pairs.second.tolist(),
            strict=True,
        )
        name = NAMES[self.outcome]
        return Table(
            f"{name[:1].upper()}{name[1:]} of each animal",
            ("animal", f"control day{unit}", f"drug day{unit}"),
            tuple(rows),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the comparison as report blocks."""
        from isobole.outcomes._own_control_figures import pairs_figure

        n = len(self.pairs)
        said = (
            f"{n} pairs: {self.lower} lower on the drug day, {self.higher} higher, "
            f"{n - self.lower - self.higher} unchanged."
        )
        if self.without_afterdischarge is not None:
            a, b = self.without_afterdischarge
            said += (
                f" No afterdischarge: {a} of {n} on the control day, {b} of {n} on the "
                "drug day."
            )
        made: list[Block] = [
            Heading(f"Own controls: {NAMES[self.outcome]}", 3),
            Text(said),
        ]
        left_out = incomplete_words(self.pairs)
        if left_out:
            made.append(Note(left_out, "warning"))
        made += [
            table_of_tests(self.tests),
            estimates_table(self.estimates),
            pairs_figure(self),
            Note(
                "The order of the two days was not randomised: anything else that "
                "changed between them (session, threshold, handling) counts as effect."
            ),
            self.methods(),
        ]
        return tuple(made)

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        return Methods(TEXTS[self.outcome], REFERENCES[self.outcome])

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw a line from control day to drug day for every animal."""
        from isobole.outcomes._own_control_figures import draw_pairs

        return draw_pairs(self, ax)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; a null has a reason beside it."""
        absent = self.without_afterdischarge
        return {
            "outcome": self.outcome,
            "level": self.level,
            "pairs": [
                {"animal": a, "before": float(x), "after": float(y)}
                for a, x, y in zip(
                    self.pairs.animals, self.pairs.first, self.pairs.second, strict=True
                )
            ],
            "incomplete": list(self.pairs.incomplete),
            "lower": self.lower,
            "higher": self.higher,
            "without_afterdischarge": None if absent is None else list(absent),
            "tests": [t.to_dict() for t in self.tests],
            "estimates": [e.to_dict() for e in self.estimates],
            "reason": None
            if absent is not None
            else "afterdischarge is not the outcome compared",
        }

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per complete pair."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["pairs"])

    def __repr__(self) -> str:
        first = self.test("paired t") if self.outcome == "add" else self.tests[0]
        p = "no p" if isinstance(first.p, Missing) else f"p {equals_p(first.p)}"
        return (
            f"OwnControl({self.outcome}, {len(self.pairs)} pairs; drug day lower in "
            f"{self.lower}, higher in {self.higher}: {p}, "
            f"{first.method.partition(',')[0]})"
        )


def table_of_tests(tests: tuple[HypothesisTest, ...]) -> Table:
    """Return tests with statistic, p and method."""
    rows: list[tuple[Cell, ...]] = []
    adjusted = list(dict.fromkeys(f"p ({t.adjustment})" for t in tests if t.adjustment))
    for t in tests:
        if t.statistic is None or isinstance(t.statistic, Missing):
            statistic: Cell = t.statistic
        else:
            df = "" if t.df is None else f" ({format_number(t.df)} df)"
            statistic = f"{t.statistic_name} {format_number(t.statistic)}{df}"
        p: Cell = t.p if isinstance(t.p, Missing) else format_p(t.p)
        row: list[Cell] = [t.question, statistic, p]
        if adjusted:
            more = t.p_adjusted
            row.append(format_p(more) if isinstance(more, float) else more)
        rows.append((*row, t.method))
    columns = ["question", "statistic", "p", *adjusted, "method"]
    return Table("Tests", tuple(columns), tuple(rows))


def estimates_table(
    estimates: tuple[Estimate, ...], title: str = "Size of the effect"
) -> Table:
    """Return estimates with limits."""
    rows: list[tuple[Cell, ...]] = []
    for e in estimates:
        limits: Cell = (
            Missing(e.limits.reason or "no limits")
            if e.limits.set_kind is None
            else f"{e.limits} ({format_number(100 * e.level)} % {e.interval})"
        )
        rows.append((e.quantity, e.value, limits))
    return Table(title, ("quantity", "estimate", "limits"), tuple(rows))
