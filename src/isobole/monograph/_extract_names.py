"""What a substance is called, and the classes it is counted among."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_terms import agent_term, condition_term
from isobole.monograph._extract_text import Entry, Piece, chunks, plain
from isobole.monograph._extract_uses import VERB
from isobole.monograph._folded import Folded
from isobole.monograph._held import ODD, gate, held

_NOTE = Folded(r"\(?\s*note\s*:.*$", re.DOTALL, keys=("note",))
_VARIES = Folded(r"\b(?:vary|varies|region|country|countries)\b")
_KNOWN_AS = Folded(
    r"\b(?:known\s+(?:\w+\s+)?as|(?:sold|marketed|available)\s+(?:\w+\s+)?(?:as|under)|"
    r"referred\s+to\s+as|called|(?:brand|trade)\s+names?\s*(?:\w+\s+)?(?:include|are|is|"
    r"such\s+as|like|including)?|names?\s+(?:include|are)|abbreviated\s+(?:as|to))\s*:?\s+"
    r"(?:(?:various|several|the|many|different|brand|trade|names?|such\s+as|like|"
    r"including|under)\s+)*(?P<names>[^.;]+)",
)
_BRAND = Folded(r"brand|trade|sold|market")
_IS_ONE = re.compile(
    r"^(?:it|this (?:drug|medication|medicine)|(?P<name>[\w\s+-]{3,60}?))\s+is\s+"
    r"(?:an?|the)\s+(?P<what>[\w\s-]{0,50}?(?:blocker|antagonist|agonist|inhibitor|"
    r"diuretic|analogue?|binder|modulator|ligand|relaxant|stabili[sz]er|"
    r"anticonvulsant|antiepileptic|antibiotic|macrolide|corticosteroid|steroid|opioid|"
    r"benzodiazepine|barbiturate|antidepressant|antipsychotic|antihistamine|vitamin|"
    r"hormone|sedative|stimulant|vasodilator|bronchodilator|anticoagulant))\s*"
    r"(?=[.,;]|$|used|medication|medicine|drug|that|which|indicated|prescribed|primarily)",
    re.IGNORECASE,
)

_CLASSES = gate(
    "blocker", "agonist", "antagonist", "inhibitor", "diuretic", "analog", "binder",
    "modulator", "ligand", "relaxant", "stabili", "anticonvulsant", "antiepileptic",
    "antibiotic", "macrolide", "steroid", "opioid", "benzodiazepine", "barbiturate",
    "antidepressant", "antipsychotic", "antihistamine", "vitamin", "hormone",
    "sedative", "stimulant", "vasodilator", "bronchodilator", "anticoagulant",
)  # fmt: skip


def say_is_a(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down the class of "It is a calcium channel blocker"."""
    here = held(piece.text)
    if not (here & _CLASSES and (here & ODD or "is" in piece.text.lower().split())):
        return False
    match = _IS_ONE.match(piece.text)
    if match is None or (match["name"] and not draft.names(match["name"])):
        return False
    draft.say("classification", piece, place, agent_term(match["what"]))
    return True


def say_class(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down the pharmacological classes a list names."""
    if VERB.search(piece.text):
        return False
    for chunk in chunks(piece):
        draft.say("classification", chunk, place, agent_term(chunk.text))
    return True


def say_names(draft: Draft, entry: Entry, place: Place) -> bool:
    """Write down alternate or brand names; what a note adds becomes their condition."""
    kind = "brand_name" if place.topic == "brand_names" else "alternate_name"
    said = False
    for piece in entry.sentences:
        note = _NOTE.search(piece.text)
        condition = None
        if note and _VARIES.search(note[0]):
            condition = "brand names vary by region"
        text = piece.text[: note.start()] if note else piece.text
        members = chunks(Piece(piece.start, piece.start + len(text), text))
        known = _KNOWN_AS.search(text)
        if known:
            begin = known.start("names")
            names = Piece(
                piece.start + begin, piece.start + known.end("names"), known["names"]
            )
            members = chunks(names)
            brand = _BRAND.search(known[0]) is not None
            here = "brand_name" if brand else kind
        else:
            here = kind
        if not members or any(
            VERB.search(m.text.split("(")[0]) or len(m.text.split()) > 8
            for m in members
        ):
            continue
        for chunk in members:
            words = plain(chunk.text)
            value = words if here == "brand_name" else condition_term(words)
            draft.say(
                here, chunk, place, value, subject=draft.subject, condition=condition
            )
            said = True
    return said
