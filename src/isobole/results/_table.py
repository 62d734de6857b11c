"""A table of results: cells for people, aligned in text and in accessible HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from io import StringIO

from isobole.results._estimate import Estimate
from isobole.results._missing import Missing
from isobole.results._numbers import format_number

Cell = str | float | int | bool | None | Missing | Estimate

_PLAIN_NUMBER = re.compile(r"−?\d+(\.\d+)?")
_LIKE_NUMBER = re.compile(r"([<>≤≥=]\s*)?[−-]?\d+([.]\d+)?(×10\^−?\d+)?|")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


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


def _raised(html: str) -> str:
    """Set powers of ten as such."""
    return re.sub(r"×10\^(−?\d+)", r"×10<sup>\1</sup>", html)


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
        marks = self._marks()
        for row in self.rows:
            for cell in row:
                if isinstance(cell, Missing):
                    reasons[f"—{marks[cell.reason]} {cell.reason}"] = None
                elif isinstance(cell, Estimate) and cell.reason:
                    reasons[f"{cell.quantity}: {cell.reason}"] = None
        return (*self.notes, *reasons)

    def is_numeric(self, column: int) -> bool:
        """Return whether a column holds numbers, and so is set flush right.

        A text that reads as a number, such as ``< 0.0001``, does not hinder.
        """
        cells = [row[column] for row in self.rows]
        return any(isinstance(c, int | float) for c in cells) and not any(
            isinstance(c, bool | Estimate)
            or (isinstance(c, str) and not _LIKE_NUMBER.fullmatch(c))
            for c in cells
        )

    def __str__(self) -> str:
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text as Plain

        table = RichTable(box=None, pad_edge=False, padding=(0, 3, 0, 0))
        columns = []
        for index, name in enumerate(self.columns):
            texts = [name, *self._column_texts(index, " ", " ")]
            if self.is_numeric(index):
                width = max(map(len, texts))
                texts = [text.rjust(width) for text in texts]
            table.add_column(Plain(texts[0]), overflow="fold")
            columns.append(texts[1:])
        for row in zip(*columns, strict=True):
            table.add_row(*map(Plain, row))
        out = StringIO()
        Console(file=out, width=160, no_color=True, highlight=False).print(table)
        lines = [line.rstrip() for line in out.getvalue().splitlines()]
        return "\n".join([self.title, *lines, *self.footnotes()])

    def to_html(self, *, label: str = "") -> str:
        """Return an accessible HTML table: caption, scoped headers, footnotes.

        The first column names its row. The table stands in a box that scrolls by
        keyboard where the page is narrower than the table.

        Parameters
        ----------
        label : str, optional
            Stands before the caption: ``"Table 1."``.
        """
        kinds = [
            ' class="number"' if self.is_numeric(index) else ""
            for index in range(len(self.columns))
        ]
        head = "".join(
            f'<th scope="col"{kind}>{escape(name)}</th>'
            for kind, name in zip(kinds, self.columns, strict=True)
        )
        figure_space, punctuation_space = "\u2007", "\u2008"
        columns = [
            self._column_texts(index, figure_space, punctuation_space)
            for index in range(len(self.columns))
        ]
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{kind}>{_raised(escape(text))}</td>"
                if index
                else f'<th scope="row"{kind}>{_raised(escape(text))}</th>'
                for index, (kind, text) in enumerate(zip(kinds, row, strict=True))
            )
            + "</tr>"
            for row in zip(*columns, strict=True)
        )
        notes = "".join(
            f'<p class="footnote">{_raised(escape(note))}</p>'
            for note in self.footnotes()
        )
        mark = f'<span class="label">{escape(label)}</span> ' if label else ""
        name = escape(f"{label} {self.title}".strip())
        return (
            f'<div class="scroll" role="group" tabindex="0" aria-label="{name}">'
            f"<table><caption>{mark}{escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{notes}"
        )

    def _marks(self) -> dict[str, str]:
        """Return a raised number for every reason, or none if there is one only."""
        reasons = dict.fromkeys(
            cell.reason
            for row in self.rows
            for cell in row
            if isinstance(cell, Missing)
        )
        if len(reasons) == 1:
            return dict.fromkeys(reasons, "")
        return {
            reason: str(number).translate(_RAISED)
            for number, reason in enumerate(reasons, start=1)
        }

    def _column_texts(self, column: int, digit: str, point: str) -> list[str]:
        """Write a column's cells; numbers get blanks that align their points."""
        marks = self._marks()
        texts = [
            cell_text(cell) + (marks[cell.reason] if isinstance(cell, Missing) else "")
            for cell in (row[column] for row in self.rows)
        ]
        if not self.is_numeric(column):
            return texts
        decimals = [
            len(text.partition(".")[2]) if _PLAIN_NUMBER.fullmatch(text) else None
            for text in texts
        ]
        most = max((d for d in decimals if d is not None), default=0)
        return [
            text
            if d is None or d == most
            else text + ("" if d else point) + digit * (most - d)
            for text, d in zip(texts, decimals, strict=True)
        ]
