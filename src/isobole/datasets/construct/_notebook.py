"""The rows of a record as they are written down, put in order of time and chained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from isobole.datasets.construct._chance import Chance
from isobole.studies import Entry, append


@dataclass(frozen=True, slots=True)
class _Row:
    ts: str
    name: str
    actor: str
    action: str
    obj: str
    data: Mapping[str, Any]
    corrects: str | None
    reason: str | None


def clock(when: datetime) -> str:
    """Write a time as the record has it, to the millisecond."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Notebook:
    """Rows of one study, written in any order."""

    def __init__(self, chance: Chance, devices: Mapping[str, str]) -> None:
        self._chance = chance
        self._devices = devices
        self._rows: list[_Row] = []

    def write(
        self,
        when: datetime,
        actor: str,
        action: str,
        obj: str,
        data: Mapping[str, Any],
        *,
        name: str,
        corrects: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Write one row; `name` tells it from all others, `corrects` names another."""
        self._rows.append(
            _Row(clock(when), name, actor, action, obj, data, corrects, reason)
        )

    def entries(self) -> tuple[Entry, ...]:
        """Return the record: sorted by time, numbered by device, chained by hash."""
        counts: Counter[str] = Counter()
        found: list[Entry] = []
        for row in sorted(self._rows, key=lambda row: row.ts):
            device = self._devices[row.actor]
            counts[device] += 1
            found.append(
                append(
                    found,
                    id=self._id(row.name),
                    ts=row.ts,
                    actor=row.actor,
                    device=device,
                    device_seq=counts[device],
                    action=row.action,
                    obj=row.obj,
                    data=row.data,
                    supersedes=None if row.corrects is None else self._id(row.corrects),
                    reason=row.reason,
                )
            )
        return tuple(found)

    def _id(self, name: str) -> str:
        return self._chance.digest("row", name)[:32]


def later(when: datetime, seconds: float) -> datetime:
    """Return the time some seconds after another."""
    return when + timedelta(seconds=seconds)
