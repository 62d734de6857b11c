"""Remains of how a document was made: captions, advertising, misspelled headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isobole.monograph._checks import checks, finding
from isobole.monograph._contradictions_view import View, lines
from isobole.monograph._finding import Finding
from isobole.monograph._page import Section
from isobole.monograph._text import page_text

_WORD = re.compile(r"[A-Za-z]{9,}")
_NUMBERED = re.compile(r"\d+(?:\.\d+)*\.?\s+\S")


def layout_findings(view: View) -> Iterator[Finding]:
    """Yield captions without figures, advertising, and faults of headings."""
    lost = [s for s in view.of("figure") if "figure_missing" in _defects(s)]
    if lost:
        yield finding(
            "figure-missing",
            f"{len(lost)} caption(s) without a figure ({lines(lost)})",
            lost,
        )
    sold = view.of("advertising")
    if sold:
        yield finding(
            "advertising-in-page",
            f"{len(sold)} sentence(s) of advertising ({lines(sold)})",
            sold,
        )
    if view.page.kind == "guide":
        yield from _headings(view)


def _defects(said: object) -> tuple[str, ...]:
    return tuple(getattr(said, "details", {}).get("defects") or ())


def _headings(view: View) -> Iterator[Finding]:
    page = view.page
    titled = [s for s in page.sections if s.title and s.level > 0]
    numbered = [s for s in titled if _NUMBERED.match(s.title)]
    first = next((i for i, s in enumerate(titled) if s in numbered), None)
    if numbered and len(numbered) < len(titled) / 2 and first:
        yield _at(
            view,
            "sections-partly-numbered",
            f"{len(numbered)} of {len(titled)} headings are numbered, the first of "
            f"them "
            f"after {first} without a number",
            numbered[0],
        )
    wrong: dict[str, tuple[str, Section]] = {}
    body = _spellings(page.text)
    near: dict[str, list[str]] = {}
    for name in body:
        near.setdefault(name[:3], []).append(name)
    for section in titled:
        for word in _WORD.findall(section.title):
            lower = word.lower()
            if body.get(lower, 0) > 2:
                continue
            for right in near.get(lower[:3], ()):
                if _one_letter(lower, right) and body[right] >= body.get(lower, 0):
                    wrong.setdefault(lower, (right, section))
    for word, (right, section) in wrong.items():
        yield _at(
            view,
            "heading-misspelled",
            f"'{word}' in a heading is '{right}' elsewhere",
            section,
        )


def _spellings(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in _WORD.findall(text):
        found[word.lower()] = found.get(word.lower(), 0) + 1
    return found


def _one_letter(one: str, other: str) -> bool:
    """Return whether one long word is the other with a letter lost, added or changed.

    A plural, or another ending, is another word and no misspelling.
    """
    if one == other or abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    inside = max(len(one), len(other)) - start - end
    return inside == 1 and end >= 3 and start >= 3


def _at(view: View, code: str, message: str, section: Section) -> Finding:
    check = checks()[code]
    span = page_text(view.page).line_span(section.line)
    return Finding(
        code, check.severity, message, (span,), view.file, check.remedy,
        confidence=check.confidence,
    )  # fmt: skip
