"""References that cannot be found, or are about something else than what cites them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from isobole.monograph._checks import data, finding, joined
from isobole.monograph._contradictions_view import View, lines
from isobole.monograph._contradictions_words import plain
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement

_CITED = ("claim", "mechanism", "clinical_result", "preclinical_result", "ed50",
          "pharmacokinetics", "adverse_effect", "interaction")  # fmt: skip
_DOMAIN = re.compile(
    r"(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?", re.IGNORECASE
)
_NUMBER = re.compile(r"^\s*[-*]?\s*\[?(\d{1,3})[\].)]?\s*")
_OF_KIND = {
    "mechanism": "mechanism",
    "clinical_result": "efficacy",
    "preclinical_result": "potency",
    "ed50": "potency",
    "pharmacokinetics": "kinetics",
    "interaction": "interaction",
}


def citation_findings(view: View) -> Iterator[Finding]:
    """Yield bare addresses among the references, and titles that do not fit."""
    titles: dict[int, tuple[Statement, str]] = {}
    for said in view.of("reference"):
        number = said.value
        if isinstance(number, int) and not isinstance(number, bool):
            titles[number] = (said, _title(said.span.quote))
    if not titles:
        return
    bare = [said for said, title in titles.values() if not title]
    if bare:
        yield finding(
            "reference-bare-domain",
            f"References that are only an address ({lines(bare)}): "
            f"{joined(_address(said) for said in bare)}",
            bare,
        )
    wrong: dict[int, list[Statement]] = {}
    names = _names(view)
    for said in view.of(*_CITED):
        cites = said.details.get("cites") or ()
        numbers = [n for n in cites if n in titles and titles[n][1]]
        if not numbers or len(numbers) < len([n for n in cites if n in titles]):
            continue
        if any(_fits(said, titles[n][1], names) for n in numbers):
            continue
        for number in numbers:
            wrong.setdefault(number, []).append(said)
    if wrong:
        told = [
            f"[{number}] '{titles[number][1][:60]}' for {lines(group)}"
            for number, group in sorted(wrong.items())
        ]
        yield finding(
            "citation-topic-differs",
            f"Cited titles about something else: {'; '.join(told)}",
            [
                *(titles[number][0] for number in sorted(wrong)),
                *(said for group in wrong.values() for said in group),
            ],
        )


def _title(quote: str) -> str:
    """Return the title of a reference without its number and address; may be empty."""
    text = _NUMBER.sub("", quote)
    text = re.sub(r"\[[^\]]*\]", " ", text)
    text = _DOMAIN.sub(" ", text)
    text = re.sub(r"\b(?:doi|pmc|pmid|url|available at|accessed)\b[:\s\d]*", " ", text,
                  flags=re.IGNORECASE)  # fmt: skip
    return " ".join(text.split()).strip(" -–—.:;,()")


def _address(said: Statement) -> str:
    match = _DOMAIN.search(said.span.quote)
    return match[0] if match else said.span.quote.strip()[:40]


def _names(view: View) -> frozenset[str]:
    words = re.findall(r"[a-zà-ÿ]{5,}", plain(view.page.subject))
    return frozenset(words) - {
        "sodium",
        "magnesium",
        "potassium",
        "calcium",
    } or frozenset(words)


@cache
def _topics() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(pattern, re.IGNORECASE)
        for name, pattern in data("topics.toml")["topics"].items()
    }


@cache
def _methods() -> re.Pattern[str]:
    table = data("topics.toml")["methods"]
    return re.compile("|".join(table.values()), re.IGNORECASE)


def _fits(said: Statement, title: str, names: frozenset[str]) -> bool:
    """Return whether a cited title can be about what a statement says.

    A title about a method never supports a drug's effect, even in the drug's name's
    company; any other title fits by the substance, or by a topic and the thing itself.
    """
    lower = title.lower()
    about_drug = any(name[:6] in lower for name in names)
    if _methods().search(lower) and not about_drug:
        return False
    if about_drug or any(name[:6] in lower for name in _words(said)):
        return True
    claim = f"{said.span.quote} {said.value or ''} {said.details.get('target', '')}"
    mine = {name for name, pattern in _topics().items() if pattern.search(claim)}
    mine.add(_OF_KIND.get(said.kind, ""))
    theirs = {name for name, pattern in _topics().items() if pattern.search(lower)}
    return bool(mine & theirs)


def _words(said: Statement) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{6,}", plain(said.subject))) - {"sodium"}
