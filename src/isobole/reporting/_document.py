"""Blocks put in order: sections, numbered tables and figures, one reference list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from isobole.results import Block, Figure, Heading, Methods, Note, Table, Text

ItemKind = Literal["heading", "text", "note", "table", "figure", "methods"]


@dataclass(frozen=True, slots=True)
class Item:
    """One block with what its place in the document adds to it.

    Parameters
    ----------
    kind : str
        Which block this is; the template chooses by it.
    block : Block
        The block itself.
    anchor : str
        The id it can be linked by; empty for blocks nobody links to.
    number : int
        The number of a table or figure.
    level : int
        The level of a heading, never more than one below the heading before it.
    cites : tuple of int
        Numbers of the references a Methods paragraph cites.
    labelled : bool
        Whether a Methods paragraph needs a label (none after a heading saying so).
    numbers_in : int or None
        The number of the table that already shows a figure's numbers.
    """

    kind: ItemKind
    block: Block
    anchor: str = ""
    number: int = 0
    level: int = 0
    cites: tuple[int, ...] = ()
    labelled: bool = True
    numbers_in: int | None = None


@dataclass(slots=True)
class Section:
    """What stands below one heading of level 2; the first may have no heading."""

    title: str | None
    anchor: str
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """A report in reading order."""

    sections: tuple[Section, ...]
    references: tuple[str, ...]


def arrange(blocks: Sequence[Block]) -> Document:
    """Cut blocks into sections; number tables, figures and references.

    Examples
    --------
    >>> document = arrange(
    ...     [
    ...         Heading("Curve A"),
    ...         Methods("Fitted.", ("Finney 1971", "Fieller 1940")),
    ...         Heading("Curve B"),
    ...         Methods("Fitted.", ("Fieller 1940",)),
    ...     ]
    ... )
    >>> document.references
    ('Finney 1971', 'Fieller 1940')
    >>> [item.cites for section in document.sections for item in section.items]
    [(1, 2), (2,)]
    """
    sections = [Section(None, "start")]
    references: dict[str, int] = {}
    tables = [block for block in blocks if isinstance(block, Table)]
    taken = {"start", "content", "contents", "references", "provenance"}
    counts = {"table": 0, "figure": 0}
    level = 1
    before: Block | None = None
    for block in blocks:
        items = sections[-1].items
        match block:
            case Heading(text=text):
                level = min(block.level, level + 1)
                anchor = _anchor(text, taken)
                if level == 2:
                    sections.append(Section(text, anchor))
                else:
                    items.append(Item("heading", block, anchor, level=level))
            case Text():
                items.append(Item("text", block))
            case Note():
                items.append(Item("note", block))
            case Table():
                counts["table"] += 1
                number = counts["table"]
                items.append(Item("table", block, f"table-{number}", number))
            case Figure(table=table):
                counts["figure"] += 1
                number = counts["figure"]
                shown = tables.index(table) + 1 if table in tables else None
                anchor = f"figure-{number}"
                items.append(Item("figure", block, anchor, number, numbers_in=shown))
            case Methods():
                cites = tuple(
                    references.setdefault(reference, len(references) + 1)
                    for reference in dict.fromkeys(block.references)
                )
                headed = isinstance(before, Heading) and before.text.startswith(
                    "Methods"
                )
                items.append(Item("methods", block, cites=cites, labelled=not headed))
        before = block
    kept = tuple(s for s in sections if s.title is not None or s.items)
    return Document(kept, tuple(references))


def _anchor(text: str, taken: set[str]) -> str:
    """Return an id made from a heading, and add it to those `taken`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = "-".join(re.findall(r"[a-z0-9]+", plain.lower()))
    # Ids of tables and figures, and of what figures are drawn from, end in numbers.
    stem = f"s-{words}" if words else "s-section"
    anchor, number = stem, 1
    while anchor in taken:
        number += 1
        anchor = f"{stem}-{number}"
    taken.add(anchor)
    return anchor
