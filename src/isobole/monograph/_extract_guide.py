"""Technical guides: claims, mechanisms, protocols, references, what surrounds them."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_pharmacology import say_definitions, say_mechanism
from isobole.monograph._extract_protocol import say_step
from isobole.monograph._extract_tables import say_table
from isobole.monograph._extract_text import Piece, citations, entry, plain, sentences
from isobole.monograph._page import Block, Section
from isobole.monograph._tables import PageTable

_CLAIM = re.compile(
    r"\b(?:synerg\w+|superior\w*|powerful|favou?rable|enhanced\s+(?:efficacy|effects?|"
    r"anticonvulsant)|(?:significantly|markedly)\s+(?:better|improved|higher|lower)|"
    r"more\s+effective|well[- ]tolerated|promising|unique)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\*{0,2}(?P<name>[A-Z][\w .&/-]{1,30}?)\*{0,2}:\*{0,2}\s*(?P<value>[^*]+?)"
    r"(?=\.?\s+\*\*|\.?\s*$)"
)
_MONTHS = [
    "january", "february", "march", "april", "may", "june", "july", "august",
    "september", "october", "november", "december",
]  # fmt: skip
_MONTH = re.compile(r"\b([A-Z][a-z]+)\s+(\d{4})\b")
_SELLS = re.compile(
    r"\b(?:quote|custom synthesis|offers|bulk|industrial grade|compatibility check|"
    r"request|our mission|buy|order)\b",
    re.IGNORECASE,
)
_RESEARCH = re.compile(r"research use only|\bRUO\b", re.IGNORECASE)
_REFERENCE = re.compile(r"\s*(?:[-*]\s+)?\[?(?P<n>\d{1,3})[.\])]\s+")
_CONTACT = re.compile(r"contact|address", re.IGNORECASE)


def say_guide(draft: Draft) -> None:
    """Write down what a technical guide states."""
    tables = {table.line: table for table in draft.page.extra.get("tables", ())}
    speaker = _Speaker(draft)
    for section in draft.page.sections:
        place = Place(_topic(section), section.path)
        start, end = draft.text.bounds(section.line)
        heading = Piece(start, start + len(draft.page.text[start:end].rstrip()),
                        draft.page.text[start:end].rstrip())  # fmt: skip
        if section.level == 1:
            draft.say("page_metadata", heading, place, section.title,
                      subject="document", details={"key": "title"})  # fmt: skip
        elif place.topic == "protocol" and section.level > 2:
            draft.say("protocol", heading, place, subject=_model(section))
        elif place.topic == "advertising":
            draft.say("advertising", heading, place, subject="document")
        _blocks(draft, section, place, tables, speaker)


def _topic(section: Section) -> str:
    words = " / ".join(section.path).lower()
    own = section.title.lower()
    if section.level <= 1 or "compound of interest" in own:
        return "head"
    for topic, pattern in _TOPICS:
        if pattern.search(own):
            return topic
    for topic, pattern in _TOPICS:
        if pattern.search(words):
            return topic
    return "prose"


_TOPICS = (
    ("reference", re.compile(r"^references|bibliography")),
    ("disclaimer", re.compile(r"disclaimer")),
    ("contact", _CONTACT),
    ("advertising", re.compile(r"custom synthesis|bulk|quote")),
    ("table", re.compile(r"^table \d")),
    ("figure", re.compile(r"visuali[sz]|figure|diagram")),
    ("protocol", re.compile(r"protocol|method")),
    ("mechanism", re.compile(r"mechanism|activity|receptor|pathway|antagonism")),
)


class _Speaker:
    """Which substance a sentence of a guide speaks of; pronouns keep the last one."""

    def __init__(self, draft: Draft) -> None:
        words = [w.lower() for w in re.findall(r"[A-Za-z]{4,}", draft.page.subject)]
        self._words = words
        self._salts = re.compile(
            rf"\b\w+\s+(?:{'|'.join(map(re.escape, words[-1:]))})\b", re.IGNORECASE
        ) if words else None  # fmt: skip
        self._last = draft.subject

    def of(self, text: str) -> str:
        lower = plain(text).lower()
        whole = " ".join(self._words)
        if whole in lower:
            self._last = whole
            return whole
        named = [
            word for word in self._words if re.search(rf"\b{re.escape(word)}\b", lower)
        ]
        if (
            len(named) > 1
            or ("combin" in lower and "effect" in lower)
            or "synerg" in lower
        ):
            self._last = " + ".join(self._words)
        elif named:
            self._last = named[0]
        return self._last


def _model(section: Section) -> str:
    return re.sub(r"^\d[\d.]*\s+", "", section.title).strip() or "protocol"


def _blocks(
    draft: Draft,
    section: Section,
    place: Place,
    tables: dict[int, PageTable],
    speaker: _Speaker,
) -> None:
    skip_until = 0
    blocks = list(section.blocks)
    index = 0
    while index < len(blocks):
        block = blocks[index]
        index += 1
        if block.line <= skip_until or block.kind == "rule":
            continue
        if block.kind == "table":
            table = tables.get(block.line)
            if table and say_table(draft, table, place):
                skip_until = table.end_line
            else:
                _rows(draft, block, place)
            continue
        last = block.end_line
        # A paragraph that a page break cut goes on where the next begins small.
        while index < len(blocks) and _goes_on(block, blocks[index]):
            block = blocks[index]
            last = block.end_line
            index += 1
        _block(draft, section, place, blocks, index, last, speaker)


def _goes_on(block: Block, following: Block) -> bool:
    return (
        block.kind == following.kind == "paragraph"
        and block.text.rstrip()[-1:] not in '.?!:)]"”'
        and following.text[:1].islower()
    )


def _rows(draft: Draft, block: Block, place: Place) -> None:
    for line in range(block.line, block.end_line + 1):
        start, end = draft.text.bounds(line)
        text = draft.page.text[start:end].strip()
        if text.strip("|-: \t"):
            at = draft.page.text.find(text, start)
            draft.say("text", Piece(at, at + len(text), text), place)


def _block(
    draft: Draft,
    section: Section,
    place: Place,
    blocks: list[Block],
    index: int,
    last: int,
    speaker: _Speaker,
) -> None:
    # The run of blocks that ends at `last` begins where the sentence did.
    first = index - 1
    while first > 0 and _goes_on(blocks[first - 1], blocks[first]):
        first -= 1
    start, _ = draft.text.bounds(blocks[first].line)
    _, end = draft.text.bounds(last)
    topic = place.topic
    text = draft.page.text
    if topic == "head":
        _head(draft, start, end, place, speaker)
        return
    if topic == "reference":
        _reference(draft, start, end, place)
        return
    made = entry(text, start, end, blocks[first].depth)
    if topic == "protocol" and blocks[first].kind == "item":
        model = _model(section)
        if not made.sentences or text[start:end].rstrip().endswith(":"):
            # "Drug administration:" heads the steps below it.
            piece = _trimmed(text, start, end)
            draft.say("text", piece, place, subject=model)
            return
        for piece in made.sentences:
            say_step(draft, piece, place.but(lead=made.lead), model)
        return
    for piece in sentences(text, start, end):
        _sentence(draft, piece, place, section, speaker)


def _trimmed(text: str, start: int, end: int) -> Piece:
    words = text[start:end]
    begin = start + len(words) - len(words.lstrip())
    return Piece(begin, begin + len(words.strip()), words.strip())


def _sentence(
    draft: Draft, piece: Piece, place: Place, section: Section, speaker: _Speaker
) -> None:
    text = piece.text
    topic = place.topic
    cites = citations(text)
    if text.startswith("Caption:"):
        draft.say(
            "figure",
            piece,
            place,
            subject="document",
            details={"defects": ["figure_missing"]},
        )
    elif topic == "disclaimer":
        value = "RUO" if _RESEARCH.search(text) else None
        kind = "advertising" if text.endswith("?") or "[" in text else "disclaimer"
        draft.say(kind, piece, place, value, subject="document")
    elif topic == "contact":
        draft.say("provenance", piece, place, subject="document")
    elif topic == "advertising" or (
        _SELLS.search(text) and not cites and topic == "prose"
    ):
        draft.say("advertising", piece, place, subject="document")
    elif topic == "protocol":
        model = _model(section)
        said = say_definitions(draft, piece, place)
        if not said:
            draft.say("protocol", piece, place, subject=model, details={"cites": cites})
    elif topic in ("mechanism", "prose"):
        subject = speaker.of(text)
        said = say_definitions(draft, piece, place)
        said = say_mechanism(draft, piece, place, subject) or said
        if _CLAIM.search(text):
            draft.say("claim", piece, place, subject=subject, details={"cites": cites})
            said = True
        if not said:
            kind = "mechanism" if topic == "mechanism" else "text"
            draft.say(kind, piece, place, subject=subject, details={"cites": cites})
    else:
        draft.say("text", piece, place, subject="document")


def _head(draft: Draft, start: int, end: int, place: Place, speaker: _Speaker) -> None:
    text = draft.page.text
    fields = list(_FIELD.finditer(text, start, end))
    vendor = "Cat" in " ".join(draft.page.extra.get("fields", {}))
    for match in fields:
        name = match["name"].lower()
        piece = Piece(match.start(), match.end(), match[0])
        value = plain(match["value"])
        if name.startswith("date"):
            month = _MONTH.search(value)
            if month and month[1].lower() in _MONTHS:
                value = f"{month[2]}-{_MONTHS.index(month[1].lower()) + 1:02d}"
            draft.say("page_metadata", piece, place, value,
                      subject="document", details={"key": "date"})  # fmt: skip
        elif name.startswith("author"):
            origin = "vendor (chemical supplier)" if vendor else value
            draft.say("provenance", piece, place, origin,
                      subject="document", details={"name": value})  # fmt: skip
        elif name.startswith(("compound", "cat", "cas", "generic")):
            draft.say("identity", piece, place, value, details={"key": match["name"]})
        else:
            draft.say("page_metadata", piece, place, value,
                      subject="document", details={"key": name})  # fmt: skip
    if fields:
        return
    for piece in sentences(text, start, end):
        if _SELLS.search(piece.text):
            draft.say("advertising", piece, place, subject="document")
        elif _CLAIM.search(piece.text):
            draft.say("claim", piece, place, subject=speaker.of(piece.text))
        elif piece.text.startswith("For ") and not piece.text.endswith("."):
            draft.say("page_metadata", piece, place, plain(piece.text),
                      subject="document", details={"key": "audience"})  # fmt: skip
        else:
            draft.say("text", piece, place, subject="document")


def _reference(draft: Draft, start: int, end: int, place: Place) -> None:
    match = _REFERENCE.match(draft.page.text, start, end)
    piece = _trimmed(draft.page.text, start, end)
    if match is None:
        draft.say("reference", piece, place, subject="document")
        return
    count = int(match["n"])
    draft.say("reference", piece, place, count, subject=f"[{count}]")
