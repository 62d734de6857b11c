"""What the tests of planned group sizes share."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from isobole.planning._power_plan import PowerPlan
from isobole.results import Figure, blocks_to_html, encode


def _said(plan: PowerPlan) -> str:
    text = str(plan)
    assert plan.message in text
    assert "Methods" not in text
    assert "\n" not in repr(plan)
    json.dumps(encode(plan.to_dict()), allow_nan=False)
    page = blocks_to_html(plan.blocks())
    assert plan.methods().text[:40] in page
    figure = next(b for b in plan.blocks() if isinstance(b, Figure))
    assert "target" in figure.alt
    assert figure.draw().axes
    frame = plan.to_frame()
    assert len(frame) == sum(len(series.points) for series in plan.series)
    return " ".join(text.split())


@pytest.fixture
def said() -> Callable[[PowerPlan], str]:
    """Return a plan as text, after asking every form of it."""
    return _said
