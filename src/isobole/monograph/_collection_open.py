"""The index of a collection, opened for reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from isobole.monograph._collection_rows import PAGE, SHIFT, TABLES, monograph_of
from isobole.monograph._page import Monograph
from isobole.results import DataError, Problem

INDEX = "index.db"


@contextmanager
def open_index(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a published index for reading only.

    Raises
    ------
    DataError
        If there is none.
    """
    file = path / INDEX if path.is_dir() else path
    if not file.is_file():
        problem = Problem(
            "no-index",
            "There is no index of a collection here",
            file=str(path),
            remedy="Build one: isobole monograph build FOLDER OUT",
        )
        raise DataError([problem])
    db = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        if format_of(db) is None:
            raise DataError([_not_ours(file)])
        yield db
    finally:
        db.close()


def load_page(db: sqlite3.Connection, number: int) -> Monograph:
    """Return a page as it was read, from the index."""

    def rows(table: str) -> list[Any]:
        named = ", ".join(f'"{column}"' for column in TABLES[table])
        return db.execute(
            f"SELECT {named} FROM {table} WHERE id BETWEEN ? AND ? ORDER BY id",
            (number << SHIFT, ((number + 1) << SHIFT) - 1),
        ).fetchall()

    head = db.execute(
        f"SELECT {', '.join(PAGE)} FROM page WHERE id = ?", (number,)
    ).fetchone()
    return monograph_of(head, rows("section"), rows("finding"))


def format_of(db: sqlite3.Connection) -> str | None:
    """Return the format of an index, None for what is none."""
    try:
        row = db.execute("SELECT value FROM about WHERE key = 'format'").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    except sqlite3.DatabaseError:
        return None
    return row[0] if row else None


def _not_ours(file: Path) -> Problem:
    return Problem(
        "not-an-index",
        "This is no index of isobole",
        file=str(file),
        remedy="Build one: isobole monograph build FOLDER OUT.",
    )
