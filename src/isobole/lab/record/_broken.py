"""The record in memory is not the one in the database: somebody changed the latter."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

from isobole.lab.models import RecordRow
from isobole.lab.record._writer import NotStored
from isobole.results import Problem
from isobole.studies import Entry

RESTORE = (
    "Stop the lab, keep this database as evidence, and restore a backup: "
    "isobole lab restore"
)


class Broken(NotStored):
    """Rows that this server read or wrote are not in the database any more."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def first_difference(study_id: str, known: Sequence[Entry]) -> Problem | None:
    """Name the first row that the database has otherwise than it was read before."""
    rows = RecordRow.objects.filter(study_id=study_id).order_by("seq", "id")
    stored = dict(rows.values_list("seq", "hash"))
    for position, entry in enumerate(known, start=1):
        if stored.get(entry.seq) != entry.hash:
            return changed(study_id, position)
    return None


def changed(study_id: str, position: int) -> Problem:
    """Say that a row is another one than this server knows."""
    return Problem(
        "record-changed-beneath",
        f"Row {position} of the record of {study_id} was changed or removed in the "
        "database after this server read it",
        file=study_id,
        row=position,
        remedy=RESTORE,
    )


def as_others_see(study_id: str, known: Sequence[Entry]) -> Problem | None:
    """Do so by another connection: this one may stand in an old state of the table."""
    from django.db import connection

    if connection.in_atomic_block:  # the state is that of now: it holds the lock
        return first_difference(study_id, known)
    found: list[Problem | None] = []

    def look() -> None:
        try:
            found.append(first_difference(study_id, known))
        finally:
            connection.close()

    thread = Thread(target=look)
    thread.start()
    thread.join()
    return found[0] if found else None
