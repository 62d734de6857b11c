"""What looks implausible: asked about in place, and stored if the person says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from isobole.lab.bench.kindling_form import Typed
from isobole.lab.bench.kindling_rats import Board, Rat
from isobole.lab.bench.kindling_times import seconds
from isobole.studies import close_to, settable

LONG_MS = 300_000


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to confirm; `key` changes with what was typed."""

    code: str
    value: str
    said: str

    @property
    def key(self) -> str:
        """What the form sends back if it is confirmed."""
        return f"{self.code}={self.value}"


@dataclass(frozen=True, slots=True)
class Asked:
    """The current that is asked for next, and why.

    `also` are others that are as good; `text` is the current as a field shows it, empty
    where none is asked for.
    """

    text: str
    why: str
    also: tuple[float, ...] = ()

    @property
    def values(self) -> tuple[float, ...]:
        """Every current that needs no question."""
        return (*((float(self.text),) if self.text else ()), *self.also)


def asked_for(rat: Rat, board: Board, phase: str) -> Asked:
    """Return the current that comes next in a phase."""
    if phase != "threshold":
        return _of_protocol(rat, board)
    rule, asked = board.kindling.staircase, rat.asked
    if asked.current_ua is not None:
        return Asked(_shown(settable(asked.current_ua, rule)), asked.why)
    start = settable(rule.start_ua, rule)
    if asked.state == "unknown":
        return Asked("", f"{asked.why}. Correct that row first")
    if asked.state == "found":
        higher = asked.higher_ua
        also = () if higher is None else (settable(higher, rule),)
        on = f"; {also[0]:g} µA goes on, to a generalised seizure" if also else ""
        again = f"{start:g} µA begins a new staircase{on}"
        return Asked(_shown(start), f"{asked.why}. {again}", also)
    again = f"{start:g} µA begins a new staircase"
    return Asked(_shown(start), f"{asked.why}. {again}")


def _of_protocol(rat: Rat, board: Board) -> Asked:
    challenge = board.protocol.challenge
    mode = challenge.current_mode
    if mode in ("adt", "adt_plus_percent"):
        later = rat.outcome.adt_later_ua
        adt = later[-1] if later else rat.adt
        if adt is None:
            return Asked("", f"The protocol stimulates at the threshold: {rat.no_adt}")
        percent = (challenge.current_percent or 0) if mode != "adt" else 0
        current = settable(adt * (1 + percent / 100), board.kindling.staircase)
        more = f" plus {percent:g} %" if percent else ""
        return Asked(_shown(current), f"The threshold, {adt:g} µA{more}")
    if challenge.current is None:
        return Asked("", "The protocol names no current")
    current = challenge.current * (1000 if challenge.current_unit == "mA" else 1)
    return Asked(_shown(current), "The current of the protocol")


def _shown(current: float) -> str:
    return f"{current:.10g}"


def doubts(
    typed: Typed, rat: Rat, board: Board, now: datetime, *, correcting: bool
) -> Iterator[Doubt]:
    """Yield what looks implausible in a form that can be read."""
    yield from _current(typed, rat, board, correcting=correcting)
    yield from _durations(typed, board)
    yield from _stage(typed, board)
    if not correcting:
        yield from _order(typed, rat, board, now)


def _current(
    typed: Typed, rat: Rat, board: Board, *, correcting: bool
) -> Iterator[Doubt]:
    if typed.current_ua is None or correcting:
        return
    asked = asked_for(rat, board, typed.phase)
    rule = board.kindling.staircase
    given = float(typed.current_ua)
    if not asked.values or any(close_to(given, one, rule) for one in asked.values):
        return
    wanted = " or ".join(f"{one:g}" for one in asked.values)
    where = "the staircase" if typed.phase == "threshold" else "the protocol"
    yield Doubt(
        "current",
        f"{given:g}",
        f"{given:g} µA is not what {where} asks for ({wanted} µA). The deviation is "
        "recorded.",
    )


def _durations(typed: Typed, board: Board) -> Iterator[Doubt]:
    shortest = 1000 * board.kindling.afterdischarge.min_duration_s
    for name, ms, what in (
        ("add", typed.add_ms, "The afterdischarge"),
        ("seizure", typed.seizure_ms, "The seizure"),
    ):
        if ms is not None and ms > LONG_MS:
            yield Doubt(
                f"{name}-long",
                str(ms),
                f"{what} of {seconds(ms)} s is longer than 300 s.",
            )
    if typed.add_ms is not None and typed.add_ms < shortest:
        yield Doubt(
            "add-short",
            str(typed.add_ms),
            f"An afterdischarge of {seconds(typed.add_ms)} s is shorter than the "
            f"{shortest / 1000:g} s from which the protocol counts one.",
        )
    window = 1000 * board.protocol.observation.window_s
    if typed.latency_ms is not None and typed.latency_ms > window:
        yield Doubt(
            "latency-long",
            str(typed.latency_ms),
            f"The latency of {seconds(typed.latency_ms)} s lies beyond the "
            f"{window / 1000:g} s of observation.",
        )


def _stage(typed: Typed, board: Board) -> Iterator[Doubt]:
    if typed.stage is None:
        if typed.phase != "threshold":
            yield Doubt(
                "no-stage",
                typed.phase,
                "No stage is chosen: the session neither counts towards the rule nor "
                "lets a run go on.",
            )
        return
    absence = None if board.scale is None else board.scale.absence
    if typed.stage == absence and (typed.seizure_ms or typed.latency_ms):
        yield Doubt(
            "stage-and-seizure",
            typed.stage,
            f"Stage {typed.stage} is no seizure, but a time of one is typed.",
        )
    scoring = board.protocol.scoring
    order = board.order
    if (
        scoring is not None
        and typed.ad == "none"
        and order[typed.stage] >= order.get(scoring.generalised_from, len(order))
    ):
        yield Doubt(
            "stage-without-afterdischarge",
            typed.stage,
            f"Stage {typed.stage} without an afterdischarge is unusual.",
        )


def _order(typed: Typed, rat: Rat, board: Board, now: datetime) -> Iterator[Doubt]:
    if rat.state == "left out":
        yield Doubt("left-out", rat.animal_id, f"{rat.animal_id} was left out.")
    if typed.phase == "threshold":
        return
    if typed.phase == "kindling" and not rat.kindling and rat.adt is None:
        yield Doubt(
            "no-threshold", "kindling", f"{rat.animal_id} has no threshold yet."
        )
    if typed.phase == "kindling" and rat.state == "given up":
        yield Doubt(
            "given-up",
            typed.texts["number"],
            f"{rat.animal_id} had the {board.kindling.max_sessions} sessions after "
            "which the protocol gives a rat up.",
        )
    if typed.phase == "test" and not rat.outcome.fully_kindled:
        yield Doubt("not-kindled", "test", f"{rat.animal_id} is not fully kindled.")
    yield from _too_soon(typed, rat, board, now)


def _too_soon(typed: Typed, rat: Rat, board: Board, now: datetime) -> Iterator[Doubt]:
    last = rat.last_of("kindling", "test")
    try:
        before = datetime.fromisoformat(last.ts or "") if last is not None else None
    except ValueError:
        return
    if last is None or before is None or before.tzinfo is None:
        return
    wait = timedelta(hours=board.kindling.min_interval_h)
    if now - before < wait:
        yield Doubt(
            "too-soon",
            str(last.number),
            f"Session {last.number} was at {last.ts}: less than the "
            f"{board.kindling.min_interval_h:g} h that the protocol puts between two.",
        )
