"""Which rows hold: rows sent twice are one, corrected rows give way to the last.

Nothing here depends on the order of the rows in their file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from isobole.results import Problem
from isobole.studies._rows import DoseGiven, Event, Session

Row = TypeVar("Row", Event, DoseGiven, Session)
_ID: dict[type, str] = {
    Event: "event_id",
    DoseGiven: "dose_id",
    Session: "session_id",
}


def holding(
    rows: Iterable[Row], *, file: str, chained: bool = False
) -> tuple[list[Row], list[Problem]]:
    """Return the rows that hold, and what is wrong with duplicates and amendments.

    Of rows that correct the same one in different ways, the later holds: by the
    record's number where there is a record, else by `ts`, else by id.

    Parameters
    ----------
    rows : iterable of Event, DoseGiven or Session
        All rows of the file, amendments and void rows included.
    file : str
        What problems call the file.
    chained : bool
        Whether `line` is the number in a record and so the order of writing.
    """
    problems: list[Problem] = []
    by_id = _once(rows, file, problems)
    parents = {key: row.supersedes for key, row in by_id.items() if row.supersedes}
    if not parents:
        return _kept(by_id.values(), file, problems), problems
    children: dict[str, list[str]] = {}
    roots = []
    for key, row in by_id.items():
        parent = row.supersedes
        if parent is not None and parent in by_id:
            children.setdefault(parent, []).append(key)
            problems += _amendment_faults(by_id[parent], row, file, chained)
        else:
            roots.append(key)
            if parent is not None:
                problems.append(_unknown(row, parent, file))
    reached = 0
    last: list[Row] = []
    for root in roots:
        if root not in children:
            reached += 1
            last.append(by_id[root])
            continue
        leaves, count = _leaves(root, children)
        reached += count
        found = [by_id[key] for key in leaves]
        if len(found) > 1 and not chained and not all(map(_ts, found)):
            problems.append(_forked(found, file))
        last.append(max(found, key=lambda row: written(row, chained)))
    if reached < len(by_id):
        problems.append(_circle(by_id, roots, children, file))
    return _kept(last, file, problems), problems


def _once(rows: Iterable[Row], file: str, problems: list[Problem]) -> dict[str, Row]:
    by_id: dict[str, Row] = {}
    sent: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = getattr(row, _ID[type(row)])
        if row.extra and "device_seq" in row.extra:
            number = (row.extra.get("device", ""), row.extra["device_seq"])
            before = sent.setdefault(number, row)
            if before is not row and _content(before)[1:] == _content(row)[1:]:
                first, second = sorted((before, row), key=_content)
                by_id.pop(getattr(second, _ID[type(row)]), None)
                by_id[getattr(first, _ID[type(row)])] = sent[number] = first
                continue
        other = by_id.setdefault(key, row)
        if other is row or other == row:
            continue
        problems.append(_duplicate(key, other, row, file))
        by_id[key] = min(other, row, key=_content)
    return by_id


def _content(row: Event | DoseGiven | Session) -> tuple[str, ...]:
    """Return what the row says as texts, its id first and its line left out."""
    return tuple(
        str(sorted(value.items())) if name == "extra" else str(value)
        for name in row.__slots__
        if name != "line"
        for value in (getattr(row, name),)
    )


def _leaves(root: str, children: dict[str, list[str]]) -> tuple[list[str], int]:
    """Return the rows below `root` that nothing supersedes, and how many there are."""
    leaves, count, waiting = [], 0, [root]
    while waiting:
        key = waiting.pop()
        count += 1
        below = children.get(key)
        if below:
            waiting += below
        else:
            leaves.append(key)
    return leaves, count


def written(row: Row, chained: bool) -> tuple[float, str]:
    """Return a key that sorts corrections of one row: the last of them holds."""
    key: str = getattr(row, _ID[type(row)])
    if chained:
        return float(row.line or 0), key
    time = _ts(row)
    return (time.timestamp() if time else float("-inf")), key


def _ts(row: Event | DoseGiven | Session) -> datetime | None:
    return moment(row.ts) if isinstance(row, Event) else None


def moment(text: str | None) -> datetime | None:
    """Read an ISO 8601 time, UTC where it names no zone; None if it is none.

    Examples
    --------
    >>> moment("2026-01-06T09:00:00.000Z") == moment("2026-01-06 10:00+01:00")
    True
    """
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _kept(rows: Iterable[Row], file: str, problems: list[Problem]) -> list[Row]:
    kept = []
    for row in rows:
        if not row.void:
            kept.append(row)
        elif not row.supersedes:
            problems.append(
                Problem(
                    "void-without-row",
                    "A void row takes back no row",
                    file=file,
                    row=row.line,
                    column="supersedes",
                    remedy="Name the row it takes back",
                )
            )
    return kept


def _amendment_faults(parent: Row, row: Row, file: str, chained: bool) -> list[Problem]:
    found = []
    before, after = _ts(parent), _ts(row)
    if not chained and before and after and after < before:
        found.append(backwards(file, row.line, parent.ts, row.ts))
    if not row.reason:
        found.append(
            Problem(
                "no-reason",
                "A row is corrected without a reason",
                severity="warning",
                file=file,
                row=row.line,
                column="reason",
                remedy="Say why in a few words",
            )
        )
    return found


def backwards(
    file: str, row: int | None, before: str | None, after: str | None
) -> Problem:
    """Say that a correction is older than what it corrects."""
    return Problem(
        "time-backwards",
        "The correction was written before the row that it corrects",
        file=file,
        row=row,
        column="ts",
        given=after,
        expected=f"later than {before}",
        remedy="Check the clock of the device, and which row corrects which",
    )


def _unknown(row: Row, parent: str, file: str) -> Problem:
    return Problem(
        "unknown-row",
        f"The row corrects {parent}, which is not there; it was taken for a new one",
        file=file,
        row=row.line,
        column="supersedes",
        given=parent,
        remedy="Give the id of the row corrected",
    )


def _duplicate(key: str, one: Row, other: Row, file: str) -> Problem:
    lines = sorted(line for line in (one.line, other.line) if line is not None)
    return Problem(
        "duplicate-id",
        f"Two rows with different content have the id {key}",
        file=file,
        row=lines[-1] if lines else None,
        column=_ID[type(one)],
        given=key,
        remedy="Give each row its own id; if one corrects the other, name it in "
        "supersedes",
    )


def _forked(rows: Sequence[Row], file: str) -> Problem:
    keys = sorted(getattr(row, _ID[type(row)]) for row in rows)
    return Problem(
        "corrected-twice",
        f"Rows {_listed(keys)} correct the same row, and no time says which is "
        f"later; {keys[-1]} was taken",
        file=file,
        row=max((row.line or 0 for row in rows), default=0) or None,
        column="supersedes",
        remedy="Let the later one supersede the earlier one, or fill in ts",
    )


def _listed(keys: Sequence[str]) -> str:
    more = ", ..." if len(keys) > 5 else ""
    return ", ".join(keys[:5]) + more


def _circle(
    by_id: dict[str, Row], roots: list[str], children: dict[str, list[str]], file: str
) -> Problem:
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        key = waiting.pop()
        seen.add(key)
        waiting += children.get(key, [])
    lost = [row for key, row in by_id.items() if key not in seen]
    keys = sorted(getattr(row, _ID[type(row)]) for row in lost)
    return Problem(
        "amendment-circle",
        f"Rows {_listed(keys)} correct each other in a circle and were left out",
        file=file,
        row=min(row.line or 0 for row in lost) or None,
        column="supersedes",
        remedy="Leave supersedes empty in the row that came first",
    )
