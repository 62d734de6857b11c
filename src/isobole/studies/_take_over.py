"""A folder filled by hand taken over into a record: the rows that begin it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from isobole.results import DataError, Problem, ProblemList
from isobole.studies._amendments import Row, written
from isobole.studies._chain import RECORD
from isobole.studies._check_draft import check_draft
from isobole.studies._draft import Draft, animal_draft, decimal_text, protocol_draft
from isobole.studies._entry import Entry
from isobole.studies._hand_made import check_lock, lock_of, reveal_of
from isobole.studies._payloads import PAYLOADS, VOID, check_payload
from isobole.studies._rows import Animal, DoseGiven, Event, Exclusion, Session
from isobole.studies._study import Study
from isobole.studies._take_over_allocation import allocation_drafts

_NO_REASON = "no reason was written in the folder filled by hand"
_Chained = Sequence[DoseGiven] | Sequence[Event] | Sequence[Session]


def record_drafts(study: Study) -> tuple[Draft, ...]:
    """Return the rows that begin the record of a study filled by hand.

    `study_from_record` of these rows is analysed as the folder is. Rows keep their
    ids; ids that two files share are given the kind of their row in front. What a
    record says by itself is kept beside it: `noted_at` and `noted_by` are the time and
    the person that the folder names, because the row's own are those of taking it over.

    An allocation without a commitment enters the record with the commitment "none":
    nothing shows when it was made, and every check goes on saying so. Concentrations
    have no row in a record and stay in their file.

    Parameters
    ----------
    study : Study
        As read from a folder without `record.jsonl`.

    Returns
    -------
    tuple of Draft
        In the order they are to be appended; none is written.

    Raises
    ------
    DataError
        If the study has a record or errors, was changed after its lock, or has no
        folder with its `study.toml`. A record is for ever: faults are mended first.
    """
    _check(study)
    drafts = [
        protocol_draft(_protocol_text(study)),
        *map(_animal, study.animals),
        *allocation_drafts(study),
        *_rows(study),
        *(_exclusion(row) for row in study.exclusions),
        *_marks(study),
    ]
    found = ProblemList()
    before: dict[str, Entry] = {}
    for number, draft in enumerate(drafts, start=1):
        row = draft.row(id=f"row {number}", ts="-", actor="-", device="-", device_seq=1)
        try:
            check_draft(row, before)
        except DataError as error:
            for problem in error.problems:
                said = f"{draft.obj}: {problem.message}"
                found.add(replace(problem, message=said))
        before[row["id"]] = Entry(**row, seq=number, prev="", hash="")
    found.raise_errors()
    return tuple(drafts)


def _check(study: Study) -> None:
    from isobole.studies._check_study import check_study

    if study.record:
        raise DataError(
            [
                Problem(
                    "record-exists",
                    "This study has a record already",
                    file=RECORD,
                    remedy="Append to it; only a folder without one is taken over",
                )
            ]
        )
    errors = [p for p in check_study(study) if p.severity == "error"]
    errors += [replace(p, severity="error") for p in check_lock(study)]
    for name, rows in (("animals", study.animals), ("exclusions", study.exclusions)):
        if any(VOID in row.extra for row in rows):
            errors.append(
                Problem(
                    "column-void",
                    "A column is called void, which takes rows back in a record",
                    file=f"{name}.csv",
                    row=1,
                    column=VOID,
                    remedy="Give the column another name",
                )
            )
    if errors:
        raise DataError(dict.fromkeys(errors))


def _protocol_text(study: Study) -> str:
    from isobole.studies._protocol_toml import FILE, read_protocol

    path = None if study.path is None else study.path / FILE
    if path is not None and path.is_file():
        same = read_protocol(path).sha256 == study.protocol.sha256
        if same:
            return path.read_text(encoding="utf-8-sig")
    raise DataError(
        [
            Problem(
                "no-protocol-text",
                "The protocol was changed after the study was read"
                if path is not None and path.is_file()
                else "There is no study.toml from which this study was read",
                file=FILE,
                remedy="Read the study again from its folder",
            )
        ]
    )


def _animal(animal: Animal) -> Draft:
    extra = {name: text for name, text in animal.extra.items() if name != "t0"}
    return animal_draft(replace(animal, extra=extra))


def _rows(study: Study) -> Iterator[Draft]:
    """Yield doses, t0, events and sessions, each row before its corrections."""
    taken: set[str] = set()
    yield from _chained(study.doses, "dose", "dose.give", taken)
    for animal in study.animals:
        if t0 := animal.extra.get("t0"):
            name = animal.animal_id
            yield Draft("t0", name, {"animal_id": name, "wall": t0})
    # The first observer by name is the main one, in a record the first who scored.
    events = sorted(
        study.events, key=lambda e: (e.observer or "", e.ts or "", e.event_id)
    )
    yield from _chained(events, "event", "observe", taken)
    yield from _chained(study.sessions, "session", "session.add", taken)


def _chained(
    rows: _Chained, kind: str, action: str, taken: set[str]
) -> Iterator[Draft]:
    by_id: dict[str, Any] = {}
    for row in rows:
        by_id.setdefault(getattr(row, f"{kind}_id"), row)
    before = f"{kind}-" if taken.intersection(by_id) else ""
    taken.update(before + name for name in by_id)
    for name, row in _in_order(by_id):
        if row.supersedes is None:
            yield Draft(action, row.animal_id, _data(row, action), id=before + name)
            continue
        yield Draft(
            "amend",
            row.animal_id,
            {VOID: 1} if row.void else _data(row, action),
            supersedes=before + row.supersedes,
            reason=row.reason or _NO_REASON,
            id=before + name,
        )


def _in_order(by_id: Mapping[str, Row]) -> Iterator[tuple[str, Row]]:
    """Yield first rows, then corrections after what they correct.

    Where several correct one row, the one that holds comes last, as in a record.
    """
    yield from ((name, row) for name, row in by_id.items() if row.supersedes is None)
    corrected = {row.supersedes for row in by_id.values()}
    later = {name: row for name, row in by_id.items() if row.supersedes is not None}
    inner = [name for name in later if name in corrected]
    done: set[str] = set()
    for name in inner:
        way = []
        at: str | None = name
        while at in later and at not in done:
            done.add(at)
            way.append(at)
            at = later[at].supersedes
        yield from ((one, later[one]) for one in reversed(way))
    last = [(name, row) for name, row in later.items() if name not in done]
    yield from sorted(last, key=lambda pair: written(pair[1], False))


def _data(row: DoseGiven | Event | Session, action: str) -> dict[str, Any]:
    """Return the payload of a row: its cells that are filled, and its own columns."""
    payload = PAYLOADS[action]
    kinds = {**payload.required, **payload.optional}
    data: dict[str, Any] = {}
    for name, text in row.extra.items():
        whole = kinds.get(name) == "whole" and text.isdecimal()
        data[name] = int(text) if whole else text
    for name, kind in kinds.items():
        value = getattr(row, name, None)
        if value is not None:
            data[name] = decimal_text(value) if kind == "decimal" else value
    if isinstance(row, Event):
        return {**data, **({"noted_at": row.ts} if row.ts else {})}
    # Without a time of its own a row would be given that of taking it over.
    return {**data, "ts": row.ts or ""}


def _exclusion(row: Exclusion) -> Draft:
    noted = {"noted_by": row.person, "noted_at": row.ts}
    return Draft(
        "exclude",
        row.animal_id,
        {
            **row.extra,
            "animal_id": row.animal_id,
            "criterion": row.criterion,
            "reason": row.reason,
            **{name: text for name, text in noted.items() if text},
        },
    )


def _marks(study: Study) -> Iterable[Draft]:
    """Yield what was done with the study: emergencies, lock and reveal."""
    study_id = study.protocol.study_id
    for name, reason in study.unblinded.items():
        data = {"animal_id": name, "reason": reason.strip() or _NO_REASON}
        yield Draft("unblind", name, data)
    if study.path is None:
        return
    if study.locked:
        yield Draft("analysis.lock", study_id, _noted(lock_of(study.path)))
    if study.revealed:
        data = _noted(reveal_of(study.path))
        if not check_payload("allocation.reveal", data):
            yield Draft("allocation.reveal", study_id, data)


def _noted(data: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the person and the time of a file, which are not those of the row."""
    names = {"actor": "noted_by", "ts": "noted_at"}
    return {names.get(name, name): value for name, value in data.items()}
