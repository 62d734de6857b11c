"""Runs: the animals that sit in the rack together, from the rows of the allocation.

Only what the blinded may read is used: day, block, chamber and order, never a code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isobole.lab.bench._facts import Facts
from isobole.lab.record import allotted


@dataclass(frozen=True, slots=True)
class Seat:
    """One animal in its chamber; `order` is its turn to be dosed."""

    animal_id: str
    chamber: str
    order: int


@dataclass(frozen=True, slots=True)
class Run:
    """The animals watched together; `seats` in the order of dosing.

    `placed` says whether the allocation named the chambers, or they may be chosen.
    """

    slug: str
    title: str
    day: str
    seats: tuple[Seat, ...]
    placed: bool


def runs_of(facts: Facts, chambers: int) -> tuple[Run, ...]:
    """Return the runs of a study, in the order of their days.

    Without an allocation all animals are taken in the order of their numbers, as many
    at a time as there are chambers.
    """
    if facts.allocation is not None:
        rows = allotted(facts.allocation)
        if rows:
            return _from_allocation(rows)
    return _in_turn(facts.animals, chambers)


def _from_allocation(rows: list[dict[str, Any]]) -> tuple[Run, ...]:
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        key = (str(row.get("day") or ""), str(row.get("block") or ""))
        grouped.setdefault(key, []).append(row)
    found = []
    for (day, block), members in grouped.items():
        slug = _slug("-".join(part for part in (day, "run", block) if part))
        title = f"{day or 'any day'}, run {block or 1}"
        found.append(Run(slug, title, day, _seats(members), placed=True))
    return _distinct(found)


def _seats(rows: list[dict[str, Any]]) -> tuple[Seat, ...]:
    seats = []
    for index, row in enumerate(rows, 1):
        chamber = str(row.get("chamber") or index)
        order = row.get("order")
        turn = order if isinstance(order, int) else index
        seats.append(Seat(str(row.get("animal_id", "")), chamber, turn))
    return tuple(seats)


def _in_turn(
    animals: Mapping[str, Mapping[str, Any]], chambers: int
) -> tuple[Run, ...]:
    by_day: dict[str, list[str]] = {}
    for name in sorted(animals, key=natural):
        by_day.setdefault(str(animals[name].get("day") or ""), []).append(name)
    found = []
    for day in sorted(by_day):
        names = by_day[day]
        for number, first in enumerate(range(0, len(names), chambers), 1):
            chunk = names[first : first + chambers]
            seats = tuple(Seat(a, str(i), i) for i, a in enumerate(chunk, 1))
            slug = _slug("-".join(filter(None, (day, "animals", str(number)))))
            title = f"{day + ', ' if day else ''}{chunk[0]} to {chunk[-1]}"
            found.append(Run(slug, title, day, seats, placed=False))
    return _distinct(found)


def _distinct(runs: list[Run]) -> tuple[Run, ...]:
    """Two days may be written so that their addresses are the same: number those."""
    taken: dict[str, int] = {}
    kept = []
    for run in runs:
        count = taken[run.slug] = taken.get(run.slug, 0) + 1
        slug = run.slug if count == 1 else f"{run.slug}--{count}"
        kept.append(Run(slug, run.title, run.day, run.seats, run.placed))
    return tuple(kept)


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower() or "run"


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts chamber 2 before chamber 10.

    Examples
    --------
    >>> sorted(["10", "2", "A"], key=natural)
    ['A', '2', '10']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple(
        (1, int(part), part) if part.isdecimal() else (0, 0, part) for part in parts
    )
