"""Item 10b of ARRIVE 2.0 asks for an effect with its limits, and gets one."""

from __future__ import annotations

import pytest

from isobole.analysis import analyze_study
from isobole.outcomes import ProtectionComparison
from isobole.studies import Study


def test_the_effect_has_its_limits(factorial: Study) -> None:
    found = analyze_study(factorial)
    result = found.analyses[0].result
    assert isinstance(result, ProtectionComparison)
    said = next(i.answer for i in found.arrive.items if i.number == "10b")
    assert said is not None
    for contrast in result.contrasts:
        size = str(contrast.difference)
        assert f"{contrast.group} less vehicle: {size}" in said
        assert "[" in size


@pytest.mark.parametrize("name", ["ptz-interaction", "kindling-magnesium"])
def test_or_says_where_they_stand(studies: dict[str, Study], name: str) -> None:
    found = analyze_study(studies[name])
    said = next(i.answer for i in found.arrive.items if i.number == "10b")
    assert said is not None
    assert "[" in said or "limits stand in the tables" in said
