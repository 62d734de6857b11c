"""Combination data: doses of several drugs, animals, affected; the arms they form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.doseresponse import QuantalData
from isobole.results import (
    DataError,
    DoseUnit,
    InputFile,
    Problem,
    ProblemList,
    format_number,
    sha256_text,
)

FloatArray = NDArray[np.float64]

Design = Literal["fixed-ratio", "type-ii", "factorial", "free"]
DESIGNS: Final = ("fixed-ratio", "type-ii", "factorial", "free")
ArmKind = Literal["single", "ray", "fixed-dose"]

# Doses written with three digits still form one ray: shares may differ this much.
RATIO_TOLERANCE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Arm:
    """One dose-response curve inside a combination study.

    Parameters
    ----------
    kind : {"single", "ray", "fixed-dose"}
        A drug alone; a fixed ratio of drugs, its dose being the total; or a ladder of
        one drug on top of a fixed dose of others, its dose being that of the ladder.
    name : str
        For tables and figures.
    shares : tuple of float
        Share of each drug in the total dose (1 and 0 for a single drug; for a
        fixed-dose arm, of the ladder's drug alone).
    fixed : tuple of float
        The fixed dose of each drug underneath (0 but for fixed-dose arms).
    data : QuantalData
        The curve; control rows are included with single arms and rays.
    """

    kind: ArmKind
    name: str
    shares: tuple[float, ...]
    fixed: tuple[float, ...]
    data: QuantalData


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CombinationData:
    """Counts of affected animals by the doses of two or more drugs.

    Parameters
    ----------
    drugs : sequence of str
        Names, one per dose column.
    dose : array, shape (rows, drugs)
        Doses on the natural scale, all in one unit and basis; 0 where not given.
    n, affected : array, shape (rows,)
        Animals, and those showing `endpoint`.
    unit : DoseUnit or str, optional
        The common unit.
    endpoint : str
    conditions : mapping of str to sequence of str, optional
        Columns that should agree between arms: species, strain, sex, challenge,
        endpoint, day, and route, pretreatment, schedule of each drug.
    design : optional
        Override what is recognised.

    Raises
    ------
    DataError
        With every problem found, each with its remedy.

    Examples
    --------
    >>> data = CombinationData(
    ...     ["VPA", "Mg"], [[0, 0], [100, 0], [0, 40], [100, 40]], [8] * 4, [0, 1, 0, 6]
    ... )
    >>> data
    CombinationData(2 x 2 factorial of VPA and Mg, 32 animals)
    """

    drugs: tuple[str, ...]
    dose: FloatArray
    n: NDArray[np.int64]
    affected: NDArray[np.int64]
    unit: DoseUnit | None
    endpoint: str
    conditions: dict[str, tuple[str, ...]]
    design: Design
    arms: tuple[Arm, ...]
    notes: tuple[Problem, ...]
    inputs: tuple[InputFile, ...]

    def __init__(
        self,
        drugs: Sequence[str],
        dose: ArrayLike,
        n: ArrayLike,
        affected: ArrayLike,
        *,
        unit: DoseUnit | str | None = None,
        endpoint: str = "affected",
        conditions: Mapping[str, Sequence[Any]] | None = None,
        design: Design | None = None,
        notes: Sequence[Problem] = (),
        inputs: Sequence[InputFile] = (),
    ) -> None:
        from isobole.combination._recognition import recognise

        found = ProblemList()
        doses = np.atleast_2d(np.asarray(dose, dtype=np.float64))
        names = tuple(str(name) for name in drugs)
        _check_columns(names, doses, found)
        found.raise_errors()
        # One table of total doses checks the counts the way every curve is checked.
        total = QuantalData(
            doses.sum(axis=1), n, affected, unit=unit, endpoint=endpoint, notes=notes
        )
        keep = np.asarray(n, dtype=float) > 0
        set_field = object.__setattr__
        set_field(self, "drugs", names)
        set_field(self, "dose", doses[keep])
        set_field(self, "n", total.n)
        set_field(self, "affected", total.affected)
        set_field(self, "unit", total.unit)
        set_field(self, "endpoint", endpoint)
        kept = {
            str(name): tuple(
                str(value) for value, k in zip(column, keep, strict=True) if k
            )
            for name, column in (conditions or {}).items()
        }
        set_field(self, "conditions", kept)
        set_field(self, "notes", total.notes)
        set_field(self, "inputs", tuple(inputs))
        recognised, arms = recognise(self, design)
        set_field(self, "design", recognised)
        set_field(self, "arms", arms)

    @property
    def n_animals(self) -> int:
        """All animals, controls included."""
        return int(self.n.sum())

    @property
    def control(self) -> tuple[int, int]:
        """Animals and affected where no drug was given."""
        rows = (self.dose == 0).all(axis=1)
        return int(self.n[rows].sum()), int(self.affected[rows].sum())

    def arms_of(self, kind: ArmKind) -> tuple[Arm, ...]:
        """Return the arms of one kind."""
        return tuple(arm for arm in self.arms if arm.kind == kind)

    @property
    def sha256(self) -> str:
        """Hash of the canonical table."""
        rows = sorted(
            ",".join([*(repr(float(x)) for x in d), str(int(n)), str(int(r))])
            for d, n, r in zip(self.dose, self.n, self.affected, strict=True)
        )
        head = f"{';'.join(self.drugs)};{self.unit or ''};{self.endpoint}"
        return sha256_text("\n".join([head, *rows]))

    def __repr__(self) -> str:
        words = {
            "fixed-ratio": "fixed-ratio rays",
            "type-ii": "fixed doses under a ladder",
            "factorial": "2 x 2 factorial",
            "free": "free design",
        }
        return (
            f"CombinationData({words[self.design]} of {' and '.join(self.drugs)}, "
            f"{self.n_animals} animals)"
        )


def _check_columns(
    drugs: tuple[str, ...], dose: FloatArray, found: ProblemList
) -> None:
    if len(drugs) < 2 or dose.shape[1] != len(drugs):
        found.add(
            Problem(
                "drug-columns",
                f"{len(drugs)} drug name(s) for {dose.shape[1]} dose column(s)",
                expected="two or more drugs, one dose column each",
                remedy="Give one dose column per drug",
            )
        )
        return
    if len(set(drugs)) < len(drugs):
        found.add(
            Problem(
                "drug-twice",
                f"A drug is named twice ({', '.join(drugs)})",
                remedy="Give each drug one column",
            )
        )
    for row, column in np.argwhere(~np.isfinite(dose) | (dose < 0)):
        found.add(
            Problem(
                "dose-negative",
                f"the dose of {drugs[column]} is {format_or_text(dose[row, column])}",
                row=int(row) + 1,
                column=drugs[column],
                expected="a number of 0 or more",
                remedy="Give 0 where the drug was not given",
            )
        )
    for column, drug in enumerate(drugs):
        if np.isfinite(dose).all() and (dose[:, column] == 0).all():
            found.add(
                Problem(
                    "drug-never-given",
                    f"The dose column of {drug} is 0 in every row",
                    column=drug,
                    expected="at least one group that was given the drug",
                    remedy="Leave the column out, or check that doses were not lost",
                )
            )


def format_or_text(value: float) -> str:
    """Write a number that may not be finite (in problems only)."""
    return format_number(value) if np.isfinite(value) else str(value)


def no_single_arm(drug: str) -> DataError:
    """Return the error for a mixture whose drug has no curve of its own."""
    return DataError(
        [
            Problem(
                "no-single-arm",
                f"There is no dose-response arm of {drug} alone, so nothing says what "
                "additivity would be",
                column=drug,
                expected="two or more doses of each drug alone",
                remedy="Add the single-drug groups; for a drug inactive at the doses "
                "used, analyse the study as a potency shift (type II)",
            )
        ]
    )
