"""Sentences, leads and lists within a block, each with its place in the page."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# A full stop ends a sentence when a capital, a mark or the end follows it, unless the
# word before it is a short form.
_STOP = re.compile(
    r"[.!?]+(?:\*\*|[)\"'”’])?(?:\^?\[[\d,\s–-]+\])*(?=\s+[^\sa-z\d]|\s*\Z)"
)
_SHORT = frozenset(
    ("e.g", "i.e", "vs", "ca", "cf", "al", "Dr", "No", "St", "Ph", "Ph.D", "approx",
     "Fig", "etc", "resp", "spp")
)  # fmt: skip
_LETTER = re.compile(r"[^\W_]")
_LONGEST = 1200
_MARK = re.compile(r"\s*(?:[-*+•]\s+|\d{1,3}[.)]\s+|>\s*|#{1,6}\s+)+")
_LEAD_BOLD = re.compile(
    r"(?:\*\*|__)(?P<lead>[^*\n]{1,120}?)(?P<in>[:：]?)\s*(?:\*\*|__)"
    r"(?P<out>\s*[:：])?\s*"
)
# Nearly every lead in bold, found in a third of the time: no mark stands within.
_LEAD_QUICK = re.compile(
    r"\*\*([^*_\n:：]{0,119}[^*_\s:：])([:：]?)\*\*(?:([:：])|(?!\s*[:：]))\s*"
)
_LONGEST_LEAD = 73
_LEAD_PLAIN = re.compile(r"(?P<lead>[A-Z][^.:;!?*\n\[\]]{1,70}?):\s+")
_CITATION = re.compile(r"\^?\[(\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\]")
# What divides the members of a list, and what may hold such marks: parentheses and
# numbers. The first character stands in one class, which makes the search quick.
_SEPARATOR = re.compile(
    r"[(\[;,\s\d](?:(?<=\s)(?:a(?:nd(?:/or)?|s well as)|or|&)\s+"
    r"|(?<=[;,])\s*(?:(?:a(?:nd(?:/or)?|s well as)|or|&)\s+)?"
    r"|(?<=\()[^()]*\)|(?<=\[)[^\[\]]*\]|(?<=\d)(?<!\w\d)\d*,\d{3}\b)",
    re.IGNORECASE,
)
_PAIRED = re.compile(
    r"\b(?:eosinophilia and systemic symptoms|signs and symptoms|"
    r"hands and feet|arms and legs|pins and needles|head and neck|"
    r"skin and mucous|fluid and electrolyte|water and electrolyte|"
    r"nose and throat|lips and tongue|thoughts and behaviou?rs?|"
    r"thoughts or behaviou?rs?|driving or operating|skin or eyes|eyes or skin|"
    r"up and down|thoughts or actions|drug and alcohol)\b",
    re.IGNORECASE,
)
_FIRST_OF_PAIR = (
    "eosinophilia", "signs", "hands", "arms", "pins", "head", "skin", "fluid", "water",
    "nose", "lips", "thoughts", "driving", "eyes", "up", "drug",
)  # fmt: skip
_LONGEST_FIRST = max(map(len, _FIRST_OF_PAIR))
_new = tuple.__new__


class Piece(NamedTuple):
    """Some words of a page: where they begin and end, and the words themselves."""

    start: int
    end: int
    text: str


class Entry(NamedTuple):
    """A paragraph or list item: what it begins with in bold, and its sentences.

    `lead` is without marks; `begin` is where the lead (or the first sentence) begins,
    so that a first sentence can be quoted together with its lead.
    """

    lead: str
    begin: int
    sentences: tuple[Piece, ...]
    depth: int


def sentences(text: str, start: int, end: int) -> list[Piece]:
    """Cut the characters from `start` to `end` of a page into sentences.

    Examples
    --------
    >>> page = "Take 5 mg, e.g. at night. Stop slowly.[2] See above"
    >>> [piece.text for piece in sentences(page, 0, len(page))]
    ['Take 5 mg, e.g. at night.', 'Stop slowly.[2]', 'See above']
    """
    found: list[Piece] = []
    if start >= end:
        return found
    inner = text[start : end - 1]
    if "." not in inner and "?" not in inner and "!" not in inner:
        # Nothing ends before the end: most items of lists are one sentence.
        _add(found, text, start, end)
        return found
    place = start
    for match in _STOP.finditer(text, start, end):
        stop, past = match.span()
        word = text[max(start, text.rfind(" ", start, stop) + 1) : stop].lstrip("([")
        if word in _SHORT and past < end:
            continue
        _add(found, text, place, past)
        place = past
    if place < end:
        _add(found, text, place, end)
    return found


def _add(found: list[Piece], text: str, start: int, end: int) -> None:
    # Words without a full stop for pages on end are cut, so that a span stays short.
    while end - start > _LONGEST:
        cut = max(
            text.rfind(", ", start, start + _LONGEST) + 1,
            text.rfind("\n", start, start + _LONGEST),
        )
        if cut <= start:
            cut = text.rfind(" ", start, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        _add(found, text, start, cut)
        start = cut
    piece = text[start:end]
    bare = piece.strip()
    if bare[:1].isalnum() or _LETTER.search(bare):
        size = len(bare)
        begin = start
        if size < len(piece):
            begin += len(piece) - len(piece.lstrip())
        # Of the same length, so that every place in the words is one in the page.
        words = bare.replace("\n", " ") if "\n" in bare else bare
        # As `Piece(...)` without the call in between; pages have hundreds.
        found.append(_new(Piece, (begin, begin + size, words)))


def entry(text: str, start: int, end: int, depth: int = 0) -> Entry:
    """Take a block apart: list mark, lead, sentences.

    Examples
    --------
    >>> page = "- **Adults:** Start with 5 mg. Double it."
    >>> made = entry(page, 0, len(page))
    >>> made.lead, [piece.text for piece in made.sentences]
    ('Adults', ['Start with 5 mg.', 'Double it.'])
    """
    # Most items begin with a dash and a word, and most paragraphs with a word; bold
    # marks are none of a list.
    if text.startswith("- ", start, end) and (
        text[start + 2 : start + 3].isalpha() or text.startswith("**", start + 2, end)
    ):
        start += 2
    elif not (
        text[start : start + 1].isalpha() or text.startswith("**", start, end)
    ) and (mark := _MARK.match(text, start, end)):
        start = mark.end()
    while start < end and text[start].isspace():
        start += 1
    lead = ""
    place = start
    if text.startswith(("**", "__"), start):
        match = _LEAD_QUICK.match(text, start, end)
        match = match or _LEAD_BOLD.match(text, start, end)
        # Bold words without a colon are a lead only if nothing or a question follows.
        if match:
            words, inner, outer = match.groups()
            past = match.end()
            if inner or outer or past >= end or "?" in words:
                lead, place = words.strip(" *_:"), past
    elif ":" in text[start : start + _LONGEST_LEAD] and (
        match := _LEAD_PLAIN.match(text, start, end)
    ):
        lead, place = match["lead"].strip(), match.end()
    cut = tuple(sentences(text, place, end))
    return _new(Entry, (lead, start, cut, depth))


def chunks(piece: Piece, start: int = 0, end: int | None = None) -> list[Piece]:
    """Cut a piece into the members of its list, outside parentheses.

    Examples
    --------
    >>> [c.text for c in chunks(Piece(0, 34, "Rash (mild, red), cough, and fever."))]
    ['Rash (mild, red)', 'cough', 'fever']
    """
    return list(_chunks(piece, start, end))


# Rules ask one after the other for the members of the same piece.
@lru_cache(maxsize=64)
def _chunks(piece: Piece, start: int, end: int | None) -> tuple[Piece, ...]:
    found: list[Piece] = []
    text = piece.text if end is None else piece.text[:end]
    base = piece.start
    place = taken = start
    for match in _SEPARATOR.finditer(text, start):
        at, end = match.span()
        mark = text[at]
        if mark in ",;" or (mark.isspace() and not (pair := _pair(text, taken, at))):
            _chunk(found, base + place, text[place:at].rstrip())
            place = taken = end
        else:
            taken = max(end, pair) if mark.isspace() else end
    _chunk(found, base + place, text[place:])
    return tuple(found)


def _pair(text: str, start: int, at: int) -> int:
    """Return where a pair of words ends that an "and" holds together, 0 if it divides.

    The pair begins at `start` or later; what joins it begins at `at`.
    """
    if not text[max(0, at - _LONGEST_FIRST) : at].lower().endswith(_FIRST_OF_PAIR):
        return 0
    for match in _PAIRED.finditer(text, max(start, at - _LONGEST_FIRST)):
        if match.start() >= at:
            break
        if match.end() > at:
            return match.end()
    return 0


def _chunk(found: list[Piece], begin: int, words: str) -> None:
    bare = words.strip(" \t\r\n.*_:")
    # A bracket that closes at the end belongs to the words.
    if bare[:1].isalnum() or _LETTER.search(bare):
        begin += words.index(bare)
        found.append(_new(Piece, (begin, begin + len(bare), bare)))


def plain(text: str) -> str:
    r"""Return words without marks, citations and folded blanks.

    Examples
    --------
    >>> plain("the **NMDA**\n receptor.[1][3]")
    'the NMDA receptor.'
    """
    if "[" in text:
        text = _CITATION.sub("", text)
    if "*" in text:
        text = text.replace("**", "").replace("*", "")
    return " ".join(text.split())


def citations(text: str) -> list[int]:
    """Return the reference numbers in brackets, in their order.

    Examples
    --------
    >>> citations("blocked.^[1] Shown [2, 5] and [7-9]")
    [1, 2, 5, 7, 8, 9]
    """
    found: list[int] = []
    if "[" not in text:
        return found
    for match in _CITATION.finditer(text):
        for part in match[1].split(","):
            low, _, high = part.replace("–", "-").partition("-")
            first = int(low)
            last = int(high) if high.strip() else first
            if first <= last <= first + 50:
                found.extend(range(first, last + 1))
    return list(dict.fromkeys(found))
