"""One stimulation as it is typed: read, judged, and never thrown away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from isobole.lab.bench.kindling_rats import Board, Rat
from isobole.lab.bench.kindling_times import milliseconds, seconds
from isobole.lab.bench.kindling_words import tells_treatment
from isobole.results import Problem
from isobole.studies import decimal_text

AFTERDISCHARGES = {
    "none": "No afterdischarge",
    "measured": "Yes, and its duration is",
    "later": "Yes; measure it later from the EEG",
    "unreadable": "Yes, but it cannot be measured",
    "unknown": "Cannot be told from the EEG",
}
_SAVED: dict[str, dict[str, str]] = {
    "none": {"afterdischarge": "no", "add_status": "none"},
    "measured": {"afterdischarge": "yes", "add_status": "measured"},
    "later": {"afterdischarge": "yes"},
    "unreadable": {"afterdischarge": "yes", "add_status": "not_measurable"},
    "unknown": {"add_status": "not_measurable"},
}
FIELDS = (
    "phase", "number", "current_ua", "ad", "add_s", "stage", "seizure_s", "latency_s",
    "condition", "reason", "row", "for", "void",
)  # fmt: skip
LARGEST_UA = 100_000
_OWN = (
    "current_ua", "afterdischarge", "add_status", "add_ms", "stage", "seizure_ms",
    "latency_ms", "condition",
)  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}")


@dataclass(slots=True)
class Typed:
    """What stands in the form, and what it means as far as it can be read.

    `texts` is what was typed, letter by letter; `problems` says what must be mended by
    the name of the field.
    """

    texts: dict[str, str]
    problems: dict[str, Problem] = field(default_factory=dict)
    current_ua: Decimal | None = None
    ad: str = ""
    add_ms: int | None = None
    stage: str | None = None
    seizure_ms: int | None = None
    latency_ms: int | None = None
    condition: str | None = None

    @property
    def phase(self) -> str:
        """The phase chosen."""
        return self.texts["phase"]

    def data(self, animal: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the payload of the row; what the form does not ask for is kept."""
        kept = {k: v for k, v in before.items() if k not in _OWN}
        found: dict[str, Any] = {
            **kept,
            "animal_id": animal,
            "number": int(self.texts["number"]),
            "phase": self.phase,
            **_SAVED[self.ad],
        }
        more = {
            "current_ua": None
            if self.current_ua is None
            else decimal_text(float(self.current_ua)),
            "add_ms": self.add_ms,
            "stage": self.stage,
            "seizure_ms": self.seizure_ms,
            "latency_ms": self.latency_ms,
            "condition": self.condition,
        }
        found.update({k: v for k, v in more.items() if v is not None})
        return found


def read(given: Mapping[str, str], board: Board, *, blinded: bool) -> Typed:
    """Read a form; nothing is raised, and every text is kept."""
    typed = Typed({name: given.get(name, "").strip()[:500] for name in FIELDS})
    for problem in _faults(typed, board, blinded):
        typed.problems.setdefault(problem.column or "", problem)
    return typed


def _faults(typed: Typed, board: Board, blinded: bool) -> Iterator[Problem]:
    texts = typed.texts
    if typed.phase not in ("threshold", "kindling", "test"):
        yield _problem(
            "phase", "The phase is not known", "Choose threshold, kindling or test"
        )
    if not re.fullmatch(r"[0-9]{1,6}", texts["number"]) or int(texts["number"]) < 1:
        yield _problem(
            "number", "The session has no number", "Open the page of the rat anew"
        )
    yield from _current(typed)
    yield from _afterdischarge(typed)
    codes = () if board.scale is None else board.scale.codes
    if texts["stage"] in codes:
        typed.stage = texts["stage"]
    elif texts["stage"]:
        yield _problem(
            "stage",
            f"The stage {texts['stage']} is not on the scale of the study",
            f"Choose one of {', '.join(codes)}",
        )
    for name, what in (("seizure", "the seizure"), ("latency", "the latency")):
        try:
            ms = milliseconds(texts[f"{name}_s"], what)
        except ValueError as error:
            yield _problem(f"{name}_s", str(error), "Type seconds, such as 23.5")
        else:
            setattr(typed, f"{name}_ms", ms)
    yield from _condition(typed, board, blinded)


