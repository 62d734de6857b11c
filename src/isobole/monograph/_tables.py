"""Tables of a page, and their rows put right: shifted cells, rows cut in two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from isobole.monograph._finding import Finding
from isobole.monograph._page import Block, Section
from isobole.monograph._registry import found
from isobole.monograph._text import PageText

_NUMBER = re.compile(r"Table\s+(\d+)")
_REFERENCE = re.compile(r"\^?\[\d")
_FIGURE = re.compile(r"[<>≤≥±~]?\s*\d|ED50|.{0,12}\d\s*(?:mg|µg|mcg|mL|%)")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell, with the lines it was read from.

    `pieces` holds (line, text as it stands there) for quoting; `carried` says that
    the words belong to a merged cell printed in a row above.
    """

    text: str
    pieces: tuple[tuple[int, str], ...]
    carried: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row under the header, put right; `state` says what was done to it."""

    cells: tuple[TableCell, ...]
    line: int
    end_line: int
    state: Literal["as printed", "shifted", "joined", "uncertain"] = "as printed"


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of a page: number and caption if it has them, header, repaired rows."""

    number: int | None
    caption: str
    section: tuple[str, ...]
    line: int
    end_line: int
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def column(self, name: str) -> int | None:
        """Return the index of the column whose header holds `name`."""
        for index, title in enumerate(self.header):
            if name.casefold() in title.casefold():
                return index
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return the table as it stands in JSON."""
        return {
            "number": self.number,
            "caption": self.caption,
            "line": self.line,
            "end_line": self.end_line,
            "header": list(self.header),
            "rows": [
                {
                    "line": row.line,
                    "end_line": row.end_line,
                    "state": row.state,
                    "cells": [cell.text for cell in row.cells],
                    "carried": [cell.carried for cell in row.cells],
                }
                for row in self.rows
            ],
        }


def page_tables(
    page: PageText, sections: tuple[Section, ...]
) -> tuple[tuple[PageTable, ...], tuple[Finding, ...]]:
    """Return the tables of a page, rows put right, and what was wrong with them."""
    tables: list[PageTable] = []
    findings: list[Finding] = []
    for section in sections:
        blocks = list(section.blocks)
        index = 0
        while index < len(blocks):
            block = blocks[index]
            index += 1
            if block.kind != "table" or not block.rows:
                continue
            rows, found_here = _rows(page, block)
            findings.extend(found_here)
            end = block.end_line
            if index < len(blocks) and _continues(blocks[index], block):
                fragment = blocks[index]
                index += 1
                end = fragment.end_line
                rows, finding = _join(page, block, rows, fragment)
                findings.append(finding)
            number = _NUMBER.match(section.title)
            tables.append(
                PageTable(
                    int(number[1]) if number else None,
                    section.title,
                    section.path,
                    block.line,
                    end,
                    block.rows[0],
                    tuple(rows),
                )
            )
    return tuple(tables), tuple(findings)


def _shape(cell: str) -> str:
    if _REFERENCE.match(cell):
        return "reference"
    if cell.endswith((".", ".)")):
        return "sentence"
    return "figure" if _FIGURE.match(cell) else "words"


def _trim(cells: tuple[str, ...]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _shapes(block: Block) -> list[set[str]]:
    """Return how the cells of each column look, in the rows that are complete."""
    width = len(block.rows[0])
    shapes: list[set[str]] = [set() for _ in range(width)]
    for cells in block.rows[1:]:
        if len(cells) == width and all(cells):
            for index, cell in enumerate(cells):
                shapes[index].add(_shape(cell))
    return shapes


def _rows(page: PageText, block: Block) -> tuple[list[TableRow], list[Finding]]:
    width = len(block.rows[0])
    shapes = _shapes(block)
    rows: list[TableRow] = []
    findings: list[Finding] = []
    above: tuple[TableCell, ...] = ()
    for cells, line in zip(block.rows[1:], block.row_lines[1:], strict=True):
        short = _trim(cells)
        missing = width - len(short)
        plain = tuple(TableCell(cell, ((line, cell),)) for cell in cells)
        if missing < 0:
            findings.append(
                found(
                    "table-row-long",
                    page.line_span(line),
                    given=len(short),
                    expected=width,
                )
            )
            rows.append(TableRow(plain, line, line, "uncertain"))
        elif missing == 0 or not short:
            # A merged cell left empty in its own place only repeats the one above.
            if above and not cells[0] and short:
                plain = (_carried(above[0]), *plain[1:])
            above = plain
            rows.append(TableRow(plain, line, line))
        elif above and _belongs_right(short, shapes, missing):
            carried = tuple(_carried(cell) for cell in above[:missing])
            moved = tuple(TableCell(cell, ((line, cell),)) for cell in short)
            rows.append(TableRow((*carried, *moved), line, line, "shifted"))
            span = page.span(*page.bounds(line))
            after = _with(span.quote.rstrip(), [cell.text for cell in carried])
            findings.append(found("table-row-shifted", span, after=after))
            above = (*carried, *moved)
        else:
            span = page.line_span(line)
            findings.append(
                found("table-row-short", span, given=len(short), expected=width)
            )
            rows.append(TableRow(plain, line, line, "uncertain"))
    return rows, findings


def _carried(cell: TableCell) -> TableCell:
    return TableCell(cell.text, cell.pieces, carried=True)


def _belongs_right(
    cells: tuple[str, ...], shapes: list[set[str]], missing: int
) -> bool:
    """Say whether the cells look like those `missing` columns further right."""
    here = sum(_shape(cell) in shapes[i] for i, cell in enumerate(cells))
    right = sum(_shape(cell) in shapes[i + missing] for i, cell in enumerate(cells))
    return right > here


def _with(source: str, words: list[str]) -> str:
    if source.startswith("|"):
        return "| " + " | ".join(words) + " " + source
    return "\t".join([*words, source])


def _continues(block: Block, table: Block) -> bool:
    """Say whether a table block is the rest of the one before it."""
    if block.kind != "table" or len(block.rows) != 1:
        return False
    width = len(table.rows[0])
    first = block.rows[0][0]
    begins = first[:1].islower() or first.startswith(("(", ",", "–", "%"))
    return len(block.rows[0]) <= width and begins


def _join(
    page: PageText, table: Block, rows: list[TableRow], fragment: Block
) -> tuple[list[TableRow], Finding]:
    """Join a row that a page break cut in two with its rest."""
    cells, line = fragment.rows[0], fragment.row_lines[0]
    rest = page.line_span(fragment.line, fragment.end_line)
    if not rows:
        return rows, found("table-fragment", rest)
    last = rows[-1]
    open_cells = _unfinished(table, last)
    if len(cells) == len(last.cells):
        open_cells = list(range(len(cells)))
    if len(open_cells) != len(cells):
        return rows, found("table-fragment", rest)
    joined = list(last.cells)
    for index, text in zip(open_cells, cells, strict=True):
        if text:
            old = joined[index]
            pieces = (*old.pieces, (line, text))
            joined[index] = TableCell(f"{old.text} {text}".strip(), pieces)
    row = TableRow(tuple(joined), last.line, fragment.end_line, "joined")
    texts = [cell.text for cell in joined]
    bars = page.lines[last.line - 1].lstrip().startswith("|")
    after = "| " + " | ".join(texts) + " |" if bars else "\t".join(texts)
    span = page.line_span(last.line, fragment.end_line)
    return [*rows[:-1], row], found("table-row-split", span, rest, after=after)


def _unfinished(table: Block, row: TableRow) -> list[int]:
    """Return the cells that end amid a sentence where their column has sentences."""
    shapes: list[set[str]] = [set() for _ in table.rows[0]]
    for cells, line in zip(table.rows[1:], table.row_lines[1:], strict=True):
        if line != row.line and len(cells) == len(shapes):
            for index, cell in enumerate(cells):
                shapes[index].add(_shape(cell))
    return [
        index
        for index, cell in enumerate(row.cells[: len(shapes)])
        if "sentence" in shapes[index] and _shape(cell.text) != "sentence"
    ]


def check_breaks(
    page: PageText, sections: tuple[Section, ...], levels: tuple[int, ...]
) -> Iterator[Finding]:
    """Yield sentences and lists that a page break of the printed guide cut.

    `levels` are the lines of items that were put one level deeper.
    """
    for section in sections:
        for block, following in zip(section.blocks, section.blocks[1:], strict=False):
            if block.kind != "paragraph" or following.kind != "paragraph":
                continue
            open_end = block.text.rstrip()[-1:] not in '.?!:)]"”'
            if open_end and following.text[:1].islower():
                yield _gap(page, block, following)
    for line in levels:
        start, _ = page.bounds(line)
        text = page.lines[line - 1]
        end = start + len(text) - len(text.lstrip("-*+• "))
        yield found(
            "list-level-lost", page.span(start, end), after=" " + page.text[start:end]
        )


def _gap(page: PageText, block: Block, following: Block) -> Finding:
    _, end = page.bounds(block.end_line)
    end -= len(page.lines[block.end_line - 1]) - len(
        page.lines[block.end_line - 1].rstrip()
    )
    begin, _ = page.bounds(following.line)
    text = page.lines[following.line - 1]
    begin += len(text) - len(text.lstrip())
    first = page.text.rfind(" ", 0, end) + 1
    stop = page.text.find(" ", begin)
    last = stop if stop >= 0 else len(page.text)
    after = page.text[first:end] + " " + page.text[begin:last]
    return found("paragraph-split", page.span(first, last), after=after)
