"""A backup put into an empty lab: every hash and every chain is verified first."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Field, Model

from isobole.lab.models import Study
from isobole.lab.record._backup import (
    BATCH,
    FORMAT,
    MANIFEST,
    Backup,
    fields_of,
    stored_models,
)
from isobole.lab.record._chain import forget
from isobole.lab.record._verify import LOG, verify_all
from isobole.results import DataError, Problem

LONGEST_MANIFEST = 64 * 1024 * 1024


def restore(source: Path) -> Backup:
    """Put a backup into a lab that holds nothing; all of it or nothing.

    Raises
    ------
    DataError
        If the file is no whole backup, one of its hashes does not fit, a chain is
        broken or not the one that was backed up, or the lab is not empty.
    OSError
        If the file cannot be read.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive, source)
            with transaction.atomic():
                _refuse_unless_empty()
                for model in stored_models():
                    _fill(archive, model, manifest["tables"], source)
                _reset_counters()
                heads = _verified(manifest, source)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError([_damaged(source, "it is no whole zip archive")]) from error
    finally:
        forget()
    return Backup(
        str(source),
        str(manifest["made"]),
        {name: int(one["rows"]) for name, one in manifest["tables"].items()},
        heads,
    )


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    try:
        with archive.open(MANIFEST) as stream:
            found = json.loads(stream.read(LONGEST_MANIFEST))
        if found["format"] != FORMAT:
            raise DataError([_other_format(source, str(found["format"])[:40])])
        tables = found["tables"]
        sound = all(
            isinstance(one["rows"], int) and isinstance(one["sha256"], str)
            for one in tables.values()
        )
        sound = sound and isinstance(found["chains"], dict) and "head" in found["log"]
    except DataError:
        raise
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        why = "it has no manifest of a backup"
        raise DataError([_damaged(source, why)]) from error
    if not sound:
        raise DataError([_damaged(source, "its manifest is not whole")])
    known = {model._meta.db_table for model in stored_models()}
    if newer := sorted(set(tables) - known):
        raise DataError([_newer(source, newer)])
    manifest: dict[str, Any] = found
    return manifest


def _refuse_unless_empty() -> None:
    held = [m._meta.db_table for m in stored_models() if m._default_manager.exists()]
    if held:
        raise DataError(
            [
                Problem(
                    "lab-not-empty",
                    "This lab holds data already, and nothing of it was changed",
                    given=", ".join(held),
                    remedy="Restore into a new folder: --data DIR, and with "
                    "PostgreSQL into a new database",
                )
            ]
        )


def _fill(
    archive: zipfile.ZipFile,
    model: type[Model],
    tables: Mapping[str, Mapping[str, Any]],
    source: Path,
) -> None:
    name = model._meta.db_table
    if name not in tables:
        return  # a backup of an older isobole, which had no such table
    fields = fields_of(model)
    quoted = connection.ops.quote_name
    statement = (
        f"INSERT INTO {quoted(name)} "
        f"({', '.join(quoted(field.column) for field in fields)}) "
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    digest, count = hashlib.sha256(), 0
    waiting: list[list[Any]] = []
    with connection.cursor() as cursor:
        for line in _lines(archive, name, source):
            digest.update(line)
            count += 1
            waiting.append(_values(line, fields, f"{name}, row {count}", source))
            if len(waiting) == BATCH:
                cursor.executemany(statement, waiting)
                waiting = []
        if waiting:
            cursor.executemany(statement, waiting)
    stated = tables[name]
    if (count, digest.hexdigest()) != (stated["rows"], stated["sha256"]):
        why = f"{name} is not the table that was backed up"
        raise DataError([_damaged(source, why)])


def _lines(archive: zipfile.ZipFile, name: str, source: Path) -> Iterator[bytes]:
    try:
        stream = archive.open(f"{name}.jsonl")
    except KeyError:
        raise DataError([_damaged(source, f"{name} is missing")]) from None
    with stream:
        yield from stream


def _values(
    line: bytes, fields: list[Field[Any, Any]], place: str, source: Path
) -> list[Any]:
    try:
        found = json.loads(line)
        unknown = set(found) - {field.attname for field in fields}
        if unknown:
            raise DataError([_newer(source, sorted(unknown))])
        return [
            field.get_db_prep_save(_value(field, found), connection) for field in fields
        ]
    except DataError:
        raise
    except Exception as error:
        # Whatever a damaged line does to a field: it is the line that is wrong.
        raise DataError([_damaged(source, f"{place} cannot be read")]) from error


def _value(field: Field[Any, Any], found: Mapping[str, Any]) -> Any:
    if field.attname not in found:
        return field.get_default()  # added since the backup was made
    value = found[field.attname]
    return None if value is None else field.to_python(value)


def _reset_counters() -> None:
    """Let PostgreSQL count on after the keys that were restored."""
    for statement in connection.ops.sequence_reset_sql(no_style(), stored_models()):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _verified(manifest: Mapping[str, Any], source: Path) -> dict[str, str]:
    """Walk every chain as it is now stored and hold it against the manifest."""
    studies = list(Study.objects.values_list("study_id", flat=True))
    reports = dict(verify_all(studies))
    problems = [p for report in reports.values() for p in report.problems]
    stated = {of: one["head"] for of, one in manifest["chains"].items()}
    stated[LOG] = manifest["log"]["head"]
    heads = {of: report.head or "" for of, report in reports.items()}
    problems += [
        _damaged(source, f"the chain of {of} does not end as it did")
        for of in sorted(set(stated) | set(heads))
        if stated.get(of) != heads.get(of)
    ]
    if problems:
        raise DataError(problems)
    return heads


def _damaged(source: Path, why: str) -> Problem:
    return Problem(
        "backup-damaged",
        f"The backup cannot be trusted: {why}",
        file=str(source),
        remedy="Nothing was restored; take another backup",
    )


def _other_format(source: Path, given: str) -> Problem:
    return Problem(
        "backup-format",
        "The backup is of another format",
        file=str(source),
        given=given,
        expected=FORMAT,
        remedy="Restore it with the isobole that made it, or with a newer one",
    )


def _newer(source: Path, names: list[str]) -> Problem:
    return Problem(
        "backup-newer",
        f"The backup holds what this isobole does not know: {', '.join(names[:5])}",
        file=str(source),
        remedy="Restore it with the isobole that made it, or with a newer one",
    )
