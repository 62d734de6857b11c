"""Sheets of text to typed rows; a row that cannot be used is named and left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from isobole.results import ProblemList
from isobole.studies._enums import EVENT_TYPES, AfterdischargeStatus, DoseKind
from isobole.studies._read_cells import Cells
from isobole.studies._rows import (
    Allotment,
    Animal,
    Concentration,
    DoseGiven,
    Event,
    Exclusion,
    Session,
)
from isobole.studies._sheets import LAYOUT, Sheet

Row = TypeVar("Row")
PHASES = ("threshold", "kindling", "test")
_NONE: Mapping[str, str] = {}
_MS = "Times are whole milliseconds: write 75.25 s as 75250"


def animals(sheet: Sheet, found: ProblemList) -> tuple[Animal, ...]:
    """Read the rows of `animals.csv`; the column t0 stays in `extra`."""
    cells = Cells(sheet, found)
    columns = (
        cells.needed("animal_id"),
        cells.choice("species", ("mouse", "rat"), needed="yes"),
        cells.needed("strain"),
        cells.choice("sex", ("F", "M"), needed="yes"),
        cells.number("age_days"),
        cells.number("weight_g", least="more than 0 g"),
        cells.text("cage"),
        cells.text("litter"),
        cells.text("day"),
        _extras(sheet, also=("t0",)),
        sheet.lines,
    )
    return _rows(cells, Animal, columns)


def allocation(sheet: Sheet, found: ProblemList) -> tuple[Allotment, ...]:
    """Read the rows of `allocation.csv`."""
    cells = Cells(sheet, found)
    columns = (
        cells.needed("animal_id"),
        cells.needed("group_code"),
        cells.text("group"),
        cells.text("stratum"),
        cells.whole("block"),
        cells.text("day"),
        cells.text("chamber"),
        cells.whole("order"),
        [
            tuple(re.findall(r"[^;\s]+", text))
            for text in sheet.columns["syringe_codes"]
        ],
        _extras(sheet),
        sheet.lines,
    )
    return _rows(cells, Allotment, columns)


def doses(sheet: Sheet, found: ProblemList) -> tuple[DoseGiven, ...]:
    """Read the rows of `doses.csv`; a row without an id is called by its line."""
    cells = Cells(sheet, found)
    ids = [
        text or f"line-{line}"
        for text, line in zip(sheet.columns["dose_id"], sheet.lines, strict=True)
    ]
    columns = (
        ids,
        cells.needed("animal_id"),
        cells.text("ts"),
        cells.choice("kind", get_args(DoseKind), needed="yes"),
        cells.text("syringe_code"),
        cells.text("substance"),
        cells.number("amount"),
        cells.text("unit"),
        cells.number("volume_ml"),
        cells.number("weight_g", least="more than 0 g"),
        cells.text("route"),
        cells.text("person"),
        cells.text("supersedes"),
        cells.text("reason"),
        _extras(sheet),
        _void(cells),
        sheet.lines,
    )
    return _rows(cells, DoseGiven, columns)


def events(sheet: Sheet, found: ProblemList) -> tuple[Event, ...]:
    """Read the rows of `events.csv`."""
    cells = Cells(sheet, found)
    columns = (
        cells.needed("event_id"),
        cells.needed("animal_id"),
        cells.whole("t_ms", needed="yes", hint=_MS),
        cells.choice("type", EVENT_TYPES, needed="yes"),
        cells.text("score"),
        cells.text("observer"),
        cells.text("supersedes"),
        cells.text("reason"),
        _extras(sheet),
        cells.text("detail"),
        cells.text("ts"),
        _void(cells),
        sheet.lines,
    )
    return _rows(cells, Event, columns)


def sessions(sheet: Sheet, found: ProblemList) -> tuple[Session, ...]:
    """Read the rows of `sessions.csv`."""
    cells = Cells(sheet, found)
    columns = (
        cells.needed("session_id"),
        cells.needed("animal_id"),
        cells.whole("number", needed="yes"),
        cells.choice("phase", PHASES, needed="yes"),
        cells.text("ts"),
        cells.number("current_ua"),
        cells.choice("afterdischarge", ("yes", "no")),
        cells.choice("add_status", get_args(AfterdischargeStatus)),
        cells.whole("add_ms", hint=_MS),
        cells.text("stage"),
        cells.whole("seizure_ms", hint=_MS),
        cells.whole("latency_ms", hint=_MS),
        cells.text("condition"),
        cells.text("observer"),
        cells.text("supersedes"),
        cells.text("reason"),
        _extras(sheet),
        _void(cells),
        sheet.lines,
    )
    return _rows(cells, Session, columns)


def exclusions(sheet: Sheet, found: ProblemList) -> tuple[Exclusion, ...]:
    """Read the rows of `exclusions.csv`."""
    cells = Cells(sheet, found)
    columns = (
        cells.needed("animal_id"),
        cells.needed("criterion"),
        cells.needed("reason"),
        cells.text("person"),
        cells.text("ts"),
        _extras(sheet),
        sheet.lines,
    )
    return _rows(cells, Exclusion, columns)


def concentrations(sheet: Sheet, found: ProblemList) -> tuple[Concentration, ...]:
    """Read the rows of `concentrations.csv`; where there is no value, a reason is."""
    cells = Cells(sheet, found)
    columns = (
        cells.needed("animal_id"),
        cells.needed("analyte"),
        cells.needed("matrix"),
        cells.choice("fraction", ("total", "free"), needed="yes"),
        cells.number("t_min"),
        cells.number("value"),
        cells.needed("unit"),
        cells.text("reason"),
        _extras(sheet),
        sheet.lines,
    )
    return _rows(cells, Concentration, columns)


def _void(cells: Cells) -> list[bool]:
    return [value == "yes" for value in cells.choice("void", ("yes", "no"))]


def _rows(
    cells: Cells, make: Callable[..., Row], columns: Sequence[Sequence[Any]]
) -> tuple[Row, ...]:
    if not cells.unusable:
        return tuple(map(make, *columns))
    rows = zip(*columns, strict=True)
    return tuple(
        make(*values)
        for index, values in enumerate(rows)
        if index not in cells.unusable
    )


def _extras(sheet: Sheet, also: tuple[str, ...] = ()) -> list[Mapping[str, str]]:
    """Return the cells of columns that the layout does not know, row by row."""
    known = set(LAYOUT[sheet.name]) - set(also)
    names = [name for name in sheet.columns if name not in known]
    columns = [sheet.columns[name] for name in names]
    if not any(any(column) for column in columns):
        return [_NONE] * len(sheet)
    return [
        {name: text for name, text in zip(names, row, strict=True) if text}
        for row in zip(*columns, strict=True)
    ]
