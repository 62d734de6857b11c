"""A row that is to be added to a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row as a device sends it: with its own id and number, or without."""

    action: str
    obj: str
    data: Mapping[str, Any]
    supersedes: str | None = None
    reason: str | None = None
    id: str | None = None
    device_seq: int | None = None
