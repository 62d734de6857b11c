"""The index of a collection as a file: built aside, resumed, and put in place whole."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from isobole.monograph._collection_open import INDEX, format_of, open_index
from isobole.monograph._collection_rows import PAGE, SHIFT, TABLES, PageRows
from isobole.results import DataError, Problem

_PART = ".index.part.db"
FORMAT = "2"


class Held(NamedTuple):
    """A page that the index holds already."""

    id: int
    file: str
    slug: str
    sha256: str


@cache
def maker() -> str:
    """Return what pages are read and shown with: another version reads them anew."""
    digest = sha256()
    room = files("isobole.monograph")
    stack = [room]
    named: list[tuple[str, bytes]] = []
    while stack:
        folder = stack.pop()
        for item in folder.iterdir():
            if item.is_dir():
                stack.append(item)
            elif item.name.endswith((".py", ".toml", ".jinja", ".sql")):
                named.append((item.name, item.read_bytes()))
    for name, data in sorted(named):
        digest.update(name.encode() + b"\0" + sha256(data).digest())
    return digest.hexdigest()[:16]


class Store:
    """The index while it is being built; `commit` as often as a page may be lost."""

    def __init__(self, db: sqlite3.Connection, path: Path, *, resumed: bool) -> None:
        self.db = db
        self.path = path
        self.resumed = resumed

    def held(self) -> dict[str, Held]:
        """Return the pages that need not be read again, by file."""
        rows = self.db.execute(
            "SELECT id, file, slug, sha256 FROM page WHERE made_by = ?", (maker(),)
        )
        return {row[1]: Held(*row) for row in rows}

    def known_problems(self) -> dict[tuple[str, str], Problem]:
        """Return what is known of pages that cannot be read, by file and hash."""
        rows = self.db.execute(
            "SELECT file, sha256, problem FROM problem WHERE made_by = ?", (maker(),)
        )
        return {(file, sha): Problem(**json.loads(text)) for file, sha, text in rows}

    def pages(self) -> list[tuple[int, str, str]]:
        """Return id, file and slug of every page in the index."""
        return self.db.execute("SELECT id, file, slug FROM page").fetchall()

    def terms(self) -> list[tuple[str, str, str, str]]:
        """Return file, title, slug and terms of every page in the index."""
        return self.db.execute("SELECT file, title, slug, terms FROM page").fetchall()

    def remove(self, page: int) -> None:
        """Take a page out, with all that was said of it."""
        first = page << SHIFT
        bounds = (first, first + (1 << SHIFT) - 1)
        self.db.execute(
            "INSERT INTO section_fts (section_fts, rowid, drug, title, words) "
            "SELECT 'delete', id, drug, title, words FROM section "
            "WHERE id BETWEEN ? AND ?",
            bounds,
        )
        for table in TABLES:
            self.db.execute(f"DELETE FROM {table} WHERE id BETWEEN ? AND ?", bounds)
        self.db.execute("DELETE FROM told WHERE page = ?", (page,))
        self.db.execute("DELETE FROM page WHERE id = ?", (page,))

    def next_page(self) -> int:
        """Return a number that no page has had."""
        last = self.db.execute("SELECT max(id) FROM page").fetchone()[0]
        return int(last or 0) + 1

    def put(self, rows: PageRows) -> None:
        """Add pages; their files and numbers must not be in the index."""
        if not rows.page:
            return
        self.db.executemany(_insert("page", ("id", *PAGE)), rows.page)
        for table, columns in TABLES.items():
            self.db.executemany(
                _insert(table, ("id", "page", *columns)), getattr(rows, table)
            )
        numbers = [row[0] for row in rows.page]
        self.db.execute(
            "INSERT INTO section_fts (rowid, drug, title, words) "
            "SELECT id, drug, title, words FROM section WHERE id BETWEEN ? AND ?",
            (min(numbers) << SHIFT, ((max(numbers) + 1) << SHIFT) - 1),
        )

    def put_problems(self, problems: Mapping[tuple[str, str], Problem]) -> None:
        """Replace what is known of pages that cannot be read."""
        self.db.execute("DELETE FROM problem")
        self.db.executemany(
            _insert("problem", ("file", "sha256", "made_by", "problem")),
            [
                (file, sha, maker(), json.dumps(problem.to_dict()))
                for (file, sha), problem in sorted(problems.items())
            ],
        )

    def put_about(self, about: Mapping[str, str]) -> None:
        """Say what this index is of."""
        self.db.executemany(
            "INSERT OR REPLACE INTO about (key, value) VALUES (?, ?)",
            sorted({**about, "format": FORMAT}.items()),
        )

    def commit(self) -> None:
        """Keep what was added, should the build be interrupted."""
        self.db.commit()

    def publish(self) -> None:
        """Put the index in place in one step."""
        self.db.commit()
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.close()
        flush(self.path)
        try:
            self.path.replace(self.path.with_name(INDEX))
        except OSError as error:
            raise DataError([_unwritable(self.path.parent, error)]) from error


def flush(path: Path) -> None:
    """Wait until what was written into the index is on the disk.

    Raises
    ------
    DataError
        If the disk refuses it. The system tells this once only: who asks must tell it.
    """
    try:
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())
    except OSError as error:
        raise DataError([_unwritable(path.parent, error)]) from error


@contextmanager
def building(out: Path) -> Iterator[Store]:
    """Open the index that is being built in `out`; an interrupted one goes on.

    What is published stays as it is until `Store.publish`.

    Raises
    ------
    DataError
        If another build is at work in this folder.
    """
    part = out / _PART
    db, begun = _part(part, out)
    store = Store(db, part, resumed=begun)
    try:
        yield store
    except sqlite3.OperationalError as error:
        raise DataError([_unwritable(out, error)]) from error
    except BaseException:
        # Keep the pages that were read: the next build goes on from here.
        with suppress(sqlite3.Error):
            db.commit()
        raise
    finally:
        db.close()


def _part(part: Path, out: Path) -> tuple[sqlite3.Connection, bool]:
    for attempt in (1, 2):
        db = sqlite3.connect(part, timeout=0.5)
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA synchronous = OFF")
            # A page of the collection is one row; of 4 kB it would take twenty.
            db.execute("PRAGMA page_size = 16384")
            # The words' index is merged again and again; with SQLite's 2 MB of memory
            # most of it would be read back from the disk each time.
            db.execute("PRAGMA cache_size = -65536")
            db.execute("BEGIN EXCLUSIVE")
            db.commit()
            if format_of(db) == FORMAT:
                return db, True
            _begin(db, out / INDEX)
            return db, False
        except sqlite3.OperationalError as error:
            db.close()
            if "locked" in str(error):
                raise DataError([_busy(out)]) from error
            if attempt == 2:
                raise DataError([_unwritable(out, error)]) from error
            part.unlink(missing_ok=True)
        except sqlite3.DatabaseError as error:
            # A crash of the machine may leave half a file: begin anew.
            db.close()
            if attempt == 2:
                raise DataError([_unwritable(out, error)]) from error
            part.unlink(missing_ok=True)
    raise AssertionError


def _begin(db: sqlite3.Connection, index: Path) -> None:
    """Start from what is published, if it has this format, else from nothing."""
    if index.is_file():
        with suppress(DataError), open_index(index) as published:
            if format_of(published) == FORMAT:
                published.backup(db)
                return
    for kind, name in db.execute(
        "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'section\\_fts\\_%' ESCAPE '\\'"
    ).fetchall():
        db.execute(f'DROP {kind} IF EXISTS "{name}"')
    schema = files("isobole.monograph") / "_collection_schema.sql"
    db.executescript(schema.read_text("utf-8"))
    db.execute("INSERT INTO about VALUES ('format', ?)", (FORMAT,))
    db.commit()


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    named = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({named}) VALUES ({','.join('?' * len(columns))})"


def _busy(out: Path) -> Problem:
    return Problem(
        "build-at-work",
        "Another build is writing here",
        file=str(out),
        remedy="Wait for it to end, or build into another folder.",
    )


def _unwritable(out: Path, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or error
    return Problem(
        "not-written",
        f"The index cannot be written: {reason}",
        file=str(out),
        remedy="Choose a folder you may write to that has free space.",
    )
