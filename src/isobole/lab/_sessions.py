"""Sessions in the database, saved by the one thread that writes.

SQLite lets one connection write at a time, and others try again after pauses that
grow. Requests that save a session beside the record would wait so; in the writer's
queue they share its next commit.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from isobole.lab._prepared import Prepared
from isobole.lab.record import writer

_STORED = Prepared(
    lambda key, now: Session.objects.filter(
        session_key=key, expire_date__gt=now
    ).values_list("session_data"),
    "",
    timezone.now(),
)


class SessionStore(DatabaseStore):
    """Django's own sessions; only who saves them is another thread."""

    def load(self) -> dict[str, Any]:
        """Return what is stored of the session; nothing if it has ended."""
        # A cookie can hold the character NUL, for which PostgreSQL cannot be asked.
        key = self.session_key or ""
        found = [] if "\0" in key else _STORED.rows(key, timezone.now())
        if not found:
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(found[0][0])
        return kept

    def save(self, must_create: bool = False) -> None:
        """Save the session; it is on the disk on return."""

        def work() -> None:
            DatabaseStore.save(self, must_create=must_create)

        if connection.in_atomic_block:  # in the writer's hands already, for one
            work()
            return
        if not must_create:
            self.keys()  # read here if it is still to be read: the writer only writes
        writer.run(work)
