"""Signing that one observer's scoring of a run is complete."""

from __future__ import annotations

from dataclasses import dataclass

from isobole.lab.bench._facts import Facts, reading
from isobole.lab.bench._needs import needs_of
from isobole.lab.bench._runs import Run
from isobole.lab.bench._state import run_called
from isobole.lab.record import append_drafts
from isobole.results import DataError, Problem
from isobole.studies import Draft


@dataclass(frozen=True, slots=True)
class Completion:
    """How far one observer is with a run.

    `lines` are (animal, chamber, rows, state in words); `open` are those not ended.
    """

    run: Run
    lines: tuple[tuple[str, str, int, str], ...]
    to_sign: tuple[str, ...]
    open: tuple[str, ...]
    rows: int


def completion_of(study_id: str, slug: str, me: str) -> Completion:
    """Return what there is to sign."""
    with reading(study_id) as (chain, facts):
        return _completion(study_id, slug, me, facts, len(chain.entries))


def complete_run(study_id: str, slug: str, me: str, meaning: str) -> None:
    """Write one ``score.complete`` row for each animal, all or none.

    Raises
    ------
    DataError
        If an animal is still watched, none was, or the record went on meanwhile.
    """
    found = completion_of(study_id, slug, me)
    if found.open:
        raise DataError([_still_open(found.open)])
    if not found.to_sign:
        raise DataError([_nothing()])
    append_drafts(
        study_id,
        [
            Draft(
                "score.complete",
                animal,
                {"animal_id": animal, "observer": me, "signed": meaning},
            )
            for animal in found.to_sign
        ],
        actor=me,
        device=f"web-{me}",
        based_on=found.rows,
    )


def _completion(
    study_id: str, slug: str, me: str, facts: Facts, rows: int
) -> Completion:
    needs = needs_of(study_id, facts.protocol)
    run = run_called(facts, needs, slug)
    ended = {e.animal for e in facts.endings.values()}
    lines, to_sign, still = [], [], []
    for seat in run.seats:
        animal = seat.animal_id
        count = sum(facts.own.get((animal, me), {}).values())
        if facts.is_complete(animal, me):
            said = "signed"
        elif animal not in facts.starts:
            said = "not begun"
        elif animal in ended:
            said = "ended"
            to_sign.append(animal)
        else:
            said = "still watched"
            still.append(animal)
        lines.append((animal, seat.chamber, count, said))
    return Completion(run, tuple(lines), tuple(to_sign), tuple(still), rows)


def _still_open(animals: tuple[str, ...]) -> Problem:
    return Problem(
        "still-watched",
        f"The observation of {', '.join(animals)} has not ended",
        remedy="Wait until the window is over, or end it on the bench with the reason",
    )


def _nothing() -> Problem:
    return Problem(
        "nothing-to-sign",
        "No animal of this run was watched to an end that you have not signed yet",
        remedy="Score the run first",
    )
