"""Tables of a page: each row by itself, its doses by the titles of their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from isobole.monograph._concepts import concept_of
from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_cues import cue_of
from isobole.monograph._extract_doses import say_doses
from isobole.monograph._extract_terms import indication_term
from isobole.monograph._extract_text import Entry, Piece, plain
from isobole.monograph._extract_units import NUMBER, QUANTITY
from isobole.monograph._folded import Folded
from isobole.monograph._page import Block
from isobole.monograph._vocabulary import age_span, vocabulary

# Leads that name no indication.
_OF_DOSES = Folded(
    r"\b(?:dose|dosage|maximum|initial|maintenance|loading|titration|safety|"
    r"considerations?|note|duration|frequency|use|procedures?)\b"
)
_CLEARANCE = re.compile(r"\b(?:crcl|clcr|e?gfr|clearance)\b", re.IGNORECASE)
_ILLNESS = re.compile(
    r"\b(?:indication|disease|disorder|seizures?|epilepsy|used? for)\b", re.IGNORECASE
)
_BESIDE = re.compile(
    r"(?:with|without|taking|not\s+taking|(?:used\s+|given\s+)?(?:together|combined)\s+with|"
    r"in\s+combination\s+with|added\s+to|on)\s+\w.*",
    re.IGNORECASE,
)
_BOUND = re.compile(r"\([^()]*\d\s*(?:years?|yrs?|months?|weeks?|kg)\b[^()]*\)", re.I)
_PARTS = re.compile(r"\s*[(),;:/–—]\s*|\s+(?:in|for|with)\s+", re.IGNORECASE)
_DOSE = re.compile(r"\b(?:dos(?:es?|age|ing)|amounts?|regimens?)\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_IN_TITLE = re.compile(r"[(\[,]\s*(?P<unit>[^()\[\],]*\w[^()\[\],]*)[)\]]?\s*$")
_BARE = re.compile(rf"{NUMBER}(?:\s*(?:-|–|—|to)\s*{NUMBER})?")


class Row(NamedTuple):
    """A row of a table: its whole line, and its cells, each with its place."""

    line: Piece
    cells: tuple[Piece, ...]


def rows_of(draft: Draft, block: Block) -> Iterator[Row]:
    """Yield the rows of a table, the header first; an empty cell has an empty place."""
    text = draft.page.text
    for cells, number in zip(block.rows, block.row_lines, strict=True):
        start, end = draft.text.bounds(number)
        place, pieces = start, []
        for cell in cells:
            at = max(text.find(cell, place, end), place)
            place = at + len(cell)
            pieces.append(Piece(at, place, cell))
            place = max(text.find("|", place, end) + 1, place)
        line = text[start:end].strip()
        at = text.index(line, start)
        yield Row(Piece(at, at + len(line), line), tuple(pieces))


def row_entry(row: Row) -> Entry:
    """Return a row as an item: its first cell leads, the others are said of it."""
    lead, *others = (cell for cell in row.cells if cell.text)
    if not others:
        return Entry("", lead.start, (lead,), 0)
    begin, end = others[0].start, others[-1].end
    # Of the same length, so that every place in the words is one in the page.
    words = row.line.text[begin - row.line.start : end - row.line.start]
    said = Piece(begin, end, words.replace("|", ";"))
    return Entry(plain(lead.text).rstrip(" :"), lead.start, (said,), 0)


def say_dose_rows(draft: Draft, rows: list[Row], place: Place) -> None:
    """Write down the doses of a table, of each row what its other cells say of it.

    What a column is for stands in its title: the first dose of a row need not be the
    one to start with, nor the highest the maximum. A first cell left empty is the one
    above, as where cells were merged.
    """
    titles = [plain(cell.text) for cell in rows[0].cells]
    draft.say("text", rows[0].line, place)
    above = Piece(0, 0, "")
    for row in rows[1:]:
        cells = list(row.cells)
        if cells and not cells[0].text and not _amount(titles[0], plain(above.text), 0):
            # Whom a row is about goes on; a dose stands where it stands.
            cells[0] = above
        above = cells[0] if cells else above
        here, only, lead = place, [], ""
        amounts: list[tuple[str, str]] = []
        for index, cell in enumerate(cells):
            title = titles[index] if index < len(titles) else ""
            words = plain(cell.text)
            if amount := _amount(title, words, index):
                amounts.append((title, amount))
            elif words and index == 0 and cue_of(words, "")[0]:
                # "Maximum dose" heads a row where each column is of other people.
                lead = words
            elif words:
                here, condition = _row_place(here, title, words)
                only += [condition] if condition else []
        found = False
        for title, amount in amounts:
            piece = Piece(row.line.start, row.line.end, amount)
            there, condition = _column_place(here, title)
            there = there.under(f"{title} {lead}".strip(), "table")
            said = "; ".join([*only, condition] if condition else only)
            found |= bool(say_doses(draft, piece, there, said or None))
        if not found and row.line.text:
            draft.say("text", row.line, here)


def _amount(title: str, words: str, index: int) -> str | None:
    """Return a cell that holds a dose, with the unit of its title where it has none."""
    if _CLEARANCE.search(title) or _CLEARANCE.search(words):
        return None
    if QUANTITY.search(words):
        return words
    unit = _IN_TITLE.search(title) if index and _BARE.fullmatch(words) else None
    if unit and QUANTITY.search(f"{words} {unit['unit']}"):
        return f"{words} {unit['unit']}"
    return None


def _row_place(place: Place, title: str, words: str) -> tuple[Place, str | None]:
    """Return the place as a cell narrows it, and what it says of no person's kind."""
    if _CLEARANCE.search(title):
        unit = "" if "min" in words else " mL/min"
        return place, f"creatinine clearance {words}{unit}"
    known = vocabulary()
    if age_span(words) or known.population(words) or known.routes.whole(words):
        return dose_place(place, words, known.population(words)), None
    if _ILLNESS.search(f"{title} {words}"):
        return place.but(indication=indication_term(words)), None
    return place, words if _LETTERS.search(words) else f"{title} {words}".strip()


