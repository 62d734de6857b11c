"""What the codes and columns of another program mean, as a checked document."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from isobole.results import DataError, Problem
from isobole.studies._enums import EventType
from isobole.studies._protocol_base import Part
from isobole.studies._rows import Event
from isobole.studies._sheets import Sheet, sheet_of, sheet_text

_MS = {"ms": Decimal(1), "s": Decimal(1000), "min": Decimal(60_000)}
SPANS: dict[str, EventType] = {
    "clonic": "clonic_start",
    "gtc": "gtc_start",
    "the": "the_start",
}
"""Seizures with a start and a stop, with the type of event that starts them."""
STOPS: dict[str, EventType] = {
    "clonic": "clonic_stop",
    "gtc": "gtc_stop",
    "the": "the_stop",
}


class Meaning(Part):
    """What a code or a column of the other program is here."""

    type: EventType | Literal["clonic", "gtc", "the", "t0", "ignore"]
    """Type of event. "clonic", "gtc" and "the" are seizures with a start and a stop;
    "t0" marks the challenge, from which the animal's times count; "ignore" leaves it
    out."""
    score: str | None = None
    """Code of the scale, for score_change."""
    after: str | None = None
    """Code of the scale when a scored state stops, for score_change."""
    detail: str | None = None
    """Reason of an end, name of a sign, text of a note."""


class ImportMap(Part):
    """How a file of another program becomes events.

    An animal that is not in `animals` keeps its name, unless there are any: then every
    one must be there.
    """

    animals: dict[str, str] = Field(default_factory=dict)
    """Animal id by the other program's subject."""
    codes: dict[str, Meaning] = Field(default_factory=dict)
    """Meaning by code, or by "code|modifier", which goes first."""
    observer: str | None = None
    """Who scored, where the file does not say it."""
    observations: tuple[str, ...] = ()
    """Observations of a BORIS project to take; all by default."""
    time_unit: Literal["s", "ms", "min"] = "s"
    """Unit of the times."""
    layout: Literal["long", "wide"] = "long"
    """Table: a row for each event, or a row for each animal with a column for each
    latency."""
    animal: str = "animal_id"
    """Column of the animal."""
    time: str = "time"
    """Long table: column of the time."""
    code: str = "code"
    """Long table: column of the code."""
    observer_column: str | None = None
    """Column of the observer."""
    latencies: dict[str, Meaning] = Field(default_factory=dict)
    """Wide table: meaning of each column of latencies."""
    not_seen: tuple[str, ...] = ()
    """Wide table: what stands in a cell where the event was not seen, such as "1800".
    An empty cell always means so."""
    observed_s: float | None = None
    """Wide table: how long every animal was observed, in s; without it, an animal in
    which nothing was seen is not known to be protected."""


def import_map(source: Path | str | dict[str, Any]) -> ImportMap:
    """Read a mapping from a TOML file, its text, or a document.

    Raises
    ------
    DataError
        With every key that is wrong.

    Examples
    --------
    >>> import_map({"codes": {"clonus": {"type": "clonic"}}}).codes["clonus"].type
    'clonic'
    """
    from isobole.studies._document import parse_toml, validate

    if isinstance(source, dict):
        return validate(ImportMap, source, "the mapping")
    if isinstance(source, str) and "\n" in source:
        return validate(ImportMap, parse_toml(source, "the mapping"), "the mapping")
    path = Path(source)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise DataError(
            [
                Problem(
                    "not-read",
                    f"The mapping cannot be read ({why})",
                    file=str(path),
                    remedy="Name a TOML file with [codes] or [latencies]",
                )
            ]
        ) from error
    return validate(ImportMap, parse_toml(text, path.name), path.name)


def milliseconds(value: object, unit: str) -> int | None:
    """Return a time in whole ms, None if it is no finite number.

    Examples
    --------
    >>> milliseconds("62.0005", "s"), milliseconds(1.5, "min"), milliseconds("x", "s")
    (62001, 90000, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value).strip()) * _MS[unit]
        return int((number + Decimal("0.5")).to_integral_value("ROUND_FLOOR"))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def events_sheet(events: tuple[Event, ...]) -> Sheet:
    """Return imported events as the rows of an `events.csv`."""
    rows = [
        {
            "event_id": event.event_id,
            "animal_id": event.animal_id,
            "t_ms": str(event.t_ms),
            "type": event.type,
            "score": event.score or "",
            "observer": event.observer or "",
            "detail": event.detail or "",
            **event.extra,
        }
        for event in events
    ]
    return sheet_of("events.csv", rows, range(2, len(rows) + 2), "events.csv")


def events_text(events: tuple[Event, ...]) -> str:
    """Return imported events as the text of an `events.csv`."""
    return sheet_text(events_sheet(events))
