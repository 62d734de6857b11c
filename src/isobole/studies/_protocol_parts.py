"""The parts of a protocol: doses, groups, challenge, observation, endpoint."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from isobole.studies._enums import Basis, DeathCounts, EndpointRule, GroupRole, Route
from isobole.studies._protocol_base import (
    Name as Name,
    NotNegative as NotNegative,
    Part as Part,
    Positive as Positive,
    Sentence as Sentence,
)
from isobole.studies._protocol_kindling import (
    AfterdischargeRule as AfterdischargeRule,
    FullyKindledRule as FullyKindledRule,
    Kindling as Kindling,
    Staircase as Staircase,
)
from isobole.studies._protocol_plan import (
    Blinding as Blinding,
    Criterion as Criterion,
    RandomisationPlan as RandomisationPlan,
    Reporting as Reporting,
    SampleSize as SampleSize,
    StatisticsPlan as StatisticsPlan,
)


class Dose(Part):
    """One substance as it is given to a group.

    `amount` is in `unit` on the `basis` named: mg/kg of the salt and mg/kg of its acid
    are different doses.
    """

    substance: Sentence
    """What is weighed, salt and hydrate included: "magnesium valproate"."""
    amount: NotNegative
    """The dose in `unit`; 0 for the vehicle alone."""
    unit: Sentence = "mg/kg"
    """Unit of the dose, such as mg/kg or umol/kg."""
    basis: Basis
    """What the amount is the mass or the moles of. The salt as weighed, its acid or
    base, its ion, or a substance that has no other form."""
    route: Route
    """How it is given."""
    vehicle: Sentence
    """What it is dissolved or suspended in."""
    volume_ml_per_kg: Positive
    """Volume in mL per kg of body mass. The same in all groups: a group that gets more
    is no longer blind."""
    pretreatment_min: NotNegative
    """Minutes from this dose to the challenge."""
    schedule: Sentence = "once"
    """How often: "once", or a sentence such as "daily for 28 days"."""


class Group(Part):
    """A treatment group: an id, its role, how many animals, and what it is given."""

    id: Name
    """Short name of the group, for the protocol and the key; never for a cage card."""
    role: GroupRole
    """What the group is for."""
    n: Annotated[int, Field(gt=0)]
    """Number of animals."""
    doses: tuple[Dose, ...] = ()
    """Everything the group is given before the challenge, the vehicle included."""
    note: str = ""
    """Anything else that is to be read beside the group."""


class Challenge(Part):
    """What provokes the seizure, or the motor task: a dose, a current, a rod."""

    substance: str = ""
    """The convulsant, in chemical models."""
    amount: NotNegative | None = None
    """Dose of the convulsant in `unit`. It depends on strain, route and supplier."""
    unit: str = ""
    """Unit of the convulsant's dose, such as mg/kg."""
    basis: Basis = "substance"
    """What the convulsant's amount is the mass of."""
    route: Route | None = None
    """How the convulsant is given."""
    site: str = ""
    """Where it is injected."""
    infusion_ml_per_min: Positive | None = None
    """Rate of the intravenous infusion in mL/min."""
    concentration_mg_per_ml: Positive | None = None
    """Concentration of the infused convulsant in mg/mL."""
    current: Positive | None = None
    """Current in `current_unit`; the first one of an up-and-down series."""
    current_unit: Literal["mA", "uA", ""] = ""
    """Unit of the current."""
    current_mode: Literal["fixed", "up_and_down", "adt", "adt_plus_percent", ""] = ""
    """How the current is set for each animal."""
    current_percent: NotNegative | None = None
    """Per cent above the afterdischarge threshold, for adt_plus_percent."""
    step_log10: Positive | None = None
    """Step of an up-and-down series in log10 units of current."""
    frequency_hz: Positive | None = None
    """Frequency of the current in Hz."""
    pulse_ms: Positive | None = None
    """Width of a pulse in ms."""
    train_s: Positive | None = None
    """Duration of the stimulus in s."""
    waveform: str = ""
    """Shape of the current."""
    peak: Literal["peak", "peak_to_peak", ""] = ""
    """Whether the current is counted to its peak or from peak to peak."""
    electrode: str = ""
    """Kind and place of the electrodes."""
    anaesthetic: str = ""
    """Local anaesthetic and electrolyte."""
    speed_rpm: Positive | None = None
    """Speed of the rod in turns per minute."""


class Observation(Part):
    """How long each animal is watched after its own t0, and in what rack."""

    window_s: Positive
    """Seconds each animal is watched from its own challenge; the censoring time."""
    chambers: Annotated[int, Field(gt=0, le=48)] = 6
    """Chambers observed together: the size of a block."""
    chamber_rows: Annotated[int, Field(gt=0, le=8)] = 1
    """Rows of the rack."""
    scan_prompt_min: NotNegative = 5
    """Minutes between prompts to look at every chamber; 0 for none."""


class Scoring(Part):
    """The scale and what counts as generalised on it."""

    scale: Name
    """Id of the scale; scores of different scales are never pooled."""
    generalised_from: str
    """Lowest code that counts as a generalised seizure."""
    episode_from: str
    """Lowest code that begins an episode."""


class Endpoint(Part):
    """What makes an animal protected, and what death without the endpoint counts as.

    A death is never counted as protection. `sensitivity` names the other ways of
    counting it that are run beside the main analysis.
    """

    rule: EndpointRule
    """When an animal counts as protected."""
    min_duration_s: NotNegative | None = None
    """Shortest clonus, in s, that counts as an episode."""
    score: str | None = None
    """Code of the scale below which an animal is protected."""
    signs: tuple[str, ...] = ()
    """Signs of which none may be seen in a protected animal."""
    hindlimb_angle_deg: Literal[90, 180] | None = None
    """Degrees to the trunk at which hindlimbs count as extended: beyond 90, or 180."""
    death: DeathCounts
    """What a death without the endpoint counts as; it is never protection."""
    sensitivity: tuple[DeathCounts, ...] = ()
    """Other ways of counting such deaths, run beside the main analysis."""
