"""Drug tests in fully kindled animals: each animal with drug and with vehicle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isobole.analysis._analysis import Analysis
from isobole.analysis._counted import attempt
from isobole.analysis._groups import Groups
from isobole.outcomes import crossover, own_control
from isobole.results import Missing
from isobole.studies import KindlingOutcome, Protocol, Scale, StagedSession

# How sessions of a drug test are marked in sessions.csv.
VEHICLE, DRUG = "vehicle", "drug"
_TITLES = {
    "stage": "Seizure stage",
    "add": "Afterdischarge duration",
    "yes-no": "Afterdischarge, yes or no,",
}
Pair = tuple[KindlingOutcome, StagedSession, StagedSession]


def drug_tests(
    animals: Sequence[KindlingOutcome],
    groups: Groups,
    protocol: Protocol,
    scale: Scale | None,
    *,
    outcome: str,
) -> list[Analysis]:
    """Compare test sessions with the drug and with vehicle in the same animals."""
    kindling = protocol.kindling
    if kindling is None or kindling.control == "parallel":
        return []
    pairs, left_out = _pairs(animals, outcome)
    if not pairs:
        missing = Missing("no animal has a test session with vehicle and one with drug")
        return [
            Analysis(outcome, "secondary", _title(outcome), missing, tuple(left_out))
        ]
    if outcome == "stage" or kindling.control == "own_vehicle":
        # The test with own control keeps the share without an afterdischarge apart.
        return [_test(pairs, left_out, protocol, scale, outcome)]
    none = [
        (animal.animal_id, session.condition)
        for animal, *both in pairs
        for session in both
        if session.add_status == "none"
    ]
    measured = [p for p in pairs if "none" not in (p[1].add_status, p[2].add_status)]
    aside = [
        f"Animal {animal} had no afterdischarge with {condition}: that is no duration "
        "of 0 s, and stands in the analysis of whether there was one."
        for animal, condition in none
    ]
    found = []
    if measured:
        found.append(_test(measured, [*left_out, *aside], protocol, scale, outcome))
    if none:
        found.append(_test(pairs, left_out, protocol, scale, "yes-no"))
    return found


def _title(outcome: str) -> str:
    return f"{_TITLES[outcome]} with drug and with vehicle in the same animals"


def _test(
    pairs: Sequence[Pair],
    left_out: Sequence[str],
    protocol: Protocol,
    scale: Scale | None,
    outcome: str,
) -> Analysis:
    """Compare vehicle and drug in the pairs, by the design of the protocol."""
    before = [_value(vehicle, outcome) for _, vehicle, _ in pairs]
    after = [_value(drug, outcome) for _, _, drug in pairs]
    options: dict[str, Any] = {
        "outcome": outcome,
        "animals": [animal.animal_id for animal, _, _ in pairs],
        "level": protocol.statistics.level,
    }
    if outcome == "stage" and scale is not None:
        options["levels"] = list(range(len(scale.codes)))
    if protocol.kindling is not None and protocol.kindling.control == "own_vehicle":
        made = attempt(lambda: own_control(before, after, **options))
    else:
        sequences = [
            "VD" if vehicle.number < drug.number else "DV" for _, vehicle, drug in pairs
        ]
        made = attempt(
            lambda: crossover(
                before, after, sequences, seed=protocol.statistics.seed, **options
            )
        )
    declared = "add" if outcome == "yes-no" else outcome
    return Analysis(declared, "secondary", _title(outcome), made, tuple(left_out))


def _pairs(
    animals: Sequence[KindlingOutcome], outcome: str
) -> tuple[list[Pair], list[str]]:
    pairs = []
    left_out = []
    for animal in animals:
        if not animal.included:
            continue
        tests = [s for s in animal.sessions if s.phase == "test"]
        # One pair an animal: the animal is the unit, not the session.
        vehicle = next((s for s in tests if s.condition == VEHICLE), None)
        drug = next((s for s in tests if s.condition == DRUG), None)
        if vehicle is None or drug is None:
            if tests:
                lacking = VEHICLE if vehicle is None else DRUG
                left_out.append(
                    f"Animal {animal.animal_id} has no test session with {lacking}."
                )
            continue
        lacking_values = [
            s.condition for s in (vehicle, drug) if _value(s, outcome) is None
        ]
        if lacking_values:
            left_out.append(
                f"Animal {animal.animal_id} has no {_TITLES[outcome].lower()} with "
                f"{' and '.join(str(word) for word in lacking_values)}."
            )
            continue
        extra = len(tests) - 2
        if extra > 0:
            left_out.append(
                f"Animal {animal.animal_id} has {extra} further test session(s): its "
                "first pair is analysed."
            )
        pairs.append((animal, vehicle, drug))
    return pairs, left_out


def _value(session: StagedSession, outcome: str) -> float | None:
    if outcome == "stage":
        return session.stage_order
    if outcome == "yes-no":
        return {"measured": 1.0, "none": 0.0}.get(session.add_status or "")
    if session.add_status == "none":
        return 0.0  # none is an outcome of its own, as the analyses of pairs say
    return session.add_s
