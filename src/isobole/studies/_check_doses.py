"""Whether a dose is in a unit and on a basis that its substance has."""

from __future__ import annotations

from isobole.results import DataError, DoseUnit, format_number
from isobole.studies._check_parts import Findings, finding
from isobole.studies._protocol_parts import Dose

LARGE_ML_PER_KG = 10


def check_dose(dose: Dose, path: str) -> Findings:
    """Compare a dose with its unit, its volume and its substance."""
    try:
        unit = DoseUnit.parse(dose.unit)
    except DataError as error:
        for problem in error.problems:
            yield finding(
                problem.code,
                f"{path}.unit",
                problem.message,
                problem.remedy or "",
                given=dose.unit,
            )
    else:
        if unit.of is not None:
            yield finding(
                "basis-twice",
                f"{path}.unit",
                f"The unit '{dose.unit}' names a basis, and so does basis = "
                f'"{dose.basis}"',
                f'Write unit = "{DoseUnit(unit.amount, unit.per)}"; the basis has its '
                "own key",
                given=dose.unit,
            )
        if unit.per != "kg":
            yield finding(
                "not-per-kg",
                f"{path}.unit",
                f"The unit '{dose.unit}' is not per kg of body mass",
                "Volumes are computed from the weight: write it per kg",
                given=dose.unit,
            )
    if dose.volume_ml_per_kg > LARGE_ML_PER_KG:
        yield finding(
            "large-volume",
            f"{path}.volume_ml_per_kg",
            f"volume_ml_per_kg is {format_number(dose.volume_ml_per_kg)}",
            "Concentrate the solution: above 10 mL/kg the volume itself acts",
            severity="warning",
            given=dose.volume_ml_per_kg,
            expected=f"{LARGE_ML_PER_KG} mL/kg or less",
        )
    if dose.amount > 0:
        yield from _substance(dose, path)


def _substance(dose: Dose, path: str) -> Findings:
    from isobole.substances import substance

    try:
        found = substance(dose.substance)
    except DataError as error:
        for problem in error.problems:
            yield finding(
                problem.code,
                f"{path}.substance",
                problem.message,
                (problem.remedy or "")
                + ". A substance of your own may stand here, but is not converted to "
                "moles",
                severity="warning",
                given=dose.substance,
            )
        return
    forms = {
        "salt": found.free_form != found.name,
        "acid": found.free_form_kind == "acid",
        "base": found.free_form_kind == "base",
        "ion": found.free_form_kind == "ion" or len(found.ions) == 1,
        "substance": True,
    }
    if not forms[dose.basis]:
        yield finding(
            "no-such-basis",
            f"{path}.basis",
            f"{found.name} has no {dose.basis} a dose could be stated in",
            "Say of what the mass is",
            given=dose.basis,
            expected=f"one of {', '.join(b for b, there in forms.items() if there)}",
        )
    elif dose.basis == "substance" and forms["salt"]:
        yield finding(
            "basis-vague",
            f"{path}.basis",
            f"{found.name} is a salt; 'substance' leaves open whether its mass or its "
            f"{found.free_form_kind}'s is meant",
            'Write basis = "salt" for the mass as weighed',
            severity="warning",
            given=dose.basis,
        )
