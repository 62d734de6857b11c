"""Sentences of the library, which name Python arguments, in the words of the forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from isobole.lab.tools._option import Option
from isobole.results import DataError, IsoboleError, Note, Problem

_SET = re.compile(r"\b([a-z_]+)=(?:'([^']*)'|(True)|([0-9.]+))")
_BY = re.compile(r"read the table by (.+?)(?=[.;]|$)")
_LISTED = re.compile(r"^([a-z_]+(?:, [a-z_]+)*)(?= cannot be used: the design is)")
_UNDERSCORE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def in_words(sentence: str, options: Sequence[Option]) -> str:
    """Write ``method='firth'`` as “Method: firth”, by the labels of a form.

    Examples
    --------
    >>> method = Option("method", "Method", "text")
    >>> in_words("Use method='firth' then.", [method])
    'Use “Method: firth” then.'
    """
    labels = {option.name: option.label for option in options}
    labels["effect"] = labels.get("effects", "Effects")

    def told(match: re.Match[str]) -> str:
        name, value, yes, number = match.groups()
        if name not in labels:
            return match[0]
        return f"“{labels[name]}”" if yes else f"“{labels[name]}: {value or number}”"

    def listed(match: re.Match[str]) -> str:
        return ", ".join(f"“{labels.get(n, n)}”" for n in match[1].split(", "))

    def named(match: re.Match[str]) -> str:
        return f"“{labels[match[0]]}”" if match[0] in labels else match[0]

    sentence = _LISTED.sub(listed, sentence)
    by = labels.get("by", "by")
    sentence = _BY.sub(rf"enter \1 as “{by}”", _SET.sub(told, sentence))
    return _UNDERSCORE.sub(named, sentence)


def problems_in(
    error: IsoboleError, options: Sequence[Option]
) -> tuple[tuple[Problem, ...], str]:
    """Return what is wrong with a table, and the sentence where it is an option."""
    if isinstance(error, DataError):
        return tuple(worded(one, options) for one in error.problems), ""
    return (), in_words(str(error), options)


def worded(problem: Problem, options: Sequence[Option]) -> Problem:
    """Return a problem in the words of the form."""
    return replace(
        problem,
        message=in_words(problem.message, options),
        expected=problem.expected and in_words(problem.expected, options),
        remedy=problem.remedy and in_words(problem.remedy, options),
    )


def note_in(note: Note, options: Sequence[Option]) -> Note:
    """Return a note of a report in the words of the form."""
    return replace(note, text=in_words(note.text, options))
