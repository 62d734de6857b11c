"""A page as text for people: statements by kind with their sources, then findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isobole.monograph._citation import place_of
from isobole.monograph._finding import Finding
from isobole.monograph._glance import GlanceCell, glance, glance_of
from isobole.monograph._page import Monograph
from isobole.monograph._site_page import groups_of
from isobole.monograph._site_text import said, scope_words, value_words
from isobole.monograph._statement import KINDS, POLICY_WORDS, Statement
from isobole.results import RESEARCH_ONLY, Block, Heading, Note, Result, Table, Text


@dataclass(frozen=True, slots=True, repr=False)
class Shown(Result):
    """What one page, or the bundled record, states, and what is wrong with it.

    Parameters
    ----------
    title : str
        The drug.
    source : str
        The page, with what kind of source it is.
    statements : tuple of Statement
        Every statement.
    findings : tuple of Finding
        Every finding.
    cells : tuple of GlanceCell
        The topics asked for first; empty for research pages.
    """

    title: str
    source: str
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]
    cells: tuple[GlanceCell, ...]

    def __repr__(self) -> str:
        return f"Shown({self.title!r}, {len(self.statements)} statements)"

    def blocks(self) -> tuple[Block, ...]:
        """Return the topics at a glance, the statements by kind, the findings."""
        blocks: list[Block] = [
            Heading(self.title),
            Text(f"{self.source}. {RESEARCH_ONLY}"),
        ]
        if self.cells:
            blocks.append(
                Table(
                    "At a glance",
                    ("topic", "stated", "conflict"),
                    tuple(
                        (
                            cell.topic,
                            "; ".join(group.label for group in cell.said)
                            or "not stated",
                            "conflict" if cell.conflict else "",
                        )
                        for cell in self.cells
                    ),
                    ("“Not stated” is no sign that nothing is to be feared",),
                )
            )
        for name, found in groups_of(self.statements):
            rows = tuple(
                (
                    KINDS.get(s.kind, s.kind),
                    value_words(s),
                    scope_words(s),
                    s.strength or "",
                    said(s.span.quote, 120),
                    place_of(s),
                )
                for s in found
            )
            columns = ("kind", "value", "applies", "strength", "words", "source")
            blocks.append(Table(name, columns, rows))
        blocks += [Note(str(f.problem()), f.severity) for f in self.findings]
        return tuple(blocks)

    def to_dict(self) -> dict[str, Any]:
        """Return statements and findings as they stand in JSON."""
        return {
            "title": self.title,
            "source": self.source,
            "glance": [
                {
                    "topic": cell.topic,
                    "stated": [
                        {
                            "label": group.label,
                            "statements": [s.id for s in group.statements],
                        }
                        for group in cell.said
                    ],
                    "conflict": cell.conflict,
                }
                for cell in self.cells
            ],
            "statements": [statement.to_dict() for statement in self.statements],
            "findings": [finding.to_dict() for finding in self.findings],
        }


def show(page: Monograph) -> Shown:
    """Return what a page states, ready to print."""
    return Shown(
        page.title,
        f"{page.file}: {POLICY_WORDS[page.policy]}",
        page.statements,
        page.findings,
        glance(page),
    )


def show_statements(title: str, source: str, statements: Sequence[Statement]) -> Shown:
    """Return statements that are not of one page, such as the bundled record's."""
    return Shown(title, source, tuple(statements), (), glance_of(statements))
