"""What goes into each syringe: its volume from the animal's weight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from isobole.results import DataError, Problem, format_number
from isobole.studies._protocol import Protocol
from isobole.studies._protocol_parts import Dose, Group
from isobole.studies._rows import Allotment, Animal

# An insulin syringe of 0.3 mL has marks at 0.005 mL: half a mark is 12 % of this.
SMALLEST_ML = Decimal("0.02")
LARGEST_ML = Decimal(60)
# Volumes up to the first are written to the second: half a mark of their syringe.
_READ = (
    (Decimal(1), Decimal("0.005")),
    (Decimal(5), Decimal("0.05")),
    (Decimal(10), Decimal("0.1")),
    (LARGEST_ML, Decimal("0.5")),
)
_INTO_THE_BRAIN = "icv"
_FILE = "animals.csv"


@dataclass(frozen=True, slots=True)
class Syringe:
    """One injection of one animal.

    `dose` is what the animal's group is given, None where the doses are chosen later
    or its group is given nothing here. Volumes in mL, weight in g.
    """

    animal_id: str
    code: str
    number: int
    weight_g: float
    volume_ml: Decimal
    ml_per_kg: float
    route: str
    pretreatment_min: float
    schedule: str
    day: str | None
    run: int
    order: int
    chamber: str
    group: str | None
    dose: Dose | None


def slots(group: Group) -> tuple[Dose, ...]:
    """Return the doses of a group in the order they are given, the earliest first."""
    return tuple(
        sorted(
            group.doses,
            key=lambda d: (
                -d.pretreatment_min,
                d.route,
                d.schedule,
                d.volume_ml_per_kg,
                d.vehicle,
                d.substance,
            ),
        )
    )


def syringes(
    protocol: Protocol, animals: Sequence[Animal], rows: Sequence[Allotment]
) -> tuple[Syringe, ...]:
    """Return every syringe of an allocation, in the order of the rows.

    Volume = weight x mL/kg, rounded to half a mark of a syringe of that size.

    Raises
    ------
    DataError
        If an animal has no weight, or a volume can be measured by no syringe.
    """
    by_id = {animal.animal_id: animal for animal in animals}
    check_weights([by_id[row.animal_id] for row in rows])
    by_group = {group.id: slots(group) for group in protocol.groups}
    fullest = max(by_group.values(), key=len)
    found: list[Syringe] = []
    problems: dict[str, Problem] = {}
    for row in rows:
        animal = by_id[row.animal_id]
        own = by_group.get(row.group or "", ())
        for number, code in enumerate(row.syringe_codes):
            dose = own[number] if number < len(own) else None
            like = dose or fullest[number]
            volume = _volume(animal, like, number, problems)
            found.append(
                Syringe(
                    animal_id=row.animal_id,
                    code=code,
                    number=number + 1,
                    weight_g=animal.weight_g or 0.0,
                    volume_ml=volume,
                    ml_per_kg=like.volume_ml_per_kg,
                    route=like.route,
                    pretreatment_min=like.pretreatment_min,
                    schedule=like.schedule,
                    day=row.day,
                    run=row.block or 0,
                    order=row.order or 0,
                    chamber=row.chamber or "",
                    group=row.group,
                    dose=dose,
                )
            )
    if problems:
        raise DataError(problems.values())
    return tuple(found)


def volume_ml(weight_g: float, ml_per_kg: float) -> Decimal:
    """Return the volume for a weight, as it can be read off a syringe.

    Examples
    --------
    >>> volume_ml(21.4, 10)
    Decimal('0.215')
    >>> volume_ml(312, 4)
    Decimal('1.25')
    """
    exact = exact_ml(weight_g, ml_per_kg)
    step = next((step for most, step in _READ if exact <= most), _READ[-1][1])
    steps = (exact / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return (steps * step).quantize(step)


def exact_ml(weight_g: float, ml_per_kg: float) -> Decimal:
    """Return weight x mL/kg without rounding; decimals stay what was typed."""
    return Decimal(repr(weight_g)) * Decimal(repr(ml_per_kg)) / 1000


def check_weights(animals: Sequence[Animal]) -> None:
    """Raise `DataError` naming every animal without a weight to dose it by."""
    problems = []
    for animal in animals:
        weight = animal.weight_g
        if weight is None or not math.isfinite(weight) or weight <= 0:
            given = "no weight" if weight is None else f"the weight {weight:g} g"
            problems.append(
                Problem(
                    "no-weight",
                    f"Animal {animal.animal_id} has {given}, so that no volume can be "
                    "computed",
                    file=_FILE,
                    row=animal.line,
                    column="weight_g",
                    given="" if weight is None else f"{weight:g}",
                    expected="its weight on the day, in g",
                    remedy="Weigh it and fill in the cell",
                )
            )
    if problems:
        raise DataError(problems)


def _volume(
    animal: Animal, dose: Dose, number: int, problems: dict[str, Problem]
) -> Decimal:
    weight = animal.weight_g or 0.0
    exact = exact_ml(weight, dose.volume_ml_per_kg)
    smallest = Decimal(0) if dose.route == _INTO_THE_BRAIN else SMALLEST_ML
    if smallest <= exact <= LARGEST_ML:
        return (
            volume_ml(weight, dose.volume_ml_per_kg)
            if dose.route != _INTO_THE_BRAIN
            else exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
        )
    small = exact < smallest
    problems[f"{animal.animal_id} {number}"] = Problem(
        "volume-not-measurable",
        f"Animal {animal.animal_id} of {format_number(weight)} g would get "
        f"{format_number(float(exact))} mL ({format_number(dose.volume_ml_per_kg)} "
        "mL/kg), which no syringe measures",
        file=_FILE,
        row=animal.line,
        column="weight_g",
        given=format_number(float(exact)),
        expected=f"{SMALLEST_ML} to {LARGEST_ML} mL",
        remedy="Check the weight; otherwise "
        + ("raise" if small else "lower")
        + " volume_ml_per_kg of all groups in study.toml, and adjust the concentration",
    )
    return exact
