"""The chains walked as the database has them now, not as memory remembers them.

Whoever holds the database can write a whole chain anew: a printed head hash kept
elsewhere is what shows that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.db import OperationalError
from django.db.models import Model, QuerySet

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

Kind = TypeVar("Kind", bound=Model)
LOG = "the log of access"
_SAID = ("actor", "action", "obj", "data", "supersedes", "reason")
_NUMBERS = frozenset({"seq", "device_seq"})
_OPTIONAL = frozenset({"supersedes", "reason"})
_OF_A_ROW = (
    "seq", "row_id", "ts", "actor", "device", "device_seq", "action", "obj", "data",
    "supersedes", "reason", "prev", "hash",
)  # fmt: skip
_OF_THE_LOG = (
    "seq",
    "ts",
    "actor",
    "address",
    "what",
    "study_id",
    "data",
    "prev",
    "hash",
)


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
    for position, row in _walked(rows):
        fault = _unreadable(row, study_id, position)
        if fault is not None or row is None:
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
    for position, row in _walked(rows):
        if fault := _log_fault(row, position, prev):
            return ChainReport("broken", rows.count(), None, position, (fault,))
        assert row is not None  # it would have been a fault
        prev, count = row.hash, position
    if not count:
        return ChainReport("unchained", 0, None)
    return ChainReport("intact", count, prev)


def verify_all(study_ids: Iterable[str]) -> Iterator[tuple[str, ChainReport]]:
    """Yield the report on each study, and at last on the log of access."""
    for study_id in study_ids:
        yield study_id, verify_study(study_id)
    yield LOG, verify_log()


def _walked(rows: QuerySet[Kind]) -> Iterator[tuple[int, Kind | None]]:
    """Yield rows with their places; None for one that holds bytes that are no text."""
    read = 0
    try:
        for row in rows.iterator(2000):
            read += 1
            yield read, row
    except OperationalError as fault:
        if "UTF-8" not in str(fault):
            raise
        # SQLite keeps any bytes as text. It is asked row by row which one it is.
        for number in rows.values_list("pk", flat=True)[read:]:
            read += 1
            try:
                row = rows.get(pk=number)
            except OperationalError:
                yield read, None
                return
            yield read, row


def _strange(row: Model, names: Iterable[str]) -> str | None:
    """Name a cell of another type than its column: SQLite keeps whatever it is given.

    Hashes are of texts and whole numbers; over anything else there is none.
    """
    for name in names:
        value = getattr(row, name)
        if name in _OPTIONAL and value is None:
            continue
        if type(value) is not (int if name in _NUMBERS else str):
            return name
    return None


def _unreadable(row: RecordRow | None, study_id: str, position: int) -> Problem | None:
    strange = "text" if row is None else _strange(row, _OF_A_ROW)
    if row is None or strange:
        return _not_written(study_id, position, str(strange))
    try:
        data: Any = json.loads(row.data)
        text = canonical_json(data) if isinstance(data, dict) else None
    except (ValueError, RecursionError):
        text = None
    if text == row.data:
        return None
    return _not_written(study_id, position, "data")


def _not_written(file: str, position: int, cell: str) -> Problem:
    return _fault(
        file,
        position,
        f"The {cell} of row {position} is not as the server writes it: it was changed "
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


def _log_fault(row: AccessRow | None, position: int, prev: str) -> Problem | None:
    strange = "text" if row is None else _strange(row, _OF_THE_LOG)
    if row is None or strange:
        return _not_written(LOG, position, str(strange))
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
