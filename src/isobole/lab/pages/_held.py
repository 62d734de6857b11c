"""Rows of the record that hold now: each with its last correction, or taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isobole.studies import Entry


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
