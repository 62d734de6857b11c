"""A row of the table as an entry of the record, and the other way."""

from __future__ import annotations

import json

from isobole.lab.models import RecordRow
from isobole.studies import Entry, canonical_json


def row_of(study_id: str, entry: Entry) -> RecordRow:
    """Return an entry as a row of the table."""
    return RecordRow(
        study_id=study_id,
        seq=entry.seq,
        row_id=entry.id,
        ts=entry.ts,
        actor=entry.actor,
        device=entry.device,
        device_seq=entry.device_seq,
        action=entry.action,
        obj=entry.obj,
        data=canonical_json(dict(entry.data)),
        supersedes=entry.supersedes,
        reason=entry.reason,
        prev=entry.prev,
        hash=entry.hash,
    )


def entry_of(row: RecordRow) -> Entry:
    """Return a row of the table as an `Entry`."""
    return Entry(
        seq=row.seq,
        id=row.row_id,
        ts=row.ts,
        actor=row.actor,
        device=row.device,
        device_seq=row.device_seq,
        action=row.action,
        obj=row.obj,
        data=json.loads(row.data),
        supersedes=row.supersedes,
        reason=row.reason,
        prev=row.prev,
        hash=row.hash,
    )
