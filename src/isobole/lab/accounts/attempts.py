"""Failed passwords in a row: after some, a wait that grows with each further one.

A try is counted before the password is looked at, so that requests sent side by side
cannot try more often than one after another.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from isobole.lab import _clock
from isobole.lab.models import Attempt
from isobole.results import DataError, Problem

Scope = Literal["account", "address", "session", "pin"]
"""`session`: passwords typed by somebody who is logged in, to unlock or to sign;
`pin`: of one session, by its key."""
Key = tuple[Scope, str]
FIRST_WAIT_S = 60
LONGEST_WAIT_S = 3600
FORGOTTEN_AFTER = timedelta(days=1)


def begin(*keys: Key) -> None:
    """Count a try for each key, before the password is looked at.

    Raises
    ------
    DataError
        If one of the keys has to wait; nothing is counted then.
    """
    now = _clock.moment()
    with transaction.atomic():
        Attempt.objects.filter(last__lt=now - FORGOTTEN_AFTER).delete()
        rows = []
        for scope, name in sorted(keys):
            row, _ = Attempt.objects.select_for_update().get_or_create(
                scope=scope, name=name[:64], defaults={"last": now}
            )
            rows.append(row)
        wait = max(_wait_s(row, now) for row in rows)
        if wait > 0:
            raise DataError([_too_many(wait)])
        for row in rows:
            row.failures += 1
            row.last = now
            row.save(update_fields=["failures", "last"])


def succeeded(*keys: Key) -> None:
    """Forget the failures of these keys; of an address, only this last try.

    Otherwise somebody with an account of their own could clear the count of the
    address from which they try another's.
    """
    with transaction.atomic():
        for scope, name in sorted(keys):
            rows = Attempt.objects.select_for_update().filter(
                scope=scope, name=name[:64]
            )
            if scope != "address":
                rows.delete()
                continue
            for row in rows:
                row.failures = max(0, row.failures - 1)
                row.save(update_fields=["failures"])


def clear(username: str) -> None:
    """Let a person try again at once: what an administrator does."""
    of_keys = Q(name__startswith=f"key {username}/")
    of_keys |= Q(name__startswith=f"file {username}/")
    Attempt.objects.filter(
        Q(name=username) | of_keys, scope__in=("account", "session")
    ).delete()


def of_key(username: str, study_id: str, what: Literal["key", "file"] = "key") -> Key:
    """Return where wrong passphrases of a person for a study's key are counted.

    Of each study by itself: who opens the key of their own study must not clear the
    failures at another's. `file` counts keys that come with a form.

    Examples
    --------
    >>> of_key("ana", "PTZ-1") == of_key("ana", "PTZ-2")
    False
    """
    study = sha256(study_id.encode()).hexdigest()[:12]
    return "session", f"{what} {username}/{study}"


def take(scope: Scope, name: str, most: int) -> bool:
    """Count a try; say whether it may be made: `most` times until forgotten."""
    now = _clock.moment()
    with transaction.atomic():
        row, _ = Attempt.objects.select_for_update().get_or_create(
            scope=scope, name=name[:64], defaults={"last": now}
        )
        if row.failures >= most:
            return False
        row.failures += 1
        row.last = now
        row.save(update_fields=["failures", "last"])
    return True


def count(scope: Scope, name: str) -> int:
    """Return how many tries were made."""
    row = Attempt.objects.filter(scope=scope, name=name[:64]).first()
    return 0 if row is None else int(row.failures)


def forget(scope: Scope, name: str) -> None:
    """Forget the tries."""
    Attempt.objects.filter(scope=scope, name=name[:64]).delete()


def waiting(usernames: Iterable[str]) -> dict[str, int]:
    """Return for each account that is locked out how many seconds are left."""
    now = _clock.moment()
    found: dict[str, int] = {}
    for row in Attempt.objects.filter(
        scope__in=("account", "session"), name__in=list(usernames)
    ):
        left = _wait_s(row, now)
        if left > 0:
            found[row.name] = max(left, found.get(row.name, 0))
    return found


def _wait_s(row: Attempt, now: datetime) -> int:
    over: int = row.failures - settings.LAB_FAILURES[row.scope]
    if over < 0:
        return 0
    wait: int = min(LONGEST_WAIT_S, FIRST_WAIT_S << min(over, 20))
    left = wait - (now - row.last).total_seconds()
    # A clock that was set back makes nobody wait longer than the wait itself.
    return max(0, min(wait, ceil(left)))


def _too_many(wait: int) -> Problem:
    minutes = ceil(wait / 60)
    return Problem(
        "locked-out",
        "Too many wrong passwords",
        remedy=f"Wait {minutes} minute{'' if minutes == 1 else 's'} and try again, or "
        "ask an administrator of the lab to clear the lock-out",
    )
