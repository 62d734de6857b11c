"""A page as schema.org `Drug` and `FAQPage`: only what the page says, in its words.

Names that belong to another substance are not published as names of this one, and no
dose is published: its basis is a finding, which JSON-LD cannot carry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from isobole.monograph._identity import other_substance, substance_of
from isobole.monograph._page import Faq, Monograph
from isobole.monograph._site_text import said
from isobole.monograph._statement import NO_INTERACTION
from isobole.results import RESEARCH_ONLY, Missing

_WARNINGS = {
    "pregnancyWarning": ("pregnancy", None),
    "breastfeedingWarning": ("breastfeeding", None),
    "alcoholWarning": ("lifestyle", "alcohol"),
    "mechanismOfAction": ("mechanism", None),
}


def drug(page: Monograph) -> dict[str, Any]:
    """Return the page as a schema.org `Drug`."""
    own = substance_of(page)
    names = [
        str(s.value)
        for s in page.statements
        if s.kind in ("alternate_name", "brand_name")
        and isinstance(s.value, str)
        and not (own and other_substance(s, own))
    ]
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Drug",
        "name": page.title,
        "description": f"Statements of one page, with its contradictions. "
        f"{RESEARCH_ONLY}",
    }
    if names:
        found["alternateName"] = _once(names)
    if own:
        rxcui = own.identifier("RxCUI")
        if not isinstance(rxcui, Missing):
            found["rxcui"] = rxcui
    for name, (kind, value) in _WARNINGS.items():
        words = _once(
            said(s.span.quote)
            for s in page.statements
            if s.kind == kind and (value is None or s.value == value)
        )
        if words:
            found[name] = words[0] if len(words) == 1 else words
    partners = _once(
        str(s.value)
        for s in page.statements
        if s.kind == "interaction" and isinstance(s.value, str)
        and s.value != "unspecified"
        and s.details.get("consequence") not in NO_INTERACTION
    )  # fmt: skip
    if partners:
        found["interactingDrug"] = [
            {"@type": "Drug", "name": partner} for partner in partners
        ]
    return found


def faq_page(faqs: Iterable[Faq]) -> dict[str, Any] | None:
    """Return repaired questions and answers as a `FAQPage`, None without any."""
    entries = [
        {
            "@type": "Question",
            "name": said(faq.question, 1000),
            "acceptedAnswer": {"@type": "Answer", "text": said(faq.answer, 5000)},
        }
        for faq in faqs
        if faq.question.strip() and faq.answer.strip()
    ]
    if not entries:
        return None
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": entries,
    }


def distinct_faqs(page: Monograph) -> tuple[Faq, ...]:
    """Return each pair once: the body's own, then what only the front matter has."""
    seen: set[tuple[str, str]] = set()
    found = []
    for faq in sorted(page.faqs, key=lambda faq: faq.place != "body"):
        key = (said(faq.question, 10_000), said(faq.answer, 10_000))
        if key not in seen:
            seen.add(key)
            found.append(faq)
    return tuple(found)


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
