"""Dose columns: numbers with one unit, from the header, the cells or the caller."""

from __future__ import annotations

import re

from isobole.results import DataError, DoseUnit, Problem, ProblemList
from isobole.tables._columns import places, read_column
from isobole.tables._table import Column, FloatArray, RawTable

_BRACKET = re.compile(r"(.*?)\s*[(\[]([^()\[\]]*)[)\]]\s*")


def split_header(name: str) -> tuple[str, str | None]:
    """Part a header into the name and what stands behind it in brackets.

    Examples
    --------
    >>> split_header("Dose (mg/kg salt)"), split_header("n")
    (('Dose', 'mg/kg salt'), ('n', None))
    >>> split_header("dose_mg/kg")
    ('dose', 'mg/kg')
    """
    if match := _BRACKET.fullmatch(name):
        return match[1], match[2].strip()
    match = re.fullmatch(r"(dose)[\s,_:]+(.*)", name, re.IGNORECASE)
    if match and (match[2].lower() in ("ma", "mg_kg", "umol_kg") or "/" in match[2]):
        return match[1], match[2].replace("_", "/")
    return name, None


def read_doses(
    table: RawTable,
    column: Column,
    found: ProblemList,
    *,
    unit: DoseUnit | None = None,
) -> tuple[FloatArray, DoseUnit | None]:
    r"""Return a column's doses and their one unit: as asked, in the header, in cells.

    Examples
    --------
    >>> from io import StringIO
    >>> from isobole.tables._source import read_table
    >>> table = read_table(StringIO("dose (mg/kg),n\n5,8"), ProblemList())
    >>> read_doses(table, table.columns[0], ProblemList())
    (array([5.]), DoseUnit('mg/kg'))
    """
    doses, readings = read_column(table, column, found, units=True)
    header = _header_unit(column, found)
    cells = dict.fromkeys(r.unit for r in readings.values() if r.unit is not None)
    if cells:
        bare = any(r.unit is None and r.value > 0 for r in readings.values())
        names = [*map(str, cells), *(["no unit"] if bare and header is None else [])]
        if len(names) > 1:
            first = next(iter(cells))
            odd = [t for t, r in readings.items() if r.unit != first and r.value > 0]
            row, _ = next(iter(places(table, column.texts(), odd)))
            given = ", ".join(names)
            found.add(
                Problem(
                    "mixed-units",
                    f"The cells have different units ({given})",
                    row=row,
                    column=column.name,
                    given=given,
                    expected="one unit and one basis in a column",
                    remedy="Convert them to one unit first; mg of a salt and mg of "
                    "its acid are not the same dose",
                )
            )
            return doses, unit
        found.add(
            Problem(
                "unit-in-cells",
                f"The unit {names[0]} stands in the cells and was read from there",
                severity="notice",
                column=column.name,
                remedy=f"Better in the header: dose ({names[0]})",
            )
        )
    stated = unit
    for known, where in (
        (header, f"the header '{column.name}'"),
        (next(iter(cells), None), f"the cells of '{column.name}'"),
    ):
        stated = _agreed(stated, known, where, column, found)
    return doses, stated


def _agreed(
    unit: DoseUnit | None,
    other: DoseUnit | None,
    where: str,
    column: Column,
    found: ProblemList,
) -> DoseUnit | None:
    """Return the more exact of two units; a contradiction is a problem."""
    if unit is None or other is None or unit == other:
        return unit or other
    if (unit.amount, unit.per) == (other.amount, other.per):
        if other.of is None:
            return unit
        if unit.of is None:
            return other
    found.add(
        Problem(
            "mixed-units",
            f"The doses are in {other} by {where}, but in {unit} as stated elsewhere",
            column=column.name,
            given=str(other),
            expected=str(unit),
            remedy="A unit is not converted by naming another; correct one of them",
        )
    )
    return unit


def _header_unit(column: Column, found: ProblemList) -> DoseUnit | None:
    bracket = split_header(column.name)[1]
    if not bracket:
        return None
    if re.match(r"(?:log|ln)", bracket, re.IGNORECASE):
        found.add(
            Problem(
                "log-doses",
                "The doses are logarithms",
                column=column.name,
                given=bracket,
                expected="doses on their natural scale",
                remedy="Give the dose itself; a control is then 0",
            )
        )
        return None
    try:
        return DoseUnit.parse(re.split(r"[,;]", bracket)[0])
    except DataError:
        found.add(
            Problem(
                "unknown-unit",
                f"'{bracket}' is not a dose unit known here; the doses have no unit",
                severity="warning",
                column=column.name,
                given=bracket,
                remedy="Write it like dose (mg/kg), dose (mg/kg salt) or dose (mA)",
            )
        )
        return None
