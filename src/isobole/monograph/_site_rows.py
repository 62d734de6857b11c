"""The long tables of the site, written without a template: they are most of its bytes.

Everything from a page goes through `Words`, which escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from isobole.monograph._collection_files import slug_of
from isobole.monograph._site_text import letter_of, said, scope_words, value_words
from isobole.monograph._statement import KINDS, Statement

if TYPE_CHECKING:
    from isobole.monograph._interactions import Naming, Title

_NAMED_LINES = re.compile(r"\blines? \d{1,6}(?:(?:, | and )\d{1,6})*")
_NUMBER = re.compile(r"\d+")
_SPECIAL = re.compile(r"[&<>\"']")


class Words:
    """Escapes the words of one page; the same quote is prepared once.

    Examples
    --------
    >>> Words().quote("**a** < b")
    'a &lt; b'
    """

    __slots__ = ("_quotes",)

    def __init__(self) -> None:
        self._quotes: dict[str, str] = {}

    def quote(self, text: str) -> str:
        """Return a quote on one line, ready for HTML."""
        made = self._quotes.get(text)
        if made is None:
            made = self._quotes[text] = html(said(text))
        return made


def html(text: str) -> str:
    """Return text as it may stand in HTML and in its attributes."""
    return str(escape(text)) if _SPECIAL.search(text) else text


def statement_rows(found: Sequence[Statement], slug: str, words: Words) -> Markup:
    """Return the rows of a table of statements: kind, value, scope, quote, line."""
    rows = []
    for s in found:
        kind = KINDS.get(s.kind) or html(s.kind)
        mark = ""
        if s.strength:
            kind += f"<br><b>{html(s.strength)}</b>"
            mark = f' class="{html(s.strength)}"'
        if s.certainty:
            kind += f"<br><i>{html(s.certainty)}</i>"
        value = html(value_words(s))
        if s.kind == "interaction" and isinstance(s.value, str):
            name = slug_of(s.value)
            value = (
                f'<a href="../interactions/{letter_of(name)}.html#i-{name}">{value}</a>'
            )
        line = s.span.line
        rows.append(
            f"<tr{mark}><td>{kind}</td><td>{value}</td><td>{html(scope_words(s))}</td>"
            f"<td><q>{words.quote(s.span.quote)}</q></td>"
            f'<td><a href="../source/{slug}.html#L{line}">line {line}</a></td></tr>\n'
        )
    return Markup("".join(rows))


def source_lines(text: str) -> Markup:
    r"""Return the lines of a page as list items that can be linked to.

    Examples
    --------
    >>> source_lines("a\r\n<b>\n")
    Markup('<li id="L1">a</li>\n<li id="L2">&lt;b&gt;</li>\n')
    """
    lines = html(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return Markup(
        "".join(f'<li id="L{n}">{line}</li>\n' for n, line in enumerate(lines, 1))
    )


def with_lines(message: str, slug: str) -> Markup:
    """Return a message with each line it names linked to the page's source.

    Examples
    --------
    >>> print(with_lines("Twice (lines 3, 9) <", "a"))
    Twice (lines <a href="../source/a.html#L3">3</a>, \
<a href="../source/a.html#L9">9</a>) &lt;
    """
    return Markup(
        _NAMED_LINES.sub(
            lambda lines: _NUMBER.sub(
                rf'<a href="../source/{slug}.html#L\g<0>">\g<0></a>', lines[0]
            ),
            html(message),
        )
    )


def naming_rows(
    rows: Sequence[tuple[Title, Naming, str]], folder: str, words: Words
) -> Markup:
    """Return the rows of a table of who names a drug: page, quote, line, named back."""
    return Markup(
        "".join(
            f'<tr><td><a href="{folder}{page.slug}.html">{html(page.title)}</a></td>'
            f"<td><q>{words.quote(naming.quote)}</q></td>"
            f'<td><a href="../source/{page.slug}.html#L{naming.line}">'
            f"line {naming.line}</a></td><td>{back}</td></tr>\n"
            for page, naming, back in rows
        )
    )
