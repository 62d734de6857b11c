"""Tables of published interactions, one row per mixture, to claims for the audit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final

import numpy as np

from isobole.combination._claim import Claim
from isobole.results import DataError, DoseUnit, Problem, ProblemList
from isobole.tables._cells import read_cell
from isobole.tables._claims_template import (
    COLUMNS,
    PER_DRUG,
    claims_template as claims_template,
)
from isobole.tables._columns import read_column
from isobole.tables._doses import split_header
from isobole.tables._names import name_key
from isobole.tables._problems import condensed, fatal, raise_collected
from isobole.tables._source import read_table, source_name
from isobole.tables._table import Column, Progress, RawTable

_NUMBERS: Final = (
    "ed50_mix", "sem_mix", "n_mix", "ed50_add", "sem_add", "n_add", "index", "sides",
)  # fmt: skip
_DRUG_COLUMN: Final = re.compile(r"(drug|ed50|sem|n) ([a-z])")


def read_claims(
    source: Any, *, sheet: str | None = None, progress: Progress | None = None
) -> tuple[Claim, ...]:
    r"""Read published interactions, one row per mixture, for `audit_claims`.

    `claims_template` lists the columns. Names of columns are compared without case;
    other columns are left out with a notice. An empty cell, a dash or NA says that the
    paper does not print the value.

    Parameters
    ----------
    source : path, "-", open text file or data frame
        A CSV, TSV or text file, an Excel workbook (.xlsx), standard input, or a frame
        of pandas, polars or another library that narwhals knows. Only text keeps the
        zeros that end a number.
    sheet : str, optional
        The sheet of a workbook; the first by default.
    progress : callable, optional
        Called with the rows read so far and their total (None where not known).

    Returns
    -------
    tuple of Claim
        One per row. What was noticed about the file stands in the `notes` of each.

    Raises
    ------
    DataError
        With every problem found, each with its row as the file counts it.

    Examples
    --------
    >>> from io import StringIO
    >>> read_claims(StringIO("drug_a,drug_b,ed50_mix,index\nVPA,Mg,120,0.60"))
    (Claim(VPA + Mg: ED50 120),)
    """
    found = ProblemList(source_name(source))
    table = read_table(source, found, sheet=sheet, progress=progress)
    columns = _known(table, found)
    if table.rows.size == 0 and not found.errors:
        fatal(
            found,
            Problem(
                "no-rows",
                "There is a header but no row below it",
                expected="one row per mixture",
                remedy="Copy one row of the published table",
            ),
        )
    letters = sorted({key[-1] for key in columns if key.startswith("drug_")})
    numbers = {
        key
        for key in columns
        if key in _NUMBERS or (key[-2] == "_" and not key.startswith("drug_"))
    }
    cells = {
        key: _printed(table, column, found) if key in numbers else _texts(column)
        for key, column in columns.items()
    }
    unit = _header_unit(columns, numbers, found)
    notes = condensed([p for p in found.found if p.severity != "error"])
    claims = []
    for index, row in enumerate(table.rows.tolist()):
        values = {key: column[index] for key, column in cells.items()}
        if None in values.values():
            continue  # the cell was reported where it was read
        try:
            claims.append(
                _claim(values, letters, unit, row=row, table=table, notes=notes)
            )
        except DataError as error:
            for problem in error.problems:
                found.add(_in_file(problem, columns))
    raise_collected(found)
    return tuple(claims)


def _known(table: RawTable, found: ProblemList) -> dict[str, Column]:
    """Return the columns by their documented names, saying what is amiss."""
    columns: dict[str, Column] = {}
    for column in table.columns:
        key = name_key(column.name)
        written = key.replace(" ", "_")
        if written not in COLUMNS and not _DRUG_COLUMN.fullmatch(key):
            close = get_close_matches(written, list(COLUMNS), n=1, cutoff=0.75)
            found.add(
                Problem(
                    "unused-column",
                    f"Column '{column.name}' was left out",
                    severity="notice",
                    column=column.name,
                    remedy=f"Name it {close[0]} if it is that" if close else None,
                )
            )
        elif written in columns:
            found.add(
                Problem(
                    "duplicate-column",
                    f"Column '{column.name}' stands twice",
                    column=column.name,
                    expected="every column name once",
                    remedy="Rename or remove one of them",
                )
            )
        else:
            columns[written] = column
    for name in ("drug_a", "drug_b", "ed50_mix"):
        if name not in columns:
            found.add(
                Problem(
                    "missing-column",
                    f"There is no column {name}",
                    expected=COLUMNS.get(name, "second drug of the mixture"),
                    remedy="isobole audit --template prints every column",
                )
            )
    raise_collected(found)
    for key in list(columns):
        if _DRUG_COLUMN.fullmatch(name_key(key)) and f"drug_{key[-1]}" not in columns:
            found.add(
                Problem(
                    "drug-without-name",
                    f"There is a column {key} but no column drug_{key[-1]}",
                    column=columns[key].name,
                    remedy=f"Add a column drug_{key[-1]} with the name of the drug",
                )
            )
    return columns


def _texts(column: Column) -> list[str | None]:
    """Return a column's words; what says that nothing is printed becomes empty."""
    return ["" if _absent(text) else text.strip() for text in column.texts()]


