"""Every problem the rows of quantal data can have, collected together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.results import Problem, ProblemList

FloatArray = NDArray[np.float64]


def as_floats(name: str, values: ArrayLike, found: ProblemList) -> FloatArray:
    """Return values as floats, or an empty array with a problem noted."""
    try:
        return np.atleast_1d(np.asarray(values, dtype=np.float64)).ravel()
    except (TypeError, ValueError):
        found.add(
            Problem(
                "not-a-number",
                f"{name} holds something that is not a number",
                column=name,
                expected="numbers only",
                remedy="Check the column for text and empty cells",
            )
        )
        return np.empty(0)


# Outside these, sums and doses lose digits or overflow; no experiment is there.
MAX_DOSE: Final = 1e100
MAX_ANIMALS: Final = 1e9


def check_rows(
    dose: FloatArray,
    n: FloatArray,
    affected: FloatArray,
    labels: dict[str, Sequence[Any] | None],
    found: ProblemList,
) -> None:
    """Collect every problem of the rows; row numbers count data rows from 1."""
    lengths = {"dose": dose.size, "n": n.size, "affected": affected.size}
    lengths |= {name: len(c) for name, c in labels.items() if c is not None}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {size}" for name, size in lengths.items())
        found.add(
            Problem(
                "unequal-length",
                f"The columns have different lengths ({listed})",
                remedy="Give one value per row in every column",
            )
        )
        return
    if dose.size == 0:
        found.add(
            Problem(
                "no-rows", "There are no rows", remedy="Give at least two dose groups"
            )
        )
        return
    checks: list[tuple[NDArray[np.bool_], str, str, FloatArray, str, str]] = [
        (~np.isfinite(dose), "dose", "dose-not-finite", dose,
         "a finite number", "Give the dose as a number; 0 for the control"),
        (dose < 0, "dose", "dose-negative", dose,
         "a dose of 0 or more", "Give the dose itself, not its logarithm"),
        (np.isfinite(dose) & ((dose > MAX_DOSE) | ((dose > 0) & (dose < 1 / MAX_DOSE))),
         "dose", "dose-out-of-range", dose, "0, or a dose from 1e-100 to 1e100",
         "Check the number, or give the doses in another unit"),
        (~np.isfinite(n) | (n != np.floor(n)), "n", "n-not-whole", n,
         "a whole number of animals", "Give counts of animals"),
        (n < 0, "n", "n-negative", n, "0 or more", "Give counts of animals"),
        (np.isfinite(n) & (n > MAX_ANIMALS), "n", "n-out-of-range", n,
         "at most 1e9 animals in a row", "Check the number for a slip of the keyboard"),
        (~np.isfinite(affected) | (affected != np.floor(affected)), "affected",
         "affected-not-whole", affected, "a whole number of animals",
         "Check whether these are percentages or proportions; give counts"),
        (affected < 0, "affected", "affected-negative", affected,
         "0 or more", "Give counts of animals"),
    ]  # fmt: skip
    for bad, column, code, values, expected, remedy in checks:
        for row in np.flatnonzero(bad):
            shown = f"{values[row]:g}"
            found.add(
                Problem(
                    code,
                    f"{column} is {shown}",
                    row=int(row) + 1,
                    column=column,
                    given=shown,
                    expected=expected,
                    remedy=remedy,
                )
            )
    for row in np.flatnonzero((affected > n) & (affected == np.floor(affected))):
        found.add(
            Problem(
                "affected-exceeds-n",
                f"affected ({affected[row]:g}) exceeds the group size ({n[row]:g})",
                row=int(row) + 1,
                column="affected",
                given=f"{affected[row]:g}",
                expected=f"at most {n[row]:g}",
                remedy="Check whether the column gives percentages, or the two "
                "columns are swapped",
            )
        )
    if not found.errors and not (n > 0).any():
        found.add(
            Problem(
                "no-rows",
                "Every row has n = 0, so there is nothing to analyse",
                column="n",
                remedy="Give at least two dose groups with animals",
            )
        )
