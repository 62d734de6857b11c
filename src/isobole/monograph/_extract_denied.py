"""What a sentence denies: the clause whose need or effect it says is not there."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from isobole.monograph._extract_text import Piece
from isobole.monograph._folded import Folded
from isobole.monograph._held import gate, held

_BE = r"(?:is|are|was|were|be|been|being)"
_NEEDED = r"(?:needed|necessary|required|called\s+for|warranted|indicated|routine)"
_SHOWN = (
    r"(?:shown|found|reported|linked|associated|proved|proven|demonstrated|observed|"
    r"seen|described|known|thought|believed|expected|likely|approved|licensed|affected)"
)
_DENIAL = Folded(
    # No need, not needed.
    r"\b(?:no|without(?:\s+any)?)\s+need\b|\bneed(?:s|ed)?\s+not\b|\bneedn['’]t\b"
    r"|\b(?:not|n['’]t)\s+(?:need|require|have\s+to|call\s+for|necessitate)\b"
    rf"|\b(?:not|n['’]t|never)\s+(?:{_BE}\s+)?(?:usually\s+|routinely\s+|generally\s+)?{_NEEDED}\b"
    rf"|\bno\s+[\w\s-]{{0,40}}\b{_BE}\s+(?:usually\s+)?{_NEEDED}\b"
    r"|\b(?:unnecessary|no\s+reason\s+to)\b"
    r"|\b(?:nobody|no\s+one|no\s+patients?)\s+(?:needs?|has|have)\b"
    # Never shown, no evidence.
    rf"|\b(?:not|n['’]t|never)\s+(?:(?:to\s+)?{_BE}\s+)?{_SHOWN}\b"
    rf"|\b(?:not|n['’]t|never)\s+(?:link|associate|show|find|suggest)\w*\b"
    r"|\bno\s+(?:evidence|proof|reports?|sign|signs|indication|suggestion)\b"
    rf"|\bno\s+(?:\w+\s+){{0,2}}(?:interactions?|effects?|link|risk)\b[^.;]*\b{_SHOWN}\b"
    r"|\bno\s+(?:[\w-]+\s+){0,3}interactions?\s+(?:with|between)\b"
    # Does not do it.
    r"|\b(?:does|do|did|will|would)(?:\s+not|n['’]t)\s+(?:\w+ly\s+)?(?:cause|impair|affect|"
    r"interact|change|alter|increase|decrease|raise|lower|reduce|induce|inhibit|lead|"
    r"harm|make|worsen|enhance)\b"
    rf"|\b{_BE}(?:\s+not|n['’]t)\s+(?:increased|decreased|raised|lowered|reduced|changed|"
    r"altered|impaired)\b"
    r"|\bno\s+dos(?:e|age|ing)\s+(?:adjustments?|reductions?|changes?)\b"
    r"|\bneither\b[^.;]*\bnor\b|\bby\s+no\s+means\b|\b(?:is|are)\s+no\s+(?:reason|cause)\b",
)
# "Without adjustment" needs none; "not without adjustment" asks for it.
_WITHOUT = Folded(
    r"^(?:(?!\b(?:not|never|cannot|only)\b|n['’]t\b)[^.;])*\bwithout\s+(?:any\s+)?"
    r"(?:dos(?:e|age)\s+)?(?:adjust\w*|reductions?|changes?|restrictions?)\b",
    keys=("without",),
)
# A sentence without one of these denies nothing.
_KEYS = gate(
    "no ",
    "not",
    "n't",
    "n’t",
    "never",
    "neither",
    "nobody",
    "unnecessary",
    "without ",
)
_CLAUSE = re.compile(
    r"[;:]|(?:,\s*|\s+)(?:but|however|yet|unless|except|whereas|while)\b"
    r"|,\s*(?:so|and|as|because|since|although|though)\b|,\s+(?=the\b)",
    re.IGNORECASE,
)


def denied(text: str) -> bool:
    """Return whether a sentence denies something, in some clause of it."""
    return undenied(text) != text


def undenied(text: str) -> str:
    """Return a sentence with the clauses that deny blanked, places kept.

    Examples
    --------
    >>> undenied("No change is needed, but monitor the liver.").split()
    [',', 'but', 'monitor', 'the', 'liver.']
    >>> undenied("It must not be stopped.")
    'It must not be stopped.'
    """
    return _blanked(text) if held(text) & _KEYS else text


# Of the few that may, most are asked for by several rules.
@lru_cache(maxsize=1024)
def _blanked(text: str) -> str:
    if not _denies(text):
        return text
    cuts = [0, *(match.start() for match in _CLAUSE.finditer(text)), len(text)]
    parts = []
    for start, end in pairwise(cuts):
        clause = text[start:end]
        parts.append(" " * len(clause) if _denies(clause) else clause)
    return "".join(parts)


def _denies(clause: str) -> bool:
    return bool(_DENIAL.search(clause) or _WITHOUT.search(clause))


def affirmed(piece: Piece) -> Piece:
    """Return a sentence without its denials, at the same place of the page."""
    words = undenied(piece.text)
    return piece if words is piece.text else Piece(piece.start, piece.end, words)
