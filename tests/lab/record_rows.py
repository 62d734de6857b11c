"""Rows and empty studies that the tests of the record are made of."""

from __future__ import annotations

from typing import Any

from isobole.lab.record import NewRow

STUDY = "EMPTY-1"


def seen(number: int, *, animal: str = "M1", **more: Any) -> NewRow:
    """Return the observation that a device sends under a number."""
    data = {"animal_id": animal, "t_ms": number * 1000, "type": "score_change"}
    return NewRow(
        "observe",
        animal,
        {**data, "score": str(number % 6), **more},
        id=f"{animal}-{number}",
        device_seq=number,
    )


def empty_study(study_id: str = STUDY) -> str:
    """Store a study that has no row yet, and return its id."""
    from isobole.lab.models import Study

    Study.objects.create(study_id=study_id)
    return study_id
