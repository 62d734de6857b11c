"""One type for everything that is wrong with an input, and its collector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from isobole.results._errors import DataError

Severity = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, or worth saying, about an input; always with its remedy.

    Parameters
    ----------
    code : str
        Stable kebab-case name, for example ``"affected-exceeds-n"``.
    message : str
        One plain sentence saying what is wrong.
    severity : {"error", "warning", "notice"}
        Errors stop the work; warnings and notices travel with the result.
    file, row, column : optional
        Where: the row is counted as the file's own line (the header is row 1).
    given, expected, remedy : str, optional
        What stood there, what should stand there, what to do.

    Examples
    --------
    >>> print(
    ...     Problem(
    ...         "n-not-whole",
    ...         "n is 7.5",
    ...         file="a.csv",
    ...         row=3,
    ...         column="n",
    ...         remedy="Give whole animals.",
    ...     )
    ... )
    a.csv, row 3, column n: n is 7.5. Give whole animals.
    """

    code: str
    message: str
    severity: Severity = "error"
    file: str | None = None
    row: int | None = None
    column: str | None = None
    given: str | None = None
    expected: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        where = ", ".join(place) + ": " if place else ""
        sentences = [self.message.rstrip(".")]
        if self.expected:
            sentences.append(f"Expected {self.expected.rstrip('.')}")
        if self.remedy:
            sentences.append(self.remedy.rstrip("."))
        text = where + ". ".join(sentences)
        return text if text.endswith("?") else f"{text}."

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as it stands in JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


class ProblemList:
    """Collects problems while input is read, and raises them all together."""

    def __init__(self, file: str | None = None) -> None:
        self._file = file
        self._found: list[Problem] = []

    def add(self, problem: Problem) -> None:
        """Keep `problem`, filling in the file being read if it names none."""
        if problem.file is None and self._file is not None:
            problem = replace(problem, file=self._file)
        self._found.append(problem)

    @property
    def found(self) -> tuple[Problem, ...]:
        """Everything collected so far."""
        return tuple(self._found)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the work."""
        return tuple(p for p in self._found if p.severity == "error")

    def raise_errors(self) -> None:
        """Raise `DataError` with every error collected, if there is one."""
        if self.errors:
            raise DataError(self.errors)
