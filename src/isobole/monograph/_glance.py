"""What a page says at a glance: topic by topic, with what it does not say.

Silence is shown as silence. Nothing here concludes that a drug may be taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from isobole.monograph._finding import Finding
from isobole.monograph._page import Monograph
from isobole.monograph._statement import KINDS, Statement

_ADVICE = ("contraindication", "precaution", "dose_adjustment", "monitoring")
_LEVELS = (
    "contraindicated", "avoid", "relative", "category", "caution", "adjust", "monitor",
    "compatible", "unadjusted", "advice", "dose", "said",
)  # fmt: skip
LABELS = {
    "contraindicated": "Contraindicated",
    "avoid": "Avoid",
    "relative": "Not unless benefits outweigh",
    "category": "Category",
    "caution": "Caution",
    "adjust": "Adjust dose",
    "monitor": "Monitor",
    "compatible": "“Compatible”",
    "unadjusted": "“No adjustment”",
    "advice": "Advice given",
    "dose": "Dose given",
    "said": "Mentioned",
}
_FORBIDS = frozenset({"contraindicated", "avoid"})
_ALLOWS = frozenset({"relative", "caution", "adjust", "compatible"})


def _begun(word: str, *not_after: str) -> str:
    """Return a pattern for a word's beginning; letters at its front are found fast."""
    return rf"{word}(?<=\b{word})" + "".join(f"(?<!{w} {word})" for w in not_after)


_WORDS = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        ("contraindicated", _begun("contraindicat", "not", "relative")),
        ("relative", "relative contraindication|outweigh"),
        ("compatible", _begun("compatible") + "|acceptable|can be used|may be used"),
        ("caution", _begun("caution")),
        ("avoid", _begun("avoid") + "|should not be|not (?:be )?recommended"),
        ("monitor", _begun("monitor")),
    )
)
_CATEGORY = re.compile(r"[ABCDX][123]?|B[123]")


IDENTITY = (
    "alternate-name-other-substance",
    "brand-name-other-substance",
    "doses-of-another-regimen",
    "dose-basis-unstated",
)
"""Findings that concern several statements which do not contradict each other."""

CONFLICTS = (
    "strength-conflict",
    "pregnancy-absolute-or-relative",
    "breastfeeding-conflict",
    "pregnancy-category-differs",
    "doses-differ",
    "claim-against-table",
    "same-comparison-differs",
    "adjust-without-difference",
    "dose-without-indication",
    "label-status-differs",
)
"""Findings of statements that cannot both hold, those to be seen first at the front."""

_NOT_OF_TOPICS = ("dose-without-indication", "label-status-differs")


@dataclass(frozen=True, slots=True)
class _Topic:
    name: str
    kinds: tuple[str, ...]
    words: re.Pattern[str] | None
    among: tuple[str, ...] = _ADVICE
    not_words: re.Pattern[str] | None = None


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_TOPICS = (
    _Topic("Pregnancy", ("pregnancy",), _re(r"pregnan|trimester"), not_words=None),
    _Topic("Contraception", ("contraception",), None),
    _Topic("Breastfeeding", ("breastfeeding",), _re(r"breast-?\s?f|lactat|nursing")),
    _Topic("Men, fertility", (), _re(r"fertil|paternal|sperm|\bmen\b|\bmale"),
           (*_ADVICE, "adverse_effect", "counselling")),
    _Topic("Liver", (), _re(r"hepat|liver|cirrho")),
    _Topic("Kidney", (), _re(r"renal|kidney|dialysis|nephr")),
    _Topic("Children", (), _re(r"child(?!bear)|infant|neonat|p(a)?ediatr|adolescen"),
           (*_ADVICE, "dose_initial", "dose_max"), _re(r"breast")),
    _Topic("Elderly", (), _re(r"elderly|geriatr|older"),
           (*_ADVICE, "dose_initial", "dose_max")),
    _Topic("Driving", (), _re(r"driv|machin"), (*_ADVICE, "lifestyle", "counselling")),
    _Topic("Alcohol", (), _re(r"alcohol|ethanol"),
           (*_ADVICE, "lifestyle", "interaction", "counselling")),
    _Topic("Stopping", ("discontinuation",), None),
    _Topic("Missed dose", ("missed_dose",), None),
)  # fmt: skip


