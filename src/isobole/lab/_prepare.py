"""The database before the first request: reached, saved, its tables up to date."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from isobole.lab import _clock
from isobole.lab._config import DATABASE, LabConfig
from isobole.lab.record import NotDurable
from isobole.results import DataError, Problem

BACKUPS = "backups"


def prepare(config: LabConfig) -> Path | None:
    """Bring the tables up to date; return the backup made first, if one was due.

    Raises
    ------
    DataError
        If the database is away, keeps nothing, or was made by a newer isobole.
    """
    from django.core.management import call_command

    with _said_as_problems(config):
        if config.backend == "sqlite":
            _keep_to_oneself(config.data / DATABASE)
        due = _due()
        saved = None
        if due and config.backend == "sqlite":
            saved = _saved(config.data)
        if due:
            call_command("migrate", verbosity=0, interactive=False)
        _refuse_newer()
    return saved


def refuse_other_tables(config: LabConfig) -> None:
    """Look whether the tables are those of this isobole; nothing is changed.

    Raises
    ------
    DataError
        If they are older or newer, or the database is away.
    """
    with _said_as_problems(config):
        _refuse_newer()
        if _due():
            raise DataError(
                [
                    Problem(
                        "database-older",
                        "The database was made by an older isobole",
                        remedy="Start isobole serve once: it keeps a backup and brings "
                        "the tables up to date",
                    )
                ]
            )


@contextmanager
def _said_as_problems(config: LabConfig) -> Iterator[None]:
    from django.db import Error, connections

    try:
        yield
    except NotDurable as error:
        raise DataError([_problem(config, str(error))]) from error
    except Error as error:
        raise DataError([_problem(config, _said(error))]) from error
    except OSError as error:
        raise DataError([_problem(config, error.strerror or str(error))]) from error
    finally:
        connections.close_all()


def _keep_to_oneself(path: Path) -> None:
    """Let nobody else on this machine read the database: it holds the allocation.

    The folder may have been there before, open to others. SQLite gives its other files
    the mode of the first.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").chmod(0o600)


def _due() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _refuse_newer() -> None:
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    unknown = {
        name
        for app, name in loader.applied_migrations
        if app == "lab" and (app, name) not in loader.disk_migrations
    }
    if unknown:
        raise DataError(
            [
                Problem(
                    "database-newer",
                    "The database was made by a newer isobole: it has "
                    + ", ".join(sorted(unknown)),
                    remedy="Install the newer isobole again, or restore a backup",
                )
            ]
        )


def _saved(data: Path) -> Path | None:
    """Copy a SQLite database that holds something, as it stands at this moment."""
    source = data / DATABASE
    if not source.is_file() or not source.stat().st_size:
        return None
    with closing(sqlite3.connect(source)) as old:
        if not old.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return None
        folder = data / BACKUPS
        folder.mkdir(mode=0o700, exist_ok=True)
        stamp = _clock.stamp().replace(":", "").replace(".", "")
        target = folder / f"before-update-{stamp}.sqlite3"
        with closing(sqlite3.connect(target)) as new:
            old.backup(new)
    target.chmod(0o600)
    return target


def _said(error: Exception) -> str:
    # A message of PostgreSQL may repeat its address over several lines.
    return " ".join(str(error).split())[:300] or type(error).__name__


def _problem(config: LabConfig, why: str) -> Problem:
    place = config.data / DATABASE if config.backend == "sqlite" else None
    return Problem(
        "database",
        f"The {'SQLite' if place else 'PostgreSQL'} database cannot be used: {why}",
        file=None if place is None else str(place),
        remedy="Look whether its disk is full or its folder is another's"
        if place
        else "Look whether its server runs, and at ISOBOLE_DATABASE_URL",
    )
