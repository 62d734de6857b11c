"""Parts of a drug's page that are written without a template, since each page has many.

Everything from a page is escaped, as in `_site_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from isobole.monograph._glance import GlanceCell, Said
from isobole.monograph._page import Faq
from isobole.monograph._site_rows import Words, statement_lines, statement_rows
from isobole.monograph._site_text import html, prose, said
from isobole.monograph._statement import Statement

Groups = Sequence[tuple[str, Sequence[Statement]]]

_MOST = 4
_TABLE = (
    '<table class="said">\n<thead><tr><th scope="col">Statement</th>'
    '<th scope="col">Value</th><th scope="col">Applies</th>'
    '<th scope="col">The page\'s words</th><th scope="col">Source</th></tr></thead>\n'
    "<tbody>\n"
)


def glance_cells(cells: Sequence[GlanceCell], slug: str) -> Markup:
    """Return the topics of the glance, each with what is said or that nothing is."""
    return Markup("".join([_cell(cell, slug) for cell in cells]))


def _cell(cell: GlanceCell, slug: str) -> str:
    kind, conflict = "", ""
    if cell.conflict:
        kind = " conflict"
        conflict = ' <strong class="mark warning">Conflict</strong>'
    elif not cell.said:
        kind = " silent"
    elif cell.said[0].level in ("contraindicated", "avoid"):
        kind = " stop"
    groups = [
        f'<dd>{_level(group)} <span class="where">'
        f"{statement_lines(group.statements, slug, 3)}</span></dd>\n"
        for group in cell.said[:_MOST]
    ]
    told = "".join(groups) or "<dd>Not stated</dd>\n"
    return (
        f'<div class="cell{kind}">\n<dt>{html(cell.topic)}{conflict}</dt>\n'
        f"{told}</div>\n"
    )


def _level(group: Said) -> str:
    if group.level == "advice":
        return f"<q>{html(said(group.statements[0].span.quote, 46))}</q>"
    return html(group.label)


def contents(groups: Groups) -> Markup:
    """Return the list of the tables of statements, with how many each has."""
    return Markup(
        "".join(
            [
                f'<li><a href="#g{index}">{html(name)}</a> '
                f'<span class="count">{len(found)}</span></li>\n'
                for index, (name, found) in enumerate(groups, 1)
            ]
        )
    )


def statement_tables(groups: Groups, slug: str, words: Words) -> Markup:
    """Return the tables of statements, one for each subject."""
    return Markup(
        "".join(
            [
                f'<section aria-labelledby="g{index}">\n<h2 id="g{index}">{html(name)}'
                f"</h2>\n{_TABLE}{statement_rows(found, slug, words)}"
                "</tbody>\n</table>\n</section>\n"
                for index, (name, found) in enumerate(groups, 1)
            ]
        )
    )


def questions_asked(faqs: Sequence[Faq], slug: str) -> Markup:
    """Return questions with their answers, and where each stands."""
    return Markup("".join([_question(faq, slug) for faq in faqs]))


def _question(faq: Faq, slug: str) -> str:
    line = faq.span.line
    repaired = ""
    if faq.repaired == "repaired":
        repaired = " · repaired: the answer stood inside the question"
    return (
        f'<article class="faq">\n<h3>{html(said(faq.question, 1000))}</h3>\n'
        f"<div>{prose(faq.answer)}</div>\n"
        f'<p class="where"><a href="../source/{slug}.html#L{line}">line {line}</a>'
        f"{repaired}</p>\n</article>\n"
    )
