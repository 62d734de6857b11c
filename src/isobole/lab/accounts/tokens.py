"""Tokens of devices: shown once, kept as a hash, valid until they expire."""

from __future__ import annotations

import hashlib

from isobole.lab import _clock
from isobole.lab.models import DeviceToken, User


def digest_of(token: str) -> str:
    """Return what is kept of a token: its SHA-256 (it is random, so that is enough)."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_token(token: str) -> User | None:
    """Return the person whose valid token it is; None otherwise."""
    found = (
        DeviceToken.objects.select_related("user")
        .filter(digest=digest_of(token), expires__gt=_clock.moment())
        .first()
    )
    if found is None or not found.user.is_active:
        return None
    return found.user
