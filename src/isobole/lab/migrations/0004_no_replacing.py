"""A row is not put in the place of another one: INSERT OR REPLACE is refused too.

SQLite deletes the row that stands in the way without firing its DELETE trigger.
PostgreSQL's ON CONFLICT DO UPDATE is an UPDATE, which is refused already.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SAID = "a row of the record is never replaced; append an amendment"
TAKEN = {
    "lab_recordrow": "study_id = NEW.study_id "
    "AND (seq = NEW.seq OR row_id = NEW.row_id)",
    "lab_accessrow": "seq = NEW.seq",
}


def refuse_replacing(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Make triggers before INSERT on SQLite."""
    if editor.connection.vendor != "sqlite":
        return
    for table, taken in TAKEN.items():
        editor.execute(
            f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN EXISTS "
            f"(SELECT 1 FROM {table} WHERE id = NEW.id OR {taken}) "
            f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END",
            params=None,
        )


def allow_replacing(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away again."""
    if editor.connection.vendor != "sqlite":
        return
    for table in TAKEN:
        editor.execute(f"DROP TRIGGER {table}_insert", params=None)


class Migration(migrations.Migration):
    """Rows in their own places."""

    dependencies = [("lab", "0003_accounts")]  # noqa: RUF012
    operations = [  # noqa: RUF012
        migrations.RunPython(refuse_replacing, allow_replacing)
    ]
