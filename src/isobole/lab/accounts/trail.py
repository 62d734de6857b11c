"""The audit trail: rows of a record as somebody may read them, old beside new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from isobole.lab.accounts._filter import Filter
from isobole.lab.permissions import Access
from isobole.lab.record import entries_of, seen_by_blinded

WHOLE = (
    "seq", "id", "ts", "actor", "device", "device_seq", "action", "obj", "data",
    "supersedes", "reason", "prev", "hash",
)  # fmt: skip
OWN = ("id", "ts", "actor", "action", "obj", "data", "supersedes", "reason")


@dataclass(frozen=True, slots=True)
class Changed:
    """One value before and after a correction; None where there was or is none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class TrailRow:
    """A row with what it corrected.

    `row` holds the fields that the reader may see; `before` is the data of the row
    that it corrects, None if it corrects none or one the reader may not see.
    """

    row: Mapping[str, Any]
    before: Mapping[str, Any] | None
    by: str | None

    @property
    def is_correction(self) -> bool:
        """Whether the row corrects another."""
        return self.row["supersedes"] is not None

    @property
    def changed(self) -> tuple[Changed, ...]:
        """The values that a correction changed, in the order of their names."""
        if self.before is None:
            return ()
        now: Mapping[str, Any] = self.row["data"]
        return tuple(
            Changed(name, self.before.get(name), now.get(name))
            for name in sorted({*self.before, *now})
            if self.before.get(name) != now.get(name)
        )

    @property
    def animal(self) -> str:
        """The animal it is about, empty if it is about none."""
        return str(self.row["data"].get("animal_id", ""))

    def to_dict(self) -> dict[str, Any]:
        """Return the row as it stands in JSON, with the data before a correction."""
        return {**self.row, "before": None if self.before is None else {**self.before}}


def columns_of(access: Access) -> tuple[str, ...]:
    """Return the fields of a row that somebody may read."""
    return WHOLE if access.may("record.see") else OWN


def trail_of(access: Access) -> tuple[TrailRow, ...]:
    """Return the rows that somebody may read: the whole record, or their own rows."""
    entries = entries_of(access.study.study_id)
    rows: Sequence[Mapping[str, Any]]
    if access.may("record.see"):
        rows = [asdict(entry) for entry in entries]
    else:
        me = access.user.username
        rows = [row for row in seen_by_blinded(entries) if row["actor"] == me]
    by_id = {row["id"]: row for row in rows}
    return tuple(_with_before(row, by_id.get(row["supersedes"])) for row in rows)


def chosen(rows: Sequence[TrailRow], asked: Filter) -> list[TrailRow]:
    """Return the rows that are asked for."""
    return [
        one
        for one in rows
        if asked.person in ("", one.row["actor"])
        and asked.action in ("", one.row["action"])
        and asked.animal in ("", one.animal, one.row["obj"])
        and asked.takes_time(one.row["ts"])
        and (not asked.corrections or one.is_correction)
    ]


def _with_before(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> TrailRow:
    if before is None:
        return TrailRow(row, None, None)
    return TrailRow(row, before["data"], str(before["actor"]))
