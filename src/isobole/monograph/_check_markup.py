"""Defects of marks: bold left open, HTML, links that run something."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from isobole.monograph._finding import Finding
from isobole.monograph._page import Monograph
from isobole.monograph._registry import found
from isobole.monograph._text import PageText

_MOST = 20
_ACTIVE = re.compile(
    "(?:script|style|iframe|object|embed|svg|form|input|button|link|meta|base|math"
    "|applet|frame|frameset|video|audio)$"
)
_HARMLESS = re.compile(
    "(?:a|abbr|b|big|blockquote|br|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]"
    "|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|s|small|span|strike|strong|sub|summary|sup"
    "|table|tbody|td|tfoot|th|thead|tr|tt|u|ul)$"
)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,15})((?:[\s/][^<>]{0,2000})?)>")
_HANDLER = re.compile(r"\son[a-z]{3,20}\s*=", re.IGNORECASE)
_LINK = re.compile(
    r"!?\[([^\[\]\n]{0,300})\]"
    r"\(\s*<?([^()<>\n]{0,2000}(?:\([^()\n]{0,500}\)[^()<>\n]{0,500})?)>?\)"
)
_AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]{1,20}:[^<>\s]{1,2000})>")
_DEFINITION = re.compile(
    r"^ {0,3}\[[^\]\n]{1,200}\]:\s*<?(\S{1,2000}?)>?\s*$", re.MULTILINE
)
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_SAFE = ("http", "https", "mailto", "tel")


def check_markup(page: PageText, monograph: Monograph) -> Iterator[Finding]:
    """Yield what is wrong with the marks of a page."""
    text = page.text
    if "**" in text:
        yield from _emphasis(page, monograph)
    if "<" in text:
        yield from _tags(page)
    if ("]" in text and ("](" in text or "]:" in text)) or "<" in text:
        yield from _links(page)


def _emphasis(page: PageText, monograph: Monograph) -> Iterator[Finding]:
    for section in monograph.sections:
        for block in section.blocks:
            if block.kind == "html" or block.text.count("**") % 2 == 0:
                continue
            start, end = page.bounds(block.line, block.end_line)
            at = _stray(page.text, start, end)
            if at is None:
                continue
            first = max(page.text.rfind(" ", start, at), start - 1) + 1
            last = page.text.find(" ", at + 2, end)
            last = end if last < 0 else last
            if "\n" in page.text[first:last] or "\r" in page.text[first:last]:
                first, last = at, at + 2
            after = page.text[first:at] + page.text[at + 2 : last]
            yield found("emphasis-unbalanced", page.span(first, last), after=after)


def _stray(text: str, start: int, end: int) -> int | None:
    """Return the bold mark without a partner: one that cannot be one, or the last."""
    places = []
    at = text.find("**", start, end)
    while at >= 0:
        places.append(at)
        at = text.find("**", at + 2, end)
    if len(places) % 2 == 0:
        return None
    for at in places:
        before = text[at - 1] if at > start else " "
        after = text[at + 2] if at + 2 < end else " "
        if before.isspace() and after.isspace():
            return at
    return places[-1]


def _tags(page: PageText) -> Iterator[Finding]:
    plain: list[re.Match[str]] = []
    for match in _TAG.finditer(page.text):
        name = match[1].lower()
        if _ACTIVE.match(name) or _HANDLER.search(match[2]):
            after = match[0].replace("<", "&lt;").replace(">", "&gt;")
            span = page.span(*match.span())
            yield found("script-in-text", span, after=after, tags=f"<{name}>")
        elif _HARMLESS.match(name):
            plain.append(match)
    if plain:
        names = sorted({f"<{match[1].lower()}>" for match in plain})
        spans = [page.span(*match.span()) for match in plain[:_MOST]]
        yield found("html-in-text", *spans, tags=", ".join(names))


def unsafe_scheme(target: str) -> str | None:
    """Return the scheme of a link that does more than open a page, or None.

    Examples
    --------
    >>> unsafe_scheme("java&#x73;cript:alert(1)")
    'javascript'
    >>> unsafe_scheme("https://example.org") is None
    True
    """
    plain = "".join(html.unescape(html.unescape(target)).split())
    plain = "".join(char for char in plain if char > " ")
    match = _SCHEME.match(plain)
    if match is None or match[1].lower() in _SAFE:
        return None
    return match[1].lower()


def _links(page: PageText) -> Iterator[Finding]:
    for match in _LINK.finditer(page.text):
        if scheme := unsafe_scheme(match[2]):
            span = page.span(*match.span())
            yield found("link-unsafe", span, after=match[1], scheme=f"{scheme}:")
    for pattern in (_AUTOLINK, _DEFINITION):
        for match in pattern.finditer(page.text):
            scheme = unsafe_scheme(match[1])
            if scheme and (pattern is _AUTOLINK or scheme.endswith("script")):
                span = page.span(*match.span(1))
                yield found("link-unsafe", span, scheme=f"{scheme}:")
