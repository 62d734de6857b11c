"""The last part of a build: what needs all pages together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from isobole.monograph._build_pool import begun, collected
from isobole.monograph._build_worker import write_file
from isobole.monograph._collection_checks import findings_between
from isobole.monograph._collection_open import load_page
from isobole.monograph._collection_store import Store
from isobole.monograph._finding import Finding
from isobole.monograph._interactions import Interactions, interactions_of, moiety_key
from isobole.monograph._site_collection import (
    findings_page,
    index_page,
    interaction_pages,
    listing,
    parts_of_pages,
)
from isobole.monograph._site_page import with_collection
from isobole.monograph._site_search import (
    collect_terms,
    parts_of_search,
    search_files,
)
from isobole.results import Problem

_MANY = 500
"""Pages from which on the pages about the collection are worth a process."""


class Counts(NamedTuple):
    """What the index holds at the end."""

    pages: int
    sections: int
    statements: int
    interactions: int
    findings: dict[str, int]
    gaps: int


def finish(
    store: Store, site: Path, problems: Sequence[Problem], jobs: int = 1
) -> Counts:
    """Check pages against each other and write the pages about the collection."""
    db = store.db
    titles = db.execute("SELECT title, slug, terms FROM page ORDER BY file").fetchall()
    # The terms of the search are collected elsewhere while this process goes on.
    terms = collected(collect_terms, list(parts_of_search(titles)), jobs)
    elsewhere = jobs if len(titles) > _MANY else 1
    index = begun(index_page, listing(db, problems), elsewhere)
    slugs = dict(db.execute("SELECT file, slug FROM page ORDER BY file").fetchall())
    found = interactions_of(db)
    named = begun(interaction_pages, found, elsewhere)
    between = _between(store)
    _put_between(store, between)
    _put_parts(store, site, parts_of_pages(found, between, slugs))
    _write(site, "findings.html", findings_page(db, between, slugs))
    counts = _count(store, found, between)
    _replace(site / "search", dict(search_files(terms)))
    _write(site, "index.html", index())
    _replace(site / "interactions", named())
    return counts


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


def _replace(folder: Path, made: dict[str, str]) -> None:
    """Make a folder hold these files and no others of ours."""
    for name, text in made.items():
        _write(folder, name, text)
    for path in folder.iterdir():
        if path.name not in made and path.suffix in (".html", ".js"):
            path.unlink()


def _write(folder: Path, name: str, text: str) -> None:
    """Write a file unless it says this already."""
    path = folder / name
    data = text.encode("utf-8", "replace")
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return
    except OSError:
        pass
    write_file(path, text)


def _count(store: Store, found: Interactions, between: Sequence[Finding]) -> Counts:
    def number(sql: str) -> int:
        return int(store.db.execute(sql).fetchone()[0])

    findings = dict.fromkeys(("error", "warning", "notice"), 0)
    for severity, count in store.db.execute(
        "SELECT severity, count(*) FROM finding GROUP BY severity"
    ):
        findings[severity] += count
    for finding in between:
        findings[finding.severity] += 1
    return Counts(
        number("SELECT count(*) FROM page"),
        number("SELECT count(*) FROM section_fts_docsize"),
        number("SELECT total(json_extract(shown, '$.statements')) FROM page"),
        number("SELECT count(*) FROM interaction"),
        findings,
        len(found.gaps),
    )
