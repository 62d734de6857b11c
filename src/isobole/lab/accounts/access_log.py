"""The log of access of the whole lab, for its administrators."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from isobole.lab.accounts._filter import Filter, asked_for, page_of
from isobole.lab.accounts._form import only_post, page
from isobole.lab.accounts._note import note
from isobole.lab.accounts._sheet import csv_text, download
from isobole.lab.accounts.roles import GIVEN, TAKEN
from isobole.lab.accounts.users import administrators_only
from isobole.lab.models import AccessRow, Membership, User
from isobole.lab.permissions import BLINDED, access_of
from isobole.lab.record import LOG, Broken, look
from isobole.results import DataError
from isobole.studies import ChainReport

COLUMNS = ("seq", "ts", "actor", "address", "what", "study_id", "data", "hash")
HIDDEN = {"hidden": "while you work blind in this study"}


@administrators_only
def access_log(request: HttpRequest) -> HttpResponse:
    """Show the log, newest first, as it is asked for."""
    return _page(request)


@only_post
@administrators_only
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the chain of the log, and show what was found above it."""
    report = look(LOG)
    note(request, "verify", state=report.state)
    if blind_studies(request):
        report = replace(report, head=None)
    return _page(request, report)


@administrators_only
def export(request: HttpRequest) -> HttpResponse:
    """Return the rows asked for as a CSV file, oldest first."""
    blind = blind_studies(request)
    rows = [
        shown(row, blind)
        for row in _chosen(asked_for(request)).order_by("seq").iterator(2000)
    ]
    note(request, "export.log", rows=len(rows))
    return download(csv_text(COLUMNS, rows), "access-log.csv", "text/csv")


def shown(row: AccessRow, blind: Collection[str]) -> dict[str, Any]:
    """Return a row as it is shown; what it says of a study one works blind in is not.

    Who holds which role is known to everybody.
    """
    told = {name: getattr(row, name) for name in COLUMNS}
    told["data"] = json.loads(row.data)
    if blind:  # a hash vouches for all rows before it, hidden ones too
        told["hash"] = ""
    if row.study_id in blind and row.what not in (GIVEN, TAKEN):
        told["data"] = HIDDEN
    return told


def blind_studies(request: HttpRequest) -> frozenset[str]:
    """Return the studies of which nothing may be shown that tells a group."""
    user = request.user
    assert isinstance(user, User)
    held = Membership.objects.filter(user=user, role__in=BLINDED)
    return frozenset(
        study_id
        for study_id in held.values_list("study_id", flat=True)
        if _is_blind(user, study_id)
    )


def _is_blind(user: User, study_id: str) -> bool:
    try:
        return access_of(user, study_id).blinded
    except Broken:  # what cannot be read tells nobody that the analysis is locked
        return True


def _chosen(asked: Filter) -> QuerySet[AccessRow]:
    rows = AccessRow.objects.all()
    if asked.person:
        rows = rows.filter(actor=asked.person)
    if asked.action:
        rows = rows.filter(what=asked.action)
    if asked.study:
        rows = rows.filter(study_id=asked.study)
    if asked.since:
        rows = rows.filter(ts__gte=asked.since)
    if asked.until:  # included: what begins with it comes after it
        rows = rows.filter(ts__lt=asked.until + "~")
    return rows


def _page(request: HttpRequest, report: ChainReport | None = None) -> HttpResponse:
    problems = list(report.problems) if report else []
    try:
        asked = asked_for(request)
    except DataError as error:
        problems, asked = list(error.problems), Filter()
    rows = _chosen(asked).order_by("-seq")
    found = page_of(rows, rows.count(), request)
    blind = blind_studies(request)
    context = {
        "asked": asked,
        "found": found,
        "rows": [shown(row, blind) for row in found.rows],
        "report": report,
        "kinds": AccessRow.objects.order_by("what")
        .values_list("what", flat=True)
        .distinct(),
    }
    return page(
        request,
        "access_log",
        context,
        problems=problems,
        message="The log is broken" if report else "The filter cannot be read",
        status=200 if report else None,
    )
