"""One page's statements, ordered once for every check."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache

from isobole.monograph._contradictions_words import plain
from isobole.monograph._identity import substance_of
from isobole.monograph._page import Monograph
from isobole.monograph._statement import Statement
from isobole.substances import Substance

Role = str
"""Where a statement stands: ``"body"``, ``"summary"`` or ``"question"``."""

_SUMMARY = re.compile(r"summary|profile", re.IGNORECASE)
_FAQ = re.compile(r"\bfaqs?\b|frequently asked", re.IGNORECASE)
_ONE_OF_SEVERAL = re.compile(r"\s*(?:\+|/|&|\band\b|\bwith\b|,)\s*", re.IGNORECASE)


MOST = 200
"""Statements of one kind compared each with each. A page that says more of one thing
than this repeats itself, and is told of by its first ones."""


class View:
    """A page with its statements by kind, and what it is about.

    Parameters
    ----------
    page : Monograph
        As it was read, with its statements.
    """

    def __init__(self, page: Monograph) -> None:
        self.page = page
        self.file = page.file
        self.patients = page.policy != "research-only"
        self.by_kind: defaultdict[str, list[Statement]] = defaultdict(list)
        for said in page.statements:
            self.by_kind[said.kind].append(said)

    def of(self, *kinds: str) -> list[Statement]:
        """Return the statements of some kinds, kind by kind, in the page's order."""
        if len(kinds) == 1:
            return self.by_kind.get(kinds[0], [])
        found: list[Statement] = []
        for kind in kinds:
            if kind in self.by_kind:
                found += self.by_kind[kind]
        return found

    @cached_property
    def own(self) -> Substance | None:
        """The page's substance, where isobole knows it."""
        return substance_of(self.page)

    @cached_property
    def key(self) -> str:
        """What pages of one substance share."""
        return plain(self.own.name if self.own else self.page.title)

    @cached_property
    def components(self) -> tuple[str, ...]:
        """The names of a combination's components; empty for a single substance."""
        parts = [plain(part) for part in _ONE_OF_SEVERAL.split(self.page.title)]
        return tuple(part for part in parts if part) if len(parts) > 1 else ()

    def component(self, said: Statement) -> str | None:
        """Return the component a statement is about, None if it names none or all."""
        if said.scope.component:
            return plain(said.scope.component)
        if not self.components:
            return None
        words = said.span.quote.lower()
        named = [part for part in self.components if part in words]
        return named[0] if len(named) == 1 else None

    @cached_property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """Lines of each monograph in the file: mostly one."""
        found = self.page.extra.get("parts") or ((1, 10**9),)
        return tuple((int(first), int(last)) for first, last in found)

    def part(self, said: Statement) -> int:
        """Return which of the file's monographs a statement stands in."""
        if len(self.parts) == 1:
            return 0
        line = said.span.line
        return next((i for i, (a, b) in enumerate(self.parts) if a <= line <= b), 0)


def role(said: Statement) -> Role:
    """Return where a statement stands: body, summary or question."""
    return "question" if said.details.get("question") else _role(said.section)


@lru_cache(maxsize=4096)
def _role(section: tuple[str, ...]) -> Role:
    if any(map(_FAQ.search, section)):
        return "question"
    return "summary" if any(map(_SUMMARY.search, section)) else "body"


def lines(statements: Iterable[Statement]) -> str:
    """Return where statements of one page stand, as a message says it."""
    found = list(dict.fromkeys(str(said.span.line) for said in statements))
    if len(found) > 6:
        found = [*found[:6], "…"]
    return f"line{'s' if len(found) > 1 else ''} {', '.join(found)}"


def places(statements: Iterable[Statement]) -> str:
    """Return where statements of several pages stand, each with its file."""
    files: dict[str, list[Statement]] = {}
    for said in statements:
        files.setdefault(said.span.file, []).append(said)
    told = [f"{file} {lines(group)}" for file, group in files.items()]
    if len(told) > 3:
        told = [*told[:3], f"{len(told) - 3} more pages"]
    return "; ".join(told)
