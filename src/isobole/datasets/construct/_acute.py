"""A study in which every animal is dosed, challenged once and watched by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from isobole.datasets.construct._chance import Chance
from isobole.datasets.construct._course import Fate, Seen, course
from isobole.datasets.construct._notebook import Notebook, clock, later
from isobole.datasets.construct._study import Drawn, dose_row
from isobole.studies import Animal, Protocol

DOSER, SCORER, SECOND = "D. Osei", "S. Kruse", "M. Lindt"


@dataclass(frozen=True, slots=True)
class Acute:
    """What happens in one acute study besides its protocol.

    Parameters
    ----------
    start : datetime
        The first convulsant injection of the first day.
    fates : mapping of str to Fate
        What becomes of each animal.
    misdosed, spilled : str
        The animal that leaves for a lost injection, and the one that is injected again
        after a leak, so that its t0 is amended.
    slipped : str
        The animal whose seizure was stopped on the wrong key first.
    second : sequence of str
        Animals that a second observer scored, too, from video.
    apart_min, stagger_s : float
        Minutes from run to run, seconds from animal to animal within one.
    days : sequence of str
        The days, as animals.csv has them, the first being that of `start`.
    """

    start: datetime
    fates: Mapping[str, Fate]
    misdosed: str
    spilled: str
    slipped: str
    second: Sequence[str]
    apart_min: float = 75
    stagger_s: float = 150
    days: Sequence[str] = field(default_factory=tuple)


def run_acute(
    book: Notebook,
    chance: Chance,
    protocol: Protocol,
    animals: Mapping[str, Animal],
    drawn: Drawn,
    plan: Acute,
) -> datetime:
    """Write every dose, t0 and event; return when the last animal was done."""
    last = plan.start
    of_day: dict[str, int] = {}
    runs: dict[int, int] = {}
    for row in drawn.allocation.rows:
        day, run = row.day or "", row.block or 0
        if run not in runs:
            runs[run] = of_day[day] = of_day.get(day, -1) + 1
        here = plan.start + timedelta(
            days=plan.days.index(day), minutes=plan.apart_min * runs[run]
        )
        t0 = later(here, plan.stagger_s * ((row.order or 1) - 1))
        _dose(book, chance, protocol, animals[row.animal_id], drawn, t0, plan)
        ended = _watch(book, chance, protocol, row.animal_id, t0, plan)
        last = max(last, ended)
    return last


def _dose(
    book: Notebook,
    chance: Chance,
    protocol: Protocol,
    animal: Animal,
    drawn: Drawn,
    t0: datetime,
    plan: Acute,
) -> None:
    name = animal.animal_id
    for syringe in drawn.syringes[name]:
        drift = 60 * chance.between(-1.5, 1.5, name, "dosing", syringe.number)
        when = later(t0, drift - 60 * syringe.pretreatment_min)
        data = dose_row(syringe, when, DOSER)
        book.write(when, DOSER, "dose.give", name, data, name=f"{name} {syringe.code}")
    weight = animal.weight_g or 0.0
    challenge = protocol.challenge
    given = {
        "animal_id": name,
        "kind": "challenge",
        "ts": clock(t0),
        "substance": challenge.substance,
        "amount": f"{challenge.amount:g}",
        "unit": challenge.unit,
        "route": challenge.route,
        "volume_ml": f"{weight / 1000 * 5:.2f}",
        "weight_g": f"{weight:g}",
        "person": DOSER,
    }
    wall = {"animal_id": name, "wall": clock(t0)}
    book.write(t0, DOSER, "dose.give", name, given, name=f"{name} challenge")
    book.write(t0, DOSER, "t0", name, wall, name=f"{name} t0")
    if name != plan.spilled:
        return
    again = later(t0, 40)
    why = "the needle slipped out and most of it ran off; injected again at once"
    book.write(
        again, DOSER, "amend", name, {**given, "ts": clock(again)},
        name=f"{name} challenge again", corrects=f"{name} challenge", reason=why,
    )  # fmt: skip
    book.write(
        later(again, 5), DOSER, "amend", name, {**wall, "wall": clock(again)},
        name=f"{name} t0 again", corrects=f"{name} t0", reason=why,
    )  # fmt: skip


def _watch(
    book: Notebook,
    chance: Chance,
    protocol: Protocol,
    name: str,
    t0: datetime,
    plan: Acute,
) -> datetime:
    start = later(t0, 40) if name == plan.spilled else t0
    window = protocol.observation.window_s
    events = course(chance, name, plan.fates[name], window)
    slips = name == plan.slipped
    for number, seen in enumerate(events, start=1):
        when = later(start, seen.t_ms / 1000 + 0.2)
        row = f"{name} {SCORER} {number}"
        data = _event(name, seen, SCORER)
        if slips and seen.type == "clonic_stop":
            slips = False
            early = {**data, "t_ms": seen.t_ms - 6200}
            book.write(later(when, -6.2), SCORER, "observe", name, early, name=row)
            book.write(
                later(when, 9), SCORER, "amend", name, data, name=f"{row} right",
                corrects=row, reason="key of the chamber beside it was pressed",
            )  # fmt: skip
        else:
            book.write(when, SCORER, "observe", name, data, name=row)
    ended = later(start, events[-1].t_ms / 1000)
    done = {"animal_id": name, "observer": SCORER}
    book.write(
        later(ended, 8), SCORER, "score.complete", name, done, name=f"{name} done"
    )
    if name in plan.second:
        _second_look(book, chance, name, start, events)
    return ended


def _second_look(
    book: Notebook,
    chance: Chance,
    name: str,
    start: datetime,
    events: Sequence[Seen],
) -> None:
    """Write what another observer scored from video two days later."""
    from_video = start + timedelta(days=2, hours=1)
    for number, seen in enumerate(events, start=1):
        if seen.type in ("end", "death"):
            continue
        late = round(1000 * chance.between(-0.8, 1.4, name, "second", number))
        score = seen.score
        # Jerks on the way up are where observers differ.
        if score in ("2", "3") and chance.uniform(name, "differs", number) < 0.3:
            score = {"2": "3", "3": "2"}[score]
        other = Seen(seen.t_ms + late, seen.type, score, seen.detail)
        data = _event(name, other, SECOND)
        book.write(
            later(from_video, other.t_ms / 1000), SECOND, "observe", name, data,
            name=f"{name} {SECOND} {number}",
        )  # fmt: skip


def _event(name: str, seen: Seen, observer: str) -> dict[str, str | int]:
    data: dict[str, str | int] = {
        "animal_id": name,
        "t_ms": seen.t_ms,
        "type": seen.type,
        "observer": observer,
    }
    if seen.score is not None:
        data["score"] = seen.score
    if seen.detail is not None:
        data["detail"] = seen.detail
    return data
