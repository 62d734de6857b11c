"""Records to put into a lab: bundled ones cut short, or with another protocol."""

from __future__ import annotations

from dataclasses import asdict
from re import subn
from typing import Any


def entries_until(action: str, bundled: str = "ptz-valproate-magnesium") -> Any:
    """Return the rows of a bundled study before the first of an action."""
    from isobole.datasets import study_path
    from isobole.studies import read_record

    entries = read_record(study_path(bundled) / "record.jsonl")
    actions = [entry.action for entry in entries]
    return entries[: actions.index(action)]


def blinding_only_dosing(saved: Any) -> dict[str, Any]:
    """Return the data of a saved protocol that blinds nothing but dosing."""
    from isobole.studies import protocol_draft, protocol_from_text

    text, count = subn(
        r"blinded = \[[^\]]*\]", 'blinded = ["dosing"]', saved.data["toml"]
    )
    assert count == 1
    protocol_from_text(text)
    return dict(protocol_draft(text).data)


def rechained(rows: Any) -> list[Any]:
    """Return rows, given as entries or as dictionaries, chained anew."""
    from isobole.studies import follow

    made: list[Any] = []
    for row in rows:
        draft = row if isinstance(row, dict) else asdict(row)
        draft = {k: v for k, v in draft.items() if k not in ("seq", "prev", "hash")}
        made.append(follow(made[-1] if made else None, draft))
    return made
