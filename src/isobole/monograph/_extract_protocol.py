"""Steps of a protocol: the doses, times and stages they name."""

from __future__ import annotations

import re

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_text import Piece, citations
from isobole.monograph._extract_units import QUANTITY, number, unit_name, value_of
from isobole.monograph._statement import Value
from isobole.monograph._vocabulary import vocabulary

_COUNT = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
          "once": 1, "twice": 2, "thrice": 3}  # fmt: skip
_TIME = re.compile(
    r"(?P<least>\bat least\s+)?\b"
    r"(?P<low>\d+(?:\.\d+)?|one|two|three|four|five|six|seven)"
    r"(?:\s*(?:-|–|to)\s*(?P<high>\d+(?:\.\d+)?))?[\s-]+(?P<unit>seconds?|minutes?|min|"
    r"hours?|h|days?|weeks?|months?)\b(?:\s+for\s+(?P<route>[ips]\.?[povcm]\.?(?![a-z])))?",
    re.IGNORECASE,
)
_TIME_UNITS = {"s": "s", "m": "min", "h": "h", "d": "day", "w": "week"}
_DAILY = re.compile(
    r"\b(?P<a>once|twice|thrice)(?:\s+(?:or|to)\s+(?P<b>twice|thrice))?\s+"
    r"(?:daily|a day|"
    r"per day)",
    re.IGNORECASE,
)
_STAGE = re.compile(
    r"\b(?P<unit>stage|score|grade)s?\s+(?P<a>\d)"
    r"(?:\s*(?:or|to|-|–|and)\s*(?P<b>\d))?",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\b(probit|logit|Litchfield|Spearman|up-and-down|isobolographic|ANOVA|chi-?square|"
    r"log-?rank|Kaplan)\b",
    re.IGNORECASE,
)


def say_step(draft: Draft, piece: Piece, place: Place, model: str) -> None:
    text = piece.text
    found: list[tuple[Value, str | None, str | None]] = []
    for match in QUANTITY.plain.finditer(text):
        routes = [name for _, _, name in vocabulary().routes.found(text)]
        found.append(
            (value_of(match["low"], match["high"]), unit_name(match["unit"]),
             " or ".join(dict.fromkeys(routes)) or None)
        )  # fmt: skip
    for match in _TIME.finditer(text):
        low = _COUNT.get(match["low"].lower()) or number(match["low"])
        value: Value = (low, number(match["high"])) if match["high"] else low
        word = match["unit"].lower()
        unit = "month" if word.startswith("mo") else _TIME_UNITS[word[0]]
        found.append(
            (value, unit + (" (minimum)" if match["least"] else ""), match["route"])
        )
    for match in _DAILY.finditer(text):
        times = _COUNT[match["a"].lower()]
        more = match["b"]
        often: Value = (times, _COUNT[more.lower()]) if more else times
        found.append((often, "per day", None))
    for match in _STAGE.finditer(text):
        a = int(match["a"])
        found.append(
            ((a, int(match["b"])) if match["b"] else a, match["unit"].lower(), None)
        )
    if not found and (method := _METHOD.search(text)):
        found.append((method[1].lower(), None, None))
    for said, given, condition in found or [(None, None, None)]:
        draft.say(
            "protocol_step", piece, place, said, given, subject=model,
            condition=condition,
            details={"step": place.lead or None, "cites": citations(text)},
        )  # fmt: skip
