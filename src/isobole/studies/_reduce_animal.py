"""One animal's course to its outcomes, by the rules of the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isobole.results import Missing
from isobole.studies._outcome_types import AnimalOutcome, Latency
from isobole.studies._protocol_parts import Challenge
from isobole.studies._reduce_course import POINTS, Course, Span
from isobole.studies._reduce_rules import Rules, point
from isobole.studies._rows import DoseGiven

_UNSEEN = (
    "no observation is recorded: neither an event, nor an end, nor the mark that "
    "scoring was completed"
)


@dataclass(frozen=True, slots=True)
class Who:
    """What is known of an animal besides what it did."""

    animal_id: str
    label: str
    group_code: str | None
    group: str | None
    stratum: str | None
    block: int | None
    day: str | None
    chamber: str | None
    sex: str | None
    exclusion: str | None
    weight_g: float | None
    challenge: DoseGiven | None


def outcome_of(
    who: Who,
    course: Course | None,
    firsts: Mapping[str, int],
    rules: Rules,
    challenge: Challenge,
    kinds: Sequence[str],
) -> AnimalOutcome:
    """Return the outcome; `course` is None for an animal nobody observed.

    `firsts` are the course's `first_times`, `kinds` those to be given a latency.
    """
    given = who.challenge.amount if who.challenge is not None else None
    if course is None:
        unseen = Missing(_UNSEEN)
        return AnimalOutcome(
            **_identity(who),
            protected=unseen,
            protected_by=dict.fromkeys(rules.counts),
            threshold=unseen if challenge.route == "iv_infusion" else None,
            challenge_amount=given,
        )
    endpoint = firsts.get("endpoint")
    protected, counted = _protected(course, rules, endpoint)
    highest = _maximum(course, rules)
    episodes = _episodes(course, rules)
    notes = list(course.notes)
    if episodes and episodes[-1].cut and course.ended_by != "death":
        notes.append(
            "an episode was still running when the observation ended; it was counted "
            "until then"
        )
    if course.scored and not rules.ladder:
        notes.append(
            "the scale mixes several systems, which have no common maximum score"
        )
    return AnimalOutcome(
        **_identity(who),
        protected=protected,
        protected_by=counted,
        latencies={kind: _latency(kind, firsts.get(kind), course) for kind in kinds},
        died=course.death_ms is not None,
        death_ms=course.death_ms,
        max_score=highest,
        max_order=None if highest is None else rules.order[highest],
        episodes=len(episodes),
        episode_ms=tuple(span.duration for span in episodes),
        time_in_score_ms=_time_in(course, rules),
        observed_ms=course.observed_ms,
        end_reason="window_done" if course.ended_by == "window" else course.ended_by,
        threshold=_threshold(who, endpoint, course, challenge),
        challenge_amount=given,
        problems=tuple(notes),
    )


def first_times(course: Course, rules: Rules) -> dict[str, int]:
    """Return when each kind of event was first seen; kinds not seen are left out."""
    times = {
        "endpoint": rules.endpoint(course),
        "clonic": rules.clonic(course),
        "gtc": rules.gtc(course),
        "the": rules.the(course),
        **{name: point(course, name) for name in POINTS},
        **{
            f"score>={code}": course.first_score(codes)
            for code, codes in rules.at_least.items()
            if code != rules.absence
        },
    }
    return {kind: ms for kind, ms in times.items() if ms is not None}


def _identity(who: Who) -> dict[str, Any]:
    names = (
        "animal_id", "label", "group_code", "group", "stratum", "block", "day",
        "chamber", "sex", "exclusion",
    )  # fmt: skip
    return {
        **{name: getattr(who, name) for name in names},
        "included": who.exclusion is None,
    }


def _protected(
    course: Course, rules: Rules, endpoint: int | None
) -> tuple[bool | Missing, Mapping[str, bool | None]]:
    if endpoint is not None:
        return False, dict.fromkeys(rules.counts, False)
    if course.ended_by == "death":
        counted = {
            count: None if count == "exclusion" else False for count in rules.counts
        }
        main = counted[rules.death]
        if main is None:
            return Missing(
                f"died {course.observed_ms / 1000:g} s after t0 without the endpoint, "
                "which takes it out of this count"
            ), counted
        return main, counted
    if course.ended_by != "window":
        why = course.ended_by.replace("_", " ")
        return Missing(
            f"the observation ended ({why}) {course.observed_ms / 1000:g} s after t0, "
            "before the endpoint and before the window was over"
        ), dict.fromkeys(rules.counts)
    if rules.rule == "score_below" and not course.scored:
        return Missing("nothing was scored, which is not the lowest score"), (
            dict.fromkeys(rules.counts)
        )
    return True, dict.fromkeys(rules.counts, True)


def _latency(kind: str, first: int | None, course: Course) -> Latency:
    if first is not None:
        return Latency(kind, first, 1)
    if course.ended_by == "death":
        return Latency(kind, course.observed_ms, 2)
    return Latency(kind, course.observed_ms, 0, course.ended_by)


def _maximum(course: Course, rules: Rules) -> str | None:
    if not course.scored or not rules.ladder:
        return None
    return max((code for _, code in course.scored), key=rules.order.__getitem__)


def _episodes(course: Course, rules: Rules) -> tuple[Span, ...]:
    if course.scored:
        return course.runs(rules.episode)
    spans = sorted(
        (span for kind in course.spans.values() for span in kind),
        key=lambda span: (span.start, span.stop),
    )
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].stop:
            last = merged.pop()
            span = Span(last.start, max(last.stop, span.stop), last.cut or span.cut)
        merged.append(span)
    return tuple(merged)


def _time_in(course: Course, rules: Rules) -> dict[str, int]:
    time: dict[str, int] = {}
    for code, span in course.states:
        time[code] = time.get(code, 0) + span.duration
    return {code: time[code] for code in rules.codes if time.get(code)}


def _threshold(
    who: Who, endpoint: int | None, course: Course, challenge: Challenge
) -> float | Missing | None:
    """Return the dose in mg/kg infused up to the endpoint.

    Rate (mL/min) × time (min) × concentration (mg/mL) / weight (kg).
    """
    if challenge.route != "iv_infusion":
        return None
    rate, strength = challenge.infusion_ml_per_min, challenge.concentration_mg_per_ml
    weight = who.weight_g
    if who.challenge is not None and who.challenge.weight_g:
        weight = who.challenge.weight_g
    if rate is None or strength is None:
        return Missing("the protocol does not give the rate and the concentration")
    if not weight:
        return Missing("the weight of the animal is not recorded")
    ms = course.observed_ms if endpoint is None else endpoint
    dose = rate * (ms / 60_000) * strength / (weight / 1000)
    if endpoint is None:
        return Missing(
            f"no endpoint up to {dose:.3g} mg/kg, where the infusion was last observed"
        )
    return dose
