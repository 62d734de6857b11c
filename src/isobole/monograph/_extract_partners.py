"""Interactions whose partner stands only in the question that is answered."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_affected import PRONOUN, interaction_strength
from isobole.monograph._extract_terms import agent_term
from isobole.monograph._extract_text import Piece, chunks
from isobole.monograph._folded import Folded
from isobole.monograph._statement import ALLOWED, NONE_KNOWN
from isobole.monograph._vocabulary import vocabulary

_ASKED = Folded(
    r"\b(?:take|taken|taking|use[ds]?|using|combined?|combining|mix(?:ed)?|given?|"
    r"interacts?|drink)\b[^?]*?\bwith\s+(?P<with>[^?]+)"
    r"|\b(?:while|when|if)\s+(?:i'm|i\s+am|you're|you\s+are|on|already|taking)\b"
    r"[^?]*?\b(?:on|taking|using)\s+(?P<while>[^?]+)"
    r"|\b(?:can|may|should|could)\s+(?P<both>[^?]+?\s+and\s+[^?]+?)\s+be\s+"
    r"(?:taken|used|given|combined)\b"
    r"|\b(?:take|use|combine|mix)\s+(?P<two>[^?]+?\s+and\s+[^?]+?)"
    r"(?:\s+(?:together|at\s+the\s+same\s+time))",
    keys=("with", "and", "while", "when", "if"),
)
_TRAILING = re.compile(
    r"\s+(?:at\s+the\s+same\s+time|together|safely|too|as\s+well|if|when|while|during|"
    r"for|in|on|without|or\s+not)\b.*$",
    re.IGNORECASE,
)
_NO_DRUG = Folded(
    r"\b(?:food|meals?|water|breakfast|stomach|disease|disorder|problems?|impairment|"
    r"failure|condition|pressure|history|epilepsy|asthma|diabet\w+|pregnan\w+|other|"
    r"anything|what|any|my|drugs?|medications?|medicines?|care|caution|syndrome)\b",
)
_ONLY = re.compile(r"\W*(?:yes|no)\W*", re.IGNORECASE)
_FIRST = re.compile(r"\W*(yes|no)\b", re.IGNORECASE)
_PERMITS = re.compile(r"\W*(?:can|may|should|could|is\s+it)\b", re.IGNORECASE)
_BUT = Folded(
    r"\b(?:but|however|though|although|only|unless|if|with\s+care|caution|check\w*|"
    r"watch\w*|monitor\w*|lower|higher|less|more|reduc\w+|increas\w+|risk\w*|not)\b",
)
_FARTHEST = 400


def partners_asked(draft: Draft, asked: str) -> list[str]:
    """Return the agents that a question names beside the page's own substance."""
    match = _ASKED.search(asked)
    if match is None:
        return []
    words = _TRAILING.sub("", next(one for one in match.groups() if one))
    found = []
    for chunk in chunks(Piece(0, len(words), words)):
        name = agent_term(chunk.text)
        if (
            name
            and len(name.split()) <= 4
            and not draft.names(chunk.text)
            and not PRONOUN.match(name)
            and not _NO_DRUG.search(name)
            and not vocabulary().population(name)
        ):
            found.append(name)
    return found


def say_partners(
    draft: Draft,
    answer: list[Piece],
    place: Place,
    partners: list[str],
    since: int,
) -> None:
    """Write down the answer as an interaction with whom it did not name itself.

    The quote is the answer; a bare "No." is quoted together with its question.
    """
    told = " ".join(draft.interactions_since(since)).lower()
    unnamed = [name for name in partners if name.lower() not in told]
    if not unnamed or not answer:
        return
    asked = place.question or ""
    first = answer[0]
    last = next((one for one in answer if not _ONLY.fullmatch(one.text)), first)
    text = draft.page.text
    start = first.start
    if _ONLY.fullmatch(last.text):
        at = text.rfind(asked.rstrip("?"), 0, start)
        start = at if 0 <= start - at <= _FARTHEST and at >= 0 else start
    words = text[start : last.end]
    piece = Piece(start, last.end, words)
    said = text[first.start : last.end]
    begins = _FIRST.match(said)
    answered = begins[1].lower() if begins else ""
    strength = interaction_strength(said)
    consequence = None
    if answered == "no" and not strength and "n't" not in asked:
        if _PERMITS.match(asked):
            strength = "avoid"
        else:
            consequence = NONE_KNOWN
    elif answered == "yes" and _PERMITS.match(asked) and not _BUT.search(said):
        consequence = ALLOWED
    for name in unnamed:
        draft.say(
            "interaction",
            piece,
            place.but(topic="interactions"),
            name,
            strength=strength,
            condition="co-administration",
            details={"consequence": consequence, "partner": "question"},
        )
