"""The kindling part of a protocol: electrode, threshold, sessions, drug test."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from isobole.studies._protocol_base import NotNegative, Part, Positive, Sentence


class Staircase(Part):
    """The rising series of currents that finds the afterdischarge threshold."""

    start_ua: Positive
    """First current in microampere."""
    factor: Annotated[float, Field(gt=1)]
    """What each current is multiplied by to get the next."""
    interval_s: Positive
    """Seconds between stimuli."""
    max_ua: Positive
    """Current in microampere at which the series stops without a threshold."""


class AfterdischargeRule(Part):
    """When a discharge counts as an afterdischarge."""

    min_amplitude_ratio: Positive
    """Smallest amplitude as a multiple of the baseline's."""
    min_rate_hz: Positive
    """Lowest rate of spikes in Hz."""
    min_duration_s: Positive
    """Shortest duration in s."""
    merge_gap_s: NotNegative
    """Pause in s up to which two discharges are one."""


class FullyKindledRule(Part):
    """How many sessions at which stage make an animal fully kindled."""

    min_stage: str
    """Lowest stage that counts, a code of the scale."""
    count: Annotated[int, Field(gt=0)]
    """How many sessions at that stage or above."""
    consecutive: Literal["consecutive", "any"]
    """Whether these sessions must follow each other."""


class Kindling(Part):
    """Electrode, threshold, sessions and the drug test in kindled animals."""

    target: Sentence
    """Where the electrode goes, side included."""
    ap_mm: float | None = None
    """Anterior-posterior coordinate in mm from bregma."""
    ml_mm: float | None = None
    """Medio-lateral coordinate in mm from bregma."""
    dv_mm: float | None = None
    """Dorso-ventral coordinate in mm."""
    recovery_days: NotNegative
    """Days from surgery to the first stimulus."""
    staircase: Staircase
    """The series of currents that finds the threshold. Sub-threshold stimuli are
    counted, because they lower it."""
    afterdischarge: AfterdischargeRule
    """When a discharge counts as an afterdischarge."""
    fully_kindled: FullyKindledRule
    """When an animal counts as fully kindled."""
    sessions_per_day: Annotated[int, Field(gt=0)]
    """Kindling sessions in a day."""
    min_interval_h: Positive
    """Fewest hours between two sessions."""
    max_sessions: Annotated[int, Field(gt=0)]
    """Session at which an animal that is not kindled is given up, and censored."""
    control: Literal["own_vehicle", "crossover", "parallel"]
    """What a drug test is compared with."""
    washout_days: NotNegative
    """Days between two tests of one animal."""
