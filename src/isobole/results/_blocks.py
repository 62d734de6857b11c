"""The pieces a report is made of; every result can say itself in these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from isobole.results._table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

RESEARCH_ONLY = (
    "For research and education only; not for diagnosis or treatment of any person "
    "or animal."
)

NOTE_LABELS = {"notice": "Note", "warning": "Warning", "error": "Error"}
"""What stands before a note, which never says its severity by colour alone."""


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
    """Write blocks as plain text for a terminal; of a figure, its table."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Heading(text=text):
                parts.append(text)
            case Text(text=text):
                parts.append(text)
            case Note(text=text, severity=severity):
                parts.append(f"{NOTE_LABELS[severity]}: {text}")
            case Table():
                parts.append(str(block))
            case Methods(text=text, references=references):
                parts.append("\n".join([f"Methods. {text}", *references]))
            case Figure(table=table):
                parts.append(str(table))  # what a terminal can show of a figure
    return "\n\n".join(parts)


def blocks_to_html(blocks: Sequence[Block]) -> str:
    """Write blocks as an HTML fragment for notebooks; of a figure, its table."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Heading(text=text, level=level):
                parts.append(f"<h{level}>{escape(text)}</h{level}>")
            case Text(text=text):
                parts.append(f"<p>{escape(text)}</p>")
            case Note(text=text, severity=severity):
                parts.append(
                    f'<p class="note {severity}"><strong>{NOTE_LABELS[severity]}:'
                    f"</strong> {escape(text)}</p>"
                )
            case Table():
                parts.append(block.to_html())
            case Methods(text=text, references=references):
                items = "".join(f"<li>{escape(item)}</li>" for item in references)
                parts.append(
                    f'<p class="methods">{escape(text)}</p>'
                    f'<ol class="references">{items}</ol>'
                )
            case Figure(table=table):
                parts.append(table.to_html())
    return "\n".join(parts)
