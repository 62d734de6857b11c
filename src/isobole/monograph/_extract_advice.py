"""Advice in single sentences: monitor, adjust, avoid, consult, taper, and the like."""

from __future__ import annotations

import re
from collections.abc import Callable

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_care import (
    adjust,
    caution,
    modal_of,
    monitor,
    population_of,
    strength_of,
)
from isobole.monograph._extract_denied import affirmed
from isobole.monograph._extract_terms import agent_term, effect_term
from isobole.monograph._extract_text import Piece, chunks, plain
from isobole.monograph._folded import Folded
from isobole.monograph._held import held, marks
from isobole.monograph._vocabulary import vocabulary

Rule = Callable[[Draft, Piece, Place], bool]

_CONTRAINDICATED = Folded(
    r"(?P<not>\bnot\s+|\bisn't\s+)?\bcontraindicated\b(?:\s+(?:in|for|during|with)\s+"
    r"(?:the\s+)?(?P<what>[^.;]+?)(?=\s+(?:due|because|as|since|unless|owing)\b|[.;,]|$))?",
)
_WHOSE = re.compile(
    r"^(?:patients?|individuals|people|those|anyone|persons|women|children)\s+"
    r"(?:with|who "
    r"have|having|who are)\s+(?:an?\s+|known\s+|a history of\s+)*",
    re.IGNORECASE,
)
_CONSULT = Folded(
    r"\b(?:discuss|consult|talk (?:to|with|about)|speak (?:to|with)|"
    r"inform (?:your|the|their)|"
    r"determined by (?:a|the|your)|advice of|ask your|should be counsel+ed)\w*",
)
_CONTACT = Folded(
    r"\b(?:contact|call|seek|report)\b[^.;]{0,60}?\b(?:doctor|physician|medical|"
    r"healthcare|help|attention|emergency|pharmacist)",
)
_ALCOHOL = Folded(
    r"\b(?:avoid|limit|abstain|refrain|minimi[sz]e)\w*\b[^.;]*\balcohol"
    r"|\balcohol\b[^.;]*\b(?:avoid|limit)\w*",
)
_CONTRACEPTION = Folded(
    r"\bcontraception\b|\bcontraceptive\s+(?:methods?|measures?|precautions?)|"
    r"\b(?:use|effective|reliable)\s+(?:\w+\s+)?contraceptives?\b(?!\s+may)",
)
_ROUTE_FORM = re.compile(
    r"^(?P<route>intravenous|intramuscular|oral|parenteral|rectal|subcutaneous|topical)\s+"
    r"(?P<what>[\w\s-]{3,40}?)\s+(?:is|are)\s+available\b",
    re.IGNORECASE,
)
_ROUTE_SHORT = {"intravenous": "IV", "intramuscular": "IM", "subcutaneous": "SC"}


def _contraindicated(draft: Draft, piece: Piece, place: Place) -> bool:
    match = _CONTRAINDICATED.search(piece.text)
    if match is None or match["not"] or piece.text.rstrip().endswith("?"):
        return False
    what = plain(match["what"] or "").split(", ")[0]
    bare = _WHOSE.sub("", what).strip()
    populations = vocabulary().population(what or piece.text) or place.population
    values: list[str | None] = []
    if bare:
        values = [effect_term(c.text).name for c in chunks(Piece(0, len(bare), bare))]
    elif populations == "pregnant" or "pregnan" in place.lead.lower():
        values = ["pregnancy"]
    for value in values or [None]:
        draft.say(
            "contraindication",
            piece,
            place,
            value,
            strength="contraindicated",
            population=populations,
            condition=value,
        )
    if populations and "pregnan" in populations:
        draft.say(
            "pregnancy",
            piece,
            place,
            "contraindicated",
            strength="contraindicated",
            population="pregnant",
        )
    return True


def _consult(draft: Draft, piece: Piece, place: Place) -> bool:
    if not _CONSULT.search(piece.text):
        return False
    population = population_of(piece.text, place)
    draft.say("counselling", piece, place, strength="inform", population=population)
    return True


def _contact(draft: Draft, piece: Piece, place: Place) -> bool:
    if not _CONTACT.search(piece.text):
        return False
    draft.say("action", piece, place, strength="inform")
    return True


def _lifestyle(draft: Draft, piece: Piece, place: Place) -> bool:
    text = piece.text
    lower = text.lower()
    said = False
    strength = strength_of(text)
    if _ALCOHOL.search(text):
        draft.say(
            "lifestyle",
            piece,
            place,
            "alcohol",
            strength="avoid" if "avoid" in lower else "caution",
            details={"modal": modal_of(text)},
        )
        said = True
    if "driv" in lower or "machinery" in lower:
        draft.say(
            "lifestyle",
            piece,
            place,
            "driving/machinery",
            strength=strength or "caution",
        )
        said = True
    if "grapefruit" in lower and ("avoid" in lower or "interact" in lower):
        draft.say("lifestyle", piece, place, "grapefruit", strength=strength)
        said = True
    return said


