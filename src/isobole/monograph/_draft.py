"""Where the statements of one page are written down, each with its span and scope."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Any, NamedTuple

from isobole.monograph._extract_text import Piece
from isobole.monograph._mentions import Names, Subjects, mention
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
        self._names = Names(page.subject)
        self._subjects = Subjects(self._names, self.subject)
        self._said: list[Statement] = []
        self._starts: list[int] = []
        self._seen: set[tuple[object, ...]] = set()
        self._scopes: dict[tuple[str | None, ...], Scope] = {}
        self._counts: dict[str, int] = {}
        self.spoken: set[int] = set()
        self._another: str | None = None

    def begin_another(self, name: str) -> None:
        """Take what follows for the page of another substance in the same file."""
        self._names = Names(name)
        self.subject = " ".join(name.lower().split())
        self._subjects = Subjects(self._names, self.subject)
        self._another = self.subject

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
        if self._another:
            kept["page_subject"] = self._another
        span = self.text.span(start, end)
        line = span.line
        begins = f"{self._stem}-{kind}-{line}"
        counts = self._counts
        count = counts[begins] = counts.get(begins, 0) + 1
        said = make_statement(
            f"{begins}-{count}",
            kind,
            subject or self._subjects[text],
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
        return self._subjects[text]

    def names(self, text: str) -> Mention | None:
        """Return the first mention of the page's own substance, or None."""
        place = self._names.first(text)
        return Mention(mention(text, *place)) if place else None

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
