"""The long tables of the site, written without a template: they are most of its bytes.

Everything from a page goes through `Words`, which escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from isobole.monograph._collection_files import slug_of
from isobole.monograph._interactions import names_partner
from isobole.monograph._site_text import (
    html,
    letter_of,
    said,
    value_words,
    words_of_scope,
    words_of_value,
)
from isobole.monograph._statement import KINDS, Scope, Statement
from isobole.results import NOTE_LABELS

if TYPE_CHECKING:
    from isobole.monograph._finding import Finding
    from isobole.monograph._interactions import Naming, Title
    from isobole.monograph._span import Span
    from isobole.results import Severity

_NAMED_LINES = re.compile(r"\blines? \d{1,6}(?:(?:, | and )\d{1,6})*")
_NUMBER = re.compile(r"\d+")
_SHORT = 160
_SIDES = 6
_FEW = 4


class Words:
    """Escapes the words of one page; the same quote is prepared once.

    Examples
    --------
    >>> Words().quote("**a** < b")
    'a &lt; b'
    """

    __slots__ = ("_quotes", "_scopes")

    def __init__(self) -> None:
        self._quotes: dict[str, str] = {}
        # A scope is kept with its words, so that its number stays its own.
        self._scopes: dict[int, tuple[Scope, str]] = {}

    def quote(self, text: str) -> str:
        """Return a quote on one line, ready for HTML."""
        made = self._quotes.get(text)
        if made is None:
            made = self._quotes[text] = html(said(text))
        return made

    def scope(self, scope: Scope) -> str:
        """Return what a scope says, ready for HTML; many statements share one."""
        known = self._scopes.get(id(scope))
        if known is None:
            known = self._scopes[id(scope)] = (scope, html(words_of_scope(scope)))
        return known[1]


# Remedies and codes are few, and the same ones in page after page.
_short = lru_cache(maxsize=8192)(html)


def statement_rows(found: Sequence[Statement], slug: str, words: Words) -> Markup:
    """Return the rows of a table of statements: kind, value, scope, quote, line."""
    rows = []
    for s in found:
        value = s.value
        if value is None:
            shown = ""
        elif isinstance(value, str):
            shown = _value(value, s.unit)
        else:
            shown = html(value_words(s))
        if s.kind == "interaction" and names_partner(s):
            shown = f"{_partner(str(value))}{shown}</a>"
        span = s.span
        line = span.line
        applies = words.scope(s.scope)
        if "page_subject" in s.details:
            applies = f"<b>of {html(str(s.details['page_subject']))}</b> {applies}"
        rows.append(
            f"{_kind(s.kind, s.strength, s.certainty)}{shown}</td>"
            f"<td>{applies}</td><td><q>{words.quote(span.quote)}</q></td>"
            f'<td><a href="../source/{slug}.html#L{line}">line {line}</a></td></tr>\n'
        )
    return Markup("".join(rows))


@lru_cache(maxsize=1024)
def _kind(kind: str, strength: str | None, certainty: str | None) -> str:
    """Return how a row begins, up to its value."""
    words = KINDS.get(kind) or html(kind)
    mark = ""
    if strength:
        words += f"<br><b>{html(strength)}</b>"
        mark = f' class="{html(strength)}"'
    if certainty:
        words += f"<br><i>{html(certainty)}</i>"
    return f"<tr{mark}><td>{words}</td><td>"


@lru_cache(maxsize=8192)
def _value(value: str, unit: str | None) -> str:
    """Return a value in words; they are few, and the same ones in page after page."""
    return html(words_of_value(value, unit))


@lru_cache(maxsize=8192)
def _partner(name: str) -> str:
    """Return the link to who else names a drug."""
    slug = slug_of(name)
    return f'<a href="../interactions/{letter_of(slug)}.html#i-{slug}">'


def finding_rows(found: Sequence[Finding], slug: str, words: Words) -> Markup:
    """Return the rows of a table of findings: severity, what, before, after, lines."""
    return Markup(
        "".join(
            [
                f"<tr><td>{_mark(f)}</td><td>{with_lines(f.message, slug)}. "
                f"{_short(f.remedy)}<br><code>{_short(f.code)}</code></td>"
                f"<td>{html(said(f.before, _SHORT)) if f.before else ''}</td>"
                f"<td>{html(said(f.after, _SHORT)) if f.after else ''}</td>"
                f"<td>{_lines(f.spans, slug)}</td></tr>\n"
                for f in found
            ]
        )
    )


def clashes(found: Sequence[Finding], slug: str, words: Words) -> Markup:
    """Return contradictions with what they set against each other side by side."""
    return Markup(
        "".join(
            f'<article class="clash">\n<h3>{_mark(f)} {with_lines(f.message, slug)}'
            f'</h3>\n<div class="sides">\n{_sides(f.spans, slug, words)}</div>\n'
            f"<p>{html(f.remedy)}</p>\n</article>\n"
            for f in found
        )
    )


def _sides(spans: Sequence[Span], slug: str, words: Words) -> str:
    quoted: dict[tuple[int, str], None] = {}
    for span in spans:
        quoted.setdefault((span.line, words.quote(span.quote)))
    shown = [
        f"<blockquote><p>{quote}</p><footer>{_line(line, slug, 'line ')}</footer>"
        f"</blockquote>\n"
        for line, quote in list(quoted)[:_SIDES]
    ]
    more = dict.fromkeys(line for line, _ in list(quoted)[_SIDES:])
    if more:
        listed = ", ".join(_line(line, slug) for line in more)
        shown.append(f"<p>And in lines {listed}</p>\n")
    return "".join(shown)


def _mark(finding: Finding) -> str:
    return _label(finding.severity, finding.confidence)


@cache
def _label(severity: Severity, confidence: str) -> str:
    label = "Hint" if confidence == "hint" else NOTE_LABELS[severity]
    return f'<span class="mark {severity}">{label}</span>'


def _lines(spans: Sequence[Span], slug: str) -> str:
    return _listed([span.line for span in spans], slug, _FEW) or "whole page"


def span_lines(spans: Sequence[Span], slug: str, most: int) -> Markup:
    """Return the lines of spans, each linked; after `most` of them, how many more."""
    return Markup(_listed([span.line for span in spans], slug, most) or "lines ")


def statement_lines(found: Sequence[Statement], slug: str, most: int) -> Markup:
    """Return the lines of statements as `span_lines` does."""
    return Markup(_listed([s.span.line for s in found], slug, most) or "lines ")


def _listed(places: Sequence[int], slug: str, most: int) -> str:
    if len(places) == 1:
        return f"line {_line(places[0], slug)}"
    numbers = list(dict.fromkeys(places))
    if not numbers:
        return ""
    listed = ", ".join([_line(number, slug) for number in numbers[:most]])
    more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {listed}{more}"


def _line(number: int, slug: str, word: str = "") -> str:
    return f'<a href="../source/{slug}.html#L{number}">{word}{number}</a>'


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
        "".join([f'<li id="L{n}">{line}</li>\n' for n, line in enumerate(lines, 1)])
    )


def with_lines(message: str, slug: str) -> Markup:
    """Return a message with each line it names linked to the page's source.

    Examples
    --------
    >>> print(with_lines("Twice (lines 3, 9) <", "a"))
    Twice (lines <a href="../source/a.html#L3">3</a>, \
<a href="../source/a.html#L9">9</a>) &lt;
    """
    if "line" not in message:
        return Markup(html(message))
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
