"""What is said when a stimulation cannot be stored as it was typed."""

from __future__ import annotations

from isobole.results import Problem
from isobole.studies import Entry


def another_person(opened: str, now: str) -> Problem:
    """Say that the form was opened by somebody else than who is logged in now."""
    return Problem(
        "another-person",
        f"{opened} opened this form, and {now} is logged in now",
        remedy=f"If {now} watched the rat, store it again; else let {opened} log in",
    )


def stored_before(known: Entry) -> Problem:
    """Say that a form was stored already, with other values."""
    return Problem(
        "stored-before",
        f"This form was stored at {known.ts} with other values",
        remedy="Correct that row in the list below, or open the page of the rat anew "
        "for another stimulus",
    )


def other_number(phase: str, given: str, number: int, by: str) -> Problem:
    """Say that a number is taken, or was left out."""
    return Problem(
        "other-number",
        f"{phase} session {given} was stored meanwhile{by}",
        remedy=f"Look at it in the list below. This one is session {number} now: store "
        "it again if it is another stimulus",
    )


def no_reason() -> Problem:
    """Say that a correction gives no reason."""
    return Problem(
        "no-reason",
        "The correction has no reason",
        column="reason",
        remedy="Say why in a few words, such as 'typed for the wrong rat'",
    )


def corrected_already() -> Problem:
    """Say that the row to correct does not hold any more."""
    return Problem(
        "corrected-already",
        "The row was corrected meanwhile",
        remedy="Correct the last correction, in the list below",
    )


def nothing_changed() -> Problem:
    """Say that a correction says what the row says already."""
    return Problem(
        "nothing-changed",
        "Nothing differs from what is stored",
        remedy="Change what is wrong, or leave the page",
    )


def not_yours() -> Problem:
    """Say that one's role corrects stimulations and enters none."""
    return Problem(
        "not-allowed-here",
        "Only a scorer of the study enters stimulations; a designer corrects them",
        remedy="Ask for the role of scorer",
    )
