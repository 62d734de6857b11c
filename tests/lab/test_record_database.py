"""The databases themselves refuse to change a row, and to forget one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab.record_rows import empty_study, seen


@pytest.fixture
def study(either_lab: Any) -> str:
    from isobole.lab.record import append, log_access

    name = empty_study()
    append(name, [seen(1), seen(2), seen(3)], actor="ana", device="bench-1")
    log_access("login", actor="ana")
    log_access("logout", actor="ana")
    return name


def executed(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def changes() -> list[tuple[str, Callable[[], object]]]:
    from isobole.lab.models import AccessRow, RecordRow

    listed: list[tuple[str, Callable[[], object]]] = []
    for model in (RecordRow, AccessRow):
        table = model._meta.db_table
        every = model._default_manager
        listed += [
            (f"save {table}", lambda m=every: _saved(m.first())),
            (f"update {table}", lambda m=every: m.update(actor="eve")),
            (f"delete one {table}", lambda m=every: m.first().delete()),
            (f"delete all {table}", lambda m=every: m.all().delete()),
            (f"UPDATE {table}", lambda t=table: executed(f"UPDATE {t} SET actor = ''")),
            (f"DELETE {table}", lambda t=table: executed(f"DELETE FROM {t}")),
            (
                f"REPLACE {table}",
                lambda t=table: executed(
                    f"UPDATE {t} SET hash = hash WHERE seq = (SELECT max(seq) FROM {t})"
                ),
            ),
        ]
    return listed


def _saved(row: Any) -> None:
    row.actor = "eve"
    row.save()


def test_no_row_is_changed_or_deleted(study: str) -> None:
    from django.db import DatabaseError, connection

    from isobole.lab.record import verify_log, verify_study

    before = verify_study(study), verify_log()
    tried = changes()
    if connection.vendor == "postgresql":
        for table in ("lab_recordrow", "lab_accessrow"):
            tried.append(
                (f"TRUNCATE {table}", lambda t=table: executed(f"TRUNCATE {t} CASCADE"))
            )
        tried.append(
            ("TRUNCATE lab_study", lambda: executed("TRUNCATE lab_study CASCADE"))
        )
    for name, change in tried:
        with pytest.raises(DatabaseError, match="append an amendment"):
            change()
        assert (verify_study(study), verify_log()) == before, name


def test_a_row_is_not_replaced_by_one_of_its_number(study: str) -> None:
    """SQLite's INSERT OR REPLACE deletes without firing the trigger on DELETE."""
    from django.db import DatabaseError, connection

    from isobole.lab.record import verify_study

    before = verify_study(study)
    columns = (
        "study_id, seq, row_id, ts, actor, device, device_seq, action, obj, data, "
        "supersedes, reason, prev, hash"
    )
    rows = (
        f"INTO lab_recordrow ({columns}) SELECT "
        f"{columns.replace('actor', repr('eve'), 1)} FROM lab_recordrow WHERE seq = 2"
    )
    forged = f"INSERT OR REPLACE {rows}"
    if connection.vendor == "postgresql":
        clash = "ON CONFLICT (study_id, seq) DO UPDATE SET actor = 'eve'"
        forged = f"INSERT {rows} {clash}"
    with pytest.raises(DatabaseError, match="append an amendment"):
        executed(forged)
    assert verify_study(study) == before


def test_a_study_with_a_record_is_not_deleted(study: str) -> None:
    from django.db import IntegrityError
    from django.db.models import ProtectedError

    from isobole.lab.models import Study

    with pytest.raises(ProtectedError):
        Study.objects.all().delete()
    with pytest.raises(IntegrityError):
        executed("DELETE FROM lab_study", *_checked_now())


def _checked_now() -> list[str]:
    from django.db import connection

    # Django's foreign keys wait for the end of the transaction on PostgreSQL.
    return [] if connection.vendor == "sqlite" else ["SET CONSTRAINTS ALL IMMEDIATE"]


