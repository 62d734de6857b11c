"""One's own account: name, password, PIN, devices, and log-ins of late."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from isobole.lab import _clock
from isobole.lab.accounts import attempts, people
from isobole.lab.accounts._form import next_page, only_post, page, secret, sent
from isobole.lab.accounts._note import note
from isobole.lab.accounts.people import check_password_pair, display_name_problems
from isobole.lab.accounts.tokens import LONGEST_DAYS, create_token
from isobole.lab.models import AccessRow, DeviceToken, User
from isobole.lab.record import writer
from isobole.results import DataError, Problem

_SHOWN = (
    "login", "login.refused", "logout", "lock", "unlock", "unlock.refused",
    "pin.refused", "pin.used-up", "signature.refused", "password.changed",
    "pin.set", "pin.removed", "token.created", "token.revoked",
)  # fmt: skip
RECENT = 20


def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account; a posted form changes the display name."""
    user = _me(request)
    if request.method != "POST":
        return _page(request, user)
    shown = " ".join(request.POST.get("display_name", "").split())
    problems = display_name_problems(shown)
    if problems:
        return _page(request, user, problems)
    note(request, "display-name.changed", before=user.display_name, now=shown)
    user.display_name = shown
    user.save(update_fields=["display_name"])
    messages.success(request, f"You are shown as {shown} from now on.")
    return redirect("account")


def password(request: HttpRequest) -> HttpResponse:
    """Show the form for a new password; with it other sessions and tokens end."""
    user = _me(request)
    first, then = user.must_change, next_page(request)
    context = {"first": first, "next": then}
    if request.method != "POST":
        return page(request, "password", context)
    try:
        _check_own(request, user)
        new = check_password_pair(
            secret(request, "password"), secret(request, "again"), user
        )
        if user.check_password(new):
            raise DataError(
                [
                    Problem(
                        "password-same",
                        "The new password is the old one",
                        remedy="Choose another one",
                    )
                ]
            )
        ended = _renewed(request, user, new)
    except DataError as error:
        return page(request, "password", context, problems=error.problems)
    update_session_auth_hash(request, user)
    said = "The password is changed; sessions on other devices have ended."
    if ended.tokens:
        said += (
            f" Tokens are revoked: {', '.join(ended.tokens)}. Make new ones for the "
            "devices that still need one."
        )
    messages.success(request, said)
    return redirect(then if first else "account")


def _renewed(request: HttpRequest, user: User, new: str) -> people.Ended:
    """Change the password with all that hangs on it, and log it, or nothing of it."""
    hashed = make_password(new)
    done: people.Ended | None = None

    def work() -> people.Ended:
        nonlocal done
        here = request.session.session_key or ""
        ended = people.set_own_password(user, hashed, here)
        if ended is None and done is not None:
            return done  # the commit was not confirmed, and was made
        done = ended = ended or people.Ended((), 0)
        note(
            request,
            "password.changed",
            sessions_ended=ended.sessions,
            tokens_revoked=len(ended.tokens),
        )
        for label in ended.tokens:
            note(request, "token.revoked", label=label, why="password changed")
        return ended

    ended = writer.run(work)
    user.refresh_from_db()
    return ended


@only_post
def pin(request: HttpRequest) -> HttpResponse:
    """Set the PIN that opens a locked session, or remove it."""
    user = _me(request)
    wanted = sent(request, "pin")
    try:
        _check_own(request, user)
        if wanted:
            _check_pin(wanted)
    except DataError as error:
        return _page(request, user, error.problems)
    user.pin = make_password(wanted) if wanted else ""
    user.save(update_fields=["pin"])
    note(request, "pin.set" if wanted else "pin.removed")
    messages.success(request, "The PIN is set." if wanted else "The PIN is removed.")
    return redirect("account")


@only_post
def token(request: HttpRequest) -> HttpResponse:
    """Make a token for a device, and show it this once."""
    user = _me(request)
    label, days = sent(request, "label"), sent(request, "days")
    try:
        _check_own(request, user)
        made = create_token(user, label, days)
    except DataError as error:
        return _page(request, user, error.problems)
    note(request, "token.created", label=label, days=days)
    return page(request, "token", {"token": made, "label": label, "days": days})


@only_post
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Make one of one's own tokens useless at once."""
    user = _me(request)
    found = DeviceToken.objects.filter(pk=token_id, user=user).first()
    if found is not None:
        found.delete()
        note(request, "token.revoked", label=found.label)
        messages.success(request, f"The token of {found.label} is revoked.")
    return redirect("account")


def _page(
    request: HttpRequest, user: User, problems: Sequence[Problem] = ()
) -> HttpResponse:
    now = _clock.moment()
    context: dict[str, Any] = {
        "tokens": [
            {"token": one, "expired": one.expires <= now}
            for one in DeviceToken.objects.filter(user=user).order_by("-created", "-pk")
        ],
        "recent": AccessRow.objects.filter(
            actor=user.username, what__in=_SHOWN
        ).order_by("-seq")[:RECENT],
        "longest_days": LONGEST_DAYS,
        "has_pin": bool(user.pin),
        "idle_minutes": settings.LAB_IDLE_LOCK_S // 60,
    }
    return page(request, "account", context, problems=problems)


def _check_own(request: HttpRequest, user: User) -> None:
    """Raise unless the form holds the person's present password."""
    key: attempts.Key = ("session", user.username)
    attempts.begin(key)
    if not user.check_password(secret(request, "current")):
        note(request, "password.refused", path=request.path)
        raise DataError(
            [
                Problem(
                    "password-wrong",
                    "The present password is not right; nothing was changed",
                    remedy="Enter the password you log in with",
                )
            ]
        )
    attempts.succeeded(key)


def _check_pin(pin: str) -> None:
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    whole = pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8
    if whole and steps not in ({0}, {1}, {-1}):
        return
    said = (
        "The PIN is one that everybody tries first"
        if whole
        else "The PIN is not 4 to 8 digits"
    )
    raise DataError(
        [
            Problem(
                "pin-weak",
                said,
                remedy="Choose 4 to 8 digits that do not run up or down and differ",
            )
        ]
    )


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the middleware let nobody else in
    return request.user
