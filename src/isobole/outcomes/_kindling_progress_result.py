"""What `kindling_progress` returns: curves, model, permutation tests, report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._ordinal_mixed_fit import OrdinalMixedFit
from isobole.results import (
    Block,
    Heading,
    Methods,
    Missing,
    Note,
    Result,
    Table,
    Text,
    equals_p,
    format_p,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

REFERENCES = (
    "Hedeker D, Gibbons RD (1994) A random-effects ordinal regression model for "
    "multilevel analysis. Biometrics 50:933-944.",
    "Pesarin F, Salmaso L (2010) Permutation Tests for Complex Data. Wiley.",
)


@dataclass(frozen=True, slots=True)
class AnimalCurve:
    """One animal's stages by session."""

    animal: str
    group: str
    sessions: tuple[float, ...]
    stages: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SessionQuartiles:
    """Quartiles of stage in a group at a session; each is a stage that was seen."""

    group: str
    session: float
    animals: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class KindledCount:
    """How many animals of a group were fully kindled by a session."""

    group: str
    session: float
    animals: int
    kindled: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KindlingProgress(Result):
    """Stage by session and group: ordinal mixed model and permutation of animals.

    Parameters
    ----------
    levels : tuple of float
        The scale.
    groups : tuple of str
        The control first.
    animals : tuple of AnimalCurve
    quartiles : tuple of SessionQuartiles
    kindled : tuple of KindledCount
        Empty where it was not said when animals were kindled.
    fit : OrdinalMixedFit or Missing
    model_tests : tuple of HypothesisTest
        Likelihood ratios of the model.
    overall : HypothesisTest or None
        Permutation test of any difference, with three groups or more.
    comparisons : tuple of HypothesisTest
        Permutation tests against the control.
    seed : int
    """

    levels: tuple[float, ...]
    groups: tuple[str, ...]
    animals: tuple[AnimalCurve, ...]
    quartiles: tuple[SessionQuartiles, ...]
    kindled: tuple[KindledCount, ...]
    fit: OrdinalMixedFit | Missing
    model_tests: tuple[HypothesisTest, ...]
    overall: HypothesisTest | None
    comparisons: tuple[HypothesisTest, ...]
    seed: int

    @property
    def step(self) -> float:
        """The least distance of two stages of the scale."""
        pairs = zip(self.levels, self.levels[1:], strict=False)
        return min(high - low for low, high in pairs)

    @property
    def tests(self) -> tuple[HypothesisTest, ...]:
        """Every test: permutations first, then the model's."""
        first = () if self.overall is None else (self.overall,)
        return (*first, *self.comparisons, *self.model_tests)

    def quartile_table(self) -> Table:
        """Return median stage and quartiles by session and group."""
        return Table(
            "Stage by session",
            ("group", "session", "animals", "lower quartile", "median", "upper"),
            tuple(
                (q.group, q.session, q.animals, q.low, q.median, q.high)
                for q in self.quartiles
            ),
            (
                "Each is a stage that was seen: the least with at least that share of "
                "animals at or below it.",
            ),
        )

    def kindled_table(self) -> Table:
        """Return how many animals were kindled by each session."""
        sessions = sorted({k.session for k in self.kindled})
        count = {(k.group, k.session): k for k in self.kindled}
        return Table(
            "Fully kindled by session",
            (
                "session",
                *(f"{g} (of {count[g, sessions[0]].animals})" for g in self.groups),
            ),
            tuple((t, *(count[g, t].kindled for g in self.groups)) for t in sessions),
        )

    def test_table(self) -> Table:
        """Return every test with its method."""
        return Table(
            "Progress of stage: tests",
            ("question", "statistic", "p", "p (Holm)", "method"),
            tuple(
                (
                    t.question,
                    t.statistic,
                    t.p if isinstance(t.p, Missing) else format_p(t.p),
                    format_p(t.p_adjusted)
                    if isinstance(t.p_adjusted, float)
                    else t.p_adjusted,
                    t.method,
                )
                for t in self.tests
            ),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the comparison as report blocks."""
        from isobole.outcomes._kindling_figures import progress_figure

        sessions = {q.session for q in self.quartiles}
        rows = sum(len(a.sessions) for a in self.animals)
        possible = len(sessions) * len(self.animals)
        said = f"{len(self.animals)} animals, {len(sessions)} sessions, {rows} stages"
        if rows < possible:
            said += f" ({possible - rows} animal-sessions were not held)"
        made: list[Block] = [
            Heading("Progress of kindling", 3),
            Text(f"{said}. The animal, not the session, is the unit."),
            self.test_table(),
            progress_figure(self),
        ]
        if self.kindled:
            made.append(self.kindled_table())
        if isinstance(self.fit, Missing):
            made.append(Note(f"{self.fit.reason}"))
        else:
            made += [b for b in self.fit.blocks() if not isinstance(b, Methods)]
        made.append(self.methods())
        return tuple(made)

    def methods(self) -> Methods:
        """Return the Methods paragraph."""
        model = ""
        references: tuple[str, ...] = REFERENCES
        if isinstance(self.fit, OrdinalMixedFit):
            own = self.fit.methods()
            model = f" {own.text}"
            references = tuple(dict.fromkeys((*own.references, *REFERENCES)))
        return Methods(
            "Groups were compared by a two-sided permutation test that moves whole "
            "animals between groups: stages were ranked over all animals within each "
            "session (midranks as a share of the animals observed) and each animal "
            "scored by its mean over sessions." + model,
            references,
        )

    def plot(self, ax: Any = None) -> MatplotlibFigure:
        """Draw the kindling curves."""
        from isobole.outcomes._kindling_figures import draw_progress

        return draw_progress(self, ax)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; a null has a reason beside it."""
        lost = isinstance(self.fit, Missing)
        return {
            "levels": list(self.levels),
            "groups": list(self.groups),
            "seed": self.seed,
            "tests": [t.to_dict() for t in self.tests],
            "fit": None if isinstance(self.fit, Missing) else self.fit.to_dict(),
            "quartiles": [
                {n: getattr(q, n) for n in SessionQuartiles.__slots__}
                for q in self.quartiles
            ],
            "kindled": [
                {n: getattr(k, n) for n in KindledCount.__slots__} for k in self.kindled
            ],
            "reason": self.fit.reason if lost else None,
        }

    def to_frame(self) -> Any:
        """Return a pandas DataFrame, one row per group and session."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["quartiles"])

    def __repr__(self) -> str:
        first = self.overall or self.comparisons[0]
        p = "no p" if isinstance(first.p, Missing) else f"p {equals_p(first.p)}"
        return (
            f"KindlingProgress({len(self.animals)} animals, {len(self.groups)} groups; "
            f"{first.question}: {p}, permutation of animals)"
        )
