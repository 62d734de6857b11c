"""What is wrong, as a page or as JSON, always with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from isobole.results import Problem


def say(
    request: HttpRequest,
    status: int,
    message: str,
    remedy: str,
    *,
    retry_after: int | None = None,
) -> HttpResponse:
    """Answer with one sentence and its remedy."""
    response = _answer(request, status, message, remedy, ())
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def say_problems(
    request: HttpRequest, status: int, problems: Sequence[Problem]
) -> HttpResponse:
    """Answer with problems, each with its remedy."""
    return _answer(request, status, "This needs mending first", "", problems)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to an address that is none, or to a study one has no role in."""
    reason = exception.args[0] if exception.args else ""
    said = reason if isinstance(reason, str) and reason else "There is no such page"
    return say(request, 404, said, "Check the address, or go to the list of studies.")


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to somebody whose role does not allow it."""
    said = str(exception) or "Your role does not allow this."
    return say(request, 403, "Not allowed", said)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to a request that is none."""
    return say(
        request,
        400,
        "The request cannot be read",
        "Go back, and send the form again; a file may be too large or damaged.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer to a fault of isobole itself."""
    return say(
        request,
        500,
        "Something in isobole itself failed",
        "Nothing that was stored is lost. The server's log says what failed; go back "
        "and try again.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer to a form that did not come from a page of this lab."""
    return say(
        request,
        403,
        "The form is too old, or was not sent from this lab",
        "Open the page again and send it once more.",
    )


def _answer(
    request: HttpRequest,
    status: int,
    message: str,
    remedy: str,
    problems: Sequence[Problem],
) -> HttpResponse:
    if request.path.startswith("/api/"):
        body: dict[str, Any] = {
            "schema": "isobole/error/1",
            "message": message,
            "remedy": remedy,
            "problems": [problem.to_dict() for problem in problems],
        }
        return JsonResponse(body, status=status)
    context = {"message": message, "remedy": remedy, "problems": problems}
    partial = request.headers.get("HX-Request") == "true"
    template = "lab/_problems.html" if partial else "lab/error.html"
    return render(request, template, context, status=status)
