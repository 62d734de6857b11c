"""Tables of a guide: doses and findings in animals, patients and outcomes, scales."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_results import amounts, outcome_of, result_of, substance
from isobole.monograph._extract_text import Piece, citations, plain, sentences
from isobole.monograph._extract_units import NUMBER, number
from isobole.monograph._tables import PageTable, TableCell, TableRow

_ROLES = (
    ("reference", re.compile(r"reference|source|citation", re.I)),
    ("population", re.compile(r"population|patients|participants", re.I)),
    ("outcome", re.compile(r"finding|outcome|result|effect|efficacy|safety", re.I)),
    ("dose", re.compile(r"\bdoses?\b|dosage|ED50", re.I)),
    ("drug", re.compile(r"drug|compound|treatment|combination|agent", re.I)),
    ("model", re.compile(r"model|animal|species|test\b", re.I)),
    ("score", re.compile(r"^(?:score|stage|grade|class|level)\b", re.I)),
)  # fmt: skip
_MEDIAN = re.compile(
    rf"\b(?P<what>[ETL]D50)\b\s*[:=]?\s*(?P<value>{NUMBER})\s*(?P<unit>\S+)"
)
_PATIENTS = re.compile(
    rf"(?P<n>{NUMBER})\s+(?:\w+\s+)?(?P<who>patients|subjects|participants|children|adults)"
)
_COUNT = re.compile(rf"^\s*[nN]?\s*=?\s*(?P<n>{NUMBER})\b(?!\s*%)")
_PARTS = re.compile(
    r",\s+(?:but|whereas|while)\s+|;\s+|\s+and\s+(?=(?:\w+ly\s+)?\w{3,}ed\b)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:suppression|protection|inhibition|reduction)\s+(?:of|against)\s+(.+)", re.I
)


def say_table(draft: Draft, table: PageTable, place: Place) -> bool:
    """Write down the rows of a table; return whether its header was understood."""
    roles: dict[str, list[int]] = {}
    for index, title in enumerate(table.header):
        for role, pattern in _ROLES:
            if pattern.search(title):
                roles.setdefault(role, []).append(index)
                break
    if "score" in roles and len(table.header) >= 2:
        for row in table.rows:
            _level(draft, row, table, place)
        return True
    if "population" in roles and "outcome" in roles:
        for row in table.rows:
            _clinical(draft, row, roles, table, place)
        return True
    if "dose" in roles and ("outcome" in roles or "drug" in roles):
        for row in table.rows:
            _preclinical(draft, row, roles, place)
        return True
    return False


def _pieces(draft: Draft, cell: TableCell) -> list[Piece]:
    found = []
    for line, text in cell.pieces:
        start, end = draft.text.bounds(line)
        at = draft.page.text.find(text, start, end)
        if at >= 0 and text:
            found.append(Piece(at, at + len(text), text))
    return found


def _cell(row: TableRow, roles: dict[str, list[int]], role: str) -> TableCell | None:
    for index in roles.get(role, ()):
        if index < len(row.cells):
            return row.cells[index]
    return None


def _words(row: TableRow, roles: dict[str, list[int]], role: str) -> str:
    cell = _cell(row, roles, role)
    return plain(cell.text) if cell else ""


def _cites(row: TableRow, roles: dict[str, list[int]]) -> list[int]:
    cell = _cell(row, roles, "reference")
    return citations(cell.text) if cell else []


def _level(draft: Draft, row: TableRow, table: PageTable, place: Place) -> None:
    score = row.cells[0].text
    if not score.replace(".", "").isdigit():
        return
    start, end = draft.text.bounds(row.line)
    line = draft.page.text[start:end]
    piece = Piece(start, start + len(line.rstrip()), line.rstrip())
    name = re.sub(r"^Table\s+\d+\s*[:.]\s*", "", table.caption)
    name = re.split(r"\s+for\s+|\s+of\s+", name)[0].strip()
    draft.say(
        "scale_level",
        piece,
        place,
        number(score),
        table.header[0].strip().lower(),
        subject=name or "scale",
        details={"manifestation": plain(row.cells[1].text), "cites": citations(line)},
    )


def _preclinical(
    draft: Draft, row: TableRow, roles: dict[str, list[int]], place: Place
) -> None:
    dose_cell = _cell(row, roles, "dose")
    if dose_cell is None:
        return
    drug = substance(_words(row, roles, "drug"))
    model = _words(row, roles, "model")
    population = (
        "rats"
        if "rat" in model.lower()
        else "mice"
        if "mice" in model.lower()
        else None
    )
    outcomes = [
        piece
        for index in roles.get("outcome", ())
        if index < len(row.cells)
        for piece in _pieces(draft, row.cells[index])
    ]
    cites = _cites(row, roles)
    defects = ["table_row_missing_merged_cell"] if row.state == "shifted" else None
    median = _MEDIAN.search(dose_cell.text)
    if median:
        begin = _pieces(draft, dose_cell)
        if not begin:
            return
        end = (
            outcomes[0].end
            if outcomes and outcomes[0].start > begin[0].start
            else begin[0].end
        )
        whole = Piece(begin[0].start, end, draft.page.text[begin[0].start : end])
        about = _ABOUT.search(outcomes[0].text) if outcomes else None
        kind = "ed50" if median["what"] == "ED50" else "preclinical_result"
        draft.say(
            kind, whole, place, number(median["value"]), median["unit"].strip(".,;"),
            subject=drug, population=population,
            condition=plain(about[1]).strip(". ") if about else None,
            details={
                "outcome": median["what"] if kind != "ed50" else None, "cites": cites,
                "model": model or None, "defects": defects,
            },
        )  # fmt: skip
        return
    value, unit = amounts(dose_cell.text)
    for piece in outcomes:
        for sentence in sentences(draft.page.text, piece.start, piece.end):
            for part in _split(sentence):
                draft.say(
                    "preclinical_result", part, place, value, unit,
                    subject=drug, population=population, condition=model or None,
                    details={
                        "outcome": outcome_of(part.text), "cites": cites,
                        "model": model or None, "defects": defects,
                    },
                )  # fmt: skip


def _split(sentence: Piece) -> list[Piece]:
    found = []
    place = 0
    text = sentence.text
    for match in [*_PARTS.finditer(text), None]:
        end = match.start() if match else len(text)
        words = text[place:end]
        if words.strip():
            start = sentence.start + place + len(words) - len(words.lstrip())
            bare = words.strip()
            found.append(Piece(start, start + len(bare), bare))
        place = match.end() if match else end
    return found


def _clinical(
    draft: Draft,
    row: TableRow,
    roles: dict[str, list[int]],
    table: PageTable,
    place: Place,
) -> None:
    cites = _cites(row, roles)
    treatment = _words(row, roles, "drug")
    versus = re.split(r"\s+vs\.?\s+", treatment)
    subject = substance(versus[0]) if versus[0] else draft.subject
    against = f"vs {substance(versus[1])}" if len(versus) > 1 else None
    cell = _cell(row, roles, "population")
    group = plain(cell.text) if cell else ""
    for piece in _pieces(draft, cell) if cell else []:
        count = _PATIENTS.search(piece.text)
        if count:
            draft.say(
                "clinical_population", piece, place, number(count["n"]), count["who"],
                subject=subject, condition=treatment or None, details={"cites": cites},
            )  # fmt: skip
        elif count := _COUNT.search(piece.text):
            draft.say(
                "clinical_population", piece, place, number(count["n"]),
                subject=subject, condition=treatment or None, details={"cites": cites},
            )  # fmt: skip
        else:
            draft.say("text", piece, place, subject=subject)
    for index in roles["outcome"]:
        if index >= len(row.cells):
            continue
        before = ""
        for piece in _pieces(draft, row.cells[index]):
            for sentence in sentences(draft.page.text, piece.start, piece.end):
                for part in _split(sentence):
                    value, unit = result_of(part.text)
                    continued = before if part.text.startswith("(") else None
                    draft.say(
                        "clinical_result", part, place, value, unit,
                        subject=subject, population=group or None, condition=against,
                        details={
                            "cites": cites, "column": table.header[index],
                            "continues": continued,
                            "defects": ["table_row_split_by_page_break"]
                            if row.state == "joined" else None,
                        },
                    )  # fmt: skip
                    before = part.text
