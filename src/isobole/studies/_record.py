"""Rows of the record: how one is added, and how they are written."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from isobole.results import DataError, Problem
from isobole.studies._canonical import canonical_json
from isobole.studies._chain import RECORD, content_of, link_hash
from isobole.studies._check_draft import check_draft
from isobole.studies._entry import GENESIS, Entry

_NAMES = tuple(entry.name for entry in fields(Entry))


def append(
    entries: Sequence[Entry],
    *,
    id: str,
    ts: str,
    actor: str,
    device: str,
    device_seq: int,
    action: str,
    obj: str,
    data: Mapping[str, Any],
    supersedes: str | None = None,
    reason: str | None = None,
) -> Entry:
    """Return the row that follows `entries`; nothing is changed or written.

    A row that was sent before, known by (device, device_seq), is returned as it
    stands: sending twice stores once.

    Parameters
    ----------
    entries : sequence of Entry
        The record so far.
    id, ts, actor, device, device_seq, action, obj, data, supersedes, reason
        As in `Entry`; `supersedes` is the id of the row corrected.

    Raises
    ------
    DataError
        If the payload does not fit its action, the id or (device, device_seq) is
        taken by another row, or `supersedes` names no row or comes without a reason.

    Examples
    --------
    >>> entry = append(
    ...     (),
    ...     id="e1",
    ...     ts="2026-01-06T09:00:00.000Z",
    ...     actor="ana",
    ...     device="bench-1",
    ...     device_seq=1,
    ...     action="t0",
    ...     obj="M1",
    ...     data={"animal_id": "M1", "wall": "2026-01-06T09:00:00.000Z"},
    ... )
    >>> entry.seq, entry.prev == "0" * 64
    (1, True)
    """
    draft = _draft(
        (id, ts, actor, device, device_seq, action, obj, dict(data)), supersedes, reason
    )
    for entry in entries:
        if (entry.device, entry.device_seq) == (device, device_seq):
            return _sent_before(entry, draft)
    check_draft(draft, {entry.id: entry for entry in entries})
    return follow(entries[-1] if entries else None, draft)


def follow(last: Entry | None, draft: Mapping[str, Any]) -> Entry:
    """Chain a row to the last one; nothing but that row is looked at.

    With `check_draft` this is `append` for a record too long to be read at every row,
    such as one in a database. Whoever calls these two keeps the promises that `append`
    looks up itself: `last` is the verified end of the record, and no row of the record
    has the draft's (device, device_seq).

    Parameters
    ----------
    last : Entry or None
        The last row of the record; None where it is empty.
    draft : mapping
        Every field of `Entry` but `seq`, `prev` and `hash`; checked before.

    Raises
    ------
    DataError
        If a floating-point number stands in the draft.

    Examples
    --------
    >>> draft = {
    ...     "id": "e1",
    ...     "ts": "2026-01-06T09:00:00.000Z",
    ...     "actor": "ana",
    ...     "device": "bench-1",
    ...     "device_seq": 1,
    ...     "action": "score.complete",
    ...     "obj": "M1",
    ...     "data": {"animal_id": "M1"},
    ...     "supersedes": None,
    ...     "reason": None,
    ... }
    >>> first = follow(None, draft)
    >>> second = follow(first, {**draft, "id": "e2", "device_seq": 2})
    >>> second.seq, second.prev == first.hash
    (2, True)
    """
    seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
    content = {"seq": seq, **draft}
    return Entry(**content, prev=prev, hash=link_hash(prev, content))


def _draft(
    given: tuple[Any, ...], supersedes: str | None, reason: str | None
) -> dict[str, Any]:
    names = ("id", "ts", "actor", "device", "device_seq", "action", "obj", "data")
    return {
        **dict(zip(names, given, strict=True)),
        "supersedes": supersedes,
        "reason": reason,
    }


def _sent_before(entry: Entry, draft: Mapping[str, Any]) -> Entry:
    # The server's time differs when a queue is sent again; the content may not.
    stored = content_of(entry)
    if all(stored[key] == draft[key] for key in draft if key not in ("id", "ts")):
        return entry
    raise DataError(
        [
            Problem(
                "device-seq-taken",
                f"Device {entry.device} sent row {entry.device_seq} before, with "
                "another content",
                file=RECORD,
                row=entry.seq,
                given=canonical_json(draft["data"]),
                expected=canonical_json(entry.data),
                remedy="Count on: every new row of a device has a new number",
            )
        ]
    )


def record_text(entries: Sequence[Entry]) -> str:
    """Return the record as it stands in its file: one canonical JSON line per row."""
    return "".join(entry_line(entry) for entry in entries)


def entry_line(entry: Entry) -> str:
    """Return one line of the file, with its line feed."""
    return canonical_json({name: getattr(entry, name) for name in _NAMES}) + "\n"


def write_record(path: Path | str, entries: Sequence[Entry]) -> None:
    """Write the record in one step: the old file or the new one, never a half.

    Raises
    ------
    OSError
        If the file cannot be written; the old one is left as it was.
    """
    target = Path(path)
    replace_file(target, record_text(entries))


def replace_file(target: Path, text: str) -> None:
    """Put a file with `text` in the place of `target` in one step."""
    part = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise
