"""The pieces a report is made of; every result can say itself in these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Literal

from isobole.results._estimate import Estimate
from isobole.results._missing import Missing
from isobole.results._numbers import format_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

Cell = str | float | int | bool | None | Missing | Estimate

RESEARCH_ONLY = (
    "For research and education only; not for diagnosis or treatment of any person "
    "or animal."
)


def cell_text(cell: Cell) -> str:
    """Write one table cell for people."""
    if cell is None or isinstance(cell, Missing):
        return "—"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Estimate):
        value = "—" if isinstance(cell.value, Missing) else format_number(cell.value)
        return f"{value} {cell.limits}"
    return format_number(float(cell))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 2 is a section of the report (level 1 is its title)."""

    text: str
    level: Literal[2, 3, 4] = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that must be seen: a caveat, a warning, a next step."""

    text: str
    severity: Literal["notice", "warning", "error"] = "notice"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: units stand in the headers, a reason stands below for every dash.

    Examples
    --------
    >>> print(Table("Doses", ("dose (mg/kg)", "n"), ((5.0, 8), (Missing("lost"), 7))))
    Doses
    dose (mg/kg)   n
               5   8
               —   7
    — lost
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def footnotes(self) -> tuple[str, ...]:
        """Return the notes and, once each, the reasons behind the dashes."""
        reasons: dict[str, None] = {}
        for row in self.rows:
            for cell in row:
                if isinstance(cell, Missing):
                    reasons[f"— {cell.reason}"] = None
                elif isinstance(cell, Estimate) and cell.reason:
                    reasons[f"{cell.quantity}: {cell.reason}"] = None
        return (*self.notes, *reasons)

    def is_numeric(self, column: int) -> bool:
        """Return whether a column holds numbers, and so is set flush right."""
        cells = [row[column] for row in self.rows]
        return any(isinstance(c, int | float) for c in cells) and not any(
            isinstance(c, str | Estimate) for c in cells
        )

    def __str__(self) -> str:
        from rich.console import Console
        from rich.table import Table as RichTable

        table = RichTable(box=None, pad_edge=False, padding=(0, 3, 0, 0))
        for index, column in enumerate(self.columns):
            justify: Literal["left", "right"] = (
                "right" if self.is_numeric(index) else "left"
            )
            table.add_column(column, justify=justify, overflow="fold")
        from rich.text import Text as Plain

        for row in self.rows:
            table.add_row(*(Plain(cell_text(cell)) for cell in row))
        out = StringIO()
        Console(file=out, width=160, no_color=True, highlight=False).print(table)
        lines = [line.rstrip() for line in out.getvalue().splitlines()]
        return "\n".join([self.title, *lines, *self.footnotes()])

    def to_html(self) -> str:
        """Return an accessible HTML table: caption, scoped headers, footnotes."""
        kinds = [self.is_numeric(index) for index in range(len(self.columns))]
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.columns)
        body = "".join(
            "<tr>"
            + "".join(
                f'<td class="number">{escape(cell_text(cell))}</td>'
                if kinds[index]
                else f"<td>{escape(cell_text(cell))}</td>"
                for index, cell in enumerate(row)
            )
            + "</tr>"
            for row in self.rows
        )
        notes = "".join(
            f'<p class="footnote">{escape(note)}</p>' for note in self.footnotes()
        )
        return (
            f"<table><caption>{escape(self.title)}</caption><thead><tr>{head}</tr>"
            f"</thead><tbody>{body}</tbody></table>{notes}"
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, drawn only when a report or a file needs it, with its table.

    Parameters
    ----------
    title : str
        The caption.
    alt : str
        What the picture shows, for those who do not see it.
    draw : callable
        Returns a fresh `matplotlib.figure.Figure`.
    table : Table
        The numbers of the figure.
    """

    title: str
    alt: str
    draw: Callable[[], MatplotlibFigure]
    table: Table


@dataclass(frozen=True, slots=True)
class Methods:
    """A Methods paragraph ready for a paper, with the references it cites."""

    text: str
    references: tuple[str, ...] = ()


Block = Heading | Text | Note | Table | Figure | Methods


def blocks_to_text(blocks: Sequence[Block]) -> str:
    """Write blocks as plain text for a terminal; figures are left to files."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Heading(text=text):
                parts.append(text)
            case Text(text=text):
                parts.append(text)
            case Note(text=text, severity=severity):
                mark = {"notice": "Note", "warning": "Warning", "error": "Error"}
                parts.append(f"{mark[severity]}: {text}")
            case Table():
                parts.append(str(block))
            case Methods(text=text, references=references):
                parts.append("\n".join([f"Methods. {text}", *references]))
            case Figure():
                continue
    return "\n\n".join(parts)


def blocks_to_html(blocks: Sequence[Block]) -> str:
    """Write blocks, figures excepted, as an HTML fragment (for notebooks)."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Heading(text=text, level=level):
                parts.append(f"<h{level}>{escape(text)}</h{level}>")
            case Text(text=text):
                parts.append(f"<p>{escape(text)}</p>")
            case Note(text=text, severity=severity):
                parts.append(f'<p class="note {severity}">{escape(text)}</p>')
            case Table():
                parts.append(block.to_html())
            case Methods(text=text, references=references):
                items = "".join(f"<li>{escape(item)}</li>" for item in references)
                parts.append(
                    f'<p class="methods">{escape(text)}</p>'
                    f'<ol class="references">{items}</ol>'
                )
            case Figure():
                continue
    return "\n".join(parts)
