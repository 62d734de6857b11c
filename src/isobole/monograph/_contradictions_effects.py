"""Effects and their terms: opposite directions, broader and imprecise words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from isobole.monograph._checks import data, finding, joined
from isobole.monograph._contradictions_scope import own_words
from isobole.monograph._contradictions_view import View, lines, places
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement

_OPPOSITE = (
    (re.compile(r"\b(.+) gain\b"), re.compile(r"\b(.+) loss\b")),
    (re.compile(r"increased? (?:in )?(.+)"), re.compile(r"decreased? (?:in )?(.+)")),
    (re.compile(r"\bhyper(\w+)"), re.compile(r"\bhypo(\w+)")),
)  # fmt: skip


def direction_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield effects that one page has in one direction and another in the other."""
    ways: dict[str, dict[str, dict[int, Statement]]] = {}
    for view in views:
        if not view.patients:
            continue
        for said in view.of("adverse_effect"):
            words = own_words(str(said.value or ""))
            for pair in _OPPOSITE:
                for side, pattern in enumerate(pair):
                    if match := pattern.fullmatch(words):
                        pages = ways.setdefault(match[1], {})
                        pages.setdefault(view.file, {}).setdefault(side, said)
    for what, pages in ways.items():
        sides = [frozenset(found) for found in pages.values()]
        if len(pages) > 1 and len(set(sides)) > 1:
            used = [said for found in pages.values() for said in found.values()]
            told = [
                f"{' and '.join(str(s.value) for s in found.values())} ({file})"
                for file, found in pages.items()
            ]
            yield finding(
                "effect-direction-differs",
                f"'{what}' goes different ways: {'; '.join(told)}",
                used,
            )


def term_findings(view: View) -> Iterator[Finding]:
    """Yield terms that a table of the checks says mean something else."""
    rows = data("synonyms.toml")["term"]
    for row in rows:
        moieties = row.get("moieties")
        if moieties and (view.own is None or view.own.moiety not in moieties):
            continue
        if not re.search(row["said"], view.page.text, re.IGNORECASE):
            continue
        used = [
            said
            for said in view.of("adverse_effect", "precaution", "text", "interaction")
            if re.search(row["said"], said.span.quote, re.IGNORECASE)
        ]
        near = used and any(
            re.search(row["context"], s.span.quote, re.IGNORECASE)
            for s in view.of("adverse_effect", "precaution")
            if any(abs(s.span.line - u.span.line) <= 1 for u in used)
        )
        if used and near:
            yield finding(
                "term-imprecise",
                f"'{_found(row['said'], used[0])}' ({lines(used)}) stands for "
                f"{row['prefer']}: "
                f"{row['why']}",
                used,
            )


def _found(pattern: str, said: Statement) -> str:
    match = re.search(pattern, said.span.quote, re.IGNORECASE)
    return match[0].lower() if match else pattern


def broader_findings(views: Sequence[View]) -> Iterator[Finding]:
    """Yield narrow terms of one page for which another has only the broad one."""
    terms: dict[str, dict[str, Statement]] = {}
    for view in views:
        if view.patients:
            terms[view.file] = _effects(view.of("adverse_effect"))
    for row in data("synonyms.toml")["broader"]:
        narrow = {
            f: s for f, t in terms.items() for k, s in t.items() if k in row["narrow"]
        }
        broad = {
            file: said
            for file, table in terms.items()
            for key, said in table.items()
            if key in row["broad"] and file not in narrow
        }
        if narrow and broad:
            used = [*narrow.values(), *broad.values()]
            yield finding(
                "broader-term",
                f"{joined(str(s.value) for s in narrow.values())} "
                f"({places(narrow.values())}) where another page says only "
                f"{joined(str(s.value) for s in broad.values())} "
                f"({places(broad.values())})",
                used,
            )


def _effects(statements: Iterable[Statement]) -> dict[str, Statement]:
    return {own_words(str(said.value or "")): said for said in statements}
