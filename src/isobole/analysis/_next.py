"""The next doses of a sequential study, from the records so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from isobole.analysis._flow import observed_animals
from isobole.analysis._given import recorded_doses
from isobole.analysis._groups import doses_of
from isobole.planning import DosePrior, DoseRecommendation, recommend_doses
from isobole.results import DataError, DoseUnit, Missing, Problem
from isobole.studies import AnimalOutcome, Study, reduce_study


def recommend_next(
    study: Study,
    prior: DosePrior,
    *,
    drug: str | None = None,
    groups: Mapping[str, str] | None = None,
    doses: Mapping[str, float] | None = None,
    batch: int | None = None,
    design: str = "bayes",
    minimum: float | None = None,
    maximum: float | None = None,
) -> DoseRecommendation:
    """Recommend the doses of the next run: for the unblinded pharmacist only.

    Parameters
    ----------
    study : Study
    prior : DosePrior
        What was expected before the first animal, in the unit of the doses.
    drug : str, optional
        The drug whose ED50 is sought; needed where several were given.
    groups : mapping of str to str, optional
        Group code to the protocol's group id, from the key; needed where the study is
        blind and doses.csv holds syringe codes only.
    doses : mapping of str to float, optional
        Dose of each animal in the unit of the protocol, from the pharmacist's list;
        needed in a sequential study, whose key holds no doses.
    batch : int, optional
        Animals of the next run; the chambers of the rack unless given.
    design, minimum, maximum
        As in `planning.recommend_doses`.

    Returns
    -------
    DoseRecommendation

    Raises
    ------
    DataError
        If doses are not known to the caller, several drugs were given and none is
        named, or they were dosed in different units.
    """
    given = _doses_given(study, groups)
    if doses is not None:
        given |= _listed(study, doses, drug)
    outcomes = _as_tested(study, reduce_study(study).animals)
    sequential = study.protocol.randomisation.method == "sequential_dose"
    begun = bool(observed_animals(study))
    if not given and study.allocation and (begun or not sequential):
        raise DataError([_blind(study.protocol.randomisation.method)])
    drugs = sorted({name for doses in given.values() for name in doses})
    name = _the_drug(drugs, drug, study)
    amounts: list[float] = []
    affected: list[int] = []
    unit: DoseUnit | None = None
    for animal in outcomes:
        doses_of_animal = given.get(animal.animal_id, {})
        if not animal.included or set(doses_of_animal) != {name}:
            continue
        if isinstance(animal.protected, Missing):
            continue
        amount, in_unit = doses_of_animal[name]
        if unit is not None and in_unit != unit:
            raise DataError([_two_units(name, unit, in_unit)])
        unit = in_unit
        amounts.append(amount)
        affected.append(int(animal.protected))
    levels = _levels(study, name)
    # Before the first dose the protocol alone says the unit, if it says one.
    if unit is None and len(set(levels.values())) == 1:
        unit = next(iter(levels.values()))
    return recommend_doses(
        amounts,
        affected,
        prior=prior,
        batch=batch or min(study.protocol.observation.chambers, 12),
        design="up-and-down" if design == "up-and-down" else "bayes",
        allowed=_allowed(levels if sequential else {}, minimum, maximum),
        minimum=minimum,
        maximum=maximum,
        level=study.protocol.statistics.level,
        unit=unit,
        endpoint="protected",
    )


def _as_tested(study: Study, outcomes: Sequence[AnimalOutcome]) -> list[AnimalOutcome]:
    """Return animals in the order of testing, which the up-and-down rule goes by.

    By their t0, else by their place in the allocation; the list of animals says
    nothing of it.
    """
    times = {name: _moment(text) for name, text in study.t0.items()}
    seats = {
        row.animal_id: (row.block or 0, row.order or 0) for row in study.allocation
    }
    names = [one.animal_id for one in outcomes]
    seen = set(observed_animals(study))
    timed = all(times.get(name) is not None for name in names if name in seen)
    if timed:
        late = datetime.max.replace(tzinfo=UTC)
        return sorted(outcomes, key=lambda one: times.get(one.animal_id) or late)
    return sorted(outcomes, key=lambda one: seats.get(one.animal_id, (0, 0)))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _doses_given(
    study: Study, groups: Mapping[str, str] | None
) -> dict[str, dict[str, tuple[float, DoseUnit]]]:
    """Return what each animal got: as recorded, else as its group's protocol says."""
    found: dict[str, dict[str, tuple[float, DoseUnit]]] = {}
    for dose, (substance, amount, unit) in recorded_doses(study):
        if amount > 0:
            found.setdefault(dose.animal_id, {})[substance] = (amount, unit)
    codes = groups or study.revealed
    planned = {group.id for group in study.protocol.groups}
    for row in study.allocation:
        group = row.group or codes.get(row.group_code)
        if row.animal_id not in found and group in planned and group is not None:
            found[row.animal_id] = doses_of(study.protocol, group)
    return found


