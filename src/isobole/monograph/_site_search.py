"""The search of the site: an index in script files, so that it needs no server.

A browser does not let a page opened from a disk fetch data, but lets it load scripts:
each letter has a file of terms, each hundred pages a file of headings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from isobole.monograph._page import Monograph

_TERM = re.compile(r"[^\W_]+")
_LONGEST = 24
_BITS = 30
"""Sections told apart in a page: as many as a browser's integer has bits to spare."""
BLOCK = 100
OTHER = "_"


def terms_of(page: Monograph) -> str:
    """Return the words of a page with the sections they stand in, as JSON.

    A section is a bit of a number; pages with more sections share bits.
    """
    marks: dict[str, int] = {}
    count = max(len(page.sections), 1)
    for place, section in enumerate(page.sections):
        bit = 1 << (place if count <= _BITS else place * _BITS // count)
        words = [section.title, section.inline, *(b.text for b in section.blocks)]
        for term in set(_TERM.findall(" ".join(words).lower())):
            marks[term] = marks.get(term, 0) | bit
    every = (1 << min(count, _BITS)) - 1
    for term in _TERM.findall(page.title.lower()):
        marks[term] = every
    heads: dict[int, tuple[str, int]] = {}
    for place, section in enumerate(page.sections):
        bit = place if count <= _BITS else place * _BITS // count
        heads.setdefault(bit, (section.title, section.line))
    return json.dumps(
        [{t: m for t, m in marks.items() if len(t) <= _LONGEST}, list(heads.values())],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def search_files(pages: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Return the script files of the search: name and text.

    Parameters
    ----------
    pages : iterable of (title, slug, terms)
        In the order of their listing; `terms` as `terms_of` gives them.
    """
    shards: dict[str, dict[str, list[int]]] = {}
    heads: list[tuple[str, str, object]] = []
    for number, (title, slug, text) in enumerate(pages):
        terms, sections = json.loads(text)
        heads.append((title, slug, sections))
        for term, mark in terms.items():
            shard = shards.get(term[0])
            if shard is None:
                shard = shards[term[0]] = {}
            places = shard.get(term)
            if places is None:
                shard[term] = [number, mark]
            else:
                places.append(number)
                places.append(mark)
    merged: dict[str, dict[str, list[int]]] = {}
    for first, shard in shards.items():
        merged.setdefault(shard_of(first), {}).update(shard)
    about = {"pages": len(heads), "block": BLOCK, "shards": sorted(merged)}
    yield "index.js", _script("about", about)
    for name, shard in sorted(merged.items()):
        yield f"terms-{name}.js", _script("terms", name, dict(sorted(shard.items())))
    for block in range(0, len(heads), BLOCK):
        part = heads[block : block + BLOCK]
        yield f"pages-{block // BLOCK}.js", _script("pages", block // BLOCK, part)


def shard_of(term: str) -> str:
    """Return the file that holds a term: its first letter, if every disk can name it.

    Examples
    --------
    >>> shard_of("valproate"), shard_of("γ")
    ('v', '_')
    """
    first = term[:1]
    return first if first.isascii() and first.isalnum() else OTHER


def _script(call: str, *values: object) -> str:
    text = ",".join(
        json.dumps(value, ensure_ascii=True, separators=(",", ":")) for value in values
    )
    return f"isoboleSearch.{call}({text});\n"
