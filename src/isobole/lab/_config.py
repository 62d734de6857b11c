"""Where a lab keeps its data, and with what secret: from the environment, or default.

`ISOBOLE_DATA`, `ISOBOLE_DATABASE_URL` and `ISOBOLE_SECRET_KEY` are all there is.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from isobole.results import DataError, Problem

DATABASE = "lab.sqlite3"
SECRET = "secret-key"
LOCAL = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class LabConfig:
    """One installation of the lab.

    Parameters
    ----------
    data : Path
        Folder of the database, the secret and backups; made with mode 0700.
    database_url : str or None
        ``postgresql://user:password@host:port/name``; SQLite in `data` if None.
    secret_key : str
        Signs sessions and forms.
    hosts : tuple of str
        Names the server answers to.
    secure : bool
        Whether it is reached over HTTPS.
    """

    data: Path
    database_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    hosts: tuple[str, ...] = LOCAL
    secure: bool = False

    @property
    def backend(self) -> str:
        """The kind of database: ``"postgresql"`` or ``"sqlite"``."""
        return "postgresql" if self.database_url else "sqlite"

    def database(self) -> dict[str, Any]:
        """Return the settings of the database for Django.

        SQLite: a write-ahead log, every commit on the disk (synchronous FULL), and
        write transactions that take their lock at once, so that none fails later.
        """
        if self.database_url is None:
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(self.data / DATABASE),
                # A thread keeps its connection: opening costs as much as a commit.
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "timeout": 20,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL;"
                    "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
                },
            }
        return _postgresql(self.database_url)


def lab_config(
    environment: Mapping[str, str] | None = None, *, data: Path | str | None = None
) -> LabConfig:
    """Return the configuration, making the data folder and the secret if new.

    Parameters
    ----------
    environment : mapping, optional
        Where `ISOBOLE_*` are looked up; the process's own by default.
    data : path, optional
        Overrides `ISOBOLE_DATA`; the user's data folder is the last resort.

    Raises
    ------
    DataError
        If the folder or the secret cannot be made or read, or the database's address
        is not one.
    """
    given = os.environ if environment is None else environment
    place = place_of(data, given)
    url = given.get("ISOBOLE_DATABASE_URL") or None
    if url is not None:
        _postgresql(url)
    hosts = tuple(filter(None, given.get("ISOBOLE_HOSTS", "").split(",")))
    return LabConfig(
        data=place.resolve(),
        database_url=url,
        secret_key=given.get("ISOBOLE_SECRET_KEY") or _secret(place),
        hosts=(*LOCAL, *hosts),
        secure=given.get("ISOBOLE_SECURE") == "1",
    )


def place_of(
    data: Path | str | None = None, environment: Mapping[str, str] | None = None
) -> Path:
    """Return the data folder that is meant; it need not be there.

    Examples
    --------
    >>> place_of(environment={"ISOBOLE_DATA": "/srv/lab"}).name
    'lab'
    """
    given = os.environ if environment is None else environment
    return Path(data or given.get("ISOBOLE_DATA") or _home(given)).expanduser()


def _home(given: Mapping[str, str]) -> Path:
    base = given.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base) / "isobole"


def _secret(place: Path) -> str:
    path = place / SECRET
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(secrets.token_urlsafe(64))
        found = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise DataError(
            [
                Problem(
                    "data-folder",
                    f"The data folder cannot be used ({error.strerror or error})",
                    file=str(place),
                    remedy="Name a folder you may write to with --data or ISOBOLE_DATA",
                )
            ]
        ) from error
    if len(found) < 32:
        raise DataError(
            [
                Problem(
                    "secret-too-short",
                    "The secret key of the lab is shorter than 32 characters",
                    file=str(path),
                    remedy="Remove the file; a new one is made, and everybody logs in "
                    "again",
                )
            ]
        )
    return found


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name or port == -1:
        # The address holds a password: it is never repeated.
        raise DataError(
            [
                Problem(
                    "database-url",
                    "ISOBOLE_DATABASE_URL is not the address of a PostgreSQL database",
                    expected="postgresql://user:password@host:5432/name",
                    remedy="Correct it, or unset it to use SQLite",
                )
            ]
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": {"connect_timeout": 10, **options},
        # One connection a thread, kept: connecting costs more than an append.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
