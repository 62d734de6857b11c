"""Scores by group, and the agreement of the people who gave them."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.analysis._analysis import Analysis
from isobole.analysis._counted import attempt
from isobole.analysis._groups import Groups
from isobole.outcomes import compare_severity, observer_agreement
from isobole.results import Missing, Result
from isobole.studies import AnimalOutcome, Protocol, Scale, StudyOutcomes


def severity(
    animals: Sequence[AnimalOutcome],
    groups: Groups,
    protocol: Protocol,
    scale: Scale | None,
) -> list[Analysis]:
    """Compare maximum scores; an animal nobody scored is left out, never a zero."""
    title = "Maximum seizure score"
    if scale is None:
        missing = Missing("the protocol names no scale")
        return [Analysis("max_score", "secondary", title, missing)]
    entered: list[tuple[int, str]] = []
    left_out: list[str] = []
    for animal in animals:
        label = groups.of(animal)
        if not animal.included or label is None:
            continue
        if animal.max_order is None:
            left_out.append(
                f"Animal {animal.animal_id} has no score: not seen is not the lowest "
                "level."
            )
            continue
        entered.append((animal.max_order, label))
        if animal.end_reason in ("technical", "humane_endpoint", "ended_early"):
            left_out.append(
                f"Animal {animal.animal_id} was observed for only "
                f"{(animal.observed_ms or 0) / 1000:.0f} s: its highest score, "
                f"{animal.max_score}, may have been surpassed later and enters as it "
                "was seen."
            )
    if not entered:
        missing = Missing("no animal has a score")
        return [Analysis("max_score", "secondary", title, missing, tuple(left_out))]

    def compute() -> Result:
        labels = [label for _, label in entered]
        return compare_severity(
            [order for order, _ in entered],
            labels,
            levels=scale.codes,
            control=groups.control if groups.control in labels else None,
            level=protocol.statistics.level,
            scale=scale.title,
            seed=protocol.statistics.seed,
        )

    found = attempt(compute)
    return [Analysis("max_score", "secondary", title, found, tuple(left_out))]


def agreement(
    outcomes: StudyOutcomes, protocol: Protocol, scale: Scale | None
) -> list[Analysis]:
    """Compare every further observer with the first, whose scores are analysed."""
    if scale is None or not outcomes.observers:
        return []
    names = list(outcomes.observers)
    main = {a.animal_id: a.max_order for a in outcomes.observers[names[0]]}
    found: list[Analysis] = []
    for observer in names[1:]:
        animals = outcomes.observers[observer]
        pairs = [
            (first, animal.max_order)
            for animal in animals
            if (first := main.get(animal.animal_id)) is not None
            and animal.max_order is not None
        ]
        if not pairs:
            continue

        def compute(pairs: list[tuple[int, int]] = pairs) -> Result:
            return observer_agreement(
                [first for first, _ in pairs],
                [second for _, second in pairs],
                levels=scale.codes,
                level=protocol.statistics.level,
            )

        title = f"Agreement of {names[0]} and {observer} on the maximum score"
        notes = (f"{len(pairs)} animals were scored by both.",)
        found.append(Analysis("agreement", "quality", title, attempt(compute), notes))
    return found
