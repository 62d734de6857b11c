"""Sessions in the database, saved by the one thread that writes.

SQLite lets one connection write at a time, and others try again after pauses that
grow. Requests that save a session beside the record would wait so; in the writer's
queue they share its next commit.
"""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection

from isobole.lab.record import writer


class SessionStore(DatabaseStore):
    """Django's own sessions; only who saves them is another thread."""

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
