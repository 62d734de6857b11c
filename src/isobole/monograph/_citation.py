"""How a statement is cited: its place, its words, what kind of source it is."""

from __future__ import annotations

import re
from typing import Any

from isobole.monograph._statement import KINDS, POLICY_WORDS, Statement

# An answer never calls anything safe, not even in a page's words.
_ASSURANCE = re.compile(r"\b(?:un)?safe(?:ly|r|st)?\b|\bharmless\b", re.IGNORECASE)


def place_of(said: Statement) -> str:
    """Return where a statement stands, for people.

    Examples
    --------
    >>> from isobole.monograph import record
    >>> place_of(record(sources=("000",))[0])
    '000_e0e0b08d2eafb9df.txt, line 69'
    >>> place_of(record(sources=("lactmed-lm403",))[0])
    'LactMed, record LM403 (valproic acid)'
    """
    details = said.details
    if details.get("wording") == "own" and said.span.start < said.span.end:
        return str(details["source_name"])
    return str(said.span)


def shown(text: str) -> str:
    r"""Return a page's text on one line, without characters that command a terminal.

    Words that assure are left out whatever they stand in: an answer never assures.

    Examples
    --------
    >>> shown("nausea\x1b[2J\n vomiting"), shown("safe in all")
    ('nausea[2J vomiting', '(see the page)')
    """
    line = "".join(c if c.isprintable() else " " * c.isspace() for c in text)
    line = " ".join(line.split())
    return "(see the page)" if _ASSURANCE.search(line) else line


def words_of(said: Statement) -> str:
    """Return the statement's words on one line; words of assurance are not repeated."""
    words = shown(said.span.quote)
    if not words or _ASSURANCE.search(said.span.quote):
        return f"({KINDS[said.kind]}: for the page's own words see {said.span})"
    return words


def plain_words(said: Statement) -> str:
    """Return the words without the page's marks of emphasis, to be read."""
    return words_of(said).replace("**", "")


def citation(said: Statement) -> dict[str, Any]:
    """Return a statement as an answer cites it in JSON."""
    value: Any = list(said.value) if isinstance(said.value, tuple) else said.value
    words = words_of(said)
    told: dict[str, Any] = {
        "id": said.id,
        "kind": said.kind,
        "words": words,
        "wording": "isobole's own"
        if said.details.get("wording") == "own"
        else "of the page",
        "unit": said.unit,
        "strength": said.strength,
        "certainty": said.certainty,
        "source": place_of(said),
        "file": said.span.file,
        "line": said.span.line,
        "policy": said.policy,
        "policy_words": POLICY_WORDS[said.policy],
    }
    scope = said.scope.to_dict()
    told["scope"] = {name: word for name, word in scope.items() if word is not None}
    told = {name: word for name, word in told.items() if word is not None}
    if value is not None and not (isinstance(value, str) and _ASSURANCE.search(value)):
        told["value"] = value
    return told
