"""Pregnancy and breastfeeding: category, risks, what is advised."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place, hedge
from isobole.monograph._extract_denied import undenied
from isobole.monograph._extract_terms import effect_term
from isobole.monograph._extract_text import Piece, chunks
from isobole.monograph._folded import Folded
from isobole.monograph._held import gate, held
from isobole.monograph._statement import Strength
from isobole.monograph._vocabulary import vocabulary

_CATEGORY = Folded(r"categor(?:y|ies)\W{0,6}(?:is\s+|of\s+)?\W{0,4}([ABCDX]\d?)\b")
_LETTER = re.compile(r"^\W*(?:category\s+)?([ABCDX]\d?)\b(?!['’])")
_RISKS = re.compile(
    r"\brisks?\s+of\s+(?P<what>[^.;]+)|\b(?:cause|causes|causing|associated with|"
    r"linked to|leads? to|result(?:s|ing)? in|include|including)\s+(?P<effects>[^.;]+)",
    re.IGNORECASE,
)
_DEFECT = Folded(
    r"defects?|malformation|abnormalit|anomal|delay|impair|autis|cognitive|syndrome|"
    r"restriction|retard|death|loss|abortion|miscarriage|withdrawal|toxicity|bleeding|"
    r"teratogen|birth weight|hypospadias|cleft|spina|disorders?\b|scores?\b",
)
_TAIL = re.compile(
    r"\s+(?:when|if|during|in\s+(?:the\s+)?(?:\w+\s+)?(?:pregnan|fetus|babies|infants|"
    r"newborn|developing|unborn|first|second|third|animal)|and\s+should|, and should)"
    r".*$",
    re.IGNORECASE | re.DOTALL,
)
_UNLESS = Folded(
    r"\b(?:unless|only if|only when)\b[^.;]*\b(?:benefits?|clearly|outweigh|justif)",
    keys=("unless", "only"),
)
_SPECIFIC = re.compile(
    r"^(?:(?:particularly|especially|such as|including|e\.g\.,?|"
    r"(?:an?\s+)?(?:increased|higher|high|significant)?\s*risks?\s+of)\s+)+",
    re.IGNORECASE,
)
_NOT = Folded(r"\bnot\b")
_SPECIALIST = Folded(r"\b(?:specialist|close)\b[^.;]*\bsupervision|supervision of a s")


def say_pregnancy(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down what a sentence says of pregnancy."""
    text = piece.text
    lead = place.lead.lower()
    said = False
    category = _CATEGORY.search(text)
    if category is None and "categor" in lead:
        category = _LETTER.search(text)
    if category:
        draft.say(
            "pregnancy",
            piece,
            place,
            category[1].upper(),
            population="pregnant",
            details={
                "defects": ["category_system_unstated"]
                if not re.search(r"FDA|TGA|ADEC|Austral", text)
                else None
            },
        )
        said = True
    told = undenied(text)
    for match in _RISKS.finditer(told):
        said = _risks(draft, piece, place, match) or said
    if _UNLESS.search(text):
        # "Should not be used unless" forbids with an exception; "use only if" allows.
        forbids = _NOT.search(text) or "avoid" in text.lower() or "contraind" in text
        draft.say(
            "pregnancy",
            piece,
            place,
            "relative contraindication"
            if forbids
            else "only if benefit outweighs risk",
            strength="avoid" if forbids else "caution",
            population="pregnant",
            condition="specialist supervision" if _SPECIALIST.search(text) else None,
        )
        said = True
    elif "avoid" in told.lower() or "should not be used" in told.lower():
        draft.say(
            "pregnancy", piece, place, "avoid", strength="avoid", population="pregnant"
        )
        said = True
    return said


def _risks(draft: Draft, piece: Piece, place: Place, match: re.Match[str]) -> bool:
    name = "what" if match["what"] is not None else "effects"
    begin, end = match.span(name)
    words = _TAIL.sub("", match[name])
    end = begin + len(words)
    inner = Piece(piece.start + begin, piece.start + end, words)
    said = False
    for chunk in chunks(inner):
        text = _SPECIFIC.sub("", chunk.text)
        head, _, listed = text.partition("(")
        if not _DEFECT.search(text) or len(head.split()) > 7:
            continue
        values = [effect_term(head).name]
        if listed:
            bare = listed.rstrip(") ")
            values.extend(
                effect_term(c.text).name for c in chunks(Piece(0, len(bare), bare))
            )
        for value in values:
            draft.say(
                "pregnancy",
                piece,
                place,
                value,
                population="fetus",
                certainty=hedge(piece.text, match.start()),
                details={"aspect": "risk to the fetus"},
            )
            said = True
    return said


