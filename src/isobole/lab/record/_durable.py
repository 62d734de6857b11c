"""A connection that would lose what it was told to keep is refused at once.

Called for every new connection: what the database says of itself counts, not what
it was asked for.
"""

from __future__ import annotations

from typing import Any

from isobole.lab.record._writer import NotStored

WANTED_OF_SQLITE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
OLDEST_POSTGRESQL = 13


class NotDurable(NotStored):
    """The database does not keep what it confirms, or not as text."""


def refuse_unless_durable(sender: Any, connection: Any, **more: Any) -> None:
    """Read back how a new connection stores.

    Raises
    ------
    NotDurable
        If it may lose a commit; the connection is closed again.
    """
    try:
        if connection.vendor == "sqlite":
            _sqlite(connection)
        elif connection.vendor == "postgresql":
            _postgresql(connection)
    except NotDurable:
        connection.close()
        raise


def _sqlite(connection: Any) -> None:
    for name, wanted in WANTED_OF_SQLITE.items():
        found = connection.connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != wanted:
            msg = (
                f"SQLite has {name} = {found} instead of {wanted}. Keep the data "
                "folder on a local disk (not a network share), or use PostgreSQL"
            )
            raise NotDurable(msg)


def _postgresql(connection: Any) -> None:
    raw = connection.connection
    version = raw.info.server_version // 10_000
    if version < OLDEST_POSTGRESQL:
        msg = f"PostgreSQL {version} is too old; {OLDEST_POSTGRESQL} or newer is needed"
        raise NotDurable(msg)
    if _shown(raw, "synchronous_commit") == "off":
        # Faster for others on this server; a session may ask for more.
        raw.execute("SET synchronous_commit TO on")
    for name, fits, remedy in (
        ("synchronous_commit", {"on", "local", "remote_write", "remote_apply"}, "on"),
        ("server_encoding", {"UTF8"}, "UTF8, when the database is made"),
        # A stricter level would not see rows added while it waited for the lock.
        ("default_transaction_isolation", {"read committed"}, "read committed"),
    ):
        found = _shown(raw, name)
        if found not in fits:
            msg = f"PostgreSQL has {name} = {found}; it must be {remedy}"
            raise NotDurable(msg)


def _shown(raw: Any, name: str) -> Any:
    return raw.execute(f"SHOW {name}").fetchone()[0]
