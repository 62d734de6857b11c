"""The bundled studies in memory, read once, and what can be done to a copy."""

from __future__ import annotations

import pytest

from isobole.datasets import study_names, study_path
from isobole.studies import Study, read_study


@pytest.fixture(scope="session")
def studies() -> dict[str, Study]:
    """Return every bundled study by its name."""
    return {name: read_study(study_path(name)) for name in study_names()}


@pytest.fixture
def factorial(studies: dict[str, Study]) -> Study:
    """Return rats with vehicle, valproate, magnesium or both."""
    return studies["ptz-valproate-magnesium"]


@pytest.fixture
def ladders(studies: dict[str, Study]) -> Study:
    """Return mice on two ladders of doses and one of their mixture."""
    return studies["ptz-interaction"]


@pytest.fixture
def kindled(studies: dict[str, Study]) -> Study:
    """Return kindled rats with a crossover test."""
    return studies["kindling-magnesium"]
