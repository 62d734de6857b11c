"""The routes a bench calls: send rows, ask the time, read the state of a run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from isobole.lab import _clock, _errors
from isobole.lab.api._access import access_for, caller
from isobole.lab.bench._rules import rule_for
from isobole.lab.bench._schemas import BenchOut, EventsIn, EventsOut, TimeOut
from isobole.lab.bench._state import state_of
from isobole.lab.permissions import access_of, refusal
from isobole.lab.record import Appended, NewRow, append

router = Router(tags=["bench"])
FORMS = "web-"
"""How devices begin that are forms: nobody else counts on in their place."""


@router.get("/time", response=TimeOut, url_name="api-time")
def time(request: HttpRequest) -> dict[str, int]:
    """Return the server's clock, by which a bench sets its own."""
    return {"server_ms": server_ms()}


@router.post("/studies/{study_id}/events", response=EventsOut, url_name="api-events")
def events(request: HttpRequest, study_id: str, body: EventsIn) -> Any:
    """Store up to 100 rows of a device in one transaction.

    A row known by (device, device_seq) is not stored again, so that sending once more
    does no harm. A row that does not fit is refused alone, with its remedy.
    """
    user = caller(request)
    access = access_of(user, study_id)
    if not any(access.may(c) for c in ("score", "dose.record", "kindle")) and not (
        access.may("protocol.edit")
    ):
        return _refused(request, 403, "Not allowed", refusal("score"))
    if body.actor is not None and body.actor != user.username:
        return _refused(
            request,
            409,
            f"These entries are of {body.actor}, and {user.username} is logged in",
            f"They stay on the device until {body.actor} logs in on it again.",
        )
    if body.device.startswith(FORMS):
        return _refused(
            request,
            422,
            f"Devices are not called {FORMS}…: so the forms of people are called",
            "Give the device a name of its own.",
        )
    rows = [
        NewRow(
            row.action,
            row.obj,
            row.data,
            row.supersedes,
            row.reason,
            id=row.id,
            device_seq=row.device_seq,
        )
        for row in body.rows
    ]
    answers = append(
        study_id,
        rows,
        actor=user.username,
        device=body.device,
        rule=rule_for(access),
    )
    return {
        "server_ms": server_ms(),
        "rows": [
            _answer(row, one) for row, one in zip(body.rows, answers, strict=True)
        ],
    }


@router.get(
    "/studies/{study_id}/bench/{run}",
    response=BenchOut,
    url_name="api-bench",
    exclude_unset=True,
)
def bench(
    request: HttpRequest,
    study_id: str,
    run: Annotated[str, Path(max_length=120)],
    rows: Annotated[Literal["mine", "none"], Query()] = "mine",
) -> dict[str, Any]:
    """Return the state of a run: what the protocol needs, and your own rows that hold.

    With rows=none only what changes without your device: t0s, ends, your devices.
    """
    access = access_for(request, study_id, "score")
    return state_of(study_id, run, access.user.username, rows=rows)


def server_ms() -> int:
    """Return the server's time in ms since 1970."""
    return round(_clock.moment().timestamp() * 1000)


def _answer(row: Any, one: Appended) -> dict[str, Any]:
    return {
        "id": row.id,
        "device_seq": row.device_seq,
        "state": one.state,
        "ts": None if one.entry is None else one.entry.ts,
        "problems": [problem.to_dict() for problem in one.problems],
    }


def _refused(
    request: HttpRequest, status: int, message: str, remedy: str
) -> HttpResponse:
    return _errors.say(request, status, message, remedy)
