"""The first run: who starts the server makes the administrator, with a code.

The code is printed on the terminal and kept in the data folder, so that nobody else
on the network takes a lab that is still empty.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from isobole.lab import _errors
from isobole.lab.accounts import attempts, sessions
from isobole.lab.accounts._form import page, secret, sent
from isobole.lab.accounts._note import address_of, note
from isobole.lab.accounts.people import check_new, check_password_pair
from isobole.lab.models import User
from isobole.results import DataError, Problem

FILE = "setup-code"


def setup_code() -> str | None:
    """Return the code that makes the first administrator; None once there is one.

    Whoever starts the server prints ``http://…/setup?code=…`` with it.
    """
    path = _path()
    if User.objects.exists():
        path.unlink(missing_ok=True)
        return None
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = path.read_text(encoding="utf-8").strip()
        if len(found) >= 20:
            return found
        path.unlink()  # cut short when it was written
        return setup_code()
    code = secrets.token_urlsafe(18)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(code)
    return code


def setup(request: HttpRequest) -> HttpResponse:
    """Show the first run, and make the administrator."""
    if User.objects.exists():
        return _errors.say(
            request, 404, "This lab has its administrator already", "Log in."
        )
    if request.method != "POST":
        return page(request, "setup", {"code": request.GET.get("code", "")[:64]})
    try:
        user = _first(request)
    except DataError as error:
        again = {
            "code": sent(request, "code"),
            "username": sent(request, "username"),
            "display_name": sent(request, "display_name"),
        }
        return page(request, "setup", again, problems=error.problems)
    _path().unlink(missing_ok=True)
    sessions.enter(request, user)
    note(request, "setup", actor=user.username)
    return redirect("studies")


def _first(request: HttpRequest) -> User:
    address: attempts.Key = ("address", address_of(request))
    attempts.begin(address)
    if not hmac.compare_digest(
        sent(request, "code").encode(), (setup_code() or "").encode()
    ):
        note(request, "setup.refused")
        raise DataError(
            [
                Problem(
                    "setup-code",
                    "The setup code is not the one of this lab",
                    remedy="Open the address that the server printed when it started, "
                    f"or copy the code from the file {FILE} in its data folder",
                )
            ]
        )
    attempts.succeeded(address)
    name, shown = check_new(sent(request, "username"), sent(request, "display_name"))
    password = check_password_pair(
        secret(request, "password"),
        secret(request, "again"),
        User(username=name, display_name=shown),
    )
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["setup"]
                )
        # On SQLite the transaction is IMMEDIATE: nobody else is between these lines.
        if User.objects.exists():
            raise DataError(
                [
                    Problem(
                        "setup-done",
                        "Somebody else made the administrator at this moment",
                        remedy="Log in with an account they give you",
                    )
                ]
            )
        return User.objects.create_user(
            name, password, display_name=shown, is_administrator=True
        )


def _path() -> Path:
    place: Path = settings.LAB.data
    return place / FILE
