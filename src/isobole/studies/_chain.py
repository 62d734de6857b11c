"""The hash chain: each row of the record vouches for all rows before it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from isobole.results import Problem
from isobole.studies._canonical import canonical_json
from isobole.studies._entry import GENESIS, Entry

RECORD = "record.jsonl"
_HASHED = (
    "seq", "id", "ts", "actor", "device", "device_seq", "action", "obj", "data",
    "supersedes", "reason",
)  # fmt: skip


def link_hash(prev: str, content: Mapping[str, Any]) -> str:
    r"""Return SHA-256 of the hash before, a line feed and the canonical JSON.

    Parameters
    ----------
    prev : str
        Hash of the row before; 64 zeros before the first.
    content : mapping
        The row without its own `prev` and `hash`.

    Raises
    ------
    DataError
        If a floating-point number stands in `content`.

    Examples
    --------
    >>> link_hash("0" * 64, {"seq": 1, "action": "t0"})[:16]
    '3b64263f944122fd'
    """
    return hashlib.sha256(f"{prev}\n{canonical_json(content)}".encode()).hexdigest()


def content_of(entry: Entry) -> dict[str, Any]:
    """Return what the hash of an entry covers besides the hash before it."""
    return {name: getattr(entry, name) for name in _HASHED}


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether a record is whole, and where it is not.

    Parameters
    ----------
    state : {"intact", "broken", "unchained"}
        ``"unchained"`` where there is no record.
    entries : int
        Rows of the record.
    head : str or None
        Hash of the last row; None where the chain is broken or empty.
    broken_at : int or None
        Position of the first row that does not follow, counted from 1.
    problems : tuple of Problem
        The first broken link, with what is wrong about it.
    """

    state: Literal["intact", "broken", "unchained"]
    entries: int
    head: str | None
    broken_at: int | None = None
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        if self.state == "unchained":
            return "unchained: there is no record"
        if self.state == "broken":
            return f"broken at row {self.broken_at} of {self.entries}"
        return f"intact: {self.entries} rows, head {self.head}"


def verify_chain(entries: Sequence[Entry], *, file: str = RECORD) -> ChainReport:
    """Check every link, and name the first that is broken and why.

    A row was changed if its hash does not fit; one was removed, added or moved if the
    numbers have a gap or `prev` is not the hash of the row before. Whoever holds the
    file can write the whole chain anew: keep a printed head hash elsewhere.

    Examples
    --------
    >>> print(verify_chain(()))
    unchained: there is no record
    """
    if not entries:
        return ChainReport("unchained", 0, None)
    prev = GENESIS
    for position, entry in enumerate(entries, start=1):
        if fault := _fault(entry, position, prev):
            code, message, given, expected = fault
            problem = Problem(
                code,
                message,
                file=file,
                row=position,
                given=given,
                expected=expected,
                remedy="Restore the record from a backup; never edit it by hand, "
                "correct a row with an amendment",
            )
            return ChainReport("broken", len(entries), None, position, (problem,))
        prev = entry.hash
    return ChainReport("intact", len(entries), prev)


def head_hash(entries: Sequence[Entry]) -> str:
    """Return the hash of the last row; 64 zeros for an empty record.

    Examples
    --------
    >>> head_hash(()) == "0" * 64
    True
    """
    return entries[-1].hash if entries else GENESIS


def _fault(entry: Entry, position: int, prev: str) -> tuple[str, str, str, str] | None:
    if entry.seq != position:
        return (
            "broken-chain",
            f"Row {position} of the record has the number {entry.seq}: a row is "
            "missing, twice there, or out of place",
            str(entry.seq),
            str(position),
        )
    if entry.prev != prev:
        return (
            "broken-chain",
            f"Row {position} of the record does not name the hash of the row before it",
            entry.prev,
            prev,
        )
    due = link_hash(entry.prev, content_of(entry))
    if entry.hash != due:
        return (
            "broken-chain",
            f"Row {position} of the record was changed after it was written: its hash "
            "does not fit its content",
            entry.hash,
            due,
        )
    return None
