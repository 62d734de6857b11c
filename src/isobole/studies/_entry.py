"""One row of the study record: who did what to which object, chained by hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of `record.jsonl`; `hash` covers `prev` and everything but these two.

    Parameters
    ----------
    seq : int
        1, 2, 3, … without a gap.
    id : str
        Unique; what `supersedes` of a later row refers to.
    ts : str
        Server time, ISO 8601 in UTC with milliseconds: ``2026-01-06T09:00:00.000Z``.
    actor, device : str
        The person, and the device the row came from.
    device_seq : int
        The device's own count: (device, device_seq) is unique, so that a row sent
        twice is stored once.
    action : str
        One of `ACTIONS`.
    obj : str
        What it is about: an animal id, or the study id.
    data : mapping
        The payload of the action; whole numbers, text, lists and mappings only.
    supersedes, reason : str or None
        The row this one corrects, and why.
    prev, hash : str
        SHA-256 of the row before, and of this one.
    """

    seq: int
    id: str
    ts: str
    actor: str
    device: str
    device_seq: int
    action: str
    obj: str
    data: Mapping[str, Any]
    supersedes: str | None
    reason: str | None
    prev: str
    hash: str
