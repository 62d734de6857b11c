"""Animals, allocation, doses, exclusions and levels judged against the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Protocol as Shape

from isobole.results import Problem, Severity
from isobole.studies._amendments import holding
from isobole.studies._rows import Animal
from isobole.studies._study import Study

# Grams that a grown animal weighs; beside them a slip of the pen is likely.
_WEIGHT = {"mouse": (10, 60), "rat": (50, 800)}
_MOST_ML_PER_KG = 10
Add = Callable[..., Problem]


class _Row(Shape):
    """What every row has."""

    @property
    def animal_id(self) -> str:
        """The animal."""

    @property
    def line(self) -> int | None:
        """Where the row stands."""


def problem_in(file: str) -> Add:
    """Return what writes a problem of a row of `file`."""

    def write(
        row: _Row,
        code: str,
        message: str,
        remedy: str,
        *,
        column: str | None = None,
        given: object = None,
        expected: str | None = None,
        severity: Severity = "error",
    ) -> Problem:
        return Problem(
            code,
            message,
            severity=severity,
            file=file,
            row=row.line,
            column=column,
            given=None if given is None else str(given),
            expected=expected,
            remedy=remedy,
        )

    return write


def check_tables(study: Study, names: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with the rows of every file but events and sessions.

    Parameters
    ----------
    study : Study
        The study.
    names : mapping of str to str
        What problems call each file: the record, or the file that was read.
    """
    known = {animal.animal_id for animal in study.animals}
    yield from _animals(study, problem_in(names["animals.csv"]))
    yield from _allocation(study, known, problem_in(names["allocation.csv"]))
    yield from _doses(study, known, names["doses.csv"])
    yield from _exclusions(study, known, problem_in(names["exclusions.csv"]))
    yield from _levels(study, known, problem_in(names["concentrations.csv"]))


def unknown_animals(
    rows: Iterable[_Row], known: Iterable[str], add: Add
) -> Iterator[Problem]:
    """Yield a problem for every row about an animal that is not in animals.csv."""
    there = set(known)
    for row in rows:
        if row.animal_id not in there:
            close = get_close_matches(row.animal_id, sorted(there), n=1)
            hint = f"Did you mean '{close[0]}'? " if close else ""
            yield add(
                row,
                "unknown-animal",
                f"{row.animal_id} is not in animals.csv; the row was left out",
                f"{hint}Correct the id, or add the animal to animals.csv",
                column="animal_id",
                given=row.animal_id,
            )


def _animals(study: Study, add: Add) -> Iterator[Problem]:
    seen: dict[str, Animal] = {}
    protocol = study.protocol
    for animal in study.animals:
        if animal.animal_id in seen:
            same = seen[animal.animal_id] == animal
            yield add(
                animal,
                "duplicate-id",
                f"{animal.animal_id} stands twice"
                + ("" if same else ", with different content"),
                "Remove one row; every animal has an id of its own",
                column="animal_id",
                given=animal.animal_id,
            )
        seen.setdefault(animal.animal_id, animal)
        if animal.species != protocol.species:
            yield add(
                animal,
                "other-species",
                f"{animal.animal_id} is a {animal.species}",
                "Correct the row, or the protocol before the first dose",
                column="species",
                given=animal.species,
                expected=f"a {protocol.species}, as the protocol says",
            )
        if protocol.sex not in ("both", animal.sex):
            yield add(
                animal,
                "other-sex",
                f"{animal.animal_id} is {animal.sex}",
                "Correct the row, or report it as a deviation",
                column="sex",
                given=animal.sex,
                expected=protocol.sex,
                severity="warning",
            )
        low, high = _WEIGHT.get(animal.species, (0, float("inf")))
        if animal.weight_g is not None and not low <= animal.weight_g <= high:
            yield add(
                animal,
                "unusual-weight",
                f"{animal.animal_id} weighs {animal.weight_g:g} g",
                "Check the weight; it is in grams",
                column="weight_g",
                given=f"{animal.weight_g:g}",
                expected=f"{low} to {high} g for a {animal.species}",
                severity="warning",
            )