def say_fetal_effects(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down risks to the fetus that a page files among the side effects."""
    text = _SPECIFIC.sub("", piece.text)
    text = _TAIL.sub("", text.rstrip("."))
    said = False
    for chunk in chunks(Piece(piece.start, piece.start + len(text), text)):
        if _DEFECT.search(chunk.text) and len(chunk.text.split()) <= 6:
            draft.say(
                "pregnancy",
                piece,
                place,
                effect_term(chunk.text).name,
                population="fetus",
                details={"defects": ["pregnancy_risk_filed_as_side_effect"]},
            )
            said = True
    return said


# What is said of milk: value, strength, words. A negation in front is looked for.
_MILK_WORDS: tuple[tuple[str, Strength, str], ...] = (
    (
        "not excreted",
        None,
        r"\bnot\s+(?:\w+\s+)?(?:excreted|secreted|pass\w*|present)",
    ),
    (
        "excreted",
        None,
        r"(?<!not )\b(?:excreted|secreted|passes|pass|present|found|appears|"
        r"distributed)\b[^.;]{0,30}\bmilk",
    ),
    ("unknown", None, r"\b(?:unknown|not known)\b[^.;]*\bmilk"),
    (
        "incompatible",
        "avoid",
        r"\b(?:incompatible|not\s+(?:considered\s+)?compatible)\b",
    ),
    ("compatible", "inform", r"(?<!not )(?<!not considered )\bcompatible\b"),
    (
        "not contraindicated",
        "inform",
        r"\bnot\s+contraindicated\b[^.;]*(?:breast|lactat|nursing)",
    ),
    (
        "contraindicated",
        "contraindicated",
        r"(?<!not )\bcontraindicated\b[^.;]*(?:breast|lactat|nursing)",
    ),
    (
        "avoid",
        "avoid",
        r"(?<!need to )\b(?:avoid\w*|not\s+recommended|should\s+not)\b",
    ),
    ("caution", "caution", r"\bcaution\w*\b"),
)
_MILK = [
    (value, strength, re.compile(words, re.IGNORECASE))
    for value, strength, words in _MILK_WORDS
]

_MILK_KEYS = gate(
    "excreted", "secreted", "pass", "present", "found", "appears", "distributed",
    "known", "compatible", "contraindicated", "avoid", "recommended", "should",
    "caution",
)  # fmt: skip


_FIRM = ("contraindicated", "avoid", "caution")


def say_breastfeeding(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down what a sentence says of breastfeeding."""
    text = piece.text
    if place.topic == "pregnancy_breastfeeding":
        # Of a sentence on both, only the part on breastfeeding is read.
        parts = re.split(r"[,;]", text)
        about = [part for part in parts if _ABOUT_MILK.search(part)]
        text = "; ".join(about)
    if not text:
        return False
    if not held(text) & _MILK_KEYS:
        return False
    said = False
    told = undenied(text)
    for value, strength, pattern in _MILK:
        if pattern.search(told if strength in _FIRM else text):
            draft.say(
                "breastfeeding",
                piece,
                place,
                value,
                strength=strength,
                certainty=hedge(text),
                population="breastfeeding",
            )
            said = True
    return said


_ABOUT_MILK = Folded(
    r"breast|lactat|nursing|milk", keys=("breast", "lactat", "nursing", "milk")
)


def say_reproduction(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down a sentence that speaks of pregnancy, breastfeeding or both."""
    topic = place.topic
    said = False
    population = vocabulary().population(piece.text) or ""
    milk = bool(_ABOUT_MILK.search(piece.text))
    if topic == "breastfeeding" or (topic != "pregnancy" and milk):
        said = say_breastfeeding(draft, piece, place)
    if topic == "pregnancy" or (
        topic == "pregnancy_breastfeeding" and (not milk or "pregnant" in population)
    ):
        said = say_pregnancy(draft, piece, place) or said
    return said
