"""Kindling: the ladder, the criterion, threshold, and durations that do not exist."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from isobole.results import Missing, OptionError
from isobole.studies import (
    KindlingOutcome,
    Session,
    kindled_at,
    reduce_study,
    scale,
    staircase,
)
from isobole.studies._protocol_parts import FullyKindledRule
from reference_cases import Case
from study_cases import KINDLING, protocol, session, study


def rule(least: int, count: int, consecutive: bool) -> FullyKindledRule:
    return FullyKindledRule(
        min_stage=str(least),
        count=count,
        consecutive="consecutive" if consecutive else "any",
    )


def outcome(*sessions: Session, **changed: Any) -> KindlingOutcome:
    plan = protocol(kindling={**KINDLING, **changed}, primary_outcome="stage")
    shuffled = list(sessions)
    random.Random(1).shuffle(shuffled)
    found = reduce_study(study(protocol=plan, sessions=tuple(shuffled))).kindling
    assert found == reduce_study(study(protocol=plan, sessions=sessions)).kindling
    return found[0]


def test_reference_ladder(studies_case: Callable[[str], Case]) -> None:
    with studies_case("adt_ladder") as case:
        case.given("start_uA", "factor", "stop_uA")
        start, factor, stop = (
            case.data(f"{n}") for n in ("start_uA", "factor", "stop_uA")
        )
        exact = staircase(start, factor, stop)
        # Printed to four decimals.
        assert exact == pytest.approx(case.expect("exact"), abs=5e-5)
        assert [round(x) for x in exact] == case.expect("rounded")
        assert [round(x) for x in staircase(10, factor, stop)] == case.expect("start10")


def test_reference_criteria(studies_case: Callable[[str], Case]) -> None:
    with studies_case("fully_kindled_rules") as case:
        case.given("stages")
        stages = case.data("stages")
        sessions = [session(i, stage=str(s)) for i, s in enumerate(stages, start=1)]
        for index, given_rule in enumerate(case.data("rules")):
            where = f"rules.{index}"
            for name in ("min_stage", "count", "consecutive"):
                case.given(f"{where}.{name}")
            due = case.expect(f"{where}.session")
            asked = rule(
                given_rule["min_stage"], given_rule["count"], given_rule["consecutive"]
            )
            least = given_rule["min_stage"]
            assert kindled_at(stages, least=least, rule=asked) == due
            found = outcome(*sessions, fully_kindled=asked.model_dump())
            assert found.kindled_at_session == found.stimulations == due


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=20),
    st.integers(1, 5),
    st.integers(1, 4),
    st.booleans(),
)
def test_criterion_against_looking_at_every_window(
    stages: list[int | None], least: int, count: int, consecutive: bool
) -> None:
    reached = [stage is not None and stage >= least for stage in stages]
    if consecutive:
        due = [n for n in range(count, len(stages) + 1) if all(reached[n - count : n])]
    else:
        due = [n for n in range(1, len(stages) + 1) if sum(reached[:n]) >= count]
    asked = rule(least, count, consecutive)
    assert kindled_at(stages, least=least, rule=asked) == (due[0] if due else None)


def steps(*currents: float, gave: str = "yes", first: int = 1) -> list[Session]:
    return [
        session(
            first + i,
            "threshold",
            current_ua=current,
            afterdischarge=gave if i == len(currents) - 1 else "no",
        )
        for i, current in enumerate(currents)
    ]


def test_threshold_and_the_stimuli_below_it() -> None:
    found = outcome(*steps(8, 10, 12, 14), *steps(8, 10, first=20))
    assert (found.adt_ua, found.subthreshold) == (14, 3)
    assert found.adt_later_ua == (10,)
    assert found.problems == ()


def test_threshold_that_was_not_reached() -> None:
    found = outcome(*steps(8, 10, 12, gave="no"))
    assert isinstance(found.adt_ua, Missing)
    assert found.adt_ua.reason == "no afterdischarge up to 12 µA"
    assert found.subthreshold == 3
    # A later staircase does not stand in for the first.
    again = outcome(*steps(8, 10, 12, gave="no"), *steps(8, 10, first=9))
    assert isinstance(again.adt_ua, Missing)
    assert again.adt_later_ua == (10,)


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        (steps(8), "may be lower"),
        (steps(8, 10, 50), "rose from 10 to 50"),
        ([session(1, stage="9")], "not on the scale"),
        ([session(1, stage=None)], "has no stage"),
    ],
)
def test_what_is_odd_is_said(sessions: list[Session], said: str) -> None:
    assert any(said in note for note in outcome(*sessions).problems)


def test_a_threshold_needs_its_current_and_its_answer() -> None:
    silent = outcome(session(1, "threshold", current_ua=8.0))
    assert isinstance(silent.adt_ua, Missing)
    assert "does not say" in silent.adt_ua.reason
    blind = outcome(session(1, "threshold", afterdischarge="yes"))
    assert isinstance(blind.adt_ua, Missing)
    assert "no current" in blind.adt_ua.reason
    assert isinstance(outcome().adt_ua, Missing)


def test_no_afterdischarge_has_no_duration() -> None:
    found = outcome(
        session(1, stage="1", add_status="measured", add_ms=12_500),
        session(2, stage="0", add_status="none"),
        session(3, stage="0", add_status="not_measurable", add_ms=999),
    )
    assert [s.add_s for s in found.sessions] == [12.5, None, None]
    assert [s.add_status for s in found.sessions] == [
        "measured", "none", "not_measurable",
    ]  # fmt: skip


def test_censored_at_the_last_stimulation() -> None:
    found = outcome(*(session(n, stage="3") for n in range(1, 8)))
    assert (found.fully_kindled, found.kindled_at_session) == (False, None)
    assert found.stimulations == 7


def test_amended_session() -> None:
    wrong = [session(n, stage="5") for n in (1, 2, 3)]
    right = session(
        3, stage="2", session_id="again", supersedes="kindling-3", reason="film"
    )
    assert outcome(*wrong).stimulations == 3
    assert outcome(*wrong).fully_kindled
    assert not outcome(*wrong, right).fully_kindled


def test_stage_orders_are_those_of_the_scale() -> None:
    codes = scale("racine_1972").codes
    found = outcome(*(session(i, stage=code) for i, code in enumerate(codes)))
    assert [s.stage_order for s in found.sessions] == list(range(len(codes)))


@pytest.mark.parametrize(("start", "factor"), [(0, 1.2), (8, 1), (-1, 2)])
def test_a_staircase_rises(start: float, factor: float) -> None:
    with pytest.raises(OptionError, match="does not rise"):
        staircase(start, factor, 500)


def test_a_staircase_that_goes_on_finds_the_generalised_seizure_threshold() -> None:
    steps = [
        session(1, phase="threshold", current_ua=20.0, add_status="none", stage="0"),
        session(2, phase="threshold", current_ua=24.0, add_status="measured",
                add_ms=9000, stage="1"),
        session(3, phase="threshold", current_ua=29.0, add_status="measured",
                add_ms=15000, stage="2"),
        session(4, phase="threshold", current_ua=35.0, add_status="measured",
                add_ms=40000, stage="5"),
        # A new staircase, another day: it starts lower.
        session(5, phase="threshold", current_ua=14.0, add_status="none", stage="0"),
        session(6, phase="threshold", current_ua=17.0, add_status="measured",
                add_ms=8000, stage="1"),
    ]  # fmt: skip
    found = outcome(*steps)
    assert found.adt_ua == 24.0
    assert found.subthreshold == 1
    assert found.adt_later_ua == (17.0,)
    assert found.gst_ua == 35.0
    assert found.gst_later_ua == ()


def test_no_generalised_seizure_is_a_reason_not_a_number() -> None:
    found = outcome(
        session(1, phase="threshold", current_ua=20.0, add_status="none", stage="0"),
        session(2, phase="threshold", current_ua=24.0, add_status="measured",
                add_ms=9000, stage="1"),
    )  # fmt: skip
    assert isinstance(found.gst_ua, Missing)
    assert "24" in found.gst_ua.reason
