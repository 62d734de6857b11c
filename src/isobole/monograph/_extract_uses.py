"""Indications and combinations."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place, hedge
from isobole.monograph._extract_denied import undenied
from isobole.monograph._extract_terms import agent_term, indication_term
from isobole.monograph._extract_text import Piece, chunks, plain
from isobole.monograph._folded import Folded
from isobole.monograph._held import gate, held
from isobole.monograph._vocabulary import vocabulary

_PURPOSE = (
    r"(?:treatment|management|prevention|prophylaxis|relief|control|therapy|reduction)"
)
_USED = re.compile(
    r"\b(?:used|prescribed|indicated|approved|effective|given|employed|useful|licensed)\b"
    r"[^.;]*?\b(?:for|against|to\s+(?:treat|manage|prevent|relieve|control|reduce)|in)\s+"
    rf"(?:the\s+)?(?:(?:\w+\s+)?{_PURPOSE}(?:\s+(?:and|or)\s+{_PURPOSE})?\s+of\s+)?",
    re.IGNORECASE,
)
_TREATS = Folded(
    r"\b(?:treats|prevents|manages|relieves)\s+"
    r"|\b(?:drug|medication|medicine|agent|antibiotic)\s+(?:for|against)\s+",
)
# "For seizures."
_FOR = re.compile(
    r"(?:for|against|(?:the\s+)?(?:treatment|management|prevention)\s+of)\s+"
    r"(?:the\s+(?:treatment|management|prevention)\s+of\s+)?",
    re.IGNORECASE,
)
_USED_KEYS = gate(
    "used", "prescribed", "indicated", "approved", "effective", "given", "employed",
    "useful", "licensed",
)  # fmt: skip
_TREATS_KEYS = gate(
    "treats", "prevents", "manages", "relieves", "drug", "medication", "medicine",
    "agent", "antibiotic",
)  # fmt: skip
_INCLUDING = Folded(
    r",?\s+(?:including|such as|like)\s+", keys=("including", "such as", "like")
)
_TYPES = re.compile(
    r"^(?:certain|various|different|several|some|many|all|other)\s+"
    r"(?:(?:types|kinds|forms)\s+of\s+)?|^(?:types|kinds|forms)\s+of\s+",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"^(?:in|against|for)\s+", re.IGNORECASE)
_FOR_THE = re.compile(
    rf"^(?P<what>.+?)\s+for\s+(?:the\s+)?(?P<aim>{_PURPOSE}\s+of\s+.+)$", re.I
)
_LABEL = Folded(r"off[- ]label", keys=("label",))
_END = re.compile(
    r"\s+(?:when|where|if|who|which|that|because|due|based|by|in\s+(?:adults?|children|"
    r"patients|combination|people|individuals|infants|adolescents|women|men)|in$|"
    r"as\s+(?:an?|monotherapy|adjunct\w*|well)|and\s+(?:is|has|works|can|may|in\s+the)|"
    r"under|at\s)\b.*$|[.;].*$",
    re.IGNORECASE | re.DOTALL,
)
VERB = Folded(
    r"\b(?:is|are|was|can|may|should|must|will|be|has|have|it|this|these|treats?|used|"
    r"works?|helps?|depends?|determined|consult)\b",
)
_COMBINED = Folded(
    r"\b(?:in\s+combination\s+with|combined\s+with|together\s+with|along\s*with|"
    r"co-?administered\s+with|combinations?\s+with|^with)\s+(?P<what>[^.;]+?)"
    r"(?=\s+(?:for|to|in|when)\s|[.;]|$)(?:\s+(?:for|to treat|in)\s+(?P<aim>[^.;]+))?",
    keys=("with",),
)


# "It is not used for ..."; "not only" denies nothing.
_NOT_AHEAD = Folded(r"\b(?:not|n['’]t|never|no\s+longer)\s+(?!only\b)(?:\w+\s+){0,2}$")


def say_indications(draft: Draft, piece: Piece, place: Place) -> bool:
    """Write down what a sentence says the substance is used for."""
    text = piece.text
    here = held(text)
    match = (
        (here & _USED_KEYS and _USED.search(text))
        or _FOR.match(text)
        or (here & _TREATS_KEYS and _TREATS.search(text))
    )
    if not match:
        return _bare_indications(draft, piece, place)
    ahead = text[: match.start()]
    if "mechanism" in ahead.lower() or _NOT_AHEAD.search(ahead):
        return False
    rest = text[match.end() :]
    label = "off-label" if _LABEL.search(text) else None
    certainty = hedge(text[: match.end()])
    parent = None
    listed = re.search(r"\(([^()]+)\)", rest)
    including = _INCLUDING.search(rest)
    if including and (not listed or including.start() < listed.start()):
        head = rest[: including.start()]
        parent = _parent(head)
        members = _members(rest[including.end() :])
    elif listed and ("," in listed[1] or " and " in listed[1]):
        parent = _parent(rest[: listed.start()])
        members = _members(listed[1])
    else:
        members = _members(_END.sub("", rest + " ").strip(" ."))
    last = members[-1].split() if members else []
    # "Certain types of seizures (absence and mixed seizures)".
    kinds = listed and parent and _TYPES.match(plain(rest).strip())
    shared = str(parent).split()[-1] if kinds else ""
    if parent:
        draft.say(
            "indication",
            piece,
            place,
            parent,
            certainty=certainty,
            details={"label_status": label},
        )
    members = _with_head(members)
    for name in members:
        if shared and last and last[-1] == shared and shared not in name.split():
            name = f"{name} {shared}"
        if aim := _FOR_THE.match(name):
            name = f"{indication_term(aim['what'])}: {aim['aim']}"
        else:
            name = indication_term(name)
        draft.say(
            "indication",
            piece,
            place,
            name,
            certainty=certainty,
            condition=parent,
            details={"label_status": label},
        )
    return bool(members)


_ADJECTIVE = re.compile(
    r"(?:(?:simple|complex|primary|secondarily|generali[sz]ed|focal|partial|absence|"
    r"myoclonic|tonic-clonic|tonic|clonic|atonic|mixed|acute|chronic|mild|moderate|"
    r"severe)\s*){1,3}",
    re.IGNORECASE,
)


def _with_head(members: list[str]) -> list[str]:
    """Give "focal and generalized seizures" its seizures twice."""
    found: list[str] = []
    head = ""
    for member in reversed(members):
        if _ADJECTIVE.fullmatch(member):
            found.append(f"{member} {head}".strip())
        else:
            head = member.split()[-1]
            found.append(member)
    return found[::-1]


def _parent(head: str) -> str:
    return indication_term(_TYPES.sub("", plain(head).strip()))


def _members(text: str) -> list[str]:
    found = []
    for chunk in chunks(Piece(0, len(text), _END.sub("", text + " "))):
        words = _PREPOSITION.sub("", plain(chunk.text))
        words = indication_term(_TYPES.sub("", words))
        if words and len(words.split()) <= 12 and not VERB.search(words):
            found.append(words)
    return found


def _bare_indications(draft: Draft, piece: Piece, place: Place) -> bool:
    # Words of a list, not a sentence whose verb is unknown here.
    listed = (
        place.block == "item" or "indicat" in place.lead.lower() or bool(place.question)
    )
    if not listed or VERB.search(piece.text) or len(piece.text) > 300:
        return False
    if undenied(piece.text) is not piece.text:
        return False
    if re.match(r"(?:an?|the)\s", piece.text, re.IGNORECASE):
        return False
    members = _members(piece.text.strip(" ."))
    label = "off-label" if _LABEL.search(place.lead) else None
    for name in members:
        draft.say("indication", piece, place, name, details={"label_status": label})
    return bool(members)


def say_combination(draft: Draft, piece: Piece, place: Place, lead: str = "") -> bool:
    """Write down what the substance is combined with, and for what.

    A lead in bold names the partners; the sentence says what for.
    """
    match = _COMBINED.search(piece.text)
    if match is None:
        if not lead or len(lead.split()) > 6 or vocabulary().topic(lead):
            return False
        for chunk in chunks(Piece(0, len(lead), lead.replace("+", ","))):
            if not draft.names(chunk.text):
                draft.say("combination", piece, place, agent_term(chunk.text))
        return True
    aim = indication_term(match["aim"]) if match["aim"] else None
    inner = match["what"]
    listed = chunks(Piece(0, len(inner), inner))
    for chunk in listed:
        draft.say(
            "combination", piece, place, agent_term(chunk.text), indication=aim,
            condition=aim,
        )  # fmt: skip
    return bool(listed)