def _levels(study: Study, name: str) -> dict[float, DoseUnit]:
    """Return the doses of one drug alone that groups of the protocol stand for."""
    given = [doses_of(study.protocol, group.id) for group in study.protocol.groups]
    return {doses[name][0]: doses[name][1] for doses in given if set(doses) == {name}}


def _allowed(
    levels: Mapping[float, DoseUnit], minimum: float | None, maximum: float | None
) -> list[float] | None:
    """Return the doses to choose from; None where any dose may be given.

    What no group of a sequential protocol stands for could not be revealed, and so
    not analysed either.
    """
    if not levels:
        return None
    low, high = minimum or 0.0, maximum or float("inf")
    if found := [dose for dose in sorted(levels) if low <= dose <= high]:
        return found
    known = ", ".join(f"{dose:g}" for dose in sorted(levels))
    raise DataError(
        [
            Problem(
                "no-dose-allowed",
                "No group of the protocol has a dose within the limits",
                given=f"{low:g} to {high:g}",
                expected=f"limits that leave one of {known}",
                remedy="Widen --minimum and --maximum; a dose that is not in the "
                "protocol needs a new version of it",
            )
        ]
    )


def _blind(method: str) -> Problem:
    if method == "sequential_dose":
        return Problem(
            "doses-unknown",
            "The doses are not known here: a sequential study has no list of them",
            expected="the pharmacist's table with the columns animal_id and dose",
            remedy="Give it with --doses; whoever scores must not run this",
        )
    return Problem(
        "doses-unknown",
        "The doses are not known here: the study is blind",
        expected="the key, which only the pharmacist holds",
        remedy="Give --key and its passphrase; whoever scores must not run this",
    )


def _listed(
    study: Study, doses: Mapping[str, float], drug: str | None
) -> dict[str, dict[str, tuple[float, DoseUnit]]]:
    """Return the doses of the pharmacist's list with the protocol's drug and unit."""
    known = {animal.animal_id for animal in study.animals}
    problems = [
        Problem(
            "unknown-animal",
            f"{animal} of the list of doses is not in animals.csv",
            given=animal,
            remedy="Correct the id",
        )
        for animal in doses
        if animal not in known
    ] + [
        Problem(
            "bad-dose",
            f"The dose of {animal} is {amount:g}",
            given=f"{amount:g}",
            expected="a number above 0",
            remedy="Correct the list; leave out animals that got the vehicle",
        )
        for animal, amount in doses.items()
        if not 0 < amount < float("inf")
    ]
    if problems:
        raise DataError(problems)
    units = {
        name: unit
        for group in study.protocol.groups
        for name, (_, unit) in doses_of(study.protocol, group.id).items()
    }
    name = _the_drug([], drug, study)
    unit = units.get(name)
    if unit is None:
        raise DataError([_no_such_drug(name, sorted(units))])
    return {animal: {name: (amount, unit)} for animal, amount in doses.items()}


def _no_such_drug(name: str, planned: list[str]) -> Problem:
    return Problem(
        "which-drug",
        f"The protocol gives no {name}",
        given=name,
        expected=", ".join(planned) or "a dose above 0 in a group",
        remedy="Name the drug as the protocol does with --drug",
    )


def _two_units(name: str, one: DoseUnit, other: DoseUnit) -> Problem:
    return Problem(
        "two-units",
        f"{name} was dosed in {one} and in {other}",
        file="doses.csv",
        column="unit",
        given=str(other),
        expected=str(one),
        remedy="Convert the doses to one unit and basis",
    )


def _the_drug(drugs: list[str], wanted: str | None, study: Study) -> str:
    planned = {
        dose.substance
        for group in study.protocol.groups
        for dose in group.doses
        if dose.amount > 0
    }
    if wanted is not None and wanted in (drugs or planned):
        return wanted
    if wanted is None and len(drugs) == 1:
        return drugs[0]
    if wanted is None and not drugs and len(planned) == 1:
        return planned.pop()
    names = ", ".join(drugs or sorted(planned)) or "none"
    raise DataError(
        [
            Problem(
                "which-drug",
                f"{'No drug' if wanted is None else wanted} was asked for; the animals "
                f"were given: {names}",
                expected="one drug given alone",
                remedy="Name it with --drug",
            )
        ]
    )
