"""A page as rows of the index, and back: nothing of it is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from isobole.monograph._encoded import encoded
from isobole.monograph._finding import Finding
from isobole.monograph._page import Block, Faq, Monograph, Section
from isobole.monograph._span import Span
from isobole.monograph._statement import Policy, Scope, Statement

Row = tuple[Any, ...]
_ENCODE = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str
).encode
_NONE = "[]"
_FLAT = frozenset((bool, int, str, type(None)))
_SCOPES = tuple(sorted(Scope.__dataclass_fields__))

PAGE = (
    "file", "slug", "sha256", "made_by", "kind", "title", "subject", "policy",
    "encoding", "newline", "text", "front_matter", "front_lines", "extra", "faqs",
    "statements", "terms", "shown",
)  # fmt: skip
SECTION = (
    "title", "name", "level", "path", "line", "end_line", "inline", "blocks", "drug",
    "words",
)  # fmt: skip
FINDING = (
    "code", "severity", "confidence", "message", "remedy", "line", "before", "after",
    "statements", "spans",
)  # fmt: skip
INTERACTION = ("partner", "statement", "line", "quote")
TABLES = {
    "section": SECTION,
    "finding": FINDING,
    "interaction": INTERACTION,
}
SHIFT = 20
"""Rows of a page are numbered from its own number shifted by this many bits."""


class PageRows(NamedTuple):
    """Pages, ready to be put into the index; rows begin with their number and page."""

    page: list[Row]
    section: list[Row]
    finding: list[Row]
    interaction: list[Row]


def rows_of(
    page: Monograph,
    number: int,
    *,
    slug: str,
    made_by: str,
    terms: str,
    shown: str,
    interactions: Iterable[Row],
) -> PageRows:
    """Return page `number` as rows; columns as in `PAGE` and `TABLES`.

    Statements are one value: they are read together, and a hundred rows for each page
    would be most of the work of writing the index. Quotes are not kept: they are pieces
    of the page's text. The same goes for the words of blocks, which are pieces of what
    is searched.

    Examples
    --------
    >>> page = Monograph(
    ...     "a.md", "0" * 64, "# A", "B1", "A", "a", "clinical", {}, {}, (), (), (), ()
    ... )
    >>> rows = rows_of(
    ...     page, 1, slug="a", made_by="", terms="", shown="{}", interactions=()
    ... )
    >>> monograph_of(rows.page[0][1:], [], []) == page
    True
    """
    first = number << SHIFT
    head = (
        number, page.file, slug, page.sha256, made_by, page.kind, page.title,
        page.subject, page.policy, page.encoding, page.newline, page.text,
        _ENCODE(page.front_matter), _ENCODE(page.front_lines), _ENCODE(page.extra),
        encoded([_faq_row(faq) for faq in page.faqs]),
        _statements_json(page.statements), terms, shown,
    )  # fmt: skip
    sections = [
        (
            place, number, s.title, s.name, s.level, _json(s.path), s.line, s.end_line,
            s.inline, f"[{','.join([_block_row(block) for block in s.blocks])}]",
            page.title, section_words(s),
        )
        for place, s in enumerate(page.sections, first)
    ]  # fmt: skip
    return PageRows(
        [head],
        sections,
        [_finding_row(at, number, f) for at, f in enumerate(page.findings, first)],
        [(place, number, *row) for place, row in enumerate(interactions, first)],
    )


def _json(value: Any) -> str:
    """Return a value as JSON; most are a word, a number or nothing."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if value is None:
        return "null"
    if kind is int:
        return str(value)
    if kind is tuple and all(type(item) in _FLAT for item in value):
        return f"[{','.join([_json(item) for item in value])}]"
    if kind is dict:
        parts = [f"{encode_basestring(k)}:{_json(value[k])}" for k in sorted(value)]
        return f"{{{','.join(parts)}}}"
    return _ENCODE(value)


def section_words(section: Section) -> str:
    """Return what stands in a section, for searching: its words without its heading."""
    words = [section.inline] if section.inline else []
    words += [block.text for block in section.blocks if block.kind != "rule"]
    return "\n".join(words)


def _block_row(block: Block) -> str:
    """Return a block as JSON with the length of its words; a rule's are no words."""
    words: int | str = len(block.text) if block.kind != "rule" else _json(block.text)
    row = f'"{block.kind}",{words},{block.line},{block.end_line},{block.depth}'
    if not block.rows and not block.row_lines:
        return f"[{row}]"
    return f"[{row},{_ENCODE(block.rows)},{_ENCODE(block.row_lines)}]"


