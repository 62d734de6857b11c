"""The last part of a build: what needs all pages together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from isobole.monograph._build_pool import Workers
from isobole.monograph._build_terms import Collector
from isobole.monograph._build_worker import write_file
from isobole.monograph._collection_checks import findings_between
from isobole.monograph._collection_open import load_page
from isobole.monograph._collection_store import Store, flush
from isobole.monograph._finding import Finding
from isobole.monograph._interactions import (
    NamingRows,
    indexed,
    moiety_key,
    naming_rows_of,
)
from isobole.monograph._site_collection import (
    Listing,
    findings_page,
    index_page,
    interaction_pages,
    listing,
    parts_of_pages,
)
from isobole.monograph._site_page import with_collection
from isobole.results import Problem


class Counts(NamedTuple):
    """What the index holds at the end."""

    pages: int
    sections: int
    statements: int
    interactions: int
    findings: dict[str, int]
    gaps: int


class _Folder(NamedTuple):
    """What the pages of interactions are made of, and where they go."""

    path: Path
    rows: NamingRows


class _File(NamedTuple):
    """What the list of all pages is made of, and where it goes."""

    path: Path
    listed: Listing


class _Others(NamedTuple):
    """What pages say of each other."""

    rows: NamingRows
    between: Sequence[Finding]
    slugs: Mapping[str, str]


class _Told(NamedTuple):
    """What to write into pages from others, and how many gaps there are."""

    parts: dict[int, tuple[str, str]]
    gaps: int


def finish(
    store: Store,
    site: Path,
    problems: Sequence[Problem],
    workers: Workers,
    terms: Collector,
) -> Counts:
    """Check pages against each other and write the pages about the collection."""
    store.commit()
    flushed = None
    if workers.count > 1:
        # So that little is left to wait for in `Store.publish`. Not in this process:
        # closing the file here would end its lock.
        flushed = workers.begin(flush, store.path)
    # Each worker makes its part while this process goes on.
    rows = naming_rows_of(store.db)
    interactions = workers.begin(
        _write_interactions, _Folder(site / "interactions", rows)
    )
    listed = listing(store.db, problems)
    slugs = {file: slug for _, file, slug, _, _ in sorted(listed.pages, key=_file_of)}
    between = _between(store)
    told = workers.begin(_told, _Others(rows, between, slugs))
    index = workers.begin(_write_index, _File(site / "index.html", listed))
    _put_between(store, between)
    _write(site / "findings.html", findings_page(store.db, between, slugs))
    _replace(site / "search", terms.files())
    parts, gaps = told()
    _put_parts(store, site, parts)
    counts = _count(store, listed, gaps, between)
    index()
    interactions()
    if flushed is not None:
        flushed()
    return counts


def _file_of(row: tuple[str, str, str, str, str]) -> str:
    return row[1]


def _write_interactions(folder: _Folder) -> None:
    _replace(folder.path, interaction_pages(indexed(folder.rows)).items())


def _told(others: _Others) -> _Told:
    found = indexed(others.rows)
    return _Told(parts_of_pages(found, others.between, others.slugs), len(found.gaps))


def _write_index(file: _File) -> None:
    _write(file.path, index_page(file.listed))


def _between(store: Store) -> list[Finding]:
    """Return the findings between pages on the same moiety."""
    groups: dict[str, list[int]] = {}
    for number, title, subject in store.db.execute(
        "SELECT id, title, subject FROM page ORDER BY file"
    ):
        key = moiety_key(subject) if subject else moiety_key(title)
        groups.setdefault(key, []).append(number)
    found: list[Finding] = []
    for numbers in groups.values():
        if len(numbers) > 1:
            pages = [load_page(store.db, number) for number in numbers]
            found += findings_between(pages)
    weight = {"error": 0, "warning": 1, "notice": 2}
    found.sort(key=lambda f: (weight[f.severity], f.file, f.line or 0, f.code))
    return found


def _put_between(store: Store, between: Sequence[Finding]) -> None:
    store.db.execute("DELETE FROM collection_finding")
    store.db.executemany(
        "INSERT INTO collection_finding VALUES (?, ?, ?, ?, ?)",
        [
            (place, f.code, f.severity, f.file, json.dumps(f.to_dict()))
            for place, f in enumerate(between)
        ],
    )


def _put_parts(store: Store, site: Path, parts: dict[int, tuple[str, str]]) -> None:
    """Write into each page what others say against it, where that has changed."""
    slugs = dict(store.db.execute("SELECT id, slug FROM page").fetchall())
    told = dict(store.db.execute("SELECT page, digest FROM told").fetchall())
    for number in sorted({*parts, *told} & {*slugs}):
        first, part = parts.get(number, ("", ""))
        digest = sha256((first + part).encode("utf-8", "replace")).hexdigest()
        if digest == told.get(number):
            continue
        path = site / "pages" / f"{slugs[number]}.html"
        html = with_collection(path.read_text("utf-8"), first, part)
        write_file(path, html)
        store.db.execute("INSERT OR REPLACE INTO told VALUES (?, ?)", (number, digest))


def _replace(folder: Path, made: Iterable[tuple[str, str]]) -> None:
    """Make a folder hold these files and no others of ours."""
    names = set()
    for name, text in made:
        _write(folder / name, text)
        names.add(name)
    for path in folder.iterdir():
        if path.name not in names and path.suffix in (".html", ".js"):
            path.unlink()


def _write(path: Path, text: str) -> None:
    """Write a file unless it says this already."""
    data = text.encode("utf-8", "replace")
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return
    except OSError:
        pass
    write_file(path, text)


def _count(
    store: Store, listed: Listing, gaps: int, between: Sequence[Finding]
) -> Counts:
    def number(sql: str) -> int:
        return int(store.db.execute(sql).fetchone()[0])

    shown = [json.loads(page[-1]) for page in listed.pages]
    findings = {
        severity: sum(page[severity] for page in shown)
        + sum(finding.severity == severity for finding in between)
        for severity in ("error", "warning", "notice")
    }
    return Counts(
        len(shown),
        number("SELECT count(*) FROM section_fts_docsize"),
        sum(page["statements"] for page in shown),
        number("SELECT count(*) FROM interaction"),
        findings,
        gaps,
    )
