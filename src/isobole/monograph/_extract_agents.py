"""Which drugs, classes and foods do words on an interaction name."""

from __future__ import annotations

from functools import lru_cache

from isobole.monograph._draft import Draft
from isobole.monograph._extract_affected import PRONOUN
from isobole.monograph._extract_terms import agent_term
from isobole.monograph._extract_text import Piece, chunks
from isobole.monograph._folded import Folded

LISTED = Folded(
    r"\(\s*(?:e\.g\.,?|i\.e\.,?|such as|including|like|for example,?)?\s*"
    r"(?P<list>[^()]+)\)"
    r"|,?\s+(?:such as|including|like)\s+(?P<prose>[^.;()]+)",
    keys=("(", "such as", "including", "like"),
)
_LONGEST = 9


def agents_in(draft: Draft, piece: Piece) -> tuple[list[Piece], str | None]:
    """Return the agents that words name, and the class they are examples of."""
    listed = LISTED.search(piece.text)
    if listed:
        name = "list" if listed["list"] is not None else "prose"
        head = agent_term(piece.text[: listed.start()])
        inner = Piece(
            piece.start + listed.start(name),
            piece.start + listed.end(name),
            listed[name],
        )
        members = [c for c in chunks(inner) if agent_term(c.text)]
        # "Valproic acid (VPA)" is one agent with its abbreviation.
        if (
            listed["prose"]
            or len(members) > 1
            or "e.g" in listed[0]
            or "such" in listed[0]
        ):
            return members, head or None
        piece = Piece(
            piece.start, piece.start + listed.start(), piece.text[: listed.start()]
        )
    found = []
    for chunk in chunks(piece):
        words = agent_term(chunk.text)
        own = draft.names(chunk.text)
        if (
            not words
            or words in _NOBODY
            or PRONOUN.match(words)
            or (own and len(words.split()) <= 3)
        ):
            continue
        if len(words.split()) <= _LONGEST:
            found.append(chunk)
    return found, None


def all_names(piece: Piece) -> bool:
    parts = chunks(piece)
    return bool(parts) and all(_is_name(c.text) for c in parts)


@lru_cache(maxsize=8192)
def _is_name(text: str) -> bool:
    return len(text.split("(")[0].split()) <= 5 and not _VERBISH.search(text)


_VERBISH = Folded(
    r"\b(?:is|are|can|may|should|must|will|use|avoid|monitor|risk|be|not|due|with|"
    r"has|have|consult|inform|levels?|effects?|this|it|dose|dosage|required|careful|"
    r"ask|talk|speak|tell|seek|see|contact|interacts?|needs?|needed|taken?)\b",
)
_NOBODY = frozenset(
    ("each", "both", "either", "other", "others", "some", "many", "one")
)
