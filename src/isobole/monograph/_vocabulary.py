"""The words the reader knows: one name for what pages call differently.

Kept as data in ``vocabulary/*.toml``, compiled once when first asked for.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from isobole.monograph._folded import Folded, folds
from isobole.monograph._held import gate, held, marks

_SENTENCES = 4096
"""Sentences whose names are remembered; a page has a hundred."""


class Names:
    """Patterns with the name each stands for, tried in the order of the file.

    Each has `keys`: letters, in lower case, of which a text must hold some to hold the
    name. They settle most sentences without a pattern being tried: see `held`.
    """

    __slots__ = ("_each", "_firsts", "_founds", "_likely", "_marks", "marks")

    def __init__(self, table: dict[str, dict[str, Any]]) -> None:
        self._each = [(name, Folded(row["match"])) for name, row in table.items()]
        self._marks = [marks(row["keys"]) for row in table.values()]
        self.marks = marks(key for row in table.values() for key in row["keys"])
        """What `held` gives for any of the keys."""
        self._likely: dict[int, list[tuple[str, Folded]]] = {}
        # Several rules ask about the sentence in hand, one after the other, and many
        # sentences stand in page after page.
        self._firsts: dict[str, str | None] = {}
        self._founds: dict[str, list[tuple[int, int, str]]] = {}

    def _named_by(self, here: int) -> list[tuple[str, Folded]]:
        """Return the names that some keys allow; few sets of keys are ever met."""
        likely = self._likely.get(here)
        if likely is None:
            each = zip(self._each, self._marks, strict=True)
            likely = [one for one, mark in each if here & mark]
            if len(self._likely) >= _SENTENCES:
                self._likely.clear()
            self._likely[here] = likely
        return likely

    def whole(self, text: str) -> str | None:
        """Return the name that all of `text` stands for, or None."""
        if here := held(text) & self.marks:
            for name, pattern in self._named_by(here):
                if pattern.plain.fullmatch(text):
                    return name
        return None

    def first(self, text: str) -> str | None:
        """Return the first name of the file found anywhere in `text`, or None."""
        here = held(text) & self.marks
        if not here:
            return None
        if text in self._firsts:
            return self._firsts[text]
        first = None
        for name, pattern in self._named_by(here):
            if pattern.search(text):
                first = name
                break
        if len(self._firsts) >= _SENTENCES:
            self._firsts.clear()
        self._firsts[text] = first
        return first

    def found(self, text: str) -> list[tuple[int, int, str]]:
        """Return every place of a name: begin, end, name; in the order of `text`.

        Where two names overlap the one that stands first in the file wins, so that
        "GABA uptake" is not also "GABA".
        """
        here = held(text) & self.marks
        if not here:
            return []
        known = self._founds.get(text)
        if known is not None:
            return known
        places: list[tuple[int, int, str]] = []
        lower = text.lower() if folds(text) else None
        for name, pattern in self._named_by(here):
            for match in (
                pattern.plain.finditer(text)
                if lower is None
                else pattern.lower.finditer(lower)
            ):
                begin, end = match.span()
                for a, b, _ in places:
                    if begin < b and a < end:
                        break
                else:
                    places.append((begin, end, name))
        if len(places) > 1:
            places.sort()
        if len(self._founds) >= _SENTENCES:
            self._founds.clear()
        self._founds[text] = places
        return places


class Topics:
    """Patterns for words in lower case with the name each gives; the first one counts.

    Rows may have `keys` as `Names` have.
    """

    __slots__ = ("_each", "_likely", "_marks")

    def __init__(self, rows: list[dict[str, Any]], name: str) -> None:
        self._each = [
            (row[name], re.compile(row["match"]), marks(row["keys"])) for row in rows
        ]
        self._marks = marks(key for row in rows for key in row["keys"])
        self._likely: dict[int, list[tuple[str, re.Pattern[str]]]] = {}

    def first(self, words: str) -> str | None:
        """Return the first name whose pattern is found in the words."""
        here = held(words) & self._marks
        if not here:
            return None
        likely = self._likely.get(here)
        if likely is None:
            likely = [
                (name, pattern) for name, pattern, mark in self._each if here & mark
            ]
            if len(self._likely) >= _SENTENCES:
                self._likely.clear()
            self._likely[here] = likely
        lower = words.lower()
        for name, pattern in likely:
            if pattern.search(lower):
                return name
        return None


class Fate(NamedTuple):
    """A phrase about the fate in the body: parameter, value, pattern."""

    parameter: str
    value: str
    marks: int
    pattern: Folded


class Measure(NamedTuple):
    """A number of the fate in the body: its words, and the units it has."""

    parameter: str
    gate: int
    pattern: Folded
    units: str


class Vocabulary:
    """Every table of the vocabulary, compiled."""

    def __init__(self) -> None:
        topics, terms, body = _load("topics"), _load("terms"), _load("pharmacology")
        self.headings = Topics(topics["heading"], "topic")
        self.questions = Topics(topics["question"], "topic")
        self.frequencies = Topics(topics["frequency"], "class")
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
            Fate(r["parameter"], r["value"], marks(r["keys"]), Folded(r["match"]))
            for r in body["fate"]
        ]
        self.fate_marks = marks(key for r in body["fate"] for key in r["keys"])
        self.measures = [
            Measure(r["parameter"], gate(*r["keys"]), Folded(r["match"]), r["units"])
            for r in body["measure"]
        ]
        self.hedges = Names(body["hedges"])

    @lru_cache(maxsize=4096)  # noqa: B019 - one vocabulary lives as long as the process
    def topic(self, title: str) -> str | None:
        """Return what a heading or bold lead is about, or None."""
        return self.headings.first(title)

    @lru_cache(maxsize=1024)  # noqa: B019
    def question(self, words: str) -> str | None:
        """Return what a question asks about, or None."""
        return self.questions.first(words)

    @lru_cache(maxsize=4096)  # noqa: B019
    def frequency(self, words: str) -> str | None:
        """Return the frequency class that some words set, or None."""
        return self.frequencies.first(words)

    def _aged(self, age: re.Match[str]) -> str:
        low = age["sign"].lower() in _YOUNGER
        who = self.populations.first(age["who"]) or "patients"
        if who == "patients" and low:
            who = "children"
        return f"{who} {'<' if low else '>'} {age['age']} {_unit(age['unit'])}"

    @lru_cache(maxsize=4096)  # noqa: B019
    def population(self, words: str) -> str | None:
        """Return the population that some words name, ages included, or None."""
        here = held(words)
        likely = here & AGE_SIGNS and here & _AGED and _DIGIT.search(words)
        if likely and (age := _AGE.search(words)):
            named = self._aged(age)
            others = self.population(words[: age.start()] + words[age.end() :])
            return f"{others}; {named}" if others else named
        if not here & self.populations.marks:
            return None
        found = list(
            dict.fromkeys(name for _, _, name in self.populations.found(words))
        )
        if len(found) > 1:
            # "Pregnant women" are one population.
            found = [name for name in found if name not in ("women", "men")] or found
        return "; ".join(found) or None


_SPAN = re.compile(
    r"(?P<low>\d{1,2})\s*(?:-|–|to)\s*(?P<high>\d{1,2})\s*(?P<unit>years?|months?|weeks?)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def age_span(words: str) -> str | None:
    """Return a range of ages, ``"2-12 years"``, or None.

    Examples
    --------
    >>> age_span("Children (2 to 12 years)")
    '2-12 years'
    """
    match = _SPAN.search(words)
    if match is None:
        return None
    return f"{match['low']}-{match['high']} {_unit(match['unit'])}"


_YOUNGER = ("under", "below", "younger than", "less than", "<")
AGE_SIGNS = marks(("under", "below", "than", "<", "over", "above", ">", "≥"))
"""One of these stands beside every limit of age."""

_AGED = gate(
    "children", "infants", "patients", "adults", "adolescents", "boys", "girls",
    "those", "individuals", "people", "men",
)  # fmt: skip
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
    here = held(words)
    if not (here & AGE_SIGNS and here & _AGED and _DIGIT.search(words)):
        return None
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
