"""How far each rat is: threshold, stages, the fully-kindled rule; what comes next.

Everything is read from the study room: `reduce_study` for what happened, `kindled_at`
for the rule, `next_current` for the staircase. Nothing here depends on the allocation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from isobole.lab.bench._needs import needs_of
from isobole.lab.record import study_of
from isobole.results import Missing
from isobole.studies import (
    Kindling,
    KindlingOutcome,
    NextCurrent,
    Protocol,
    Scale,
    Session,
    StagedSession,
    Study,
    holding,
    kindled_at,
    next_current,
    reduce_study,
)

Phase = Literal["threshold", "kindling", "test"]
PHASES: tuple[Phase, ...] = ("threshold", "kindling", "test")
SHOWN_STAGES = 6
# State, its symbol and its class: never the colour alone.
_SYMBOLS = {
    "no threshold": "○",
    "threshold": "◔",
    "kindling": "◑",
    "kindled": "●",
    "given up": "✕",
    "left out": "–",
}


@dataclass(frozen=True, slots=True)
class Rat:
    """One rat as the pages show it.

    `state` is one of the keys of the symbols; `run` how many stimulations count towards
    the rule at this moment; `pending` the sessions whose afterdischarge is still to be
    measured.
    """

    animal_id: str
    outcome: KindlingOutcome
    held: tuple[Session, ...]
    asked: NextCurrent
    state: str
    run: int
    pending: tuple[Session, ...]

    @property
    def symbol(self) -> str:
        """A mark for those who see no colour."""
        return _SYMBOLS[self.state]

    @property
    def css(self) -> str:
        """The name of the state's class."""
        return self.state.replace(" ", "-")

    @property
    def adt(self) -> float | None:
        """The first threshold in microampere, if one was found."""
        found = self.outcome.adt_ua
        return None if isinstance(found, Missing) else found

    @property
    def no_adt(self) -> str:
        """Why there is no threshold."""
        found = self.outcome.adt_ua
        return found.reason if isinstance(found, Missing) else ""

    @property
    def kindling(self) -> tuple[StagedSession, ...]:
        """The kindling sessions, in their order."""
        return tuple(s for s in self.outcome.sessions if s.phase == "kindling")

    @property
    def last_stages(self) -> tuple[str, ...]:
        """The stages of the last kindling sessions, the latest last."""
        return tuple(s.stage or "?" for s in self.kindling[-SHOWN_STAGES:])

    def of_phase(self, phase: str) -> tuple[Session, ...]:
        """Return the sessions of a phase that hold."""
        return tuple(s for s in self.held if s.phase == phase)

    def next_number(self, phase: str) -> int:
        """Return the number of the next session: tests go on counting from kindling."""
        counted = ("threshold",) if phase == "threshold" else ("kindling", "test")
        return 1 + max((s.number for s in self.held if s.phase in counted), default=0)

    def next_phase(self) -> Phase:
        """Return the phase in which the next stimulus is the likeliest."""
        if self.asked.state == "rising":
            return "threshold"
        if self.outcome.fully_kindled:
            return "test"
        return "kindling" if self.adt is not None or self.kindling else "threshold"

    def last_of(self, *phases: str) -> Session | None:
        """Return the last session of these phases, by its time."""
        found = [s for s in self.held if s.phase in phases]
        return max(found, key=lambda s: (s.ts or "", s.number), default=None)


@dataclass(frozen=True, slots=True)
class Board:
    """A kindling study as it stands: its rules, its scale and its rats."""

    study: Study
    kindling: Kindling
    scale: Scale | None
    rats: tuple[Rat, ...]

    @property
    def protocol(self) -> Protocol:
        """The protocol."""
        return self.study.protocol

    @property
    def rows(self) -> int:
        """How many rows of the record this was read from."""
        return len(self.study.record)

    @property
    def levels(self) -> list[dict[str, Any]]:
        """The stages to choose from, with the key that chooses each."""
        levels = () if self.scale is None else self.scale.levels
        return [
            {
                "code": level.code,
                "text": level.text,
                "key": level.code if len(level.code) == 1 else "",
            }
            for level in levels
        ]

    @property
    def order(self) -> dict[str, int]:
        """The order of each stage."""
        codes = () if self.scale is None else self.scale.codes
        return {code: place for place, code in enumerate(codes)}

    def rat(self, animal_id: str) -> Rat | None:
        """Return a rat; None if the study has none of this name."""
        return next((r for r in self.rats if r.animal_id == animal_id), None)


def board_of(study_id: str) -> Board | None:
    """Return a kindling study as it stands; None if it is not one.

    Raises
    ------
    DataError
        If it has no valid protocol.
    """
    study = study_of(study_id)
    kindling = study.protocol.kindling
    if kindling is None:
        return None
    saved = [e for e in study.record if e.action == "protocol.save"]
    needs = needs_of(study_id, str(saved[-1].data["toml"]) if saved else None)
    held, _ = holding(study.sessions, file="sessions.csv", chained=True)
    outcomes = {o.animal_id: o for o in reduce_study(study).kindling}
    order = {c: n for n, c in enumerate(needs.scale.codes)} if needs.scale else {}
    rats = []
    for name, outcome in outcomes.items():
        own = sorted(
            (s for s in held if s.animal_id == name),
            key=lambda s: (PHASES.index(s.phase), s.number, s.ts or ""),
        )
        rats.append(_rat(outcome, own, kindling, order))
    return Board(study, kindling, needs.scale, tuple(rats))


def _rat(
    outcome: KindlingOutcome,
    held: Sequence[Session],
    kindling: Kindling,
    order: dict[str, int],
) -> Rat:
    steps = [s for s in held if s.phase == "threshold"]
    stages = [s.stage_order for s in outcome.sessions if s.phase == "kindling"]
    return Rat(
        animal_id=outcome.animal_id,
        outcome=outcome,
        held=tuple(held),
        asked=next_current(steps, kindling.staircase),
        state=_state(outcome, stages, kindling),
        run=running(stages, kindling, order),
        pending=tuple(s for s in held if is_pending(s)),
    )


def is_pending(session: Session) -> bool:
    """Say whether an afterdischarge was seen whose duration is still to be measured."""
    return session.afterdischarge == "yes" and session.add_status is None


def running(
    stages: Sequence[int | None], kindling: Kindling, order: dict[str, int]
) -> int:
    """Return how many stimulations count towards the rule as it stands.

    Of a rule in a row, those at the end; else all. Asked of `kindled_at` itself, with
    fewer stimulations than the rule has.
    """
    rule = kindling.fully_kindled
    least = order.get(rule.min_stage)
    if least is None:
        return 0
    for count in range(min(rule.count, len(stages)), 0, -1):
        asked = rule.model_copy(update={"count": count})
        part = stages[-count:] if rule.consecutive == "consecutive" else stages
        if kindled_at(part, least=least, rule=asked) is not None:
            return count
    return 0


def _state(
    outcome: KindlingOutcome, stages: Sequence[int | None], kindling: Kindling
) -> str:
    if not outcome.included:
        return "left out"
    if outcome.fully_kindled:
        return "kindled"
    if len(stages) >= kindling.max_sessions:
        return "given up"
    if stages:
        return "kindling"
    return "no threshold" if isinstance(outcome.adt_ua, Missing) else "threshold"
