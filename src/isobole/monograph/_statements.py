"""From the parts of a page to its statements: which rule reads which sentence."""

from __future__ import annotations

from functools import lru_cache

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_guide import say_guide
from isobole.monograph._extract_metadata import (
    say_front_matter,
    say_main_heading,
)
from isobole.monograph._extract_questions import say_answer, split_question
from isobole.monograph._extract_rows import (
    dose_place,
    row_entry,
    rows_of,
    say_dose_rows,
)
from isobole.monograph._extract_text import Entry, Piece, entry
from isobole.monograph._extract_topics import handle
from isobole.monograph._page import Block, Monograph, Section
from isobole.monograph._statement import Statement
from isobole.monograph._text import PageText
from isobole.monograph._vocabulary import vocabulary

# Topics whose leads may change the topic; elsewhere a lead names what it speaks of.
_OPEN = frozenset(
    ("usage", "mechanism", "pharmacodynamics", "pharmacokinetics", "metabolism",
     "alternate_names", "brand_names", "summary", "pregnancy", "breastfeeding",
     "pregnancy_breastfeeding", "precautions", None)
)  # fmt: skip


def extract_statements(
    page: Monograph, text: PageText | None = None
) -> tuple[Statement, ...]:
    r"""Return the statements of a page, in its order, each with its span.

    Sentences are read by the rules of their section, then by those for advice that may
    stand anywhere; what no rule understands is a statement of kind ``"text"``. A page
    that was read needs no statements of its own yet.

    Parameters
    ----------
    page : Monograph
        As `read` makes it: text, sections, front matter.
    text : PageText, optional
        Its text, if that has been cut into lines already.

    Returns
    -------
    tuple of Statement

    Examples
    --------
    >>> from isobole.monograph import read
    >>> page = read(
    ...     "---\ntitle: Examplamide\n---\n## Dosage\n### Adults\n"
    ...     "- **Epilepsy:** Start with 5 mg twice daily. Maximum 40 mg/day.\n"
    ... )
    >>> for said in extract_statements(page)[1:]:
    ...     print(said.kind, said.value, said.unit, said.scope.indication)
    dose_initial 5 mg twice daily epilepsy
    dose_max 40 mg/day epilepsy
    """
    draft = Draft(page, text)
    if page.front_matter:
        say_front_matter(draft)
    if page.kind == "guide":
        say_guide(draft)
        return draft.statements()
    for section in page.sections:
        # The front matter of a second page, glued to this one, reads as a heading.
        if section.title.startswith("title:") and (
            name := section.title.partition(":")[2].strip(" '\"")
        ):
            draft.begin_another(name)
        _section(draft, section)
    return draft.statements()


def _section(draft: Draft, section: Section) -> None:
    place = _place(section)
    if section.level == 1 and section.name is None:
        say_main_heading(draft, section)
    if section.inline:
        begin, end = draft.text.bounds(section.line)
        at = draft.page.text.rfind(section.inline.rstrip(" *"), begin, end)
        if at >= 0:
            made = entry(draft.page.text, at, end)
            _entry(draft, made, place, "paragraph")
    above: list[tuple[int, Place]] = []
    asked: str | None = place.question
    for block in section.blocks:
        if place.topic == "faq" or asked:
            asked = _faq_block(draft, block, place, asked)
            continue
        if block.kind in ("rule",):
            continue
        if block.kind == "table" and len(block.rows) > 1 and len(block.rows[0]) > 1:
            _table(draft, block, place)
            continue
        start, end = draft.text.bounds(block.line, block.end_line)
        made = entry(draft.page.text, start, end, block.depth)
        while above and (block.kind != "item" or above[-1][0] >= block.depth):
            above.pop()
        here = above[-1][1] if above else place
        if block.kind != "item":
            place = _introduced(place, made)
            here = place
        here = _entry(draft, made, here, block.kind)
        if block.kind == "item":
            above.append((block.depth, here))


def _table(draft: Draft, block: Block, place: Place) -> None:
    """Read a table row by row: what one row says is not said of the others."""
    rows = [row for row in rows_of(draft, block) if row.line.text]
    if place.topic in ("dosage", "adjustments"):
        say_dose_rows(draft, rows, place)
        return
    draft.say("text", rows[0].line, place)
    for row in rows[1:]:
        if any(cell.text for cell in row.cells):
            _entry(draft, row_entry(row), place, "item")


def _place(section: Section) -> Place:
    path = section.path
    if path and "?" in path[-1]:
        # A question is of one page only.
        question = split_question(path[-1])[0]
        return _place_of(section.name, path[:-1]).but(section=path, question=question)
    return _place_of(section.name, path)


# The same headings stand in page after page.
@lru_cache(maxsize=2048)
def _place_of(name: str | None, path: tuple[str, ...]) -> Place:
    words = vocabulary()
    topic = words.topic(name) if name else None
    population = indication = frequency = question = None
    for title in path:
        if "?" in title:
            question = split_question(title)[0]
            continue
        own = words.topic(title)
        # A title below a known section changes its topic only if that is open.
        if own and (topic is None or topic in _OPEN or own == "adjustments"):
            topic = own
        population = words.population(title) or population
        frequency = words.frequency(title) or frequency
    if topic == "summary":
        frequency = "summary"
    return Place(topic, path, population, indication, None, frequency, None, question)


def _introduced(place: Place, made: Entry) -> Place:
    """Return the place as a paragraph that introduces a list changes it."""
    last = made.sentences[-1].text if made.sentences else ""
    if place.topic == "adverse" and last.endswith(":"):
        frequency = vocabulary().frequency(last)
        return place.but(frequency=frequency or place.frequency)
    return place


def _faq_block(
    draft: Draft, block: Block, place: Place, asked: str | None
) -> str | None:
    start, end = draft.text.bounds(block.line, block.end_line)
    question, at = split_question(draft.page.text[start:end])
    if question:
        asked = question
        start += at
    if asked is None:
        made = entry(draft.page.text, start, end, block.depth)
        for piece in made.sentences:
            draft.say("text", piece, place)
        return None
    if start < end:
        say_answer(draft, start, end, place, asked, handle)
    return asked


def _entry(draft: Draft, made: Entry, place: Place, block: str) -> Place:
    """Read one paragraph or item; return the place for what is nested in it."""
    words = vocabulary()
    lead = made.lead
    if lead or place.lead or block != place.block:
        place = place.under(lead, block)
    if lead:
        if place.topic in _OPEN:
            place = place.but(topic=words.topic(lead) or place.topic)
        population = words.population(lead)
        if place.topic == "dosage" or place.topic == "adjustments":
            place = dose_place(place, lead, population)
        elif population and place.topic not in ("adverse", "interactions", "usage"):
            place = place.but(population=population)
    first = made.sentences[0] if made.sentences else None
    draft.opening = (first.start, first.end, made.begin) if first and lead else None
    handle(draft, made, place, block)
    draft.opening = None
    if (
        not made.sentences
        and lead
        and place.topic not in ("adverse", "contraindications")
    ):
        start = made.begin
        end = draft.page.text.find("\n", start)
        end = len(draft.page.text) if end < 0 else end
        draft.say("text", Piece(start, end, draft.page.text[start:end]), place)
    return place
