"""What the reducers return: one outcome per animal, with the rules they used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from isobole.results import Missing


@dataclass(frozen=True, slots=True)
class Latency:
    """Time from an animal's own t0 to its first event of a kind.

    `cause` is 1 for the event, 0 for censored (window over, or observation ended for
    a technical reason: `censored_by`), 2 for death before the event.
    """

    kind: str
    t_ms: int
    cause: int
    censored_by: str | None = None


@dataclass(frozen=True, slots=True)
class AnimalOutcome:
    """What one animal did, by the protocol's rules.

    `protected` is the main rule's answer; `protected_by` holds it under every way of
    counting a death without the endpoint (main one first). A None there means the
    animal leaves the analysis under that way. `max_score` is a code of the scale, or
    None when nothing was scored, which is not the lowest score.
    """

    animal_id: str
    label: str
    group_code: str | None
    group: str | None
    stratum: str | None
    block: int | None
    day: str | None
    chamber: str | None
    sex: str | None
    included: bool
    exclusion: str | None
    protected: bool | Missing
    protected_by: Mapping[str, bool | None] = field(default_factory=dict)
    latencies: Mapping[str, Latency] = field(default_factory=dict)
    died: bool = False
    death_ms: int | None = None
    max_score: str | None = None
    max_order: int | None = None
    episodes: int = 0
    episode_ms: tuple[int, ...] = ()
    time_in_score_ms: Mapping[str, int] = field(default_factory=dict)
    observed_ms: int | None = None
    end_reason: str | None = None
    threshold: float | Missing | None = None
    challenge_amount: float | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StagedSession:
    """One kindling or test session after amendments, as the analysis needs it."""

    number: int
    phase: str
    condition: str | None
    current_ua: float | None
    stage: str | None
    stage_order: int | None
    add_status: str | None
    add_s: float | None
    seizure_s: float | None
    latency_s: float | None


@dataclass(frozen=True, slots=True)
class KindlingOutcome:
    """What one rat did over its sessions.

    `adt_ua` is the first current of the staircase that gave an afterdischarge;
    `subthreshold` counts the stimuli below it. `stimulations` is the number of
    kindling stimulations up to the session that met the fully-kindled rule, or up to
    the last one when `fully_kindled` is False (censored there). `gst_ua` is the first
    current of the same staircase that gave a generalised seizure.
    """

    animal_id: str
    label: str
    group_code: str | None
    group: str | None
    included: bool
    exclusion: str | None
    adt_ua: float | Missing
    subthreshold: int
    adt_later_ua: tuple[float, ...]
    sessions: tuple[StagedSession, ...]
    fully_kindled: bool
    kindled_at_session: int | None
    stimulations: int
    problems: tuple[str, ...] = ()
    gst_ua: float | Missing = field(
        default_factory=lambda: Missing("no threshold was measured")
    )
    gst_later_ua: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyOutcomes:
    """All outcomes of a study and the sentences that state the rules used."""

    animals: tuple[AnimalOutcome, ...]
    kindling: tuple[KindlingOutcome, ...]
    observers: Mapping[str, tuple[AnimalOutcome, ...]]
    rules: tuple[str, ...]
    latency_kinds: tuple[str, ...]
