"""The flow of animals: planned, allocated, dosed, observed, excluded, analysed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from isobole.analysis._groups import Groups, judged
from isobole.results import Missing, Table
from isobole.studies import Study, StudyOutcomes


@dataclass(frozen=True, slots=True)
class FlowRow:
    """Animals of one group at each step; `planned` is None while groups are codes."""

    label: str
    planned: int | None
    allocated: int
    dosed: int
    observed: int
    died: int
    excluded: int
    analysed: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Every animal from the plan to the analysis, and every exclusion by name."""

    rows: tuple[FlowRow, ...]
    exclusions: tuple[tuple[str, str, str], ...]
    not_allocated: tuple[str, ...]
    not_observed: tuple[str, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Return the flow and the exclusions as tables of the report."""
        flow = Table(
            "Flow of animals",
            (
                "group", "planned", "allocated", "dosed", "observed", "died",
                "excluded", "analysed",
            ),
            tuple(
                (
                    row.label,
                    Missing("known once the key is opened")
                    if row.planned is None
                    else row.planned,
                    row.allocated, row.dosed, row.observed, row.died,
                    row.excluded, row.analysed,
                )
                for row in self.rows
            ),
            (
                "Died: within the observation, whatever the cause; how a death counts "
                "is said with the endpoint.",
                *(
                    [f"Never observed: {', '.join(self.not_observed)}."]
                    if self.not_observed
                    else []
                ),
                *(
                    [f"Never allocated: {', '.join(self.not_allocated)}."]
                    if self.not_allocated
                    else []
                ),
            ),
        )  # fmt: skip
        if not self.exclusions:
            return (flow,)
        return (
            flow,
            Table("Exclusions", ("animal", "group", "reason"), self.exclusions),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the flow as it stands in JSON."""
        return {
            "groups": [
                {name: getattr(row, name) for name in FlowRow.__slots__}
                | (
                    {"reason": "known once the key is opened"}
                    if row.planned is None
                    else {}
                )
                for row in self.rows
            ],
            "exclusions": [
                {"animal": animal, "group": group, "reason": reason}
                for animal, group, reason in self.exclusions
            ],
            "not_allocated": list(self.not_allocated),
            "not_observed": list(self.not_observed),
        }


def observed_animals(study: Study) -> set[str]:
    """Return the animals of which anything was seen: no row is no observation."""
    return {
        *(event.animal_id for event in study.events),
        *(session.animal_id for session in study.sessions),
    }


def follow_animals(study: Study, outcomes: StudyOutcomes, groups: Groups) -> Flow:
    """Count every animal at every step of the study."""
    dosed = {dose.animal_id for dose in study.doses if dose.kind == "treatment"}
    observed = observed_animals(study)
    found = {outcome.animal_id: outcome for outcome in judged(outcomes)}
    died = {outcome.animal_id for outcome in outcomes.animals if outcome.died}
    rows = []
    for group in groups.groups:
        members = [a for a, label in groups.label_of.items() if label == group.label]
        rows.append(
            FlowRow(
                group.label,
                group.planned,
                len(members),
                sum(animal in dosed for animal in members),
                sum(animal in observed for animal in members),
                sum(animal in died for animal in members),
                sum(
                    animal in found and not found[animal].included for animal in members
                ),
                sum(
                    animal in found and found[animal].included and animal in observed
                    for animal in members
                ),
            )
        )
    exclusions = tuple(
        (
            outcome.animal_id,
            groups.of(outcome) or "not allocated",
            outcome.exclusion or "no reason given",
        )
        for outcome in found.values()
        if not outcome.included
    )
    missing = tuple(
        animal.animal_id
        for animal in study.animals
        if animal.animal_id not in groups.label_of
    )
    unseen = tuple(
        outcome.animal_id
        for outcome in found.values()
        if outcome.included
        and outcome.animal_id in groups.label_of
        and outcome.animal_id not in observed
    )
    return Flow(tuple(rows), exclusions, missing, unseen)