def _topics_of(kind: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return the topics a kind of statement always belongs to, and those it may."""
    always = tuple(i for i, topic in enumerate(_TOPICS) if kind in topic.kinds)
    maybe = tuple(
        i
        for i, topic in enumerate(_TOPICS)
        if topic.words and kind in topic.among and kind not in topic.kinds
    )
    return (always, maybe) if always or maybe else None


# Sentences that no rule understood may speak of a topic all the same. Of the words of
# each topic, in lower case, one stands in them then.
_LOOSE = frozenset(("text", "faq_front_matter"))
_LOOSE_WORDS = (
    ("pregnan",), ("contracept",), ("breastfe", "breast-fe", "lactat", "nursing"),
    ("fertil", "paternal", "sperm"), ("hepat", "liver", "cirrho"),
    ("renal", "kidney", "dialysis"), ("children", "infant", "neonat", "diatric"),
    ("elderly", "geriatric", "older"), ("driving", "machine"), ("alcohol",),
    ("abrupt", "suddenly", "taper"), ("missed dose", "miss a dose"),
)  # fmt: skip
# Most kinds belong to none.
_BY_KIND = {kind: topics for kind in KINDS if (topics := _topics_of(kind))}


@dataclass(frozen=True, slots=True)
class Said:
    """Statements of one topic that say the same: how strongly, and where."""

    level: str
    label: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class GlanceCell:
    """One topic: what is said, the strongest first; nothing where it is not stated."""

    topic: str
    said: tuple[Said, ...]
    conflict: bool

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement of the topic."""
        return tuple(s for said in self.said for s in said.statements)


def glance(
    page: Monograph, findings: Sequence[Finding] | None = None
) -> tuple[GlanceCell, ...]:
    """Return what a page says of the topics a pharmacist asks for first.

    A page of research use gives no cells: its statements are not about patients.

    Parameters
    ----------
    page : Monograph
        The page.
    findings : sequence of Finding, optional
        What contradicts what; the page's own findings by default.
    """
    if page.policy == "research-only":
        return ()
    # What follows the page in its file may be of another substance.
    own = (s for s in page.statements if "page_subject" not in s.details)
    return glance_of(own, page.findings if findings is None else findings)


def glance_of(
    statements: Iterable[Statement], findings: Iterable[Finding] = ()
) -> tuple[GlanceCell, ...]:
    """Return what statements say of the topics; those of research use are left out."""
    pairs = [set(f.statements) for f in findings if f.code in CONFLICTS]
    by_topic: list[list[Statement]] = [[] for _ in _TOPICS]
    loose: list[Statement] = []
    for statement in statements:
        topics = _BY_KIND.get(statement.kind)
        if topics is None or statement.policy == "research-only":
            if statement.kind in _LOOSE and statement.policy != "research-only":
                loose.append(statement)
            continue
        always, maybe = topics
        for index in always:
            by_topic[index].append(statement)
        if maybe and (words := _about(statement)):
            for index in _topics_in(words, maybe):
                by_topic[index].append(statement)
    if loose:
        _mentioned(by_topic, loose)
    return tuple(
        _cell(topic.name, found, pairs)
        for topic, found in zip(_TOPICS, by_topic, strict=True)
    )


def _mentioned(by_topic: list[list[Statement]], loose: list[Statement]) -> None:
    """Add what only mentions a topic to those that nothing else speaks of."""
    quotes = [_mentions(one) for one in loose]
    everything = "\n".join(quotes)
    for found, words in zip(by_topic, _LOOSE_WORDS, strict=True):
        if not found and any(map(everything.__contains__, words)):
            found += [
                one
                for one, quote in zip(loose, quotes, strict=True)
                if any(map(quote.__contains__, words))
            ]


def _mentions(one: Statement) -> str:
    return f"{one.span.quote} {one.scope.population or ''}".lower()


@lru_cache(maxsize=4096)
def _topics_in(words: str, maybe: tuple[int, ...]) -> tuple[int, ...]:
    """Return which topics some words speak of; pages say the same words often."""
    return tuple(index for index in maybe if _speaks_of(words, _TOPICS[index]))


def _speaks_of(words: str, topic: _Topic) -> bool:
    if topic.words is None or not topic.words.search(words):
        return False
    return not (topic.not_words and topic.not_words.search(words))


def is_contradiction(finding: Finding) -> bool:
    """Say whether a finding sets statements against each other."""
    return len(finding.statements) > 1 and finding.code not in IDENTITY


def _about(statement: Statement) -> str:
    scope = statement.scope
    parts = [scope.population, scope.condition]
    # "Monitor liver function" is no advice for people with liver disease.
    if statement.kind != "monitoring" and isinstance(statement.value, str):
        parts.append(statement.value)
    return " ".join(part for part in parts if part)


def _cell(topic: str, found: list[Statement], pairs: list[set[str]]) -> GlanceCell:
    if not found:
        return GlanceCell(topic, (), conflict=False)
    groups: dict[tuple[str, str], list[Statement]] = {}
    for statement in found:
        level, label = level_of(statement)
        groups.setdefault((level, label), []).append(statement)
    if len(groups) > 1:
        # What only mentions the topic is not shown beside what advises.
        groups = {key: group for key, group in groups.items() if key[0] != "said"}
    ordered = sorted(groups.items(), key=lambda item: _LEVELS.index(item[0][0]))
    levels = {level for level, _ in groups}
    names = {statement.id for group in groups.values() for statement in group}
    opposed = bool(levels & _FORBIDS and levels & _ALLOWS) or (
        "compatible" in levels and "caution" in levels
    )
    return GlanceCell(
        topic,
        tuple(Said(key[0], key[1], tuple(group)) for key, group in ordered),
        opposed or any(len(names & pair) > 1 for pair in pairs),
    )


def level_of(statement: Statement) -> tuple[str, str]:
    """Return how strongly a statement advises, and the word for it."""
    value = statement.value if isinstance(statement.value, str) else ""
    if statement.kind == "dose_adjustment" and value == "none":
        # "No adjustment is needed" asks for none.
        return "unadjusted", LABELS["unadjusted"]
    if statement.kind == "pregnancy" and _CATEGORY.fullmatch(value):
        return "category", f"Category {value}"
    level: str | None = None
    if "relative" in value.lower() or "outweigh" in statement.span.quote.lower():
        level = "relative"
    elif statement.strength in LABELS:
        level = statement.strength
    else:
        words = f"{value} {statement.span.quote}".lower()
        if statement.kind == "contraindication":
            level = "contraindicated"
        elif statement.kind in ("pregnancy", "breastfeeding", "precaution"):
            level = next((name for name, word in _WORDS if word.search(words)), None)
    if level is None:
        level = {
            "contraindication": "contraindicated",
            "dose_adjustment": "adjust",
            "precaution": "caution",
            "monitoring": "monitor",
            "dose_initial": "dose",
            "dose_max": "dose",
            "contraception": "advice",
            "discontinuation": "advice",
            "missed_dose": "advice",
            "lifestyle": "advice",
        }.get(statement.kind, "said")
    return level, LABELS[level]
