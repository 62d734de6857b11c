"""The sections of a page: which kind it is, and what stands under each heading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isobole.monograph._element import Element
from isobole.monograph._headings import (
    Heading,
    bold_heading,
    take_apart,
)
from isobole.monograph._page import (
    Block,
    PageKind,
    Section,
    make_block,
    make_section,
)


def page_kind(
    elements: list[Element], front: Mapping[str, Any], lines: list[str]
) -> PageKind:
    """Return which of the known generators a page looks like.

    Decided by how its standard sections are headed: ``##`` (A), bold at the beginning
    of a line (B0) or ``###`` (B1).
    """
    second: set[str] = set()
    third: set[str] = set()
    bold: set[str] = set()
    headings = 0
    for element in elements:
        if element.kind == "heading":
            headings += 1
            name = take_apart(element.text).name
            if name:
                (second if element.level <= 2 else third).add(name)
        elif "**" in element.text and element.kind in ("paragraph", "item"):
            item = element.kind == "item"
            if item and "\n" not in element.text:
                continue
            for index, line in enumerate(element.text.split("\n")):
                if (index == 0 and item) or "**" not in line:
                    continue
                heading = bold_heading(line.strip())
                if heading and heading.name:
                    bold.add(heading.name)
    most = max(len(second), len(third), len(bold))
    if most >= 2 or (most == 1 and front):
        if len(second) == most:
            return "A"
        return "B1" if len(third) == most else "B0"
    if not front and headings <= 2 and _is_guide(lines):
        return "guide"
    return "unknown"


def _is_guide(lines: list[str]) -> bool:
    captions = sum(line.startswith("Table ") and ":" in line for line in lines)
    references = any(line.strip() == "References" for line in lines)
    rows = sum("\t" in line.strip() for line in lines)
    return (captions > 0) + references + (rows > 1) >= 2


@dataclass(slots=True)
class _Open:
    heading: Heading
    level: int
    path: tuple[str, ...]
    line: int
    end_line: int
    blocks: list[Block] = field(default_factory=list)

    def close(self) -> Section:
        return make_section(
            self.heading.title,
            self.heading.name,
            self.level,
            self.path,
            self.line,
            self.end_line,
            self.heading.inline,
            tuple(self.blocks),
        )


def sections_of(
    elements: list[Element], kind: PageKind, title: str
) -> tuple[Section, ...]:
    """Put the blocks of a page under their headings, in the order of the page.

    What stands before the first heading is a section of level 0 without a title. A
    first-level heading that only repeats the page's title is in no other path.
    """
    done: list[_Open] = []
    stack: list[_Open] = []

    def begin(heading: Heading, level: int, line: int, end_line: int) -> None:
        while stack and stack[-1].level >= level:
            stack.pop()
        above = stack[-1].path if stack else ()
        repeats = level == 1 and _same(heading.title, title)
        new = _Open(heading, level, (*above, heading.title), line, end_line)
        done.append(new)
        if not repeats:
            stack.append(new)

    def add(block: Block) -> None:
        if not done:
            done.append(_Open(Heading("", None, ""), 0, (), block.line, block.line))
        done[-1].blocks.append(block)
        done[-1].end_line = max(done[-1].end_line, block.end_line)

    taken = _named(elements)
    for element in elements:
        if element.kind == "heading":
            heading = take_apart(element.text)
            begin(heading, element.level, element.line, element.end_line)
        elif "**" in element.text and _divided(element):
            inside = done[-1].heading.name if done else None
            for part in _parts(element, kind, taken, inside):
                if isinstance(part, Block):
                    add(part)
                else:
                    heading, line, level = part
                    if heading.name:
                        taken.add(heading.name)
                    begin(heading, level, line, line)
        else:
            add(_block(element, element.text, element.line, element.end_line))
    return tuple(section.close() for section in done)


def _named(elements: list[Element]) -> set[str]:
    """Return the standard sections that marked headings name."""
    names = (
        take_apart(element.text).name
        for element in elements
        if element.kind == "heading" and element.level <= 3
    )
    return {name for name in names if name}


def _same(a: str, b: str) -> bool:
    return a.casefold().split() == b.casefold().split()


def _block(element: Element, text: str, line: int, end_line: int) -> Block:
    kind = element.kind
    assert kind != "heading"
    if kind != "table":
        return make_block(kind, text, line, end_line, element.depth)
    rows, places = table_rows(text, line)
    return Block(kind, text, line, end_line, element.depth, rows, places)


def _divided(element: Element) -> bool:
    """Say whether a heading in bold may begin a line of an element."""
    if element.kind == "paragraph":
        return element.text.startswith("**") or "\n" in element.text
    return element.kind == "item" and "\n" in element.text


def _parts(
    element: Element, kind: PageKind, taken: set[str], inside: str | None
) -> list[Block | tuple[Heading, int, int]]:
    """Cut a block at the lines that begin with a heading in bold."""
    lines = element.text.split("\n")
    parts: list[Block | tuple[Heading, int, int]] = []
    begin = 0
    for index, line in enumerate(lines):
        if index == 0 and element.kind == "item":
            continue
        heading = bold_heading(line.strip())
        if heading is None or not _heads(heading, kind, element, taken, inside, lines):
            continue
        if index > begin:
            parts.append(_piece(element, lines, begin, index))
        level = (3 if kind == "B1" else 2) if heading.name else 4
        parts.append((heading, element.line + index, level))
        begin = index + 1
    if begin < len(lines):
        parts.append(_piece(element, lines, begin, len(lines)))
    return parts


def _piece(element: Element, lines: list[str], begin: int, end: int) -> Block:
    if begin == 0 and end == len(lines):
        return _block(element, element.text, element.line, element.end_line)
    text = "\n".join(lines[begin:end])
    line = element.line + begin
    # What follows a heading that stood in a list item is no longer of the list.
    whole = element if begin == 0 else Element("paragraph", text, line, line)
    return _block(whole, text, line, element.line + end - 1)


def _heads(
    heading: Heading,
    kind: PageKind,
    element: Element,
    taken: set[str],
    inside: str | None,
    lines: list[str],
) -> bool:
    if heading.name is None:
        # Sub-monographs of the ingredients: a bold line of its own.
        alone = element.kind == "paragraph" and len(lines) == 1 and not heading.inline
        asked = heading.title.rstrip("0123456789") in ("A", "Q", "Answer", "Question")
        return kind in ("B0", "B1") and element.depth == 0 and alone and not asked
    if kind == "B0":
        return True
    if kind == "B1":
        return heading.name not in taken
    return (
        kind == "A"
        and element.depth == 0
        and heading.name not in taken
        and heading.name not in ("Note", "Disclaimer", "Generic Name")
        and inside not in ("Drug Profile Summary", "Alternate Names", "FAQs")
    )


def table_rows(
    text: str, line: int
) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    """Return the cells of a table's source lines, divider lines left out.

    Cells are divided by tabs or by unescaped bars; rows keep the cells they have.
    """
    rows: list[tuple[str, ...]] = []
    places: list[int] = []
    for number, source in enumerate(text.split("\n"), line):
        cells = _cells(source)
        if cells and all(cell and set(cell) <= set("-:") for cell in cells):
            continue
        rows.append(cells)
        places.append(number)
    return tuple(rows), tuple(places)


def _cells(source: str) -> tuple[str, ...]:
    if "\t" in source.strip() and not source.lstrip().startswith("|"):
        return tuple(cell.strip() for cell in source.split("\t"))
    text = source.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    cells, begin = [], 0
    for index, char in enumerate(text):
        if char == "|" and (index == 0 or text[index - 1] != "\\"):
            cells.append(text[begin:index].strip())
            begin = index + 1
    cells.append(text[begin:].strip())
    return tuple(cells)
