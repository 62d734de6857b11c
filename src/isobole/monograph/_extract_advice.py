"""Advice in single sentences: monitor, adjust, avoid, consult, taper, and the like."""

from __future__ import annotations

import re
from collections.abc import Callable

from isobole.monograph._draft import Draft, Place, hedge
from isobole.monograph._extract_terms import agent_term, effect_term
from isobole.monograph._extract_text import Piece, chunks, plain
from isobole.monograph._statement import Strength
from isobole.monograph._vocabulary import age_limit, vocabulary

Rule = Callable[[Draft, Piece, Place], bool]

_MONITOR = re.compile(
    r"\bmonitor(?:ing|ed)?\s+(?:(?:closely|regularly|carefully|periodically)\s+)?"
    r"(?:(?:of|for)\s+)?(?:the\s+)?(?:(?P<who>infants?|patients?|babies|baby|children|"
    r"mothers?|newborns?)(?:\s+(?:closely|carefully|regularly))?\s*(?:for\s+|$|(?=[.,;])))?"
    r"(?P<what>[^.;]*)",
    re.IGNORECASE,
)
_MONITORED = re.compile(
    r"^(?P<what>[^.;]+?)\s+(?:should|must|need to|needs to|may)\s+be\s+"
    r"(?:\w+ly\s+)?monitored",
    re.IGNORECASE,
)
_MONITOR_STOP = re.compile(
    r"\s+(?:is|are|should|must|may|before|during|while|when|throughout|regularly|closely|"
    r"periodically|carefully|frequently|in\s+(?:patients|these|this|those)|especially|"
    r"if|as|to|by|with|at)\b.*$|\s*[,:]\s*(?:especially|particularly|as|and\s+adjust).*$",
    re.IGNORECASE | re.DOTALL,
)
_WHEN = re.compile(
    r"\b(?:before(?:\s+and\s+during)?|during|throughout|after|prior to)\s+(?:the\s+)?"
    r"(?:treatment|therapy|use|initiation|starting)\b[\w\s]{0,20}",
    re.IGNORECASE,
)
_ADJUST = re.compile(
    r"\b(?:dos(?:e|es|age|ages|ing))\s+(?:adjustments?|reductions?|modifications?)\b"
    r"|\b(?:adjust|reduc|modif|individuali[sz]|halv|decreas|lower|increas)\w*\s+(?:in\s+|of\s+)?(?:the\s+|their\s+)?"
    r"dos(?:e|es|age|ing)\b"
    r"|\bdos(?:e|es|age|ing)\s+(?:should|must|may|might|can|needs? to)\s+(?:need to\s+)?"
    r"be\s+(?:\w+ly\s+)?(?:individuali[sz]ed|adjusted|reduced|lowered|decreased|halved|"
    r"modified)"
    r"|\b(?:lower|reduced|smaller)\s+(?:initial\s+|starting\s+)?dos(?:e|es|ages?)\b"
    r"|\badjustments?\s+(?:is|are|may be|might be|should be)\s+\w+|^\s*individuali[sz]ed\b"
    r"|\bno\s+dos(?:e|age)\s+adjustment|\blower\s+end\s+of\s+the\s+dos",
    re.IGNORECASE,
)
_CONTRAINDICATED = re.compile(
    r"(?P<not>\bnot\s+|\bisn't\s+)?\bcontraindicated\b(?:\s+(?:in|for|during|with)\s+"
    r"(?:the\s+)?(?P<what>[^.;]+?)(?=\s+(?:due|because|as|since|unless|owing)\b|[.;,]|$))?",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"^(?:patients?|individuals|people|those|anyone|persons|women|children)\s+(?:with|who "
    r"have|having|who are)\s+(?:an?\s+|known\s+|a history of\s+)*",
    re.IGNORECASE,
)
_CONSULT = re.compile(
    r"\b(?:discuss|consult|talk to|speak (?:to|with)|inform (?:your|the|their)|"
    r"determined by (?:a|the|your)|advice of|ask your|should be counsel+ed)\w*",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\b(?:contact|call|seek|report)\b[^.;]{0,60}?\b(?:doctor|physician|medical|"
    r"healthcare|help|attention|emergency|pharmacist)",
    re.IGNORECASE,
)
_CAUTION = re.compile(
    r"\b(?:use[ds]?|administered|prescribed)?\s*(?:with\s+|extreme\s+)*(?:caution|"
    r"cautiously|careful(?:ly)?\s+(?:consider|use|evaluat|assess)\w*)",
    re.IGNORECASE,
)
_SCREEN = re.compile(r"\bscreen(?:ing)?\b\s+(?:for|patients)", re.IGNORECASE)
_RISKY = re.compile(r"\b(?:increased|higher|greater|elevated)\s+risk\b", re.IGNORECASE)
_ALCOHOL = re.compile(
    r"\b(?:avoid|limit|abstain|refrain|minimi[sz]e)\w*\b[^.;]*\balcohol"
    r"|\balcohol\b[^.;]*\b(?:avoid|limit)\w*",
    re.IGNORECASE,
)
_CONTRACEPTION = re.compile(
    r"\bcontraception\b|\bcontraceptive\s+(?:methods?|measures?|precautions?)|"
    r"\b(?:use|effective|reliable)\s+(?:\w+\s+)?contraceptives?\b(?!\s+may)",
    re.IGNORECASE,
)
_ROUTE_FORM = re.compile(
    r"^(?P<route>intravenous|intramuscular|oral|parenteral|rectal|subcutaneous|topical)\s+"
    r"(?P<what>[\w\s-]{3,40}?)\s+(?:is|are)\s+available\b",
    re.IGNORECASE,
)
_ROUTE_SHORT = {"intravenous": "IV", "intramuscular": "IM", "subcutaneous": "SC"}
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
_MODALS = re.compile(r"\b(must|should|may|might|can|could|need to)\b", re.IGNORECASE)


def strength_of(text: str) -> Strength:
    """Return how strongly a sentence advises, None if it does not."""
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


def _monitor(draft: Draft, piece: Piece, place: Place) -> bool:
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
            defects=None if values else ["monitoring_without_parameter"],
        )
    return True


