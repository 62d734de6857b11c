"""Cages and litters: what takes animals as independent says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from isobole.analysis import analyze_study
from isobole.studies import Study


@pytest.mark.parametrize("unit", ["cage", "litter"])
def test_a_unit_that_is_no_animal_is_said_beside_every_number(
    factorial: Study, unit: str
) -> None:
    protocol = factorial.protocol.model_copy(update={"experimental_unit": unit})
    found = analyze_study(replace(factorial, protocol=protocol), despite_errors=True)
    for item in found.analyses:
        said = f"The experimental unit is the {unit}"
        assert (item.rank == "quality") is not any(said in n for n in item.notes)
    plain = analyze_study(factorial)
    assert not any("experimental unit" in n for a in plain.analyses for n in a.notes)
