"""Which dose an animal was given, as it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from isobole.results import DoseUnit
from isobole.studies import DoseGiven, Study, holding

Given = tuple[str, float, DoseUnit]


def recorded_doses(study: Study) -> Iterator[tuple[DoseGiven, Given]]:
    """Yield every treatment whose substance and amount are recorded, with its dose.

    A unit that does not say of what it is the mass takes the protocol's basis for the
    substance: mg/kg of a salt is not mg/kg of its ion.
    """
    bases = {
        dose.substance: dose.basis
        for group in study.protocol.groups
        for dose in group.doses
        if dose.basis != "substance"
    }
    held, _ = holding(study.doses, file="doses.csv", chained=bool(study.record))
    for dose in held:
        if dose.kind != "treatment" or not dose.substance or dose.amount is None:
            continue
        unit = DoseUnit.parse(dose.unit or "mg/kg")
        if unit.of is None and dose.substance in bases:
            unit = DoseUnit(unit.amount, unit.per, bases[dose.substance])
        yield dose, (dose.substance, dose.amount, unit)


def moment_of(text: str | None) -> datetime | None:
    """Return a recorded time; None where there is none or it cannot be read."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found.replace(tzinfo=None)
