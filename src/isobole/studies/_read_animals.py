"""Animals from one table, wherever it comes from, for a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from isobole.results import DataError, Problem, ProblemList
from isobole.studies._read_rows import animals
from isobole.studies._read_sheets import sheet_from_table
from isobole.studies._rows import Animal

_NAME = "animals.csv"


def read_animals(
    source: object,
    *,
    name: str = _NAME,
    otherwise: Mapping[str, str] = MappingProxyType({}),
) -> tuple[tuple[Animal, ...], tuple[Problem, ...]]:
    """Read a table of animals: CSV, cells copied from a spreadsheet, or a workbook.

    Parameters
    ----------
    source : path, open file or data frame
        As for the tables of a study folder.
    name : str
        What problems call it.
    otherwise : mapping
        What holds of every animal where the table has no such column, by column.

    Returns
    -------
    animals, problems : tuple of Animal, tuple of Problem
        An animal whose row has an error is left out. Errors say which row it is.

    Raises
    ------
    DataError
        If it cannot be read as a table at all.

    Examples
    --------
    >>> from io import StringIO
    >>> table = StringIO("animal_id,sex,weight_g" + chr(10) + "M1,F,21.4")
    >>> found, problems = read_animals(
    ...     table, otherwise={"species": "mouse", "strain": "CF-1"}
    ... )
    >>> found[0].animal_id, found[0].weight_g, found[0].strain, problems
    ('M1', 21.4, 'CF-1', ())
    """
    from isobole.tables import condensed, read_table

    own = ProblemList(name)
    try:
        table = read_table(source, own)
    except DataError as error:
        raise DataError(_said(p, name) for p in error.problems) from None
    found = ProblemList(name)
    for problem in own.found:
        found.add(replace(problem, file=name))
    sheet = sheet_from_table(table, _NAME, name, found, otherwise=otherwise)
    read = animals(sheet, found)
    counts = Counter(animal.animal_id for animal in read)
    for animal_id, count in counts.items():
        if count > 1:
            found.add(
                Problem(
                    "duplicate-id",
                    f"{animal_id} stands {count} times",
                    column="animal_id",
                    given=animal_id,
                    remedy="Every animal has an id of its own",
                )
            )
    if not read and not found.errors:
        found.add(
            Problem(
                "no-rows",
                "There is no animal in the table",
                expected="a header line, then a line for each animal",
                remedy="Begin with the header animal_id,sex,weight_g",
            )
        )
    return read, tuple(condensed(found.found))


def _said(problem: Problem, name: str) -> Problem:
    if problem.code in ("empty-file", "not-separated"):
        return replace(
            problem, file=name, expected="a header line such as animal_id,sex,weight_g"
        )
    return replace(problem, file=name)
