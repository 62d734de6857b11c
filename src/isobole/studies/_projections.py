"""The record seen as tables: each file of the folder follows from its rows alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isobole.results import Problem, ProblemList
from isobole.studies._canonical import canonical_json
from isobole.studies._chain import RECORD
from isobole.studies._entry import Entry
from isobole.studies._payloads import VOID
from isobole.studies._read_record import read_record
from isobole.studies._record import record_text, replace_file
from isobole.studies._sheets import Sheet, sheet_of, sheet_text

PROTOCOL = "study.toml"
# Files with all rows, amendments included: action, and the column of the row's own id.
_CHAINED = {
    "doses.csv": ("dose.give", "dose_id"),
    "events.csv": ("observe", "event_id"),
    "sessions.csv": ("session.add", "session_id"),
}
# Columns that come from the row of the record, never from its data.
_OWN = ("supersedes", "reason", "void")


def project(entries: Sequence[Entry]) -> dict[str, Sheet]:
    """Return every file that follows from the record, by its name.

    Rows sent twice are one row. Doses, events and sessions keep all their rows, the
    amended ones and the amendments; the other files show what holds now.
    `concentrations.csv` has no action of the record and is not among them.

    Examples
    --------
    >>> sorted(project(()))
    ['animals.csv', 'doses.csv', 'events.csv', 'exclusions.csv', 'sessions.csv']
    """
    rows = distinct(entries, ProblemList())
    roots = root_actions(rows)
    sheets = {
        name: _chained(name, action, own_id, rows, roots)
        for name, (action, own_id) in _CHAINED.items()
    }
    holding = effective(rows)
    sheets["animals.csv"] = _animals(holding)
    sheets["exclusions.csv"] = _sheet(
        "exclusions.csv",
        (
            (entry, {**_texts(data), "person": entry.actor, "ts": entry.ts})
            for entry, action, data in holding
            if action == "exclude"
        ),
    )
    allocation = _allocation(rows)
    if allocation is not None:
        sheets["allocation.csv"] = allocation
    return dict(sorted(sheets.items()))


def write_projections(folder: Path | str) -> tuple[Path, ...]:
    """Write every file that follows from the folder's record; the same bytes always.

    Returns
    -------
    tuple of Path
        The files written: `study.toml` too if the record holds it.

    Raises
    ------
    DataError
        If the record cannot be read.
    OSError
        If there is no record, or a file cannot be written.
    """
    place = Path(folder)
    texts = folder_files(read_record(place / RECORD))
    del texts[RECORD]  # it is what they follow from
    for name, text in texts.items():
        replace_file(place / name, text)
    return tuple(place / name for name in texts)


def folder_files(entries: Sequence[Entry]) -> dict[str, str]:
    """Return names and texts of the files that a folder with this record holds.

    These are `record.jsonl`, `study.toml` as it was saved last, and every table that
    follows from the rows (see `project`). Written to a folder, as UTF-8 without
    changed line ends, `read_study` finds nothing that differs from the record.

    Raises
    ------
    DataError
        If a floating-point number stands in a row.

    Examples
    --------
    >>> sorted(folder_files(()))[-2:]
    ['record.jsonl', 'sessions.csv']
    """
    texts = {name: sheet_text(sheet) for name, sheet in project(entries).items()}
    protocol = saved_protocol(entries)
    if protocol is not None and isinstance(protocol.data.get("toml"), str):
        texts[PROTOCOL] = protocol.data["toml"]
    texts[RECORD] = record_text(entries)
    return texts


def saved_protocol(entries: Sequence[Entry]) -> Entry | None:
    """Return the row that saved the protocol last, if one did."""
    saved = [entry for entry in entries if entry.action == "protocol.save"]
    return saved[-1] if saved else None


def distinct(entries: Sequence[Entry], found: ProblemList) -> tuple[Entry, ...]:
    """Leave out rows that a device sent twice; the same number otherwise is a fault."""
    first: dict[tuple[str, int], Entry] = {}
    kept = []
    for entry in entries:
        before = first.setdefault((entry.device, entry.device_seq), entry)
        if before is not entry and _same(before, entry):
            continue
        if before is not entry:
            found.add(
                Problem(
                    "device-seq-taken",
                    f"Device {entry.device} sent two different rows with the number "
                    f"{entry.device_seq}",
                    file=RECORD,
                    row=entry.seq,
                    given=f"rows {before.seq} and {entry.seq}",
                    remedy="Keep both, and amend the one that is wrong; then find out "
                    "why the device counted twice",
                )
            )
        kept.append(entry)
    return tuple(kept)


def _same(one: Entry, other: Entry) -> bool:
    names = ("actor", "action", "obj", "data", "supersedes", "reason")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def root_actions(entries: Iterable[Entry]) -> dict[str, str]:
    """Return for each row's id the action it is about, amendments followed back.

    A row only refers to earlier ones, so that one pass is enough.
    """
    roots: dict[str, str] = {}
    for entry in entries:
        action = entry.action
        if action == "amend":
            action = roots.get(entry.supersedes or "", "amend")
        roots.setdefault(entry.id, action)
    return roots


def effective(entries: Sequence[Entry]) -> list[tuple[Entry, str, Mapping[str, Any]]]:
    """Return first rows with their action and the data that hold now, void ones gone.

    Of several rows that correct the same one, the last in the record holds.
    """
    first: dict[str, str] = {}
    latest: dict[str, Entry] = {}
    for entry in entries:
        root = first.get(entry.supersedes or "", entry.id)
        first.setdefault(entry.id, root)
        latest[root] = entry
    return [
        (entry, entry.action, latest[entry.id].data)
        for entry in entries
        if first[entry.id] == entry.id
        and entry.id in latest
        and VOID not in latest[entry.id].data
    ]


def _chained(
    name: str,
    action: str,
    own_id: str,
    entries: Sequence[Entry],
    roots: Mapping[str, str],
) -> Sheet:
    before: dict[str, dict[str, str]] = {}
    rows = []
    for entry in entries:
        if roots[entry.id] != action:
            continue
        void = VOID in entry.data
        if void:  # a row taken back shows what it was
            row = dict(before.get(entry.supersedes or "", {}))
        else:
            row = {k: v for k, v in _texts(entry.data).items() if k not in _OWN}
        before[entry.id] = row
        row = {
            **row,
            own_id: entry.id,
            "ts": entry.ts if name == "events.csv" else row.get("ts", entry.ts),
            "supersedes": entry.supersedes or "",
            "reason": entry.reason or "",
            "void": "yes" if void else "",
        }
        rows.append((entry, row))
    return _sheet(name, rows)


def _animals(holding: Iterable[tuple[Entry, str, Mapping[str, Any]]]) -> Sheet:
    rows = []
    t0: dict[str, str] = {}
    for entry, action, data in holding:
        if action == "animal.add":
            rows.append((entry, _texts(data)))
        elif action == "t0":
            t0.setdefault(str(data.get("animal_id", "")), str(data.get("wall", "")))
    return _sheet(
        "animals.csv",
        ((entry, {**row, **_own_t0(row, t0)}) for entry, row in rows),
    )


def _own_t0(row: Mapping[str, str], recorded: Mapping[str, str]) -> dict[str, str]:
    """Return the t0 that was recorded, else the one the animal's own row has."""
    found = recorded.get(row.get("animal_id", "")) or row.get("t0", "")
    return {"t0": found}


