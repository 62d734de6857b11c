"""Where a sentence names its page's substance, and which it speaks of."""

from __future__ import annotations

import re

_SALTS = (
    "sodium|magnesium|potassium|calcium|zinc|lithium|hydrochloride|hydrobromide|"
    "sulfate|sulphate|phosphate|mesylate|maleate|tartrate|citrate|acetate|fumarate|"
    "succinate|besylate|tosylate|nitrate|chloride|bromide|acid"
)
SALT_WORD = re.compile(f"(?:{_SALTS})", re.IGNORECASE)
_SALT_BEFORE = re.compile(rf"\b(?:{_SALTS})\Z", re.IGNORECASE)
_SALT_AFTER = re.compile(rf"\s+(?:{_SALTS})\b", re.IGNORECASE)
_SALT_NAMES = tuple(_SALTS.split("|"))
_LONGEST_SALT = max(map(len, _SALT_NAMES))
# How each salt begins and ends: beside most mentions stands another word.
_SALT_HEADS = frozenset(name[:3] for name in _SALT_NAMES)
_SALT_TAILS = frozenset(name[-3:] for name in _SALT_NAMES)
_WORD = re.compile(r"[^\W\d_][\w-]{2,}")


class Names:
    """Finds the words of a page's subject; salts are no names by themselves."""

    __slots__ = ("_bases", "_pattern", "_words")

    def __init__(self, subject: str) -> None:
        words = _WORD.findall(subject[:300])
        bases = [word for word in words if not SALT_WORD.fullmatch(word)] or words
        self._bases = tuple(dict.fromkeys(bases))
        self._words = tuple(word.lower() for word in self._bases)
        self._pattern: re.Pattern[str] | None = None

    def first(self, text: str) -> tuple[int, int] | None:
        """Return where the first of the words stands by itself."""
        lower = text.lower()
        found: tuple[int, int] | None = None
        for word in self._words:
            if word not in lower:
                continue
            if not lower.isascii() or word[-1] == "-":
                return self._searched(text)
            end = len(lower) if found is None else found[0] + len(word) - 1
            place = _whole(lower, word, end)
            if place is not None:
                found = place
        return found

    def _searched(self, text: str) -> tuple[int, int] | None:
        """Return the same where letters or marks make it more than a search."""
        if self._pattern is None:
            name = "|".join(map(re.escape, self._bases))
            self._pattern = re.compile(rf"\b(?:{name})\b", re.IGNORECASE)
        match = self._pattern.search(text)
        return match.span() if match else None


class Subjects(dict[str, str]):
    """Words with the substance that they speak of, looked for once."""

    def __init__(self, names: Names, subject: str) -> None:
        self._names = names
        self._subject = subject

    def __missing__(self, text: str) -> str:
        place = self._names.first(text)
        known = self._subject
        if place:
            known = mention(text, *place).lower()
            if not known.isalnum():
                known = " ".join(known.split())
        self[text] = known
        return known


def _whole(lower: str, word: str, end: int) -> tuple[int, int] | None:
    """Return where a word stands that is no part of a longer one, before `end`."""
    start = lower.find(word, 0, end)
    while start >= 0:
        stop = start + len(word)
        before, after = lower[start - 1 : start], lower[stop : stop + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            return start, stop
        start = lower.find(word, start + 1, end)
    return None


def mention(text: str, start: int, end: int) -> str:
    """Return the words between two places with the salt that stands beside them."""
    if start and text[start - 1].isspace():
        tail = text[max(start - 4, 0) : start - 1].lower()
        if tail in _SALT_TAILS or tail[-1:].isspace():
            head = text[:start].rstrip()
            last = max(0, len(head) - _LONGEST_SALT)
            if head[last:].lower().endswith(_SALT_NAMES) and (
                before := _SALT_BEFORE.search(head, last)
            ):
                start = before.start()
    if text[end : end + 1].isspace():
        head = text[end + 1 : end + 4].lower()
        if head in _SALT_HEADS or head[:1].isspace() or not head.isascii():
            after = _SALT_AFTER.match(text, end)
            end = after.end() if after else end
    return text[start:end]
