"""Forms of this part: what was sent, where to go next, and problems beside the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from isobole.lab import _errors
from isobole.results import Problem

Rest = ParamSpec("Rest")
MOST = 256
"""Longest text of a field; a password hash takes time in proportion to nothing else."""


def sent(request: HttpRequest, name: str) -> str:
    """Return a posted field without blanks around it; empty if it was not sent.

    A NUL, which PostgreSQL keeps in no text, is shown as what cannot be read.
    """
    # Cut first: what is cut may end in blanks, and one name has one spelling only.
    return request.POST.get(name, "").strip()[:MOST].replace("\0", "\ufffd").strip()


def secret(request: HttpRequest, name: str) -> str:
    """Return a posted password exactly as it was typed."""
    return request.POST.get(name, "")[:MOST]


def next_page(request: HttpRequest, default: str = "studies") -> str:
    """Return where to go next: a page of this host, whatever was asked for."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if (
        asked.startswith("/")
        and "\\" not in asked
        and asked.isprintable()
        and url_has_allowed_host_and_scheme(
            asked, {request.get_host()}, require_https=request.is_secure()
        )
    ):
        return asked
    return reverse(default)


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    problems: Sequence[Problem] = (),
    message: str = "This needs mending first",
    status: int | None = None,
) -> HttpResponse:
    """Show a page of this part, with the problems of the form on top if there are."""
    return render(
        request,
        f"lab/accounts/{template}.html",
        {**(context or {}), "problems": problems, "message": message},
        status=status or (422 if problems else 200),
    )


def only_post(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Refuse to do anything by an address alone: what changes something is sent."""

    @wraps(view)
    def posted(
        request: HttpRequest, /, *args: Rest.args, **more: Rest.kwargs
    ) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **more)
        response = _errors.say(
            request, 405, "This is done by a button", "Go back and use the button."
        )
        response["Allow"] = "POST"
        return response

    return posted


def password_problems(error: ValidationError) -> list[Problem]:
    """Return what Django's rules say about a new password."""
    return [
        Problem("password-weak", text, remedy="Choose another one")
        for text in error.messages
    ]
