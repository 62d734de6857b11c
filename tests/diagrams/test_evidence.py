"""Pictures carry the evidence of their arrows wherever they go."""

from __future__ import annotations

from html import escape

import pytest

from isobole.diagrams import diagram


@pytest.mark.parametrize("name", ["mechanism", "workflow"])
def test_every_arrow_has_its_evidence_in_picture_and_text(name: str) -> None:
    made = diagram(name)
    numbers = {line.partition(",")[0] for line in made.evidence()}
    assert numbers == {str(arrow.number) for arrow in made.arrows}
    svg, text = made.svg(), made.mermaid()
    for arrow in made.arrows:
        for item in arrow.evidence:
            claim = item.claim.rstrip(".")
            assert escape(claim, quote=False) in svg
            assert claim.replace("#", "no. ") in text
