"""Where the study left its protocol: each departure as a sentence with its animal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from isobole.analysis._flow import observed_animals
from isobole.analysis._groups import Groups, judged
from isobole.results import format_number
from isobole.studies import DoseGiven, Study, StudyOutcomes

# A syringe is read to a few per cent and an animal is injected within minutes.
VOLUME_SHARE = 0.05
PRETREATMENT_MIN = 5.0


def find_deviations(
    study: Study, outcomes: StudyOutcomes, groups: Groups
) -> tuple[str, ...]:
    """Return every departure from the protocol that the record shows."""
    return (
        *_numbers(study, outcomes, groups),
        *_animals(study),
        *_doses(study, groups),
        *_pretreatment(study, groups),
        *_people(study),
        *_ends(outcomes),
        *_given_up(study, outcomes),
        *(
            f"Animal {animal} was unblinded during the study: {reason}."
            for animal, reason in study.unblinded.items()
        ),
    )


def _numbers(study: Study, outcomes: StudyOutcomes, groups: Groups) -> Iterator[str]:
    everyone = judged(outcomes)
    observed = observed_animals(study)
    for group in groups.groups:
        if group.planned is None:
            continue
        here = [o for o in everyone if groups.of(o) == group.label]
        analysed = sum(o.included and o.animal_id in observed for o in here)
        if analysed != group.planned:
            yield (
                f"Group {group.label}: {analysed} animals are analysed where the "
                f"protocol plans {group.planned}."
            )


def _animals(study: Study) -> Iterator[str]:
    protocol = study.protocol
    for animal in study.animals:
        if animal.species and animal.species != protocol.species:
            yield (
                f"Animal {animal.animal_id} is a {animal.species}; the protocol names "
                f"the {protocol.species}."
            )
        if animal.strain and animal.strain.casefold() != protocol.strain.casefold():
            yield (
                f"Animal {animal.animal_id} is of strain {animal.strain}; the protocol "
                f"names {protocol.strain}."
            )
        if protocol.sex != "both" and animal.sex and animal.sex != protocol.sex:
            yield (
                f"Animal {animal.animal_id} is {animal.sex}; the protocol names "
                f"{protocol.sex}."
            )


def _doses(study: Study, groups: Groups) -> Iterator[str]:
    volumes = {
        dose.volume_ml_per_kg for group in study.protocol.groups for dose in group.doses
    }
    if len(volumes) != 1:
        return
    per_kg = volumes.pop()
    weights = {a.animal_id: a.weight_g for a in study.animals}
    for dose in _current(study.doses):
        weight = dose.weight_g or weights.get(dose.animal_id)
        if dose.kind != "treatment" or dose.volume_ml is None or not weight:
            continue
        due = weight / 1000 * per_kg
        if abs(dose.volume_ml - due) > VOLUME_SHARE * due:
            yield (
                f"Animal {dose.animal_id} got {format_number(dose.volume_ml)} mL where "
                f"its weight asks for {format_number(due)} mL "
                f"({format_number(per_kg)} mL/kg)."
            )


def _pretreatment(study: Study, groups: Groups) -> Iterator[str]:
    for dose in _current(study.doses):
        start = study.t0.get(dose.animal_id)
        due = _planned_wait(study, groups, dose)
        if dose.kind != "treatment" or not dose.ts or not start or due is None:
            continue
        try:
            waited = datetime.fromisoformat(start) - datetime.fromisoformat(dose.ts)
        except (TypeError, ValueError):
            continue  # a clock without a date: `study check` speaks of it
        minutes = waited.total_seconds() / 60
        if abs(minutes - due) > PRETREATMENT_MIN:
            yield (
                f"Animal {dose.animal_id} was challenged {minutes:.0f} min after its "
                f"{f'{dose.route} ' if dose.route else ''}dose; the protocol plans "
                f"{format_number(due)} min."
            )


def _planned_wait(study: Study, groups: Groups, dose: DoseGiven) -> float | None:
    """Return the minutes planned between a dose and the challenge.

    A blind dose has a route but no substance; where that does not tell the doses of
    the animal's possible groups apart, nothing is known.
    """
    label = groups.label_of.get(dose.animal_id)
    if groups.naming == "code" or label is None:
        possible = study.protocol.groups
    else:
        possible = (study.protocol.group(label),)
    waits = {
        planned.pretreatment_min
        for group in possible
        for planned in group.doses
        if dose.route in (None, planned.route)
    }
    return waits.pop() if len(waits) == 1 else None


def _people(study: Study) -> Iterator[str]:
    if "scoring" not in study.protocol.blinding.blinded:
        return
    dosing = {d.person for d in study.doses if d.person}
    scoring = {e.observer for e in study.events if e.observer}
    for person in sorted(dosing & scoring):
        yield f"{person} both dosed and scored; the protocol blinds the scorer."


def _ends(outcomes: StudyOutcomes) -> Iterator[str]:
    for animal in outcomes.animals:
        if animal.end_reason in ("technical", "humane_endpoint", "ended_early"):
            words = (
                "marked as complete"
                if animal.end_reason == "ended_early"
                else animal.end_reason.replace("_", " ")
            )
            yield (
                f"Observation of animal {animal.animal_id} ended early ({words}) at "
                f"{(animal.observed_ms or 0) / 1000:.0f} s."
            )


def _given_up(study: Study, outcomes: StudyOutcomes) -> Iterator[str]:
    """Name animals whose kindling ended early, without the fully kindled state."""
    kindling = study.protocol.kindling
    if kindling is None:
        return
    for animal in outcomes.kindling:
        done = animal.stimulations
        if (
            animal.included
            and not animal.fully_kindled
            and (done < kindling.max_sessions)
        ):
            yield (
                f"Animal {animal.animal_id} was given up, not fully kindled, after "
                f"{done} of {kindling.max_sessions} kindling sessions; it is censored "
                "there."
            )


def _current(doses: tuple[DoseGiven, ...]) -> Iterator[DoseGiven]:
    """Leave out rows that a later row corrects."""
    corrected = {dose.supersedes for dose in doses if dose.supersedes}
    return (dose for dose in doses if dose.dose_id not in corrected)
