"""Kindled animals tested with doses of a drug: every test a row, the animal named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from isobole.analysis._analysis import Analysis
from isobole.analysis._counted import BLIND, attempt
from isobole.analysis._given import Given, moment_of, recorded_doses
from isobole.analysis._groups import Groups
from isobole.doseresponse import QuantalData, compare_curves, fit_quantal
from isobole.results import DoseUnit, Missing
from isobole.studies import (
    KindlingOutcome,
    Protocol,
    Scale,
    StagedSession,
    Study,
    StudyOutcomes,
    holding,
)


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of one kindled animal; `given` is None with vehicle alone."""

    animal_id: str
    given: Given | None
    protected: bool


def is_tested(outcomes: StudyOutcomes) -> bool:
    """Return whether kindled animals were stimulated to test a drug."""
    return any(
        session.phase == "test"
        for animal in outcomes.kindling
        for session in animal.sessions
    )


def tested_curves(
    study: Study,
    animals: Sequence[KindlingOutcome],
    groups: Groups,
    scale: Scale | None,
    *,
    outcome: str,
) -> list[Analysis]:
    """Fit the ED50 of each drug from the tests of kindled animals, or compare drugs.

    An animal that was tested at several doses is one animal: its tests are fitted as
    repeated, never as so many strangers.
    """
    title = "Relative potency" if outcome == "potency_ratio" else "Median doses"
    if groups.naming == "code":
        return [Analysis(outcome, "secondary", title, Missing(BLIND))]
    tests, left_out = read_tests(study, animals, groups, scale)
    tables = _tables(tests, study.protocol)
    if not tables:
        reason = "no drug was tested alone at two or more doses that are recorded"
        return [Analysis(outcome, "secondary", title, Missing(reason), left_out)]
    plan = study.protocol.statistics
    if outcome == "potency_ratio":
        if len(tables) < 2:
            reason = "fewer than two drugs were tested alone at two or more doses"
            return [Analysis(outcome, "secondary", title, Missing(reason), left_out)]
        made = attempt(lambda: compare_curves(tables, level=plan.level))
        return [Analysis(outcome, "secondary", title, made, left_out)]
    return [
        Analysis(
            outcome,
            "secondary",
            f"ED50 of {data.curve} in the kindled animal",
            attempt(
                partial(
                    fit_quantal,
                    data,
                    link=plan.link,
                    level=plan.level,
                    seed=plan.seed,
                )
            ),
            left_out,
        )
        for data in tables
    ]


def read_tests(
    study: Study,
    animals: Sequence[KindlingOutcome],
    groups: Groups,
    scale: Scale | None,
) -> tuple[tuple[Tested, ...], tuple[str, ...]]:
    """Return every test with its dose, and in sentences those that have none."""
    protocol = study.protocol
    below = _lowest_counted(protocol, scale)
    if below is None:
        return (), ()
    doses = _by_session(study)
    found: list[Tested] = []
    left_out: list[str] = []
    for animal in animals:
        for session in animal.sessions if animal.included else ():
            if session.phase != "test":
                continue
            which = f"test {session.number} of animal {animal.animal_id}"
            given = doses.get((animal.animal_id, session.number), [])
            if session.stage_order is None:
                left_out.append(f"Not counted: {which}: it has no stage.")
                continue
            dose = _dose(session, given, animal, groups, protocol)
            if isinstance(dose, Missing):
                left_out.append(f"Not counted: {which}: {dose.reason}.")
                continue
            protected = session.stage_order < below
            found.append(Tested(animal.animal_id, dose, protected))
    return tuple(found), tuple(left_out)


def _lowest_counted(protocol: Protocol, scale: Scale | None) -> int | None:
    """Return the order of the lowest stage that is no protection."""
    if scale is None or protocol.scoring is None:
        return None
    code = (
        protocol.endpoint.score
        if protocol.endpoint.rule == "score_below"
        else protocol.scoring.generalised_from
    )
    return scale.codes.index(code) if code in scale.codes else None


def _dose(
    session: StagedSession,
    given: Sequence[Given],
    animal: KindlingOutcome,
    groups: Groups,
    protocol: Protocol,
) -> Given | Missing | None:
    """Return the dose of one test: as recorded, else as its parallel group's."""
    active = [dose for dose in given if dose[1] > 0]
    if len({dose[0] for dose in active}) > 1:
        return Missing("it had two drugs")
    if len(active) > 1:
        return Missing("it had the drug twice")
    if active:
        return active[0]
    if session.condition == "vehicle" or given:
        return None
    parallel = protocol.kindling is not None and protocol.kindling.control == "parallel"
    if parallel:
        group = next((g for g in groups.groups if g.label == groups.of(animal)), None)
        of_group = group.doses if group is not None else None
        if of_group is not None and len(of_group) < 2:
            return next(((s, a, u) for s, (a, u) in of_group.items()), None)
    return Missing("its dose is not recorded (substance, amount, unit in doses.csv)")


def _by_session(study: Study) -> dict[tuple[str, int], list[Given]]:
    """Return the doses given between the session before and each test."""
    held, _ = holding(study.sessions, file="sessions.csv", chained=bool(study.record))
    times: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for session in held:
        at = moment_of(session.ts)
        if at is not None and session.phase != "threshold":
            times[session.animal_id].append((at, session.number))
    found: dict[tuple[str, int], list[Given]] = defaultdict(list)
    for dose, given in recorded_doses(study):
        at = moment_of(dose.ts)
        if at is None:
            continue
        after = [one for one in times[dose.animal_id] if one[0] >= at]
        if after:
            found[dose.animal_id, min(after)[1]].append(given)
    return found


def _tables(tests: Sequence[Tested], protocol: Protocol) -> list[QuantalData]:
    """Return one curve for each drug; tests with vehicle are the controls of all."""
    drugs: dict[tuple[str, DoseUnit], list[Tested]] = defaultdict(list)
    blank = [test for test in tests if test.given is None]
    for test in tests:
        if test.given is not None:
            drugs[test.given[0], test.given[2]].append(test)
    chosen = protocol.randomisation.method == "sequential_dose"
    tables = []
    for (drug, unit), own in drugs.items():
        rows = [*blank, *own]
        doses = [0.0 if test.given is None else test.given[1] for test in rows]
        if len({dose for dose in doses if dose}) < 2:
            continue
        tables.append(
            QuantalData(
                doses,
                [1] * len(rows),
                [int(test.protected) for test in rows],
                unit=unit,
                endpoint="protected",
                curve=drug,
                animal=[test.animal_id for test in rows],
                design="sequential" if chosen else "fixed",
            )
        )
    return tables
