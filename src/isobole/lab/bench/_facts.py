"""What the rows of a record say about who sits where and what holds, row by row.

Each row that a bench sends is checked inside the writer, so that this is kept up to
date by reading only the rows added since. It judges no seizure: outcomes are reduced
from the record by the study room alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from isobole.lab.record import Chain, chain_of
from isobole.lab.record._chain import alone
from isobole.studies import Entry


@dataclass(frozen=True, slots=True)
class Root:
    """The first row that a correction, or a correction of one, leads back to."""

    row_id: str
    action: str
    actor: str
    animal: str
    observer: str | None


@dataclass(frozen=True, slots=True)
class Start:
    """The t0 of an animal as it holds now."""

    row_id: str
    root_id: str
    wall: str
    actor: str
    chamber: str | None


@dataclass(frozen=True, slots=True)
class Ending:
    """An end or a death that holds now."""

    animal: str
    t_ms: int
    type: str
    detail: str
    observer: str | None


@dataclass(slots=True)
class Facts:
    """What holds after the rows read so far."""

    protocol: str | None = None
    locked: bool = False
    animals: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    allocation: Entry | None = None
    roots: dict[str, Root] = field(default_factory=dict)
    starts: dict[str, Start] = field(default_factory=dict)
    endings: dict[str, Ending] = field(default_factory=dict)
    complete: set[tuple[str, str]] = field(default_factory=set)
    excluded: set[str] = field(default_factory=set)
    own: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    read: int = 0
    last: Entry | None = None

    def read_on(self, entries: Sequence[Entry]) -> None:
        """Take the rows added since the last time."""
        for entry in entries[self.read :]:
            self._take(entry)
            self.last = entry
        self.read = len(entries)

    def continues(self, entries: Sequence[Entry]) -> bool:
        """Say whether what was read still stands at the head of these rows."""
        return self.read <= len(entries) and (
            self.read == 0 or entries[self.read - 1] is self.last
        )

    def is_complete(self, animal: str, observer: str) -> bool:
        """Say whether an observer signed that an animal's scoring is complete."""
        return (animal, observer) in self.complete or ("", observer) in self.complete

    def _take(self, entry: Entry) -> None:
        action, data = entry.action, entry.data
        if action == "amend":
            self._amend(entry)
            return
        animal = str(data.get("animal_id") or entry.obj)
        observer = data.get("observer")
        said = str(observer) if observer is not None else None
        root = Root(entry.id, action, entry.actor, animal, said)
        self.roots.setdefault(entry.id, root)
        match action:
            case "protocol.save":
                self.protocol = str(data.get("toml", ""))
            case "analysis.lock":
                self.locked = True
            case "animal.add":
                self.animals[animal] = data
            case "allocation.commit":
                self.allocation = entry
            case "t0":
                # Of two that hold, the first counts; so it does in the study room.
                self.starts.setdefault(animal, _start(entry.id, root, data))
            case "exclude":
                self.excluded.add(animal)
            case "score.complete":
                whom = "" if "animal_id" not in data else animal
                self.complete.add((whom, said or entry.actor))
            case "observe":
                self._observe(entry, root)

    def _observe(self, entry: Entry, root: Root) -> None:
        who = root.observer or entry.actor
        devices = self.own.setdefault((root.animal, who), {})
        devices[entry.device] = devices.get(entry.device, 0) + 1
        place = entry.data.get("place")
        if isinstance(place, str):
            self.places.setdefault((root.animal, who), place)
        self._ending(root, entry.data)

    def _ending(self, root: Root, data: Mapping[str, Any]) -> None:
        if data.get("type") in ("end", "death") and isinstance(data.get("t_ms"), int):
            detail = str(data.get("detail") or data["type"])
            self.endings[root.row_id] = Ending(
                root.animal, data["t_ms"], str(data["type"]), detail, root.observer
            )

    def _amend(self, entry: Entry) -> None:
        root = self.roots.get(entry.supersedes or "")
        if root is None:
            return
        self.roots.setdefault(entry.id, root)
        void = "void" in entry.data
        if root.action == "t0":
            held = self.starts.get(root.animal)
            if held is not None and held.root_id == root.row_id:
                del self.starts[root.animal]
            if not void:
                self.starts[root.animal] = _start(entry.id, root, entry.data)
        elif root.action == "observe":
            devices = self.own.setdefault(
                (root.animal, root.observer or root.actor), {}
            )
            devices[entry.device] = devices.get(entry.device, 0) + 1
            self.endings.pop(root.row_id, None)
            if not void:
                self._ending(root, entry.data)
        elif root.action == "animal.add":
            self.animals.pop(root.animal, None)
            if not void:
                animal = str(entry.data.get("animal_id") or root.animal)
                self.animals[animal] = entry.data
        elif root.action == "exclude" and void:
            self.excluded.discard(root.animal)


def _start(row_id: str, root: Root, data: Mapping[str, Any]) -> Start:
    chamber = data.get("chamber")
    return Start(
        row_id,
        root.row_id,
        str(data.get("wall", "")),
        root.actor,
        chamber if isinstance(chamber, str) else None,
    )


_known: dict[str, Facts] = {}


def facts_of(chain: Chain) -> Facts:
    """Return the facts of a record as far as it is in memory.

    Called by the writer, or inside `reading`: nobody else adds rows meanwhile. A record
    that was read anew, because rows were not stored after all, is taken from its
    beginning.
    """
    facts = _known.get(chain.study_id)
    if facts is None or not facts.continues(chain.entries):
        facts = _known[chain.study_id] = Facts()
    facts.read_on(chain.entries)
    return facts


@contextmanager
def reading(study_id: str) -> Iterator[tuple[Chain, Facts]]:
    """Give a study's rows and facts, which stay as they are until the end."""
    with alone():
        chain = chain_of(study_id)
        yield chain, facts_of(chain)
