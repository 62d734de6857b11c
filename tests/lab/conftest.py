"""A lab in this process: a fresh database for each test, of either kind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lab_ready import ready


@cache
def _hashed(password: str) -> str:
    """Hash a password as the lab does, once in a run: it is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    return make_password(password)


@dataclass
class Lab:
    """A lab to test: people, studies and clients are made through it."""

    config: Any
    passwords: dict[str, str] = field(default_factory=dict)

    def person(self, name: str, *, administrator: bool = False) -> Any:
        """Return the person of this name, made when first asked for."""
        from isobole.lab.models import User

        found = User.objects.filter(username=name).first()
        if found is not None:
            return found
        password = f"{name} walks past 7 mills"
        self.passwords[name] = password
        return User.objects.create(
            username=name,
            password=_hashed(password),
            display_name=name.title(),
            is_administrator=administrator,
        )

    def client(self, name: str | None = None) -> Any:
        """Return a browser-like client, logged in if a name is given."""
        from django.test import Client

        client = Client(HTTP_HOST="127.0.0.1")
        if name is not None:
            client.force_login(self.person(name))
        return client

    def study(self, bundled: str = "ptz-valproate-magnesium", **roles: str) -> Any:
        """Return a study stored from a bundled one's record; ana="scorer" gives roles.

        Several roles are joined by a plus: ``ana="designer+scorer"``.
        """
        from isobole.datasets import study_path
        from isobole.studies import read_record

        return self.stored(read_record(study_path(bundled) / "record.jsonl"), **roles)

    def stored(self, entries: Any, **roles: str) -> Any:
        """Return a study stored from entries as they are, chain and all."""
        from isobole.lab.models import Membership, RecordRow, Study
        from isobole.lab.record._chain import forget
        from isobole.lab.record._rows import row_of

        study_id = next(e.obj for e in entries if e.action == "protocol.save")
        study = Study.objects.create(study_id=study_id)
        RecordRow.objects.bulk_create([row_of(study_id, e) for e in entries])
        forget(study_id)
        for name, held in roles.items():
            for role in held.split("+"):
                Membership.objects.create(
                    study=study, user=self.person(name), role=role
                )
        return study


@pytest.fixture(scope="session")
def lab_folder() -> Iterator[Path]:
    """Return the data folder of this process, Django started and tables made."""
    folder = ready().data
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    connections.close_all()
    shutil.copy(folder / "lab.sqlite3", folder / "template.sqlite3")
    yield folder
    connections.close_all()


def _fresh_sqlite(folder: Path) -> None:
    from django.db import connections

    connections.close_all()
    for suffix in ("-wal", "-shm"):
        Path(f"{folder / 'lab.sqlite3'}{suffix}").unlink(missing_ok=True)
    shutil.copy(folder / "template.sqlite3", folder / "lab.sqlite3")


@pytest.fixture
def lab(lab_folder: Path) -> Iterator[Lab]:
    """Return a lab on SQLite with nothing in it."""
    from django.conf import settings
    from django.core.cache import cache
    from django.db import connections

    from isobole.lab.record import _store, writer
    from isobole.lab.record._chain import forget

    writer.stop()
    forget()
    # Files beside a record are never changed, so that nothing else has it read again.
    _store._study.cache_clear()
    cache.clear()
    _fresh_sqlite(lab_folder)
    yield Lab(settings.LAB)
    writer.stop()
    forget()
    connections.close_all()


def _begin_anew() -> None:
    """Drop this thread's connection, if it has made one, so that settings are read."""
    from django.db import connections

    with suppress(AttributeError):
        del connections["default"]


@contextmanager
def on_postgresql(lab: Lab, url: str) -> Iterator[Lab]:
    """Let a lab stand on the PostgreSQL database of this address, tables made."""
    from django.core.management import call_command
    from django.db import connections

    from isobole.lab._config import LabConfig
    from isobole.lab.record import writer
    from isobole.lab.record._chain import forget

    wanted = LabConfig(lab.config.data, url, lab.config.secret_key).database()
    before = dict(connections.databases["default"])

    def stand_on(settings: dict[str, Any]) -> None:
        writer.stop()
        forget()
        connections.close_all()
        connections.databases["default"].clear()
        connections.databases["default"].update(settings)
        connections.configure_settings(connections.databases)
        _begin_anew()

    stand_on(wanted)
    try:
        call_command("migrate", verbosity=0)
        yield lab
    finally:
        stand_on(before)


@pytest.fixture(params=["sqlite", "postgresql"])
def either_lab(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Lab]:
    """Return a lab on each kind of database in turn."""
    if request.param == "sqlite":
        yield lab
        return
    fresh: Callable[[], str] = request.getfixturevalue("fresh_database")
    with on_postgresql(lab, fresh()):
        yield lab
