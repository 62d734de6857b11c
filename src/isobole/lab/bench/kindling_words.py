"""What a condition of a test may be called while the study is blind."""

from __future__ import annotations

import re

from isobole.studies import Protocol

_PLAIN = frozenset(
    {
        "vehicle", "drug", "control", "placebo", "saline", "treatment", "treated",
        "sham", "verum", "active", "test",
    }
)  # fmt: skip
_SHORTEST = 3


def tells_treatment(text: str, protocol: Protocol) -> bool:
    """Say whether a condition is a word for what is given, not a code.

    Words of the substances and the names of the groups count, and so do their first
    letters from the third on: "magn" tells as much as "magnesium". Abbreviations that
    the protocol does not use cannot be known.

    Examples
    --------
    >>> from isobole.datasets import study_path
    >>> from isobole.studies import read_protocol
    >>> rats = read_protocol(study_path("kindling-magnesium") / "study.toml")
    >>> [tells_treatment(t, rats) for t in ("A", "Drug", "drug-150", "mag", "MAG4X")]
    [False, True, True, True, False]
    """
    words = set(re.findall(r"[a-z]+", text.casefold()))
    told = set()
    for group in protocol.groups:
        told.update(re.findall(r"[a-z]+", group.id.casefold()))
        for dose in group.doses:
            told.update(re.findall(r"[a-z]+", dose.substance.casefold()))
    if text.casefold() in {group.id.casefold() for group in protocol.groups}:
        return True
    if words & (_PLAIN | {name for name in told if len(name) >= _SHORTEST}):
        return True
    # A syringe's code is drawn at random and may begin like a word; it has digits.
    if any(letter.isdecimal() for letter in text):
        return False
    return any(
        len(word) >= _SHORTEST and name.startswith(word)
        for word in words
        for name in told
    )
