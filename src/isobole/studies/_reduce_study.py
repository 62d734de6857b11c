"""A study to its outcomes: pure, whatever the order of the rows in their files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from isobole.studies._amendments import holding
from isobole.studies._observers import courses_of, main_courses, observers_of
from isobole.studies._outcome_types import (
    AnimalOutcome,
    KindlingOutcome,
    StudyOutcomes,
)
from isobole.studies._reduce_animal import Who, first_times, outcome_of
from isobole.studies._reduce_course import Course
from isobole.studies._reduce_kindling import kindling_of, kindling_sentences
from isobole.studies._reduce_rules import Rules, rules_of, sentences
from isobole.studies._rows import Allotment, Animal, DoseGiven, Session
from isobole.studies._scales import Scale
from isobole.studies._study import Study

_PRIMARY = {"latency_clonic": "clonic", "latency_gtc": "gtc"}


def reduce_study(
    study: Study, scales: Mapping[str, Scale] | None = None
) -> StudyOutcomes:
    """Turn the events and sessions of a study into one outcome per animal.

    Nothing is read, and no row's place in its file matters: rows sent twice are one,
    corrected rows give way to the last correction, and what is odd is said in the
    `problems` of the animal.

    Where two observers scored an animal, its outcome is that of the one whose rows of
    it came first in the record, corrected rows included; without a record, of the one
    whose name comes first. Whatever the second observer notes, scores, ends and
    deaths, that outcome stays, and the second's own is in `observers`. Rows that name
    no observer belong to every observer of the animal. Whoever notes an end or a death
    and scores nothing of the animal is no second observer: these are facts, which
    count where the first observer noted neither.

    Parameters
    ----------
    study : Study
        As read by `read_study`; faults in it are not judged here but by `check_study`.
    scales : mapping of str to Scale, optional
        Scales by id; by default those bundled and the study's own.

    Returns
    -------
    StudyOutcomes
        Outcomes by animal, those of each observer where several scored, and the
        sentences that state every rule with its values.

    Raises
    ------
    DataError
        If the protocol's scale does not exist.
    """
    scale = _scale(study, scales)
    rules = rules_of(study.protocol, scale)
    chained = bool(study.record)
    events, _ = holding(study.events, file="events.csv", chained=chained)
    doses, _ = holding(study.doses, file="doses.csv", chained=chained)
    sessions, _ = holding(study.sessions, file="sessions.csv", chained=chained)
    animals = _animals(study.animals)
    who = _who(study, animals, doses)
    watched = _watched(study)
    order = observers_of(study.events, events, chained)
    names = order.names
    courses: dict[str | None, dict[str, Course]] = {
        name: courses_of(name, events, order, animals, watched, rules, chained)
        for name in (names or (None,))
    }
    main = main_courses(order, courses, events, animals)
    firsts = {
        a: {} if course is None else first_times(course, rules)
        for a, course in main.items()
    }
    kinds = _kinds(study, rules, firsts.values())
    challenge = study.protocol.challenge
    found = tuple(
        outcome_of(who[a], course, firsts[a], rules, challenge, kinds)
        for a, course in main.items()
    )
    observers: dict[str, tuple[AnimalOutcome, ...]] = {}
    if len(names) > 1:
        for name in names:
            observers[name] = tuple(
                outcome_of(
                    who[a], course, first_times(course, rules), rules, challenge, kinds
                )
                for a, course in courses[name].items()
            )
    return StudyOutcomes(
        animals=found,
        kindling=_kindling(study, sessions, who, rules),
        observers=observers,
        rules=_sentences(study, rules, names),
        latency_kinds=kinds,
    )


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts M2 before M10.

    Examples
    --------
    >>> sorted(["M10", "M2", "A"], key=natural)
    ['A', 'M2', 'M10']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple(
        (0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts
    )


def _scale(study: Study, scales: Mapping[str, Scale] | None) -> Scale | None:
    scoring = study.protocol.scoring
    if scoring is None:
        return None
    if scales is not None and scoring.scale in scales:
        return scales[scoring.scale]
    from isobole.studies._scales import scale

    return scale(scoring.scale, folder=study.path)


def _animals(rows: Iterable[Animal]) -> dict[str, Animal]:
    """Return animals by id; of different rows with one id, the same one always."""
    every = sorted(rows, key=lambda a: (natural(a.animal_id), str(a.weight_g), str(a)))
    found: dict[str, Animal] = {}
    for animal in every:
        found.setdefault(animal.animal_id, animal)
    return found


def _who(
    study: Study, animals: Mapping[str, Animal], doses: Sequence[DoseGiven]
) -> dict[str, Who]:
    allotted: dict[str, Allotment] = {}
    for row in sorted(study.allocation, key=lambda row: row.group_code):
        allotted.setdefault(row.animal_id, row)
    challenges: dict[str, DoseGiven] = {}
    for dose in sorted(doses, key=lambda dose: (dose.ts or "", dose.dose_id)):
        if dose.kind == "challenge":
            challenges[dose.animal_id] = dose
    excluded: dict[str, str] = {}
    for gone in sorted(study.exclusions, key=lambda row: (row.criterion, row.reason)):
        excluded.setdefault(gone.animal_id, f"{gone.criterion}: {gone.reason}")
    found = {}
    for name, animal in animals.items():
        place = allotted.get(name)
        code = group = None
        if place is not None:
            code = place.group_code
            group = place.group or study.revealed.get(code)
        blind = bool(study.record and study.commitment) and not study.locked
        shown = not blind or name in study.unblinded
        found[name] = Who(
            animal_id=name,
            label=(group if shown and group else code) or "not allocated",
            group_code=code,
            group=group,
            stratum=place.stratum if place is not None else None,
            block=place.block if place is not None else None,
            day=(place.day if place is not None else None) or animal.day,
            chamber=place.chamber if place is not None else None,
            sex=animal.sex,
            exclusion=excluded.get(name),
            weight_g=animal.weight_g,
            challenge=challenges.get(name),
        )
    return found


def _watched(study: Study) -> frozenset[str] | None:
    """Return animals whose scoring was marked as completed; None for all of them."""
    marked = set()
    for entry in study.record:
        if entry.action == "score.complete":
            animal = entry.data.get("animal_id") or entry.obj
            if animal == study.protocol.study_id:
                return None
            marked.add(str(animal))
    return frozenset(marked)


def _kinds(
    study: Study, rules: Rules, firsts: Iterable[Mapping[str, int]]
) -> tuple[str, ...]:
    """Return the kinds of latency to report: those seen, and those declared."""
    protocol = study.protocol
    declared = (protocol.primary_outcome, *protocol.secondary_outcomes)
    kinds = {"endpoint": None} | {
        _PRIMARY[name]: None for name in declared if name in _PRIMARY
    }
    seen: set[str] = set()
    for times in firsts:
        seen.update(times)
    scored = [f"score>={code}" for code in rules.codes]
    if protocol.scoring is not None:
        for code in (protocol.scoring.episode_from, protocol.scoring.generalised_from):
            seen.add(f"score>={code}")
    named = ("clonic", "gtc", "the", "myoclonic_twitch", "loss_of_righting", "fall")
    order = (*kinds, *named, *scored)
    return tuple(dict.fromkeys(kind for kind in order if kind in seen or kind in kinds))


def _kindling(
    study: Study, sessions: Sequence[Session], who: Mapping[str, Who], rules: Rules
) -> tuple[KindlingOutcome, ...]:
    kindling = study.protocol.kindling
    if kindling is None:
        return ()
    by_animal: dict[str, list[Session]] = {name: [] for name in who}
    for session in sessions:
        if session.animal_id in by_animal:
            by_animal[session.animal_id].append(session)
    return tuple(
        kindling_of(who[name], rows, kindling, rules.order, rules.generalised)
        for name, rows in by_animal.items()
    )


def _sentences(study: Study, rules: Rules, observers: Sequence[str]) -> tuple[str, ...]:
    found = list(sentences(study.protocol, rules))
    if study.protocol.kindling is not None:
        found += kindling_sentences(study.protocol.kindling)
    if study.protocol.challenge.route == "iv_infusion":
        found.append(
            "The threshold is rate × time to the endpoint × concentration / weight, in "
            "mg of the convulsant per kg."
        )
    if len(observers) > 1:
        first = "first in the record" if study.record else "first by name"
        found.append(
            f"Several observers scored ({', '.join(observers)}). The outcome of an "
            f"animal is that of the observer of it who comes {first}; each observer's "
            "are also kept apart."
        )
    return tuple(found)
