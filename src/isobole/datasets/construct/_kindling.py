"""Rats kindled from the amygdala with vehicle or magnesium, then tested twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from isobole.datasets.construct._chance import Chance
from isobole.datasets.construct._notebook import Notebook, clock, later
from isobole.datasets.construct._study import (
    ANALYST,
    DESIGNER,
    PHARMACIST,
    Drawn,
    close_study,
    dose_row,
    draw,
    exclude,
    open_study,
)
from isobole.studies import Animal, Kindling, Protocol

DOSER, SCORER = "D. Osei", "S. Kruse"
FIRST = datetime(2026, 4, 13, 8, 0, tzinfo=UTC)  # the staircase of the first rat
# What one stimulation moves a rat by on the way to stage 5.
PACE = {"vehicle": 0.56, "magnesium": 0.43}
# Stages in a test: shares of the rats, added up, and their stage.
TEST_STAGES = {
    "vehicle": ((0.35, 4), (1.0, 5)),
    "drug": ((0.2, 0), (0.5, 1), (0.75, 2), (1.0, 4)),
}
LOST_CAP, OFF_TARGET = 4, 9  # places in the order of animals


@dataclass(slots=True)
class _Rat:
    name: str
    group: str
    number: int
    adt: float
    test_current: float


def kindling(
    chance: Chance, protocol: Protocol, toml: str
) -> tuple[Notebook, str | None]:
    """Return the record of the study; no levels were measured."""
    plan = protocol.kindling
    assert plan is not None
    animals = {
        f"K{n:02d}": Animal(
            animal_id=f"K{n:02d}",
            species="rat",
            strain="Wistar",
            sex="M",
            age_days=round(chance.between(78, 92, n, "age")),
            weight_g=round(chance.between(272, 348, n, "weight")),
            cage=f"C{n}",
            litter=None,
            day=None,
        )
        for n in range(1, 17)
    }
    drawn = draw(chance, protocol, animals)
    book = Notebook(
        chance,
        {
            DESIGNER: "office-1", PHARMACIST: "pharmacy-1", ANALYST: "office-2",
            DOSER: "bench-1", SCORER: "bench-2",
        },
    )  # fmt: skip
    before = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    open_study(book, before, protocol, toml, animals, drawn)
    last = FIRST
    for number, name in enumerate(animals, start=1):
        done = _live(book, chance, protocol, plan, drawn, name, number)
        last = max(last, done)
    off = f"K{OFF_TARGET:02d}"
    exclude(
        book, last + timedelta(days=9), SCORER, off, "electrode",
        "the tip lies in the external capsule",
    )  # fmt: skip
    close_study(book, last + timedelta(days=14), protocol, drawn)
    return book, None


def _live(
    book: Notebook,
    chance: Chance,
    protocol: Protocol,
    plan: Kindling,
    drawn: Drawn,
    name: str,
    number: int,
) -> datetime:
    rat = _Rat(
        name, drawn.group[name], number, 80 * 10 ** (0.13 * chance.normal(name)), 500
    )
    start = later(FIRST, 1200 * number)
    for syringe in drawn.syringes[name]:  # the first of the daily oral doses
        given = later(FIRST, 1200 * number - 6 * 86400 - 3600)
        book.write(
            given, DOSER, "dose.give", name, dose_row(syringe, given, DOSER),
            name=f"{name} {syringe.code}",
        )  # fmt: skip
    _staircase(book, plan, rat, start, "first", 1)
    sessions = _kindle(book, chance, plan, rat, start)
    end = later(start, 86400 * sessions)
    if number == LOST_CAP:
        return end
    # A week without a stimulus, then both tests a week apart.
    again = later(end, 86400 * 6)
    rat.adt *= chance.between(0.5, 0.72, name, "threshold after kindling")
    _staircase(book, plan, rat, again, "second", 20)
    order = ("vehicle", "drug") if number % 2 else ("drug", "vehicle")
    for turn, condition in enumerate(order):
        when = later(end, 86400 * (7 + turn * plan.washout_days))
        _test(book, chance, rat, drawn, when, condition, sessions + 1 + turn)
    return later(end, 86400 * 15)


def _staircase(
    book: Notebook, plan: Kindling, rat: _Rat, start: datetime, word: str, first: int
) -> None:
    """Raise the current until the first afterdischarge; the steps below count too."""
    current, step = plan.staircase.start_ua, 0
    while True:
        gave = current >= rat.adt
        when = later(start, plan.staircase.interval_s * step)
        row: dict[str, Any] = {
            "animal_id": rat.name,
            "number": first + step,
            "phase": "threshold",
            "ts": clock(when),
            "current_ua": f"{current:.0f}",
            "afterdischarge": "yes" if gave else "no",
            "add_status": "measured" if gave else "none",
            "observer": SCORER,
        }
        if gave:
            row["add_ms"] = 1000 * (6 + round(rat.adt) % 9)
        book.write(
            when, SCORER, "session.add", rat.name, row,
            name=f"{rat.name} {word} step {step}",
        )  # fmt: skip
        if gave:
            return
        current, step = current * plan.staircase.factor, step + 1


def _kindle(
    book: Notebook, chance: Chance, plan: Kindling, rat: _Rat, start: datetime
) -> int:
    """Stimulate daily until three stages of 4 or 5 in a row; return the sessions."""
    pace = PACE[rat.group] * 10 ** (0.07 * chance.normal(rat.name, "pace"))
    high = 0
    for session in range(1, plan.max_sessions + 1):
        drive = pace * session + 0.55 * chance.normal(rat.name, "stage", session) - 0.5
        stage = min(max(int(drive), 0), 5)
        high = high + 1 if stage >= 4 else 0
        lost = chance.uniform(rat.name, "cable", session) < 0.02
        when = later(start, 86400 * session)
        duration = (
            14 + 5.2 * min(drive, 7) + 4 * chance.normal(rat.name, "add", session)
        )
        row = _session(rat, session, "kindling", when, stage)
        row |= _discharge(max(duration, 5), lost=lost)
        if stage:
            row["seizure_ms"] = round(1000 * max(duration * 0.7, 3))
            row["latency_ms"] = round(
                1000 * chance.between(1.5, 9, rat.name, "latency", session)
            )
        key = f"{rat.name} session {session}"
        slipped = rat.number == 11 and session == 3
        written = {**row, "stage": "4"} if slipped else row
        book.write(when, SCORER, "session.add", rat.name, written, name=key)
        if slipped:
            book.write(
                later(when, 240), SCORER, "amend", rat.name, row, name=f"{key} right",
                corrects=key, reason="stage of the rat before it was typed",
            )  # fmt: skip
        if high == plan.fully_kindled.count or (
            rat.number == LOST_CAP and session == 7
        ):
            return session
    return plan.max_sessions


def _test(
    book: Notebook,
    chance: Chance,
    rat: _Rat,
    drawn: Drawn,
    when: datetime,
    condition: str,
    number: int,
) -> None:
    """Test one rat 30 min after vehicle or valproate, by a syringe without a name."""
    weight = drawn.syringes[rat.name][0].weight_g
    code = chance.digest(rat.name, condition, "syringe")[:5].upper()
    given = later(when, -1800)
    dose = {
        "animal_id": rat.name, "kind": "treatment", "ts": clock(given),
        "syringe_code": f"T{code}", "volume_ml": f"{weight / 200:.2f}",
        "weight_g": f"{weight:g}", "route": "ip", "person": DOSER,
    }  # fmt: skip
    book.write(
        given, DOSER, "dose.give", rat.name, dose, name=f"{rat.name} {condition}"
    )
    drug = condition == "drug"
    mark = chance.uniform(rat.name, condition, "stage")
    stage = next(code for share, code in TEST_STAGES[condition] if mark < share)
    row = _session(rat, number, "test", when, stage)
    row["condition"] = condition
    if drug and stage == 0 and chance.uniform(rat.name, "none") < 0.6:
        row |= {"afterdischarge": "no", "add_status": "none"}
    else:
        middle = 27 if drug else 58
        shown = middle * 10 ** (0.12 * chance.normal(rat.name, condition, "add"))
        row |= _discharge(shown, lost=False)
    if stage:
        row["seizure_ms"] = round(1000 * (8 + 7 * stage + 4 * mark))
    book.write(
        when, SCORER, "session.add", rat.name, row, name=f"{rat.name} test {condition}"
    )


def _session(
    rat: _Rat, number: int, phase: str, when: datetime, stage: int
) -> dict[str, Any]:
    return {
        "animal_id": rat.name,
        "number": number,
        "phase": phase,
        "ts": clock(when),
        "current_ua": f"{rat.test_current:.0f}",
        "stage": str(stage),
        "observer": SCORER,
    }


def _discharge(seconds: float, *, lost: bool) -> dict[str, Any]:
    if lost:
        return {"afterdischarge": "yes", "add_status": "not_measurable"}
    return {
        "afterdischarge": "yes",
        "add_status": "measured",
        "add_ms": round(1000 * seconds),
    }
