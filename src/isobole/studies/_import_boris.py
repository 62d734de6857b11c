"""Observations of a BORIS project as events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from isobole.results import DataError, Problem, ProblemList
from isobole.studies._import_map import SPANS, STOPS, ImportMap, Meaning, milliseconds
from isobole.studies._rows import Event

STATE = "State event"


@dataclass(frozen=True, slots=True)
class _Coded:
    """One coded event: its place in the observation, and what it says."""

    number: int
    ms: int
    subject: str
    code: str
    modifier: str
    comment: str
    meaning: Meaning


def import_boris(
    path: Path | str, mapping: ImportMap
) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """Read the events of a BORIS project file (`.boris`, JSON).

    A state behaviour has a start and a stop by turns, for each subject, code and
    modifier. Times are in seconds from the start of the observation; where a code is
    mapped to ``t0`` they count from that subject's own t0.

    Parameters
    ----------
    path : path
        The project file.
    mapping : ImportMap
        What subjects and codes mean here.

    Returns
    -------
    events, problems : tuple of Event, tuple of Problem
        Rows for `events.csv`, and what was left out and why.

    Raises
    ------
    DataError
        If the file is no BORIS project.
    """
    file = Path(path).name
    project = _project(Path(path), file)
    found = ProblemList(file)
    states = {
        str(behaviour.get("code"))
        for behaviour in _dict(project.get("behaviors_conf")).values()
        if isinstance(behaviour, dict)
        and str(behaviour.get("type", "")).startswith(STATE)
    }
    events: list[Event] = []
    observations = _dict(project["observations"])
    for name in mapping.observations:
        if name not in observations:
            found.add(
                Problem(
                    "unknown-observation",
                    f"The project has no observation '{name}'",
                    given=name,
                    expected=f"one of {', '.join(observations)}",
                    remedy="Correct observations in the mapping",
                )
            )
    unknown: set[str] = set()
    for name, observation in observations.items():
        if mapping.observations and name not in mapping.observations:
            continue
        coded = list(_coded(name, _dict(observation), mapping, found, unknown))
        events += _events(name, coded, states, mapping, found)
    return tuple(events), found.found


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _project(path: Path, file: str) -> dict[str, Any]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "it is not JSON"
        problem = Problem(
            "not-read",
            f"The project cannot be read ({why})",
            file=file,
            remedy="Save it from BORIS as .boris (not compressed)",
        )
        raise DataError([problem]) from error
    if not isinstance(_dict(loaded).get("observations"), dict):
        problem = Problem(
            "no-boris-project",
            "The file has no observations",
            file=file,
            expected="a BORIS project file",
            remedy="Save the project from BORIS, or import a table",
        )
        raise DataError([problem])
    return _dict(loaded)


def _coded(
    name: str,
    observation: dict[str, Any],
    mapping: ImportMap,
    found: ProblemList,
    unknown: set[str],
) -> Iterator[_Coded]:
    offset = milliseconds(observation.get("time offset", 0) or 0, "s") or 0
    rows = observation.get("events")
    for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        where = f"event {number} of observation '{name}'"
        if not isinstance(row, list) or len(row) < 3:
            found.add(_left_out("bad-event", f"{where} is no BORIS event"))
            continue
        time, subject, code = row[0], str(row[1] or ""), str(row[2])
        modifier, comment = (str(part or "") for part in (*row[3:5], "", "")[:2])
        meaning = mapping.codes.get(f"{code}|{modifier}") or mapping.codes.get(code)
        ms = milliseconds(time, "s")
        if meaning is None:
            if code not in unknown:
                unknown.add(code)
                found.add(
                    _left_out(
                        "unmapped-code",
                        f"The code '{code}' is not in the mapping ({where})",
                        'Add it to [codes]; type = "ignore" leaves it out',
                        code,
                    )
                )
            continue
        if meaning.type == "ignore":
            continue
        animal = subject if not mapping.animals else mapping.animals.get(subject)
        if not animal:
            key = f"subject {subject}"
            if key not in unknown:
                unknown.add(key)
                said = f"'{subject}'" if subject else "no focal subject"
                found.add(
                    _left_out(
                        "unmapped-animal",
                        f"{where} has {said}, which is no animal of the mapping",
                        "Add it to [animals], or correct the subject in BORIS",
                        subject,
                    )
                )
            continue
        if ms is None:
            found.add(_left_out("bad-time", f"{where} has the time {time!r}"))
            continue
        yield _Coded(number, ms + offset, animal, code, modifier, comment, meaning)


def _events(
    name: str,
    coded: Sequence[_Coded],
    states: set[str],
    mapping: ImportMap,
    found: ProblemList,
) -> Iterator[Event]:
    t0: dict[str, int] = {}
    for event in coded:
        if event.meaning.type == "t0":
            t0.setdefault(event.subject, event.ms)
    counts_from_t0 = any(m.type == "t0" for m in mapping.codes.values())
    running: dict[tuple[str, str, str], bool] = {}
    without: set[str] = set()
    for event in sorted(coded, key=lambda e: (e.ms, e.number)):
        if event.meaning.type == "t0":
            continue
        start = t0.get(event.subject) if counts_from_t0 else 0
        if start is None:
            if event.subject not in without:
                without.add(event.subject)
                found.add(
                    _left_out(
                        "missing-t0",
                        f"{event.subject} has no t0 in observation '{name}'",
                        "Code its t0 in BORIS, or map no code to t0",
                        event.subject,
                    )
                )
            continue
        key = (event.subject, event.code, event.modifier)
        stops = event.code in states and running.get(key, False)
        running[key] = event.code in states and not stops
        if event.ms < start:
            found.add(
                _left_out(
                    "before-t0",
                    f"Event {event.number} of observation '{name}' is "
                    f"{(start - event.ms) / 1000:g} s before the animal's t0",
                    "Check the t0",
                )
            )
            continue
        yield from _made(name, event, event.ms - start, stops, states, mapping, found)


def _made(
    name: str,
    event: _Coded,
    ms: int,
    stops: bool,
    states: set[str],
    mapping: ImportMap,
    found: ProblemList,
) -> Iterator[Event]:
    meaning = event.meaning
    kind, score = meaning.type, meaning.score
    if kind in SPANS:
        if event.code not in states:
            found.add(
                _left_out(
                    "point-for-span",
                    f"'{event.code}' is a point event in BORIS, but {kind} has a start "
                    "and a stop",
                    f"Map its codes to {kind}_start and {kind}_stop",
                    event.code,
                )
            )
            return
        kind = STOPS[kind] if stops else SPANS[kind]
    elif kind == "score_change" and stops:
        score = meaning.after
        if score is None:
            found.add(
                _left_out(
                    "no-score-after",
                    f"'{event.code}' stops, and the mapping does not say which score "
                    "follows",
                    "Give after in the mapping, such as the code of no seizure",
                    event.code,
                )
            )
            return
    elif stops:
        return  # the stop of a state that is one moment here says nothing
    yield Event(
        event_id=f"boris-{name}-{event.number}",
        animal_id=event.subject,
        t_ms=ms,
        type=kind,
        score=score if kind == "score_change" else None,
        observer=mapping.observer,
        supersedes=None,
        reason=None,
        extra={"comment": event.comment} if event.comment else {},
        detail=meaning.detail,
    )


def _left_out(
    code: str, message: str, remedy: str = "Correct it in BORIS", given: str = ""
) -> Problem:
    problem = Problem(
        code, f"{message}; it was left out", given=given or None, remedy=remedy
    )
    return replace(problem, message=problem.message[0].upper() + problem.message[1:])
