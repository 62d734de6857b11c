"""The words the reader knows: one name for what pages call differently.

Kept as data in ``vocabulary/*.toml``, compiled once when first asked for.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple


class Names:
    """Patterns with the name each stands for, tried in the order of the file."""

    __slots__ = ("_all", "_each")

    def __init__(self, table: dict[str, str]) -> None:
        self._each = [
            (name, re.compile(pattern, re.IGNORECASE))
            for name, pattern in table.items()
        ]
        whole = "|".join(f"(?:{pattern})" for pattern in table.values())
        self._all = re.compile(whole, re.IGNORECASE)

    def whole(self, text: str) -> str | None:
        """Return the name that all of `text` stands for, or None."""
        if self._all.fullmatch(text) is None:
            return None
        for name, pattern in self._each:
            if pattern.fullmatch(text):
                return name
        return None

    def first(self, text: str) -> str | None:
        """Return the first name of the file found anywhere in `text`, or None."""
        if self._all.search(text) is None:
            return None
        for name, pattern in self._each:
            if pattern.search(text):
                return name
        return None

    def found(self, text: str) -> list[tuple[int, int, str]]:
        """Return every place of a name: begin, end, name; in the order of `text`.

        Where two names overlap the one that stands first in the file wins, so that
        "GABA uptake" is not also "GABA".
        """
        places: list[tuple[int, int, str]] = []
        if self._all.search(text) is None:
            return places
        for name, pattern in self._each:
            for match in pattern.finditer(text):
                begin, end = match.span()
                if not any(begin < b and a < end for a, b, _ in places):
                    places.append((begin, end, name))
        places.sort()
        return places


class Fate(NamedTuple):
    """A phrase about the fate in the body: parameter, value, pattern."""

    parameter: str
    value: str
    pattern: re.Pattern[str]


class Measure(NamedTuple):
    """A number of the fate in the body: its words, and the units it has."""

    parameter: str
    pattern: re.Pattern[str]
    units: str


class Vocabulary:
    """Every table of the vocabulary, compiled."""

    def __init__(self) -> None:
        topics, terms, body = _load("topics"), _load("terms"), _load("pharmacology")
        self.headings = Names({r["match"]: r["match"] for r in topics["heading"]})
        self._heading_topic = {r["match"]: r["topic"] for r in topics["heading"]}
        self.questions = [(r["topic"], _re(r["match"])) for r in topics["question"]]
        self.frequencies = [(r["class"], _re(r["match"])) for r in topics["frequency"]]
        self.populations = Names(terms["populations"])
        self.effects = Names(terms["effects"])
        self.indications = Names(terms["indications"])
        self.routes = Names(terms["routes"])
        self.affected = Names(terms["affected"])
        self.eponyms = {word.lower(): word for word in terms["eponyms"]}
        self.targets = Names(body["targets"])
        self.target_shape = _re(body["shapes"]["target"])
        self.actions = Names(body["actions"])
        self.qualifier = _re(body["qualifiers"]["match"])
        pathways = dict(body["pathways"])
        self.enzyme = re.compile(pathways.pop("enzyme"))
        self.pathways = Names(pathways)
        self.fates = [
            Fate(r["parameter"], r["value"], _re(r["match"])) for r in body["fate"]
        ]
        self.measures = [
            Measure(r["parameter"], _re(r["match"]), r["units"])
            for r in body["measure"]
        ]
        self.hedges = Names(body["hedges"])

    @lru_cache(maxsize=4096)  # noqa: B019 - one vocabulary lives as long as the process
    def topic(self, title: str) -> str | None:
        """Return what a heading or bold lead is about, or None."""
        found = self.headings.first(title.lower())
        return str(self._heading_topic[found]) if found else None

    def question(self, words: str) -> str | None:
        """Return what a question asks about, or None."""
        lower = words.lower()
        for topic, pattern in self.questions:
            if pattern.search(lower):
                return str(topic)
        return None

    @lru_cache(maxsize=4096)  # noqa: B019
    def frequency(self, words: str) -> str | None:
        """Return the frequency class that some words set, or None."""
        lower = words.lower()
        for name, pattern in self.frequencies:
            if pattern.search(lower):
                return str(name)
        return None

    @lru_cache(maxsize=4096)  # noqa: B019
    def population(self, words: str) -> str | None:
        """Return the population that some words name, ages included, or None."""
        if age := _AGE.search(words):
            low = age["sign"].lower() in _YOUNGER
            who = self.populations.first(age["who"] or "") or "patients"
            if who == "patients" and low:
                who = "children"
            sign = "<" if low else ">"
            return f"{who} {sign} {age['age']} {_unit(age['unit'])}"
        found = list(dict.fromkeys(name for _, _, name in self.populations.found(words)))
        if len(found) > 1:
            # "Pregnant women" are one population.
            found = [name for name in found if name not in ("women", "men")] or found
        return "; ".join(found) or None


_YOUNGER = ("under", "below", "younger than", "less than", "<")
_AGE = re.compile(
    r"\b(?P<who>children|infants|patients|adults|adolescents|boys|girls|those|"
    r"individuals|people|women|men)\b\s*(?:\(?(?:aged?|ages|who are)\s+)?\(?"
    r"(?P<sign>under|below|younger than|less than|<|over|above|older than|>|≥)\s*"
    r"(?:the age of\s+)?(?P<age>\d{1,3})\b(?!\s*(?:kg|mg|mL|%))"
    r"(?:[\s-]*(?P<unit>years?|months?|weeks?|days?))?",
    re.IGNORECASE,
)


def age_limit(words: str) -> tuple[int, str] | None:
    """Return the age that bounds a population, with its unit, or None.

    Examples
    --------
    >>> age_limit("Children under 2 years are at risk")
    (2, 'years (upper limit)')
    """
    match = _AGE.search(words)
    if match is None:
        return None
    side = "upper" if match["sign"].lower() in _YOUNGER else "lower"
    return int(match["age"]), f"{_unit(match['unit'])} ({side} limit)"


def _unit(unit: str | None) -> str:
    return unit.lower().rstrip("s") + "s" if unit else "years"


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _load(name: str) -> dict[str, Any]:
    place = files("isobole.monograph") / "vocabulary" / f"{name}.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary, read and compiled on the first call."""
    return Vocabulary()