def _column_place(place: Place, title: str) -> tuple[Place, str | None]:
    """Return the place as the title over a dose narrows it, and what else it says."""
    words = _IN_TITLE.sub("", title)
    if age_span(words) or vocabulary().population(words):
        return dose_place(place, words, vocabulary().population(words)), None
    if route := vocabulary().routes.first(words):
        return place.but(route=route), None
    if not _LETTERS.search(words) or _DOSE.search(words) or cue_of(words, "")[0]:
        return place, None
    return place, words.strip()


def dose_place(place: Place, lead: str, population: str | None) -> Place:
    """Return the place of doses below a lead: of whom, by which way, for what."""
    if population is None and (beside := _BESIDE.match(lead)):
        # What is taken beside it is no illness that it is taken for.
        who = place.population or "patients"
        return place.but(population=f"{who} {beside[0].lower()}")
    ages = age_span(lead)
    bound = None if ages else _BOUND.search(lead)
    if ages or bound:
        who = population or place.population or "patients"
        population = f"{who} {ages}" if ages else f"{who} {bound[0] if bound else ''}"
    if population:
        illness = _illness_in(lead) or place.indication
        return place.but(population=population, indication=illness)
    if route := vocabulary().routes.whole(lead):
        return place.but(route=route)
    if _OF_DOSES.search(lead):
        return place
    return place.but(indication=indication_term(lead))


@lru_cache(maxsize=512)
def _illness_in(lead: str) -> str | None:
    """Return what a lead that names people names besides: "Epilepsy (2-12 years)"."""
    parts = [part.strip() for part in _PARTS.split(lead)]
    if len(parts) > 1:
        for part in parts:
            if concept_of(part, "indications"):
                return indication_term(part)
    return None
