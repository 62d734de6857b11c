"""What a bench is told of its run: needs, seats, own rows that hold, t0s and ends.

Nothing of it depends on the allocation, and nothing tells what another observer scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404

from isobole.lab.bench._facts import Facts, reading
from isobole.lab.bench._needs import Needs, needs_of
from isobole.lab.bench._runs import Run, runs_of
from isobole.studies import Entry, Event, holding

SCHEMA = "isobole/bench/1"


def run_called(facts: Facts, needs: Needs, slug: str) -> Run:
    """Return the run of this address.

    Raises
    ------
    Http404
        If the study has no such run.
    """
    runs = runs_of(facts, needs.protocol.observation.chambers)
    for run in runs:
        if run.slug == slug:
            return run
    msg = "The study has no such run"
    raise Http404(msg)


def state_of(study_id: str, slug: str, me: str, *, rows: str) -> dict[str, Any]:
    """Return the state of a run for one observer.

    Parameters
    ----------
    study_id, slug : str
        The study, and the address of the run.
    me : str
        The observer: only their own rows are in it.
    rows : {"mine", "none"}
        Whether the rows are wanted, or only what changes without this device.
    """
    with reading(study_id) as (chain, facts):
        needs = needs_of(study_id, facts.protocol)
        run = run_called(facts, needs, slug)
        animals = [seat.animal_id for seat in run.seats]
        state: dict[str, Any] = {
            "schema": SCHEMA,
            "study_id": study_id,
            "run": run.slug,
            "observer": me,
            "locked": facts.locked,
            "tiles": {animal: _tile(facts, animal, me) for animal in animals},
            "observers": _observers(facts, animals),
        }
        if rows == "none":
            return state
        mine = [
            entry
            for entry in chain.entries
            if (root := facts.roots.get(entry.id)) is not None
            and root.action == "observe"
            and (root.observer or root.actor) == me
            and root.animal in state["tiles"]
        ]
    state["title"] = run.title
    state["placed"] = run.placed
    state["seats"] = [
        {"animal_id": s.animal_id, "chamber": s.chamber, "order": s.order}
        for s in run.seats
    ]
    state["needs"] = needs.to_dict()
    state["rows"] = _held(mine)
    return state


def summary_of(study_id: str, me: str) -> tuple[Needs, list[dict[str, Any]]]:
    """Return what the list of runs shows: how far each is, and who observes."""
    with reading(study_id) as (_, facts):
        needs = needs_of(study_id, facts.protocol)
        found = []
        for run in runs_of(facts, needs.protocol.observation.chambers):
            animals = [seat.animal_id for seat in run.seats]
            observers = _observers(facts, animals)
            places = {o["observer"]: o["place"] for o in observers}
            taken = "first" in places.values()
            found.append(
                {
                    "run": run,
                    "animals": animals,
                    "begun": sum(a in facts.starts for a in animals),
                    "signed": all(facts.is_complete(a, me) for a in animals),
                    "observers": observers,
                    "place": places.get(me, "second" if taken else "first"),
                }
            )
    return needs, found


def _tile(facts: Facts, animal: str, me: str) -> dict[str, Any]:
    start = facts.starts.get(animal)
    return {
        "t0": None
        if start is None
        else {
            "wall": start.wall,
            "row": start.row_id,
            "by": start.actor,
            "chamber": start.chamber,
        },
        "ends": sorted(
            (
                {
                    "t_ms": e.t_ms,
                    "type": e.type,
                    "detail": e.detail,
                    "mine": e.observer == me,
                }
                for e in facts.endings.values()
                if e.animal == animal
            ),
            key=lambda e: (e["t_ms"], e["type"], e["detail"], e["mine"]),
        ),
        "devices": facts.own.get((animal, me), {}),
        "complete": facts.is_complete(animal, me),
        "excluded": animal in facts.excluded,
    }


def _observers(facts: Facts, animals: Sequence[str]) -> list[dict[str, str]]:
    """Return who scored in the run, and from which place; never what."""
    found: dict[str, str] = {}
    for animal in animals:
        for (seen, who), place in facts.places.items():
            if seen == animal:
                found.setdefault(who, place)
        for (seen, who), devices in facts.own.items():
            if seen == animal and devices:
                found.setdefault(who, "first")
    return [{"observer": who, "place": found[who]} for who in sorted(found)]


def _held(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the rows that hold, as the study room says; oldest first."""
    by_id = {entry.id: entry for entry in entries}
    events, _ = holding([_event(e) for e in entries], file="events.csv", chained=True)
    held = sorted(events, key=lambda event: event.line or 0)
    return [
        {
            "id": event.event_id,
            "device": by_id[event.event_id].device,
            "ts": by_id[event.event_id].ts,
            "data": by_id[event.event_id].data,
        }
        for event in held
    ]


def _event(entry: Entry) -> Event:
    data = entry.data

    def text(key: str) -> str | None:
        value = data.get(key)
        return None if value is None else str(value)

    time = data.get("t_ms")
    return Event(
        event_id=entry.id,
        animal_id=str(data.get("animal_id") or entry.obj),
        t_ms=time if isinstance(time, int) else 0,
        type=str(data.get("type", "")),
        score=text("score"),
        observer=text("observer"),
        supersedes=entry.supersedes,
        reason=entry.reason,
        detail=text("detail"),
        ts=entry.ts,
        void="void" in data,
        line=entry.seq,
    )
