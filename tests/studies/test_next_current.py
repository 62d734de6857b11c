"""The staircase assistant: following it finds the threshold that the reducer reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from isobole.datasets import study_path
from isobole.results import Missing
from isobole.studies import (
    NextCurrent,
    Session,
    close_to,
    next_current,
    read_study,
    reduce_study,
    settable,
    staircase,
)
from isobole.studies._protocol_parts import Staircase
from study_cases import KINDLING, protocol, session, study

RULE = Staircase(start_ua=10, factor=1.2, interval_s=60, max_ua=500)
rules = st.builds(
    Staircase,
    start_ua=st.sampled_from((2.0, 8.0, 10.0, 25.0)),
    factor=st.sampled_from((1.05, 1.2, 1.3, 1.5, 2.0)),
    interval_s=st.just(60.0),
    max_ua=st.sampled_from((120.0, 200.0, 500.0)),
)


def step(number: int, current: float | None, gave: str | None = "no") -> Session:
    return session(number, "threshold", current_ua=current, afterdischarge=gave)


def asked(*given: tuple[float | None, str | None], rule: Staircase = RULE) -> Any:
    steps = [step(n, *one) for n, one in enumerate(given, start=1)]
    found = next_current(steps[::-1], rule)
    assert found == next_current(steps, rule)
    return found


def follow(rule: Staircase, threshold: float) -> tuple[list[Session], NextCurrent]:
    """Do as the assistant says until it asks for nothing more."""
    steps: list[Session] = []
    while True:
        found = next_current(steps, rule)
        if found.current_ua is None:
            return steps, found
        current = settable(found.current_ua, rule)
        assert close_to(current, found.current_ua, rule)
        gave = "yes" if current >= threshold else "no"
        steps.append(step(len(steps) + 1, current, gave))


@given(rules, st.floats(1, 600))
def test_following_it_gives_the_currents_of_the_staircase(
    rule: Staircase, threshold: float
) -> None:
    steps, end = follow(rule, threshold)
    series = staircase(rule.start_ua, rule.factor, rule.max_ua)
    assert [s.current_ua for s in steps] == [
        settable(c, rule) for c in series[: len(steps)]
    ]
    assert end.state == ("found" if steps[-1].afterdischarge == "yes" else "exhausted")
    assert end.state == "found" or len(steps) == len(series)


@given(rules, st.floats(1, 600))
def test_following_it_finds_what_the_reducer_reads(
    rule: Staircase, threshold: float
) -> None:
    steps, end = follow(rule, threshold)
    plan = protocol(
        kindling={**KINDLING, "staircase": rule.model_dump()}, primary_outcome="stage"
    )
    read = reduce_study(study(protocol=plan, sessions=tuple(steps))).kindling[0]
    if end.state == "found":
        assert read.adt_ua == end.threshold_ua == steps[-1].current_ua
        assert read.subthreshold == len(steps) - 1
        assert not [p for p in read.problems if "more than the factor" in p]
    else:
        assert isinstance(read.adt_ua, Missing)
        assert str(read.adt_ua.reason)[1:] in end.why


@given(st.floats(10, 480))
def test_after_any_current_it_skips_no_step(last: float) -> None:
    found = asked((last, "no"))
    if found.current_ua is not None:
        assert last < settable(found.current_ua, RULE) <= last * 1.2 * 1.15


def test_each_state() -> None:
    assert asked().state == "start"
    assert asked((10, "no"), (12, "no")).current_ua == pytest.approx(14.4)
    found = asked((10, "no"), (12, "yes"))
    assert (found.state, found.threshold_ua, found.current_ua) == ("found", 12, None)
    assert found.higher_ua == pytest.approx(14.4)
    assert asked((10, "no"), (12, None)).state == "unknown"
    assert asked((None, "no")).state == "unknown"
    ended = asked((480, "no"))
    assert (ended.state, ended.higher_ua) == ("exhausted", None)
    above = asked(rule=Staircase(start_ua=9, factor=1.2, interval_s=60, max_ua=5))
    assert above.state == "exhausted"


def test_a_lower_current_begins_a_new_staircase() -> None:
    found = asked((10, "no"), (12, "yes"), (10, "no"))
    assert (found.state, found.step) == ("rising", 2)
    assert found.current_ua == 12


def test_every_step_of_the_bundled_rats_was_the_one_asked_for() -> None:
    rats = read_study(study_path("kindling-magnesium"))
    assert rats.protocol.kindling is not None
    rule = rats.protocol.kindling.staircase
    seen = 0
    for animal in rats.animals:
        steps = [
            s
            for s in rats.sessions
            if s.animal_id == animal.animal_id and s.phase == "threshold"
        ]
        for index, one in enumerate(steps):
            before = next_current(steps[:index], rule)
            wanted = before.current_ua if before.state != "found" else rule.start_ua
            assert wanted is not None
            assert settable(wanted, rule) == one.current_ua
            seen += 1
    assert seen == 371
