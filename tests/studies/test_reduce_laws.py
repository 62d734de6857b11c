"""A re-ordered, duplicated or amended file of events, held against a slow reading.

The slow reading fills an array of milliseconds: it shares no step with the reducer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st

from isobole.results import Missing
from isobole.studies import AnimalOutcome, Event, Protocol, holding, reduce_study
from study_cases import animal, event, protocol, study

WINDOW = 16  # ms: short, so that edges are hit
LEAST = 3
TYPES = (
    "score_change", "score_change", "score_change", "clonic_start", "clonic_stop",
    "gtc_start", "gtc_stop", "the_start", "the_stop", "myoclonic_twitch",
    "loss_of_righting", "note", "scan",
)  # fmt: skip
PROTOCOL: Protocol = protocol(
    observation__window_s=WINDOW / 1000, endpoint__min_duration_s=LEAST / 1000
)
TWITCH = "myoclonic_twitch"
START = datetime(2026, 1, 6, 9, tzinfo=UTC)


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Draw one animal's events, each at a time of its own."""
    times = draw(st.lists(st.integers(0, WINDOW + 2), max_size=10, unique=True))
    found = []
    for index, ms in enumerate(times):
        kind = draw(st.sampled_from(TYPES))
        score = draw(st.sampled_from("012345")) if kind == "score_change" else None
        found.append(event(f"e{index}", ms, kind, score))
    how = draw(
        st.sampled_from(("window_done", "technical", "humane_endpoint", "death"))
    )
    last = WINDOW if how == "window_done" else draw(st.integers(0, WINDOW))
    if how == "death":
        found.append(event("last", last, "death"))
    else:
        found.append(event("last", last, "end", detail=how))
    return found


def one(events: list[Event]) -> AnimalOutcome:
    (found,) = reduce_study(
        study(*events, protocol=PROTOCOL, animals=(animal(),))
    ).animals
    return found


def slowly(events: list[Event]) -> dict[str, Any]:
    """Read events, one holding row each, millisecond by millisecond."""
    at = {e.t_ms: e for e in events if e.event_id != "last"}
    (last,) = [e for e in events if e.event_id == "last"]
    until = min(last.t_ms, WINDOW)
    state: str | None = (
        "0"
        if any(e.type == "score_change" and e.t_ms <= until for e in events)
        else None
    )
    pressed = dict.fromkeys(("clonic", "gtc", "the"), False)
    states: list[str | None] = []
    held: dict[str, list[bool]] = {kind: [] for kind in pressed}
    starts: dict[str, list[int]] = {kind: [] for kind in pressed}
    scores: list[tuple[int, str]] = []
    for ms in range(until + 1):
        e = at.get(ms)
        if e is not None and e.type == "score_change":
            assert e.score is not None
            state = e.score
            scores.append((ms, e.score))
        for kind in pressed:
            if e is not None and e.type == f"{kind}_start" and not pressed[kind]:
                pressed[kind] = True
                starts[kind].append(ms)
            if e is not None and e.type == f"{kind}_stop":
                pressed[kind] = False
        if ms < until:
            states.append(state)
            for kind in pressed:
                held[kind].append(pressed[kind])
    high = [code in ("3", "4", "5") for code in states]
    # The ms at the very end lasts no time, but what is on then is cut by a death.
    high_at_end = state in ("3", "4", "5")
    died = last.type == "death"

    def lasting(flags: list[bool], on_at_end: bool) -> list[int]:
        begun, found = None, []
        for ms, flag in enumerate([*flags, False]):
            if flag and begun is None:
                begun = ms
            if not flag and begun is not None:
                cut = ms == len(flags) and on_at_end and died
                if ms - begun >= LEAST or cut:
                    found.append(begun)
                begun = None
        if died and on_at_end and (not flags or not flags[-1]):
            found.append(len(flags))
        return found

    clonic = lasting(high, high_at_end) + lasting(held["clonic"], pressed["clonic"])
    worse = starts["gtc"] + starts["the"]
    endpoint = min(clonic + worse, default=None)
    runs = "".join("x" if flag else "." for flag in high).split(".")
    episodes = [len(run) for run in runs if run]
    if scores and high_at_end and scores[-1][0] == until and not (high and high[-1]):
        episodes.append(0)
    return {
        "endpoint": endpoint,
        "max": max((code for _, code in scores), default=None),
        "time": {c: states.count(c) for c in "012345" if states.count(c)},
        "episodes": episodes if scores else None,
        "observed": until,
        "died": died,
        "complete": last.type == "end" and last.t_ms >= WINDOW,
        "twitch": min(
            (
                e.t_ms
                for e in events
                if e.type == "myoclonic_twitch" and e.t_ms <= until
            ),
            default=None,
        ),
        "ge2": min((ms for ms, code in scores if code >= "2"), default=None),
    }


