"""The protocol of a study, as one validated document."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from isobole.studies._canonical import canonical_document
from isobole.studies._enums import ExperimentalUnit, PrimaryOutcome, Sex, Species
from isobole.studies._protocol_parts import (
    Blinding,
    Challenge,
    Criterion,
    Endpoint,
    Group,
    Kindling,
    Name,
    Observation,
    Part,
    RandomisationPlan,
    SampleSize,
    Scoring,
    Sentence,
    StatisticsPlan,
)

StudyId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{3,20}$")]


class Protocol(Part):
    """What `study.toml` says, checked key by key.

    Attributes mirror the file. `model` names a seizure model (a data file with the
    published parameter values); `scoring.scale` names a scale. `constructed` marks
    data invented for teaching or tests: every page and report then says so.
    """

    format: Literal[1]
    study_id: StudyId
    title: Sentence
    version: Annotated[int, Field(gt=0)] = 1
    constructed: Literal["yes", "no"] = "no"
    hypothesis: Sentence
    primary_outcome: PrimaryOutcome
    secondary_outcomes: tuple[PrimaryOutcome, ...] = ()
    experimental_unit: ExperimentalUnit
    ethics_id: Sentence
    model: Name
    species: Species
    strain: Sentence
    sex: Sex
    housing: str = ""
    humane_endpoint: Sentence
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    challenge: Challenge
    observation: Observation
    scoring: Scoring | None = None
    endpoint: Endpoint
    kindling: Kindling | None = None
    inclusion: tuple[Criterion, ...] = ()
    exclusion: tuple[Criterion, ...] = ()
    randomisation: RandomisationPlan
    blinding: Blinding
    sample_size: SampleSize
    statistics: StatisticsPlan = StatisticsPlan()

    def group(self, name: str) -> Group:
        """Return the group called `name`; KeyError if the protocol has none such."""
        for group in self.groups:
            if group.id == name:
                return group
        raise KeyError(name)

    @property
    def sha256(self) -> str:
        """Identity of the protocol: hash of its canonical JSON, not of the file."""
        document = canonical_document(self.model_dump(mode="json"))
        return hashlib.sha256(document.encode()).hexdigest()
