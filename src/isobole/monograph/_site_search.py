"""The search of the site: an index in script files, so that it needs no server.

A browser does not let a page opened from a disk fetch data, but lets it load scripts:
each letter has a file of terms, each hundred pages a file of headings.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from isobole.monograph._encoded import encoded
from isobole.monograph._page import Monograph

_TERM = re.compile(r"[^\W_]+")
_BLANKS = "".join(chr(c) if chr(c).isalnum() else " " for c in range(128))
_LONGEST = 24
_BITS = 30
"""Sections told apart in a page: as many as a browser's integer has bits to spare."""
BLOCK = 100
OTHER = "_"
PART = 250
"""Pages whose terms are collected together."""


class SearchPages(NamedTuple):
    """Some pages: the number of the first, and title, slug and terms of each."""

    first: int
    pages: tuple[tuple[str, str, str], ...]


class SearchTerms(NamedTuple):
    """The terms of some pages with their places, and the pages' headings."""

    places: dict[str, str]
    heads: list[str]


def terms_of(page: Monograph) -> str:
    """Return the words of a page with the sections they stand in, as JSON.

    A section is a bit of a number; pages with more sections share bits.
    """
    marks: dict[str, int] = {}
    found = marks.get
    count = max(len(page.sections), 1)
    for place, section in enumerate(page.sections):
        bit = 1 << (place if count <= _BITS else place * _BITS // count)
        words = [section.title, section.inline, *(b.text for b in section.blocks)]
        for term in _terms(" ".join(words).lower()):
            marks[term] = found(term, 0) | bit
    every = (1 << min(count, _BITS)) - 1
    for term in _TERM.findall(page.title.lower()):
        marks[term] = every
    heads: dict[int, tuple[str, int]] = {}
    for place, section in enumerate(page.sections):
        bit = place if count <= _BITS else place * _BITS // count
        heads.setdefault(bit, (section.title, section.line))
    return encoded(
        [{t: m for t, m in marks.items() if len(t) <= _LONGEST}, list(heads.values())]
    )


def _terms(words: str) -> set[str]:
    """Return the words of a text: what letters and digits make up."""
    if words.isascii():
        return set(words.translate(_BLANKS).split())
    return set(_TERM.findall(words))


def collect_terms(part: SearchPages) -> SearchTerms:
    """Return who has which term, written as it stands in the script files."""
    places: dict[str, list[str]] = defaultdict(list)
    heads: list[str] = []
    for number, (title, slug, text) in enumerate(part.pages, part.first):
        terms, sections = json.loads(text)
        heads.append(_json([title, slug, sections]))
        for term, mark in terms.items():
            places[term].append(f"{number},{mark}")
    return SearchTerms({term: ",".join(found) for term, found in places.items()}, heads)


def search_files(parts: Iterable[SearchTerms]) -> Iterator[tuple[str, str]]:
    """Return the script files of the search: name and text.

    Parameters
    ----------
    parts : iterable of SearchTerms
        In the order of their pages.
    """
    shards: dict[str, dict[str, list[str]]] = {}
    heads: list[str] = []
    for part in parts:
        heads += part.heads
        for term, places in part.places.items():
            shard = shards.setdefault(shard_of(term), {})
            shard.setdefault(term, []).append(places)
    about = {"pages": len(heads), "block": BLOCK, "shards": sorted(shards)}
    yield "index.js", _script("about", _json(about))
    for name, shard in sorted(shards.items()):
        terms = [f"{_json(term)}:[{','.join(shard[term])}]" for term in sorted(shard)]
        yield (
            f"terms-{name}.js",
            _script("terms", _json(name), f"{{{','.join(terms)}}}"),
        )
    for block in range(0, len(heads), BLOCK):
        listed = f"[{','.join(heads[block : block + BLOCK])}]"
        number = block // BLOCK
        yield f"pages-{number}.js", _script("pages", str(number), listed)


def shard_of(term: str) -> str:
    """Return the file that holds a term: its first letter, if every disk can name it.

    Examples
    --------
    >>> shard_of("valproate"), shard_of("γ")
    ('v', '_')
    """
    first = term[:1]
    return first if first.isascii() and first.isalnum() else OTHER


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _script(call: str, *values: str) -> str:
    return f"isoboleSearch.{call}({','.join(values)});\n"
