"""Read a page without losing a line, then say what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isobole.monograph._check_faqs import check_faqs
from isobole.monograph._check_front import check_description, check_file
from isobole.monograph._check_markup import check_markup
from isobole.monograph._check_sections import check_generic_name, check_sections
from isobole.monograph._check_text import check_text
from isobole.monograph._element import Element
from isobole.monograph._elements import elements_of, read_lines, too_hard
from isobole.monograph._faqs import body_faqs, front_faqs
from isobole.monograph._finding import Finding
from isobole.monograph._front_matter import FrontMatter, read_front_matter
from isobole.monograph._guide import (
    guide_elements,
    guide_fields,
    guide_references,
    mend_levels,
)
from isobole.monograph._page import Faq, Monograph, PageKind, changed
from isobole.monograph._sections import page_kind, sections_of
from isobole.monograph._statement import Policy
from isobole.monograph._statements import extract_statements
from isobole.monograph._tables import check_breaks, page_tables
from isobole.monograph._text import Decoded, PageText, decode, load

Lines = tuple[int, int]


def read(source: Path | str | bytes, *, name: str | None = None) -> Monograph:
    r"""Read a drug page: its parts, its questions, and what is wrong with it.

    Nothing is dropped: every line that is not blank belongs to the front matter, a
    heading or a block, and the page's bytes can be written again. Nothing in a page
    is executed, and what cannot be understood is a finding, not an exception.

    Parameters
    ----------
    source : path, str or bytes
        A file, or the page itself: text is what holds a line break.
    name : str, optional
        What the page is called in spans and findings; the file's name by default.

    Returns
    -------
    Monograph

    Raises
    ------
    DataError
        If the file cannot be opened. A file that opens is always read.

    Examples
    --------
    >>> page = read(
    ...     "---\ntitle: Examplamide\n---\n## Usage\n- For seizures.\n"
    ...     "## Dosage\n- 5 mg/kg/day\n"
    ... )
    >>> page.kind, page.title, [section.title for section in page.sections]
    ('A', 'Examplamide', ['Usage', 'Dosage'])
    >>> page.sections[1].blocks[0].line
    7
    """
    data, file = load(source, name)
    decoded = decode(data)
    page = PageText(decoded.text, file, hashlib.sha256(data).hexdigest())
    front = read_front_matter(page)
    values = front.values if front else {}
    first = front.end_line + 1 if front else 1
    lines = page.lines[first - 1 :]
    hard = too_hard(lines)
    elements = (read_lines if hard else elements_of)(lines, first)
    kind = page_kind(elements, values, lines)
    extra: dict[str, Any] = {
        "invalid_bytes": decoded.invalid,
        "by_lines": hard,
        "front_matter": (front.first_line, front.end_line) if front else None,
    }
    if kind == "guide":
        elements = guide_elements(read_lines(lines, first))
        extra["fields"] = guide_fields(elements)
        extra["relevelled"] = mend_levels(elements)
    extra["references"] = guide_references(elements)
    title = _title(values, elements, file)
    low = page.text.lower()
    sections = sections_of(elements, kind, title)
    monograph = Monograph(
        file=file,
        sha256=page.sha256,
        text=page.text,
        kind=kind,
        title=title,
        subject=extra.get("fields", {}).get("Compound Name") or title,
        policy=_policy(kind, low),
        front_matter=values,
        front_lines=front.lines if front else {},
        sections=sections,
        faqs=(),
        statements=(),
        findings=(),
        encoding=decoded.encoding,
        newline=decoded.newline,
        extra=extra,
    )
    body = body_faqs(page, sections)
    asked = front_faqs(page, front, body) if front else {}
    tables, of_tables = page_tables(page, sections)
    monograph = changed(
        monograph, faqs=(*asked.values(), *body), extra={**extra, "tables": tables}
    )
    findings = [*of_tables, *_findings(page, decoded, front, asked, monograph, low)]
    findings.sort(key=_place)
    extra = {**monograph.extra, "parts": _parts(findings, first, len(page.lines))}
    monograph = changed(monograph, findings=tuple(findings), extra=extra)
    return changed(monograph, statements=extract_statements(monograph, page))


def _parts(findings: list[Finding], first: int, last: int) -> tuple[Lines, ...]:
    """Return the lines of each monograph of the page: mostly it holds one."""
    begins = [f.spans[0].line for f in findings if f.code == "two-monographs"]
    starts = [first, *begins]
    return tuple(
        (start, end - 1) for start, end in zip(starts, [*begins, last + 1], strict=True)
    )


def _findings(
    page: PageText,
    decoded: Decoded,
    front: FrontMatter | None,
    asked: dict[int, Faq],
    monograph: Monograph,
    low: str,
) -> Iterator[Finding]:
    """Yield everything that is wrong with a page by itself."""
    yield from check_file(page, decoded, front, monograph)
    if not page.text.strip():
        return
    sections = monograph.sections
    if front:
        yield from check_description(page, front, sections)
    yield from check_faqs(page, front, asked, monograph)
    yield from check_sections(page, monograph)
    yield from check_generic_name(page, monograph)
    if monograph.kind == "guide":
        yield from check_breaks(page, sections, monograph.extra["relevelled"])
    start = page.starts[front.end_line] if front and front.end_line else 0
    yield from check_markup(page, monograph)
    yield from check_text(page, monograph, low, start)


def _place(finding: Finding) -> tuple[int, int]:
    if not finding.spans:
        return (0, 0)
    return (finding.spans[0].start, -finding.spans[0].end)


def _title(values: dict[str, Any], elements: list[Element], file: str) -> str:
    given = values.get("title")
    # "title: [paracetamol]" is a list to YAML.
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, str | int | float) and str(given).strip():
        return str(given).strip()
    for element in elements:
        if element.kind == "heading" and element.level == 1:
            return element.text.strip("*_ #")
    return Path(file).stem


def _policy(kind: PageKind, low: str) -> Policy:
    if kind == "guide" or "research use only" in low:
        return "research-only"
    return "ai-generated"
