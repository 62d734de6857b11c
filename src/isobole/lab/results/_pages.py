"""Pages of the analysis: overview, one section, print."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_POST

from isobole.lab.permissions import Access, needs
from isobole.lab.record import entries_of
from isobole.lab.results._asked import Asked, asked, forget
from isobole.lab.results._computed import Computed, Section, provenance_of
from isobole.lab.results._shown import shown, waiting
from isobole.lab.results._stage import stage_of
from isobole.reporting import render_fragment
from isobole.results import Missing


@require_GET
@needs("analysis.see", "analysis.lock", "reveal", "unblind", "next_dose")
def overview(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the steps to the groups, the primary outcome, and where the rest stands."""
    if access.may("analysis.see"):
        return shown(request, access, _overview)
    entries = entries_of(access.study.study_id)
    context = {"tab": "analysis", "stage": stage_of(entries)}
    return render(request, "lab/results/steps.html", context)


def _overview(
    request: HttpRequest, access: Access, asked: Asked, found: Computed
) -> HttpResponse:
    start = Section("", "", found.opening, 1)
    named = {section.slug for section in found.primary}
    context = {
        **_frame(asked, found),
        "start": _fragment(asked, (start,)),
        "primary": _fragment(asked, found.primary),
        "others": [section for section in found.sections if section.slug not in named],
        "record": found.result.record_sentence,
        "missing": [
            one for one in found.result.analyses if isinstance(one.result, Missing)
        ],
    }
    return render(request, "lab/results/overview.html", context)


@require_GET
@needs("analysis.see")
def section(request: HttpRequest, access: Access, slug: str) -> HttpResponse:
    """Show one section of the report."""

    def page(
        request: HttpRequest, access: Access, asked: Asked, found: Computed
    ) -> HttpResponse:
        part = found.section(slug)
        if part is None:
            msg = "This analysis has no such part; the record may have gone on"
            raise Http404(msg)
        context = {
            **_frame(asked, found),
            "part": part,
            "body": _fragment(asked, (part,)),
        }
        return render(request, "lab/results/section.html", context)

    return shown(request, access, page)


@require_GET
@needs("analysis.see")
def printed(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the whole report on one page, made for paper."""
    return shown(request, access, _printed)


def _printed(
    request: HttpRequest, access: Access, asked: Asked, found: Computed
) -> HttpResponse:
    whole = (Section("", "", found.opening, 1), *found.sections)
    context = {
        **_frame(asked, found),
        "body": _fragment(asked, whole),
        "provenance": provenance_of(found.result, ("--out", "report.html")),
    }
    return render(request, "lab/results/print.html", context)


@require_GET
@needs("analysis.see")
def progress(request: HttpRequest, access: Access) -> HttpResponse:
    """Answer htmx, which asks every second: still computing, or open the page."""
    one = asked(request, access)
    if one.job.future.done():
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "lab/results/_progress.html", waiting(one), status=202)


@require_POST
@needs("analysis.see")
def again(request: HttpRequest, access: Access) -> HttpResponse:
    """Begin an analysis anew that failed."""
    one = asked(request, access)
    forget(one)
    return HttpResponseRedirect(reverse("analysis", args=[one.study_id]) + one.query)


def _frame(asked: Asked, found: Computed) -> dict[str, Any]:
    """Return what every page of an analysis is given."""
    result = found.result
    return {
        "tab": "analysis",
        "asked": asked,
        "found": found,
        "result": result,
        "title": result.protocol.title,
        "stage": stage_of(entries_of(asked.study_id)),
    }


def _fragment(asked: Asked, sections: tuple[Section, ...]) -> SafeString:
    """Write sections as HTML; figures by their number in the whole report."""
    blocks = [block for section in sections for block in section.blocks]
    # Sections shown together follow each other in the report.
    first = sections[0].first_figure if sections else 1

    def url(anchor: str) -> str:
        number = first - 1 + int(anchor.rpartition("-")[2])
        address = reverse("analysis-figure", args=[asked.study_id, number])
        return address + asked.figure_query

    # Its text is escaped where it is made; so are the addresses.
    return mark_safe(render_fragment(blocks, figure_url=url))
