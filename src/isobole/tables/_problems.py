"""Order what was found in a file, and say a thing once that holds for many rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NoReturn

from isobole.results import DataError, Problem, ProblemList

MANY = 50


def listed(rows: Iterable[int], shown: int = 5) -> str:
    """Name the first rows of many.

    Examples
    --------
    >>> listed([2, 3, 4]), listed(range(2, 100), shown=3)
    ('2, 3, 4', '2, 3, 4, ...')
    """
    every = list(rows)
    text = ", ".join(str(row) for row in every[:shown])
    return f"{text}, ..." if len(every) > shown else text


def condensed(
    problems: Iterable[Problem], rows: Sequence[int] | None = None
) -> tuple[Problem, ...]:
    """Sort problems by row and fold one kind in more than 50 rows into one problem.

    Problems of the table as a whole come first. A folded problem keeps the place
    and the words of its first row, and says in how many rows it stands.

    Examples
    --------
    >>> bad = [Problem("not-a-number", "dose is 'x'", row=r) for r in range(2, 62)]
    >>> print(*condensed(bad))
    row 2: dose is 'x' (60 rows in all: 2, 3, 4, 5, 6, ...).
    """
    kinds: dict[tuple[str, ...], list[Problem]] = {}
    for problem in sorted(problems, key=lambda problem: problem.row or 0):
        key = (problem.severity, problem.code, problem.column or "")
        kinds.setdefault(key, []).append(problem)

    def place(problem: Problem) -> int | None:
        if rows is None or problem.row is None:
            return problem.row
        return rows[problem.row - 1]

    kept: list[Problem] = []
    for same in kinds.values():
        if len(same) > MANY and same[0].row is not None:
            where = [row for row in map(place, same) if row is not None]
            count = f"{len(same)} rows in all: {listed(where)}"
            same = [replace(same[0], message=f"{same[0].message} ({count})")]
        kept += [replace(problem, row=place(problem)) for problem in same]
    return tuple(sorted(kept, key=lambda problem: problem.row or 0))


def raise_collected(found: ProblemList) -> None:
    """Raise `DataError` with every error found, in order, if there is one."""
    if found.errors:
        raise DataError(condensed(found.errors))


def fatal(found: ProblemList, problem: Problem) -> NoReturn:
    """Raise `DataError` with everything found so far and `problem`, the last straw."""
    found.add(problem)
    raise DataError(condensed(found.errors))
