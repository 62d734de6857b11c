"""Events to outcomes: the reference logs, each rule, and what must not matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from isobole.results import Missing
from isobole.studies import AnimalOutcome, DoseGiven, Event, Exclusion, reduce_study
from reference_cases import Case
from study_cases import animal, event, protocol, study

WINDOW = 1_800_000


def outcome(*events: Event, **changed: Any) -> AnimalOutcome:
    (found,) = reduce_study(study(*events, **changed)).animals
    return found


def done() -> Event:
    return event("end", WINDOW, "end", detail="window_done")


def test_reference_log(studies_case: Callable[[str], Case]) -> None:
    with studies_case("event_log_reduction") as case:
        case.given("unit", "log")
        log = case.data("log")
        assert log[0][1] == "inject"
        events = [
            event(f"e{i}", ms, "score_change", str(code))
            for i, (ms, code) in enumerate(log[1:-1])
        ]
        ends = [event("end", log[-1][0], "end", detail="window_done")]
        found = outcome(*events, *ends)
        for least in (1, 3, 5):
            latency = found.latencies[f"score>={least}"]
            assert latency.cause == 1
            assert latency.t_ms == case.expect(f"expected.latency_ms_ge{least}")
        assert found.max_score == str(case.expect("expected.max_score"))
        assert found.episodes == case.expect("expected.episodes_ge3")
        due = case.expect("expected.episode_durations_ms_ge3")
        assert list(found.episode_ms) == due
        assert found.time_in_score_ms == case.expect("expected.time_in_score_ms")
        assert found.observed_ms == case.expect("expected.observed_ms")


@pytest.mark.parametrize("seconds", [3, 5])
def test_shortest_clonus(studies_case: Callable[[str], Case], seconds: int) -> None:
    with studies_case("clonus_min_duration") as case:
        case.given("episodes_ms")
        events = [done()]
        for index, ms in enumerate(case.data("episodes_ms")):
            start = 100_000 * (index + 1)
            events += [
                event(f"s{index}", start, "clonic_start"),
                event(f"p{index}", start + ms, "clonic_stop"),
            ]
        due = {at: case.expect(f"protected_at_{at}s") for at in (3, 5)}
        found = outcome(*events, protocol=protocol(endpoint__min_duration_s=seconds))
        assert found.protected is due[seconds]
        # The latency is that of the first episode that counts: no contradiction.
        assert found.latencies["endpoint"].cause == int(not due[seconds])
        assert found.episodes == 3


def test_exactly_the_shortest_duration_counts() -> None:
    events = (event("a", 10, "clonic_start"), event("b", 3010, "clonic_stop"), done())
    assert outcome(*events).protected is False


def test_not_observed_is_not_protected() -> None:
    found = outcome()
    assert isinstance(found.protected, Missing)
    assert "no observation" in found.protected.reason
    assert found.protected_by == dict.fromkeys(
        ("failure", "exclusion", "competing_event")
    )
    assert found.max_score is None
    assert found.latencies == {}
    assert outcome(done()).protected is True
    assert outcome(done()).max_score is None  # nothing scored is not the lowest


@pytest.mark.parametrize(
    ("counts", "protected"),
    [("failure", False), ("competing_event", False), ("exclusion", None)],
)
def test_death_without_the_endpoint_is_never_protection(
    counts: str, protected: bool | None
) -> None:
    found = outcome(
        event("d", 900_000, "death"),
        protocol=protocol(endpoint__death=counts, endpoint__sensitivity=["failure"]),
    )
    assert found.died
    assert found.death_ms == 900_000
    if protected is None:
        assert isinstance(found.protected, Missing)
    else:
        assert found.protected is protected
    assert found.protected_by[counts] is protected
    assert found.protected_by["failure"] is False
    assert next(iter(found.protected_by)) == counts
    latency = found.latencies["endpoint"]
    assert (latency.t_ms, latency.cause) == (900_000, 2)
    assert found.end_reason == "death"


def test_death_after_the_endpoint_and_after_the_window() -> None:
    seizing = (event("a", 1000, "clonic_start"), event("b", 9000, "clonic_stop"))
    found = outcome(*seizing, event("d", 20_000, "death"))
    assert found.latencies["endpoint"].cause == 1
    assert found.latencies["endpoint"].t_ms == 1000
    late = outcome(done(), event("d", WINDOW + 5, "death"))
    assert late.protected is True
    assert not late.died
    assert "when the window was over" in late.problems[0]


def test_dying_in_a_seizure_is_a_seizure() -> None:
    found = outcome(event("a", 1000, "clonic_start"), event("d", 2000, "death"))
    assert found.latencies["endpoint"].cause == 1
    assert found.protected_by == dict.fromkeys(found.protected_by, False)


@pytest.mark.parametrize("why", ["technical", "humane_endpoint"])
def test_ended_before_the_window(why: str) -> None:
    end = event("x", 600_000, "end", detail=why)
    found = outcome(end)
    assert isinstance(found.protected, Missing)
    assert "600 s" in found.protected.reason
    latency = found.latencies["endpoint"]
    assert (latency.cause, latency.t_ms, latency.censored_by) == (0, 600_000, why)
    assert found.observed_ms == 600_000
    seized = outcome(
        end, event("a", 5000, "clonic_start"), event("b", 9000, "clonic_stop")
    )
    assert seized.protected is False


def test_what_has_no_end_lasts_and_is_said() -> None:
    found = outcome(event("a", 1_790_000, "clonic_start"), done())
    assert found.episode_ms == (10_000,)
    assert any("has no end" in note for note in found.problems)
    scored = outcome(event("a", 1_790_000, "score_change", "5"), done())
    assert scored.episode_ms == (10_000,)
    assert any("still running" in note for note in scored.problems)


def test_events_after_the_window_do_not_count() -> None:
    found = outcome(event("a", WINDOW + 1, "gtc_start"), done())
    assert found.protected is True
    assert outcome(event("a", WINDOW, "gtc_start"), done()).protected is False


@pytest.mark.parametrize(
    ("rule", "more", "events", "protected"),
    [
        ("no_generalised_seizure", {}, [("score_change", "4")], True),
        ("no_generalised_seizure", {}, [("score_change", "5")], False),
        ("no_generalised_seizure", {}, [("gtc_start", None)], False),
        ("no_generalised_seizure", {}, [("the_start", None)], False),
        ("no_hindlimb_extension", {}, [("gtc_start", None)], True),
        ("no_hindlimb_extension", {}, [("the_start", None)], False),
        ("no_clonic_episode", {}, [("gtc_start", None), ("gtc_stop", None)], False),
        ("no_clonic_episode", {}, [("the_start", None)], False),
        ("no_clonic_episode", {}, [("score_change", "3")], False),
        ("no_clonic_episode", {}, [("score_change", "2")], True),
        ("score_below", {"score": "3"}, [("score_change", "2")], True),
        ("score_below", {"score": "3"}, [("score_change", "4")], False),
        ("score_below", {"score": "3"}, [("gtc_start", None)], None),
        ("stays_on_rod", {}, [("fall", None)], False),
        ("stays_on_rod", {}, [], True),
        ("no_sign", {"signs": ["stun", "straub_tail"]}, [("sign", "stun")], False),
        ("no_sign", {"signs": ["stun"]}, [("sign", "jaw_clonus")], True),
        ("no_sign", {"signs": ["loss_of_righting"]}, [("loss_of_righting", 0)], False),
        ("no_sign", {}, [("sign", "anything")], False),
    ],
)
def test_each_rule(
    rule: str, more: dict[str, Any], events: list[Any], protected: bool | None
) -> None:
    made = [
        event(f"e{i}", 1000 * (i + 1), kind, what if kind == "score_change" else None)
        if kind != "sign"
        else event(f"e{i}", 1000, kind, detail=what)
        for i, (kind, what) in enumerate(events)
    ]
    plan = protocol(
        endpoint__rule=rule, **{f"endpoint__{key}": v for key, v in more.items()}
    )
    found = outcome(*made, done(), protocol=plan).protected
    assert (None if isinstance(found, Missing) else found) is protected


def test_points_have_latencies() -> None:
    found = outcome(
        event("a", 4000, "myoclonic_twitch"),
        event("b", 3000, "myoclonic_twitch"),
        event("c", 8000, "loss_of_righting"),
        event("d", 9000, "the_start"),
        event("e", 9500, "the_stop"),
        done(),
        protocol=protocol(
            endpoint__rule="no_hindlimb_extension",
            secondary_outcomes=["latency_clonic"],
        ),
    )
    assert found.latencies["myoclonic_twitch"].t_ms == 3000
    assert found.latencies["loss_of_righting"].t_ms == 8000
    assert found.latencies["the"].t_ms == found.latencies["gtc"].t_ms == 9000
    # What is more than clonus is no absence of it.
    assert found.latencies["clonic"].t_ms == 9000
    assert found.latencies["score>=3"].cause == 0
    assert found.latencies["score>=3"].censored_by == "window"


def test_every_animal_has_every_kind() -> None:
    found = reduce_study(
        study(
            event("a", 5, "loss_of_righting"),
            event("b", WINDOW, "end", animal_id="M2", detail="window_done"),
            animals=(animal(), animal("M2")),
        )
    )
    assert "loss_of_righting" in found.latency_kinds
    for one in found.animals:
        assert tuple(one.latencies) == found.latency_kinds


def test_infusion_threshold() -> None:
    challenge = {
        "substance": "PTZ",
        "route": "iv_infusion",
        "infusion_ml_per_min": 0.6,
        "concentration_mg_per_ml": 10,
    }
    plan = protocol(challenge=challenge)
    events = (event("a", 90_000, "clonic_start"), event("b", 99_000, "clonic_stop"))
    # 0.6 mL/min for 1.5 min at 10 mg/mL are 9 mg, in 0.25 kg.
    assert outcome(*events, protocol=plan).threshold == pytest.approx(36.0, rel=1e-12)
    none = outcome(done(), protocol=plan).threshold
    assert isinstance(none, Missing)
    assert "720 mg/kg" in none.reason
    light = (animal(weight_g=None),)
    unweighed = outcome(*events, protocol=plan, animals=light).threshold
    assert isinstance(unweighed, Missing)
    dose = DoseGiven(
        "d1", "M1", None, "challenge", None, None, 7.5, "mA", None, 125.0, None, None
    )
    found = outcome(*events, protocol=plan, animals=light, doses=(dose,))
    assert found.threshold == pytest.approx(72.0, rel=1e-12)
    assert found.challenge_amount == 7.5


def test_observers_are_kept_apart() -> None:
    rows = [
        event("a1", 1000, "score_change", "5", observer="ana"),
        event("a2", 9000, "score_change", "0", observer="ana"),
        event("b1", 1500, "score_change", "2", observer="ben"),
        event("b2", 1500, "score_change", "4", observer="ben", animal_id="M2"),
        event("e1", WINDOW, "end", detail="window_done", observer="ana"),
        event("e2", WINDOW, "end", detail="window_done", animal_id="M2"),
    ]
    found = reduce_study(study(*rows, animals=(animal(), animal("M2"))))
    assert set(found.observers) == {"ana", "ben"}
    assert [one.max_score for one in found.animals] == ["5", "4"]
    assert [one.max_score for one in found.observers["ana"]] == ["5"]
    assert [one.max_score for one in found.observers["ben"]] == ["2", "4"]
    assert found.observers["ben"][0].end_reason == "window_done"
    assert any("Several observers" in rule for rule in found.rules)
    assert reduce_study(study(*rows[:2])).observers == {}


def test_exclusion_keeps_the_outcome() -> None:
    found = outcome(done(), exclusions=(Exclusion("M1", "E1", "ill"),))
    assert (found.included, found.exclusion) == (False, "E1: ill")
    assert found.protected is True


def test_scales_of_endpoints_have_no_maximum() -> None:
    plan = protocol(
        scoring__scale="ptz_endpoints_mc_ff_rb_the",
        scoring__episode_from="MC",
        scoring__generalised_from="RB",
    )
    found = outcome(event("a", 10, "score_change", "THE"), done(), protocol=plan)
    assert found.max_score is None
    assert any("no common maximum" in note for note in found.problems)
    # Hindbrain endpoints are not more of the forebrain's.
    assert found.latencies["score>=MC"].cause == 0
    assert found.latencies["score>=RB"].cause == 1


def test_time_before_the_first_score_needs_a_level_that_says_so() -> None:
    plan = protocol(
        scoring__scale="luettjohann_2009",
        scoring__episode_from="3",
        scoring__generalised_from="5",
    )
    found = outcome(event("a", 60_000, "score_change", "1"), done(), protocol=plan)
    assert found.time_in_score_ms == {"1": WINDOW - 60_000}


def test_rules_are_stated_with_their_values() -> None:
    text = " ".join(reduce_study(study()).rules)
    for said in ("at least 3 s", "1800 s", "racine_1972", "not protected"):
        assert said in text


def test_a_watch_marked_as_complete_too_early_is_no_full_watch() -> None:
    found = reduce_study(study(event("x", 600_000, "end", detail="window_done")))
    (one,) = found.animals
    assert isinstance(one.protected, Missing)
    assert "ended early" in one.protected.reason
    assert one.latencies["endpoint"].cause == 0
    assert one.latencies["endpoint"].censored_by == "ended_early"
    # A press within 2 % of the window is a matter of reaction.
    nearly = reduce_study(
        study(event("x", int(0.99 * WINDOW), "end", detail="window_done"))
    )
    assert nearly.animals[0].protected is True
