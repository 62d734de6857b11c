"""One option of a tool: in a form as text, to the library as a value, as a flag."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from isobole.results import DataError, Problem, format_number

Kind = Literal[
    "text", "number", "whole", "effects", "share", "choice", "yes", "pair", "names"
]
MOST_EFFECTS = 20
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Option:
    """What may be set, under the name that the library gives it.

    Parameters
    ----------
    name, label, kind
        The library's argument, its label in a form, and what is typed.
    default : str
        What stands in an untouched form.
    choices : sequence of str
        Of a choice; an empty first one stands for "not set".
    hint : str
        A line below the field.
    flag : str
        The flag of the command line, where it is not the name.
    rare : bool
        Whether the form keeps it folded away.
    """

    name: str
    label: str
    kind: Kind
    default: str = ""
    choices: Sequence[str] = ()
    hint: str = ""
    flag: str = ""
    rare: bool = True

    def value(self, text: str) -> Any:
        """Return what the library is given for the text of a form.

        Raises
        ------
        DataError
            If it is none of what the option takes.

        Examples
        --------
        >>> Option("effects", "Effects", "effects").value("16, 50 84")
        [16.0, 50.0, 84.0]
        >>> Option("margin", "Margin", "pair").value("0.8 to 1.25")
        (0.8, 1.25)
        """
        words = text.strip()
        if len(words) > LONGEST or not words.isprintable():
            raise self._refused("a long or unprintable text", "a short text")
        if self.kind == "yes":
            return words not in ("", "no")
        if not words:
            return None if self.name != "effects" else self.value(self.default)
        match self.kind:
            case "number":
                return self._numbers(words, 1)[0]
            case "whole":
                return self._whole(words)
            case "effects":
                found = self._numbers(words.replace(",", " "), None)
                if len(found) > MOST_EFFECTS:
                    given = f"{len(found)} effects"
                    raise self._refused(given, f"at most {MOST_EFFECTS} of them")
                return found
            case "pair":
                low, high = self._numbers(words.replace(",", " ").replace("to", " "), 2)
                return low, high
            case "share":
                if words in ("none", "estimate"):
                    return words
                return self._numbers(words, 1)[0]
            case "names":
                return [name.strip() for name in words.split(",")]
            case "choice":
                if words not in self.choices:
                    raise self._refused(f"'{words}'", " or ".join(self.choices))
        return words

    def text(self, value: Any) -> str:
        """Return a value as it stands in the form."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else ""
        if isinstance(value, list | tuple):
            return ", ".join(map(_cell, value))
        return _cell(value)

    def flags(self, value: Any) -> list[str]:
        """Return the words of the command line that set it; none for the default.

        Examples
        --------
        >>> margin = Option("margin", "Margin", "pair")
        >>> margin.flags((0.8, 1.25)), margin.flags(None)
        (['--margin', '0.8', '1.25'], [])
        """
        if value is None or value == self.value(self.default):
            return []
        flag = self.flag or "--" + self.name.replace("_", "-")
        if self.kind == "yes":
            return [flag]
        if self.kind == "pair":
            return [flag, *map(_number_text, value)]
        words = self.text(value).replace(", ", ",")
        return [f"{flag}={words}"] if words.startswith("-") else [flag, words]

    def _numbers(self, words: str, count: int | None) -> list[float]:
        try:
            found = [float(word) for word in words.split()]
        except ValueError:
            found = []
        if not found or not all(map(math.isfinite, found)):
            wanted = "numbers with a point, such as 62.5"
            raise self._refused(f"'{words}'", wanted)
        if count is not None and len(found) != count:
            raise self._refused(
                f"'{words}'", f"{count} numbers" if count > 1 else "one"
            )
        return found

    def _whole(self, words: str) -> int:
        if not (words.isascii() and words.isdigit() and len(words) < 10):
            raise self._refused(f"'{words}'", "a whole number below 1,000,000,000")
        return int(words)

    def _refused(self, given: str, expected: str) -> DataError:
        problem = Problem(
            "option-invalid",
            f"{self.label} is {given}",
            expected=expected,
            given=given,
            remedy=f"Change {self.label} and send the table again",
        )
        return DataError([problem])


def values_of(options: Sequence[Option], sent: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form sets; fields that were not sent keep their default.

    Raises
    ------
    DataError
        With the problem of every field.
    """
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for option in options:
        missing = "" if option.kind == "yes" else option.default
        try:
            found[option.name] = option.value(sent.get(option.name, missing))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return found


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else _number_text(value)


def _number_text(value: float) -> str:
    # As given, not rounded.
    short = format_number(value, 15).replace("−", "-")
    try:
        return short if float(short) == value else repr(value)
    except ValueError:
        return repr(value)
