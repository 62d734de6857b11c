"""What goes over the wire between a bench and the server."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from isobole.lab.record._store import MOST_ROWS

Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Reason = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
SAFE = 2**53 - 1
"""The largest whole number that a browser keeps exactly."""


class RowIn(Schema):
    """One row, with the id and number its device gave it once and for all."""

    id: Word
    device_seq: Annotated[int, Field(ge=1, le=SAFE)]
    action: Literal["t0", "observe", "dose.give", "session.add", "amend"]
    obj: Name
    data: dict[str, Any]
    supersedes: Word | None = None
    reason: Reason | None = None


class EventsIn(Schema):
    """Rows of one device, in the order of its numbers."""

    device: Word
    actor: Annotated[
        str | None,
        Field(
            description="whose rows these are; refused with 409 if another person is "
            "logged in by now"
        ),
    ] = None
    rows: Annotated[list[RowIn], Field(min_length=1, max_length=MOST_ROWS)]


class RowOut(Schema):
    """What became of a row."""

    id: str
    device_seq: int
    state: Annotated[
        Literal["stored", "known", "refused"],
        Field(description="known: it was stored before; it is not doubled"),
    ]
    ts: Annotated[str | None, Field(description="the server's time of the row")]
    problems: Annotated[
        list[dict[str, Any]], Field(description="why it was refused, with the remedy")
    ]


class EventsOut(Schema):
    """What became of each row, in the order they were sent."""

    server_ms: int
    rows: list[RowOut]


class TimeOut(Schema):
    """The server's clock."""

    server_ms: Annotated[int, Field(description="ms since 1970-01-01 in UTC")]


class StartOut(Schema):
    """The t0 of an animal as it holds."""

    wall: str
    row: str
    by: str
    chamber: str | None


class EndOut(Schema):
    """An end or a death that holds."""

    t_ms: int
    type: Literal["end", "death"]
    detail: str
    mine: bool


class TileOut(Schema):
    """What is known of one animal without its scores."""

    t0: StartOut | None
    ends: list[EndOut]
    devices: Annotated[
        dict[str, int], Field(description="your devices, and how many rows each sent")
    ]
    complete: bool
    excluded: bool


class ObserverOut(Schema):
    """Who observes in the run."""

    observer: str
    place: str


class SeatOut(Schema):
    """One animal in its chamber, with its turn to be dosed."""

    animal_id: str
    chamber: str
    order: int


class HeldOut(Schema):
    """A row of yours that holds: the last correction, if it was corrected."""

    id: str
    device: str
    ts: str
    data: dict[str, Any]


class BenchOut(Schema):
    """The state of a run for you; title to rows only where rows were asked for."""

    study_id: str
    run: str
    observer: str
    locked: bool
    tiles: dict[str, TileOut]
    observers: list[ObserverOut]
    title: str | None = None
    placed: bool | None = None
    seats: list[SeatOut] | None = None
    needs: dict[str, Any] | None = None
    rows: list[HeldOut] | None = None
