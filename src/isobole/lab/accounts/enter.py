"""Log-in, log-out, the lock and the way back in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from isobole.lab import _errors
from isobole.lab.accounts import attempts, sessions
from isobole.lab.accounts._form import next_page, only_post, page, secret, sent
from isobole.lab.accounts._note import address_of, note
from isobole.lab.models import User
from isobole.results import DataError, Problem


def log_in(request: HttpRequest) -> HttpResponse:
    """Show the log-in, and let in who knows the password."""
    if request.user.is_authenticated:
        return redirect(next_page(request))
    if not User.objects.exists():
        return redirect("setup")
    if request.method != "POST":
        return page(request, "login", {"next": next_page(request)})
    name = sent(request, "username").lower()
    try:
        user = _who(request, name, secret(request, "password"))
    except DataError as error:
        again = {"next": next_page(request), "username": name}
        return page(
            request,
            "login",
            again,
            problems=error.problems,
            message="You are not logged in",
        )
    _forget_messages(request)
    sessions.enter(request, user)
    note(request, "login")
    return redirect(next_page(request))


def _forget_messages(request: HttpRequest) -> None:
    """Drop what was to be said to who had this browser before: a pharmacist, say."""
    for _ in messages.get_messages(request):
        pass


def _who(request: HttpRequest, name: str, password: str) -> User:
    keys: tuple[attempts.Key, ...] = (
        ("account", name),
        ("address", address_of(request)),
    )
    # A name that is none may be a password typed in the wrong field: not logged.
    known = name if User.objects.filter(username=name).exists() else "nobody"
    try:
        attempts.begin(*keys)
    except DataError:
        note(request, "login.refused", actor=known, why="too many failures")
        raise
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        note(request, "login.refused", actor=known, why="name or password")
        raise DataError(
            [
                Problem(
                    "not-logged-in",
                    "The name or the password is not right",
                    remedy="Try again; an administrator of the lab can give you a new "
                    "first password",
                )
            ]
        )
    attempts.succeeded(*keys)
    return user


@only_post
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        note(request, "logout")
    _forget_messages(request)
    logout(request)
    return redirect("login")


@only_post
def lock(request: HttpRequest) -> HttpResponse:
    """Lock the session at once; its person comes back by PIN or password."""
    if not request.user.is_authenticated:
        return redirect("login")
    sessions.lock(request)
    note(request, "lock")
    if _errors.wants_json(request):
        return JsonResponse({"locked": True})
    return redirect(f"{reverse('unlock')}?{urlencode({'next': _page_before(request)})}")


def unlock(request: HttpRequest) -> HttpResponse:
    """Show the way back into a locked session, and open it.

    The bench page posts `pin` or `password` with ``Accept: application/json`` and
    reads the same answer as JSON.
    """
    user = request.user
    if not isinstance(user, User):
        if _errors.wants_json(request):
            return _errors.say(request, 401, "Nobody is logged in", "Log in.")
        return redirect(f"{reverse('login')}?{urlencode({'next': next_page(request)})}")
    if request.method != "POST":
        return _locked_page(request, user)
    try:
        _come_back(request, user)
    except DataError as error:
        if _errors.wants_json(request):
            return _errors.say_problems(request, 422, error.problems)
        return _locked_page(request, user, error)
    if _errors.wants_json(request):
        return JsonResponse({"locked": False})
    return redirect(next_page(request))


def _come_back(request: HttpRequest, user: User) -> None:
    pin = sent(request, "pin")
    password = secret(request, "password")
    if pin and not password:
        if not sessions.is_pin_of(request, user, pin):
            raise DataError([_no_pin(request, user)])
        sessions.unlock(request)
        note(request, "unlock", by="PIN")
        return
    key: attempts.Key = ("session", user.username)
    attempts.begin(key)
    if not user.check_password(password):
        note(request, "unlock.refused")
        raise DataError(
            [
                Problem(
                    "password-wrong",
                    f"This is not the password of {user.display_name}",
                    remedy="Try again; somebody else logs out first",
                )
            ]
        )
    attempts.succeeded(key)
    sessions.unlock(request)
    note(request, "unlock", by="password")


def _no_pin(request: HttpRequest, user: User) -> Problem:
    if sessions.takes_pin(request, user):
        return Problem("pin-wrong", "The PIN is not right", remedy="Try again")
    return Problem(
        "pin-used-up",
        "A PIN does not open this session any more",
        remedy="Enter your password",
    )


def _locked_page(
    request: HttpRequest, user: User, error: DataError | None = None
) -> HttpResponse:
    return page(
        request,
        "unlock",
        {
            "next": next_page(request),
            "takes_pin": sessions.takes_pin(request, user),
            "locked": True,
        },
        problems=() if error is None else error.problems,
        message="The session stays locked",
    )


def _page_before(request: HttpRequest) -> str:
    """Return the page whose Lock button was pressed."""
    start = f"{request.scheme}://{request.get_host()}"
    before = request.headers.get("Referer", "")
    if not before.startswith(start + "/"):
        return reverse("studies")
    return before.removeprefix(start).partition("#")[0]
