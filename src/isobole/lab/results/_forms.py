"""Forms of this part: shown, and shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from isobole.lab.permissions import Access
from isobole.results import DataError, IsoboleError, Problem


def form(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    error: IsoboleError | None = None,
) -> HttpResponse:
    """Show a form; after a refusal with its problems and what was typed (status 422).

    Passwords, passphrases and files are not given back.
    """
    problems: list[Problem] = []
    if isinstance(error, DataError):
        problems = list(error.problems)
    typed = {
        key: value
        for key, value in request.POST.items()
        if "pass" not in key and key != "csrfmiddlewaretoken"
    }
    whole = {
        "tab": "analysis",
        **context,
        "problems": problems,
        "message": "" if error is None else "This needs mending first",
        "remedy": "" if error is None or problems else str(error),
        "typed": typed,
    }
    response = render(request, template, whole, status=200 if error is None else 422)
    response["Cache-Control"] = "no-store"
    return response


def device_of(access: Access) -> str:
    """Return the device that rows by forms come from."""
    return f"web-{access.user.username}"
