"""A study as it was read: protocol, rows, record, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from isobole.results import InputFile, Problem
from isobole.studies._entry import Entry
from isobole.studies._protocol import Protocol
from isobole.studies._rows import (
    Allotment,
    Animal,
    Concentration,
    DoseGiven,
    Event,
    Exclusion,
    Session,
)

Chain = Literal["intact", "broken", "unchained"]


@dataclass(frozen=True, slots=True)
class Study:
    """A study folder in memory.

    `record` is empty for a hand-made folder, whose `chain` is ``"unchained"`` and whose
    rows come from its CSV files. `locked` says that the analysis was locked,
    `revealed` maps group codes to the protocol's group ids once the key was opened.
    """

    path: Path | None
    protocol: Protocol
    animals: tuple[Animal, ...]
    allocation: tuple[Allotment, ...]
    doses: tuple[DoseGiven, ...]
    events: tuple[Event, ...]
    sessions: tuple[Session, ...]
    exclusions: tuple[Exclusion, ...]
    concentrations: tuple[Concentration, ...]
    record: tuple[Entry, ...]
    chain: Chain
    head_hash: str | None
    locked: bool
    revealed: Mapping[str, str]
    t0: Mapping[str, str] = field(default_factory=dict)
    unblinded: Mapping[str, str] = field(default_factory=dict)
    commitment: str | None = None
    files: tuple[InputFile, ...] = ()
    problems: tuple[Problem, ...] = ()
