"""The parts of a protocol: doses, groups, challenge, endpoint, randomisation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from isobole.studies._enums import (
    Basis,
    BlindedRole,
    DeathCounts,
    EndpointRule,
    GroupRole,
    Randomisation,
    Route,
    SampleSizeMethod,
)

Name = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$", max_length=40)
]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Part(BaseModel):
    """What every part of a protocol shares: no unknown key, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Dose(Part):
    """One substance as it is given to a group.

    `amount` is in `unit` on the `basis` named: mg/kg of the salt and mg/kg of its acid
    are different doses.
    """

    substance: Sentence
    amount: NotNegative
    unit: Sentence = "mg/kg"
    basis: Basis
    route: Route
    vehicle: Sentence
    volume_ml_per_kg: Positive
    pretreatment_min: NotNegative
    schedule: Sentence = "once"


class Group(Part):
    """A treatment group: an id, its role, how many animals, and what it is given."""

    id: Name
    role: GroupRole
    n: Annotated[int, Field(gt=0)]
    doses: tuple[Dose, ...] = ()
    note: str = ""


class Challenge(Part):
    """What provokes the seizure, or the motor task: a dose, a current, a rod."""

    substance: str = ""
    amount: NotNegative | None = None
    unit: str = ""
    basis: Basis = "substance"
    route: Route | None = None
    site: str = ""
    infusion_ml_per_min: Positive | None = None
    concentration_mg_per_ml: Positive | None = None
    current: Positive | None = None
    current_unit: Literal["mA", "uA", ""] = ""
    current_mode: Literal["fixed", "up_and_down", "adt", "adt_plus_percent", ""] = ""
    current_percent: NotNegative | None = None
    step_log10: Positive | None = None
    frequency_hz: Positive | None = None
    pulse_ms: Positive | None = None
    train_s: Positive | None = None
    waveform: str = ""
    peak: Literal["peak", "peak_to_peak", ""] = ""
    electrode: str = ""
    anaesthetic: str = ""
    speed_rpm: Positive | None = None


class Observation(Part):
    """How long each animal is watched after its own t0, and in what rack."""

    window_s: Positive
    chambers: Annotated[int, Field(gt=0, le=48)] = 6
    chamber_rows: Annotated[int, Field(gt=0, le=8)] = 1
    scan_prompt_min: NotNegative = 5


class Scoring(Part):
    """The scale and what counts as generalised on it."""

    scale: Name
    generalised_from: str
    episode_from: str


class Endpoint(Part):
    """What makes an animal protected, and what death without the endpoint counts as.

    A death is never counted as protection. `sensitivity` names the other ways of
    counting it that are run beside the main analysis.
    """

    rule: EndpointRule
    min_duration_s: NotNegative | None = None
    score: str | None = None
    signs: tuple[str, ...] = ()
    hindlimb_angle_deg: Literal[90, 180] | None = None
    death: DeathCounts
    sensitivity: tuple[DeathCounts, ...] = ()


class Staircase(Part):
    """The rising series of currents that finds the afterdischarge threshold."""

    start_ua: Positive
    factor: Annotated[float, Field(gt=1)]
    interval_s: Positive
    max_ua: Positive


class AfterdischargeRule(Part):
    """When a discharge counts as an afterdischarge."""

    min_amplitude_ratio: Positive
    min_rate_hz: Positive
    min_duration_s: Positive
    merge_gap_s: NotNegative


class FullyKindledRule(Part):
    """How many sessions at which stage make an animal fully kindled."""

    min_stage: str
    count: Annotated[int, Field(gt=0)]
    consecutive: Literal["consecutive", "any"]


class Kindling(Part):
    """Electrode, threshold, sessions and the drug test in kindled animals."""

    target: Sentence
    ap_mm: float | None = None
    ml_mm: float | None = None
    dv_mm: float | None = None
    recovery_days: NotNegative
    staircase: Staircase
    afterdischarge: AfterdischargeRule
    fully_kindled: FullyKindledRule
    sessions_per_day: Annotated[int, Field(gt=0)]
    min_interval_h: Positive
    max_sessions: Annotated[int, Field(gt=0)]
    control: Literal["own_vehicle", "crossover", "parallel"]
    washout_days: NotNegative


class Criterion(Part):
    """An inclusion or exclusion criterion, set before the first dose."""

    id: Name
    text: Sentence


class RandomisationPlan(Part):
    """How animals come to groups; the seed is in the key file, never here."""

    method: Randomisation
    strata: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    biased_coin: Annotated[float, Field(gt=0.5, le=1)] = 0.8
    rotate_chambers: Literal["latin_square", "none"] = "latin_square"


class Blinding(Part):
    """Who does not know the groups, and who does."""

    blinded: tuple[BlindedRole, ...]
    reason_if_not: str = ""


class SampleSize(Part):
    """How the number of animals was decided: inputs and result are kept."""

    method: SampleSizeMethod
    reasoning: Sentence
    inputs: dict[str, Any] = Field(default_factory=dict)


class StatisticsPlan(Part):
    """What will be done with the outcomes; declared before the first animal."""

    control: Name | None = None
    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    adjust: Literal["holm", "none"] = "holm"
    km_interval: Literal["log-log", "log", "plain"] = "log-log"
    median_rule: Literal["first-below", "midpoint"] = "first-below"
    link: Literal["probit", "logit"] = "probit"
    interaction_null: Literal["loewe", "dose-equivalence", "both"] = "both"
    seed: int = 20260101
    note: str = ""
