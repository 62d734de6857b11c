"""The exceptions of isobole.

IsoboleError
├── DataError (also ValueError)      input that cannot be used; carries .problems
├── OptionError (also ValueError)    options that contradict or do not exist
└── NotComputable (also ValueError)  nothing at all can be returned
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isobole.results._problem import Problem


class IsoboleError(Exception):
    """Root of every exception isobole raises on purpose."""


class DataError(IsoboleError, ValueError):
    """Input that cannot be used, with every problem found, not only the first.

    Examples
    --------
    >>> from isobole.results import DataError, Problem
    >>> problem = Problem("affected-exceeds-n", "affected is 9 of 8 animals", row=4)
    >>> DataError([problem]).problems[0].code
    'affected-exceeds-n'
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Problem, ...]]]:
        """Keep the problems when the error crosses a process border."""
        return (type(self), (self.problems,))


class OptionError(IsoboleError, ValueError):
    """An option that does not exist, or options that exclude each other."""


class NotComputable(IsoboleError, ValueError):
    """Nothing can be returned; a result with a `Missing` field is preferred."""


def check_choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise `OptionError` unless `value` is one of `allowed`.

    Examples
    --------
    >>> check_choice("link", "probits", ["probit", "logit"])
    Traceback (most recent call last):
    ...
    isobole.results._errors.OptionError: link is 'probits'; allowed are 'probit', \
'logit'. Did you mean 'probit'?
    """
    if value in allowed:
        return
    listed = ", ".join(f"'{choice}'" for choice in allowed)
    close = get_close_matches(str(value), list(allowed), n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    raise OptionError(f"{name} is {value!r}; allowed are {listed}.{hint}")
