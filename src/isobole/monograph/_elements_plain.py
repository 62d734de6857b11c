"""Headings, lists and paragraphs of a plain page, read in one pass over its lines.

Most pages hold nothing else. The result is that of the Markdown reader, which is asked
wherever a line might mean more: rules, tables, quotes, code, tabs, marks within marks.
"""

from __future__ import annotations

import re

from isobole.monograph._element import Element

_LINE = re.compile(r"( *)(?:(#{1,6})(?: +|$)|(?:[-*+]|(\d{1,9})[.)])( +|$)|(>))?")
_NESTED = re.compile(r"#{1,6}(?: |$)|[-*+](?: |$)|\d{1,9}[.)](?: |$)|>")
_RULED = " >+*.)=_-0123456789"
"""What a rule, the line under a heading or an empty item is made of."""
_OTHER = ("\t", "\r", "\0", "|")
_FENCES = (("`", "```"), ("~", "~~~"))


def plain_elements(lines: list[str], text: str, first: int) -> list[Element] | None:
    r"""Return the elements of `lines`, None if the Markdown reader must be asked.

    `text` is the lines joined; the first one is line `first` of the page.

    Examples
    --------
    >>> lines = ["# A", "Some", "text", "", "- one", "  - two"]
    >>> for element in plain_elements(lines, "\n".join(lines), 1):
    ...     print(element.kind, element.line, element.end_line, element.depth)
    heading 1 1 0
    paragraph 2 3 0
    item 5 5 0
    item 6 6 1
    >>> plain_elements(["> A"], "> A", 1) is None
    True
    """
    # A single letter is found at once, and most pages have none of a fence.
    if any(map(text.__contains__, _OTHER)) or any(
        mark in text and fence in text for mark, fence in _FENCES
    ):
        return None
    found: list[Element] = []
    # How far the mark of each open list item is indented, and how far its words are.
    marks: list[int] = []
    inner = [0]
    raw: str | None = None
    for number, line in enumerate(lines, first):
        bare = line.strip(" ")
        if not bare:
            raw = None
            continue
        # Rules, empty items, and blanks that only one of the readers takes for some.
        edge = bare[0]
        if (
            (edge in _RULED and not bare.strip(_RULED))
            or edge.isspace()
            or bare[-1].isspace()
        ):
            return None
        match = _LINE.match(line)
        assert match is not None
        indent = match.end(1)
        level, ordered, gap, quoted = match.group(2, 3, 4, 5)
        if quoted or (indent - inner[-1] > 3 and (level or gap is not None)):
            return None
        if raw is not None and not level and (gap is None or _goes_on(
            ordered, indent, inner[-1]
        )):  # fmt: skip
            # The rest of a paragraph, however far it is indented.
            raw += "\n" + line[min(indent, inner[-1]) :]
            found[-1].text, found[-1].end_line = raw.strip(), number
            continue
        if gap is not None and indent < inner[-1] and indent not in marks:
            return None
        while indent < inner[-1]:
            inner.pop()
            marks.pop()
        words = line[match.end() :]
        if level:
            words = words.strip()
            if not words or words[-1] == "#" or marks:
                return None
            found.append(Element("heading", words, number, number, 0, len(level)))
            raw = None
        elif gap is not None:
            if not words or len(gap) > 4 or _NESTED.match(words):
                return None
            raw = words
            marks.append(indent)
            inner.append(match.end())
            depth = len(marks) - 1
            found.append(Element("item", raw.strip(), number, number, depth))
        else:
            raw = line
            depth = max(len(marks) - 1, 0)
            found.append(Element("paragraph", bare, number, number, depth))
    return found


def _goes_on(ordered: str | None, indent: int, inner: int) -> bool:
    """Say whether a number before words is text: only 1 interrupts a paragraph."""
    return ordered is not None and indent >= inner and int(ordered) != 1
