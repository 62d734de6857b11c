"""Defects of the words: dates, citations, categories, bans, leaks, doubts.

Each check looks at a page only if a telling word is in it, so that a clean page costs
one pass over its letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from isobole.monograph._finding import Finding
from isobole.monograph._page import Monograph
from isobole.monograph._registry import found
from isobole.monograph._span import Span
from isobole.monograph._text import PageText

_MOST = 20
_CITATION = re.compile(
    r"(?:\bsources?\s+)?(?<![\]\w^])\^?\[(\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\](?!\()"
    r"|(?<=[\w.\]])\^?\[(\d{1,3})\](?!\()"
)
_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|"
    "December"
)
_DATE = re.compile(
    rf"\b(?:(?:{_MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+20\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH}),?\s+20\d\d"
    rf"|[Aa]s of\s+(?:(?:early|mid|late)[\s-])?(?:(?:{_MONTH}),?\s+)?20\d\d)"
)
_YEAR = re.compile(r"20\d\d")
_PLACE = (
    r"(?:the\s+)?(?:\w+\s+){0,3}?(?:market\w*|sale|countr\w+|US|USA|U\.S\.|UK|EU|Europe"
    r"|India|Canada|Australia|Japan|China|France|Germany|United|world\w*|FDA|EMA)\b"
)
_BAN_WORD = re.compile(r"\b(?:banned|withdrawn|discontinued|no\s+longer)\b")
_BAN_ENDS = ("banned", "withdrawn", "discontinued", "longer")
_BANNED = re.compile(
    rf"(?:banned|withdrawn|discontinued)\s+(?:\w+\s+){{0,3}}?(?:in|from|by|across)\s+{_PLACE}"
    r"|(?:banned|withdrawn|discontinued)\s+(?:worldwide|globally|nationwide)"
    r"|banned\s+(?:by|due\s+to|because)|discontinued\s+by\s+(?:the|its)\s+(?:manu|mak|comp)"
    r"|withdrawn\s+(?:due\s+to|because\s+of|for)\s+safety"
    r"|no\s+longer\s+(?:marketed|approved|sold|manufactured)",
    re.IGNORECASE,
)
# Stopping a treatment is no withdrawal of a product.
_STOPPED = re.compile(
    r"\b(?:patients?|therapy|treatment|dose|doses|medication should|should|must|may|can"
    r"|if|when|unless|gradually|abruptly|not)\b[^.]{0,80}$",
    re.IGNORECASE,
)
_CATEGORY = re.compile(
    r"\b[Cc]ategory(?:\s+is)?\s*[:–-]?\s*[*_]{0,3}\s*[:–-]?\s*[\"'(]?"
    r"([ABCDX])\b(?![-'’]\w)"
)
_LEAK = re.compile(
    r"\b(?:as an? (?:ai\b|artificial intelligence|large language model|language model)"
    r"|i (?:cannot|can't|can not|am unable to|am not able to) (?:provide|give|offer|"
    r"generate|fulfil|create|access|answer|write)|i'm (?:sorry|unable|not able)"
    r"|i do not have (?:access|enough|information)|i don't have (?:access|enough|"
    r"information)|my (?:training data|knowledge cut)|let me know if you|i hope this "
    r"helps|(?:sure|certainly)[,!] here (?:is|are))",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\b(?:hypothetical(?:ly)?|not (?:a |an )?(?:standard|recogni[sz]ed|commonly "
    r"recogni[sz]ed|known|established|commercially available|widely recogni[sz]ed|"
    r"typical|common)(?: or \w+)? (?:\w+ ){0,3}?(?:combination|medication|drug|product"
    r"|formulation|name)|does not (?:appear to )?exist|no (?:known|standard) "
    r"(?:combination|medication|drug))",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\[(?:insert|specific|drug|generic|brand|your|name|dose|condition|medication|add|"
    r"company|manufacturer|to be|tbd|xx)\b[^\]\n]{0,40}\](?!\()",
    re.IGNORECASE,
)
_BANNED_WORDS = ("banned", "withdrawn", "discontinued", "no longer")
_LEAK_WORDS = ("as an ai", "as an artificial", "language model", "let me know")
# Words that begin alike are searched for together, from the letters they share.
_LEAK_BEGINS = (
    re.compile("here (?:is|are)"),
    re.compile("my (?:training|knowledge)"),
    re.compile("i(?: can| am | do(?: not|n't)| hope|'m )"),
)
_DOUBT_WORDS = (
    "hypothetical",
    "not a ",
    "not an ",
    "not recogni",
    "not commercially",
    "not standard",
    "exist",
    "no known",
    "no standard",
)


def check_text(
    page: PageText, monograph: Monograph, low: str, start: int
) -> Iterator[Finding]:
    """Yield what is wrong with the words of the body, which begins at `start`.

    `low` is the page's text in lower case.
    """
    text = page.text
    if "[" in text:
        yield from _citations(page, monograph, start)
        for match in _PLACEHOLDER.finditer(text, start):
            yield found("placeholder", page.span(*match.span()), mark=match[0])
    if "ategory" in text and "category" in low:
        yield from _categories(page, monograph, start)
    if "20" in text and monograph.kind != "guide":
        yield from _dates(page, monograph, start)
    if any(map(low.__contains__, _BANNED_WORDS)):
        yield from _bans(page, monograph, low, start)
    if _may_leak(low):
        yield from _sentences(page, "assistant-leak", _LEAK, 0)
    if monograph.kind in ("B0", "B1") and any(map(low.__contains__, _DOUBT_WORDS)):
        yield from _sentences(page, "combination-not-recognised", _DOUBT, start)


def _may_leak(low: str) -> bool:
    """Say whether a page in lower case holds words of which some begin a leak."""
    return any(map(low.__contains__, _LEAK_WORDS)) or any(
        begin.search(low) for begin in _LEAK_BEGINS
    )


def _sentences(
    page: PageText, code: str, pattern: re.Pattern[str], start: int
) -> Iterator[Finding]:
    """Yield a finding for each sentence that holds the pattern."""
    end = start
    for match in pattern.finditer(page.text, start):
        if match.start() >= end:
            span = _sentence(page, match.start(), match.end())
            end = span.end
            yield found(code, span)


def _sentence(page: PageText, start: int, end: int) -> Span:
    """Return the span of the sentence around a place, within its line."""
    first, last = page.bounds(page.line_of(start))
    left = max(page.text.rfind(mark, first, start) for mark in (". ", "? ", "! "))
    begin = left + 2 if left >= first else first
    stop = page.text.find(". ", end, last)
    finish = stop + 1 if stop >= 0 else last
    piece = page.text[begin:finish]
    begin += len(piece) - len(piece.lstrip("-*> \t#"))
    return page.span(begin, max(end, begin + len(page.text[begin:finish].rstrip())))


def _citations(page: PageText, monograph: Monograph, start: int) -> Iterator[Finding]:
    known = {reference.number for reference in monograph.extra["references"]}
    own = {reference.line for reference in monograph.extra["references"]}
    if monograph.kind == "unknown":
        return
    marks: dict[str, list[Span]] = {}
    for match in _CITATION.finditer(page.text, start):
        numbers = {int(n) for n in re.findall(r"\d+", match[1] or match[2])}
        span = page.span(*match.span())
        if not numbers <= known and span.line not in own:
            marks.setdefault(match[0], []).append(span)
    for mark, spans in marks.items():
        yield found("citation-dangling", *spans[:_MOST], mark=mark)


def _categories(page: PageText, monograph: Monograph, start: int) -> Iterator[Finding]:
    spans: dict[str, Span] = {}
    for match in _found_at(_CATEGORY, page.text, "ategory", 1, start):
        line = page.line_of(match.start())
        # Other things have categories, too; pregnancy is named in the line or above.
        if "pregnan" in page.lines[line - 1].lower() or _under_pregnancy(
            monograph, line
        ):
            spans.setdefault(match[1], page.span(*match.span()))
    if len(spans) > 1:
        yield found("pregnancy-categories", *spans.values(), given=", ".join(spans))


def _found_at(
    pattern: re.Pattern[str], text: str, letters: str, ahead: int, start: int
) -> Iterator[re.Match[str]]:
    """Yield what a search finds of a pattern whose every match holds some letters.

    They stand `ahead` of its beginning, and are found faster than the pattern.
    """
    place = text.find(letters, start + ahead)
    while place >= 0:
        if match := pattern.match(text, place - ahead):
            yield match
            place = match.end() + ahead - 1
        place = text.find(letters, place + 1)


def _under_pregnancy(monograph: Monograph, line: int) -> bool:
    return any(
        section.line <= line <= section.end_line
        and any("pregnan" in title.lower() for title in section.path)
        for section in monograph.sections
    )


def _dates(page: PageText, monograph: Monograph, start: int) -> Iterator[Finding]:
    if next(_found_at(_YEAR, page.text, "20", 0, start), None) is None:
        return
    modified = str(monograph.front_matter.get("lastModified") or "")
    for match in _DATE.finditer(page.text, start):
        date = " ".join(match[0].split())
        if modified and _same_month(date, modified):
            continue
        yield found(
            "self-date",
            page.span(*match.span()),
            date=date,
            modified=modified[:10] or "nothing",
        )


def _same_month(date: str, modified: str) -> bool:
    year, month = modified[:4], modified[5:7]
    if year not in date:
        return False
    names = _MONTH.split("|")
    named = next((i for i, name in enumerate(names, 1) if name in date), None)
    return named is not None and month == f"{named:02d}"


def _ban_words(low: str, start: int) -> list[int]:
    """Return where `_BAN_WORD` begins; a page is long and holds few of the words."""
    places = []
    for word in _BAN_ENDS:
        place = low.find(word, start)
        while place >= 0:
            begin = place
            if word == "longer":
                while begin > start and low[begin - 1].isspace():
                    begin -= 1
                begin -= 2
            if begin >= start and _BAN_WORD.match(low, begin):
                places.append(begin)
            place = low.find(word, place + 1)
    return sorted(places)


def _bans(
    page: PageText, monograph: Monograph, low: str, start: int
) -> Iterator[Finding]:
    flag = monograph.front_matter.get("is_banned")
    if flag is True:
        return
    if len(low) != len(page.text):
        # Some letters of other scripts become two: places would not agree.
        low = page.text
    for place in _ban_words(low, start):
        match = _BANNED.match(page.text, place)
        if match is None:
            continue
        span = _sentence(page, match.start(), match.end())
        lead = page.text[span.start : match.start()]
        if _STOPPED.search(lead) and "market" not in match[0].lower():
            continue
        words = "false" if flag is False else "not given"
        yield found("banned-in-body", span, flag=words)
