"""A page as rows of the index, and back: nothing of it is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from isobole.monograph._finding import Finding
from isobole.monograph._page import Block, Faq, Monograph, Section
from isobole.monograph._span import Span
from isobole.monograph._statement import Scope, Statement

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
    "terms", "shown",
)  # fmt: skip
SECTION = (
    "place", "title", "name", "level", "path", "line", "end_line", "inline", "blocks",
    "drug", "words",
)  # fmt: skip
STATEMENT = (
    "place", "statement", "kind", "subject", "value", "unit", "scope", "section",
    "strength", "certainty", "policy", "details", "line", "end_line", "start",
    "stop", "quote",
)  # fmt: skip
FINDING = (
    "place", "code", "severity", "confidence", "message", "remedy", "line", "before",
    "after", "statements", "spans",
)  # fmt: skip
INTERACTION = ("place", "partner", "statement")


class PageRows(NamedTuple):
    """One page, ready to be put into the index."""

    page: Row
    sections: list[Row]
    statements: list[Row]
    findings: list[Row]
    interactions: list[Row]


def rows_of(
    page: Monograph,
    *,
    slug: str,
    made_by: str,
    terms: str,
    shown: str,
    interactions: Iterable[Row],
) -> PageRows:
    """Return a page as rows; columns as in `PAGE`, `SECTION`, `STATEMENT`, `FINDING`.

    Examples
    --------
    >>> page = Monograph(
    ...     "a.md", "0" * 64, "# A", "B1", "A", "a", "clinical", {}, {}, (), (), (), ()
    ... )
    >>> rows = rows_of(
    ...     page, slug="a", made_by="", terms="", shown="{}", interactions=()
    ... )
    >>> monograph_of(rows.page, rows.sections, rows.statements, rows.findings) == page
    True
    """
    head = (
        page.file, slug, page.sha256, made_by, page.kind, page.title, page.subject,
        page.policy, page.encoding, page.newline, page.text,
        _ENCODE(page.front_matter), _ENCODE(page.front_lines), _ENCODE(page.extra),
        _ENCODE([_faq_row(faq) for faq in page.faqs]), terms, shown,
    )  # fmt: skip
    sections = [
        (
            place, s.title, s.name, s.level, _ENCODE(s.path), s.line, s.end_line,
            s.inline,
            _ENCODE(
                [
                    (b.kind, b.text, b.line, b.end_line, b.depth, b.rows, b.row_lines)
                    for b in s.blocks
                ]
            ),
            page.title, section_words(s),
        )
        for place, s in enumerate(page.sections)
    ]  # fmt: skip
    return PageRows(
        head,
        sections,
        _statement_rows(page.statements),
        [_finding_row(place, f) for place, f in enumerate(page.findings)],
        list(interactions),
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


def _faq_row(faq: Faq) -> Row:
    return (
        faq.question, faq.answer, _place(faq.span), faq.place, faq.original,
        faq.repaired,
    )  # fmt: skip


def _place(span: Span) -> Row:
    return (span.line, span.end_line, span.start, span.end, span.quote)


def _statement_rows(statements: Sequence[Statement]) -> list[Row]:
    paths: dict[tuple[str, ...], str] = {}
    rows = []
    for place, s in enumerate(statements):
        path = paths.get(s.section)
        if path is None:
            path = paths[s.section] = _json(s.section)
        span = s.span
        rows.append(
            (
                place, s.id, s.kind, s.subject,
                _json(s.value),
                s.unit, _scope_row(s.scope), path, s.strength, s.certainty, s.policy,
                _json(s.details) if s.details else "{}", span.line, span.end_line,
                span.start, span.end, span.quote,
            )
        )  # fmt: skip
    return rows


def _scope_row(scope: Scope) -> str:
    parts = [
        f'"{name}":{encode_basestring(value)}'
        for name in _SCOPES
        if (value := getattr(scope, name)) is not None
    ]
    return f"{{{','.join(parts)}}}"


def _finding_row(place: int, f: Finding) -> Row:
    return (
        place, f.code, f.severity, f.confidence, f.message, f.remedy, f.line, f.before,
        f.after, _json(f.statements) if f.statements else _NONE,
        _ENCODE([_place(span) for span in f.spans]),
    )  # fmt: skip


def monograph_of(
    page: Row,
    sections: Sequence[Row],
    statements: Sequence[Row],
    findings: Sequence[Row],
) -> Monograph:
    """Return the page that `rows_of` was given."""
    (
        file, _, sha256, _, kind, title, subject, policy, encoding, newline, text,
        front_matter, front_lines, extra, faqs, _, _,
    ) = page  # fmt: skip

    def span(place: Sequence[Any]) -> Span:
        line, end_line, start, end, quote = place
        return Span(file, line, end_line, start, end, quote, sha256)

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
            Faq(q, a, span(where), place, tuple(original), repaired)
            for q, a, where, place, original, repaired in json.loads(faqs)
        ),
        statements=tuple(_statement_of(row, file, sha256) for row in statements),
        findings=tuple(
            Finding(
                code, severity, message,
                tuple(span(where) for where in json.loads(spans)),
                file, remedy, before, after, tuple(json.loads(names)), confidence,
            )
            for (
                _, code, severity, confidence, message, remedy, _, before, after, names,
                spans,
            ) in findings
        ),
        encoding=encoding,
        newline=newline,
        extra={key: _tuples(item) for key, item in json.loads(extra).items()},
    )  # fmt: skip


def _section_of(row: Row) -> Section:
    _, title, name, level, path, line, end_line, inline, blocks, _, _ = row
    return Section(
        title, name, level, tuple(json.loads(path)), line, end_line, inline,
        tuple(
            Block(kind, text, first, last, depth, _tuples(cells), tuple(lines))
            for kind, text, first, last, depth, cells, lines in json.loads(blocks)
        ),
    )  # fmt: skip


def _statement_of(row: Row, file: str, sha256: str) -> Statement:
    (
        _, name, kind, subject, value, unit, scope, section, strength, certainty,
        policy, details, line, end_line, start, stop, quote,
    ) = row  # fmt: skip
    return Statement(
        name, kind, subject, _tuples(json.loads(value)), unit,
        Scope(**json.loads(scope)), tuple(json.loads(section)),
        Span(file, line, end_line, start, stop, quote, sha256),
        strength, certainty, policy,
        {key: _tuples(item) for key, item in json.loads(details).items()},
    )  # fmt: skip


def _tuples(value: Any) -> Any:
    """JSON knows no tuples, and a statement knows no lists."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value
