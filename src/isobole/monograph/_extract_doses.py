"""The grammar of doses: numbers, ranges, units, frequencies, and what they are for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from isobole.monograph._draft import Draft, Place
from isobole.monograph._extract_cues import AFTER, LOWERED, cue_of
from isobole.monograph._extract_text import Entry, Piece
from isobole.monograph._extract_units import (
    DIGIT,
    MEASURED,
    NUMBER,
    QUANTITY,
    frequency_name,
    number,
    unit_name,
    value_of,
)
from isobole.monograph._folded import Folded, folds
from isobole.monograph._held import held, marks
from isobole.monograph._statement import Value
from isobole.monograph._vocabulary import vocabulary

_INTERVAL = Folded(
    r"\b(?:(?P<word>weekly|monthly|daily)|(?:every|each|per)\s+(?P<n>\d+(?:\s*(?:-|–|to)"
    r"\s*\d+)?\s+)?(?P<unit>day|week|month|hour)s?|at\s+(?P<m>\d+|one|two)[\s-]+"
    r"(?P<at>day|week|month)s?\s+intervals|(?:at|in)\s+(?P<ly>weekly|monthly|daily)\s+"
    r"(?:intervals|increments))\b",
)
_DIVIDED = Folded(
    r"\b(?:in\s+)?(?:(?P<n>\d+(?:\s*(?:-|–|to)\s*\d+)?|two|three|four)\s+)?"
    r"(?:equally\s+)?divided\s+(?:doses?|daily|into|every|q\d)",
)
_DURATION = Folded(
    r"\bfor\s+(?:up\s+to\s+)?(\d+(?:\s*(?:-|–|to)\s*\d+)?)\s+(days?|weeks?|months?)\b",
)
_CLEARANCE = marks(("clearance", "crcl", "gfr"))
_CLEARANCE_RANGE = re.compile(
    rf"(?:(?:[<>≤≥]=?|below|above|less than|under|greater than|over|at least)\s*)?"
    rf"{NUMBER}(?:\s*(?:-|–|to)\s*{NUMBER})?\s*m[Ll]/min(?:ute)?",
    re.IGNORECASE,
)
_PERIODS = {"weekly": "week", "monthly": "month", "daily": "day"}
_RATE = re.compile(r"/(?:min|h)$")
_OPEN_ENDED = re.compile(r"titrat\w+|increas\w+|as needed|adjust\w+", re.IGNORECASE)
THERAPEUTIC = re.compile(
    r"\b(?:therapeutic|target|reference|desired|serum|plasma)\b[^.;]{0,70}?"
    rf"(?P<low>{NUMBER})\s*(?:-|–|—|to)\s*(?P<high>{NUMBER})\s*"
    r"(?P<unit>(?:mcg|[µμu]g|mg|ng|mmol|[µμu]mol|mEq)\s*/\s*(?:mL|ml|dL|L))",
)


# "Doses up to 20 g have been survived" is no dose to take.
_HARMED = marks(("overdos", "lethal", "fatal", "surviv", "poisoning", "ingest"))
_SURVIVED = re.compile(r"lethal|\bfatal(?:ly|\s+(?:dos|amount))|surviv", re.IGNORECASE)
_LEVELS = marks(("therapeutic", "target", "reference", "desired", "serum", "plasma"))
# No quantity begins within a number or behind what may be half of one.
_FIRST_DIGIT = re.compile(r"\d(?<![\w.,·’'/-]\d)\d*")
# What may stand between the first digit of a quantity and the one before its unit.
_IN_QUANTITY = re.compile(r"[\d.,·\s–—toTO-]*")
_JOINED = re.compile(r"[\s,(]*(?:or|and|to)?[\s(]*")


class Dose(NamedTuple):
    """A quantity in a sentence: what it is for, its value and its unit."""

    kind: str
    value: Value
    unit: str
    begin: int
    end: int
    phase: str | None = None
    up_to: bool = False


def doses(text: str, lead: str = "") -> list[Dose]:
    """Return the doses in a sentence, each with what it is for.

    Examples
    --------
    >>> for dose in doses(
    ...     "Start with 25 mg twice daily, raise: increase by "
    ...     "10-20 mg/day every week, maximum 200 mg/day"
    ... ):
    ...     print(dose.kind, dose.value, dose.unit)
    dose_initial 25 mg twice daily
    dose_titration (10, 20) mg/day per week
    dose_max 200 mg/day
    """
    found: list[Dose] = []
    matches = _quantities(text)
    if matches and _of_clearance(text):
        matches = [m for m in matches if unit_name(m["unit"])[:3] != "mL/"]
    before = 0
    previous = "dose_maintenance"
    for index, match in enumerate(matches):
        last = index + 1 == len(matches)
        begin, end = match.span()
        low, high, measure, often = match.group("low", "high", "unit", "freq")
        ahead = text[before:begin]
        behind = text[end:] if last else text[end : matches[index + 1].start()]
        cue, phase, up_to = cue_of(ahead, behind if last else "")
        if after := AFTER.match(behind):
            cue = "dose_initial" if after["initial"] else "dose_max"
            phase = None
        if cue is None and index == 0 and lead:
            # What the sentence does not say, its lead or question may.
            cue, phase, up_to = cue_of(lead, "")
            ahead = f"{lead} {ahead}"
        if cue is None:
            # A quantity joined to the last one ("or 500 mg") is of the same kind.
            joined = index > 0 and _JOINED.fullmatch(ahead)
            cue = previous if joined else "dose_maintenance"
        unit = unit_name(measure)
        frequency = frequency_name(often) if often else None
        if cue == LOWERED:
            # By how much a dose is lowered is no dose to take.
            before, previous = end, cue
            continue
        if cue == "dose_titration":
            unit = _step(unit, frequency, ahead, often or "", behind)
        elif frequency == "daily" and "/day" not in unit:
            unit += "/day"
        elif frequency and not (unit.endswith("/day") and "daily" in frequency):
            unit += f" {frequency}"
        value = value_of(low, high)
        found.append(Dose(cue, value, unit, begin, end, phase, up_to))
        before, previous = end, cue
    return found


def _quantities(text: str) -> list[re.Match[str]]:
    """Return every quantity, tried only where a number begins."""
    found: list[re.Match[str]] = []
    # Units and frequencies are put into lower case anyway; there they are found faster.
    if folds(text):
        text, measure, quantity = text.lower(), MEASURED.lower, QUANTITY.lower
    else:
        measure, quantity = MEASURED.plain, QUANTITY.plain
    measured = measure.search(text)
    if measured is None:
        return found
    last = measured.start()
    place = 0
    for digit in _FIRST_DIGIT.finditer(text):
        start = digit.start()
        if start < place:
            continue
        # A quantity goes on to the next digit with a unit, and nothing but numbers
        # and what joins them stands before that.
        if last < start:
            measured = measure.search(text, start)
            if measured is None:
                break
            last = measured.start()
        joined = _IN_QUANTITY.match(text, start)
        if joined and last > joined.end():
            continue
        if match := quantity.match(text, start):
            found.append(match)
            place = match.end()
    return found


def _step(unit: str, frequency: str | None, ahead: str, often: str, behind: str) -> str:
    """Return the unit of a step: "50 mg twice daily every week" is one of each week."""
    if frequency and frequency.endswith("daily"):
        apart = _interval(behind) or _interval(ahead)
        if apart or frequency != "daily":
            if frequency != "daily":
                return f"{unit} {frequency}{apart}"
            return f"{unit}{apart}" if "/day" in unit else f"{unit}/day{apart}"
    return unit + _interval(f"{ahead} {frequency or often} {behind}")


def _interval(text: str) -> str:
    match = _INTERVAL.search(text)
    if match is None:
        return ""
    word = match["word"] or match["ly"]
    if word:
        return f" per {_PERIODS[word.lower()]}"
    if match["unit"]:
        count = (match["n"] or "").strip().replace("–", "-").replace(" to ", "-")
        unit = match["unit"].lower()
        return f" per {count} {unit}s" if count and count != "1" else f" per {unit}"
    count = {"one": "1", "two": "2"}.get(match["m"].lower(), match["m"])
    unit = match["at"].lower()
    return f" per {unit}" if count == "1" else f" per {count} {unit}s"


_Match = re.Match[str] | None


# An answer stands in the front matter and in the body, and is read by several rules.
@lru_cache(maxsize=4096)
def _figures(text: str, lead: str) -> tuple[_Match, list[Dose], _Match, _Match]:
    """Return the level, the doses, their division and duration in a sentence."""
    leveled = "/" in text and held(text) & _LEVELS
    level = THERAPEUTIC.search(text) if leveled else None
    found = doses(text, lead)
    if not found:
        return level, found, None, None
    lower = text.lower()
    divided = _DIVIDED.search(text) if "divided" in lower else None
    duration = _DURATION.search(text) if "for" in lower else None
    return level, found, divided, duration


def say_doses(
    draft: Draft, piece: Piece, place: Place, only: str | None = None
) -> list[Dose]:
    """Write down the doses of a sentence, and the level in blood it names.

    They hold for the condition `only`, unless the sentence has one of its own.
    """
    text = piece.text
    if not DIGIT.search(text):
        return []
    level, found, divided, duration = _figures(text, place.lead or place.question or "")
    if level:
        draft.say(
            "therapeutic_range",
            piece,
            place,
            (number(level["low"]), number(level["high"])),
            unit_name(level["unit"]),
            condition="typical" if "typical" in text.lower() else None,
        )
    if found and (held(text) & _HARMED or "overdos" in place.lead.lower()):
        found = [] if _SURVIVED.search(text) else [d for d in found if _limits(d)]
    if not found:
        return found
    route = vocabulary().routes.first(text)
    population = vocabulary().population(text) or place.population
    of_clearance = _of_clearance(text)
    for dose in found:
        condition = (_kidneys(text, dose.begin) if of_clearance else None) or only
        if dose.kind == "dose_division":
            condition = "daily dose above value"
        elif divided and dose.kind in ("dose_initial", "dose_maintenance"):
            condition = condition or "divided doses"
        draft.say(
            dose.kind,
            piece,
            place,
            dose.value,
            dose.unit,
            route=route,
            phase=dose.phase,
            condition=condition,
            population=population,
            details={
                "doses_per_day": divided["n"] if divided and divided["n"] else None,
                "duration": f"{duration[1]} {duration[2]}" if duration else None,
                "wording": "up to" if dose.up_to else None,
                "defects": ["range_reversed"] if _reversed(dose.value) else None,
                "limit": "rate"
                if dose.kind == "dose_max" and _RATE.search(dose.unit)
                else None,
            },
        )
    return found


def _limits(dose: Dose) -> bool:
    """Say whether a dose is one not to exceed: that one may be told of an overdose."""
    return dose.kind == "dose_max" and not dose.up_to


def _of_clearance(text: str) -> bool:
    return bool(held(text) & _CLEARANCE)


def _reversed(value: Value) -> bool:
    return isinstance(value, tuple) and value[0] > value[-1]


def _kidneys(text: str, upto: int) -> str | None:
    """Return the clearance that the dose which begins at `upto` is for."""
    found = list(_CLEARANCE_RANGE.finditer(text, 0, upto))
    if not found:
        return None
    return "creatinine clearance " + " ".join(found[-1][0].split())


def say_missing_maximum(
    draft: Draft, entry: Entry, place: Place, kinds: set[str]
) -> None:
    """Write down that a regimen that may be raised names no maximum."""
    if "dose_initial" not in kinds or "dose_max" in kinds:
        return
    raised = [piece for piece in entry.sentences if _OPEN_ENDED.search(piece.text)]
    for piece in raised[-1:] or list(entry.sentences[:1]):
        draft.say(
            "dose_max",
            piece,
            place,
            None,
            None,
            details={"defects": ["missing_maximum"]},
        )
