"""Care in single sentences: what to monitor, when to adjust, where to be careful."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place, hedge
from isobole.monograph._extract_denied import denied, undenied
from isobole.monograph._extract_terms import effect_term
from isobole.monograph._extract_text import Piece, chunks, plain
from isobole.monograph._folded import Folded
from isobole.monograph._held import ODD, held, marks
from isobole.monograph._statement import Strength
from isobole.monograph._vocabulary import age_limit, vocabulary

_MONITOR = Folded(
    r"\bmonitor(?:ing|ed)?\s+(?:(?:closely|regularly|carefully|periodically)\s+)?"
    r"(?:(?:of|for)\s+)?(?:the\s+)?(?:(?P<who>infants?|patients?|babies|baby|children|"
    r"mothers?|newborns?)(?:\s+(?:closely|carefully|regularly))?\s*(?:for\s+|$|(?=[.,;])))?"
    r"(?P<what>[^.;]*)",
)
_MONITORED = re.compile(
    r"^(?P<what>[^.;]+?)\s+(?:(?:should|must|need to|needs to|may)\s+be|is|are)\s+"
    r"(?:\w+ly\s+)?monitored",
    re.IGNORECASE,
)
_MONITOR_STOP = re.compile(
    r"\s+(?:is|are|should|must|may|before|during|while|when|throughout|regularly|closely|"
    r"periodically|carefully|frequently|in\s+(?:patients|these|this|those)|especially|"
    r"if|as|to|by|with|at)\b.*$|\s*[,:]\s*(?:especially|particularly|as|and\s+adjust).*$",
    re.IGNORECASE | re.DOTALL,
)
_WHEN = Folded(
    r"\b(?:before(?:\s+and\s+during)?|during|throughout|after|prior to)\s+(?:the\s+)?"
    r"(?:treatment|therapy|use|initiation|starting)\b[\w\s]{0,20}",
)
_ADJUST = re.compile(
    r"\b(?:dos(?:e|es|age|ages|ing))\s+(?:adjustments?|reductions?|modifications?)\b"
    r"|\b(?:adjust|reduc|modif|individuali[sz]|halv|decreas|lower|increas)\w*\s+(?:in\s+|of\s+)?(?:the\s+|their\s+)?"
    r"dos(?:e|es|age|ing)\b"
    r"|\bdos(?:e|es|age|ing)\s+(?:should|must|may|might|can|needs? to)\s+"
    r"(?:need to\s+)?"
    r"be\s+(?:\w+ly\s+)?(?:individuali[sz]ed|adjusted|reduced|lowered|decreased|halved|"
    r"modified)"
    r"|\b(?:lower|reduced|smaller)\s+(?:initial\s+|starting\s+)?dos(?:e|es|ages?)\b"
    r"|\badjustments?\s+(?:is|are|may be|might be|should be)\s+\w+"
    r"|^\s*individuali[sz]ed\b"
    r"|\bno\s+dos(?:e|age)\s+adjustment|\blower\s+end\s+of\s+the\s+dos",
    re.IGNORECASE,
)
_ADJUSTED = marks(
    ("adjust", "reduc", "modif", "individuali", "halv", "decreas", "lower", "increas",
     "smaller")
)  # fmt: skip
"""One of these stands in every sentence that `_ADJUST` finds."""
_CAUTION = Folded(
    r"\b(?:use[ds]?|administered|prescribed)?\s*(?:with\s+|extreme\s+)*(?:caution|"
    r"cautiously|careful(?:ly)?\s+(?:consider|use|evaluat|assess)\w*)",
    keys=("cautio", "careful"),
)
_SCREEN = Folded(r"\bscreen(?:ing)?\b\s+(?:for|patients)", keys=("screen",))
_RISKY = Folded(r"\b(?:increased|higher|greater|elevated)\s+risk\b")
_STRENGTHS: tuple[tuple[str, Strength], ...] = (
    ("contraindicated", "contraindicated"),
    ("must not", "contraindicated"),
    ("avoid", "avoid"),
    ("should not", "avoid"),
    ("not recommended", "avoid"),
    ("caution", "caution"),
    ("careful", "caution"),
    ("monitor", "monitor"),
)
_ADVISES = marks(words.split()[-1] for words, _ in _STRENGTHS)
_MODALS = Folded(r"\b(must|should|may|might|can|could|need to)\b")


def strength_of(text: str) -> Strength:
    """Return how strongly a sentence advises, None if it does not."""
    if not held(text) & _ADVISES:
        return None
    lower = text.lower().replace("not contraindicated", "")
    for words, strength in _STRENGTHS:
        if words in lower:
            return strength
    return None


def modal_of(text: str) -> str | None:
    """Return the first modal verb of a sentence."""
    match = _MODALS.search(text)
    return match[1].lower() if match else None


def population_of(text: str, place: Place) -> str | None:
    """Return the population a sentence names, or that of its place."""
    return vocabulary().population(text) or place.population


def monitor(draft: Draft, piece: Piece, place: Place) -> bool:
    text = piece.text
    when = _WHEN.search(text)
    condition = when[0].strip().lower() if when else None
    match = _MONITORED.search(text) or _MONITOR.search(text)
    if match is None:
        return False
    begin, end = match.span("what")
    stop = _MONITOR_STOP.search(" " + match["what"])
    if stop:
        end = begin + max(stop.start() - 1, 0)
    who = match.groupdict().get("who")
    population = vocabulary().population(text) or place.population
    if (
        who
        and who.lower().startswith(("infant", "bab"))
        and "breast" in f"{population} {place.population}"
    ):
        population = "breastfed infant"
    values: list[str | None] = []
    for chunk in chunks(piece, begin, end):
        words = plain(chunk.text).lower()
        if words.startswith("other ") or words in ("patients", "closely", "infant"):
            continue
        values.append(effect_term(chunk.text).name)
    for value in values or [None]:
        draft.say(
            "monitoring",
            piece,
            place,
            value,
            strength="monitor",
            population=population,
            condition=condition,
            details={"defects": None if values else ["monitoring_without_parameter"]},
        )
    return True


# How what `_ADJUST` finds begins, at the beginning of a word or of the text.
_ADJUST_BEGINS = re.compile(r"(?:do|ad|re|mo|in|ha|de|lo|sm|no)(?<!\w..)")


def _adjusts(text: str) -> bool:
    here = held(text)
    if not here & _ADJUSTED:
        return False
    if here & ODD:
        return _ADJUST.search(text) is not None
    if _ADJUST.match(text):
        return True
    begins = _ADJUST_BEGINS.finditer(text.lower())
    return any(_ADJUST.match(text, begin.start()) for begin in begins)


def adjust(draft: Draft, piece: Piece, place: Place) -> bool:
    if not _adjusts(piece.text):
        return False
    named = vocabulary().populations.found(piece.text)
    populations: list[str | None] = list(dict.fromkeys(name for _, _, name in named))
    if age_limit(piece.text):
        populations = [vocabulary().population(piece.text)]
    # "None in mild, a lower dose in severe impairment" is an adjustment.
    none = denied(piece.text) and not _ADJUST.search(undenied(piece.text))
    for population in populations or [place.population]:
        draft.say(
            "dose_adjustment",
            piece,
            place,
            "none" if none else None,
            strength="inform" if none else "adjust",
            certainty=hedge(piece.text),
            population=population,
            details={"modal": modal_of(piece.text)},
        )
    return True


def caution(draft: Draft, piece: Piece, place: Place) -> bool:
    text = piece.text
    if place.topic in ("breastfeeding", "pregnancy_breastfeeding"):
        return False
    limit = age_limit(text)
    risk = limit if limit and _RISKY.search(text) else None
    if not (risk or _CAUTION.search(text) or _SCREEN.search(text)):
        return False
    when = _WHEN.search(text)
    draft.say(
        "precaution",
        piece,
        place,
        risk[0] if risk else None,
        risk[1] if risk else None,
        strength="caution" if not _SCREEN.search(text) else "monitor",
        population=population_of(text, place),
        condition=when[0].strip().lower() if when else None,
    )
    return True