def agrees(found: AnimalOutcome, due: dict[str, Any]) -> None:
    latency = found.latencies["endpoint"]
    if due["endpoint"] is not None:
        assert (latency.t_ms, latency.cause) == (due["endpoint"], 1)
        assert found.protected is False
    else:
        assert latency.t_ms == due["observed"]
        assert latency.cause == (2 if due["died"] else 0)
        if due["died"]:
            assert found.protected is False
        elif due["complete"] or due["observed"] == WINDOW:
            assert found.protected is True
        else:
            assert isinstance(found.protected, Missing)
    assert found.max_score == due["max"]
    assert found.time_in_score_ms == due["time"]
    if due["episodes"] is not None:
        assert list(found.episode_ms) == due["episodes"]
    assert found.observed_ms == due["observed"]
    assert found.died == due["died"]
    for kind, ms in (("myoclonic_twitch", due["twitch"]), ("score>=2", due["ge2"])):
        if ms is not None:
            assert (found.latencies[kind].t_ms, found.latencies[kind].cause) == (ms, 1)
        elif kind in found.latencies:
            assert found.latencies[kind].cause != 1


@settings(max_examples=300, deadline=None)
@given(logs(), st.randoms(use_true_random=False))
def test_outcomes_are_those_of_the_slow_reading(events: list[Event], any_: Any) -> None:
    due = slowly(events)
    agrees(one(events), due)
    shuffled = [*events, *any_.sample(events, any_.randint(0, len(events)))]
    any_.shuffle(shuffled)
    renumbered = [replace(e, line=i) for i, e in enumerate(shuffled, start=2)]
    assert one(renumbered) == one(events)


@settings(max_examples=100, deadline=None)
@given(logs(), st.data())
def test_amended_rows_give_the_outcome_of_the_last_correction(
    events: list[Event], data: st.DataObject
) -> None:
    """Corrupt rows, correct them back over some steps, and shuffle."""
    rows: list[Event] = []
    kept: list[Event] = []
    for index, right in enumerate(events):
        steps = data.draw(st.integers(0, 3))
        before: str | None = None
        for step in range(steps):
            wrong_ms = data.draw(st.integers(0, WINDOW))
            rows.append(
                _written(right, f"{index}.{step}", before, index, t_ms=wrong_ms)
            )
            before = f"{index}.{step}"
        voided = right.event_id != "last" and data.draw(st.integers(0, 4)) == 0
        if not voided:
            kept.append(right)
        name = right.event_id if not steps else f"{index}.{steps}"
        rows.append(_written(right, name, before, index, void=voided and bool(before)))
        if voided and not before:
            rows.append(_written(right, f"{index}.v", name, index, void=True))
    order = data.draw(st.permutations(rows))
    _, problems = holding(order, file="events.csv")
    assert problems == []
    agrees(one(list(order)), slowly(kept))


def _written(
    right: Event, name: str, before: str | None, index: int, **changed: Any
) -> Event:
    at = START + timedelta(minutes=index, seconds=int(name.rpartition(".")[2] == "v"))
    return replace(
        right,
        event_id=name,
        supersedes=before,
        reason=None if before is None else "mis-keyed",
        ts=at.isoformat(),
        **changed,
    )


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6, unique=True), st.data())
def test_of_two_corrections_of_one_row_the_later_holds(
    seconds: list[int], data: st.DataObject
) -> None:
    first = event("e", 5, "score_change", "1", ts=START.isoformat())
    rows = [
        event(
            f"a{i}",
            5,
            "score_change",
            str(i % 6),
            supersedes="e",
            reason="seen again",
            ts=(START + timedelta(seconds=s)).isoformat(),
        )
        for i, s in enumerate(seconds)
    ]
    kept, problems = holding(
        data.draw(st.permutations([first, *rows])), file="events.csv"
    )
    assert problems == []
    assert [row.event_id for row in kept] == [f"a{seconds.index(max(seconds))}"]
