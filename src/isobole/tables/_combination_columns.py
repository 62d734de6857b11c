"""Which columns of a combination table are drugs, conditions, arms and counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from isobole.results import DataError, DoseUnit, Problem, ProblemList
from isobole.tables._cells import read_cell
from isobole.tables._doses import split_header
from isobole.tables._names import CURVE_LIKE, RATE, name_key
from isobole.tables._roles import RoleFinder
from isobole.tables._table import Column, RawTable

# Columns that should agree between arms; those of each drug carry its name.
SHARED: Final = ("species", "strain", "sex", "challenge", "endpoint", "day")
_OF_DRUG: Final = ("route", "pretreatment", "schedule")
_LEVELS: Final = re.compile(r"\b(?:plasma|brain|serum|blood|csf)\b|concentration")
_TOTAL: Final = ("dose", "total dose", "dose total", "total")
# Numbers that are no dose, whatever else they are.
_NOT_DOSES: Final = re.compile(
    r"\b(?:weight|age|temperature|latency|time|date|row|order|dose)\b"
)


@dataclass(slots=True)
class CombinationColumns:
    """The columns of a combination table by what they mean.

    `drugs` holds a dose column per drug; where it is empty, `total` holds the total
    dose and `arm` says what was given.
    """

    drugs: dict[str, Column] = field(default_factory=dict)
    total: Column | None = None
    arm: Column | None = None
    n: Column | None = None
    affected: Column | None = None
    unit: Column | None = None
    conditions: dict[str, Column] = field(default_factory=dict)
    clusters: dict[str, Column] = field(default_factory=dict)
    endpoint: str = "affected"


def find_combination_columns(
    table: RawTable,
    found: ProblemList,
    *,
    drugs: Sequence[str] | None,
    endpoint: str,
) -> CombinationColumns | None:
    r"""Find out what the columns mean; None where something needed is not there.

    Examples
    --------
    >>> from io import StringIO
    >>> from isobole.tables._source import read_table
    >>> text = "VPA (mg/kg),Mg (mg/kg),n,protected,route Mg\n100,40,8,5,p.o."
    >>> found = ProblemList()
    >>> columns = find_combination_columns(
    ...     read_table(StringIO(text), found), found, drugs=None, endpoint="affected"
    ... )
    >>> list(columns.drugs), list(columns.conditions), columns.endpoint
    (['VPA', 'Mg'], ['route Mg'], 'protected')
    """
    finder = RoleFinder(table, found, endpoint)
    finder.check_names()
    columns = CombinationColumns()
    if drugs is not None:
        columns.drugs = {name: c for name in drugs if (c := _named(finder, name))}
    conditions = [c for c in finder.free if _is_condition(c)]
    for column in conditions:
        finder.free.remove(column)
    _find_roles(finder, columns, drugs)
    if drugs is None:
        columns.drugs = _numeric(finder, columns)
    if 0 < len(columns.drugs) < len(drugs or ("", "")):
        _too_few(columns, drugs, finder, found)
        return None
    if not columns.drugs and not _has_total(finder, columns, drugs, found):
        return None
    columns.conditions = {_condition_name(c, columns.drugs): c for c in conditions}
    _say_left_out(finder, columns, found)
    if columns.affected is None:
        if "affected" not in finder.unclear:
            finder.missing("affected", "affected")
        return None
    columns.endpoint = finder.endpoint_of(columns.affected)
    return columns


def drug_name(column: Column) -> str:
    """Return the drug a dose column is named after.

    Examples
    --------
    >>> drug_name(Column("VPA (mg/kg)", [], 1)), drug_name(Column("dose_Mg", [], 2))
    ('VPA', 'Mg')
    """
    name = split_header(column.name)[0].strip()
    bare = re.sub(r"^doses?[\s_]+(?:of[\s_]+)?|[\s_]+doses?$", "", name, flags=re.I)
    return bare or name


def _named(finder: RoleFinder, drug: str) -> Column | None:
    """Take the dose column of a drug the caller named."""
    wanted = drug.strip().casefold()
    for column in finder.free:
        if wanted in (column.name.casefold(), drug_name(column).casefold()):
            finder.free.remove(column)
            return column
    return None


def _is_condition(column: Column) -> bool:
    key = name_key(column.name)
    words = key.split()
    return bool(
        key in SHARED
        or (words and (words[0] in _OF_DRUG or words[-1] in _OF_DRUG))
        or (len(words) > 1 and _LEVELS.search(column.name.casefold()))
    )


def _condition_name(column: Column, drugs: Sequence[str] | dict[str, Column]) -> str:
    """Write ``Mg_route`` and ``route (mg)`` as ``route Mg``."""
    key = name_key(column.name)
    if key in SHARED:
        return key
    words = re.sub(r"[\s_:()\[\]]+", " ", column.name).split()
    for kind in _OF_DRUG:
        rest = [word for word in words if word.casefold() != kind]
        if len(rest) == len(words):
            continue
        named = " ".join(rest)
        same = [drug for drug in drugs if drug.casefold() == named.casefold()]
        return f"{kind} {same[0] if same else named}".strip()
    return " ".join(split_header(column.name)[0].replace("_", " ").split())


def _find_roles(
    finder: RoleFinder, columns: CombinationColumns, drugs: Sequence[str] | None
) -> None:
    columns.n = finder.by_role("n")
    columns.affected = finder.by_role("affected")
    columns.arm = finder.by_role("curve") or finder.by_role("arm")
    columns.total = next(filter(None, map(finder.by_role, _TOTAL)), None)
    columns.unit = finder.by_role("unit") or finder.by_role("units")
    for role in ("animal", "litter", "cage"):
        column = finder.by_role(role) or finder.by_other_name(role)
        if column is not None:
            columns.clusters[role] = column
    columns.n = columns.n or finder.by_other_name("n")
    columns.affected = columns.affected or finder.by_other_name("affected")


def _numeric(finder: RoleFinder, columns: CombinationColumns) -> dict[str, Column]:
    """Take the columns of numbers that nothing else explains as doses."""
    taken: dict[str, Column] = {}
    for column in list(finder.free):
        if RATE.search(column.name.casefold()) or not _holds_numbers(column):
            continue
        if _NOT_DOSES.search(name_key(drug_name(column))):
            continue
        taken[drug_name(column)] = column
        finder.free.remove(column)
    return taken


def _holds_numbers(column: Column) -> bool:
    """Return whether most cells are numbers, or the header names a dose unit."""
    if not isinstance(column.cells, list):
        return not column.is_empty()
    unit = split_header(column.name)[1]
    if unit:
        try:
            DoseUnit.parse(unit)
        except DataError:
            pass
        else:
            return True
    filled = [text for text in column.cells if text.strip()]
    faults = sum(bool(read_cell(text, units=True).fault) for text in filled)
    return 2 * faults < len(filled)


def _has_total(
    finder: RoleFinder,
    columns: CombinationColumns,
    drugs: Sequence[str] | None,
    found: ProblemList,
) -> bool:
    """Return whether there is a total dose and a column that names the arms."""
    if columns.total is not None and columns.arm is None:
        for word in CURVE_LIKE:
            if (column := finder.by_role(word)) is None:
                continue
            columns.arm = column
            found.add(
                Problem(
                    "column-understood",
                    f"Column '{column.name}' was read as the arm",
                    severity="notice",
                    column=column.name,
                )
            )
            break
    if columns.total is not None and columns.arm is not None:
        return True
    _too_few(columns, drugs, finder, found)
    return False


def _too_few(
    columns: CombinationColumns,
    drugs: Sequence[str] | None,
    finder: RoleFinder,
    found: ProblemList,
) -> None:
    for drug in drugs or ():
        if drug not in columns.drugs:
            finder.missing(drug, drug)
    if drugs is not None and len(drugs) >= 2:
        return
    seen = ", ".join(columns.drugs) or "none"
    found.add(
        Problem(
            "drug-columns",
            f"A combination needs a dose column for each drug; found: {seen}",
            given=seen,
            expected="two or more dose columns named after their drugs, such as "
            "VPA (mg/kg) and Mg (mg/kg)",
            remedy="Give each drug a column with its dose, 0 where it was not given; "
            "or the columns arm and dose with the total dose",
        )
    )


def _say_left_out(
    finder: RoleFinder, columns: CombinationColumns, found: ProblemList
) -> None:
    rest = [column.name for column in finder.free]
    if columns.drugs and columns.total is not None:
        rest.append(columns.total.name)
    if rest:
        found.add(
            Problem(
                "columns-left-out",
                f"Columns not used: {', '.join(rest)}",
                severity="notice",
                given=", ".join(rest),
            )
        )
    for role, column in columns.clusters.items():
        labels = [text.strip() for text in column.texts() if text.strip()]
        if len(set(labels)) < len(labels):
            found.add(
                Problem(
                    "dependence-ignored",
                    f"Rows share the same {role} (column '{column.name}') but are "
                    "analysed as independent",
                    severity="warning",
                    column=column.name,
                    remedy="Where the same animals or litters were tested again, "
                    "intervals are too narrow; isobole ed50 takes it into account",
                )
            )
