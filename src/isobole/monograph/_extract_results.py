"""What cells of a table say: amounts, substances, percentages, outcomes."""

from __future__ import annotations

import re

from isobole.monograph._extract_units import NUMBER, number
from isobole.monograph._statement import Value

_AMOUNT = re.compile(rf"^\s*(?P<value>{NUMBER})\s*(?P<unit>.+?)\s*$", re.DOTALL)
_PAIR = re.compile(rf"(?P<a>{NUMBER})\s*%[^.;]*?\bvs\.?\s[^.;%]*?(?P<b>{NUMBER})\s*%")
_MORE = re.compile(
    rf"(?P<a>{NUMBER})\s*%\s+(?P<than>higher|lower|greater|more|less|fewer)"
)
_SHARE = re.compile(
    rf"(?P<a>{NUMBER})\s*%\s+of\s+(?:the\s+|all\s+)?(?P<what>[\w\s-]+?)"
    r"(?=\s+(?:were|was|had|are|is|who|with|in|achieved|experienced)\b|[.,;)]|$)"
)
_ONE = re.compile(rf"(?<![\\\w])(?P<a>{NUMBER})\s*%")
_NONE = re.compile(
    r"\bno\s+(?:statistically\s+)?(?:significant\s+)?differences?\b", re.I
)
_SAME = re.compile(r"\b(?:the same|similar|equal|comparable)\b", re.I)
_ALL = re.compile(
    r"\b(?:in|by|of)\s+all\s+(?:\w+\s+)?(?:patients|subjects|cases|animals)", re.I
)
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")


def outcome_of(text: str) -> str | None:
    lower = text.lower()
    if re.search(r"\b(?:not|no|did not|failed to)\b[^.;]*\bprotect", lower):
        return "not protected"
    if "protect" in lower:
        return "protected"
    match = re.search(r"\b(delay|reduc|suppress|increas|decreas|prolong)\w*", lower)
    return match[0] if match else None


def amounts(text: str) -> tuple[Value, str | None]:
    """Return the amounts of a dose cell and their units, joined by plus signs.

    Examples
    --------
    >>> amounts("20 mg/kg, i.p. for 2 weeks")
    (20, 'mg/kg i.p. x 2 weeks')
    >>> amounts("5 mg/kg PB + 7 mg/kg Mg ²⁺")
    ((5, 7), 'mg/kg PB + mg/kg Mg2+')
    """
    values: list[float] = []
    units: list[str] = []
    text = text.translate(_SUPERSCRIPT)
    text = re.sub(r"\s+(?=\d[+-](?:\s|$|\)))", "", text)
    for part in re.split(r"\s+\+\s+", text):
        match = _AMOUNT.match(part)
        if match is None:
            return None, None
        values.append(float(number(match["value"])))
        unit = re.sub(r"\s*,\s*", " ", match["unit"])
        unit = re.sub(r"\s+for\s+(?=\d)", " x ", unit)
        units.append(" ".join(unit.split()))
    numbers: tuple[float, ...] = tuple(int(v) if v.is_integer() else v for v in values)
    return (numbers[0] if len(numbers) == 1 else numbers), " + ".join(units)


def substance(words: str) -> str:
    """Return the substance that a cell names, without gloss; two as ``a + b``.

    Examples
    --------
    >>> substance("Sodium Valproate (NaV)"), substance("VPA + Mg ²⁺")
    ('sodium valproate', 'VPA + Mg2+')
    """
    bare = re.sub(r"\s*\([^()]*\)", "", words).translate(_SUPERSCRIPT)
    bare = re.sub(r"\s+(?=\d[+-](?:\s|$))", "", bare).strip()
    bare = re.sub(
        r"\s+(?:mono|combination |adjunctive )?therapy$", "", bare, flags=re.I
    )
    parts = [
        " ".join(
            word if sum(map(str.isupper, word)) > 1 or "+" in word else word.lower()
            for word in part.split()
        )
        for part in re.split(r"\s+\+\s+", bare)
    ]
    return " + ".join(parts) or "not named"


def result_of(text: str) -> tuple[Value, str | None]:
    if match := _PAIR.search(text):
        return (number(match["a"]), number(match["b"])), "%"
    if match := _MORE.search(text):
        return number(match["a"]), f"% {match['than']}"
    if match := _SHARE.search(text):
        return number(match["a"]), f"% of {' '.join(match['what'].split())}"
    if match := _ONE.search(text):
        return number(match["a"]), "%"
    if _NONE.search(text):
        return "no difference", None
    if _SAME.search(text):
        return "equal", None
    if _ALL.search(text):
        return 100, "%"
    return None, None
