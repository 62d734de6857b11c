"""Technical guides: pages printed from a PDF, whose headings carry no marks."""

from __future__ import annotations

import re
from typing import NamedTuple

from isobole.monograph._element import Element

_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+\S")
_CAPTION = re.compile(r"(?:Table|Figure)\s+\d+\s*[:.]")
_FIELD = re.compile(r"(\*{0,2}[A-Z][\w .&/-]{1,30}?\*{0,2}:\*{0,2})\s+(\S.*)")
_LONG_NUMBER = re.compile(r"\d{4}")
_LABEL = re.compile(r"[A-Z][^.:]{1,70}:(?:\s|$)")
_REFERENCE = re.compile(r"\[?(\d{1,3})[.\])]\s+(.*)", re.DOTALL)
_SMALL = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "or",
        "the",
        "to",
        "via",
        "with",
        "vs",
    )
)

# First words of the sections every such guide has: they close a group of protocols.
_MAIN = (
    "abstract",
    "introduction",
    "background",
    "core mechanism",
    "mechanism",
    "quantitative data",
    "experimental protocol",
    "experimental method",
    "signaling pathway",
    "visualiz",
    "visualis",
    "discussion",
    "conclusion",
    "summary",
    "need custom",
    "references",
    "disclaimer",
    "contact",
    "compound of interest",
)
_GROUPS = ("experimental protocol", "experimental method")


class Reference(NamedTuple):
    """An entry of the reference list: its number, text and line."""

    number: int
    text: str
    line: int


def guide_elements(elements: list[Element]) -> list[Element]:
    """Turn the plain lines that are headings into headings, and mend list levels."""
    found: list[Element] = []
    group = False
    for index, element in enumerate(elements):
        level = _heading_level(elements, index, not found, group)
        if level:
            words = element.text.lower()
            if level == 2:
                group = words.startswith(_GROUPS)
            found.append(
                Element("heading", element.text, element.line, element.line, 0, level)
            )
        else:
            found.append(element)
    return found


def mend_levels(elements: list[Element]) -> tuple[int, ...]:
    """Put items that a page break raised back under their label; return their lines.

    An item whose label stands alone (``Induction:``) owns the items that follow. After
    a page break the rest of them lose their indentation; a new label ends them.
    """
    mended: list[int] = []
    label: Element | None = None
    last: Element | None = None
    raised = False
    for element in elements:
        if element.kind != "item":
            if element.kind != "rule":
                label, raised = None, False
            last = element
            continue
        if element.depth == 0:
            apart = last is not None and element.line > last.end_line + 1
            named = _LABEL.match(element.text)
            if label is not None and not named and (apart or raised):
                element.depth = 1
                mended.append(element.line)
                raised = True
            else:
                label = element if element.text.endswith(":") else None
                raised = False
        last = element
    return tuple(mended)


def _heading_level(
    elements: list[Element], index: int, first: bool, group: bool
) -> int:
    element = elements[index]
    text = element.text
    if element.kind != "paragraph" or element.end_line != element.line:
        return 0
    if _CAPTION.match(text):
        return 4 if group else 3
    if first:
        return 1 if not text.endswith(".") else 0
    if not _looks_like_heading(text):
        return 0
    following = elements[index + 1] if index + 1 < len(elements) else None
    if following is None:
        return 0
    lower = text.lower()
    if numbered := _NUMBERED.match(text):
        return 2 + numbered[1].count(".")
    if lower.startswith(_MAIN):
        return 2
    return 3 if group else 2


def _looks_like_heading(text: str) -> bool:
    words = text.split()
    if len(words) > 14 or text.startswith(("[", "(", "-", "For ", "Caption")):
        return False
    if text.endswith((".", ",", ";")) or _LONG_NUMBER.search(text):
        return False
    if text.endswith(":"):
        return len(words) <= 6
    if text.endswith("?"):
        return len(words) <= 6
    if _FIELD.match(text) and not _NUMBERED.match(text):
        return False
    if "**" in text or "@" in text or "](" in text:
        return False
    content = [word for word in words if word.lower() not in _SMALL]
    capital = sum(not word[0].islower() for word in content)
    return bool(content) and capital * 10 >= len(content) * 7


def guide_fields(elements: list[Element]) -> dict[str, str]:
    """Return the ``Name: value`` lines at the head of a guide.

    Examples
    --------
    >>> line = Element("paragraph", "Author: A team. **Date:** May 2024", 3, 3)
    >>> guide_fields([line])
    {'Author': 'A team', 'Date': 'May 2024'}
    """
    fields: dict[str, str] = {}
    for element in elements[:12]:
        if element.kind != "paragraph" or "\n" in element.text:
            continue
        for piece in re.split(r"(?:\.\s+)(?=\*\*)", element.text):
            if match := _FIELD.match(piece):
                fields.setdefault(match[1].strip("*:"), match[2].strip())
    return fields


def guide_references(elements: list[Element]) -> tuple[Reference, ...]:
    """Return the numbered entries below the heading References."""
    found: list[Reference] = []
    inside = False
    for element in elements:
        if element.kind == "heading":
            inside = element.text.strip(":* ").lower() in ("references", "bibliography")
        elif inside and (match := _REFERENCE.match(element.text)):
            found.append(Reference(int(match[1]), match[2], element.line))
    return tuple(found)
