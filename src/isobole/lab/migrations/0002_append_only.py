"""The record and the log of access only grow: the database itself refuses the rest."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("lab_recordrow", "lab_accessrow")
SAID = "rows of the record are never changed or deleted; append an amendment"


def refuse_changes(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Make triggers against UPDATE and DELETE, and TRUNCATE on PostgreSQL."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION lab_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$",
            params=None,
        )
        for table in TABLES:
            editor.execute(
                f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION lab_append_only()",
                params=None,
            )
            editor.execute(
                f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION lab_append_only()",
                params=None,
            )
        return
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END",
                params=None,
            )


def allow_changes(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away again."""
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"DROP TRIGGER {table}_rows ON {table}", params=None)
            editor.execute(f"DROP TRIGGER {table}_whole ON {table}", params=None)
        editor.execute("DROP FUNCTION lab_append_only()", params=None)
        return
    for table in TABLES:
        for event in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {table}_{event}", params=None)


class Migration(migrations.Migration):
    """Append-only tables."""

    dependencies = [("lab", "0001_tables")]  # noqa: RUF012
    operations = [  # noqa: RUF012
        migrations.RunPython(refuse_changes, allow_changes)
    ]
