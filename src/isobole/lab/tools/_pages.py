"""Pages of the quick tools: the list, a form, its result, and files of the result."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from isobole.lab import _errors
from isobole.lab._jobs import NotYet
from isobole.lab.tools import _runs
from isobole.lab.tools._forms import asked_of, form, form_again, form_context
from isobole.lab.tools._runs import LONG_S, SOON_S, Answered, Busy, Run
from isobole.lab.tools._table import PASTED, Table
from isobole.lab.tools._tool import Tool, example_options, example_table
from isobole.lab.tools._tools import TOOLS
from isobole.lab.tools._words import note_in, worded
from isobole.reporting import figure_svg, render_fragment, render_html, rows_csv
from isobole.results import IsoboleError, Note, OptionError, to_json

GONE = (
    "This result is no longer kept: results stay for 15 minutes after they were last "
    "looked at. Send the table again"
)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the tools."""
    return render(request, "lab/tools/index.html", {"tools": TOOLS.values()})


@require_http_methods(["GET", "POST"])
def tool(request: HttpRequest, name: str) -> HttpResponse:
    """Show the form of a tool; answer a table that was sent."""
    one = TOOLS.get(name)
    if one is None:
        msg = "There is no such tool"
        raise Http404(msg)
    if request.method == "POST":
        return _answer(request, one)
    example = request.GET.get("example")
    if example is not None:
        text = example_table(one, example)
        if text is None:
            msg = "There is no such example"
            raise Http404(msg)
        table = Table(
            PASTED if example == "template" else f"{example}.csv", text.encode()
        )
        return form(request, one, table=table, texts=example_options(one, example))
    again = _runs.find(request.GET.get("again", ""))
    if again is not None and again.asked.tool is one:
        asked = again.asked
        return form(
            request, one, table=asked.table, texts=asked.texts(), kept=asked.key
        )
    return form(request, one)


def _answer(request: HttpRequest, one: Tool) -> HttpResponse:
    try:
        run = _runs.ask(asked_of(request, one))
        run.answered(SOON_S)
    except Busy as error:
        said = _errors.say(request, 503, "Not computed", str(error), retry_after=60)
        return said
    except IsoboleError as error:
        return form_again(request, one, error)
    return redirect("tool-result", key=run.asked.key)


@require_GET
def result(request: HttpRequest, key: str) -> HttpResponse:
    """Show a result, what its table was refused for, or how far it is."""
    run = _run(key)
    asked = run.asked
    try:
        found = run.answered(SOON_S)
    except IsoboleError as error:
        return form(
            request,
            asked.tool,
            table=asked.table,
            texts=asked.texts(),
            error=error,
            kept=key,
        )
    if found is None:
        context = {"run": run, "key": key}
        return render(request, "lab/tools/progress.html", context, status=202)
    options = asked.tool.options
    blocks = [note_in(b, options) if isinstance(b, Note) else b for b in found.blocks]
    said = {b.text for b in found.blocks if isinstance(b, Note)}
    context = {
        **form_context(asked.tool, table=asked.table, texts=asked.texts(), kept=key),
        "run": run,
        "key": key,
        "answer": found.answer,
        "command": asked.command("--out", "report.html"),
        "noticed": [
            worded(one, options)
            for one in found.answer.problems
            if str(one) not in said
        ],
        "body": _fragment(key, blocks),
    }
    return render(request, "lab/tools/result.html", context)


@require_GET
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """Answer htmx, which asks every second: still computing, or open the page."""
    run = _runs.find(key)
    if run is None or run.job.future.done():
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    context = {"run": run, "key": key}
    return render(request, "lab/tools/_progress.html", context, status=202)


# An image is shown by address; opened by itself it may neither load nor run anything.
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
    }
)
@require_GET
def figure(request: HttpRequest, key: str, anchor: str) -> HttpResponse:
    """Send one figure of a result."""
    found = _found(key)

    def draw() -> str:
        return figure_svg(found.blocks, anchor)

    try:
        svg = _runs.drawing.ask((key, anchor), draw).answer(LONG_S)
    except NotYet:
        return _being_drawn(request)
    except OptionError:
        msg = "There is no such figure in this result"
        raise Http404(msg) from None
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = f"private, max-age={int(_runs.KEEP_S)}"
    return response


@require_GET
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Send the report as one HTML file that needs no network."""
    found, asked = _found(key), _run(key).asked
    made = found.answer.provenance(asked.command("--out", "report.html"))

    def write() -> str:
        return render_html(found.answer.title, found.blocks, made)

    try:
        html = _runs.drawing.ask((key, "report"), write).answer(LONG_S)
    except NotYet:
        return _being_drawn(request)
    return _file(key, html, "text/html; charset=utf-8", "html")


@require_GET
def as_json(request: HttpRequest, key: str) -> HttpResponse:
    """Send what the command prints with ``--json``."""
    return _file(key, to_json(_found(key).body) + "\n", "application/json", "json")


@require_GET
def as_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Send the estimates as CSV, as the command writes them."""
    rows = _found(key).answer.rows()
    return _file(key, rows_csv(*rows), "text/csv; charset=utf-8", "csv")


@require_GET
def sent_table(request: HttpRequest, key: str) -> HttpResponse:
    """Send the table back as it came, under the name the command line uses."""
    table = _run(key).asked.table
    return _attached(
        HttpResponse(table.content, "application/octet-stream"), table.name
    )


def _being_drawn(request: HttpRequest) -> HttpResponse:
    said = "Others have figures drawn; ask for it again in a moment."
    return _errors.say(request, 503, "Not drawn yet", said, retry_after=10)


def _run(key: str) -> Run:
    run = _runs.find(key)
    if run is None:
        raise Http404(GONE)
    return run


def _found(key: str) -> Answered:
    try:
        found = _run(key).answered(LONG_S)
    except IsoboleError:
        found = None
    if found is None:
        raise Http404(GONE)
    return found


def _fragment(key: str, blocks: list[Any]) -> SafeString:
    def url(anchor: str) -> str:
        return reverse("tool-figure", args=[key, anchor])

    # Its text is escaped where it is made; so are the addresses.
    return mark_safe(render_fragment(blocks, figure_url=url))


def _file(key: str, text: str, kind: str, suffix: str) -> HttpResponse:
    asked = _run(key).asked
    stem = asked.table.name.rpartition(".")[0] or "table"
    name = f"{stem}-{asked.tool.name}-{key[:8]}.{suffix}"
    return _attached(HttpResponse(text, content_type=kind), name)


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    header = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = str(header)
    response["Cache-Control"] = "no-store"
    return response
