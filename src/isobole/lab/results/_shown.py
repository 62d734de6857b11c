"""A page of an analysis, or what stands in its place: progress, errors, a fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from isobole.lab.permissions import Access
from isobole.lab.record import entries_of
from isobole.lab.results._asked import SOON_S, Asked, asked, last_took
from isobole.lab.results._computed import Computed
from isobole.lab.results._stage import located, stage_of
from isobole.results import DataError, IsoboleError, Problem

Page = Callable[[HttpRequest, Access, Asked, Computed], HttpResponse]
HAS_ERRORS = "study-has-errors"


def shown(
    request: HttpRequest, access: Access, page: Page, *, wait_s: float = SOON_S
) -> HttpResponse:
    """Answer with a page, with what is wrong, or with how far the analysis is."""
    one = asked(request, access)
    try:
        found = one.computed(wait_s)
    except DataError as error:
        return _refused(request, one, error.problems)
    except IsoboleError as error:
        remedy = "Correct the protocol or the record"
        return _refused(
            request, one, [Problem("not-analysed", str(error), remedy=remedy)]
        )
    except Exception as error:
        context = {"tab": "analysis", "asked": one, "kind": type(error).__name__}
        return render(request, "lab/results/failed.html", context, status=500)
    if found is None:
        context = {"tab": "analysis", **waiting(one)}
        return render(request, "lab/results/progress.html", context, status=202)
    response = page(request, access, one, found)
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    return response


def waiting(asked: Asked) -> dict[str, Any]:
    """Return what the page says while it computes."""
    return {
        "asked": asked,
        "waited": asked.job.waited_s,
        "queued": asked.job.started is None,
        "took": last_took(asked.study_id),
    }


def _refused(
    request: HttpRequest, asked: Asked, problems: Sequence[Problem]
) -> HttpResponse:
    """Show what is wrong with the record, and the way past it if there is one."""
    entries = entries_of(asked.study_id)
    context = {
        "tab": "analysis",
        "asked": asked,
        "stage": stage_of(entries),
        "located": located([p for p in problems if p.code != HAS_ERRORS], entries),
        "may_go_on": any(problem.code == HAS_ERRORS for problem in problems),
    }
    return render(request, "lab/results/refused.html", context, status=422)
