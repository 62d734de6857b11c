"""The plan around the experiment: criteria, randomisation, blinding, n, statistics."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from isobole.studies._enums import BlindedRole, Randomisation, SampleSizeMethod
from isobole.studies._protocol_base import Name, Part, Sentence


class Criterion(Part):
    """An inclusion or exclusion criterion, set before the first dose."""

    id: Name
    """Short name; every row of exclusions.csv refers to one."""
    text: Sentence
    """The criterion in a sentence."""


class RandomisationPlan(Part):
    """How animals come to groups; the seed is in the key file, never here."""

    method: Randomisation
    """How the sequence is made."""
    strata: tuple[str, ...] = ()
    """Columns of animals.csv within which groups are balanced."""
    covariates: tuple[str, ...] = ()
    """Columns of animals.csv that minimisation balances."""
    biased_coin: Annotated[float, Field(gt=0.5, le=1)] = 0.8
    """Probability with which minimisation takes the better group."""
    rotate_chambers: Literal["latin_square", "none"] = "latin_square"
    """Whether groups change chambers from block to block."""


class Blinding(Part):
    """Who does not know the groups, and who does."""

    blinded: tuple[BlindedRole, ...]
    """Stages at which nobody involved knows the groups."""
    reason_if_not: str = ""
    """Why a stage is not blinded."""


class SampleSize(Part):
    """How the number of animals was decided: inputs and result are kept."""

    method: SampleSizeMethod
    """How the number of animals was decided."""
    reasoning: Sentence
    """The reasoning in a sentence, with the effect looked for and the power."""
    inputs: dict[str, Any] = Field(default_factory=dict)
    """Numbers the calculation used."""


class StatisticsPlan(Part):
    """What will be done with the outcomes; declared before the first animal."""

    control: Name | None = None
    """Id of the group the others are compared with; the vehicle group if left out."""
    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    """Confidence of all limits."""
    adjust: Literal["holm", "none"] = "holm"
    """Adjustment for comparing several groups with the control."""
    km_interval: Literal["log-log", "log", "plain"] = "log-log"
    """Kind of interval about a Kaplan-Meier curve."""
    median_rule: Literal["first-below", "midpoint"] = "first-below"
    """Median where the curve is flat at one half."""
    link: Literal["probit", "logit"] = "probit"
    """Shape of dose-response curves."""
    interaction_null: Literal["loewe", "dose-equivalence", "both"] = "both"
    """What no interaction means."""
    seed: int = 20260101
    """Seed of whatever the analysis samples; not the one of the allocation."""
    note: str = ""
    """Anything else that was decided before the first animal."""


class Reporting(Part):
    """What ARRIVE 2.0 asks for that no record can answer; all optional."""

    background: str = ""
    """Why the study is done, and why in this species and model."""
    animal_source: str = ""
    """Supplier, health status, genotype and earlier use of the animals."""
    monitoring: str = ""
    """How animals are cared for and watched, and how often."""
    registration: str = ""
    """Where the protocol is registered, or why it is not."""
    data_access: str = ""
    """Where the data can be had."""
    interests: str = ""
    """Funding and interests of those involved."""
    limitations: str = ""
    """What the study cannot show: bias, imprecision, generalisation."""
