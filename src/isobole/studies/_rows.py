"""The rows of a study folder, typed; unknown columns are kept in `extra`.

`line` is where a row stands in its file, the header being line 1, or its number in the
record. Two rows are equal whatever their lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Animal:
    """One row of `animals.csv`; weight in grams on the day of dosing."""

    animal_id: str
    species: str
    strain: str
    sex: str
    age_days: float | None
    weight_g: float | None
    cage: str | None
    litter: str | None
    day: str | None
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Allotment:
    """One row of `allocation.csv`: which code, in which block, chamber and order.

    `group` is the protocol's group id. It is None while the study is blind and is
    filled by the revealed key, or by a hand-made folder that never was blind.
    """

    animal_id: str
    group_code: str
    group: str | None
    stratum: str | None
    block: int | None
    day: str | None
    chamber: str | None
    order: int | None
    syringe_codes: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DoseGiven:
    """One row of `doses.csv`: what was given, by syringe code while blind."""

    dose_id: str
    animal_id: str
    ts: str | None
    kind: str
    syringe_code: str | None
    substance: str | None
    amount: float | None
    unit: str | None
    volume_ml: float | None
    weight_g: float | None
    route: str | None
    person: str | None
    supersedes: str | None = None
    reason: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    void: bool = False
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """One row of `events.csv`; `t_ms` counts from that animal's own t0.

    `detail` is the reason of an ``end`` (one of `END_REASONS`), the name of a ``sign``,
    or the text of a ``note``. `ts` is when the row was written. A row that is `void`
    takes back the row it supersedes.
    """

    event_id: str
    animal_id: str
    t_ms: int
    type: str
    score: str | None
    observer: str | None
    supersedes: str | None
    reason: str | None
    extra: Mapping[str, str] = field(default_factory=dict)
    detail: str | None = None
    ts: str | None = None
    void: bool = False
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Session:
    """One row of `sessions.csv`: one stimulation of a kindling animal.

    `phase` is ``threshold`` (a step of the staircase), ``kindling`` or ``test``.
    `current_ua` in microampere; `add_ms` and `latency_ms` in milliseconds.
    """

    session_id: str
    animal_id: str
    number: int
    phase: str
    ts: str | None
    current_ua: float | None
    afterdischarge: str | None
    add_status: str | None
    add_ms: int | None
    stage: str | None
    seizure_ms: int | None
    latency_ms: int | None
    condition: str | None
    observer: str | None
    supersedes: str | None = None
    reason: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    void: bool = False
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One row of `exclusions.csv`: an animal left out, by which criterion and why."""

    animal_id: str
    criterion: str
    reason: str
    person: str | None = None
    ts: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Concentration:
    """One row of `concentrations.csv`: a measured level, total or free."""

    animal_id: str
    analyte: str
    matrix: str
    fraction: str
    t_min: float | None
    value: float | None
    unit: str
    reason: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False)
