"""Quantal data: doses, animals, and how many showed the counted endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.doseresponse._data_checks import as_floats, check_rows
from isobole.results import (
    DataError,
    DoseUnit,
    InputFile,
    Problem,
    ProblemList,
    check_choice,
    sha256_text,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Labels = tuple[str, ...]

Design = Literal["fixed", "sequential"]
DESIGNS: Final[tuple[Design, ...]] = ("fixed", "sequential")
SEQUENTIAL_SLOPE: Final = (
    "the doses were chosen from earlier outcomes, so the slope is biased (too steep) "
    "and is not tested"
)

CLUSTER_COLUMNS = ("animal", "day", "litter", "cage")


@dataclass(frozen=True, slots=True, eq=False)
class QuantalData:
    """Counts of affected animals by dose: one row per dose group or per animal.

    Parameters
    ----------
    dose : array, shape (rows,)
        Doses on the natural scale, >= 0, in `unit`; 0 marks a control row.
    n : array, shape (rows,)
        Animals in the row (1 for a row per animal).
    affected : array, shape (rows,)
        Animals of the row showing `endpoint`, 0 <= affected <= n.
    unit : DoseUnit or str, optional
        Unit with its basis, for example ``"mg/kg salt"``.
    endpoint : str
        What was counted: ``"protected"``, ``"seizure"``, ... The ED50 is the dose at
        which half show *this*.
    curve : str, optional
        Name of the curve (drug, group).
    animal, day, litter, cage : sequence of str, optional
        One label per row. Repeated animals and shared days, litters or cages make
        the rows dependent; `fit_quantal` then fits them so.
    design : {"fixed", "sequential"}
        Whether doses were fixed beforehand or chosen from earlier outcomes
        (up-and-down and the like): such slopes are flagged and kept out of tests.
    notes : tuple of Problem
        Notices met while the data were read; they travel with every result.

    Raises
    ------
    DataError
        With every problem found: negative or non-finite doses, counts that are not
        whole, affected above n, rows of unequal length, no rows.

    Examples
    --------
    >>> data = QuantalData([5, 10, 20, 40], [8, 8, 8, 8], [0, 2, 5, 8], unit="mg/kg")
    >>> data
    QuantalData(4 doses 5–40 mg/kg, 32 animals, 15 affected)
    """

    dose: FloatArray
    n: IntArray
    affected: IntArray
    unit: DoseUnit | None = None
    endpoint: str = "affected"
    curve: str | None = None
    animal: Labels | None = None
    day: Labels | None = None
    litter: Labels | None = None
    cage: Labels | None = None
    design: Design = "fixed"
    notes: tuple[Problem, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    _groups: tuple[FloatArray, IntArray, IntArray] = field(init=False, repr=False)

    def __init__(
        self,
        dose: ArrayLike,
        n: ArrayLike,
        affected: ArrayLike,
        *,
        unit: DoseUnit | str | None = None,
        endpoint: str = "affected",
        curve: str | None = None,
        animal: Sequence[Any] | None = None,
        day: Sequence[Any] | None = None,
        litter: Sequence[Any] | None = None,
        cage: Sequence[Any] | None = None,
        design: Design = "fixed",
        notes: Sequence[Problem] = (),
        inputs: Sequence[InputFile] = (),
    ) -> None:
        check_choice("design", design, DESIGNS)
        found = ProblemList()
        doses = as_floats("dose", dose, found)
        sizes = as_floats("n", n, found)
        counts = as_floats("affected", affected, found)
        found.raise_errors()
        labels = {"animal": animal, "day": day, "litter": litter, "cage": cage}
        check_rows(doses, sizes, counts, labels, found)
        found.raise_errors()
        keep = sizes > 0
        if not keep.all():
            dropped = int((~keep).sum())
            found.add(
                Problem(
                    "empty-group",
                    f"{dropped} row(s) with n = 0 were left out",
                    severity="notice",
                    column="n",
                )
            )
        if design == "sequential":
            found.add(
                Problem(
                    "sequential-design",
                    f"{SEQUENTIAL_SLOPE[:1].upper()}{SEQUENTIAL_SLOPE[1:]}",
                    severity="notice",
                    remedy="The ED50 holds; for a slope test fixed doses, or add "
                    "animals near the ED16 and the ED84",
                )
            )
        set_field = object.__setattr__
        set_field(self, "dose", _frozen(doses[keep]))
        set_field(self, "n", _frozen(sizes[keep].astype(np.int64)))
        set_field(self, "affected", _frozen(counts[keep].astype(np.int64)))
        parsed = DoseUnit.parse(unit) if isinstance(unit, str) else unit
        set_field(self, "unit", parsed)
        set_field(self, "endpoint", endpoint)
        set_field(self, "curve", curve)
        for name, column in labels.items():
            kept = (
                None
                if column is None
                else tuple(str(x) for x, k in zip(column, keep, strict=True) if k)
            )
            set_field(self, name, kept)
        set_field(self, "design", design)
        set_field(self, "notes", (*notes, *found.found))
        set_field(self, "inputs", tuple(inputs))
        set_field(self, "_groups", _group(self.dose, self.n, self.affected))

    @classmethod
    def from_animals(
        cls, dose: ArrayLike, affected: ArrayLike, **columns: Any
    ) -> QuantalData:
        """Build from one row per animal, `affected` being 0 or 1.

        Examples
        --------
        >>> QuantalData.from_animals([5, 5, 10, 10], [0, 1, 1, 1])
        QuantalData(2 doses 5–10, 4 animals, 3 affected)
        """
        return cls(dose, np.ones(np.size(dose)), affected, **columns)

    @property
    def groups(self) -> tuple[FloatArray, IntArray, IntArray]:
        """Doses above 0 in rising order, with animals and affected summed."""
        return self._groups

    @property
    def control(self) -> tuple[int, int]:
        """Animals and affected in the control rows (dose 0); (0, 0) without any."""
        rows = self.dose == 0
        return int(self.n[rows].sum()), int(self.affected[rows].sum())

    @property
    def n_animals(self) -> int:
        """All observations, controls included."""
        return int(self.n.sum())

    @property
    def sha256(self) -> str:
        """Hash of the canonical table: the same for the same rows in any file."""
        rows = sorted(
            ",".join(
                [repr(float(d)), str(int(n)), str(int(r))]
                + [
                    labels[i] if labels else ""
                    for labels in (self.animal, self.day, self.litter, self.cage)
                ]
            )
            for i, (d, n, r) in enumerate(
                zip(self.dose, self.n, self.affected, strict=True)
            )
        )
        head = f"{self.unit or ''};{self.endpoint};{self.curve or ''}"
        if self.design != "fixed":
            head += f";{self.design}"
        return sha256_text("\n".join([head, *rows]))

    def renamed(self, curve: str | None) -> QuantalData:
        """Return the same data under another curve name."""
        copy = replace_fields(self)
        object.__setattr__(copy, "curve", curve)
        return copy

    def __repr__(self) -> str:
        from isobole.results import format_number

        doses = self.groups[0]
        name = f"{self.curve}: " if self.curve else ""
        if doses.size == 0:
            span = "no dose above 0"
        elif doses.size == 1:
            span = f"1 dose {format_number(doses[0])}"
        else:
            low, high = format_number(doses[0]), format_number(doses[-1])
            span = f"{doses.size} doses {low}\N{EN DASH}{high}"
        unit = f" {self.unit}" if self.unit else ""
        control = f", control {self.control[1]}/{self.control[0]}"
        return (
            f"QuantalData({name}{span}{unit}, {self.n_animals} animals, "
            f"{int(self.affected.sum())} affected"
            f"{control if self.control[0] else ''})"
        )


def replace_fields(data: QuantalData) -> QuantalData:
    """Return a copy that shares the (read-only) arrays."""
    copy = object.__new__(QuantalData)
    for name in QuantalData.__slots__:
        object.__setattr__(copy, name, getattr(data, name))
    return copy


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _group(
    dose: FloatArray, n: IntArray, affected: IntArray
) -> tuple[FloatArray, IntArray, IntArray]:
    treated = dose > 0
    levels, index = np.unique(dose[treated], return_inverse=True)
    sizes = np.bincount(index, weights=n[treated], minlength=levels.size)
    counts = np.bincount(index, weights=affected[treated], minlength=levels.size)
    return (
        _frozen(levels),
        _frozen(sizes.astype(np.int64)),
        _frozen(counts.astype(np.int64)),
    )


def check_unit(data: Sequence[QuantalData]) -> DoseUnit | None:
    """Return the one unit of several curves, or raise `DataError`."""
    units = {curve.unit for curve in data}
    if len(units) == 1:
        return units.pop()
    listed = ", ".join(sorted(str(unit or "no unit") for unit in units))
    raise DataError(
        [
            Problem(
                "mixed-units",
                f"The curves have doses in different units ({listed})",
                given=listed,
                expected="one unit and one basis",
                remedy="Convert them to one unit first; mg of a salt and mg of its "
                "acid are not the same dose",
            )
        ]
    )
