"""The record as a role may read it.

To the blinded (dosing, scorer) two studies that differ in nothing but the allocation
look the same byte for byte. Rows that hold the allocation are therefore left out or
stripped for them, and the hash shown to them is the head of the chain of those rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from isobole.studies import GENESIS, Entry, link_hash

_HIDDEN = frozenset({"allocation.reveal", "unblind", "analysis.lock"})
# A tuple: what a device sent under that name may be a list, which no set looks up.
_DECODED = ("vehicle", "drug")
_SHOWN_OF_ALLOTMENT = ("animal_id", "day", "chamber", "order", "block", "syringe_codes")


def seen_by_blinded(entries: Sequence[Entry]) -> tuple[dict[str, Any], ...]:
    """Return the rows that the blinded may read, without what tells a group."""
    seen = []
    for entry in entries:
        if entry.action in _HIDDEN:
            continue
        data: Mapping[str, Any] = entry.data
        if entry.action == "allocation.commit":
            data = {"n": entry.data.get("n"), "rows": allotted(entry)}
        reason = entry.reason
        if data.get("condition") in _DECODED:
            # A code put into words is the group; the words that say so are as well.
            data = {name: data[name] for name in data if name != "condition"}
            reason = None
        seen.append(
            {
                "id": entry.id,
                "ts": entry.ts,
                "actor": entry.actor,
                "action": entry.action,
                "obj": entry.obj,
                "data": data,
                "supersedes": entry.supersedes,
                "reason": reason,
            }
        )
    return tuple(seen)


def allotted(entry: Entry) -> list[dict[str, Any]]:
    """Return where and when each animal sits, and its syringes; never its code."""
    rows = entry.data.get("rows")
    if not isinstance(rows, list):
        return []
    shown = [
        {key: row[key] for key in _SHOWN_OF_ALLOTMENT if key in row}
        for row in rows
        if isinstance(row, dict)
    ]
    return sorted(
        shown,
        key=lambda row: (
            str(row.get("day", "")),
            row.get("block", 0),
            row.get("order", 0),
            str(row.get("animal_id", "")),
        ),
    )


def seen_head(entries: Sequence[Entry]) -> str:
    """Return the head of the chain of what the blinded may read."""
    head = GENESIS
    for row in seen_by_blinded(entries):
        head = link_hash(head, row)
    return head
