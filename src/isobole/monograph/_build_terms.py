"""The terms of the site's search, collected while pages are still being read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from isobole.monograph._build_pool import Workers
from isobole.monograph._site_search import (
    PART,
    SearchPages,
    SearchTerms,
    collect_terms,
    search_files,
)

Terms = tuple[str, str, str]
"""Title, slug and terms of a page."""


class Collector:
    """Takes the terms of pages as they come; has them collected in the order of files.

    Parameters
    ----------
    files : iterable of str
        Every page that there may be.
    workers : Workers
        Where the terms are collected.
    """

    def __init__(self, files: Iterable[str], workers: Workers) -> None:
        self._left = iter(sorted(files))
        self._next = next(self._left, None)
        self._workers = workers
        self._come: dict[str, Terms | None] = {}
        self._part: list[Terms] = []
        self._first = 0
        self._begun: list[Callable[[], SearchTerms]] = []

    def put(self, file: str, terms: Terms | None) -> None:
        """Take the terms of a page, None for a page that could not be read."""
        self._come[file] = terms
        while self._next in self._come:
            found = self._come.pop(self._next)
            self._next = next(self._left, None)
            if found is not None:
                self._part.append(found)
            if len(self._part) == PART:
                self._begin()

    def files(self) -> Iterator[tuple[str, str]]:
        """Return the script files of the search, when all pages have come."""
        assert self._next is None
        if self._part:
            self._begin()
        return search_files(made() for made in self._begun)

    def _begin(self) -> None:
        part = SearchPages(self._first, tuple(self._part))
        self._begun.append(self._workers.begin(collect_terms, part))
        self._first += len(self._part)
        self._part.clear()
