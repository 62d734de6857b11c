"""The four cells of a 2 x 2 factorial: from a study or from counts, checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from isobole.combination._data import CombinationData
from isobole.combination._factorial_result import cell_name
from isobole.results import DataError, Problem, ProblemList

CELLS: Final = ("00", "10", "01", "11")


def cells_of(
    data: CombinationData,
) -> tuple[list[int], list[int], tuple[float, float]]:
    """Sum the four cells of a factorial study."""
    if len(data.drugs) != 2 or any(
        np.unique(column[column > 0]).size != 1 for column in data.dose.T
    ):
        raise DataError(
            [
                Problem(
                    "not-factorial",
                    f"The study is not a 2 x 2 factorial: {data!r}",
                    expected="two drugs, each at one dose, alone and together",
                    remedy="Use analyze_combination for curves and rays, or "
                    "potency_shift for a ladder over a fixed dose",
                )
            ]
        )
    given = data.dose > 0
    n, affected = [], []
    for cell in CELLS:
        rows = (given == [mark == "1" for mark in cell]).all(axis=1)
        n.append(int(data.n[rows].sum()))
        affected.append(int(data.affected[rows].sum()))
    dose = data.dose.max(axis=0)
    return n, affected, (float(dose[0]), float(dose[1]))


def checked(
    n: Sequence[int], affected: Sequence[int], drugs: Sequence[str]
) -> tuple[list[int], list[int]]:
    """Return the counts, or raise every problem found in them."""
    found = ProblemList()
    for name, values in (("n", n), ("affected", affected)):
        if len(values) != 4:
            found.add(
                Problem(
                    "cells-not-four",
                    f"{name} has {len(values)} count(s)",
                    column=name,
                    expected="four: neither drug, A alone, B alone, both",
                    remedy="Give 0 animals for a control group that was not run",
                )
            )
    found.raise_errors()
    for k, cell in enumerate(CELLS):
        size, hit = n[k], affected[k]
        where = f"the cell {cell} ({cell_name(drugs, k)})"
        if any(
            not math.isfinite(float(v)) or float(v) != int(v) or v < 0
            for v in (size, hit)
        ):
            found.add(
                Problem(
                    "count-not-whole",
                    f"{where} has {hit} of {size} animals",
                    expected="whole numbers of 0 or more",
                    remedy="Give counts, not percents",
                )
            )
        elif hit > size:
            found.add(
                Problem(
                    "affected-exceeds-n",
                    f"{where} has {hit} affected of {size} animals",
                    remedy="Check whether n and affected were swapped, or percents "
                    "were given",
                )
            )
        elif size == 0 and k > 0:
            found.add(
                Problem(
                    "cell-empty",
                    f"{where} has no animals",
                    expected="animals given each drug alone and both",
                    remedy="Without both single drugs at the doses combined there is "
                    "no expectation; add the group",
                )
            )
    found.raise_errors()
    return [int(v) for v in n], [int(v) for v in affected]
