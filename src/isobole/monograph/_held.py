"""Which of the rules' keys a sentence holds, from one look at each of its words.

Hundreds of rules and names read every sentence, and few of them find anything: each
declares keys, letters in lower case of which a sentence must hold some. All keys are
looked for together, and a word is looked at once in a process, whatever sentence and
page it stands in; of a sentence only the words' marks are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

ODD = 1
"""What `held` gives for letters that patterns take for others when they ignore case
(long s, dotless i, dotted capital I): their words in lower case hold no such key."""
_ODD = ("\u017f", "\u0131", "\u0307")
# Few, so that they stay near the processor: rules ask of one sentence in a row.
_MOST_WORDS = 8_192
_MOST_TEXTS = 1_024
_LONGEST = 80
_PART = 3


class _Words(dict[str, int]):
    """Words in lower case with the marks of the keys they hold."""

    def __missing__(self, word: str) -> int:
        made = _marks_of(word)
        if len(word) <= _LONGEST:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = made
        return made


class _Texts(dict[str, int]):
    """Texts with the marks of every key that they hold in lower case.

    A key holds no blank and so stands within a word, or it does and is looked for
    where the longest of its words is there.
    """

    def __missing__(self, text: str) -> int:
        lower = text.lower()
        made = 0
        for mark in map(_words.__getitem__, lower.split()):
            if mark:
                made |= mark
        if not lower.isascii() and any(map(lower.__contains__, _ODD)):
            made |= ODD
        if parts := made & _of_parts:
            for key, mark in _likely.get(parts) or _spaced_of(parts):
                if key in lower:
                    made |= mark
        if len(self) >= _MOST_TEXTS:
            self.clear()
        self[text] = made
        return made


_marks: dict[str, int] = {"": ODD}
# Keys without blanks: by their first three letters, and those that are shorter.
_by_part: dict[str, list[tuple[str, int]]] = {}
_short: list[tuple[str, int]] = []
# Keys with blanks: the mark of a part without any, the key, its own mark.
_spaced: list[tuple[int, str, int]] = []
_of_parts = 0
_words = _Words()
_texts = _Texts()
_likely: dict[int, tuple[tuple[str, int], ...]] = {}

# A text is asked for by many rules in a row: what is known takes no call of Python.
held: Callable[[str], int] = _texts.__getitem__
"""Return the marks of every key that a text holds in lower case."""


def marks(keys: Iterable[str]) -> int:
    """Return the marks of some keys, in lower case, for `held`.

    Examples
    --------
    >>> bool(held("Double the dose.") & marks(["double dose", "dos"]))
    True
    >>> bool(held("Double the dose.") & marks(["double dose"]))
    False
    """
    return reduce(or_, map(_mark, keys), 0)


def gate(*keys: str) -> int:
    """Return the marks for a pattern that ignores case and needs one of some keys.

    Where `held` of a text has none of them, the pattern is nowhere in it.
    """
    return marks(keys) | ODD


def _mark(key: str) -> int:
    global _of_parts
    parts = key.split()
    if not parts:
        raise ValueError("a key needs letters")
    known = _marks.get(key)
    if known is not None:
        return known
    part = max(parts, key=len)
    inner = _mark(part) if part != key else 0
    made = _marks[key] = 1 << len(_marks)
    if inner:
        _spaced.append((inner, key, made))
        _of_parts |= inner
    elif len(key) < _PART:
        _short.append((key, made))
    else:
        _by_part.setdefault(key[:_PART], []).append((key, made))
    # What is known was looked at without this key.
    _words.clear()
    _texts.clear()
    _likely.clear()
    return made


def _marks_of(word: str) -> int:
    made = 0
    for key, mark in _short:
        if key in word:
            made |= mark
    for place in range(len(word) - _PART + 1):
        for key, mark in _by_part.get(word[place : place + _PART], ()):
            if word.startswith(key, place):
                made |= mark
    return made


def _spaced_of(parts: int) -> tuple[tuple[str, int], ...]:
    found = tuple((key, mark) for part, key, mark in _spaced if part & parts)
    if len(_likely) >= _MOST_TEXTS:
        _likely.clear()
    _likely[parts] = found
    return found