def _allocation(entries: Sequence[Entry]) -> Sheet | None:
    """Return the allocation where the record holds its rows (codes, never groups)."""
    commits = [entry for entry in entries if entry.action == "allocation.commit"]
    if not commits or not isinstance(commits[-1].data.get("rows"), list):
        return None
    listed = [row for row in commits[-1].data["rows"] if isinstance(row, dict)]
    revealed: Mapping[str, Any] = {}
    for entry in entries:
        if entry.action == "allocation.reveal":
            revealed = entry.data.get("groups", {})
    rows = [_with_group(_texts(row, separator=";"), revealed) for row in listed]
    # All rows stand in one row of the record: their lines are those of the file.
    name = "allocation.csv"
    return sheet_of(name, rows, range(2, len(rows) + 2), name)


def _with_group(row: dict[str, str], revealed: Mapping[str, Any]) -> dict[str, str]:
    group = revealed.get(row.get("group_code", ""))
    return {**row, "group": str(group)} if group is not None else row


def _sheet(name: str, rows: Iterable[tuple[Entry, Mapping[str, str]]]) -> Sheet:
    every = list(rows)
    return sheet_of(
        name, [row for _, row in every], [entry.seq for entry, _ in every], RECORD
    )


def _texts(data: Mapping[str, Any], separator: str | None = None) -> dict[str, str]:
    return {key: _text(value, separator) for key, value in data.items()}


def _text(value: Any, separator: str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and separator is not None:
        return separator.join(map(str, value))
    return canonical_json(value)
