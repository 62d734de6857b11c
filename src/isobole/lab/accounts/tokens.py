"""Tokens of devices: shown once, kept as a hash, valid until they expire."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from isobole.lab import _clock
from isobole.lab.models import DeviceToken, User
from isobole.results import DataError, Problem

LONGEST_DAYS = 90
MOST_OF_A_PERSON = 50


def digest_of(token: str) -> str:
    """Return what is kept of a token: its SHA-256 (it is random, so that is enough)."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(user: User, label: str, days: str) -> str:
    """Make a token for a device of a person; return it, for it is not kept.

    Raises
    ------
    DataError
        If the device has no name, or the days are not 1 to 90.
    """
    named = " ".join(label.split())
    problems = []
    if not 0 < len(named) <= 60 or not named.isprintable():
        problems.append(
            Problem(
                "token-label",
                "The device has no name, or one longer than 60 letters",
                remedy="Name it so that you know it again, such as 'tablet, room 2'",
            )
        )
    if not days.isascii() or not days.isdigit() or not 1 <= int(days) <= LONGEST_DAYS:
        problems.append(
            Problem(
                "token-days",
                "A token is valid for 1 to 90 days",
                given=days,
                expected="a whole number from 1 to 90",
                remedy="Make a new one when it expires",
            )
        )
    if DeviceToken.objects.filter(user=user).count() >= MOST_OF_A_PERSON:
        problems.append(
            Problem(
                "token-many",
                f"You have {MOST_OF_A_PERSON} tokens",
                remedy="Revoke some that are not used any more",
            )
        )
    if problems:
        raise DataError(problems)
    token = secrets.token_urlsafe(32)
    DeviceToken.objects.create(
        user=user,
        label=named,
        digest=digest_of(token),
        expires=_clock.moment() + timedelta(days=int(days)),
    )
    return token


def user_of_token(token: str) -> User | None:
    """Return the person whose valid token it is; None otherwise."""
    now = _clock.moment()
    found = (
        DeviceToken.objects.select_related("user")
        .filter(digest=digest_of(token), expires__gt=now)
        .first()
    )
    # Who has to change the password first does it in a browser.
    if found is None or not found.user.is_active or found.user.must_change:
        return None
    if found.last_used is None or now - found.last_used > timedelta(minutes=1):
        DeviceToken.objects.filter(pk=found.pk).update(last_used=now)
    return found.user
