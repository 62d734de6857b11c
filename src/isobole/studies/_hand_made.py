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

from isobole.results import Problem
from isobole.studies._canonical import canonical_json
from isobole.studies._record import replace_file
from isobole.studies._study import Study

LOCK = "analysis.lock"
REVEAL = "reveal.json"
UNBLINDED = "unblinded.csv"
LOCKED_FILES = (
    "study.toml", "animals.csv", "doses.csv", "events.csv", "sessions.csv",
    "exclusions.csv", "concentrations.csv",
)  # fmt: skip
_COLUMNS = ("animal_id", "reason", "person", "ts")


def is_locked(folder: Path) -> bool:
    """Return whether the analysis was locked by hand."""
    return (folder / LOCK).is_file()


def check_lock(study: Study) -> tuple[Problem, ...]:
    """Say which files of a folder filled by hand changed after the lock."""
    if study.record or study.path is None or not is_locked(study.path):
        return ()
    try:
        locked = json.loads((study.path / LOCK).read_text(encoding="utf-8"))["files"]
        due = dict(locked.items())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return (
            Problem(
                "lock-damaged",
                "The lock does not say what was locked",
                file=LOCK,
                remedy="Restore it from a backup",
            ),
        )
    now = {file.file: file.sha256 for file in study.files if file.file in LOCKED_FILES}
    return tuple(
        Problem(
            "changed-after-lock",
            f"{name} was changed after the analysis was locked",
            severity="warning",
            file=name,
            given=now.get(name, "no file"),
            expected=due.get(name, "no file"),
            remedy="Report the change, and the outcomes with and without it",
        )
        for name in sorted({*now, *due})
        if now.get(name) != due.get(name)
    )


def lock_of(folder: Path) -> dict[str, Any]:
    """Return what `analysis.lock` holds; empty where it is not there or damaged."""
    return _document(folder / LOCK)


def reveal_of(folder: Path) -> dict[str, Any]:
    """Return what `reveal.json` holds; empty where it is not there or damaged."""
    return _document(folder / REVEAL)


def _document(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_lock(folder: Path, data: Mapping[str, Any]) -> None:
    """Write the lock with what it covers."""
    replace_file(folder / LOCK, canonical_json(data) + "\n")


def revealed_groups(folder: Path) -> dict[str, str]:
    """Return group ids by code from `reveal.json`; empty where it is not there."""
    groups = reveal_of(folder).get("groups", {})
    if not isinstance(groups, dict):
        return {}
    return {str(code): str(group) for code, group in groups.items()}


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
