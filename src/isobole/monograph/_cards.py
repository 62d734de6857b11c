"""An answer as cards in the shape of CDS Hooks: findings, doses, what is not stated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal
from uuid import NAMESPACE_URL, uuid5

from isobole.monograph._case_finding import STRENGTH_WORDS, CaseFinding, sides_of
from isobole.monograph._citation import place_of, plain_words
from isobole.monograph._dose_blocks import dose_remarks
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

    A finding that cannot be told is a card that says what it needs. Below them stand a
    card with the doses as the sources print them, each with its indication and whose
    regimen and salt it is, and one with what no page states. The shape is that of a
    CDS Hooks answer (HL7 CDS Hooks 2.0: summary below 140 characters, indicator, source
    with label); no card carries a suggestion to act on.

    Examples
    --------
    >>> from isobole.monograph import Case, ask, record
    >>> found = ask(record(sources=("000",)), Case(conditions=("liver disease",)))
    >>> found.cards()["cards"][0]["indicator"]
    'critical'
    """
    both = (*found.findings, *found.cannot_tell)
    made = [_card(one) for one in both]
    if found.doses:
        made.append(_doses(found))
    if found.gaps:
        made.append(_not_stated(found))
    return {"cards": made}


def _doses(found: CaseFindings) -> dict[str, Any]:
    """Return the sources' figures: below every finding, and never in a summary."""
    above = [one.title for one in found.findings if one.strength == "contraindicated"]
    head = "Figures of the sources, not doses for this case."
    if above:
        head = f"Below the contraindications ({', '.join(above)}): {head.lower()}"
    lines = [f"- {_literal(line.sentence())}" for line in found.doses]
    remarks = [f"- {_literal(text)}" for text in dose_remarks(found)]
    detail = [_literal(head), "", *dict.fromkeys(lines), *remarks]
    places = list(dict.fromkeys(place_of(line.statement) for line in found.doses))
    mark = ", below a contraindication" if above else ""
    return _closing(
        found, "doses", f"Doses as the sources print them{mark}", detail, _first(places)
    )


def _not_stated(found: CaseFindings) -> dict[str, Any]:
    """Return what was asked for and no page says: a system may show only cards."""
    detail = [
        f"- {_literal(gap.what)}: **{gap.said}** ({_literal(gap.why)})"
        for gap in found.gaps
    ]
    count = len(found.gaps)
    summary = (
        f"Not stated by any page, which is no all-clear: {count} of what was asked"
    )
    return _closing(found, "not stated", summary, detail, "isobole")


def _closing(
    found: CaseFindings, name: str, summary: str, detail: list[str], label: str
) -> dict[str, Any]:
    about = f"{summary} [{found.about.name}]"
    return {
        "uuid": str(uuid5(NAMESPACE_URL, f"isobole:{name}: {found.about.name}")),
        "summary": _cut(about),
        "indicator": "info",
        "detail": "\n".join([*detail, "", f"*{RESEARCH_ONLY}*"]),
        "source": {"label": label},
        "overrideReasons": [],
    }


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
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _label(one: CaseFinding) -> str:
    places = list(dict.fromkeys(place_of(said) for said in one.statements))
    return _first(places) if places else f"isobole rule {one.rule}"


def _first(places: list[str]) -> str:
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
