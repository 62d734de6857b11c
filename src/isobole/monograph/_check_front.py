"""Defects of the file and its front matter, with the description mended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from isobole.monograph._elements import LONGEST
from isobole.monograph._finding import Finding
from isobole.monograph._front_matter import FrontMatter
from isobole.monograph._page import Monograph, Section
from isobole.monograph._qa import squash
from isobole.monograph._registry import found
from isobole.monograph._text import Decoded, PageText

_PLAIN = re.compile(r"[A-Za-z][^:#\n\t\\\"'{}\[\],&*!|>%@`]*$")
_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
_CONTROL = re.compile(r"[\x00-\x1f]")
_FLATTENED = re.compile(r"(?:^|\s)[-*•]\s+(?=\*\*|[A-Z])")
_SENTENCE_END = re.compile(r"(?<!\.)[.!?](?!\.)[\"')\]]*(?=\s+[A-Z0-9\"(]|$)")
_DESCRIPTION = 300


def check_file(
    page: PageText, decoded: Decoded, front: FrontMatter | None, monograph: Monograph
) -> Iterator[Finding]:
    """Yield what is wrong with the file itself and its front matter."""
    text = page.text
    if decoded.binary:
        yield found("page-binary", file=page.file, reason=decoded.binary)
        return
    if not text.strip():
        yield found("page-empty", file=page.file)
        return
    if decoded.invalid:
        spans = [page.span(at, at + 1) for at, _ in decoded.invalid[:20]]
        yield found("invalid-utf8", *spans, count=len(decoded.invalid))
    if decoded.control is not None:
        at = decoded.control
        char = f"U+{ord(text[at]):04X}"
        yield found("control-characters", page.span(at, at + 1), char=char)
    if monograph.extra.get("by_lines") or len(text) > LONGEST:
        yield found("page-too-long", page.line_span(1), size=f"{len(text):,}")
    if monograph.kind == "unknown":
        first = next(i for i, line in enumerate(page.lines, 1) if line.strip())
        yield found("structure-unknown", page.line_span(first))
    if front is None:
        if monograph.kind in ("A", "B0", "B1"):
            yield found("front-matter-missing", file=page.file)
        return
    for flaw in front.flaws:
        yield found(flaw.code, page.span(flaw.start, flaw.end), **flaw.words)


def yaml_scalar(text: str) -> str:
    """Return `text` as YAML writes it on one line.

    Examples
    --------
    >>> yaml_scalar("No, it's new")
    "'No, it''s new'"
    """
    if not text.isprintable() and _CONTROL.search(text):
        return json.dumps(text, ensure_ascii=False)
    if _PLAIN.match(text) and text == text.strip() and text.lower() not in _WORDS:
        return text
    return "'" + text.replace("'", "''") + "'"


def check_description(
    page: PageText, front: FrontMatter, sections: tuple[Section, ...]
) -> Iterator[Finding]:
    """Yield what is wrong with the description: cut, bulleted, marked or empty."""
    value = front.values.get("description")
    if "description" not in front.values or not isinstance(value, str | None):
        return
    place = front.places.get("description")
    if place is None:
        return
    span = page.span(*place)
    if not value or not value.strip(" .\n"):
        after = _sentences(_usage(sections))
        if after:
            # A key without any value needs the blank after its colon, too.
            after = " " * (place[0] == place[1]) + yaml_scalar(after)
        yield found("description-empty", span, after=after)
        return
    codes = []
    cut = value.rstrip().endswith(("...", "…"))
    if cut:
        codes.append("description-truncated")
    if _FLATTENED.match(value) or len(_FLATTENED.findall(value)) > 1:
        codes.append("description-bulleted")
    if "**" in value or "__" in value:
        codes.append("description-emphasis")
    if not codes:
        return
    repaired = describe(value, _usage(sections))
    after = yaml_scalar(repaired) if repaired else None
    for code in codes:
        yield found(code, span, before=span.quote, after=after)


def describe(value: str, usage: str) -> str | None:
    """Return a description of whole sentences, in the page's own words, or None.

    Examples
    --------
    >>> describe("- Drug is new. It ...", "Drug is new. It helps.")
    'Drug is new. It helps.'
    """
    core = _plain(value)
    if not any(char.isalpha() for char in core.rstrip(".… ")):
        return None
    if not value.rstrip().endswith(("...", "…")):
        return core
    start = core.rstrip(".… ")
    if start and usage.startswith(start):
        return _sentences(usage)
    return _sentences(start, partial=False)


def _plain(text: str) -> str:
    if "-" in text or "*" in text or "•" in text:
        text = _FLATTENED.sub(" ", text)
    return squash(text)


def _sentences(text: str, *, partial: bool = True) -> str | None:
    """Return the sentences that fit a description, at least the first one."""
    last = 0
    for match in _SENTENCE_END.finditer(text):
        if last and match.end() > _DESCRIPTION:
            break
        last = match.end()
    if last:
        return text[:last]
    return (text or None) if partial else None


def _usage(sections: tuple[Section, ...]) -> str:
    """Return the first words of the section Usage, list marks left out."""
    for section in sections:
        if section.name == "Usage":
            texts = [section.inline, *(block.text for block in section.blocks[:6])]
            return " ".join(_plain(text) for text in texts if text).strip()
    return ""