def _current(typed: Typed) -> Iterator[Problem]:
    text = typed.texts["current_ua"].replace(",", ".")
    if not text:
        yield _problem("current_ua", "The current is missing", "Type it in microampere")
        return
    try:
        typed.current_ua = Decimal(text)
    except InvalidOperation:
        yield _problem(
            "current_ua",
            f"'{typed.texts['current_ua']}' is no current",
            "Type microampere, such as 14 or 17.3",
        )
        return
    # Comparisons with NaN raise; infinity is larger than the largest.
    if not typed.current_ua.is_finite() or not 0 < typed.current_ua <= LARGEST_UA:
        typed.current_ua = None
        yield _problem(
            "current_ua",
            "The current is not between 0 and 100 000 µA",
            "Type microampere, not milliampere",
        )


def _afterdischarge(typed: Typed) -> Iterator[Problem]:
    choice, text = typed.texts["ad"], typed.texts["add_s"]
    if choice not in AFTERDISCHARGES:
        yield _problem(
            "ad",
            "It is not said whether there was an afterdischarge",
            "Choose one; 'measure it later' if only its duration is missing",
        )
        return
    typed.ad = choice
    if choice != "measured":
        if text:
            yield _problem(
                "add_s",
                "A duration is typed, but another answer is chosen",
                f"Choose '{AFTERDISCHARGES['measured']}', or empty the field",
            )
        return
    try:
        typed.add_ms = milliseconds(text, "the afterdischarge")
    except ValueError as error:
        yield _problem("add_s", str(error), "Type seconds, such as 14.2")
        return
    if not typed.add_ms:
        yield _problem(
            "add_s",
            "The afterdischarge has no duration"
            if typed.add_ms is None
            else "No afterdischarge is not a duration of 0 s",
            "Type its seconds, or choose another answer",
        )


def _condition(typed: Typed, board: Board, blinded: bool) -> Iterator[Problem]:
    text = typed.texts["condition"]
    if typed.phase != "test":
        if text:
            yield _problem(
                "condition",
                "Only a test session has a condition",
                "Empty the field, or choose the phase test",
            )
        return
    if not text:
        yield _problem(
            "condition",
            "The condition of the test is missing",
            "Type the code on the syringe or the sheet, such as A",
        )
    elif not _CODE.fullmatch(text):
        yield _problem(
            "condition",
            "The condition is no code",
            "Use up to 16 letters, digits, hyphens or underscores",
        )
    elif blinded and tells_treatment(text, board.protocol):
        yield _problem(
            "condition",
            f"'{text}' tells what the rat was given, and the study is blind",
            "Type the code that the pharmacist gave, such as A",
        )
    else:
        typed.condition = text


def answer_of(data: Mapping[str, Any]) -> str:
    """Return which answer a stored row gave about its afterdischarge."""
    said = (data.get("afterdischarge") or None, data.get("add_status") or None)
    for name, saved in _SAVED.items():
        if said == (saved.get("afterdischarge"), saved.get("add_status")):
            return name
    # Rows of other programs may say one of the two alone.
    return {"measured": "measured", "none": "none"}.get(
        str(said[1]), {"no": "none", "yes": "later"}.get(str(said[0]), "")
    )


def texts_of(data: Mapping[str, Any], row: str) -> dict[str, str]:
    """Return a stored row as the texts of a form."""
    return {
        **dict.fromkeys(FIELDS, ""),
        "row": row,
        "phase": str(data.get("phase", "")),
        "number": str(data.get("number", "")),
        "current_ua": str(data.get("current_ua") or ""),
        "ad": answer_of(data),
        "add_s": seconds(data.get("add_ms")),
        "stage": str(data.get("stage") or ""),
        "seizure_s": seconds(data.get("seizure_ms")),
        "latency_s": seconds(data.get("latency_ms")),
        "condition": str(data.get("condition") or ""),
    }


def fresh(rat: Rat, phase: str, row: str, me: str, current: str) -> dict[str, str]:
    """Return the texts of an empty form for the next stimulus of a rat."""
    return {
        **dict.fromkeys(FIELDS, ""),
        "row": row,
        "for": me,
        "phase": phase,
        "number": str(rat.next_number(phase)),
        "current_ua": current,
    }


def _problem(column: str, message: str, remedy: str) -> Problem:
    return Problem("not-readable", message, column=column, remedy=remedy)
