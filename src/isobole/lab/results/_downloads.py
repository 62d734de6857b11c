"""Files of an analysis: report, JSON, outcomes, figures, and the study folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from isobole.lab import record
from isobole.lab.accounts._note import note
from isobole.lab.permissions import Access, needs
from isobole.lab.record import entries_of
from isobole.lab.results._asked import LONG_S, Asked, asked
from isobole.lab.results._computed import Computed
from isobole.lab.results._pool import NotYet, pool
from isobole.lab.results._shown import shown
from isobole.lab.results._zip import zip_of
from isobole.results import IsoboleError
from isobole.studies import head_hash

YEAR_S = 365 * 24 * 3600


@require_GET
@needs("analysis.see")
def report(request: HttpRequest, access: Access) -> HttpResponse:
    """Send the report as one HTML file that needs no network."""

    def text(asked: Asked, found: Computed) -> str:
        # Drawn in the one thread that computes, so that pages do not wait for it.
        key = ("report", *asked.key)
        try:
            return pool.ask(key, found.report).answer(LONG_S)
        except NotYet:
            msg = "The report is still being drawn; ask for it again in a minute"
            raise IsoboleError(msg) from None
        except Exception:
            pool.forget(key)  # the next request tries anew
            raise

    return _file(request, access, "report.html", "text/html; charset=utf-8", text)


@require_GET
@needs("analysis.see")
def as_json(request: HttpRequest, access: Access) -> HttpResponse:
    """Send what `isobole study analyze --json` prints for the exported folder."""
    return _file(
        request,
        access,
        "analysis.json",
        "application/json",
        lambda asked, found: found.json,
    )


@require_GET
@needs("analysis.see")
def outcomes(request: HttpRequest, access: Access) -> HttpResponse:
    """Send the outcome of every animal, derived from the record."""
    return _file(
        request,
        access,
        "outcomes.csv",
        "text/csv; charset=utf-8",
        lambda asked, found: found.outcomes,
    )


# An image is shown by address; opened by itself it may neither load nor run anything.
@csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]})
@require_GET
@needs("analysis.see")
def figure(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Send one figure; its address names the head of the record: it never changes."""
    one = asked(request, access)
    if request.GET.get("head", one.head) != one.head:
        msg = "This figure is that of an older record; open the analysis again"
        raise Http404(msg)
    found: Computed | None = None
    with suppress(Exception):  # the page says what is wrong, and the log
        found = one.computed(LONG_S)
    if found is None or not 1 <= number <= len(found.figures):
        msg = "There is no such figure; open the analysis again"
        raise Http404(msg)
    response = HttpResponse(found.figures[number - 1], content_type="image/svg+xml")
    named = "head" in request.GET
    response["Cache-Control"] = (
        f"private, max-age={YEAR_S}, immutable" if named else "no-store"
    )
    return response


@require_GET
@needs("export")
def folder(request: HttpRequest, access: Access) -> HttpResponse:
    """Send the study folder as a zip: the same bytes for the same record."""
    study_id = access.study.study_id
    entries = entries_of(study_id)
    if not entries:
        msg = "This study has no protocol yet; there is nothing to export"
        raise Http404(msg)
    head = head_hash(entries)
    content = zip_of(record.folder_of(study_id), study_id)
    note(request, "export", study_id=study_id, file="folder", head=head)
    name = f"{study_id}-{head[:8]}.zip"
    return _attached(HttpResponse(content, content_type="application/zip"), name)


def _file(
    request: HttpRequest,
    access: Access,
    name: str,
    kind: str,
    text: Callable[[Asked, Computed], str],
) -> HttpResponse:
    def page(
        request: HttpRequest, access: Access, asked: Asked, found: Computed
    ) -> HttpResponse:
        more: dict[str, Any] = {"despite_errors": "yes"} if asked.despite else {}
        note(
            request,
            "export",
            study_id=asked.study_id,
            file=name,
            head=asked.head,
            **more,
        )
        response = HttpResponse(text(asked, found), content_type=kind)
        stem, _, suffix = name.rpartition(".")
        full = f"{asked.study_id}-{stem}-{asked.head[:8]}.{suffix}"
        return _attached(response, full)

    return shown(request, access, page, wait_s=LONG_S)


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    from django.utils.http import content_disposition_header

    header = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = str(header)
    response["Cache-Control"] = "no-store"
    return response
