"""Rows that may be stored already: a form sent twice, a commit not confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from isobole.lab.record._chain import Chain
from isobole.lab.record._new import NewRow
from isobole.studies import Entry


def called(rows: Sequence[NewRow], form: str | None) -> Sequence[NewRow]:
    """Return rows with ids that follow from the form that sent them."""
    if form is None:
        return rows
    return [
        replace(row, id=row.id or (f"{form}-{n}" if n else form))
        for n, row in enumerate(rows)
    ]


def of_form(
    chain: Chain, rows: Sequence[NewRow], actor: str, device: str
) -> tuple[Entry, ...]:
    """Return the rows of a form that was stored before; none if it was not."""
    found = [chain.by_id.get(row.id or "") for row in rows]
    known = tuple(
        entry
        for entry, row in zip(found, rows, strict=True)
        if entry is not None
        and (entry.actor, entry.device) == (actor, device)
        and (entry.action, entry.obj) == (row.action, row.obj)
    )
    return known if len(known) == len(rows) else ()


def stand(chain: Chain, tried: Sequence[Entry | None]) -> bool:
    """Say whether rows that were tried before are on the disk, as they were tried."""
    return bool(tried) and all(
        entry is not None and chain.by_id.get(entry.id) == entry for entry in tried
    )