def without_triggers() -> None:
    """Do as an owner of the database does who wants to change the past."""
    from django.db import connection

    if connection.vendor == "postgresql":
        executed(
            "ALTER TABLE lab_recordrow DISABLE TRIGGER USER",
            "ALTER TABLE lab_accessrow DISABLE TRIGGER USER",
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


@pytest.mark.parametrize(
    ("statement", "row", "said"),
    [
        ("UPDATE {t} SET actor = 'eve' WHERE seq = 2", 2, "changed"),
        ("UPDATE {t} SET obj = 'M9' WHERE seq = 3", 3, "changed"),
        ("UPDATE {t} SET ts = '2026-01-01T00:00:00.000Z' WHERE seq = 1", 1, "changed"),
        ("UPDATE {t} SET reason = '' WHERE seq = 2", 2, "changed"),
        ("DELETE FROM {t} WHERE seq = 2", 2, "number"),
        ("DELETE FROM {t} WHERE seq = 1", 1, "number"),
        ("UPDATE {t} SET prev = hash WHERE seq = 2", 2, "before it"),
        ("UPDATE {t} SET seq = 7 WHERE seq = 3", 3, "number"),
        ("UPDATE {t} SET data = data || ' ' WHERE seq = 2", 2, "not as the server"),
        ("UPDATE {t} SET data = '[1]' WHERE seq = 2", 2, "not as the server"),
        ("UPDATE {t} SET data = 'x' WHERE seq = 1", 1, "not as the server"),
        ("UPDATE {t} SET data = '{{\"a\":1.5}}' WHERE seq = 1", 1, "not as the server"),
    ],
)
def test_what_an_owner_of_the_database_changes_is_found(
    study: str, statement: str, row: int, said: str
) -> None:
    from isobole.lab.record import entries_of, verify_study

    cached = entries_of(study)
    without_triggers()
    executed(statement.format(t="lab_recordrow"))
    found = verify_study(study)  # from the tables, not from what is in memory
    assert len(cached) == 3
    assert found.state == "broken"
    assert found.broken_at == row
    assert said in found.problems[0].message
    assert found.problems[0].remedy


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE {t} SET actor = 'eve' WHERE seq = 1", 1),
        ("UPDATE {t} SET address = '::1' WHERE seq = 2", 2),
        ("DELETE FROM {t} WHERE seq = 1", 1),
        ("UPDATE {t} SET prev = hash WHERE seq = 2", 2),
    ],
)
def test_a_log_that_was_changed_is_found(study: str, statement: str, row: int) -> None:
    from isobole.lab.record import verify_log

    without_triggers()
    executed(statement.format(t="lab_accessrow"))
    assert (verify_log().state, verify_log().broken_at) == ("broken", row)


def test_the_end_cut_off_shows_only_against_a_kept_hash(study: str) -> None:
    """What no chain can tell: hence the head hash on every report."""
    from isobole.lab.record import verify_study

    kept = verify_study(study).head
    without_triggers()
    executed("DELETE FROM lab_recordrow WHERE seq = 3")
    assert verify_study(study).state == "intact"
    assert verify_study(study).head != kept


def test_connections_keep_what_they_confirm(either_lab: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, value in (
                ("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1),
            ):  # fmt: skip
                cursor.execute(f"PRAGMA {name}")
                assert cursor.fetchone() == (value,)
        else:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.parametrize(
    "pragma", ["journal_mode = DELETE", "synchronous = NORMAL", "foreign_keys = OFF"]
)
def test_a_sqlite_that_would_forget_is_refused(
    lab: Any, monkeypatch: pytest.MonkeyPatch, pragma: str
) -> None:
    from django.db import connection

    from isobole.lab.record import NotDurable, NotStored, append

    study = empty_study()
    connection.close()
    wanted = connection.settings_dict["OPTIONS"]["init_command"]
    monkeypatch.setitem(
        connection.settings_dict["OPTIONS"], "init_command", f"{wanted}PRAGMA {pragma};"
    )
    with pytest.raises(NotDurable, match=pragma.split()[0]):
        connection.ensure_connection()
    assert connection.connection is None
    with pytest.raises(NotStored, match=pragma.split()[0]):
        append(study, [seen(1)], actor="ana", device="bench-1")
    answer = lab.client().get("/api/health")
    assert answer.status_code == 503
    assert "PRAGMA" not in answer.json()["message"]
    monkeypatch.undo()
    append(study, [seen(1)], actor="ana", device="bench-1")


class Old:
    """A connection to a PostgreSQL that says of itself what is given."""

    vendor = "postgresql"

    def __init__(self, version: int = 150004, **settings: str) -> None:
        self.connection = self
        self.info = self
        self.server_version = version
        self.closed = False
        self._settings = {
            "synchronous_commit": "on",
            "server_encoding": "UTF8",
            "default_transaction_isolation": "read committed",
            **settings,
        }
        self._asked = ""

    def execute(self, statement: str) -> Old:
        self._asked = statement.removeprefix("SHOW ")
        return self

    def fetchone(self) -> tuple[str]:
        return (self._settings[self._asked],)

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (Old(120011), "PostgreSQL 12 is too old"),
        (Old(synchronous_commit="off"), "synchronous_commit = off"),
        (Old(server_encoding="SQL_ASCII"), "server_encoding = SQL_ASCII"),
        (Old(default_transaction_isolation="serializable"), "serializable"),
    ],
)
def test_a_postgresql_that_would_forget_is_refused(server: Old, said: str) -> None:
    from isobole.lab.record import NotDurable
    from isobole.lab.record._durable import refuse_unless_durable

    with pytest.raises(NotDurable, match=said):
        refuse_unless_durable(None, server)
    assert server.closed