def _faq_row(faq: Faq) -> Row:
    pair = (faq.question, faq.answer)
    original = None if faq.original == pair else faq.original
    return (*pair, _place(faq.span), faq.place, original, faq.repaired)


def _place(span: Span) -> Row:
    return (span.line, span.end_line, span.start, span.end)


def _statements_json(statements: Sequence[Statement]) -> str:
    # The scope of one statement is mostly that of others too.
    scopes: dict[int, dict[str, str]] = {}
    rows = []
    for s in statements:
        scope = scopes.get(id(s.scope))
        if scope is None:
            scope = scopes[id(s.scope)] = _scope_row(s.scope)
        span = s.span
        rows.append(
            (
                s.id, s.kind, s.subject, s.value, s.unit, scope, s.section, s.strength,
                s.certainty, _sorted(s.details), span.line, span.end_line, span.start,
                span.end,
            )
        )  # fmt: skip
    return encoded(rows)


def _sorted(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return details by name, so that the same ones are always written alike."""
    return details if len(details) < 2 else dict(sorted(details.items()))


def _scope_row(scope: Scope) -> dict[str, str]:
    values = ((name, getattr(scope, name)) for name in _SCOPES)
    return {name: value for name, value in values if value is not None}


def _finding_row(place: int, number: int, f: Finding) -> Row:
    spans = ",".join([f"[{s.line},{s.end_line},{s.start},{s.end}]" for s in f.spans])
    return (
        place, number, f.code, f.severity, f.confidence, f.message, f.remedy, f.line,
        f.before, f.after, _json(f.statements) if f.statements else _NONE, f"[{spans}]",
    )  # fmt: skip


def monograph_of(
    page: Row, sections: Sequence[Row], findings: Sequence[Row]
) -> Monograph:
    """Return the page that `rows_of` was given."""
    (
        file, _, sha256, _, kind, title, subject, policy, encoding, newline, text,
        front_matter, front_lines, extra, faqs, statements, _, _,
    ) = page  # fmt: skip

    def span(place: Sequence[Any]) -> Span:
        line, end_line, start, end = place
        return Span(file, line, end_line, start, end, text[start:end], sha256)

    return Monograph(
        file=file,
        sha256=sha256,
        text=text,
        kind=kind,
        title=title,
        subject=subject,
        policy=policy,
        front_matter=json.loads(front_matter),
        front_lines=json.loads(front_lines),
        sections=tuple(_section_of(row) for row in sections),
        faqs=tuple(
            Faq(q, a, span(where), place, tuple(original or (q, a)), repaired)
            for q, a, where, place, original, repaired in json.loads(faqs)
        ),
        statements=tuple(
            _statement_of(row, policy, span) for row in json.loads(statements)
        ),
        findings=tuple(
            Finding(
                code, severity, message,
                tuple(span(where) for where in json.loads(spans)),
                file, remedy, before, after, tuple(json.loads(names)), confidence,
            )
            for (
                code, severity, confidence, message, remedy, _, before, after, names,
                spans,
            ) in findings
        ),
        encoding=encoding,
        newline=newline,
        extra={key: _tuples(item) for key, item in json.loads(extra).items()},
    )  # fmt: skip


def _section_of(row: Row) -> Section:
    title, name, level, path, line, end_line, inline, blocks, _, words = row
    found = []
    at = len(inline) + 1 if inline else 0
    for kind, length, first, last, depth, *cells in json.loads(blocks):
        text = length
        if kind != "rule":
            text = words[at : at + length]
            at += length + 1
        rows, lines = cells or ((), ())
        found.append(Block(kind, text, first, last, depth, _tuples(rows), tuple(lines)))
    return Section(
        title, name, level, tuple(json.loads(path)), line, end_line, inline,
        tuple(found),
    )  # fmt: skip


def _statement_of(
    row: Sequence[Any], policy: Policy, span: Callable[[Sequence[int]], Span]
) -> Statement:
    (
        name, kind, subject, value, unit, scope, section, strength, certainty, details,
        *place,
    ) = row  # fmt: skip
    return Statement(
        name, kind, subject, _tuples(value), unit, Scope(**scope), tuple(section),
        span(place), strength, certainty, policy,
        {key: _tuples(item) for key, item in details.items()},
    )  # fmt: skip


def _tuples(value: Any) -> Any:
    """JSON knows no tuples, and a statement knows no lists."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value
