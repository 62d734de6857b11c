"""What a condition of a test may be called while the study is blind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isobole.studies import Protocol

_PLAIN = frozenset(
    {
        "vehicle", "drug", "control", "placebo", "saline", "treatment", "treated",
        "sham", "verum", "active", "test",
    }
)  # fmt: skip
_SHORTEST = 3
_LONG = 5
"""Letters of a word in running text that may name a substance: not "the", not "rats".
"""


def tells_treatment(text: str, protocol: Protocol) -> bool:
    """Say whether a condition is a word for what is given, not a code.

    Words of the substances, of the groups and of what is written about them count,
    and so do their first letters from the third on: "magn" tells as much as
    "magnesium". Abbreviations that the protocol does not use cannot be known.

    Examples
    --------
    >>> from isobole.datasets import study_path
    >>> from isobole.studies import read_protocol
    >>> rats = read_protocol(study_path("kindling-magnesium") / "study.toml")
    >>> [tells_treatment(t, rats) for t in ("A", "Drug", "drug-150", "valp", "VAL4X")]
    [False, True, True, True, False]
    """
    words = set(_words(text))
    names = set(_names(protocol))
    if words & (_PLAIN | names):
        return True
    if text.casefold() in {group.id.casefold() for group in protocol.groups}:
        return True
    # A syringe's code is drawn at random and may begin like a word; it has digits.
    if any(letter.isdecimal() for letter in text):
        return False
    return any(
        len(word) >= _SHORTEST and name.startswith(word)
        for word in words
        for name in names
    )


def _names(protocol: Protocol) -> Iterator[str]:
    """Yield the words by which the protocol may name what is given."""
    written = [protocol.title, protocol.hypothesis]
    for group in protocol.groups:
        written.append(group.note)
        for text in (group.id, *(dose.substance for dose in group.doses)):
            yield from (word for word in _words(text) if len(word) >= _SHORTEST)
    for text in written:
        yield from (word for word in _words(text) if len(word) >= _LONG)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())
