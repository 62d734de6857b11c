"""A report for a terminal: short, without hashes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from isobole.reporting._document import Item, arrange
from isobole.results import (
    NOTE_LABELS,
    RESEARCH_ONLY,
    Block,
    Figure,
    Heading,
    Methods,
    Note,
    Provenance,
    Table,
    Text,
)


def render_text(
    title: str,
    blocks: Sequence[Block],
    provenance: Provenance,
    *,
    width: int | None = None,
) -> str:
    """Return blocks as plain text; of a figure, its table.

    Parameters
    ----------
    title : str
        The first line.
    blocks : sequence of Block
        What the result says.
    provenance : Provenance
        Its version, date and seed end the text.
    width : int, optional
        Wrap prose at this many characters. Tables are never wrapped.

    Examples
    --------
    >>> provenance = Provenance("isobole demo", version="0.1.0", date="2025-01-31")
    >>> print(render_text("Rotenone", [Note("8 animals")], provenance, width=72))
    Rotenone
    ========
    <BLANKLINE>
    Note: 8 animals
    <BLANKLINE>
    isobole 0.1.0, 2025-01-31. For research and education only; not for
    diagnosis or treatment of any person or animal.
    """
    document = arrange(blocks)
    parts = [_underlined(title, "=")]
    for section in document.sections:
        if section.title is not None:
            parts.append(_underlined(section.title, "-"))
        parts += [said for item in section.items if (said := _say(item, width))]
    if document.references:
        listed = [
            _wrap(f"[{number}] {reference}", width, indent="    ")
            for number, reference in enumerate(document.references, start=1)
        ]
        parts.append("\n".join([_underlined("References", "-"), *listed]))
    seed = "" if provenance.seed is None else f", seed {provenance.seed}"
    last = f"isobole {provenance.version}, {provenance.date}{seed}. {RESEARCH_ONLY}"
    parts.append(_wrap(last, width))
    return "\n\n".join(parts)


def _say(item: Item, width: int | None) -> str:
    match item.block:
        case Heading(text=text):
            return text
        case Text(text=text):
            return _wrap(text, width)
        case Note(text=text, severity=severity):
            return _wrap(f"{NOTE_LABELS[severity]}: {text}", width)
        case Table():
            return str(item.block)
        case Figure(table=table):
            # What a terminal can show of a figure, unless it stands there already.
            return "" if item.numbers_in else str(table)
        case Methods(text=text):
            label = "Methods. " if item.labelled else ""
            cites = ", ".join(map(str, item.cites))
            return _wrap(f"{label}{text}" + (f" [{cites}]" if cites else ""), width)


def _wrap(text: str, width: int | None, *, indent: str = "") -> str:
    if width is None:
        return text
    return textwrap.fill(text, width, subsequent_indent=indent, break_on_hyphens=False)


def _underlined(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}"
