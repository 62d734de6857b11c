"""Events and sessions judged: who, when, on which scale, and from which t0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isobole.results import Problem
from isobole.studies._amendments import holding, moment
from isobole.studies._check_rows import Add, problem_in, unknown_animals
from isobole.studies._enums import END_REASONS
from isobole.studies._reduce_course import NOT_SEEN
from isobole.studies._rows import Event, Session
from isobole.studies._scales import Scale
from isobole.studies._study import Study


def check_events(
    study: Study, names: Mapping[str, str], scale: Scale | None
) -> Iterator[Problem]:
    """Yield what is wrong with the events that hold."""
    file = names["events.csv"]
    add = problem_in(file)
    known = {animal.animal_id for animal in study.animals}
    held, problems = holding(study.events, file=file, chained=bool(study.record))
    yield from problems
    yield from unknown_animals(held, known, add)
    window = round(1000 * study.protocol.observation.window_s)
    ended: dict[str, int] = {}
    for event in held:
        if event.type in ("end", "death"):
            before = ended.get(event.animal_id, event.t_ms)
            ended[event.animal_id] = min(event.t_ms, before)
    codes = set(scale.codes) if scale is not None else set()
    for event in held:
        if event.type == "score_change":
            if event.score not in codes:
                yield _off_scale(event, scale, add)
        elif event.type == "end" and event.detail not in END_REASONS:
            yield _no_reason(event, add)
        elif event.type == "sign" and not event.detail:
            yield add(
                event,
                "no-sign-name",
                "A sign is not named",
                "Write its name as detail, such as stun or jaw_clonus",
                column="detail",
            )
        if event.t_ms > window or event.t_ms > ended.get(event.animal_id, event.t_ms):
            yield from _late(event, window, ended, add)
    yield from _t0(study, held, known, add, names["animals.csv"])


def _late(
    event: Event, window: int, ended: Mapping[str, int], add: Add
) -> Iterator[Problem]:
    # The end of what began in the window may be noted later: it is cut at the window.
    if event.type in NOT_SEEN or event.type.endswith("_stop"):
        return
    seconds = f"{event.t_ms / 1000:g} s"
    if event.type == "death":
        if event.t_ms > window:
            yield add(
                event,
                "death-after-window",
                f"{event.animal_id} died {seconds} after t0, when the window of "
                f"{window / 1000:g} s was over; it is no death of the observation",
                "Nothing, if the time is right",
                column="t_ms",
                given=event.t_ms,
                severity="warning",
            )
        return
    if event.t_ms > window:
        yield add(
            event,
            "after-window",
            f"{event.type} of {event.animal_id} is {seconds} after t0; the window is "
            f"{window / 1000:g} s",
            "Check the time: it is in ms from the animal's own t0. If it is right, "
            "take the event back with an amendment: it is outside the observation",
            column="t_ms",
            given=event.t_ms,
            expected=f"at most {window}",
        )
        return
    yield add(
        event,
        "after-end",
        f"{event.type} of {event.animal_id} is {seconds} after t0; its observation "
        f"ended at {ended[event.animal_id] / 1000:g} s",
        "Check both times; what comes after the end is left out",
        column="t_ms",
        given=event.t_ms,
        expected=f"at most {ended[event.animal_id]}",
    )


def _off_scale(event: Event, scale: Scale | None, add: Add) -> Problem:
    if scale is None:
        return add(
            event,
            "no-scale",
            "A score was given, but the protocol names no scale",
            "Add [scoring] to study.toml before the first dose, or take the score back",
            column="score",
            given=event.score,
        )
    if event.score is None:
        return add(
            event,
            "no-score",
            "A change of score has no score",
            "Give the code; if nothing was scored, remove the row",
            column="score",
            expected=f"one of {', '.join(scale.codes)}",
        )
    return add(
        event,
        "score-off-scale",
        f"The score {event.score} is not on the scale {scale.id}",
        "Correct it with an amendment; a score off the scale is left out",
        column="score",
        given=event.score,
        expected=f"one of {', '.join(scale.codes)}",
    )


def _no_reason(event: Event, add: Add) -> Problem:
    return add(
        event,
        "no-end-reason",
        "The end of an observation does not say why it ended"
        if not event.detail
        else f"An observation ended for '{event.detail}'",
        "Write the reason as detail",
        column="detail",
        given=event.detail,
        expected=f"one of {', '.join(END_REASONS)}",
    )


def _t0(
    study: Study, held: list[Event], known: set[str], add: Add, animals: str
) -> Iterator[Problem]:
    asked = set()
    for event in held:
        name = event.animal_id
        if name in asked or name not in known:
            continue
        asked.add(name)
        if not study.t0.get(name):
            yield add(
                event,
                "missing-t0",
                f"{name} has events, but no t0 from which their times count",
                "Give its t0 in animals.csv (column t0), or the ts of its challenge "
                "dose in doses.csv",
            )
    for animal in study.animals:
        text = study.t0.get(animal.animal_id)
        if text and moment(text) is None:
            yield problem_in(animals)(
                animal,
                "bad-time",
                f"The t0 of {animal.animal_id} is '{text}'",
                "Write it so",
                column="t0",
                given=text,
                expected="a time such as 2026-01-06T09:00:00.000Z",
            )


def check_sessions(
    study: Study, names: Mapping[str, str], scale: Scale | None
) -> Iterator[Problem]:
    """Yield what is wrong with the sessions that hold."""
    file = names["sessions.csv"]
    add = problem_in(file)
    known = {animal.animal_id for animal in study.animals}
    held, problems = holding(study.sessions, file=file, chained=bool(study.record))
    yield from problems
    yield from unknown_animals(held, known, add)
    if held and study.protocol.kindling is None:
        yield add(
            held[0],
            "no-kindling",
            "There are sessions, but the protocol has no kindling part",
            "Add [kindling] to study.toml before the first session",
        )
    numbers: dict[tuple[str, str, int], Session] = {}
    for row in held:
        key = (row.animal_id, row.phase, row.number)
        if numbers.setdefault(key, row) is not row:
            yield add(
                row,
                "duplicate-session",
                f"{row.animal_id} has {row.phase} session {row.number} twice",
                "Number the stimulations of each animal without a repeat",
                column="number",
                given=row.number,
            )
        yield from _duration(row, add)
        if row.stage is not None and (scale is None or row.stage not in scale.codes):
            yield add(
                row,
                "score-off-scale",
                f"The stage {row.stage} is not on the scale"
                + ("" if scale is None else f" {scale.id}"),
                "Correct it with an amendment; a stage off the scale is left out",
                column="stage",
                given=row.stage,
                expected=None if scale is None else f"one of {', '.join(scale.codes)}",
            )
        if row.phase == "threshold" and row.current_ua is None:
            yield add(
                row,
                "no-current",
                f"Threshold session {row.number} of {row.animal_id} has no current",
                "Give the current in microampere",
                column="current_ua",
            )


def _duration(row: Session, add: Add) -> Iterator[Problem]:
    if row.add_status == "measured" and row.add_ms is None:
        yield add(
            row,
            "no-duration",
            f"The afterdischarge of session {row.number} of {row.animal_id} was "
            "measured, but has no duration",
            "Give add_ms, or write not_measurable",
            column="add_ms",
        )
    if row.add_status != "measured" and row.add_ms is not None:
        yield add(
            row,
            "duration-without-status",
            f"Session {row.number} of {row.animal_id} has a duration, but its "
            f"add_status is {row.add_status or 'empty'}",
            "Write measured, or leave add_ms empty: no number stands for a missing one",
            column="add_ms",
            given=row.add_ms,
        )
    if row.afterdischarge and row.add_status:
        said = row.add_status != "none"
        if row.add_status != "not_measurable" and said != (row.afterdischarge == "yes"):
            yield add(
                row,
                "contradiction",
                f"Session {row.number} of {row.animal_id} has afterdischarge "
                f"{row.afterdischarge} and add_status {row.add_status}",
                "Correct one of the two",
                column="add_status",
                given=row.add_status,
            )
