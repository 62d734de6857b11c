"""Numbers, ranges, units and frequencies as pages write them, under one name."""

from __future__ import annotations

import re
from functools import lru_cache

from isobole.monograph._folded import Folded
from isobole.monograph._statement import Value

DIGIT = re.compile(r"\d")
# "10 000" is one number: no amount is written "000". "2 250 mg" may be two tablets of
# 250 mg, and is none.
NUMBER = (
    r"(?!(?<=\d[ \u00a0\u2009\u202f])\d{3}(?!\d))"
    r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})*"
    r"[ \u00a0\u2009\u202f]000(?!\d)|\d+)(?:[.·]\d+)?"
)
_BASE = (
    r"(?:million\s+units?|mg|mcg|[µμu]g|micrograms?|milligrams?|grams?|g|ng|I\.?U\.?|"
    r"units?|mEq|mmol|mL|ml|L|drops?|tablets?|capsules?|caplets?|sprays?|puffs?|"
    r"inhalations?|patch(?:es)?|suppositor(?:y|ies)|sachets?|vials?|ampoules?|"
    r"teaspoons?|applications?|lozenges?)"
)
_PER = (
    r"(?:\s*/\s*|\s+per\s+)(?:kg|kilogram|m²|m2|m\^2|day|d|24\s*hours|dose|hour|hr|h|"
    r"minute|min|week|month|eye|nostril)\b(?:\s+(?:of\s+)?body\s?weight)?"
    # "mg·kg⁻¹·day⁻¹", "mg kg⁻¹ d⁻¹"; "day-1" behind a blank may be the first day.
    r"|(?:\s*[·⋅]\s*(?:kg|m|day|d|h|min)(?:⁻[¹²]|\^?[-−–][12]\b)"
    r"|\s(?:kg|m|day|d|h|min)(?:⁻[¹²]|\^[-−–][12]\b))"
)
_TIMES = r"(?:once|twice|thrice|(?:two|three|four|five|six|\d)\s+times)"
_FREQUENCY = (
    rf"(?:{_TIMES}(?:\s*(?:or|to|-)\s*{_TIMES})?(?:\s+(?:a|per|each|every)\s+"
    r"(?:day|week|month)|\s*-?(?:daily|weekly|monthly))"
    r"|every\s+(?:\d+(?:\s*(?:-|–|to)\s*\d+)?\s*)?(?:hours?|h|days?|weeks?|months?|"
    r"other\s+day|morning|night|evening|bedtime)\b"
    r"|(?:daily|weekly|monthly|nightly)\b|(?:per|a|each)\s+(?:day|week|month)\b"
    r"|(?:BID|TID|QID|QD|OD|HS|b\.i\.d\.?|t\.i\.d\.?|q\.i\.d\.?|q\.d\.)(?!\w)"
    r"|q\d+(?:-\d+)?h\b|at\s+(?:bedtime|night)\b|in\s+the\s+(?:morning|evening)\b)"
)
_GIVEN = (
    r"(?:[\s,]+(?:\(?(?:orally|oral|by\s+mouth|PO|IV|IM|SC|intravenous(?:ly)?|"
    r"intramuscular(?:ly)?|subcutaneous(?:ly)?|topically|rectally|administered|given|"
    r"taken|applied)\)?))*"
)
QUANTITY = Folded(
    rf"(?<![\w.,·’'/-])(?P<low>{NUMBER})(?:\s*(?:{_BASE}(?:{_PER})*)?\s*(?:-|–|—|to)\s*"
    rf"(?P<high>{NUMBER}))?\s*-?(?P<unit>{_BASE}(?:{_PER})*)(?![\w/⁻]|\s*[/·⋅]\s*\w)"
    rf"(?:{_GIVEN}\s+(?P<freq>{_FREQUENCY}))?",
)
MEASURED = Folded(rf"\d\s*-?{_BASE}")
"""What every quantity holds: its last digit, then its unit."""
_UNIT_NAMES = {
    "µg": "mcg", "μg": "mcg", "ug": "mcg", "microgram": "mcg", "milligram": "mg",
    "gram": "g", "iu": "IU", "i.u.": "IU", "ml": "mL", "unit": "units", "l": "L",
    "drop": "drops", "tablet": "tablets", "capsule": "capsules", "spray": "sprays",
    "puff": "puffs", "caplet": "caplets", "inhalation": "inhalations",
    "patch": "patches", "patche": "patches", "meq": "mEq", "vial": "vials",
    "million unit": "million units", "kilogram": "kg", "m2": "m²", "m^2": "m²",
    "d": "day", "24 hours": "day", "hr": "h", "hour": "h", "minute": "min",
    "application": "applications", "teaspoon": "teaspoons", "sachet": "sachets",
}  # fmt: skip
_INVERSE = re.compile(
    r"(?:\s*[·⋅]\s*|\s)(kg|m|day|d|h|min)(?:⁻|\^?[-−–])([12¹²])", re.IGNORECASE
)
_TIMES_NAMES = {
    "bid": "twice daily", "tid": "three times daily", "qid": "four times daily",
    "qd": "once daily", "od": "once daily", "hs": "at bedtime", "nightly": "at night",
    "thrice daily": "three times daily", "2 times daily": "twice daily",
    "two times daily": "twice daily", "3 times daily": "three times daily",
    "4 times daily": "four times daily",
}  # fmt: skip


