"""Where the statements of one page are written down, each with its span and scope."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Any, NamedTuple

from isobole.monograph._extract_text import Piece
from isobole.monograph._page import Monograph
from isobole.monograph._statement import (
    KINDS,
    Scope,
    Statement,
    Strength,
    Value,
    make_statement,
)
from isobole.monograph._text import PageText, page_text
from isobole.monograph._vocabulary import vocabulary

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


class Mention(NamedTuple):
    """The words that name a page's substance, with the salt beside it."""

    words: str


class Place(NamedTuple):
    """What the headings, leads and questions above a sentence say of it."""

    topic: str | None = None
    section: tuple[str, ...] = ()
    population: str | None = None
    indication: str | None = None
    route: str | None = None
    frequency: str | None = None
    group: str | None = None
    question: str | None = None
    lead: str = ""
    block: str = "paragraph"

    def under(self, lead: str, block: str) -> Place:
        """Return the place below a lead, in a block; every entry has one."""
        return tuple.__new__(Place, (*self[:8], lead, block))

    def but(self, **changes: Any) -> Place:
        """Return the place with some of it changed."""
        values: list[Any] = [*self]
        for name, value in changes.items():
            values[_FIELDS[name]] = value
        return tuple.__new__(Place, values)


_FIELDS = {name: index for index, name in enumerate(Place._fields)}


class Draft:
    """Collects the statements of a page: the same one is written once.

    Attributes
    ----------
    text : PageText
        The page that spans are cut from.
    opening : tuple of int or None
        Begin and end of an entry's first sentence and where its lead begins: a
        statement about all of that sentence is quoted together with the lead.
    """

    def __init__(self, page: Monograph, text: PageText | None = None) -> None:
        self.page = page
        self.text = text or page_text(page)
        self.subject = " ".join(page.subject.lower().split()) or "page"
        self.opening: tuple[int, int, int] | None = None
        self._stem = PurePath(page.file).stem
        self._policy = page.policy
        self._names = _Names(page.subject)
        self._subjects: dict[str, str] = {}
        self._said: list[Statement] = []
        self._starts: list[int] = []
        self._seen: set[tuple[object, ...]] = set()
        self._scopes: dict[tuple[str | None, ...], Scope] = {}
        self._counts: dict[str, int] = {}
        self.spoken: set[int] = set()

    def say(
        self,
        kind: str,
        piece: Piece,
        place: Place,
        value: Value = None,
        unit: str | None = None,
        *,
        subject: str | None = None,
        strength: Strength = None,
        certainty: str | None = None,
        population: str | None = None,
        indication: str | None = None,
        condition: str | None = None,
        route: str | None = None,
        phase: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a statement down, with the words of `piece` as its source.

        Of `details`, further fields of the kind, those are kept that say something.
        """
        assert kind in KINDS, kind
        first, end, text = piece
        start = first
        opening = self.opening
        if opening is not None and start == opening[0] and end == opening[1]:
            start = opening[2]
        _, section, people, disease, way, _, _, asked, _, _ = place
        words = (route or way, population or people, indication or disease,
                 phase, condition)  # fmt: skip
        scope = self._scopes.get(words)
        if scope is None:
            scope = self._scopes[words] = _scope(*words)
        # Of one page, equal scopes are one: a number says which.
        told: tuple[object, ...] = (kind, start, end, value, unit, id(scope))
        kept: dict[str, Any] = {}
        if details:
            for name, word in details.items():
                if word or (word is not None and word != "" and word != []):
                    kept[name] = tuple(word) if isinstance(word, list) else word
            if kept:
                told = (*told, *kept.values())
        seen = self._seen
        if told in seen:
            return
        seen.add(told)
        self.spoken.add(first)
        if asked:
            kept["question"] = asked
        span = self.text.span(start, end)
        line = span.line
        begins = f"{self._stem}-{kind}-{line}"
        counts = self._counts
        count = counts[begins] = counts.get(begins, 0) + 1
        said = make_statement(
            f"{begins}-{count}",
            kind,
            subject or self._subjects.get(text) or self.subject_of(text),
            value,
            unit,
            scope,
            section,
            span,
            strength,
            certainty,
            self._policy,
            kept,
        )
        self._said.append(said)
        self._starts.append(start)

    @property
    def count(self) -> int:
        """How many statements were written down so far."""
        return len(self._said)

    def interactions_since(self, count: int) -> list[str]:
        """Return whom the interactions name that were written down since."""
        said = self._said[count:]
        return [str(one.value) for one in said if one.kind == "interaction"]

    def subject_of(self, text: str) -> str:
        """Return the substance that words speak of, as they name it."""
        known = self._subjects.get(text)
        if known is None:
            place = self._names.first(text)
            known = self.subject
            if place:
                known = _mention(text, *place).lower()
                if not known.isalnum():
                    known = " ".join(known.split())
            self._subjects[text] = known
        return known

    def names(self, text: str) -> Mention | None:
        """Return the first mention of the page's own substance, or None."""
        place = self._names.first(text)
        return Mention(_mention(text, *place)) if place else None

    def statements(self) -> tuple[Statement, ...]:
        """Return what was written down, in the order of the page."""
        order = sorted(range(len(self._said)), key=self._starts.__getitem__)
        return tuple(map(self._said.__getitem__, order))


@lru_cache(maxsize=1024)
def _scope(
    route: str | None,
    population: str | None,
    indication: str | None,
    phase: str | None,
    condition: str | None,
) -> Scope:
    return Scope(
        route=route,
        population=population,
        indication=indication,
        phase=phase,
        condition=condition,
    )


class _Names:
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


def _mention(text: str, start: int, end: int) -> str:
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


def hedge(text: str, upto: int | None = None) -> str | None:
    """Return the page's own hedge in words, the last one before `upto`.

    Examples
    --------
    >>> hedge("It is thought to act so"), hedge("It acts so")
    ('thought', None)
    """
    found = vocabulary().hedges.found(text)
    if upto is not None:
        found = [one for one in found if one[0] < upto]
    return found[-1][2] if found else None
