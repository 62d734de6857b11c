"""Drug monographs in the lab: the list, the pages of the site, search, and a case."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from isobole.lab import _errors
from isobole.lab.tools._site import KINDS, Site, site, with_way_back
from isobole.results import IsoboleError

LONGEST = 500


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the drugs, and say whose pages these are."""
    found = site()
    if found is None:
        return _being_built(request)
    from isobole.monograph import open_collection

    listed = open_collection(found.folder).listed()
    context = {
        "site": found,
        "listed": sorted(listed, key=lambda one: (one.title.casefold(), one.file)),
        "statements": sum(one.counts.get("statements", 0) for one in listed),
        "disagree": sum(one.counts.get("conflicts", 0) > 0 for one in listed),
    }
    return render(request, "lab/tools/monographs.html", context)


@require_GET
def site_file(request: HttpRequest, name: str) -> HttpResponse:
    """Send a page, its source, or what they are drawn with, as `build` wrote it."""
    found = site()
    if found is None:
        return _being_built(request)
    path = found.file(name)
    if path is None:
        msg = "There is no such page in this collection"
        raise Http404(msg)
    content = path.read_bytes()
    if path.suffix == ".html":
        return _document(content.decode("utf-8", "replace"))
    response = HttpResponse(content, content_type=KINDS[path.suffix])
    response["Cache-Control"] = "private, max-age=60"
    return response


@require_GET
def search_pages(request: HttpRequest) -> HttpResponse:
    """Search the sections of all pages."""
    from isobole.monograph import search, search_html

    query = request.GET.get("q", "")

    def view(found: Site) -> HttpResponse:
        hits, problem, status = None, "", 200
        try:
            if len(query) > LONGEST or "\0" in query:
                problem, status = _too_long("query"), 422
            elif query.strip():
                hits = search(found.folder, query)
        except IsoboleError as error:
            problem, status = str(error), 422
        html = search_html(
            query[:LONGEST].replace("\0", ""),
            hits,
            problem=problem,
            action=reverse("monograph-search"),
            root=reverse("monographs"),
        )
        return _document(html, status)

    return _with_site(request, view)


@require_GET
def ask_pages(request: HttpRequest) -> HttpResponse:
    """Ask what the pages say about a case; it is not stored."""
    from isobole.monograph import ask, ask_html, case_of, open_collection

    sent = {key: str(value) for key, value in request.GET.items()}

    def view(found: Site) -> HttpResponse:
        answer, problem, status = None, "", 200
        try:
            if any(len(text) > LONGEST or "\0" in text for text in sent.values()):
                problem, status = _too_long("field"), 422
            elif any(text.strip() for text in sent.values()):
                answer = ask(open_collection(found.folder), case_of(sent))
        except IsoboleError as error:
            problem, status = str(error), 422
        shown = {key: text[:LONGEST].replace("\0", "") for key, text in sent.items()}
        html = ask_html(
            answer,
            shown,
            problem=problem,
            action=reverse("monograph-ask"),
            root=reverse("monographs"),
        )
        return _document(html, status)

    return _with_site(request, view)


def _with_site(
    request: HttpRequest, view: Callable[[Site], HttpResponse]
) -> HttpResponse:
    found = site()
    return _being_built(request) if found is None else view(found)


def _document(html: str, status: int = 200) -> HttpResponse:
    way = with_way_back(html, reverse("studies"), reverse("monographs"))
    return HttpResponse(way, content_type=KINDS[".html"], status=status)


def _too_long(what: str) -> str:
    return f"The {what} is longer than {LONGEST} characters, or holds none; shorten it."


def _being_built(request: HttpRequest) -> HttpResponse:
    return _errors.say(
        request,
        503,
        "The pages are being prepared",
        "This is done once; look again in a few seconds.",
        retry_after=5,
    )