def _absent(text: str) -> bool:
    return read_cell(text).fault in ("empty-cell", "missing-value")


def _printed(table: RawTable, column: Column, found: ProblemList) -> list[str | None]:
    """Return a column's numbers as text with its decimals; None where it is faulty."""
    texts = column.texts()
    if not isinstance(column.cells, list) or not table.separator:
        _say_zeros(column, found)
    held = np.array([not _absent(text) for text in texts], dtype=bool)
    part = RawTable((), table.rows[held], table.separator)
    given = [text for text, is_held in zip(texts, held, strict=True) if is_held]
    reading = Column(column.name, given, column.position)
    values, _ = read_column(part, reading, found, units=False)
    printed: list[str | None] = [""] * len(texts)
    for index, text, value in zip(np.flatnonzero(held), given, values, strict=True):
        plain = text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-")
        printed[index] = None if np.isnan(value) else plain
    return printed


def _say_zeros(column: Column, found: ProblemList) -> None:
    """Say once that a sheet or a frame keeps no zeros at the end of a number."""
    if any(problem.code == "decimals-lost" for problem in found.found):
        return
    found.add(
        Problem(
            "decimals-lost",
            "Cells that hold numbers keep no zeros at their end, so 2.40 is taken as "
            "2.4 and may vary ten times as far",
            severity="notice",
            column=column.name,
            remedy="Give a CSV file, or format the cells as text, to check each digit",
        )
    )


def _header_unit(
    columns: Mapping[str, Column], numbers: set[str], found: ProblemList
) -> str | None:
    """Return the unit in the headers of the ED50s, if they name one."""
    units: dict[DoseUnit, str] = {}
    for key in sorted(numbers):
        if not key.startswith(("ed50", "sem")):
            continue
        _, written = split_header(columns[key].name)
        if written is None:
            continue
        try:
            units.setdefault(DoseUnit.parse(written), columns[key].name)
        except DataError as error:
            found.add(replace(error.problems[0], column=columns[key].name))
    if len(units) > 1:
        named = ", ".join(map(str, units))
        found.add(
            Problem(
                "mixed-units",
                f"The columns have different units ({named})",
                given=named,
                expected="one unit and one basis in a row",
                remedy="Convert them to one unit first",
            )
        )
    return next(map(str, units), None)


def _claim(
    values: Mapping[str, Any],
    letters: list[str],
    unit: str | None,
    *,
    row: int,
    table: RawTable,
    notes: tuple[Problem, ...],
) -> Claim:
    """Make one row's claim; drugs beyond the second may be left empty in a row."""
    used = [
        letter
        for letter in letters
        if letter in "ab" or any(values.get(f"{what}_{letter}") for what in PER_DRUG)
    ]
    single = {
        f"{what}s": [values.get(f"{what}_{letter}") for letter in used]
        for what in PER_DRUG
    }
    rest = {
        name: values[name]
        for name in COLUMNS
        if name in values and not _DRUG_COLUMN.fullmatch(name_key(name))
    }
    rest["unit"] = rest.get("unit") or unit
    return Claim(**{**single, **rest}, row=row, inputs=table.inputs, notes=notes)


def _in_file(problem: Problem, columns: Mapping[str, Column]) -> Problem:
    """Name the column as the file does."""
    column = columns.get(problem.column or "")
    return problem if column is None else replace(problem, column=column.name)