def _contraception(draft: Draft, piece: Piece, place: Place) -> bool:
    match = _CONTRACEPTION.search(piece.text)
    if match is None:
        return False
    lower = piece.text.lower()
    draft.say(
        "contraception",
        piece,
        place,
        "effective contraception"
        if "effective contra" in lower or "effective method" in lower
        else "contraception",
        strength="inform",
        population=vocabulary().populations.first(piece.text),
        details={"modal": modal_of(piece.text)},
    )
    return True


def _stopping(draft: Draft, piece: Piece, place: Place) -> bool:
    lower = piece.text.lower()
    value = None
    if "taper" in lower or "gradual" in lower:
        value = "taper"
    elif "abrupt" in lower or "withdrawal symptom" in lower or "sudden" in lower:
        value = "not abruptly"
    if value is None or not any(
        w in lower for w in ("stop", "taper", "discontinu", "withd")
    ):
        return False
    draft.say("discontinuation", piece, place, value, strength="inform")
    return True


def _disclaims(draft: Draft, piece: Piece, place: Place) -> bool:
    draft.say("disclaimer", piece, place, subject="page")
    return True


_MACHINE = (
    "ai-generated",
    "as an ai",
    "language model",
    "written by a machine",
    "machine-generated",
)


def _origin(draft: Draft, piece: Piece, place: Place) -> bool:
    lower = piece.text.lower()
    machine = any(map(lower.__contains__, _MACHINE))
    crowd = "crowd" in lower
    value = "ai_or_crowd" if machine and crowd else "ai" if machine else "crowd"
    draft.say("provenance", piece, place, value, subject="page")
    return True


def _available(draft: Draft, piece: Piece, place: Place) -> bool:
    form = _ROUTE_FORM.search(piece.text)
    if form:
        route = form["route"].lower()
        value = f"{_ROUTE_SHORT.get(route, route)} {agent_term(form['what'])}"
        draft.say(
            "formulation_alternative", piece, place, value, route=route,
            condition=place.lead or None,
        )  # fmt: skip
        return True
    if "generic" in piece.text.lower():
        draft.say("availability", piece, place)
        return True
    return False


def _missed(draft: Draft, piece: Piece, place: Place) -> bool:
    draft.say("missed_dose", piece, place, strength="inform")
    return True


_DISCLAIMERS = (
    "exhaustive list",
    "constitute medical",
    "for general knowledge",
    "informational purposes",
    "substitute for professional",
)


_TABLE: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    (monitor, ("monitor",)),
    (adjust, ("dos", "adjust", "individuali")),
    (_contraindicated, ("contraindicated",)),
    (
        _consult,
        (
            "consult",
            "discuss",
            "inform",
            "talk ",
            "speak ",
            "determined by",
            "ask your",
        ),
    ),
    (_contact, ("report", "contact", "seek", "call ")),
    (caution, ("risk", "caution", "careful", "screen")),
    (_lifestyle, ("alcohol", "driv", "machinery", "grapefruit")),
    (_contraception, ("contracept",)),
    (_stopping, ("abrupt", "taper", "withdrawal symptom", "gradual", "sudden")),
    (_disclaims, _DISCLAIMERS),
    (_origin, ("crowd-sourced", "crowdsourced", *_MACHINE)),
    (_available, ("available",)),
    (_missed, ("missed dose", "double the dose", "double dose")),
)
_RULES = tuple((rule, marks(keys)) for rule, keys in _TABLE)
ADVISED = marks(key for _, keys in _TABLE for key in keys)
"""What `held` gives for words of any rule: without one, no sentence is advice."""
_MOST = 4096
_for_marks: dict[int, tuple[Rule, ...]] = {0: ()}


def say_advice(draft: Draft, piece: Piece, place: Place) -> bool:
    """Try every rule whose words a sentence contains; return whether one held."""
    said = False
    here = held(piece.text) & ADVISED
    rules = _for_marks.get(here)
    if rules is None:
        rules = tuple(rule for rule, mark in _RULES if here & mark)
        if len(_for_marks) >= _MOST:
            _for_marks.clear()
        _for_marks[here] = rules
    if not rules:
        return False
    told = affirmed(piece)
    for rule in rules:
        # "No change of the dose" is a statement; what else is denied is none.
        said = rule(draft, piece if rule is adjust else told, place) or said
    return said
