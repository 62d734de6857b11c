"""Of two observers the first makes the outcome, whatever the second notes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings, strategies as st

from isobole.results import Missing
from isobole.studies import (
    AnimalOutcome,
    Draft,
    Event,
    Study,
    StudyOutcomes,
    reduce_study,
    study_from_record,
)
from isobole.studies._draft import animal_draft, protocol_draft
from ledgers import Ledger
from study_cases import animal, document, event, protocol, study

WINDOW = 1_800_000
KINDS = ("score_change", "clonic_start", "clonic_stop", "gtc_start", "death", "end",
         "note", "myoclonic_twitch")  # fmt: skip
NAMES = ("M1", "M2")


def begun() -> Ledger:
    ledger = Ledger()
    animals = [animal_draft(animal(name)) for name in NAMES]
    ledger.add([protocol_draft(document(protocol())), *animals])
    return ledger


def draft(name: str, t_ms: int, kind: str, observer: str | None, **more: Any) -> Draft:
    data = {"animal_id": name, "t_ms": t_ms, "type": kind, **more}
    if observer is not None:
        data["observer"] = observer
    if kind == "end":
        data.setdefault("detail", "window_done")
    return Draft("observe", name, data)


def seen_by(observer: str) -> st.SearchStrategy[list[Draft]]:
    one = st.builds(
        lambda name, ms, kind, score, why: draft(
            name,
            ms,
            kind,
            observer,
            **({"score": score} if kind == "score_change" else {}),
            **({"detail": why} if kind == "end" else {}),
        ),
        st.sampled_from(NAMES),
        st.integers(0, WINDOW),
        st.sampled_from(KINDS),
        st.sampled_from("012345"),
        st.sampled_from(("window_done", "technical", "humane_endpoint", "death")),
    )
    return st.lists(one, max_size=8)


def plain(found: AnimalOutcome) -> AnimalOutcome:
    """Leave out what is said of the other observer."""
    return replace(found, problems=())


def outcomes(ledger: Ledger) -> StudyOutcomes:
    return reduce_study(study_from_record(ledger.rows))


def scored(name: str, ms: int, observer: str) -> Draft:
    return draft(name, ms, "score_change", observer, score="1")


@settings(max_examples=150)
@given(
    first=seen_by("zoe"),
    second=seen_by("ana"),
    other=seen_by("ben"),
    amended=st.booleans(),
)
def test_the_second_observer_changes_nothing(
    first: list[Draft], second: list[Draft], other: list[Draft], amended: bool
) -> None:
    ledger = begun()
    ledger.add([scored(name, 5, "zoe") for name in NAMES])
    ledger.add(first)
    before = outcomes(ledger)
    # A second observer scores: who only notes an end is none.
    ledger.add([scored(name, 7, who) for name in NAMES for who in ("ana", "ben")])
    ledger.add([*second, *other])
    if amended:  # corrected late, the first row is still the first
        rows = [e for e in ledger.rows if e.data.get("observer") == "zoe"][:2]
        ledger.add(
            Draft("amend", e.obj, e.data, supersedes=e.id, reason="looked again")
            for e in rows
        )
    after = outcomes(ledger)
    assert list(map(plain, after.animals)) == list(map(plain, before.animals))
    assert next(iter(after.observers)) == "zoe"


def test_each_animal_has_its_own_first_observer() -> None:
    ledger = begun()
    ledger.add([draft("M1", 10, "gtc_start", "ana"), draft("M2", 20, "fall", "ben")])
    only = [one.max_score for one in outcomes(ledger).animals]
    assert only == [None, None]
    ledger.add(
        [
            draft("M2", 30, "score_change", "ana", score="5"),
            draft("M1", 30, "score_change", "ben", score="4"),
        ]
    )
    found = outcomes(ledger)
    assert [one.max_score for one in found.animals] == [None, None]
    assert [one.max_score for one in found.observers["ana"]] == [None, "5"]
    assert [one.max_score for one in found.observers["ben"]] == ["4", None]
    assert any("who comes first in the record" in rule for rule in found.rules)


def both(*more: Event) -> Study:
    """Return a study of M1 that two observers scored, without a record."""
    return study(
        event("a1", 1000, "score_change", "1", observer="ana"),
        event("b1", 1000, "score_change", "1", observer="ben"),
        *more,
        animals=(animal(),),
    )


def test_a_death_that_only_the_second_noted_is_said() -> None:
    (found,) = reduce_study(both(event("b2", 60_000, "death", observer="ben"))).animals
    assert found.died is False
    assert found.protected is True
    (said,) = found.problems
    assert said == (
        "ben noted a death at 60 s, which ana, whose rows make the outcome, did not "
        "note; it was not taken"
    )
    late = event("b2", 60_000, "end", detail="technical", observer="ben")
    (found,) = reduce_study(both(late)).animals
    assert found.observed_ms == WINDOW
    assert "ben noted an end at 60 s" in found.problems[0]
    done = event("a2", WINDOW, "end", detail="window_done", observer="ana")
    (found,) = reduce_study(both(late, done)).animals
    assert found.problems == ()


def test_a_death_noted_by_somebody_who_does_not_score_is_a_fact() -> None:
    for who in ("vet", None):
        noted = event("v", 60_000, "death", observer=who)
        found = reduce_study(both(noted))
        assert found.animals[0].death_ms == 60_000
        assert set(found.observers) == {"ana", "ben"}
        assert found.observers["ben"][0].death_ms == 60_000
    own = event("a2", 50_000, "end", detail="technical", observer="ana")
    found = reduce_study(both(event("v", 40_000, "death", observer="vet"), own))
    assert isinstance(found.animals[0].protected, Missing)
    assert "vet noted a death at 40 s" in found.animals[0].problems[0]


def test_the_second_takes_the_end_of_the_first_where_there_is_none() -> None:
    own = event("a2", 50_000, "end", detail="technical", observer="ana")
    found = reduce_study(both(own))
    assert found.observers["ben"][0].observed_ms == 50_000
