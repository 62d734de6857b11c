"""The form of a tool: what was sent, read; and shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from isobole.lab.tools import _runs
from isobole.lab.tools._option import Option, values_of
from isobole.lab.tools._runs import Asked
from isobole.lab.tools._table import (
    MOST_BYTES,
    PASTED,
    Table,
    checked,
    pasted,
    plain_name,
    too_large,
)
from isobole.lab.tools._tool import Tool
from isobole.lab.tools._words import problems_in
from isobole.results import DataError, IsoboleError, Problem


def table_of(request: HttpRequest) -> Table:
    """Return the table a form sends: a file, else what was pasted, else one kept.

    Raises
    ------
    DataError
        If there is none, or it is beyond bounds.
    """
    upload = request.FILES.get("file")
    if upload is not None:
        name = plain_name(upload.name or "")
        if (upload.size or 0) > MOST_BYTES:
            raise too_large(name)
        return checked(Table(name, upload.read()))
    text = request.POST.get("table", "")
    kept = request.POST.get("kept", "")
    if not text.strip() and kept:
        run = _runs.find(kept)
        if run is not None:
            return run.asked.table
    return pasted(text, request.POST.get("name") or PASTED)


def asked_of(request: HttpRequest, tool: Tool) -> Asked:
    """Return what a form asks.

    Raises
    ------
    DataError
        With what is wrong with the table and with each option.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    try:
        values = values_of(tool.options, _sent(request))
    except DataError as error:
        problems += error.problems
    try:
        table = table_of(request)
    except DataError as error:
        problems = [*error.problems, *problems]
    if problems:
        raise DataError(problems)
    return Asked(tool, table, values)


def form(
    request: HttpRequest,
    tool: Tool,
    *,
    table: Table | None = None,
    texts: Mapping[str, str] | None = None,
    error: IsoboleError | None = None,
    kept: str = "",
) -> HttpResponse:
    """Show a form, after a refusal (422) with what is wrong and what was sent."""
    context = form_context(tool, table=table, texts=texts, kept=kept)
    if error is not None:
        problems, sentence = problems_in(error, tool.options)
        context |= {
            "problems": problems,
            "remedy": sentence,
            "message": "This needs mending first",
        }
    status = 200 if error is None else 422
    return render(request, "lab/tools/tool.html", context, status=status)


def form_again(request: HttpRequest, tool: Tool, error: IsoboleError) -> HttpResponse:
    """Show a form that was refused with all that was typed into it."""
    upload = request.FILES.get("file")
    table: Table | None = None
    if upload is not None and (upload.size or 0) <= MOST_BYTES:
        upload.seek(0)
        table = Table(plain_name(upload.name or ""), upload.read())
    elif request.POST.get("table"):
        text = request.POST["table"][:MOST_BYTES].replace("\r\n", "\n")
        name = plain_name(request.POST.get("name") or PASTED)
        table = Table(name, text.encode("utf-8", "replace"))
    kept = request.POST.get("kept", "")
    return form(
        request, tool, table=table, texts=_sent(request), error=error, kept=kept
    )


def form_context(
    tool: Tool,
    *,
    table: Table | None = None,
    texts: Mapping[str, str] | None = None,
    kept: str = "",
) -> dict[str, Any]:
    """Return what the template of a form is given."""
    sent = {option.name: option.default for option in tool.options} | dict(texts or {})
    fields = [_field(option, sent.get(option.name, "")) for option in tool.options]
    rare = [field for field in fields if field["option"].rare]
    run = _runs.find(kept) if kept else None
    binary = run is not None and not run.asked.table.is_text
    return {
        "tool": tool,
        "table": "" if table is None else table.text(),
        "name": PASTED if table is None or not table.is_text else table.name,
        "kept": kept if binary else "",
        "kept_name": run.asked.table.name if run is not None and binary else "",
        "fields": [field for field in fields if not field["option"].rare],
        "rare": rare,
        "rare_open": any(field["changed"] for field in rare),
        "most_mb": MOST_BYTES >> 20,
    }


def _field(option: Option, text: str) -> dict[str, Any]:
    return {"option": option, "text": text, "changed": text != option.default}


def _sent(request: HttpRequest) -> dict[str, str]:
    return {key: str(value) for key, value in request.POST.items()}
