"""What has been done in a study, what comes next, and whose turn it is.

All of it follows from counts of rows that the blinded may see: two studies that differ
in their allocation alone stand at the same step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from isobole.lab.pages._held import held_rows
from isobole.lab.pages._saved import lock_of
from isobole.studies import Entry, Protocol, seizure_model

State = Literal["done", "now", "later"]
PHASES = {
    "draft": "draft",
    "locked": "protocol locked",
    "allocated": "allocated",
    "scoring": "under way",
    "complete": "scored",
    "analysed": "analysis locked",
    "revealed": "revealed",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a study.

    Parameters
    ----------
    title : str
        What is to be done.
    state : {"done", "now", "later"}
        Whether it is done, comes next or waits.
    said : str
        How far it is.
    who : tuple of str
        Roles that may do it.
    page : str
        Name of the address where it is done.
    """

    title: str
    state: State
    said: str
    who: tuple[str, ...]
    page: str

    @property
    def word(self) -> str:
        """The state in a word, for those who see no colour."""
        return {"done": "done", "now": "next", "later": "later"}[self.state]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a study is."""

    protocol_locked: Entry | None
    animals: int
    wanted: int
    allocated: Entry | None
    syringes: int
    given: int
    seen: int
    sessions: int
    complete: Entry | None
    analysed: Entry | None
    revealed: Entry | None

    @property
    def phase(self) -> str:
        """The furthest of `PHASES` that was reached."""
        if self.revealed:
            return "revealed"
        if self.analysed:
            return "analysed"
        if self.complete:
            return "complete"
        if self.given or self.seen or self.sessions:
            return "scoring"
        if self.allocated:
            return "allocated"
        return "locked" if self.protocol_locked else "draft"


def progress_of(entries: Sequence[Entry], protocol: Protocol) -> Progress:
    """Count what the record says was done; rows taken back do not count."""
    last = {entry.action: entry for entry in entries}
    allocated = last.get("allocation.commit")
    given = {
        str(held.data.get("syringe_code"))
        for held in held_rows(entries, "dose.give")
        if held.data.get("kind") == "treatment"
    }
    return Progress(
        protocol_locked=lock_of(entries),
        animals=len(held_rows(entries, "animal.add")),
        wanted=sum(group.n for group in protocol.groups),
        allocated=allocated,
        syringes=0 if allocated is None else _syringes(allocated.data),
        given=len(given),
        seen=len({held.animal_id for held in held_rows(entries, "observe")}),
        sessions=len(held_rows(entries, "session.add")),
        complete=last.get("score.complete"),
        analysed=last.get("analysis.lock"),
        revealed=last.get("allocation.reveal"),
    )


def _syringes(data: Mapping[str, Any]) -> int:
    rows = data.get("rows")
    if not isinstance(rows, list):
        return 0
    return sum(len(row.get("syringe_codes", ())) for row in rows)


def steps_of(made: Progress, protocol: Protocol) -> tuple[Step, ...]:
    """Return the steps of a study in their order."""
    kindles = seizure_model(protocol.model).family == "kindling"
    watched = made.sessions if kindles else made.seen
    scored = "sessions" if kindles else f"of {made.animals} animals observed"
    steps: list[tuple[str, bool, str, tuple[str, ...], str]] = [
        (
            "Write the protocol and lock it",
            made.protocol_locked is not None,
            "locked" if made.protocol_locked else "open for changes",
            ("designer",),
            "protocol",
        ),
        (
            "Enter the animals",
            made.animals >= made.wanted or made.allocated is not None,
            f"{made.animals} of {made.wanted} animals",
            ("designer",),
            "allocation",
        ),
        (
            "Allocate blind",
            made.allocated is not None,
            "committed" if made.allocated else "not yet",
            ("pharmacist",),
            "allocation",
        ),
        (
            "Dose",
            0 < made.syringes <= made.given,
            f"{made.given} of {made.syringes} syringes given"
            if made.syringes
            else "not yet",
            ("dosing",),
            "dosing",
        ),
        (
            "Stimulate and score" if kindles else "Score at the bench",
            made.complete is not None,
            f"{watched} {scored}"
            + (", signed complete" if made.complete else ", not signed complete"),
            ("scorer",),
            "kindling" if kindles else "bench",
        ),
        (
            "Analyse by code and lock the analysis",
            made.analysed is not None,
            "locked" if made.analysed else "not locked",
            ("analyst",),
            "analysis",
        ),
        (
            "Reveal the groups",
            made.revealed is not None,
            "revealed" if made.revealed else "sealed" if made.allocated else "not yet",
            ("pharmacist", "analyst"),
            "analysis",
        ),
    ]
    found: list[Step] = []
    waiting = False
    for title, done, said, who, page in steps:
        state: State = "done" if done else "later" if waiting else "now"
        waiting = waiting or not done
        found.append(Step(title, state, said, who, page))
    return tuple(found)
