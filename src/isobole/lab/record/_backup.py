"""The whole lab in one file, made while it runs; either kind of database reads it.

A zip: one table a file, one row a line of canonical JSON, and a manifest with the
hash of each table and the head of each chain. Sessions are left out (everybody logs
in again), and so is the secret that signs them.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, Model

from isobole import __version__
from isobole.lab import _clock
from isobole.lab.models import Study
from isobole.lab.record._verify import LOG, verify_all
from isobole.results import DataError, Problem

FORMAT = "isobole-backup/1"
MANIFEST = "manifest.json"
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Parameters
    ----------
    file : str
        The file.
    made : str
        When, by the server's clock.
    rows : mapping of str to int
        Rows of each table.
    heads : mapping of str to str
        The head hash of each study's record, and of the log of access.
    """

    file: str
    made: str
    rows: dict[str, int]
    heads: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        return {
            "file": self.file,
            "made": self.made,
            "tables": [{"table": name, "rows": n} for name, n in self.rows.items()],
            "chains": [{"of": of, "head": head} for of, head in self.heads.items()],
        }


def back_up(target: Path) -> Backup:
    """Write everything the lab stores, as it is at one moment, to a new file.

    Writing goes on meanwhile and is not held up.

    Raises
    ------
    DataError
        If the file is there already, or a chain is broken: a backup vouches for what
        it holds.
    OSError
        If the file cannot be written; none is left then.
    """
    if target.exists():
        raise DataError([_exists(target)])
    part = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream, one_moment():
            made = _written(stream, str(target))
            stream.flush()
            os.fsync(stream.fileno())
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return made


def stored_models() -> list[type[Model]]:
    """Return the tables of the lab, each after those that it refers to."""
    waiting = list(apps.get_app_config("lab").get_models())
    placed: list[type[Model]] = []
    while waiting:
        for model in waiting:
            refers = {
                field.related_model
                for field in model._meta.concrete_fields
                if field.is_relation
            }
            if not refers & set(waiting) - {model}:
                placed.append(model)
                waiting.remove(model)
                break
        else:
            msg = f"Tables refer to each other in a circle: {waiting}"
            raise RuntimeError(msg)
    return placed


def fields_of(model: type[Model]) -> list[Field[Any, Any]]:
    """Return the columns of a table."""
    return list(model._meta.concrete_fields)


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it is now, whatever is written meanwhile."""
    # Not Django's transaction: on SQLite it would take the only lock for writing.
    begin = (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        if connection.vendor == "postgresql"
        else "BEGIN DEFERRED"
    )
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def _written(stream: IO[bytes], file: str) -> Backup:
    studies = list(Study.objects.values_list("study_id", flat=True))
    chains = dict(verify_all(studies))
    problems = [p for report in chains.values() for p in report.problems]
    if problems:
        raise DataError(problems)
    made = _clock.stamp()
    tables: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for model in stored_models():
            name = model._meta.db_table
            digest, count = hashlib.sha256(), 0
            with archive.open(f"{name}.jsonl", "w", force_zip64=True) as out:
                for line in _lines(model):
                    digest.update(line)
                    out.write(line)
                    count += 1
            tables[name] = {"rows": count, "sha256": digest.hexdigest()}
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "made": made,
            "database": connection.vendor,
            "tables": tables,
            "chains": {
                of: {"rows": report.entries, "head": report.head or ""}
                for of, report in chains.items()
                if of != LOG
            },
            "log": {"rows": chains[LOG].entries, "head": chains[LOG].head or ""},
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
    return Backup(
        file,
        made,
        {name: int(one["rows"]) for name, one in tables.items()},
        {of: report.head or "" for of, report in chains.items()},
    )


def _lines(model: type[Model]) -> Iterator[bytes]:
    """Yield the rows of a table, in batches by key: no cursor is left open."""
    last: Any = None
    fields = fields_of(model)
    every = model._default_manager.order_by("pk")
    while True:
        rows = list((every if last is None else every.filter(pk__gt=last))[:BATCH])
        for row in rows:
            yield _line(row, fields)
        if len(rows) < BATCH:
            return
        last = rows[-1].pk


def _line(row: Model, fields: list[Field[Any, Any]]) -> bytes:
    values = {
        field.attname: None
        if getattr(row, field.attname) is None
        else field.value_to_string(row)
        for field in fields
    }
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def _exists(target: Path) -> Problem:
    return Problem(
        "file-exists",
        "There is a file of this name already, and it was left as it is",
        file=str(target),
        remedy="Give a new name, best with the date in it",
    )
