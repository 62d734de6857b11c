"""What a statement applies to, beyond its scope: severity, route, age, trimester.

Two statements contradict each other only where one covers the other. A statement that
narrows itself to severe disease, to an injection or to one trimester does not cover the
rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from isobole.monograph._concepts import lineage
from isobole.monograph._contradictions_words import concepts_in, plain
from isobole.monograph._held import held, marks
from isobole.monograph._statement import Statement

_ESPECIALLY = re.compile(
    r"\(?\s*\b(?:especially|particularly|mainly|notably|e\.g\.|such as|including)\b"
    r"[^();.]*\)?"
)
_FACETS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    name: tuple((value, re.compile(pattern)) for value, pattern in table)
    for name, table in {
        "severity": (
            ("severe", r"\b(?:severe(?:ly)?|end[- ]stage|advanced|decompensated|"
             r"child[- ]pugh (?:class )?c|serious|marked|uncontrolled|unstable|"
             r"life[- ]threatening|third[- ]degree|< ?(?:10|15|30) ?ml)\b"),
            ("mild", r"\b(?:mild|moderate|mild(?:-to-|/)moderate|compensated|stable|"
             r"well[- ]controlled|child[- ]pugh (?:class )?[ab]|first[- ]degree)\b"),
        ),
        "course": (
            ("now", r"\b(?:active|acute|current(?:ly)?|ongoing|recent)\b"),
            ("past", r"\b(?:history of|past|previous(?:ly)?|former|prior)\b"),
        ),
        "route": (
            ("injected", r"\b(?:intravenous|i\.?v\.?|injection|injectable|"
             r"infusion|parenteral|intramuscular|i\.?m\.?|intrathecal|epidural)\b"),
            ("oral", r"\b(?:oral(?:ly)?|tablets?|capsules?|by mouth|syrup)\b"),
            ("local", r"\b(?:topical(?:ly)?|cream|ointment|eye drops|ophthalmic"
                      r"|inhaled|"
             r"inhal\w+|nasal|vaginal|patch|gel|lotion)\b"),
            ("rectal", r"\b(?:rectal|suppositor\w+|enema)\b"),
        ),
        "release": (
            ("extended", r"\b(?:extended|sustained|modified|prolonged|controlled)[- ]"
             r"release\b|\b(?:xr|er|sr)\b"),
            ("immediate", r"\bimmediate[- ]release\b|\bir\b"),
        ),
        "trimester": (
            ("first", r"\bfirst trimester|early pregnancy|1st trimester\b"),
            ("second", r"\bsecond trimester|2nd trimester\b"),
            ("third", r"\bthird trimester|3rd trimester|late pregnancy|near term|"
             r"last trimester|after 20 weeks\b"),
        ),
        "dose": (
            ("high", r"\bhigh(?:er)? doses?\b"),
        ),
        "use": (
            ("migraine", r"\bmigraine\b"),
            ("epilepsy", r"\b(?:epilepsy|seizures?)\b"),
            ("bipolar", r"\bbipolar|mania\b"),
            ("hypertension", r"\b(?:for|treat\w+(?: of)?) (?:\w+ )?hypertension\b"),
            ("weight loss", r"\b(?:for|as an aid to) weight loss\b"),
        ),
        "age": (
            ("young", r"\b(?:under|below|younger than|less than|<) ?(?:the age of )?"
             r"\d+ ?(?:years?|months?|weeks?)|\b(?:children|infants?|neonates?|"
             r"newborns?|adolescents?|p(?:a)?ediatric)\b(?!-?bearing)"),
            ("old", r"\b(?:elderly|geriatric|older|over (?:the age of )?[5-9]\d)\b"),
        ),
        "with": (
            ("other drugs", r"\b(?:concomitant|concurrent|co-?administ\w+"
                            r"|in combination"
             r"|combined with|together with|when taken with)\b"),
        ),
    }.items()
}  # fmt: skip
# Whatever one of a facet's patterns finds holds one of its keys, or is of two letters:
# those stand within too many words.
_OF_TWO = re.compile(r"\b(?:xr|er|sr|ir|iv|im)\b")
_FACET_KEYS = {
    name: marks(keys)
    for name, keys in {
        "severity": (
            "severe", "end", "advanced", "compensated", "child", "serious", "marked",
            "uncontrolled", "stable", "life", "degree", "<", "mild", "moderate",
            "controlled",
        ),
        "course": (
            "active", "acute", "current", "ongoing", "recent", "history", "past",
            "previous", "former", "prior",
        ),
        "route": (
            "intra", "i.v", "inject", "infusion", "parenteral", "i.m", "epidural",
            "oral", "tablet", "capsule", "mouth", "syrup", "topical", "cream",
            "ointment", "eye", "ophthalmic", "inhal", "nasal", "vaginal", "patch",
            "gel", "lotion", "rectal", "suppositor", "enema",
        ),
        "release": ("release",),
        "trimester": ("trimester", "pregnancy", "term", "20"),
        "dose": ("high",),
        "use": (
            "migraine", "epilepsy", "seizure", "bipolar", "mania", "hypertension",
            "weight",
        ),
        "age": (
            "under", "below", "than", "<", "children", "infant", "neonate", "newborn",
            "adolescent", "ediatric", "elderly", "geriatric", "older", "over",
        ),
        "with": (
            "concomitant", "concurrent", "administ", "combination", "combined",
            "together", "taken",
        ),
    }.items()
}  # fmt: skip
_ROUTE_OR_RELEASE = _FACET_KEYS["route"] | _FACET_KEYS["release"]
_BLANKET = re.compile(
    r"\b(?:all|any)\b[^.;]{0,20}\b(?:trimesters?|stages?|degrees?|severity)\b"
)


def _keys_in(text: str) -> int:
    """Return the marks of the keys of facets in a text in lower case, and others."""
    return held(text) | (_ROUTE_OR_RELEASE if _OF_TWO.search(text) else 0)


@lru_cache(maxsize=8192)
def facets(words: str) -> dict[str, frozenset[str]]:
    """Return the restrictions that words state, by facet.

    What follows "especially" restricts nothing.

    Examples
    --------
    >>> facets("severe hepatic impairment (intravenous use)")
    {'severity': frozenset({'severe'}), 'route': frozenset({'injected'})}
    >>> facets("gout (especially if severe)")
    {}
    """
    text = _ESPECIALLY.sub(" ", words.lower())
    if _BLANKET.search(text):
        return {}
    found = {}
    here = _keys_in(text)
    for name, table in _FACETS.items():
        if not here & _FACET_KEYS[name]:
            continue
        named = frozenset(value for value, pattern in table if pattern.search(text))
        if named:
            found[name] = named
    return found


def covers(wide: dict[str, frozenset[str]], narrow: dict[str, frozenset[str]]) -> bool:
    """Return whether what holds for `wide` holds for all or part of `narrow`.

    A facet that only the wide statement restricts excludes the rest of the narrow one.

    Examples
    --------
    >>> covers(facets("liver disease"), facets("mild liver disease"))
    True
    >>> covers(facets("severe liver disease"), facets("liver disease"))
    False
    """
    return all(
        name in narrow and bool(values & narrow[name]) for name, values in wide.items()
    )


def scopes_meet(one: Statement, other: Statement) -> bool:
    """Return whether the recorded scopes of two statements may overlap."""
    a, b = one.scope, other.scope
    pairs = (
        (a.component, b.component),
        (a.salt, b.salt),
        (a.route, b.route),
        (a.formulation, b.formulation),
        (a.phase, b.phase),
        (a.jurisdiction, b.jurisdiction),
    )
    return all(
        first is None or second is None or plain(first) == plain(second)
        for first, second in pairs
    )


_PARTS = re.compile(r"\s*(?:[;,]|\bor\b|\band\b)\s*")
_JOINED_HEADS = re.compile(
    r"\b(?:renal|kidney|hepatic|liver)(?: (?:or|and) | ?/ ?)(?:renal|kidney"
    r"|hepatic|liver)\b"
)
_LEADING = re.compile(
    r"^(?:(?:patients?|people|persons?|individuals|those|women|men|use|used|in|with|who|"
    r"have|has|having|of|a|an|the|known|suspected|documented|history|pre-?existing|"
    r"underlying|severe|severely|mild|moderate|significant|active|acute|current|"
    r"uncontrolled|untreated|unstable|serious|advanced|any|certain|some|other|"
    r"presence|recent|previous)\s+)+"
)
_SPELLING = (
    ("oedema", "edema"), ("haem", "hem"), ("aemia", "emia"), ("oesoph", "esoph"),
    ("diarrhoea", "diarrhea"), ("anaes", "anes"), ("leucopen", "leukopen"),
    ("paed", "ped"), ("isation", "ization"), ("ising", "izing"), ("tumour", "tumor"),
    ("oestr", "estr"), ("foet", "fet"), ("sulph", "sulf"),
)  # fmt: skip
_TAIL = re.compile(r"\b(?:disorders?|diseases?|conditions?|syndromes?)$")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that a statement is about: its keys, and how it is narrowed."""

    words: str
    keys: frozenset[str]
    facets: dict[str, frozenset[str]]


