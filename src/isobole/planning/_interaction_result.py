"""The plan of an interaction study as a result: tests, sizes, advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from isobole.combination._power import TestName
from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._interaction_design import InteractionDesign
from isobole.planning._interaction_rates import monte_carlo_error
from isobole.planning._interaction_rows import EquivalencePlan, SizePlan, TestPlan
from isobole.results import (
    Block,
    Cell,
    Heading,
    Methods,
    Missing,
    Note,
    OptionError,
    Result,
    Table,
    Text,
    format_number,
)

REFERENCES: Final = (
    "Loewe S (1953) The problem of synergism and antagonism of combined drugs. "
    "Arzneimittelforschung 3:285-290.",
    "Tallarida RJ (2000) Drug Synergism and Dose-Effect Data Analysis. Chapman & "
    "Hall/CRC.",
    "Litchfield JT, Wilcoxon F (1949) A simplified method of evaluating dose-effect "
    "experiments. J Pharmacol Exp Ther 96:99-113.",
    "Schuirmann DJ (1987) A comparison of the two one-sided tests procedure and the "
    "power approach. J Pharmacokinet Biopharm 15:657-680.",
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlanInteraction(Result):
    """What each test of interaction gives with a planned design.

    Parameters
    ----------
    design : InteractionDesign
    tests : tuple of TestPlan
        False positives, power and answers of every test with the design as planned.
    sizes : tuple of SizePlan
        Power with other numbers of animals per dose.
    equivalence : EquivalencePlan or Missing
    level, target : float
        Confidence, and the power wanted.
    samples, seed : int
        Simulated studies, and where they start.
    recommended : str
        The test to plan for.
    message : str
    """

    design: InteractionDesign
    tests: tuple[TestPlan, ...]
    sizes: tuple[SizePlan, ...]
    equivalence: EquivalencePlan | Missing
    level: float
    target: float
    samples: int
    seed: int
    heterogeneity: str
    recommended: TestName
    message: str

    def test(self, name: str) -> TestPlan:
        """Return one test by its name."""
        for plan in self.tests:
            if plan.name == name:
                return plan
        listed = ", ".join(f"'{plan.name}'" for plan in self.tests)
        raise OptionError(f"there is no test '{name}'; there are {listed}")

    def to_dict(self) -> dict[str, Any]:
        """Return the body of ``isobole/plan-interaction/1``: percents 0 to 100."""
        gone = self.equivalence
        return {
            "design": {
                **self.design.to_dict(),
                "level": self.level,
                "target_power": 100 * self.target,
                "samples": self.samples,
                "seed": self.seed,
                "heterogeneity": self.heterogeneity,
            },
            "tests": [plan.to_dict() for plan in self.tests],
            "sizes": [size.to_dict() for size in self.sizes],
            "equivalence": {"margin": None, "reason": gone.reason}
            if isinstance(gone, Missing)
            else gone.to_dict(),
            "recommended": self.recommended,
            "message": self.message,
        }

    def blocks(self) -> tuple[Block, ...]:
        """Return the plan as report blocks."""
        blocks: list[Block] = [
            Heading("What this interaction study can show"),
            Text(f"Planned: {self.design.words()}"),
            Note(self.message),
            self.test_table(),
            self.size_table(),
        ]
        if not isinstance(self.equivalence, Missing):
            blocks.append(self.equivalence_table(self.equivalence))
        blocks.append(self.methods())
        return tuple(blocks)

    def test_table(self) -> Table:
        """Return the tests side by side, with the design as planned."""
        index = format_number(self.design.index)
        rows: list[tuple[Cell, ...]] = []
        for plan in self.tests:
            smallest = plan.smallest
            rows.append(
                (
                    plan.label,
                    percent_text(plan.false_positive),
                    percent_text(plan.power),
                    percent_text(plan.at_index.no_answer),
                    smallest if isinstance(smallest, Missing) else str(smallest),
                )
            )
        nominal = format_number(100 * (1 - self.level), 3)
        worst = max(
            plan.at_index.error(share)
            for plan in self.tests
            for share in (plan.false_positive, plan.power)
        )
        return Table(
            f"Tests with the planned {self.design.animals} animals",
            (
                "test",
                "false positives",
                f"power at {index}",
                "no answer",
                f"n for {percent_text(self.target)} power",
            ),
            tuple(rows),
            (
                f"Two-sided at {nominal} %; of all studies: one in which a test has no "
                "answer does not reject. False positives are of an additive mixture "
                "(index 1); power counts rejections on the side of the true index.",
                f"{self.samples:,} simulated studies (seed {self.seed}); Monte Carlo "
                f"standard error at most {format_number(100 * worst, 2)} percentage "
                "points.",
                "The profile interval of the index excludes 1 exactly where its "
                "likelihood ratio rejects.",
                f"n: the smallest per dose{self._of_first()} whose power holds for all "
                f"larger n of {', '.join(str(s.n[0]) for s in self.sizes)}.",
            ),
        )

    def _of_first(self) -> str:
        equal = len(set(self.design.n)) == 1
        return "" if equal else f" of {self.design.drugs[0]}, others in proportion"

    def size_table(self) -> Table:
        """Return the power of each test by number of animals."""
        return Table(
            f"Power at an index of {format_number(self.design.index)} by animals "
            "per dose",
            ("n per dose", "animals", *(plan.label for plan in self.tests)),
            tuple(
                (
                    _sizes_text(size.n),
                    str(size.animals),
                    *(percent_text(share) for _, share in size.power),
                )
                for size in self.sizes
            ),
        )

    def equivalence_table(self, plan: EquivalencePlan) -> Table:
        """Return how often an additive mixture is shown to be so."""
        low, high = (format_number(end) for end in plan.margin)
        inner = format_number(100 * (2 * self.level - 1))
        samples = min(self.samples, EQUIVALENCE_SAMPLES)
        error = format_number(100 * monte_carlo_error(0.5, samples), 2)
        return Table(
            f"Shown additive within {low} to {high} at a true index of 1",
            (f"n per dose{self._of_first()}", "animals", "share of studies"),
            tuple((str(n), str(k), percent_text(share)) for n, k, share in plan.rows),
            (
                f"The {inner} % interval of the index lies inside the margin "
                "(log-delta, or joint likelihood where an arm has no finite curve). "
                f"{samples:,} studies each, standard error at most {error} points.",
            ),
        )

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        return Methods(
            f"Power and false-positive rates were simulated ({self.samples:,} studies, "
            f"seed {self.seed}) for the planned design: {self.design.words()} Outcome "
            "tables of each arm were drawn from their product-binomial distribution "
            "(listed in full where there are few enough) and analysed by every test; "
            "studies without an answer were counted as not rejecting. Heterogeneity "
            f"rule: {self.heterogeneity}. Additivity is Loewe's at 50 % effect.",
            REFERENCES,
        )

    def __repr__(self) -> str:
        best = self.test(self.recommended)
        return (
            f"PlanInteraction({' + '.join(self.design.drugs)}, "
            f"{self.design.animals} animals, index "
            f"{format_number(self.design.index)}: power {percent_text(best.power)}, "
            f"false positives {percent_text(best.false_positive)} by {best.label})"
        )


EQUIVALENCE_SAMPLES: Final = 4000


def _sizes_text(n: tuple[int, ...]) -> str:
    return str(n[0]) if len(set(n)) == 1 else ", ".join(map(str, n))
