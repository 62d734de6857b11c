"""The groups of a study as the analysis may name them: by code, or by treatment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from isobole.results import DoseUnit
from isobole.studies import (
    AnimalOutcome,
    KindlingOutcome,
    Protocol,
    Study,
    StudyOutcomes,
)

Naming = Literal["code", "group"]
Judged = AnimalOutcome | KindlingOutcome
Animal = TypeVar("Animal", AnimalOutcome, KindlingOutcome)


@dataclass(frozen=True, slots=True)
class StudyGroup:
    """One group under the name the reader may see.

    `doses` maps substance to (amount, unit); it is None while the group is a code.
    """

    label: str
    group: str | None
    role: str | None
    planned: int | None
    doses: Mapping[str, tuple[float, DoseUnit]] | None


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups in the order they are shown, and why they are named so."""

    naming: Naming
    reason: str
    groups: tuple[StudyGroup, ...]
    label_of: Mapping[str, str]

    @property
    def labels(self) -> tuple[str, ...]:
        """Names in the order of the protocol (or of the alphabet, for codes)."""
        return tuple(group.label for group in self.groups)

    @property
    def control(self) -> str | None:
        """The name of the control group; None while it is not known."""
        return next((g.label for g in self.groups if g.role == "vehicle"), None)

    def of(self, animal: Judged) -> str | None:
        """Return the name of an animal's group; None if it was never allocated."""
        return self.label_of.get(animal.animal_id)

    def in_order(self, animals: Iterable[Animal]) -> tuple[Animal, ...]:
        """Return animals group by group, so that tables show the protocol's order."""
        place = {label: number for number, label in enumerate(self.labels)}
        last = len(place)
        return tuple(sorted(animals, key=lambda a: place.get(self.of(a) or "", last)))


def judged(outcomes: StudyOutcomes) -> tuple[Judged, ...]:
    """Return every animal with an outcome of either kind, once."""
    kindled = {animal.animal_id for animal in outcomes.kindling}
    watched = [a for a in outcomes.animals if a.animal_id not in kindled]
    return (*watched, *outcomes.kindling)


def name_groups(study: Study) -> Groups:
    """Name groups by code until the analysis is locked and the key was opened.

    A hand-made folder whose allocation names the groups never was blind: they are
    named, and the reason says so.
    """
    chained = study.chain != "unchained"
    open_group = {a.animal_id: a.group for a in study.allocation if a.group}
    if chained and study.commitment and not study.locked:
        return _coded(study, "the analysis is not locked: groups are shown by code")
    planned = {group.id for group in study.protocol.groups}
    if study.revealed:
        label_of = {
            a.animal_id: study.revealed[a.group_code]
            for a in study.allocation
            if study.revealed.get(a.group_code) in planned
        }
        return _named(study, label_of, "the analysis was locked and the key opened")
    if open_group:
        return _named(
            study,
            # A group the protocol does not know is an error; its animals have none.
            {animal: group for animal, group in open_group.items() if group in planned},
            "allocation.csv names the groups: this analysis was not blind",
        )
    return _coded(study, "the key was not opened: groups are shown by code")


def _coded(study: Study, reason: str) -> Groups:
    label_of = {a.animal_id: a.group_code for a in study.allocation}
    groups = tuple(
        StudyGroup(code, None, None, None, None)
        for code in sorted(set(label_of.values()))
    )
    return Groups("code", reason, groups, label_of)


def _named(study: Study, label_of: Mapping[str, str], reason: str) -> Groups:
    protocol = study.protocol
    groups = tuple(
        StudyGroup(
            group.id, group.id, group.role, group.n, doses_of(protocol, group.id)
        )
        for group in protocol.groups
    )
    return Groups("group", reason, groups, label_of)


def doses_of(protocol: Protocol, name: str) -> dict[str, tuple[float, DoseUnit]]:
    """Return what a group is given: substance -> (amount, unit with its basis)."""
    given: dict[str, tuple[float, DoseUnit]] = {}
    for dose in protocol.group(name).doses:
        unit = DoseUnit.parse(dose.unit)
        if unit.of is None and dose.basis != "substance":
            unit = DoseUnit(unit.amount, unit.per, dose.basis)
        if dose.amount > 0:
            given[dose.substance] = (dose.amount, unit)
    return given
