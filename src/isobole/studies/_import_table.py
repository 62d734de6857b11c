"""A plain spreadsheet as events: a row for each event, or latencies by animal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from isobole.results import Problem, ProblemList
from isobole.studies._import_map import SPANS, ImportMap, Meaning, milliseconds
from isobole.studies._rows import Event
from isobole.tables import RawTable

_EMPTY = frozenset(("", "-", "–", "na", "n/a"))


def import_table(
    path: Path | str, mapping: ImportMap, *, sheet: str | None = None
) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """Read a CSV or Excel table as events.

    A wide table of latencies becomes the starts of events; where `observed_s` says how
    long every animal was observed, its end is an event too, so that an animal in which
    nothing was seen is one that was observed.

    Parameters
    ----------
    path : path
        The table.
    mapping : ImportMap
        What its columns and codes mean here.
    sheet : str, optional
        The sheet of a workbook; the first by default.

    Returns
    -------
    events, problems : tuple of Event, tuple of Problem
        Rows for `events.csv`, and what was left out and why.

    Raises
    ------
    DataError
        If there is no table, or it lacks a column that the mapping names.
    """
    from isobole.tables import read_table

    found = ProblemList(str(Path(path).name))
    table = read_table(path, found, sheet=sheet)
    columns = {column.name: column.texts() for column in table.columns}
    needed = [mapping.animal]
    needed += [mapping.time, mapping.code] if mapping.layout == "long" else []
    needed += list(mapping.latencies) if mapping.layout == "wide" else []
    needed += [mapping.observer_column] if mapping.observer_column else []
    errors = ProblemList(str(Path(path).name))
    for name in needed:
        if name not in columns:
            errors.add(
                Problem(
                    "missing-column",
                    f"There is no column {name}",
                    row=1,
                    column=name,
                    expected=f"one of {', '.join(columns)}",
                    remedy="Correct the mapping, or the header",
                )
            )
    if mapping.layout == "wide" and not mapping.latencies:
        errors.add(
            Problem(
                "no-latencies",
                "The mapping of a wide table names no column of latencies",
                remedy="Add [latencies] to the mapping",
            )
        )
    errors.raise_errors()
    read = _long if mapping.layout == "long" else _wide
    events = tuple(read(table, columns, mapping, found))
    return events, found.found


def _animal(text: str, row: int, mapping: ImportMap, found: ProblemList) -> str | None:
    name = text.strip()
    animal = mapping.animals.get(name) if mapping.animals else name
    if not animal:
        found.add(
            Problem(
                "unmapped-animal",
                f"'{name}' is no animal of the mapping; the row was left out",
                row=row,
                column=mapping.animal,
                given=name,
                remedy="Add it to [animals], or fill in the cell",
            )
        )
    return animal or None


def _long(
    table: RawTable,
    columns: dict[str, list[str]],
    mapping: ImportMap,
    found: ProblemList,
) -> Iterator[Event]:
    observers = columns.get(mapping.observer_column or "", [""] * len(table.rows))
    rows = zip(
        table.rows.tolist(),
        columns[mapping.animal],
        columns[mapping.time],
        columns[mapping.code],
        observers,
        strict=True,
    )
    for row, subject, time, code, observer in rows:
        meaning = mapping.codes.get(code.strip())
        if meaning is None or meaning.type in (*SPANS, "t0"):
            found.add(_no_meaning(code.strip(), meaning, row, mapping))
            continue
        if meaning.type == "ignore":
            continue
        animal = _animal(subject, row, mapping, found)
        ms = _ms(time, row, mapping.time, mapping, found)
        if animal is None or ms is None:
            continue
        yield _event(f"row-{row}", animal, ms, meaning, observer.strip(), mapping)


def _wide(
    table: RawTable,
    columns: dict[str, list[str]],
    mapping: ImportMap,
    found: ProblemList,
) -> Iterator[Event]:
    observers = columns.get(mapping.observer_column or "", [""] * len(table.rows))
    nothing = _EMPTY | {text.casefold() for text in mapping.not_seen}
    for index, row in enumerate(table.rows.tolist()):
        animal = _animal(columns[mapping.animal][index], row, mapping, found)
        if animal is None:
            continue
        observer = observers[index].strip()
        for number, (name, meaning) in enumerate(mapping.latencies.items(), start=1):
            text = columns[name][index].strip()
            if text.casefold() in nothing or meaning.type == "ignore":
                continue
            ms = _ms(text, row, name, mapping, found)
            if ms is None:
                continue
            if mapping.observed_s is not None and ms >= 1000 * mapping.observed_s:
                found.add(_censored(text, row, name, mapping))
                continue
            if meaning.type in SPANS:
                start = SPANS[meaning.type]
                meaning = Meaning(type=start, detail=meaning.detail)
            yield _event(f"row-{row}-{number}", animal, ms, meaning, observer, mapping)
        if mapping.observed_s is not None:
            ended = Meaning(type="end", detail="window_done")
            ms = round(1000 * mapping.observed_s)
            yield _event(f"row-{row}-end", animal, ms, ended, observer, mapping)


def _event(
    id: str, animal: str, ms: int, meaning: Meaning, observer: str, mapping: ImportMap
) -> Event:
    return Event(
        # With the animal: a study has several sheets, each with a row 2.
        event_id=f"{animal}-{id}",
        animal_id=animal,
        t_ms=ms,
        type=meaning.type,
        score=meaning.score if meaning.type == "score_change" else None,
        observer=observer or mapping.observer,
        supersedes=None,
        reason=None,
        detail=meaning.detail,
    )


def _ms(
    text: str, row: int, column: str, mapping: ImportMap, found: ProblemList
) -> int | None:
    ms = milliseconds(text.replace(",", "."), mapping.time_unit)
    if ms is not None and ms >= 0:
        return ms
    found.add(
        Problem(
            "bad-time",
            f"{column} is '{text.strip()}'; it was left out",
            row=row,
            column=column,
            given=text.strip(),
            expected=f"a time of 0 or more, in {mapping.time_unit}",
            remedy="Correct the cell; what stands where nothing was seen belongs in "
            "not_seen of the mapping",
        )
    )
    return None


def _censored(text: str, row: int, column: str, mapping: ImportMap) -> Problem:
    return Problem(
        "censored-value",
        f"{column} is {text}, the end of the observation: it was taken as not seen",
        severity="warning",
        row=row,
        column=column,
        given=text,
        expected=f"a time below {mapping.observed_s:g} s",
        remedy=f'Add "{text}" to not_seen of the mapping if it means that nothing was '
        "seen",
    )


def _no_meaning(
    code: str, meaning: Meaning | None, row: int, mapping: ImportMap
) -> Problem:
    if meaning is None:
        return Problem(
            "unmapped-code",
            f"The code '{code}' is not in the mapping; the row was left out",
            row=row,
            column=mapping.code,
            given=code,
            remedy='Add it to [codes]; type = "ignore" leaves it out',
        )
    return Problem(
        "not-one-event",
        f"The code '{code}' is mapped to {meaning.type}, which is no single event; the "
        "row was left out",
        row=row,
        column=mapping.code,
        given=code,
        expected="a type of event, such as clonic_start",
        remedy="Map start and stop apart; times of a table count from the animal's t0",
    )
