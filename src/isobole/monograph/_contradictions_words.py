"""Names and concepts of short words, remembered: pages repeat them without end."""

from __future__ import annotations

from functools import lru_cache

from isobole.monograph._concepts import named_in
from isobole.substances import plain as _plain


@lru_cache(maxsize=32768)
def plain(name: str) -> str:
    """Return a name as names are compared."""
    return _plain(name)


@lru_cache(maxsize=32768)
def concepts_in(words: str) -> frozenset[str]:
    """Return the concepts that some words name, each with what it is too.

    Examples
    --------
    >>> sorted(concepts_in("hepatic impairment"))
    ['hepatic impairment', 'liver disease']
    """
    return named_in((words,))
