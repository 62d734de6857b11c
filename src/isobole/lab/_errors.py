"""What is wrong, as a page or as JSON, always with what to do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html

from isobole import __version__
from isobole.results import DataError, IsoboleError, Problem


def say(
    request: HttpRequest,
    status: int,
    message: str,
    remedy: str,
    *,
    retry_after: int | None = None,
    error: Exception | None = None,
) -> HttpResponse:
    """Answer with one sentence and its remedy."""
    response = _answer(request, status, message, remedy, (), error)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def say_problems(
    request: HttpRequest,
    status: int,
    problems: Sequence[Problem],
    error: Exception | None = None,
) -> HttpResponse:
    """Answer with problems, each with its remedy."""
    return _answer(request, status, "This needs mending first", "", problems, error)


def of_isobole(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer to what isobole refused on purpose: 503 if it could not be stored."""
    from isobole.lab.record import Broken, NotStored

    if isinstance(error, Broken):
        said = "The record of this study was changed in the database"
        problems = [error.problem]
        return _answer(request, 503, said, "", problems, error)
    if isinstance(error, NotStored):
        return say(request, 503, "Not stored", str(error), retry_after=5, error=error)
    if isinstance(error, DataError):
        return say_problems(request, 422, error.problems, error)
    assert isinstance(error, IsoboleError)
    return say(request, 422, "This cannot be done", str(error), error=error)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to an address that is none, or to a study one has no role in."""
    reason = exception.args[0] if exception.args else ""
    said = reason if isinstance(reason, str) and reason else "There is no such page"
    return say(
        request,
        404,
        said,
        "Check the address, or go to the list of studies.",
        error=exception,
    )


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to somebody whose role does not allow it."""
    said = str(exception) or "Your role does not allow this."
    return say(request, 403, "Not allowed", said, error=exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to a request that is none."""
    return say(
        request,
        400,
        "The request cannot be read",
        "Go back, and send the form again; a file may be too large or damaged.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer to a fault of isobole itself, or to a database that is away."""
    fault = sys.exc_info()[1]
    if isinstance(fault, OperationalError | InterfaceError):
        return database_away(request, fault)
    if isinstance(fault, IsoboleError):
        return of_isobole(request, fault)
    return say(
        request,
        500,
        "Something in isobole itself failed",
        "Nothing that was stored is lost. The server's log says what failed; go back "
        "and try again.",
    )


def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer while the database cannot be read or written."""
    return say(
        request,
        503,
        "The database does not answer, or its disk is full",
        "What was stored is safe, and what waits on a bench is sent again by itself. "
        "Tell whoever looks after the server, and try again.",
        retry_after=5,
        error=error,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer to a form that did not come from a page of this lab."""
    return say(
        request,
        403,
        "The form is too old, or was not sent from this lab",
        "Open the page again and send it once more.",
    )


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script asks, which reads JSON."""
    return request.path.startswith("/api/") or request.headers.get(
        "Accept", ""
    ).startswith("application/json")


def _answer(
    request: HttpRequest,
    status: int,
    message: str,
    remedy: str,
    problems: Sequence[Problem],
    error: Exception | None = None,
) -> HttpResponse:
    if wants_json(request):
        body: dict[str, Any] = {
            "schema": "isobole/error/1",
            "version": __version__,
            "command": f"{request.method} {request.path}",
            "error": "Refused" if error is None else type(error).__name__,
            "message": message,
            "remedy": remedy,
            "problems": [problem.to_dict() for problem in problems],
        }
        return JsonResponse(body, status=status)
    context = {"message": message, "remedy": remedy, "problems": problems}
    partial = request.headers.get("HX-Request") == "true"
    template = "lab/_problems.html" if partial else "lab/error.html"
    try:
        return render(request, template, context, status=status)
    except DatabaseError:
        # The frame asks who is logged in, which is in the database too.
        return HttpResponse(
            format_html(
                "<!doctype html><title>isobole</title><h1>{}</h1><p>{}</p>",
                message,
                remedy,
            ),
            status=status,
        )
