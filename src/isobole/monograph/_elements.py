"""From Markdown to the headings and blocks of a page, each with its lines."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from isobole.monograph._element import Element
from isobole.monograph._elements_plain import plain_elements
from isobole.monograph._headings import take_apart
from isobole.monograph._page import BlockKind

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Past these a page is read line by line: nested marks make the Markdown reader
# quadratic, and a page of real text never comes near.
LONGEST = 1_000_000
_DEEPEST = 250
_LONG_LINE = 2_000
_MARKS = re.compile(r"[-*+>\s\d.)]{400}")
_ITEM = re.compile(r"(\s*)([-*+•]|\d{1,9}[.)])(?:\s+|$)(.*)")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$")
_TIGHT = re.compile(r"(#{1,6})\u00a0*([^#\s].*)")
# What a rule or the line under a heading is made of, with what may stand before it.
_RULED = " \t>+*.)=_-0123456789"
_RULE = re.compile(r"\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|(?:---\s*)+)$")


@cache
def _parser(unused: tuple[str, ...] = ()) -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    # Blocks only: words are kept as they stand. Indented prose is no code here, and
    # link definitions and HTML are text like any other.
    parser.disable(["code", "reference", "html_block", *unused])
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


def _unused(text: str, lines: list[str]) -> tuple[str, ...]:
    """Return the rules that cannot hold anywhere in `text`.

    Each rule is tried on every line: on most pages a third of the time goes into
    rules whose marks are nowhere on the page.
    """
    found = []
    if "|" not in text:
        found.append("table")
    if "```" not in text and "~~~" not in text:
        found.append("fence")
    if ">" not in text:
        found.append("blockquote")
    # A lone carriage return is a line break to the Markdown reader.
    ruled = any(line and not line.strip(_RULED) for line in lines)
    if not ruled and "\r" not in text:
        found += ["hr", "lheading"]
    return tuple(found)


def elements_of(lines: list[str], first: int) -> list[Element]:
    """Return the elements of `lines`, whose first one is line `first` of the page.

    Every line that is not blank belongs to an element: what the Markdown reader
    leaves out comes back as a paragraph. `read_lines` reads what is `too_hard`.
    """
    spaced = [_spaced(line) if line[:1] == "#" else line for line in lines]
    text = "\n".join(spaced)
    plain = plain_elements(spaced, text, first)
    return _marked(spaced, text, lines, first) if plain is None else plain


def _marked(
    spaced: list[str], text: str, lines: list[str], first: int
) -> list[Element]:
    """Return the elements as the Markdown reader finds them."""
    try:
        tokens = _parser(_unused(text, spaced)).parse(text)
    except RecursionError:
        return read_lines(lines, first)
    return _complete(_from_tokens(tokens, lines, first), lines, first)


def too_hard(lines: list[str]) -> bool:
    """Say whether a page is read line by line: too long, or nested past all use."""
    lengths = list(map(len, lines))
    if sum(lengths) + len(lengths) > LONGEST:
        return True
    return max(lengths, default=0) > _LONG_LINE and any(
        len(line) > _LONG_LINE and _MARKS.match(line) for line in lines
    )


def _spaced(line: str) -> str:
    """Return a line with the blank that a heading of a known section lacks."""
    match = _TIGHT.match(line)
    if match is None or take_apart(match[2]).name is None:
        return line
    return f"{match[1]} {match[2]}"


def _from_tokens(tokens: list[Token], lines: list[str], first: int) -> list[Element]:
    found: list[Element] = []
    depth = -1
    fresh: list[bool] = []
    skip_until = 0
    level = 0
    setext = False
    for token in tokens:
        kind = token.type
        span = token.map
        if kind == "inline":
            if span is None or span[0] < skip_until:
                continue
            begin, stop = span[0], span[1] - 1
            # Blanks the Markdown reader takes for text (U+2028) are stripped from it.
            while begin < stop and not lines[begin].strip():
                begin += 1
            while stop > begin and not lines[stop].strip():
                stop -= 1
            line, end = begin + first, stop + first
            content = token.content
            # A heading inside a list, or prose over a rule, is text; a section that
            # is indented by mistake is none the less a section.
            marked = level > 0 and not (setext and _is_prose(content))
            if marked and (depth < 0 or take_apart(content).name):
                found.append(Element("heading", content, line, end, 0, level))
            else:
                name: BlockKind = "item" if depth >= 0 and fresh[-1] else "paragraph"
                found.append(Element(name, content, line, end, max(depth, 0)))
            if setext:
                below = span[1] + first
                rule = lines[span[1]].strip()
                found.append(Element("rule", rule, below, below, max(depth, 0)))
            if fresh:
                fresh[-1] = False
        elif kind == "heading_open":
            level = int(token.tag[1])
            setext = token.markup in ("-", "=")
        elif kind == "heading_close":
            level, setext = 0, False
        elif kind == "list_item_open":
            depth += 1
            fresh.append(True)
        elif kind == "list_item_close":
            depth -= 1
            fresh.pop()
        elif span is not None and kind in _WHOLE:
            text = "\n".join(lines[span[0] : span[1]]).rstrip()
            end = span[0] + text.count("\n") + first
            found.append(
                Element(_WHOLE[kind], text, span[0] + first, end, max(depth, 0))
            )
            if kind == "table_open":
                skip_until = span[1]
    return found


_WHOLE: dict[str, BlockKind] = {
    "fence": "code",
    "hr": "rule",
    "table_open": "table",
}


def _is_prose(text: str) -> bool:
    return (
        "\n" in text
        or len(text.split()) > 8
        or text.rstrip().endswith((".", ":", ";", ","))
    )


def _complete(found: list[Element], lines: list[str], first: int) -> list[Element]:
    """Add what no element covers, so that no text is dropped."""
    covered = bytearray(len(lines))
    for element in found:
        start, end = element.line - first, element.end_line - first + 1
        covered[start:end] = b"\1" * (end - start)
    lost = [i for i, line in enumerate(lines) if not covered[i] and line.strip()]
    if not lost:
        return found
    groups: list[list[int]] = []
    for i in lost:
        if groups and groups[-1][-1] == i - 1:
            groups[-1].append(i)
        else:
            groups.append([i])
    for group in groups:
        part = lines[group[0] : group[-1] + 1]
        found.extend(read_lines(part, group[0] + first))
    found.sort(key=lambda element: element.line)
    return found


def read_lines(lines: list[str], first: int) -> list[Element]:
    """Read line by line, by the marks each line begins with.

    Slower pages, lists that lost their indentation and tables without marks (cells
    divided by tabs) are read so.
    """
    found: list[Element] = []
    indents: list[int] = []
    open_text = False
    for number, text in enumerate(lines, first):
        last = found[-1] if found else None
        if not text.strip():
            open_text = False
            continue
        if heading := _HEADING.match(text):
            found.append(
                Element("heading", heading[2], number, number, 0, len(heading[1]))
            )
            indents, open_text = [], False
        elif "\t" in text.strip() or text.lstrip().startswith("|"):
            if last and last.kind == "table" and last.end_line == number - 1:
                last.text += "\n" + text
                last.end_line = number
            else:
                found.append(Element("table", text, number, number))
            indents, open_text = [], False
        elif _RULE.match(text):
            found.append(Element("rule", text.strip(), number, number))
            indents, open_text = [], False
        elif item := _ITEM.match(text):
            width = len(item[1].expandtabs(4))
            while indents and indents[-1] >= width:
                indents.pop()
            indents.append(width)
            found.append(
                Element("item", item[3].strip(), number, number, len(indents) - 1)
            )
            open_text = True
        elif open_text and last is not None:
            last.text += "\n" + text.strip()
            last.end_line = number
        else:
            found.append(Element("paragraph", text.strip(), number, number))
            indents, open_text = [], True
    return found
