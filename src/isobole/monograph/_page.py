"""A page as it was read: raw text, its parts, and what was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal

from isobole.monograph._finding import Finding
from isobole.monograph._span import Span
from isobole.monograph._statement import Policy, Statement

PageKind = Literal["A", "B0", "B1", "guide", "unknown"]
BlockKind = Literal["paragraph", "item", "table", "code", "html", "rule"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or table row group of a section.

    `line` and `end_line` count from 1 and enclose its source lines. `depth` is the
    nesting of a list item (0 for the outermost). `rows` holds the cells of a table,
    the header first, each cell with its own line in `row_lines`.
    """

    kind: BlockKind
    text: str
    line: int
    end_line: int
    depth: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    row_lines: tuple[int, ...] = ()


class _Unfrozen:
    """A block while it is filled, as in `make_span`."""

    __slots__ = tuple(Block.__dataclass_fields__)


def make_block(
    kind: BlockKind, text: str, line: int, end_line: int, depth: int
) -> Block:
    """Return a block without rows in a third of the time that `Block` takes.

    Examples
    --------
    >>> make_block("item", "a", 3, 4, 1) == Block("item", "a", 3, 4, 1)
    True
    """
    made: Any = _Unfrozen()
    made.kind = kind
    made.text = text
    made.line = line
    made.end_line = end_line
    made.depth = depth
    made.rows = made.row_lines = ()
    made.__class__ = Block
    finished: Block = made
    return finished


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it, up to the next heading.

    `title` is the heading without its marks; `path` holds the titles above it and its
    own; `name` is the standard name of the section (``"Dosage"``) or None if it is
    not one of the known ones. `inline` is text that stood on the heading's own line.
    """

    title: str
    name: str | None
    level: int
    path: tuple[str, ...]
    line: int
    end_line: int
    inline: str = ""
    blocks: tuple[Block, ...] = ()


class _UnfrozenSection:
    """A section while it is filled."""

    __slots__ = tuple(Section.__dataclass_fields__)


def make_section(
    title: str,
    name: str | None,
    level: int,
    path: tuple[str, ...],
    line: int,
    end_line: int,
    inline: str,
    blocks: tuple[Block, ...],
) -> Section:
    """Return what `Section` returns, in a third of the time; pages have dozens.

    Examples
    --------
    >>> make_section("A", None, 2, ("A",), 1, 3, "", ()) == Section(
    ...     "A", None, 2, ("A",), 1, 3
    ... )
    True
    """
    made: Any = _UnfrozenSection()
    made.title = title
    made.name = name
    made.level = level
    made.path = path
    made.line = line
    made.end_line = end_line
    made.inline = inline
    made.blocks = blocks
    made.__class__ = Section
    finished: Section = made
    return finished


@dataclass(frozen=True, slots=True)
class Faq:
    """A question with its answer, as repaired; `original` is what stood there."""

    question: str
    answer: str
    span: Span
    place: Literal["front matter", "body"]
    original: tuple[str, str]
    repaired: Literal["repaired", "as written"] = "as written"


class _UnfrozenFaq:
    """A pair while it is filled."""

    __slots__ = tuple(Faq.__dataclass_fields__)


def make_faq(
    question: str,
    answer: str,
    span: Span,
    place: Literal["front matter", "body"],
    original: tuple[str, str],
    repaired: Literal["repaired", "as written"] = "as written",
) -> Faq:
    """Return what `Faq` returns, in a third of the time; pages have dozens.

    Examples
    --------
    >>> span = Span("a", 1, 1, 0, 2, "Is", "0")
    >>> make_faq("Is?", "No", span, "body", ("", "")) == Faq(
    ...     "Is?", "No", span, "body", ("", "")
    ... )
    True
    """
    made: Any = _UnfrozenFaq()
    made.question = question
    made.answer = answer
    made.span = span
    made.place = place
    made.original = original
    made.repaired = repaired
    made.__class__ = Faq
    finished: Faq = made
    return finished


@dataclass(frozen=True, slots=True)
class Monograph:
    """One page: raw text, parsed parts and findings stay apart.

    `text` is the page decoded, byte for byte recoverable through `encoding` and
    `newline`. `published` views are made from `statements` and `faqs` only.
    """

    file: str
    sha256: str
    text: str
    kind: PageKind
    title: str
    subject: str
    policy: Policy
    front_matter: Mapping[str, Any]
    front_lines: Mapping[str, int]
    sections: tuple[Section, ...]
    faqs: tuple[Faq, ...]
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]
    encoding: str = "utf-8"
    newline: str = "\n"
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"<Monograph {self.title!r} ({self.file}): {len(self.statements)} "
            f"statements, {len(self.findings)} findings>"
        )

    def statement(self, name: str) -> Statement:
        """Return the statement with this id; KeyError if there is none."""
        for statement in self.statements:
            if statement.id == name:
                return statement
        raise KeyError(name)


class _UnfrozenPage:
    """A page while it is filled, as `_Unfrozen` is a block."""

    __slots__ = tuple(Monograph.__dataclass_fields__)


_FIELDS = attrgetter(*_UnfrozenPage.__slots__)


def changed(page: Monograph, **changes: Any) -> Monograph:
    r"""Return what `dataclasses.replace` returns, in a tenth of the time.

    Examples
    --------
    >>> from isobole.monograph import read
    >>> page = read("# A\nB.")
    >>> changed(page, title="B").title, page.title
    ('B', 'A')
    """
    made: Any = _UnfrozenPage()
    for name, value in zip(_UnfrozenPage.__slots__, _FIELDS(page), strict=True):
        setattr(made, name, value)
    for name, value in changes.items():
        setattr(made, name, value)
    made.__class__ = Monograph
    finished: Monograph = made
    return finished
