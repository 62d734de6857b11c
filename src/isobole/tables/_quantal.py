"""Quantal tables, by dose group or by animal, to one QuantalData per curve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from isobole.doseresponse import QuantalData
from isobole.results import DataError, DoseUnit, Problem, ProblemList
from isobole.tables._columns import read_labels, read_numbers, read_outcomes
from isobole.tables._doses import read_doses
from isobole.tables._problems import condensed, listed, raise_collected
from isobole.tables._roles import Roles, find_roles
from isobole.tables._source import read_table, source_name
from isobole.tables._table import Column, FloatArray, IntArray, Progress, RawTable


def read_quantal(
    source: Any,
    *,
    by: str | None = None,
    unit: DoseUnit | str | None = None,
    endpoint: str = "affected",
    dose: str | None = None,
    n: str | None = None,
    affected: str | None = None,
    sheet: str | None = None,
    progress: Progress | None = None,
) -> tuple[QuantalData, ...]:
    r"""Read quantal data: rows ``dose, n, affected``, or ``dose, affected`` per animal.

    Names of columns are compared without case; `animal`, `day`, `litter`, `cage` and
    `curve` are used where they stand, other columns are left out with a notice.
    Lines that start with # are comments.

    Main parameters
    ---------------
    source : path, "-", open text file or data frame
        A CSV, TSV or text file, an Excel workbook (.xlsx), standard input, or a
        frame of pandas, polars, pyarrow or another library that narwhals knows.
    by : str, optional
        The column that parts the rows into curves; `curve` where there is one.
    unit : DoseUnit or str, optional
        The unit of the doses with its basis, where the header does not say it.
    endpoint : str
        What was counted. A column named `protected`, `seizure`, `dead`, ... says it
        itself.

    Other Parameters
    ----------------
    dose, n, affected : str, optional
        The names of these columns, where they are others.
    sheet : str, optional
        The sheet of a workbook; the first by default.
    progress : callable, optional
        Called with the rows read so far and their total (None where not known).

    Returns
    -------
    tuple of QuantalData
        One per curve, in the order of their first rows. What was noticed about the
        file stands in the `notes` of each.

    Raises
    ------
    DataError
        With every problem found, each with its row as the file counts it; one
        problem that holds for more than 50 rows is said once.

    Examples
    --------
    >>> from io import StringIO
    >>> groups = StringIO("dose (mg/kg),n,affected\n5,8,1\n10,8,4\n20,8,7")
    >>> read_quantal(groups)
    (QuantalData(3 doses 5–20 mg/kg, 24 animals, 12 affected),)

    >>> animals = StringIO("drug;dose;protected\nVPA;2,5;0\nVPA;5;1\nMg;1;1")
    >>> for data in read_quantal(animals, by="drug"):
    ...     print(data.curve, data.endpoint, data.dose, *data.notes, sep="; ")
    VPA; protected; [2.5 5. ]; <text>, column dose: Decimal commas were read as
    decimal points.
    Mg; protected; [1.]; <text>, column dose: Decimal commas were read as decimal
    points.
    """
    found = ProblemList(source_name(source))
    wanted = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    table = read_table(source, found, sheet=sheet, progress=progress)
    given = {"dose": dose, "n": n, "affected": affected, "curve": by}
    roles = find_roles(table, found, given=given, endpoint=endpoint)
    if table.rows.size == 0 and not found.errors:
        found.add(
            Problem(
                "no-rows",
                "There is a header but no row below it",
                expected="one row per dose group or per animal",
                remedy="Give at least two dose groups",
            )
        )
    if roles.dose is not None:
        doses, stated = read_doses(table, roles.dose, found, unit=wanted)
    if roles.dose is None or roles.affected is None or not roles.complete:
        raise DataError(condensed(found.errors))
    if roles.n is None:
        counts = read_outcomes(table, roles.affected, found)
        sizes = np.ones_like(counts)
    else:
        sizes = read_numbers(table, roles.n, found)
        counts = read_numbers(table, roles.affected, found)
    labels = {
        role: read_labels(table, column, found)
        for role, column in roles.clusters.items()
        if not _ignored(column, found)
    }
    parts = list(_parts(table, roles.curve, found))
    notes = condensed(found.found)
    rows = _Rows(
        source_name(source), table, roles, stated, doses, sizes, counts, labels
    )
    curves = [rows.build(name, index, notes, found) for name, index in parts]
    raise_collected(found)
    return tuple(data for data in curves if data is not None)


def _ignored(column: Column, found: ProblemList) -> bool:
    """Return whether an optional column is empty, and so as good as absent."""
    if not column.is_empty():
        return False
    found.add(
        Problem(
            "empty-column",
            f"Column '{column.name}' is empty and was left out",
            severity="notice",
            column=column.name,
        )
    )
    return True


def _parts(
    table: RawTable, column: Column | None, found: ProblemList
) -> Iterator[tuple[str | None, IntArray]]:
    """Yield every curve's name and rows, in the order of first appearance."""
    if column is None or _ignored(column, found):
        yield None, np.arange(table.rows.size)
        return
    labels = read_labels(table, column, found)
    codes = {name: code for code, name in enumerate(dict.fromkeys(labels))}
    alike: dict[str, list[str]] = {}
    for name in codes:
        alike.setdefault(name.casefold(), []).append(name)
    for names in alike.values():
        if len(names) > 1:
            written = ", ".join(f"'{name}'" for name in names)
            found.add(
                Problem(
                    "curves-alike",
                    f"{written} differ in case only and are kept as separate curves",
                    severity="notice",
                    column=column.name,
                    given=written,
                    remedy="Write the name in one way if it is one curve",
                )
            )
    code = np.fromiter(map(codes.__getitem__, labels), np.int64, len(labels))
    order = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[order], np.arange(1, len(codes)))
    for name, index in zip(codes, np.split(order, starts), strict=True):
        if name:  # rows with no name are reported by read_labels
            yield name, index


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows of the file as numbers, NaN where a cell was reported."""

    file: str | None
    table: RawTable
    roles: Roles
    unit: DoseUnit | None
    dose: FloatArray
    n: FloatArray
    affected: FloatArray
    labels: dict[str, list[str]]

    def build(
        self,
        name: str | None,
        index: IntArray,
        notes: tuple[Problem, ...],
        found: ProblemList,
    ) -> QuantalData | None:
        """Make one curve of its rows, or say in the file's terms why it is none."""
        sound = ~np.isnan(self.dose[index] + self.n[index] + self.affected[index])
        index = index[sound]
        empty = (self.n[index] == 0) & (self.affected[index] == 0)
        if not empty.all():
            notes += self._dropped(index[empty])
            index = index[~empty]
        if index.size == 0:
            return None
        labels: dict[str, Any] = {
            role: column
            if index.size == len(column)
            else [column[i] for i in index.tolist()]
            for role, column in self.labels.items()
        }
        try:
            data = QuantalData(
                self.dose[index],
                self.n[index],
                self.affected[index],
                unit=self.unit,
                endpoint=self.roles.endpoint,
                curve=name,
                notes=notes,
                inputs=self.table.inputs,
                **labels,
            )
        except DataError as error:
            looks = self._looks_like()
            rows = self.table.rows[index].tolist()
            for problem in condensed(error.problems, rows):
                found.add(self._in_file(problem, looks))
            return None
        if not (data.dose > 0).any() and sound.all():
            self._without_dose(name, index, found)
        return data

    def _dropped(self, index: IntArray) -> tuple[Problem, ...]:
        if index.size == 0:
            return ()
        rows = self.table.rows[index].tolist()
        return (
            Problem(
                "empty-group",
                f"Rows with n = 0 were left out ({listed(rows)})",
                severity="notice",
                file=self.file,
                row=rows[0],
                column=self.roles.n.name if self.roles.n else None,
            ),
        )

    def _without_dose(
        self, name: str | None, index: IntArray, found: ProblemList
    ) -> None:
        curve = f"Curve '{name}' has" if name else "The table has"
        found.add(
            Problem(
                "no-positive-dose",
                f"{curve} no dose above 0",
                row=int(self.table.rows[index[0]]),
                column=self.roles.dose.name if self.roles.dose else None,
                expected="at least one dose above 0",
                remedy="Give control rows (dose 0) the curve name of the drug they "
                "belong to"
                if name
                else "Give the doses that were tested",
            )
        )

    def _in_file(self, problem: Problem, looks: str) -> Problem:
        """Put a problem of QuantalData in terms of the file."""
        columns = {
            "dose": self.roles.dose, "n": self.roles.n, "affected": self.roles.affected
        }  # fmt: skip
        column = columns.get(problem.column or "")
        remedy = problem.remedy
        if problem.column == "affected" and looks:
            remedy = f"{looks}; give counts of animals"
        return replace(
            problem,
            column=column.name if column else problem.column,
            remedy=remedy,
        )

    def _looks_like(self) -> str:
        """Say whether the counts look like proportions or percentages."""
        values = self.affected[~np.isnan(self.affected)]
        fractional = (values != np.floor(values)).any()
        if fractional and values.min() >= 0 and values.max() <= 1:
            return "These look like proportions"
        exceeds = (self.affected > self.n).any()
        if exceeds and values.min() >= 0 and 20 < values.max() <= 100:
            return "These look like percentages"
        return ""
