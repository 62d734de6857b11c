"""The chains walked as the database has them now, not as memory remembers them.

Whoever holds the database can write a whole chain anew: a printed head hash kept
elsewhere is what shows that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from isobole.lab.models import AccessRow, RecordRow
from isobole.lab.record._broken import RESTORE
from isobole.lab.record._log import log_content
from isobole.lab.record._rows import entry_of
from isobole.results import Problem
from isobole.studies import (
    GENESIS,
    ChainReport,
    Entry,
    canonical_json,
    link_hash,
    verify_chain,
)

LOG = "the log of access"
_SAID = ("actor", "action", "obj", "data", "supersedes", "reason")


def verify_study(study_id: str) -> ChainReport:
    """Walk a study's chain and name the first row that does not fit, and why.

    Besides the chain: a row's data must stand in canonical form, its id must be its
    own, and no other row says something else under its (device, number).
    """
    rows = RecordRow.objects.filter(study_id=study_id).order_by("seq", "id")
    total = rows.count()
    entries: list[Entry] = []
    fault: Problem | None = None
    ids: dict[str, int] = {}
    sent: dict[tuple[str, int], Entry] = {}
    for position, row in enumerate(rows.iterator(2000), start=1):
        fault = _unreadable(row, position)
        if fault is not None:
            break
        entry = entry_of(row)
        entries.append(entry)
        fault = _twice(entry, position, ids, sent)
        if fault is not None:
            break
    chain = verify_chain(entries, file=study_id)
    if chain.state == "broken":
        return ChainReport("broken", total, None, chain.broken_at, chain.problems)
    if fault is not None:
        return ChainReport("broken", total, None, fault.row, (fault,))
    return chain


def verify_log() -> ChainReport:
    """Walk the chain of the log of access and name the first row that does not fit."""
    prev, count = GENESIS, 0
    rows = AccessRow.objects.order_by("seq", "id")
    for position, row in enumerate(rows.iterator(2000), start=1):
        if fault := _log_fault(row, position, prev):
            return ChainReport("broken", rows.count(), None, position, (fault,))
        prev, count = row.hash, position
    if not count:
        return ChainReport("unchained", 0, None)
    return ChainReport("intact", count, prev)


def verify_all(study_ids: Iterable[str]) -> Iterator[tuple[str, ChainReport]]:
    """Yield the report on each study, and at last on the log of access."""
    for study_id in study_ids:
        yield study_id, verify_study(study_id)
    yield LOG, verify_log()


def _unreadable(row: RecordRow, position: int) -> Problem | None:
    try:
        data: Any = json.loads(row.data)
        text = canonical_json(data) if isinstance(data, dict) else None
    except (ValueError, RecursionError):
        text = None
    if text == row.data:
        return None
    return _fault(
        row.study_id,
        position,
        f"The data of row {position} is not as the server writes it: it was changed "
        "in the database",
    )


def _twice(
    entry: Entry,
    position: int,
    ids: dict[str, int],
    sent: dict[tuple[str, int], Entry],
) -> Problem | None:
    before = ids.setdefault(entry.id, position)
    if before != position:
        return _fault(
            "", position, f"Row {position} has the id of row {before}: {entry.id}"
        )
    # A folder may bring a row that its device sent twice: that is one row.
    other = sent.setdefault((entry.device, entry.device_seq), entry)
    if any(getattr(other, name) != getattr(entry, name) for name in _SAID):
        return _fault(
            "",
            position,
            f"Row {position} has the number of row {other.seq} and says something "
            f"else: device {entry.device}, {entry.device_seq}",
        )
    return None


def _log_fault(row: AccessRow, position: int, prev: str) -> Problem | None:
    if row.seq != position:
        said = f"Row {position} has the number {row.seq}: one is missing or added"
    elif row.prev != prev:
        said = f"Row {position} does not name the hash of the row before it"
    elif row.hash != link_hash(row.prev, log_content(row)):
        said = f"Row {position} was changed after it was written"
    else:
        return None
    return _fault(LOG, position, said)


def _fault(file: str, position: int, message: str) -> Problem:
    return Problem(
        "broken-chain", message, file=file or None, row=position, remedy=RESTORE
    )
