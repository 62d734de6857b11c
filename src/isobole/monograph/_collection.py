"""A built collection, opened for reading: its pages as they were read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from isobole.monograph._collection_open import load_page, open_index
from isobole.monograph._index_search import SearchResult, search
from isobole.monograph._page import Monograph
from isobole.results import DataError, Problem
from isobole.substances import plain


class Listed(NamedTuple):
    """A page in the list of a collection.

    `counts` has ``statements``, ``conflicts``, ``error``, ``warning``, ``notice``.
    """

    file: str
    slug: str
    title: str
    subject: str
    kind: str
    policy: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder that `build` wrote. Pages are loaded when they are asked for.

    Parameters
    ----------
    folder : Path
        The folder.
    """

    folder: Path

    def listed(self) -> tuple[Listed, ...]:
        """Return every page with its counts, in the order of their files."""
        with open_index(self.folder) as db:
            rows = db.execute(
                "SELECT file, slug, title, subject, kind, policy, shown FROM page "
                "ORDER BY file"
            ).fetchall()
        return tuple(
            Listed(file, slug, title, subject, kind, policy, json.loads(shown))
            for file, slug, title, subject, kind, policy, shown in rows
        )

    def pages(self) -> Iterator[Monograph]:
        """Return every page as it was read, in the order of their files."""
        with open_index(self.folder) as db:
            numbers = db.execute("SELECT id FROM page ORDER BY file").fetchall()
            for (number,) in numbers:
                yield load_page(db, number)

    def page(self, name: str) -> Monograph:
        """Return the page with this file, name in the site, or title.

        Raises
        ------
        DataError
            If there is none, or if several pages have this title.
        """
        with open_index(self.folder) as db:
            rows = db.execute("SELECT id, file, slug, title FROM page").fetchall()
            exact = [row for row in rows if name in (row[1], row[2])]
            found = exact or [row for row in rows if plain(row[3]) == plain(name)]
            if len(found) == 1:
                return load_page(db, found[0][0])
        raise DataError([self._not_one(name, [row[1] for row in found])])

    def search(self, query: str, limit: int = 20) -> SearchResult:
        """Search the sections; see `isobole.monograph.search`."""
        return search(self.folder, query, limit)

    def findings_between(self) -> tuple[dict[str, Any], ...]:
        """Return the findings between pages, as they stand in JSON."""
        with open_index(self.folder) as db:
            rows = db.execute(
                "SELECT finding FROM collection_finding ORDER BY place"
            ).fetchall()
        return tuple(json.loads(text) for (text,) in rows)

    def _not_one(self, name: str, files: list[str]) -> Problem:
        if files:
            return Problem(
                "several-pages",
                f"{len(files)} pages are called {name!r}",
                file=str(self.folder),
                given=name,
                expected=f"one of {', '.join(sorted(files)[:5])}",
                remedy="Give the file of the one that is meant.",
            )
        return Problem(
            "no-such-page",
            f"No page is called {name!r}",
            file=str(self.folder),
            given=name,
            remedy="Give a page's file or its title, exactly; search finds it.",
        )


def open_collection(folder: Path | str) -> Collection:
    """Open a folder that `build` wrote.

    Raises
    ------
    DataError
        If there is no index in it.
    """
    place = Path(folder)
    with open_index(place):
        return Collection(place)
