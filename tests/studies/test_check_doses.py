"""The bases a protocol allows are those that doses can be converted on."""

from __future__ import annotations

import pytest

from isobole.results import DataError
from isobole.studies._check_doses import check_dose
from isobole.studies._protocol_parts import Dose
from isobole.substances import Substance, convert_dose, substances


def converts(found: Substance, basis: str) -> bool:
    """Whether the substances room reads a dose of it on this basis."""
    try:
        convert_dose(
            1, substance=found, unit=f"mg/kg {basis}", to=f"umol/kg {found.name}"
        )
    except DataError:
        return False
    return True


@pytest.mark.parametrize("basis", ["salt", "acid", "base", "ion", "substance"])
@pytest.mark.parametrize("found", substances(), ids=lambda found: found.name)
def test_a_basis_is_allowed_if_it_converts(found: Substance, basis: str) -> None:
    dose = Dose.model_validate(
        {
            "substance": found.name,
            "amount": 1,
            "basis": basis,
            "route": "ip",
            "vehicle": "saline",
            "volume_ml_per_kg": 5,
            "pretreatment_min": 30,
        }
    )
    codes = {problem.code for problem in check_dose(dose, "groups[0].doses[0]")}
    assert ("no-such-basis" not in codes) is converts(found, basis)
    assert codes <= {"no-such-basis", "basis-vague"}
