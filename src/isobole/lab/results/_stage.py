"""How far a study is on the way from scoring to its groups, and who did each step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from isobole.results import Problem
from isobole.studies import Entry


@dataclass(frozen=True, slots=True)
class Signed:
    """A row that somebody signed or did: who and when."""

    actor: str
    ts: str
    about: str = ""

    @property
    def when(self) -> str:
        """The moment, in UTC, to the minute."""
        return f"{self.ts[:16].replace('T', ' ')} UTC"


@dataclass(frozen=True, slots=True)
class Stage:
    """The steps that stand in the record of a study."""

    complete: tuple[Signed, ...]
    """Who signed that scoring is complete, each once with the last time; `about` says
    of how many animals."""
    waiting: tuple[str, ...]
    """Animals that were watched and of which nobody signed it."""
    lock: Signed | None
    reveal: Signed | None
    unblinded: tuple[Signed, ...]
    committed: bool
    rows: int

    @property
    def scored(self) -> bool:
        """Whether the scoring of every animal that was watched is signed complete."""
        return bool(self.complete) and not self.waiting


def stage_of(entries: Sequence[Entry]) -> Stage:
    """Return how far the rows say a study is."""
    complete: dict[str, Signed] = {}
    animals: dict[str, set[str]] = {}
    watched: set[str] = set()
    signed: set[str] = set()
    unblinded: list[Signed] = []
    lock: Signed | None = None
    reveal: Signed | None = None
    committed = False
    for entry in entries:
        said = Signed(entry.actor, entry.ts)
        match entry.action:
            case "score.complete":
                animal = entry.data.get("animal_id")
                own = animals.setdefault(entry.actor, set())
                own.update([str(animal)] if animal else ())
                signed.update([str(animal)] if animal else watched)
                count = f"{len(own)} animals" if own else "all animals"
                complete[entry.actor] = Signed(entry.actor, entry.ts, count)
            case "t0" | "observe" | "session.add":
                watched.add(entry.obj)
            case "analysis.lock":
                lock = lock or said
            case "allocation.reveal":
                reveal = reveal or said
            case "allocation.commit":
                committed = entry.data.get("commitment") != "none"
            case "unblind":
                unblinded.append(Signed(entry.actor, entry.ts, entry.obj))
    return Stage(
        tuple(complete.values()),
        tuple(sorted(watched - signed)),
        lock,
        reveal,
        tuple(unblinded),
        committed,
        len(entries),
    )


@dataclass(frozen=True, slots=True)
class Located:
    """A problem, and the animals it is about."""

    problem: Problem
    animals: tuple[str, ...]


def located(
    problems: Sequence[Problem], entries: Sequence[Entry]
) -> tuple[Located, ...]:
    """Find the animals of problems: by the row of the record, else by their ids."""
    known = _animals(entries)
    return tuple(Located(one, tuple(_of(one, entries, known))) for one in problems)


def _of(
    problem: Problem, entries: Sequence[Entry], known: frozenset[str]
) -> Iterator[str]:
    row = problem.row
    of_record = problem.file == "record.jsonl" and row and row <= len(entries)
    if of_record and row and entries[row - 1].obj in known:
        yield entries[row - 1].obj
        return
    words = dict.fromkeys(
        # Linear in the text, which anybody may have written: no pattern that is tried
        # again from each place.
        word.rstrip(".-")
        for word in re.findall(r"[\w.-]+", f"{problem.message} {problem.given}")
    )
    yield from [word for word in words if word in known][:6]


def _animals(entries: Sequence[Entry]) -> frozenset[str]:
    return frozenset(entry.obj for entry in entries if entry.action == "animal.add")
