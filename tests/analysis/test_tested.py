"""Kindled animals tested at several doses: one animal each, never so many strangers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from isobole.analysis import StudyResult, analyze_study
from isobole.doseresponse import QuantalData, QuantalFit, fit_quantal
from isobole.results import Missing, encode
from isobole.studies import DoseGiven, Session, Study

# animal: dose (mg/kg of sodium valproate, 0 for its vehicle) -> stage
TESTS = {
    "K01": {0: 5, 100: 5, 200: 4, 300: 2},
    "K02": {0: 5, 100: 2, 200: 1, 300: 0},
    "K03": {0: 5, 100: 5, 200: 5, 300: 4},
    "K05": {0: 5, 100: 4, 200: 1, 300: 1},
    "K06": {0: 4, 100: 5, 200: 3, 300: 5},
    "K07": {0: 5, 100: 5, 200: 4, 300: 1},
    "K08": {0: 5, 100: 3, 200: 3, 300: 3},
    "K10": {0: 5, 100: 5, 200: 2, 300: 2},
}
REPEATED = [(a, dose, stage) for a, own in TESTS.items() for dose, stage in own.items()]


def in_tests(
    kindled: Study,
    tests: Iterable[tuple[str, float, int]],
    *,
    control: str = "own_vehicle",
    recorded: bool = True,
    outcome: str = "ed50",
) -> Study:
    """Return the study with these tests as its only sessions, doses recorded."""
    sessions, doses, number = [], [], dict.fromkeys(TESTS, 0)
    template = next(s for s in kindled.sessions if s.phase == "test")
    for animal, dose, stage in tests:
        number[animal] += 1
        day = f"2026-06-{number[animal]:02d}"
        made: Session = replace(
            template,
            session_id=f"{animal}-{day}",
            animal_id=animal,
            number=number[animal],
            ts=f"{day}T10:00:00.000Z",
            stage=str(stage),
            condition="drug" if dose else "vehicle",
        )
        sessions.append(made)
        given = replace(
            kindled.doses[0],
            dose_id=f"d-{animal}-{day}",
            animal_id=animal,
            ts=f"{day}T09:30:00.000Z",
            substance="sodium valproate" if recorded else None,
            amount=dose if recorded else None,
            unit="mg/kg salt",
        )
        assert isinstance(given, DoseGiven)
        doses.append(given)
    assert kindled.protocol.kindling is not None
    protocol = kindled.protocol.model_copy(
        update={
            "primary_outcome": outcome,
            "secondary_outcomes": (),
            "kindling": kindled.protocol.kindling.model_copy(
                update={"control": control}
            ),
        }
    )
    return replace(
        kindled,
        protocol=protocol,
        sessions=tuple(sessions),
        doses=tuple(doses),
        exclusions=(),
        record=(),
    )


def primary(study: Study) -> StudyResult:
    return analyze_study(study, despite_errors=True)


def test_repeated_tests_go_through_the_fit_of_clusters(kindled: Study) -> None:
    found = primary(in_tests(kindled, REPEATED)).analyses[0]
    assert (found.rank, found.outcome) == ("primary", "ed50")
    assert found.title == "ED50 of sodium valproate in the kindled animal"
    fit = found.result
    assert isinstance(fit, QuantalFit)
    direct = fit_quantal(
        QuantalData(
            [dose for _, dose, _ in REPEATED],
            [1] * len(REPEATED),
            [int(stage < 4) for _, _, stage in REPEATED],
            unit="mg/kg salt",
            endpoint="protected",
            curve="sodium valproate",
            animal=[animal for animal, _, _ in REPEATED],
        ),
        seed=kindled.protocol.statistics.seed,
    )
    assert encode(fit.to_dict()) == encode(direct.to_dict())
    assert fit.to_dict()["clusters"] is not None
    strangers = fit_quantal(
        QuantalData(
            [dose for _, dose, _ in REPEATED],
            [1] * len(REPEATED),
            [int(stage < 4) for _, _, stage in REPEATED],
        )
    )
    assert encode(strangers.to_dict())["clusters"] != encode(fit.to_dict())["clusters"]


def test_one_test_an_animal_is_no_cluster(kindled: Study) -> None:
    doses = (100, 100, 200, 200, 200, 300, 300, 300)
    once = [(a, d, TESTS[a][d]) for a, d in zip(TESTS, doses, strict=True)]
    fit = primary(in_tests(kindled, once, control="parallel")).analyses[0].result
    assert isinstance(fit, QuantalFit)
    assert fit.to_dict()["clusters"] is None


@pytest.mark.parametrize("outcome", ["ed50", "potency_ratio"])
def test_a_dose_nobody_wrote_down_is_not_guessed(kindled: Study, outcome: str) -> None:
    study = in_tests(kindled, REPEATED, recorded=False, outcome=outcome)
    found = primary(study).analyses[0]
    assert isinstance(found.result, Missing)
    assert "no drug was tested alone at two or more doses" in found.result.reason
    assert sum("its dose is not recorded" in note for note in found.notes) == 24


def test_an_unscored_test_is_no_lowest_stage(kindled: Study) -> None:
    study = in_tests(kindled, REPEATED)
    first, *rest = study.sessions
    study = replace(study, sessions=(replace(first, stage=None), *rest))
    notes = primary(study).analyses[0].notes
    assert notes == ("Not counted: test 1 of animal K01: it has no stage.",)
