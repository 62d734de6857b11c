"""The protocol of a study, as one validated document."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from isobole.studies._canonical import canonical_document
from isobole.studies._enums import ExperimentalUnit, PrimaryOutcome, Sex, Species
from isobole.studies._protocol_base import StudyId
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
    Reporting,
    SampleSize,
    Scoring,
    Sentence,
    StatisticsPlan,
)


class Protocol(Part):
    """What `study.toml` says, checked key by key.

    Attributes mirror the file. `model` names a seizure model (a data file with the
    published parameter values); `scoring.scale` names a scale. `constructed` marks
    data invented for teaching or tests: every page and report then says so.
    """

    format: Literal[1]
    """Version of this file's format."""
    study_id: StudyId
    """3 to 20 capital letters, digits and hyphens."""
    title: Sentence
    """Title of the study."""
    version: Annotated[int, Field(gt=0)] = 1
    """Version of the protocol; raise it with every change."""
    constructed: Literal["yes", "no"] = "no"
    """Write "yes" for data made up for teaching or tests. Every page then says so."""
    hypothesis: Sentence
    """What is expected, in a sentence."""
    primary_outcome: PrimaryOutcome
    """The one outcome the study is judged by."""
    secondary_outcomes: tuple[PrimaryOutcome, ...] = ()
    """Outcomes reported beside it, marked as secondary."""
    experimental_unit: ExperimentalUnit
    """What is allocated to groups and counted as n."""
    ethics_id: Sentence
    """Number of the approval and the authority that gave it."""
    model: Name
    """The seizure model or motor test."""
    species: Species
    """The species."""
    strain: Sentence
    """Strain and substrain as the supplier writes it, such as C57BL/6J."""
    sex: Sex
    """The sex of the animals."""
    housing: str = ""
    """Cages, bedding, light cycle, food and water."""
    humane_endpoint: Sentence
    """When an animal is killed or treated before the window ends."""
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    """The treatment groups."""
    challenge: Challenge
    """What provokes the seizure, or the motor task."""
    observation: Observation
    """How long each animal is watched, and in what rack."""
    scoring: Scoring | None = None
    """The seizure scale; left out where nothing is scored."""
    endpoint: Endpoint
    """When an animal is protected, and what a death counts as."""
    kindling: Kindling | None = None
    """Electrode, threshold and sessions; kindling only."""
    inclusion: tuple[Criterion, ...] = ()
    """Criteria an animal must meet, set before the first dose."""
    exclusion: tuple[Criterion, ...] = ()
    """Criteria by which an animal leaves the analysis, set before the first dose."""
    randomisation: RandomisationPlan
    """How animals come to groups."""
    blinding: Blinding
    """Who does not know the groups."""
    sample_size: SampleSize
    """How the number of animals was decided."""
    statistics: StatisticsPlan = StatisticsPlan()
    """What will be done with the outcomes."""
    reporting: Reporting = Reporting()
    """What ARRIVE 2.0 asks for that no record can answer."""

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
