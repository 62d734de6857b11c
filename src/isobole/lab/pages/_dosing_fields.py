"""What is typed when a dose is given: the code on the syringe, weight, time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from isobole.lab import _clock
from isobole.results import DataError, Problem
from isobole.studies import Syringe


def check_code(typed: str, one: Syringe, filled: Sequence[Syringe]) -> None:
    """Raise `DataError` unless the code is that of the animal's syringe."""
    code = typed.strip().upper()
    if code == one.code:
        return
    owner = {other.code: other for other in filled}.get(code)
    if not code:
        problem = Problem(
            "no-code",
            f"The code on the syringe for {one.animal_id} was not entered",
            remedy="Scan or type what is on the syringe in your hand",
        )
    elif owner is None:
        problem = unknown_syringe(code)
    elif owner.animal_id == one.animal_id:
        problem = Problem(
            "other-injection",
            f"{code} is {one.animal_id}'s injection {owner.number}, and this is "
            f"injection {one.number}",
            given=code,
            expected=one.code,
            remedy="Do not inject it now; take the other syringe",
        )
    else:
        problem = Problem(
            "wrong-syringe",
            f"Syringe {code} is for {owner.animal_id}, not for {one.animal_id}",
            given=code,
            expected=one.code,
            remedy="Do not inject it. Check the animal and take the syringe with the "
            "right code; if it was injected already, write it down by correcting the "
            "dose and tell the designer",
        )
    raise DataError([problem])


def weight_of(text: str, animal: str) -> float:
    """Return the weight of the day in g."""
    return number_of(text, f"The weight of {animal}", "g")


def number_of(text: str, what: str, unit: str) -> float:
    """Return a number above 0.

    Raises
    ------
    DataError
        If the text is none.
    """
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 < value < 1e5:
        raise DataError(
            [
                Problem(
                    "not-a-number",
                    f"{what} is '{text[:40]}'",
                    given=text[:40],
                    expected=f"a number above 0, in {unit}",
                    remedy="Weigh or measure again and type the number",
                )
            ]
        )
    return value


def time_of(text: str) -> str:
    """Return the time of a dose: now, or the one written, in UTC."""
    if not text.strip():
        return _clock.stamp()
    time: datetime | None = None
    with suppress(ValueError):
        time = datetime.fromisoformat(text.strip())
    if time is not None:
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    if time is None or time > _clock.moment() + timedelta(minutes=1):
        raise DataError(
            [
                Problem(
                    "not-a-time",
                    f"The time is '{text[:40]}'",
                    expected="a time in UTC that has passed, such as 2026-02-03T08:29",
                    remedy="Leave it empty if the dose was given now",
                )
            ]
        )
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def unknown_syringe(code: str) -> Problem:
    """Say that no syringe has a code."""
    return Problem(
        "unknown-syringe",
        f"No syringe of this study has the code '{code[:20]}'",
        given=code[:20],
        remedy="Do not inject it. Read the label again, and ask the pharmacist if it "
        "says just that",
    )
