"""A session that its person left: locked at once by a button, or after a while.

Requests run side by side in one session, and Django writes a session as a whole. What
changes here is therefore read afresh under the lock of the database, so that an event
sent a moment before cannot undo the button.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpRequest

from isobole.lab import _clock
from isobole.lab._sessions import SessionStore
from isobole.lab.accounts import attempts
from isobole.lab.accounts._note import note
from isobole.lab.models import User
from isobole.lab.record import writer

TOUCH_EVERY_S = 10
PIN_TRIES = 5
BACKGROUND = "X-Background"
"""A request with this header is no sign that the person is there (polling)."""


def enter(request: HttpRequest, user: User) -> None:
    """Begin the session of a person: under a new key, whatever cookie was brought."""
    login(request, user)
    request.session["seen"] = _now()
    request.session.pop("locked", None)


def is_locked(request: HttpRequest) -> bool:
    """Say whether the session waits for its person to come back."""
    session = request.session
    if session.get("locked"):
        return True
    last = session.get("seen")
    return last is not None and _now() - int(last) > settings.LAB_IDLE_LOCK_S


def touch(request: HttpRequest) -> None:
    """Take note that the person is there, once in some seconds."""
    now = _now()
    before = int(request.session.get("seen", 0))
    if request.headers.get(BACKGROUND) == "1" or 0 <= now - before < TOUCH_EVERY_S:
        return
    if connection.in_atomic_block:
        _changed(request, {"seen": now})
    else:  # with what the request stores, if it stores something
        writer.along(lambda: _changed(request, {"seen": now}))


def lock(request: HttpRequest) -> None:
    """Lock the session now."""
    _change(request, locked=True)


def unlock(request: HttpRequest) -> None:
    """Open the session to its person again."""
    _change(request, seen=_now(), locked=False)
    attempts.forget("pin", _key(request))


def takes_pin(request: HttpRequest, user: User) -> bool:
    """Say whether a PIN opens this session: one is set, and tries are left."""
    return bool(user.pin) and attempts.count("pin", _key(request)) < PIN_TRIES


def is_pin_of(request: HttpRequest, user: User, pin: str) -> bool:
    """Say whether it is the person's PIN; a try is counted before it is looked at."""
    if not user.pin or not attempts.take("pin", _key(request), PIN_TRIES):
        note(request, "pin.used-up")
        return False
    if check_password(pin, user.pin):
        return True
    note(request, "pin.refused")
    return False


def _change(request: HttpRequest, **values: object) -> None:
    if connection.in_atomic_block:
        _changed(request, values)
    else:
        # By the one thread that writes: it shares the record's next commit, where
        # every bench would wait for SQLite's lock by itself.
        writer.run(lambda: _changed(request, values))


def _changed(request: HttpRequest, values: Mapping[str, object]) -> None:
    key = _key(request)
    with transaction.atomic():
        if not key:
            request.session.update(values)  # it is new, and not stored yet
            return
        if not Session.objects.select_for_update().filter(session_key=key).exists():
            return  # it ended meanwhile, by a new password for one: nothing is kept
        fresh = SessionStore(key)
        if values.get("locked") is None and fresh.get("locked"):
            request.session = fresh
            return
        fresh.update(values)
        fresh.save()
    fresh.modified = False
    request.session = fresh


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""


def _now() -> int:
    return int(_clock.moment().timestamp())
