"""Defects of structure: headings, sections missing, repeated, empty or a stub."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isobole.monograph._finding import Finding
from isobole.monograph._headings import STANDARD_A, STANDARD_B
from isobole.monograph._mentions import SALT_WORD
from isobole.monograph._page import Monograph, Section
from isobole.monograph._registry import found
from isobole.monograph._text import PageText

_LEVEL = {"A": 2, "B0": 2, "B1": 3}
_SEE_ABOVE = re.compile(
    r"\W*(?:please\s+)?(?:see|refer to|as (?:mentioned|described|listed|stated)|"
    r"covered|described|mentioned|discussed|listed)\b[^.]{0,80}"
    r"\b(?:above|below|section|earlier|previous\w*)\b[^.]{0,80}\.?\W*$",
    re.IGNORECASE,
)
# How a text begins of which that may be the beginning.
_POINTS = re.compile(
    r"\W*(?:$|please|see|refer|as|covered|described|mentioned|discussed|listed)",
    re.IGNORECASE,
)
_STUB = re.compile(
    r"\bno (?:details|information|data) (?:is |are )?(?:currently )?available\b|"
    r"\bcoming soon\b|\bto be (?:added|completed)\b",
    re.IGNORECASE,
)
_LABEL_LINE = re.compile(r"\*\*[^*\n]{2,40}?:?\*\*:?\s+\S")
_BRAND = re.compile(
    r"[\s*_]*(?:common |popular )?(?:brand|trade|proprietary)", re.IGNORECASE
)

_SHORT = 30
"""Words of a section that may only point to another one."""
_ENOUGH = 150
"""Words of a page that is no stub."""


def check_sections(page: PageText, monograph: Monograph) -> Iterator[Finding]:
    """Yield what is wrong with the headings and sections of a page."""
    if monograph.kind in ("guide", "unknown"):
        return
    yield from _headings(page, monograph)
    yield from _set_of_sections(page, monograph)
    yield from _bodies(page, monograph)


def _headings(page: PageText, monograph: Monograph) -> Iterator[Finding]:
    kind = monograph.kind
    level = _LEVEL[kind]
    marks = "#" * level
    gap = monograph.newline * 2
    sources = {s.line: page.lines[s.line - 1].strip() for s in monograph.sections}
    known = [s for s in monograph.sections if s.name and s.level <= level]
    bold = [s for s in known if "**" in sources[s.line]]
    mixed = kind != "B0" and 0 < len(bold) < len(known)
    bold_ones = set(map(id, bold))
    for section in monograph.sections:
        source = sources[section.line]
        if section.level == 0:
            yield found("text-before-heading", page.line_span(section.line))
            continue
        title = section.title
        if not source.startswith("#"):
            if kind != "B0" and section.name and source.startswith("**"):
                span = page.line_span(section.line)
                after = f"{marks} {title}" + (gap + section.inline) * bool(
                    section.inline
                )
                yield found("heading-in-bold", span, after=after, title=title)
            continue
        own = "#" * section.level
        if not source.startswith(own + " "):
            rest = (gap + section.inline) * bool(section.inline)
            span = page.line_span(section.line)
            yield found(
                "heading-space", span, after=f"{own} {title}{rest}", title=title
            )
            continue
        if section.inline:
            after = f"{own} {title}{gap}{section.inline}"
            span = page.line_span(section.line)
            yield found("heading-text-inline", span, after=after, title=title)
        elif source.count("**") % 2:
            span = page.line_span(section.line)
            yield found("heading-emphasis", span, after=_unmarked(source))
        elif section.name and section.level <= level:
            # Most are as they should be: spans are cut for the others only.
            if section.level < level and kind == "A":
                span = page.line_span(section.line)
                after = f"{marks} {title}"
                yield found("heading-level", span, after=after, title=title)
            elif source.rstrip("*_# ").endswith(":"):
                span = page.line_span(section.line)
                yield found("heading-colon", span, after=f"{own} {title}", title=title)
            elif mixed and id(section) in bold_ones:
                span = page.line_span(section.line)
                yield found("heading-style-mixed", span, after=f"{own} {title}")
        elif section.level < level or (section.level == level and kind == "A"):
            span = page.line_span(section.line)
            if title.casefold() == monograph.title.casefold():
                if kind == "A":
                    yield found("heading-title-repeated", span)
            elif "?" not in title:
                yield found("heading-unknown", span, title=title)


def _unmarked(source: str) -> str:
    return source.replace("**", "")


def _set_of_sections(page: PageText, monograph: Monograph) -> Iterator[Finding]:
    level = _LEVEL[monograph.kind]
    present: dict[str, Section] = {}
    again: list[Section] = []
    for section in monograph.sections:
        if not section.name or section.level > level:
            continue
        if section.name in present:
            again.append(section)
        else:
            present[section.name] = section
    names = {section.name for section in again}
    if len(names) >= 3 or "Usage" in names:
        first = again[0]
        assert first.name is not None
        spans = page.line_span(first.line), page.line_span(present[first.name].line)
        yield found("two-monographs", *spans, count=len(names))
    else:
        for section in again:
            assert section.name is not None
            other = page.line_span(present[section.name].line)
            yield found(
                "section-repeated",
                page.line_span(section.line),
                other,
                title=section.title,
            )
    # A section may stand below another one: it is there all the same.
    anywhere = {section.name for section in monograph.sections}
    for name in STANDARD_A if monograph.kind == "A" else STANDARD_B:
        if name not in anywhere:
            yield found("section-missing", file=page.file, title=name)


def _bodies(page: PageText, monograph: Monograph) -> Iterator[Finding]:
    sections = monograph.sections
    words = 0
    for index, section in enumerate(sections):
        size = 0
        if words < _ENOUGH or _may_point(section):
            size = len(section.inline.split())
            for block in section.blocks:
                size += len(block.text.split())
                if size > _SHORT and words + size >= _ENOUGH:
                    break  # What more there is changes nothing below.
        elif section.inline or section.blocks:
            size = _SHORT + 1  # Its words need not be counted.
        words += size
        if not section.title:
            continue
        following = sections[index + 1] if index + 1 < len(sections) else None
        filled = size or (following is not None and following.level > section.level)
        if not filled and section.level > 1:
            span = page.line_span(section.line)
            yield found("section-empty", span, title=section.title)
        elif 0 < size <= _SHORT:
            texts = (section.inline, *(block.text for block in section.blocks))
            whole = " ".join(text for text in texts if text)
            if _SEE_ABOVE.match(whole):
                last = max((b.end_line for b in section.blocks), default=section.line)
                first = section.blocks[0].line if section.blocks else section.line
                span = page.line_span(first, max(first, last))
                yield found("section-see-above", span, title=section.title)
        if section.name == "Alternate Names":
            yield from _names(page, section)
    stub = _STUB.search(page.text) if words < _ENOUGH else None
    if stub:
        yield found("page-stub", page.span(*stub.span()))
    elif words < 25:
        yield found("page-stub", page.line_span(sections[0].line))


def _may_point(section: Section) -> bool:
    """Say whether a section may be empty, or begin as `_SEE_ABOVE` does."""
    first = section.inline or (section.blocks[0].text if section.blocks else "")
    return _POINTS.match(first) is not None


def _names(page: PageText, section: Section) -> Iterator[Finding]:
    for block in section.blocks:
        if block.kind == "item":
            if _BRAND.match(block.text) or block.depth > 0:
                yield found("brand-names-nested", page.line_span(block.line))
        elif block.kind == "paragraph":
            span = page.line_span(block.line, block.end_line)
            lines = span.quote.splitlines()
            short = all(
                _LABEL_LINE.match(line.strip())
                or (len(line.split()) <= 6 and not line.rstrip().endswith((".", ":")))
                for line in lines
            )
            end = "\r\n" if "\r\n" in span.quote else "\n"
            after = end.join("- " + line.strip() for line in lines) if short else None
            yield found("alternate-names-prose", span, before=span.quote, after=after)
    if section.inline:
        yield found("alternate-names-prose", page.line_span(section.line))


def check_generic_name(page: PageText, monograph: Monograph) -> Iterator[Finding]:
    """Yield the generic name of a page of kind B where it is not the title."""
    for section in monograph.sections:
        if section.name != "Generic Name":
            continue
        given = section.inline or (section.blocks[0].text if section.blocks else "")
        given = given.split("\n")[0].replace("**", "").strip(" \t-*•")
        line = section.line
        if given and not _same_name(given, monograph.title):
            span = page.find(given, line, section.end_line) or page.line_span(line)
            yield found(
                "generic-name-differs", span, given=given[:80], title=monograph.title
            )
        return


def _same_name(given: str, title: str) -> bool:
    """Say whether a generic name is the title, or a title with another name beside it.

    "Acetaminophen [paracetamol]" is both; a salt in brackets is no other name.

    Examples
    --------
    >>> _same_name("Acetaminophen [paracetamol]", "Paracetamol")
    True
    >>> _same_name("Valproate [sodium]", "Valproate")
    False
    """
    wanted = _parts(title)
    if _parts(given) == wanted:
        return True
    named: list[tuple[str, str]] = _BESIDE.findall(given)
    if not named or any(SALT_WORD.fullmatch(other.strip()) for _, other in named):
        return False
    plain = _BESIDE.sub(lambda match: match[1], given)
    others = _BESIDE.sub(lambda match: match[2], given)
    return wanted in (_parts(plain), _parts(others))


_BESIDE = re.compile(r"([\w-]+(?: [\w-]+)*)\s*\[([^\[\]+/,&]+)\]")


def _parts(name: str) -> frozenset[str]:
    pieces = re.split(r"\s*(?:\+|/|,|&|\band\b|\s-\s)\s*", name.casefold())
    return frozenset(
        " ".join(re.findall(r"[\w-]+", piece)) for piece in pieces if piece
    )
