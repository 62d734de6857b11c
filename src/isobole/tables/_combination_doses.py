"""The dose columns of several drugs, in one unit and one basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from isobole.results import DataError, DoseUnit, Problem, ProblemList
from isobole.tables._doses import read_doses
from isobole.tables._table import Column, FloatArray, RawTable

_CONVERT = (
    "Convert the doses to one unit and basis first, through molar masses where the "
    "bases differ; mg of a salt and mg of its acid are not the same dose"
)


def stated_unit(
    table: RawTable, column: Column | None, unit: DoseUnit | None, found: ProblemList
) -> DoseUnit | None:
    """Return the unit asked for, or that of a column of units."""
    if column is None:
        return unit
    first: dict[str, int] = {}
    for row, text in zip(table.rows.tolist(), column.texts(), strict=True):
        if text.strip():
            first.setdefault(text.strip(), row)
    units: dict[DoseUnit, int] = {}
    for text, row in first.items():
        try:
            units.setdefault(DoseUnit.parse(text), row)
        except DataError as error:
            found.add(replace(error.problems[0], row=row, column=column.name))
    if len(units) > 1:
        given = ", ".join(map(str, units))
        found.add(
            Problem(
                "mixed-units",
                f"The rows are in different units ({given})",
                row=list(units.values())[1],
                column=column.name,
                given=given,
                expected="one unit and one basis for all arms",
                remedy=_CONVERT,
            )
        )
    return unit or next(iter(units), None)


def read_drug_doses(
    table: RawTable,
    drugs: Mapping[str, Column],
    found: ProblemList,
    *,
    unit: DoseUnit | None,
) -> tuple[FloatArray, DoseUnit | None]:
    r"""Return the doses, shape (rows, drugs), and the one unit they are in.

    Examples
    --------
    >>> from io import StringIO
    >>> from isobole.tables._source import read_table
    >>> found = ProblemList()
    >>> table = read_table(StringIO("A (mg/kg),B (umol/kg)\n1,2"), found)
    >>> drugs = dict(zip("AB", table.columns))
    >>> _ = read_drug_doses(table, drugs, found, unit=None)
    >>> print(found.errors[0].message)
    The drugs are in different units (A in mg/kg, B in umol/kg)
    """
    before = len(found.errors)
    doses = np.zeros((table.rows.size, len(drugs)))
    units: dict[str, DoseUnit | None] = {}
    for k, (drug, column) in enumerate(drugs.items()):
        problems = ProblemList()
        doses[:, k], stated = read_doses(table, column, problems, unit=unit)
        for problem in problems.found:
            found.add(_of_drug(problem))
        if stated is not None and (stated.of or "").casefold() == drug.casefold():
            stated = replace(stated, of=None)  # mg/kg of itself
        units[drug] = stated
    known = {drug: stated for drug, stated in units.items() if stated is not None}
    if len(set(known.values())) > 1 and len(found.errors) == before:
        given = ", ".join(f"{drug} in {stated}" for drug, stated in known.items())
        found.add(
            Problem(
                "mixed-units",
                f"The drugs are in different units ({given})",
                column=drugs[next(reversed(known))].name,
                given=given,
                expected="one unit and one basis for all drugs",
                remedy=_CONVERT,
            )
        )
    common = next(iter(known.values()), None)
    bare = [drug for drug in drugs if drug not in known]
    if common is not None and bare:
        found.add(
            Problem(
                "unit-assumed",
                f"No unit is stated for {' and '.join(bare)}; {common} was assumed, as "
                f"for {' and '.join(known)}",
                severity="warning",
                column=drugs[bare[0]].name,
                remedy=f"Say it in the header: {bare[0]} ({common})",
            )
        )
    return doses, common


def _of_drug(problem: Problem) -> Problem:
    """Say that an empty dose cell may mean a drug that was not given."""
    if problem.code != "empty-cell":
        return problem
    return replace(problem, remedy="Give 0 where the drug was not given")