def number(text: str) -> float | int:
    """Return a number as written, whole ones as integers.

    Examples
    --------
    >>> number("1,000"), number("97.41"), number("0·5")
    (1000, 97.41, 0.5)
    """
    if text.isdecimal():
        return int(text)
    digits = re.sub(r"[,\s]", "", text).replace("·", ".")
    if "." not in digits:
        return int(digits)
    value = float(digits)
    return int(value) if value.is_integer() else value


def value_of(low: str, high: str | None) -> Value:
    """Return one number, or a range as a pair."""
    return (number(low), number(high)) if high else number(low)


def _over(inverse: re.Match[str]) -> str:
    return f"/{inverse[1]}{'²' if inverse[2] in '2²' else ''}"


@lru_cache(maxsize=512)
def unit_name(text: str) -> str:
    """Return a unit as statements write it.

    Examples
    --------
    >>> unit_name("µg / kg / minute"), unit_name("mg per kg per day"), unit_name("ml")
    ('mcg/kg/min', 'mg/kg/day', 'mL')
    >>> unit_name("mg·kg⁻¹·d⁻¹"), unit_name("g m⁻²")
    ('mg/kg/day', 'g/m²')
    """
    text = _INVERSE.sub(_over, text)
    text = re.sub(r"\s+(?:of\s+)?body\s?weight", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\s*/\s*|\s+per\s+", "/", text.strip(), flags=re.IGNORECASE)
    parts = []
    for part in text.split("/"):
        lower = " ".join(part.lower().split())
        bare = lower[:-1] if len(lower) > 2 and lower.endswith("s") else lower
        parts.append(_UNIT_NAMES.get(lower) or _UNIT_NAMES.get(bare) or lower)
    return "/".join(parts)


@lru_cache(maxsize=512)
def frequency_name(text: str) -> str:
    """Return how often, in the words statements use.

    Examples
    --------
    >>> frequency_name("b.i.d."), frequency_name("q6h"), frequency_name("2 times a day")
    ('twice daily', 'every 6 hours', 'twice daily')
    """
    lower = " ".join(text.lower().replace("–", "-").split())
    if match := re.fullmatch(r"q(\d+(?:-\d+)?)h", lower):
        return f"every {match[1]} hours"
    lower = re.sub(r"\s+(?:a|per|each|every)\s+day$", " daily", lower)
    lower = re.sub(r"\s+(?:a|per|each|every)\s+week$", " weekly", lower)
    lower = re.sub(r"^(?:per|a|each|every)\s+day$", "daily", lower)
    lower = re.sub(r"^(?:per|a|each|every)\s+week$", "weekly", lower)
    lower = re.sub(r"(\d)\s*to\s*(\d)", r"\1-\2", lower)
    return _TIMES_NAMES.get(lower.replace(".", ""), lower)
