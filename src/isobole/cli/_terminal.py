"""Report blocks on a terminal: as wide as it is, coloured only where it may be."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from io import StringIO
from typing import TextIO

from isobole.cli._spelling import as_flags
from isobole.results import (
    NOTE_LABELS,
    Block,
    Heading,
    Missing,
    Note,
    Table,
    Text,
    cell_text,
)

WIDEST = 100
LONG = 400
UNBROKEN = 20  # letters; only hashes and paths are longer, and may be cut
_BOLD, _YELLOW, _RED, _END = "\x1b[1m", "\x1b[33m", "\x1b[31m", "\x1b[0m"


def width() -> int:
    """Return how wide text may be: the terminal, but lines stay readable."""
    return max(40, min(shutil.get_terminal_size().columns, WIDEST))


def may_colour(stream: TextIO) -> bool:
    """Return whether colours are wanted: a terminal, and neither NO_COLOR nor dumb."""
    return (
        stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


def render(blocks: Sequence[Block]) -> str:
    """Return blocks as text for stdout; figures and methods are left to reports."""
    colour = may_colour(sys.stdout)
    columns = width()
    parts: list[str] = []
    for block in blocks:
        match block:
            case Heading(text=text):
                parts.append(_marked(wrapped(text, columns), _BOLD, colour))
            case Text(text=text):
                parts.append(wrapped(_lines(text), columns))
            case Note(text=text, severity=severity):
                label = f"{NOTE_LABELS[severity]}: "
                body = wrapped(label + as_flags(_lines(text)), columns, hang="  ")
                tint = {"warning": _YELLOW, "error": _RED}.get(severity, "")
                mark = _marked(label, tint, colour)
                parts.append(mark + body[len(label) :])
            case Table():
                parts.append(_table(block, columns, colour))
            case _:
                continue
    return "\n\n".join(parts)


def _lines(text: str) -> str:
    """Give every sentence of a long paragraph its own line."""
    return re.sub(r"(?<=[a-z)%]\.) (?=[A-Z])", "\n", text) if len(text) > LONG else text


def wrapped(text: str, columns: int, hang: str = "") -> str:
    """Fold a paragraph; all its lines but the first hang."""
    return "\n".join(
        textwrap.fill(
            line,
            columns,
            initial_indent=hang if number else "",
            subsequent_indent=hang,
            break_on_hyphens=False,
        )
        for number, line in enumerate(text.splitlines())
    )


def _marked(text: str, mark: str, colour: bool) -> str:
    return f"{mark}{text}{_END}" if colour and mark else text


def _table(table: Table, columns: int, colour: bool) -> str:
    table = Table(
        table.title,
        table.columns,
        tuple(
            tuple(as_flags(c) if isinstance(c, str) else c for c in row)
            for row in table.rows
        ),
        tuple(as_flags(note) for note in table.notes),
    )
    below = table.footnotes()
    body = str(table).splitlines()[1:]
    body = body[: len(body) - sum(len(note.splitlines()) for note in below)]
    if max(map(len, body)) > columns - 2:
        body = _folded(table, columns - 2)
    notes = [
        textwrap.indent(wrapped(note, columns - 2, hang="  "), "  ") for note in below
    ]
    title = _marked(wrapped(table.title, columns), _BOLD, colour)
    return "\n".join([title, *(f"  {line}" for line in body), *notes])


def _folded(table: Table, columns: int) -> list[str]:
    """Lay a wide table out again, headers and texts folded between words."""
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text as Plain

    marks = {
        reason: mark
        for note in table.footnotes()
        if note.startswith("—")
        for mark, _, reason in [note.partition(" ")]
    }
    widths = _widths(table, columns)
    if widths is None:
        return _stacked(table, columns, marks)
    laid = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, (name, width) in enumerate(zip(table.columns, widths, strict=True)):
        numeric = table.is_numeric(index)
        laid.add_column(
            Plain(name),
            justify="right" if numeric else "left",
            overflow="fold",
            width=width,
        )
    for row in table.rows:
        laid.add_row(
            *(
                Plain(marks.get(c.reason, "—"))
                if isinstance(c, Missing)
                else Plain(cell_text(c))
                for c in row
            )
        )
    out = StringIO()
    Console(file=out, width=columns, no_color=True, highlight=False).print(laid)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def _stacked(table: Table, columns: int, marks: dict[str, str]) -> list[str]:
    """Set each row of a table that no width fits below the other, cell by cell."""
    names = [*table.columns]
    indent = min(max(map(len, names[1:]), default=0), columns // 2) + 4
    lines: list[str] = []
    for row in table.rows:
        first, *rest = (
            marks.get(cell.reason, "—")
            if isinstance(cell, Missing)
            else cell_text(cell)
            for cell in row
        )
        lines.append(wrapped(f"{names[0]}: {first}" if names[0] else first, columns))
        for name, text in zip(names[1:], rest, strict=True):
            if text:
                entry = f"  {name}".ljust(indent) + text
                lines.append(wrapped(entry, columns, hang="    "))
    return [line for entry in lines for line in entry.splitlines()]


def _widths(table: Table, columns: int) -> list[int] | None:
    """Share out the width; None where words would have to be broken."""
    cells = [
        [name, *(cell_text(row[index]) for row in table.rows)]
        for index, name in enumerate(table.columns)
    ]
    # A mark of a footnote may stand behind a dash.
    widths = [max(2, *map(len, column)) for column in cells]
    words = [
        max([2, *(min(len(word), UNBROKEN) for word in " ".join(column).split())])
        for column in cells
    ]
    room = columns - 2 * (len(cells) - 1)
    if sum(words) > room:
        return None
    while sum(widths) > room:
        spare = [k for k, width in enumerate(widths) if width > words[k]]
        widths[max(spare, key=widths.__getitem__)] -= 1
    return widths
