"""What stands for the record in a folder without one: lock, reveal, unblinded animals.

These files can be written by anybody; only a record is chained.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from isobole.studies._canonical import canonical_json
from isobole.studies._record import replace_file

LOCK = "analysis.lock"
REVEAL = "reveal.json"
UNBLINDED = "unblinded.csv"
_COLUMNS = ("animal_id", "reason", "person", "ts")


def is_locked(folder: Path) -> bool:
    """Return whether the analysis was locked by hand."""
    return (folder / LOCK).is_file()


def write_lock(folder: Path, data: Mapping[str, Any]) -> None:
    """Write the lock with what it covers."""
    replace_file(folder / LOCK, canonical_json(data) + "\n")


def revealed_groups(folder: Path) -> dict[str, str]:
    """Return group ids by code from `reveal.json`; empty where it is not there."""
    path = folder / REVEAL
    if not path.is_file():
        return {}
    try:
        groups = json.loads(path.read_text(encoding="utf-8")).get("groups", {})
        return {str(code): str(group) for code, group in groups.items()}
    except (ValueError, AttributeError):
        return {}


def write_reveal(folder: Path, data: Mapping[str, Any]) -> None:
    """Write what `allocation.reveal` holds in a record."""
    replace_file(folder / REVEAL, canonical_json(data) + "\n")


def unblinded_animals(folder: Path) -> dict[str, str]:
    """Return animals unblinded in an emergency, with the reason of each."""
    return {
        row["animal_id"]: row["reason"] or ""
        for row in _unblinded(folder)
        if row.get("animal_id")
    }


def add_unblinded(folder: Path, row: Mapping[str, str]) -> None:
    """Add one animal to `unblinded.csv`."""
    out = StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows([*_unblinded(folder), dict(row)])
    replace_file(folder / UNBLINDED, out.getvalue())


def _unblinded(folder: Path) -> list[dict[str, str]]:
    path = folder / UNBLINDED
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
