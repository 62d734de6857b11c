"""One row added to the record on disk: locked, verified, whole, and on the disk."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from isobole.results import DataError, Problem, ProblemList
from isobole.studies._chain import RECORD, content_of, link_hash
from isobole.studies._check_draft import check_draft
from isobole.studies._draft import Draft
from isobole.studies._entry import GENESIS, Entry
from isobole.studies._read_record import parse_record
from isobole.studies._record import append, entry_line, follow


def append_to_record(
    folder: Path | str,
    *,
    action: str,
    obj: str,
    data: Mapping[str, Any],
    actor: str,
    device: str = "command-line",
    device_seq: int | None = None,
    id: str | None = None,
    ts: str | None = None,
    supersedes: str | None = None,
    reason: str | None = None,
) -> Entry:
    """Add one row to `record.jsonl` of a study folder, begun if there is none.

    The file is locked against other writers, its last row is verified, and the new
    line is on the disk before this returns. The projections are not written: see
    `write_projections`.

    Parameters
    ----------
    folder : path
        The study folder.
    action, obj, data, actor, device, supersedes, reason
        As in `Entry`.
    device_seq : int, optional
        The device's own count; by default the next one. A row sent before under the
        same number is returned and nothing is added.
    id, ts : str, optional
        By default a random id and the time now.

    Raises
    ------
    DataError
        If the record's end does not verify, or the row does not fit (see `append`).
    OSError
        If the file cannot be written; it is left as it was.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     entry = append_to_record(
    ...         folder,
    ...         action="exclude",
    ...         obj="M3",
    ...         data={"animal_id": "M3", "criterion": "E1", "reason": "ill"},
    ...         actor="ana",
    ...     )
    >>> entry.seq, entry.device_seq
    (1, 1)
    """
    with _locked(Path(folder) / RECORD) as stream:
        before = os.lseek(stream, 0, os.SEEK_END)
        entries = _entries(stream, before)
        entry = append(
            entries,
            id=id or secrets.token_hex(16),
            ts=ts or now(),
            actor=actor,
            device=device,
            device_seq=device_seq or _next(entries, device),
            action=action,
            obj=obj,
            data=data,
            supersedes=supersedes,
            reason=reason,
        )
        if entry.seq == len(entries) + 1:
            _write(stream, entry_line(entry).encode(), before)
    return entry


def append_drafts(folder: Path | str, drafts: Sequence[Draft], *, actor: str) -> None:
    """Add the rows of drafts one after the other, as `append_to_record` does."""
    for draft in drafts:
        append_to_record(
            folder,
            action=draft.action,
            obj=draft.obj,
            data=draft.data,
            actor=actor,
            id=draft.id,
            supersedes=draft.supersedes,
            reason=draft.reason,
        )


def append_all(folder: Path | str, drafts: Sequence[Mapping[str, Any]]) -> int:
    """Add many rows at once, all or none, and return how many were new.

    Each draft has an id, ts, actor, device, action, obj and data. One whose id is
    there with the same action, object and data is not added again.

    Raises
    ------
    DataError
        With every draft that does not fit; nothing is written then.
    """
    found = ProblemList(RECORD)
    with _locked(Path(folder) / RECORD) as stream:
        before = os.lseek(stream, 0, os.SEEK_END)
        entries = list(_entries(stream, before))
        by_id = {entry.id: entry for entry in entries}
        devices = {draft["device"] for draft in drafts}
        counts = {device: _next(entries, device) for device in devices}
        lines = []
        for draft in drafts:
            number = counts[draft["device"]]
            row = {**draft, "device_seq": number, "supersedes": None, "reason": None}
            known = by_id.get(draft["id"])
            if known is not None and _says(known, draft):
                continue
            try:
                check_draft(row, by_id)
            except DataError as error:
                for problem in error.problems:
                    found.add(problem)
                continue
            entry = follow(entries[-1] if entries else None, row)
            counts[draft["device"]] = number + 1
            by_id[entry.id] = entry
            entries.append(entry)
            lines.append(entry_line(entry))
        found.raise_errors()
        if lines:
            _write(stream, "".join(lines).encode(), before)
    return len(lines)


def _says(entry: Entry, draft: Mapping[str, Any]) -> bool:
    return all(getattr(entry, key) == draft[key] for key in ("action", "obj", "data"))


def now() -> str:
    """Return the time in UTC as it stands in the record, to the millisecond."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _next(entries: Sequence[Entry], device: str) -> int:
    return 1 + max((e.device_seq for e in entries if e.device == device), default=0)


def _entries(stream: int, size: int) -> tuple[Entry, ...]:
    os.lseek(stream, 0, os.SEEK_SET)
    parts = []
    while part := os.read(stream, max(size, 1)):
        parts.append(part)
    found = ProblemList(RECORD)
    entries = parse_record(b"".join(parts), found)
    found.raise_errors()
    if entries and not _verifies(entries):
        raise DataError(
            [
                Problem(
                    "broken-chain",
                    "The last row of the record does not verify, so that nothing can "
                    "be added to it",
                    file=RECORD,
                    row=len(entries),
                    remedy="Run `isobole study check`, and restore the record from a "
                    "backup",
                )
            ]
        )
    return entries


def _verifies(entries: Sequence[Entry]) -> bool:
    last = entries[-1]
    before = entries[-2].hash if len(entries) > 1 else GENESIS
    return (
        last.seq == len(entries)
        and last.prev == before
        and last.hash == link_hash(before, content_of(last))
    )


def _write(stream: int, line: bytes, before: int) -> None:
    try:
        written = 0
        while written < len(line):
            written += os.write(stream, line[written:])
        os.fsync(stream)
    except OSError:
        os.ftruncate(stream, before)
        raise


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Open the record for appending, alone until the block is left."""
    is_new = not path.exists()
    stream = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        with _exclusive(stream):
            if is_new:
                _sync_folder(path.parent)
            yield stream
    finally:
        os.close(stream)


@contextmanager
def _exclusive(stream: int) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # Windows has no flock
        import importlib

        msvcrt: Any = importlib.import_module("msvcrt")
        # A byte far behind the end: a lock there hinders no reader.
        os.lseek(stream, 1 << 40, os.SEEK_SET)
        msvcrt.locking(stream, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            os.lseek(stream, 1 << 40, os.SEEK_SET)
            msvcrt.locking(stream, msvcrt.LK_UNLCK, 1)
        return
    fcntl.flock(stream, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(stream, fcntl.LOCK_UN)


def _sync_folder(folder: Path) -> None:
    """Put a new file's name on the disk; a system without this loses nothing more."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
