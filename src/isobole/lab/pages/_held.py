"""Rows of the record that hold now: each with its last correction, or taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from isobole.results import DataError, Problem
from isobole.studies import Entry

SEEN = "seen"
"""Field of a correction's form: the row that stood when the form was shown."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a row says now.

    Parameters
    ----------
    row_id : str
        The row that says it: the first one, or its last correction.
    root_id : str
        The first one.
    data : mapping
        What it says.
    ts, actor : str
        When and by whom it was written first.
    corrected : bool
        Whether it was corrected since.
    """

    row_id: str
    root_id: str
    data: Mapping[str, Any]
    ts: str
    actor: str
    corrected: bool

    @property
    def animal_id(self) -> str:
        """The animal it is about."""
        return str(self.data.get("animal_id", ""))


def held_rows(entries: Sequence[Entry], action: str) -> list[Held]:
    """Return what the rows of one action say now, in the order they were begun."""
    roots: dict[str, Entry] = {}
    last: dict[str, Entry] = {}
    for entry in entries:
        if entry.action == action:
            roots[entry.id] = entry
            last[entry.id] = entry
        elif entry.action == "amend" and (entry.supersedes or "") in roots:
            root = roots[entry.supersedes or ""]
            roots[entry.id] = root
            last[root.id] = entry
    return [
        Held(
            entry.id,
            root_id,
            entry.data,
            roots[root_id].ts,
            roots[root_id].actor,
            entry.id != root_id,
        )
        for root_id, entry in last.items()
        if entry.data.get("void") != 1
    ]


def seen_row(request: HttpRequest, held: Held) -> str:
    """Return the row that a correction's form was made from, shown again as it was."""
    return request.POST.get(SEEN) or held.row_id


def refuse_stale(request: HttpRequest, held: Held) -> None:
    """Raise `DataError` if the row was corrected since its form was shown.

    All fields of the form are stored: those that somebody else corrected meanwhile
    would go back to what they were, and nobody would have wanted it.
    """
    if seen_row(request, held) == held.row_id:
        return
    raise DataError(
        [
            Problem(
                "corrected-since",
                f"{held.animal_id} was corrected since this form was opened",
                remedy="Open it again, look at what stands there now, and correct that "
                "if it is still wrong",
            )
        ]
    )
