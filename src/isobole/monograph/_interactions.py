"""Who names whom: interactions of a collection, indexed from both sides.

A name stands for a page only if it is that page's title or its substance, exactly.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from isobole.monograph._identity import known_as
from isobole.monograph._statement import NO_INTERACTION, Statement
from isobole.substances import plain


class Naming(NamedTuple):
    """A page names a partner: where, and in which words."""

    page: int
    partner: str
    line: int
    quote: str


class Title(NamedTuple):
    """A page as others may name it."""

    id: int
    file: str
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One page names a drug as interacting; that drug's own pages do not name it back.

    Parameters
    ----------
    naming : Naming
        What the one page says.
    silent : tuple of int
        The pages on the other drug, none of which names the first.
    """

    naming: Naming
    silent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Interactions:
    """Every interaction a collection names, from both sides.

    Parameters
    ----------
    titles : dict
        The pages by number.
    by_partner : dict
        For each name, written as names are compared, who names it.
    of_page : dict
        For each page, what it names.
    naming_page : dict
        For each page, who names its drug.
    keys : dict
        For each page, the moiety it is on.
    on : dict
        For each moiety, the pages on it.
    names : dict
        For each moiety, the moieties that its pages name.
    gaps : tuple of Gap
        What is named from one side only, though both have pages.
    """

    titles: dict[int, Title]
    by_partner: dict[str, list[Naming]]
    of_page: dict[int, list[Naming]]
    naming_page: dict[int, list[Naming]]
    keys: dict[int, str]
    on: dict[str, list[int]]
    names: dict[str, set[str]]
    gaps: tuple[Gap, ...]

    def pages_on(self, name: str) -> list[Title]:
        """Return the pages whose drug a name stands for."""
        return [self.titles[page] for page in self.on.get(moiety_key(name), ())]


@lru_cache(maxsize=65_536)
def moiety_key(name: str) -> str:
    """Return what a name stands for when interactions are compared: its moiety.

    Salts of one acid interact alike; a name that is not known stands for itself.

    Examples
    --------
    >>> moiety_key("Sodium Valproate") == moiety_key("valproate")
    True
    >>> moiety_key("mystery powder")
    'mystery powder'
    """
    key = plain(name)
    found = {item.moiety for item in known_as().get(key, ())}
    return plain(found.pop()) if len(found) == 1 else key


def names_partner(said: Statement) -> bool:
    """Return whether a statement names an interaction partner that is indexed.

    "Other drugs" are nobody, what is for research use only is not indexed, and the
    answer that there is none joins no two drugs.
    """
    return (
        said.kind == "interaction"
        and "page_subject" not in said.details
        and isinstance(said.value, str)
        and said.value != "unspecified"
        and said.policy != "research-only"
        and said.details.get("consequence") not in NO_INTERACTION
    )


def interactions_of(db: sqlite3.Connection) -> Interactions:
    """Return the interactions of an index, from both sides."""
    return indexed(naming_rows_of(db))


class NamingRows(NamedTuple):
    """What is read of an index for its interactions: `Title` and `Naming` as rows."""

    titles: list[tuple[int, str, str, str]]
    namings: list[tuple[int, str, int, str]]


def naming_rows_of(db: sqlite3.Connection) -> NamingRows:
    """Return what `indexed` needs, which may be in another process."""
    titles = db.execute(
        "SELECT id, file, slug, title FROM page WHERE policy != 'research-only' "
        "ORDER BY file"
    ).fetchall()
    namings = db.execute(
        "SELECT i.page, i.partner, i.line, i.quote FROM interaction i "
        "JOIN page p ON p.id = i.page ORDER BY p.file, i.id"
    ).fetchall()
    return NamingRows(titles, namings)


def indexed(rows: NamingRows) -> Interactions:
    """Return the interactions that rows of an index tell of, from both sides."""
    titles = {row[0]: Title(*row) for row in rows.titles}
    return _indexed(titles, itertools.starmap(Naming, rows.namings))


class _Partner(NamedTuple):
    """A name as names are compared, the moiety it stands for, and the pages on it."""

    name: str
    key: str
    on: tuple[int, ...]


def _indexed(titles: dict[int, Title], namings: Iterable[Naming]) -> Interactions:
    keys = {number: moiety_key(title.title) for number, title in titles.items()}
    pages_on: dict[str, list[int]] = {}
    for number, key in keys.items():
        pages_on.setdefault(key, []).append(number)
    by_partner: dict[str, list[Naming]] = defaultdict(list)
    of_page: dict[int, list[Naming]] = defaultdict(list)
    naming_page: dict[int, list[Naming]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    seen: dict[str, _Partner] = {}
    kept = []
    for naming in namings:
        own = keys.get(naming.page)
        if own is None:
            continue
        partner = seen.get(naming.partner)
        if partner is None:
            key = moiety_key(naming.partner)
            partner = _Partner(plain(naming.partner), key, tuple(pages_on.get(key, ())))
            seen[naming.partner] = partner
        by_partner[partner.name].append(naming)
        of_page[naming.page].append(naming)
        names[own].add(partner.key)
        if partner.on and partner.key != own:
            kept.append((naming, own, partner))
            for number in partner.on:
                naming_page[number].append(naming)
    gaps: dict[tuple[int, str], Gap] = {}
    for naming, own, partner in kept:
        if own not in names.get(partner.key, ()):
            gaps.setdefault((naming.page, partner.key), Gap(naming, partner.on))
    return Interactions(
        titles,
        dict(by_partner),
        dict(of_page),
        dict(naming_page),
        keys,
        pages_on,
        dict(names),
        tuple(gaps.values()),
    )