def _adjust(draft: Draft, piece: Piece, place: Place) -> bool:
    if not _ADJUST.search(piece.text):
        return False
    named = vocabulary().populations.found(piece.text)
    populations: list[str | None] = list(dict.fromkeys(name for _, _, name in named))
    if age_limit(piece.text):
        populations = [vocabulary().population(piece.text)]
    none = re.search(r"\bno\s+dos(?:e|age)\s+adjustment", piece.text, re.IGNORECASE)
    for population in populations or [place.population]:
        draft.say(
            "dose_adjustment",
            piece,
            place,
            "none" if none else None,
            strength="inform" if none else "adjust",
            certainty=hedge(piece.text),
            population=population,
            modal=modal_of(piece.text),
        )
    return True


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


def _caution(draft: Draft, piece: Piece, place: Place) -> bool:
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
            modal=modal_of(text),
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
        modal=modal_of(piece.text),
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


def _origin(draft: Draft, piece: Piece, place: Place) -> bool:
    lower = piece.text.lower()
    machine = (
        "ai-generated" in lower or "as an ai" in lower or "language model" in lower
    )
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


# What a sentence must contain for a rule to be tried, in lower case.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("monitor",), _monitor),
    (("dose", "dosage", "dosing", "adjust", "individuali"), _adjust),
    (("contraindicated",), _contraindicated),
    (
        (
            "discuss",
            "consult",
            "talk to",
            "speak ",
            "inform",
            "determined by",
            "ask your",
        ),
        _consult,
    ),
    (("contact", "call ", "seek", "report"), _contact),
    (("caution", "careful", "screen", "risk"), _caution),
    (("alcohol", "driv", "machinery", "grapefruit"), _lifestyle),
    (("contracept",), _contraception),
    (("abrupt", "taper", "withdrawal symptom", "gradual", "sudden"), _stopping),
    (
        (
            "exhaustive list",
            "constitute medical",
            "for general knowledge",
            "informational purposes",
            "substitute for professional",
        ),
        _disclaims,
    ),
    (
        ("ai-generated", "crowd-sourced", "crowdsourced", "as an ai", "language model"),
        _origin,
    ),
    (("available",), _available),
    (("missed dose", "double the dose", "double dose"), _missed),
)


def say_advice(draft: Draft, piece: Piece, place: Place) -> bool:
    """Try every rule whose words a sentence contains; return whether one held."""
    lower = piece.text.lower()
    said = False
    for words, rule in RULES:
        for word in words:
            if word in lower:
                said = rule(draft, piece, place) or said
                break
    return said