@lru_cache(maxsize=8192)
def conditions(words: str) -> tuple[Condition, ...]:
    """Return the conditions that words list, each with its own restrictions.

    Keys are concepts with what they are too; a condition without a concept is known by
    its own words, spelling and number apart.

    Examples
    --------
    >>> [sorted(c.keys) for c in conditions("Severe renal impairment or gout")]
    [['renal impairment'], ['gout']]
    """
    text = plain(_ESPECIALLY.sub(" ", words))
    pieces = [text] if _JOINED_HEADS.search(text) else _PARTS.split(text)
    found = []
    for piece in pieces:
        keys = concepts_in(piece) or frozenset(filter(None, (own_words(piece),)))
        if keys:
            found.append(Condition(piece, keys, facets(piece)))
    return tuple(found)


@lru_cache(maxsize=8192)
def own_words(piece: str) -> str:
    """Return a condition's words without what restricts or decorates them.

    Examples
    --------
    >>> own_words("patients with severe oedemas"), own_words("known asthma")
    ('edema', 'asthma')
    """
    text = re.sub(r"\([^()]*\)", " ", plain(piece)).strip(" .:;*")
    text = _LEADING.sub("", text)
    for british, american in _SPELLING:
        text = text.replace(british, american)
    words = [
        word[:-1] if len(word) > 4 and word.endswith("s") and word[-2] not in "sui"
        else word
        for word in text.split()
    ]  # fmt: skip
    text = " ".join(words)
    bare = _TAIL.sub("", text).strip()
    return bare if len(bare) > 3 else text


@lru_cache(maxsize=8192)
def narrowest(keys: frozenset[str]) -> frozenset[str]:
    """Return the keys that are not merely the broader concept of another key.

    Examples
    --------
    >>> sorted(narrowest(frozenset({"hepatic impairment", "liver disease"})))
    ['hepatic impairment']
    """
    from isobole.monograph._concepts import concepts

    known = concepts()
    above: set[str] = set()
    for key in keys:
        if key in known:
            above |= lineage(key) - {key}
    return keys - above
