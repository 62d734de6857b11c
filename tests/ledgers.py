"""A record in memory, for tests of what is drafted for one."""

from __future__ import annotations

from collections.abc import Iterable

from isobole.studies import Draft, Entry, check_draft, follow


class Ledger:
    """A record in memory, appended to as a database would be."""

    def __init__(self) -> None:
        self.rows: list[Entry] = []
        self.by_id: dict[str, Entry] = {}

    def add(self, drafts: Iterable[Draft]) -> None:
        for draft in drafts:
            number = len(self.rows) + 1
            row = draft.row(
                id=f"r{number}",
                ts=f"2026-01-06T{8 + number // 3600:02d}:{number // 60 % 60:02d}:"
                f"{number % 60:02d}.000Z",
                actor="ana",
                device="server",
                device_seq=number,
            )
            check_draft(row, self.by_id)
            entry = follow(self.rows[-1] if self.rows else None, row)
            self.rows.append(entry)
            self.by_id[entry.id] = entry
