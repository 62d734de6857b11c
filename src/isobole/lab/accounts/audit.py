"""Pages of the audit trail of a study."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from isobole import __version__
from isobole.lab.accounts._filter import Filter, asked_for, page_of
from isobole.lab.accounts._form import only_post, page
from isobole.lab.accounts._note import note
from isobole.lab.accounts._sheet import csv_text, download
from isobole.lab.accounts.access_log import shown
from isobole.lab.accounts.trail import chosen, columns_of, trail_of
from isobole.lab.models import AccessRow
from isobole.lab.permissions import Access, needs
from isobole.lab.record import look
from isobole.results import DataError
from isobole.studies import ChainReport

LAST_EVENTS = 200


@needs("record.see", "record.own")
def audit(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the trail, newest first, as it is asked for."""
    return _page(request, access)


@only_post
@needs("record.verify")
def verify(request: HttpRequest, access: Access) -> HttpResponse:
    """Walk the chain of the record, and show what was found above the trail."""
    report = look(access.study.study_id)
    note(request, "verify", study_id=access.study.study_id, state=report.state)
    return _page(request, access, report)


@needs("record.see", "record.own")
def export(request: HttpRequest, access: Access, kind: str) -> HttpResponse:
    """Return the rows asked for as a CSV or JSON file, oldest first."""
    if kind not in ("csv", "json"):
        msg = "The trail is exported as CSV or JSON"
        raise Http404(msg)
    study_id = access.study.study_id
    asked = asked_for(request)
    rows = [one.to_dict() for one in chosen(trail_of(access), asked)]
    whole = access.may("record.see")
    note(request, "export.trail", study_id=study_id, kind=kind, rows=len(rows))
    columns = (*columns_of(access), "before")
    if kind == "csv":
        return download(csv_text(columns, rows), f"{study_id}-trail.csv", "text/csv")
    body: dict[str, Any] = {
        "schema": "isobole/trail/1",
        "version": __version__,
        "study_id": study_id,
        "of": "the whole record" if whole else f"the rows of {access.user.username}",
        "rows": [{name: row[name] for name in columns} for row in rows],
    }
    text = json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False)
    return download(text, f"{study_id}-trail.json", "application/json")


def _page(
    request: HttpRequest, access: Access, report: ChainReport | None = None
) -> HttpResponse:
    problems = list(report.problems) if report else []
    try:
        asked = asked_for(request)
    except DataError as error:
        problems, asked = list(error.problems), Filter()
    trail = trail_of(access)
    rows = chosen(trail, asked)[::-1]
    found = page_of(rows, len(rows), request)
    whole = access.may("record.see")
    study_id = access.study.study_id
    log = AccessRow.objects.filter(study_id=study_id).order_by("-seq")
    context = {
        "tab": "audit",
        "asked": asked,
        "found": found,
        "whole": whole,
        "report": report,
        "people": sorted({one.row["actor"] for one in trail}),
        "actions": sorted({one.row["action"] for one in trail}),
        "log": [shown(row, ()) for row in log[:LAST_EVENTS]] if whole else None,
        "last_events": LAST_EVENTS,
    }
    return page(
        request,
        "audit",
        context,
        problems=problems,
        message="The record is broken" if report else "The filter cannot be read",
        status=200 if report else None,
    )
