"""Statements made ready for a question: whose they are, what they name, how strong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from isobole.monograph._citation import shown
from isobole.monograph._concepts import concepts, named_in
from isobole.monograph._drugs import Drug, drug, moiety_of, partners_in
from isobole.monograph._page import Monograph
from isobole.monograph._statement import Statement
from isobole.results import DataError, OptionError
from isobole.substances import plain

if TYPE_CHECKING:
    from isobole.monograph._rules import Level, Selector

_ABOUT_THE_PAGE = {"page", "document", "self"}
_BY_KIND: dict[str, Level] = {
    "contraindication": "contraindicated",
    "precaution": "caution",
    "dose_adjustment": "adjust",
    "monitoring": "monitor",
}
_BY_VALUE: dict[str, Level] = {
    "x": "contraindicated",
    "category x": "contraindicated",
    "contraindicated": "contraindicated",
    "relative contraindication": "avoid",
    "caution": "caution",
}


class ListedPage(Protocol):
    """What a collection says of a page without loading it."""

    @property
    def file(self) -> str:
        """The page's file."""

    @property
    def subject(self) -> str:
        """What the page is about."""

    @property
    def policy(self) -> str:
        """What the page may be used for."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many statements and findings it has."""


@runtime_checkable
class HasPages(Protocol):
    """A collection, as far as a question needs it: a list, and pages on demand."""

    def listed(self) -> Sequence[ListedPage]:
        """Return every page."""

    def page(self, name: str, /) -> Monograph:
        """Return a page by its file."""


Source = HasPages | Monograph | Sequence[Monograph | Statement]


@dataclass(frozen=True, slots=True)
class Told:
    """A statement with its page: `page` is its file or key, `title` its name."""

    statement: Statement
    page: str
    title: str
    subject: Drug


@dataclass(frozen=True, slots=True)
class Said(Told):
    """A statement with what a question must know of it.

    `own` is the strength the statement has by itself, None where its source gives
    none.
    """

    concepts: frozenset[str]
    partners: frozenset[str]
    own: Level | None

    @property
    def words(self) -> str:
        """Everything the statement says, in lower case, for patterns."""
        said = self.statement
        details = (str(said.details.get(name, "")) for name in _TELLING)
        return plain(" ".join((str(said.value or ""), said.span.quote, *details)))


_TELLING = ("direction", "modal", "label_status", "consequence")


def gather(source: Source) -> tuple[Told, ...]:
    """Return the statements of a collection, of pages, or given as they are.

    Raises
    ------
    OptionError
        For anything else.
    """
    given: object = source
    if isinstance(given, Monograph):
        given = (given,)
    elif isinstance(given, HasPages):
        given = [given.page(one.file) for one in given.listed()]
    items = tuple(given) if isinstance(given, Iterable) else (given,)
    rows: list[tuple[Statement, str, str]] = []
    loose: list[Statement] = []
    for item in items:
        if isinstance(item, Monograph):
            # A file may hold the page of another substance behind its own.
            rows += [
                (said, item.file, said.details.get("page_subject", item.subject))
                for said in item.statements
            ]
        elif isinstance(item, Statement):
            loose.append(item)
        else:
            msg = (
                f"{item!r:.80} is neither page nor statement; give what `read` returns."
            )
            raise OptionError(msg)
    rows += _loose(tuple(loose))
    return tuple(
        Told(
            said,
            page,
            str(said.details.get("source_name", page)),
            page_drug(shown(subject)),
        )
        for said, page, subject in rows
    )


def _title(said: Statement, page: str) -> str:
    return shown(str(said.details.get("source_name", page)))


def _loose(items: tuple[Statement, ...]) -> list[tuple[Statement, str, str]]:
    """Return statements with their page and its subject: the one most spoken of."""
    pages = [str(said.details.get("source", said.span.file)) for said in items]
    counts: dict[str, Counter[str]] = {}
    for said, page in zip(items, pages, strict=True):
        subject = str(said.details.get("page_subject", said.subject))
        if subject not in _ABOUT_THE_PAGE:
            counts.setdefault(page, Counter())[subject] += 1
    subjects = {
        page: min(count, key=lambda name: (-count[name], name))
        for page, count in counts.items()
    }
    return [
        (said, page, subjects.get(page, said.subject))
        for said, page in zip(items, pages, strict=True)
    ]


@cache
def page_drug(name: str) -> Drug:
    """Return the substance of a page; a name that several salts share is its own."""
    try:
        return drug(name)
    except DataError:
        return Drug(name, name, moiety_of(name), (), True, "the salt is not said")


def prepared(told: Told) -> Said:
    """Return a statement with the concepts, partners and strength it has."""
    said = told.statement
    value = said.value if isinstance(said.value, str) else None
    scope = said.scope
    found = named_in((scope.condition, scope.population, value))
    # One sentence may adjust the dose for several reasons, its scope naming one.
    if not found & _RULED or said.kind == "dose_adjustment":
        found |= named_in((said.span.quote,))
    partners: frozenset[str] = frozenset()
    if said.kind == "interaction":
        # A class given in passing names a partner only where no drug is named.
        terms = [value, said.details.get("class"), said.details.get("class_")]
        named = [str(term) for term in terms if term][:1]
        partners = frozenset().union(*map(partners_in, named))
    # "inform" is what a sentence has that gives no level.
    stated = said.strength if said.strength != "inform" else None
    own = stated or _BY_KIND.get(said.kind)
    if (
        own is None
        and value is not None
        and said.kind in ("pregnancy", "breastfeeding")
    ):
        own = _BY_VALUE.get(plain(value))
    return Said(said, told.page, told.title, told.subject, found, partners, own)


_RULED = frozenset(c.id for c in concepts().values() if c.group != "indications")


def hedged(said: Said) -> bool:
    """Return whether the page itself is not certain."""
    return said.statement.certainty not in (None, "asserted")


def selects(selector: Selector, said: Said, partner: frozenset[str]) -> bool:
    """Return whether a selector of a rule takes a statement.

    `partner` holds the moiety and classes of the other drug, for selectors that ask.
    """
    statement = said.statement
    if statement.kind not in selector.kinds:
        return False
    if selector.concepts and not said.concepts & set(selector.concepts):
        return False
    if selector.strengths and said.own not in selector.strengths:
        return False
    if selector.partner and not said.partners & partner:
        return False
    if selector.certainty and hedged(said) != (selector.certainty == "hedged"):
        return False
    places = selector.jurisdictions
    if places and statement.scope.jurisdiction not in places:
        return False
    if selector.about == "everyone" and said.concepts & _OF_SOME:
        return False
    if selector.values and not (
        isinstance(statement.value, str)
        and re.fullmatch(selector.values, plain(statement.value))
    ):
        return False
    frequency = str(statement.details.get("frequency_class", ""))
    if selector.frequencies and not re.search(selector.frequencies, frequency):
        return False
    if selector.words and not re.search(selector.words, said.words):
        return False
    return not (selector.not_words and re.search(selector.not_words, said.words))


_OF_SOME = frozenset(
    concept.id
    for concept in concepts().values()
    if concept.group != "indications"
    and concept.id not in ("adults", "metabolic disorder")
)
