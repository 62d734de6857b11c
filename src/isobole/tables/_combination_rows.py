"""Rows of a combination table as CombinationData, problems in the file's terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from isobole.combination import CombinationData, Design
from isobole.results import DataError, DoseUnit, Problem, ProblemList
from isobole.tables._columns import read_labels, read_numbers, read_outcomes
from isobole.tables._combination_columns import CombinationColumns
from isobole.tables._combination_ratio import RatioBy, TotalDoses
from isobole.tables._doses import read_doses
from isobole.tables._problems import condensed, listed, raise_collected
from isobole.tables._table import FloatArray, IntArray, RawTable


@dataclass(frozen=True, slots=True)
class Counts:
    """Animals and affected, one of each per row; NaN where a cell was reported."""

    n: FloatArray
    affected: FloatArray


@dataclass(frozen=True, slots=True)
class CombinationRows:
    """The rows of a combination table, from cells to data."""

    table: RawTable
    columns: CombinationColumns
    found: ProblemList

    def counts(self) -> Counts:
        """Return animals and affected of every row."""
        assert self.columns.affected is not None
        if self.columns.n is None:
            hits = read_outcomes(self.table, self.columns.affected, self.found)
            return Counts(np.ones_like(hits), hits)
        return Counts(
            read_numbers(self.table, self.columns.n, self.found),
            read_numbers(self.table, self.columns.affected, self.found),
        )

    def total(
        self,
        drugs: tuple[str, ...] | None,
        ratio: str | Sequence[float] | None,
        ratio_by: RatioBy | None,
        unit: DoseUnit | None,
        counts: Counts,
    ) -> tuple[tuple[str, ...], FloatArray, DoseUnit | None]:
        """Return drugs, doses by drug and the unit of a table of total doses."""
        assert self.columns.total is not None
        assert self.columns.arm is not None
        doses, stated = read_doses(
            self.table, self.columns.total, self.found, unit=unit
        )
        labels = read_labels(self.table, self.columns.arm, self.found)
        raise_collected(self.found)
        totals = TotalDoses(
            labels, doses, counts.n, counts.affected, self.columns.arm.name
        )
        single, mixture = totals.arms(drugs, self.found)
        shares = totals.shares(single, mixture, ratio, ratio_by, self.found)
        return single, totals.by_drug(single, mixture, shares), stated

    def rows(self, doses: FloatArray, counts: Counts) -> IntArray:
        """Return the rows that hold animals, and say which do not."""
        empty = (counts.n == 0) & (counts.affected == 0)
        if empty.any() and not empty.all():
            where = self.table.rows[empty].tolist()
            self.found.add(
                Problem(
                    "empty-group",
                    f"Rows with n = 0 were left out ({listed(where)})",
                    severity="notice",
                    row=where[0],
                )
            )
            return np.flatnonzero(~empty)
        return np.arange(doses.shape[0])

    def labels(self, rows: IntArray) -> list[str] | None:
        """Return the named arm of each row, where a dose column stands per drug."""
        if self.columns.arm is None or not self.columns.drugs:
            return None
        texts = self.columns.arm.texts()
        return [texts[row].strip() for row in rows]

    def build(
        self,
        drugs: tuple[str, ...],
        doses: FloatArray,
        counts: Counts,
        rows: IntArray,
        unit: DoseUnit | None,
        design: Design | None,
    ) -> CombinationData | None:
        """Make the data, or say in the file's terms why there are none."""
        conditions = {
            name: [column.texts()[row].strip() for row in rows]
            for name, column in self.columns.conditions.items()
        }
        n, hits, doses = counts.n[rows], counts.affected[rows], doses[rows]
        notes = condensed(p for p in self.found.found if p.severity != "error")
        if self.columns.n is None:
            doses, n, hits, conditions, rows = _grouped(doses, hits, conditions, rows)
        try:
            return CombinationData(
                drugs,
                doses,
                n,
                hits,
                unit=unit,
                endpoint=self.columns.endpoint,
                conditions=conditions,
                design=design,
                notes=notes,
                inputs=self.table.inputs,
            )
        except DataError as error:
            where = self.table.rows[rows].tolist()
            for problem in condensed(error.problems, where):
                self.found.add(self._in_file(problem))
        return None

    def _in_file(self, problem: Problem) -> Problem:
        """Name the column as the file does."""
        named = {
            **self.columns.drugs,
            "dose": self.columns.total,
            "n": self.columns.n,
            "affected": self.columns.affected,
        }
        column = named.get(problem.column or "")
        return problem if column is None else replace(problem, column=column.name)


def _grouped(
    doses: FloatArray,
    hits: FloatArray,
    conditions: dict[str, list[str]],
    rows: IntArray,
) -> tuple[FloatArray, FloatArray, FloatArray, dict[str, list[str]], IntArray]:
    """Put animals of the same doses and conditions together, in order of the file."""
    codes = [
        np.unique(values, return_inverse=True)[1] for values in conditions.values()
    ]
    keys = np.column_stack([doses, *codes])
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    n = np.bincount(inverse).astype(float)
    affected = np.bincount(inverse, weights=hits)
    order = np.argsort(first)
    kept = first[order]
    return (
        doses[kept],
        np.asarray(n[order], dtype=np.float64),
        np.asarray(affected[order], dtype=np.float64),
        {name: [values[i] for i in kept] for name, values in conditions.items()},
        np.asarray(rows[kept], dtype=np.int64),
    )
