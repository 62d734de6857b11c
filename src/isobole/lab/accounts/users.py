"""People of the lab: what an administrator does with their accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from isobole.lab.accounts import attempts, people
from isobole.lab.accounts._form import only_post, page, sent
from isobole.lab.accounts._note import note
from isobole.lab.models import User
from isobole.results import DataError, Problem

Rest = ParamSpec("Rest")
SAID: dict[people.Change, str] = {
    "deactivate": "The account of {} is closed; sessions and tokens of it end now.",
    "reactivate": "The account of {} is open again.",
    "reset": "{} has a new first password.",
    "clear": "{} may try to log in again at once.",
    "grant": "{} is an administrator now.",
    "withdraw": "{} is no administrator any more.",
}


def administrators_only(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Let a view run for administrators of the lab."""

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: Rest.args, **more: Rest.kwargs
    ) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not user.is_administrator:
            msg = "Only an administrator of the lab may do this. Ask one."
            raise PermissionDenied(msg)
        return view(request, *args, **more)

    return guarded


@administrators_only
def users(request: HttpRequest) -> HttpResponse:
    """List the people; a posted form makes an account."""
    if request.method != "POST":
        return _page(request)
    try:
        user, password = people.create(
            sent(request, "username"),
            sent(request, "display_name"),
            administrator=request.POST.get("administrator") == "on",
        )
    except DataError as error:
        return _page(request, error.problems)
    note(
        request,
        "user.created",
        user=user.username,
        administrator="yes" if user.is_administrator else "no",
    )
    return page(request, "first_password", {"person": user, "password": password})


@only_post
@administrators_only
def change(request: HttpRequest, username: str) -> HttpResponse:
    """Do one thing with an account: `do` is one of `people.CHANGES`."""
    user = User.objects.filter(username=username).first()
    if user is None:
        msg = "There is no such person"
        raise Http404(msg)
    asked = sent(request, "do")
    what = next((known for known in people.CHANGES if known == asked), None)
    try:
        if what is None:
            raise DataError([_unknown(asked)])
        password = people.change(user, what)
    except DataError as error:
        return _page(request, error.problems)
    note(request, f"user.{what}", user=user.username)
    if password is not None:
        return page(request, "first_password", {"person": user, "password": password})
    messages.success(request, SAID[what].format(user.display_name))
    return redirect("users")


def _page(request: HttpRequest, problems: Sequence[Problem] = ()) -> HttpResponse:
    found = list(User.objects.order_by("-is_active", "username"))
    waits = attempts.waiting(user.username for user in found)
    lines = [
        {
            "person": user,
            "minutes": -(-waits[user.username] // 60) if user.username in waits else 0,
        }
        for user in found
    ]
    again = {
        "username": sent(request, "username"),
        "display_name": sent(request, "display_name"),
    }
    return page(request, "users", {"lines": lines, **again}, problems=problems)


def _unknown(asked: str) -> Problem:
    return Problem(
        "unknown-change",
        "There is no such button",
        given=asked,
        expected=f"one of {', '.join(people.CHANGES)}",
        remedy="Open the page of people again and use a button there",
    )
