"""Imported events put into a study: into its record, else into its events.csv."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from isobole.results import DataError, Problem, ProblemList
from isobole.studies._append import append_all, now
from isobole.studies._chain import RECORD
from isobole.studies._import_map import events_sheet
from isobole.studies._projections import write_projections
from isobole.studies._read_sheets import read_sheet
from isobole.studies._record import replace_file
from isobole.studies._rows import Event
from isobole.studies._sheets import Sheet, sheet_of, sheet_text

EVENTS = "events.csv"


def add_events(
    folder: Path | str, events: Sequence[Event], *, actor: str, device: str = "import"
) -> int:
    """Add imported events to a study folder, and return how many were new.

    Where there is a record they are appended to it and the files are written anew;
    else they are added to `events.csv`. An event that is there already, by its id and
    with the same content, is not added again.

    Parameters
    ----------
    folder : path
        The study folder.
    events : sequence of Event
        As from `import_boris` or `import_table`.
    actor : str
        Who imports them.
    device : str
        What the record names as their origin, such as the name of the file.

    Raises
    ------
    DataError
        If an id is taken by another event, or the folder's own events cannot be read;
        nothing is written then.
    OSError
        If a file cannot be written.
    """
    place = Path(folder)
    if not (place / RECORD).exists():
        return _to_file(place, events)
    count = append_all(
        place,
        [
            {
                "id": event.event_id,
                "ts": now(),
                "actor": actor,
                "device": device,
                "action": "observe",
                "obj": event.animal_id,
                "data": _payload(event),
            }
            for event in events
        ],
    )
    if count:
        write_projections(place)
    return count


def _payload(event: Event) -> dict[str, object]:
    given = {
        "score": event.score,
        "observer": event.observer,
        "detail": event.detail,
        **event.extra,
    }
    return {
        "animal_id": event.animal_id,
        "t_ms": event.t_ms,
        "type": event.type,
        **{key: value for key, value in given.items() if value},
    }


def _to_file(place: Path, events: Sequence[Event]) -> int:
    found = ProblemList(EVENTS)
    there, _ = read_sheet(place, EVENTS, found)
    found.raise_errors()
    if there.source != EVENTS:
        raise DataError(
            [
                Problem(
                    "not-csv",
                    "The events of this folder are in a workbook",
                    file=there.source,
                    remedy="Save it as events.csv first",
                )
            ]
        )
    rows = _rows(there)
    by_id = {row["event_id"]: row for row in rows}
    new = []
    for row in _rows(events_sheet(tuple(events))):
        before = by_id.setdefault(row["event_id"], row)
        if before is row:
            new.append(row)
        elif _filled(before) != _filled(row):
            found.add(_taken(row["event_id"]))
    found.raise_errors()
    every = [*rows, *new]
    if new:
        sheet = sheet_of(EVENTS, every, range(2, len(every) + 2), EVENTS)
        replace_file(place / EVENTS, sheet_text(sheet))
    return len(new)


def _rows(sheet: Sheet) -> list[dict[str, str]]:
    names = list(sheet.columns)
    return [
        dict(zip(names, cells, strict=True))
        for cells in zip(*sheet.columns.values(), strict=True)
    ]


def _filled(row: dict[str, str]) -> dict[str, str]:
    return {key: text.strip() for key, text in row.items() if text.strip()}


def _taken(id: str) -> Problem:
    return Problem(
        "duplicate-id",
        f"The id {id} is taken by another event",
        file=EVENTS,
        column="event_id",
        given=id,
        remedy="Take the events of the earlier import back, or correct them by hand",
    )
