"""Find a substance by its exact name; near names are suggested, never taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from isobole.results import DataError, Problem
from isobole.substances._load import bundled
from isobole.substances._substance import Substance

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_MARKS = re.compile("[®™℠]")
_NEAR = 65
"""The least similarity, of 100, at which a name is worth suggesting."""


def substances() -> tuple[Substance, ...]:
    """Return every bundled substance, in the order of their names.

    Examples
    --------
    >>> [s.name for s in substances() if s.moiety == "valproate"]
    ['calcium valproate', 'divalproex sodium', 'magnesium valproate', 'sodium \
valproate', 'valproic acid']
    """
    return bundled()


def substance(name: str) -> Substance:
    """Return the substance that a name, synonym, abbreviation or brand stands for.

    Names are compared exactly, after Unicode normalisation and without regard to
    case. A similar name is suggested and never taken.

    Parameters
    ----------
    name : str
        For example ``"magnesium valproate"`` or ``"Depakote"``.

    Raises
    ------
    DataError
        If nothing has that name (the sentence names near ones), or if several
        substances have it (the sentence names them).

    Examples
    --------
    >>> substance("Depakote").name
    'divalproex sodium'
    >>> substance("valproate")
    Traceback (most recent call last):
    ...
    isobole.results._errors.DataError: 'valproate' may be calcium valproate, \
divalproex sodium, magnesium valproate, sodium valproate or valproic acid. Say which: \
they are different substances with different molar masses.
    """
    key = plain(name)
    found = _by_name().get(key, ())
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError([_ambiguous(name, found)])
    raise DataError([_unknown(name, key)])


@lru_cache(maxsize=16_384)
def plain(name: str) -> str:
    """Return a name as names are compared.

    Examples
    --------
    >>> plain(" Magnesium  VALPROATE® "), plain("MK‑801")
    ('magnesium valproate', 'mk-801')
    """
    text = unicodedata.normalize("NFKC", _MARKS.sub("", name)).translate(_DASHES)
    return " ".join(text.casefold().split())


@cache
def _by_name() -> dict[str, tuple[Substance, ...]]:
    """Return who has each name. A substance's own name is never in doubt."""
    found: dict[str, tuple[Substance, ...]] = {}
    own = {plain(item.name): item for item in bundled()}
    for item in bundled():
        for claimed in (item.moiety, *(claim.name for claim in item.names)):
            key = plain(claimed)
            if item not in found.get(key, ()):
                found[key] = (*found.get(key, ()), item)
    found.update((key, (item,)) for key, item in own.items())
    return found


def near_names(name: str, known: Iterable[str], *, least: int = 80) -> list[str]:
    """Return names that one may have been meant for, the nearest first: to ask with.

    Parameters
    ----------
    name : str
        A name that stands for nothing here.
    known : iterable of str
        Names as `plain` returns them.
    least : int
        The least similarity worth asking about, of 100.

    Examples
    --------
    >>> near_names("Lamotrigene", ["lamivudine", "lamotrigine", "valproic acid"])
    ['lamotrigine']
    """
    from rapidfuzz import fuzz, process

    near = process.extract(
        plain(name), list(known), scorer=fuzz.ratio, limit=8, score_cutoff=least
    )
    return [match for match, _, _ in near]


def _ambiguous(name: str, found: tuple[Substance, ...]) -> Problem:
    *first, last = (item.name for item in found)
    return Problem(
        "ambiguous-substance",
        f"'{name}' may be {', '.join(first)} or {last}",
        given=name,
        remedy="Say which: they are different substances with different molar masses",
    )


def _unknown(name: str, key: str) -> Problem:
    near = near_names(key, _by_name(), least=_NEAR)
    owners = dict.fromkeys(item.name for match in near for item in _by_name()[match])
    listed = ", ".join(list(owners)[:3])
    meant = f"Did you mean one of: {listed}? " if listed else ""
    return Problem(
        "unknown-substance",
        f"No substance here is called '{name}'",
        given=name,
        remedy=f"{meant}isobole.substances.substances() lists all; nothing is taken "
        "by similarity",
    )