def _allocation(study: Study, known: set[str], add: Add) -> Iterator[Problem]:
    yield from unknown_animals(study.allocation, known, add)
    groups = {group.id for group in study.protocol.groups}
    codes: dict[str, str] = {}
    for row in study.allocation:
        code = codes.setdefault(row.animal_id, row.group_code)
        if code != row.group_code:
            yield add(
                row,
                "two-groups",
                f"{row.animal_id} is in two groups, {code} and {row.group_code}",
                "Keep the row that the allocation list has",
                column="group_code",
                given=row.group_code,
                expected=code,
            )
        if row.group is not None and row.group not in groups:
            yield add(
                row,
                "unknown-group",
                f"The protocol has no group {row.group}",
                "Write the group as the protocol does",
                column="group",
                given=row.group,
                expected=f"one of {', '.join(sorted(groups))}",
            )
    if study.allocation:
        for animal in study.animals:
            if animal.animal_id not in codes:
                yield add(
                    animal,
                    "not-allocated",
                    f"{animal.animal_id} is in no group",
                    "Allocate it, or exclude it with the criterion",
                    severity="warning",
                )


def _doses(study: Study, known: set[str], file: str) -> Iterator[Problem]:
    add = problem_in(file)
    yield from unknown_animals(study.doses, known, add)
    held, problems = holding(study.doses, file=file, chained=bool(study.record))
    yield from problems
    weights = {animal.animal_id: animal.weight_g for animal in study.animals}
    for dose in held:
        weight = dose.weight_g or weights.get(dose.animal_id)
        if not dose.volume_ml or not weight:
            continue
        per_kg = dose.volume_ml / (weight / 1000)
        # 5 %: a syringe is read to a line.
        if dose.route != "iv_infusion" and per_kg > 1.05 * _MOST_ML_PER_KG:
            yield add(
                dose,
                "large-volume",
                f"{dose.animal_id} was given {per_kg:.3g} mL/kg",
                "Check the volume (mL) and the weight (g)",
                column="volume_ml",
                given=f"{dose.volume_ml:g}",
                expected=f"at most {_MOST_ML_PER_KG} mL/kg",
                severity="warning",
            )


def _exclusions(study: Study, known: set[str], add: Add) -> Iterator[Problem]:
    yield from unknown_animals(study.exclusions, known, add)
    protocol = study.protocol
    allowed = [c.id for c in (*protocol.exclusion, *protocol.inclusion)]
    for row in study.exclusions:
        if row.criterion not in allowed:
            yield add(
                row,
                "unknown-criterion",
                f"{row.animal_id} is excluded by {row.criterion}, which is no "
                "criterion of the protocol",
                "Name the criterion that was set before the first dose; without one "
                "the animal stays in",
                column="criterion",
                given=row.criterion,
                expected=f"one of {', '.join(allowed)}" if allowed else "none is set",
            )


def _levels(study: Study, known: set[str], add: Add) -> Iterator[Problem]:
    yield from unknown_animals(study.concentrations, known, add)
    seen: dict[tuple[Any, ...], float | None] = {}
    for row in study.concentrations:
        if row.value is None and row.reason is None:
            yield add(
                row,
                "no-value",
                f"The level of {row.analyte} in {row.animal_id} has no value and no "
                "reason",
                "Say why there is none, such as below the limit of quantification",
                column="value",
            )
        key = (row.animal_id, row.analyte, row.matrix, row.fraction, row.t_min)
        if key in seen:
            yield add(
                row,
                "duplicate-id",
                f"{row.fraction} {row.analyte} in the {row.matrix} of {row.animal_id} "
                f"at {'no time' if row.t_min is None else f'{row.t_min:g} min'} stands "
                "twice",
                "Keep one row for each sample",
            )
        seen.setdefault(key, row.value)
