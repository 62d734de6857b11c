"""Accounts: made, closed and opened again, never deleted, for rows name them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from isobole.lab.accounts import attempts
from isobole.lab.accounts._form import password_problems
from isobole.lab.models import DeviceToken, User
from isobole.results import DataError, Problem

Change = Literal["deactivate", "reactivate", "reset", "clear", "grant", "withdraw"]
CHANGES: tuple[Change, ...] = get_args(Change)
# Without letters and digits that look alike when read from a slip of paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_RESERVED = ("nobody", "system", "web", "import")


def check_new(username: str, display_name: str) -> tuple[str, str]:
    """Return a name and a display name that an account may have.

    Raises
    ------
    DataError
        If one of them does not fit, or the name is taken.
    """
    name = username.strip().lower()
    shown = " ".join(display_name.split())
    problems = []
    try:
        User(username=name, display_name=shown or "x", password="x").clean_fields()
    except ValidationError as error:
        problems += [
            Problem("username", text, given=name)
            for text in error.message_dict.get("username", [])
        ]
    if name in _RESERVED or User.objects.filter(username=name).exists():
        problems.append(
            Problem(
                "username-taken",
                f"The name '{name}' is taken",
                given=name,
                remedy="Choose another; names stay with their rows for ever",
            )
        )
    problems += display_name_problems(shown)
    if problems:
        raise DataError(problems)
    return name, shown


def display_name_problems(shown: str) -> list[Problem]:
    """Say what is wrong with the name that others read."""
    if 0 < len(shown) <= 80 and shown.isprintable():
        return []
    return [
        Problem(
            "display-name",
            "The display name is empty or longer than 80 letters",
            remedy="Give the name that others know the person by",
        )
    ]


def check_password_pair(password: str, again: str, user: User) -> str:
    """Return a new password if it was typed twice alike and is strong enough.

    Raises
    ------
    DataError
        If not.
    """
    if password != again:
        raise DataError(
            [
                Problem(
                    "passwords-differ",
                    "The two passwords are not the same",
                    remedy="Type the new password twice",
                )
            ]
        )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DataError(password_problems(error)) from error
    return password


def create(
    username: str, display_name: str, *, administrator: bool
) -> tuple[User, str]:
    """Make an account; return it with the first password, which is shown once.

    Raises
    ------
    DataError
        If the names do not fit.
    """
    name, shown = check_new(username, display_name)
    password = first_password()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                name,
                password,
                display_name=shown,
                is_administrator=administrator,
                must_change=True,
            )
    except IntegrityError:
        check_new(name, shown)  # somebody made it at this moment: said there
        raise
    return user, password


def first_password() -> str:
    """Return a password that is typed once and then changed: 20 letters, 98 bits."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(20))
    return "-".join(letters[start : start + 5] for start in range(0, 20, 5))


def change(user: User, what: Change) -> str | None:
    """Change an account; return the new first password if one was made.

    Raises
    ------
    DataError
        If no administrator would be left.
    """
    if what == "clear":
        attempts.clear(user.username)
        return None
    password = None
    with transaction.atomic():
        _alone()
        # Locked: a new password of their own may be under way.
        user.refresh_from_db(from_queryset=User.objects.select_for_update())
        if what in ("deactivate", "withdraw"):
            _keep_one_administrator(user)
        if what == "deactivate":
            user.is_active = False
            _end_all(user)
        elif what == "reactivate":
            user.is_active = True
        elif what == "grant":
            user.is_administrator = True
        elif what == "withdraw":
            user.is_administrator = False
        else:
            password = first_password()
            user.set_password(password)  # ends the sessions of the old one
            user.must_change = True
            user.pin = ""
            _end_all(user)
        user.save()
    if what == "reset":
        attempts.clear(user.username)
    return password


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended with a password: labels of devices, and a count of sessions."""

    tokens: tuple[str, ...]
    sessions: int


def set_own_password(user: User, hashed: str, session_key: str) -> Ended | None:
    """Change one's own password; other sessions end, and tokens are revoked.

    Nothing happens if it was changed to this very hash before (a commit that was made
    and not confirmed): then nothing more is ended.

    Only for work that the writer runs: all of it is kept or nothing. Everybody waits
    for the writer, and a hash takes its time: it is given ready.

    Raises
    ------
    DataError
        If somebody else changed it since it was checked.
    """
    stored = User.objects.select_for_update().get(pk=user.pk)
    if stored.password == hashed:
        return None
    if stored.password != user.password:
        raise DataError(
            [
                Problem(
                    "password-changed-meanwhile",
                    "The password was changed elsewhere at this moment",
                    remedy="Log in anew with the password that holds now",
                )
            ]
        )
    stored.password = hashed
    stored.must_change = False
    stored.save(update_fields=["password", "must_change"])
    return _end_all(user, but=session_key)


def _end_all(user: User, *, but: str = "") -> Ended:
    """End sessions and tokens for good: an account opened again has none of them."""
    tokens = DeviceToken.objects.filter(user=user)
    labels = tuple(tokens.order_by("created", "pk").values_list("label", flat=True))
    tokens.delete()
    ended = [
        session.pk
        for session in Session.objects.iterator()
        if session.pk != but and session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=ended).delete()
    return Ended(labels, len(ended))


def _keep_one_administrator(user: User) -> None:
    if not (user.is_administrator and user.is_active):
        return
    others = User.objects.filter(is_administrator=True, is_active=True)
    if not others.exclude(pk=user.pk).exists():
        raise DataError(
            [
                Problem(
                    "last-administrator",
                    f"{user.display_name} is the only active administrator",
                    remedy="Make somebody else administrator first",
                )
            ]
        )


def _alone() -> None:
    """Let nobody else change accounts before this transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["people"]
            )
