"""An answer as cards in the shape of CDS Hooks: one for each finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal
from uuid import NAMESPACE_URL, uuid5

from isobole.monograph._case_finding import STRENGTH_WORDS, CaseFinding, sides_of
from isobole.monograph._citation import place_of, plain_words
from isobole.results import RESEARCH_ONLY

if TYPE_CHECKING:
    from isobole.monograph._case_findings import CaseFindings

_LONGEST = 139
_INDICATOR: dict[str, Literal["info", "warning", "critical"]] = {
    "contraindicated": "critical",
    "avoid": "warning",
    "caution": "warning",
    "adjust": "warning",
    "monitor": "info",
    "inform": "info",
}


def cards(found: CaseFindings) -> dict[str, Any]:
    """Return ``{"cards": [...]}`` with a card for each finding, strongest first.

    A finding that cannot be told is a card that says what it needs. The shape is that
    of a CDS Hooks answer (HL7 CDS Hooks 2.0: summary below 140 characters, indicator,
    source with label); no card carries a suggestion to act on.

    Examples
    --------
    >>> from isobole.monograph import Case, ask, record
    >>> found = ask(record(sources=("000",)), Case(conditions=("liver disease",)))
    >>> found.cards()["cards"][0]["indicator"]
    'critical'
    """
    both = (*found.findings, *found.cannot_tell)
    return {"cards": [_card(one) for one in both]}


def _card(one: CaseFinding) -> dict[str, Any]:
    settled = one.verdict == "applies"
    return {
        "uuid": str(uuid5(NAMESPACE_URL, f"isobole:{one.id}")),
        "summary": _summary(one),
        "indicator": _INDICATOR[one.strength] if settled else "info",
        "detail": _detail(one),
        "source": {"label": _label(one)},
        "overrideReasons": [],
    }


def _summary(one: CaseFinding) -> str:
    """Return the summary, below 140 characters."""
    word = STRENGTH_WORDS[one.strength]
    mark = " (sources conflict)" if one.conflict else ""
    names = " + ".join(one.drugs)
    if one.verdict == "applies":
        text = f"{word.capitalize()}{mark}: {one.title} [{names}]"
    else:
        text = f"Cannot tell ({word} if so): {one.title} [{names}]; needs " + ", ".join(
            one.needs
        )
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _label(one: CaseFinding) -> str:
    places = list(dict.fromkeys(place_of(said) for said in one.statements))
    if not places:
        return f"isobole rule {one.rule}"
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return places[0] + more


def _detail(one: CaseFinding) -> str:
    lines = [_literal(f"{one.consequence} {one.action}"), ""]
    if one.needs:
        lines += [f"**Cannot tell: needs** {'; '.join(one.needs)}", ""]
    needs = {item.statement.id: item.needs for item in one.conditional}
    for side, group in sides_of(one):
        for said in group:
            label = f"if {needs[said.id]}" if said.id in needs else side
            words = _literal(plain_words(said))
            line = f"- **{label}**: {words} ({place_of(said)}; {said.policy})"
            # One sentence may hold several statements; it is shown once.
            if line not in lines:
                lines.append(line)
    return "\n".join([*lines, "", f"*{RESEARCH_ONLY}*"])


def _literal(words: str) -> str:
    """Return words so that Markdown shows them as they are, HTML included."""
    return re.sub(r"([\\`*_\[\]<>#!|&])", r"\\\1", words)
