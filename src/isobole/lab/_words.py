"""What the rooms below say in commands and files, said in pages of the lab.

The rooms know no lab: their remedies name `isobole study lock` or a folder. Here, at
one place, each such remedy has its words for who sits before a page; what is wrong
stays as it was said.
"""

from __future__ import annotations

import re
from dataclasses import replace

from isobole.results import Problem

COMMAND = re.compile(
    r"\bisobole (?:study|plan|audit|ed50|combine|data)\b|(?<![\w-])--[a-z]"
)
"""What a sentence of the command line has and one of a page has not."""

REMEDIES: dict[str, str] = {
    "already-allocated": (
        "What is drawn stays. If it cannot be used, make a new study of this protocol "
        "under another id, and say in its report why"
    ),
    "already-locked": (
        "Nothing needs to be done; the groups are revealed from the page Analysis"
    ),
    "already-revealed": (
        "Nothing needs to be done; the page Analysis shows the groups"
    ),
    "broken-chain": (
        "Let whoever looks after the server verify the record and restore a backup"
    ),
    "dependence-ignored": (
        "Where the same animals or litters were tested again, intervals are too "
        "narrow; the quick tool for ED50s takes it into account"
    ),
    "doses-unknown": (
        "Enter the passphrase of the key; in a sequential study, the pharmacist's list "
        "of doses as well"
    ),
    "groups-in-clear": (
        "A study allocated in the lab keeps its groups in the sealed key alone; of "
        "this one, say in blinding.reason_if_not of the protocol why it does not"
    ),
    "kindling-missing": (
        "Copy it from the text of a new study of the kindling model, on the page New "
        "study"
    ),
    "missing-column": "Take the example of this tool: it has every column",
    "no-commitment": (
        "Let the pharmacist allocate on the page Animals and allocation, or say in the "
        "report how and when the list was made"
    ),
    "no-dose-allowed": (
        "Widen the smallest and the largest dose allowed; a dose that is not in the "
        "protocol needs a new version of it"
    ),
    "not-locked": (
        "The analyst locks the analysis first; a single animal in an emergency is "
        "unblinded alone, from the page Analysis"
    ),
    "study-begun": (
        "It cannot be allocated now. Say in the report how its animals were divided, "
        "and that nothing proves it was random"
    ),
    "study-has-errors": (
        "Correct them by amendments, or analyse despite the errors, which marks the "
        "report"
    ),
    "which-drug": "Choose one drug that the protocol gives alone",
}
"""By the code of a problem, what to do about it in the lab."""

NEVER_HERE: frozenset[str] = frozenset(
    {
        # Files at paths of the command line; a lab keeps its key in the database.
        "key-exists",
        "key-in-folder",
        "key-no-folder",
        "key-not-written",
        "no-protocol",
        "preparation-exists",
    }
)
"""Codes of remedies with a command that no page of a study can meet."""


def in_lab(problem: Problem) -> Problem:
    """Return a problem with what to do about it in the lab.

    Examples
    --------
    >>> remedy = "Run `isobole study reveal`"
    >>> said = Problem("already-locked", "It is locked", remedy=remedy)
    >>> print(in_lab(said))
    It is locked. Nothing needs to be done; the groups are revealed from the page \
Analysis.

    The lab's own remedies stay:

    >>> own = Problem("not-locked", "It is open", remedy="The analyst locks it first")
    >>> in_lab(own) is own
    True
    """
    remedy = REMEDIES.get(problem.code)
    if remedy is None or not _of_the_command_line(problem):
        return problem
    return replace(problem, remedy=remedy)


def _of_the_command_line(problem: Problem) -> bool:
    """Say whether the remedy is one for a terminal: a command, a flag, a folder."""
    said = problem.remedy or ""
    return bool(COMMAND.search(said)) or problem.code in (
        "already-allocated",
        "study-begun",
    )
