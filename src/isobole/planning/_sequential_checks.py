"""The records and doses of a sequential study, checked once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from isobole.doseresponse import QuantalData
from isobole.planning._posterior import FloatArray, IntArray
from isobole.results import OptionError, Problem, ProblemList, format_number

Direction = Literal["rises", "falls"]
DIRECTIONS: Final[tuple[Direction, ...]] = ("rises", "falls")
LARGEST_BATCH: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Animals so far, in order: `hit` is 1 where the outcome asks for a lower dose."""

    dose: FloatArray
    affected: IntArray
    hit: IntArray

    @property
    def x(self) -> FloatArray:
        """Log10 doses."""
        return np.log10(self.dose)


def read_records(
    doses: ArrayLike, affected: ArrayLike, direction: Direction
) -> Records:
    """Check doses and outcomes of animals; none at all is a study not yet begun.

    Raises
    ------
    DataError
        With everything that is wrong.
    """
    if np.size(doses) == 0 and np.size(affected) == 0:
        none = np.zeros(0)
        empty = none.astype(np.int64)
        return Records(none, empty, empty)
    data = QuantalData.from_animals(doses, affected)
    found = ProblemList()
    for row in np.flatnonzero(data.dose == 0):
        found.add(
            Problem(
                "dose-not-positive",
                "dose is 0, which has no logarithm",
                row=int(row) + 1,
                column="dose",
                given="0",
                expected="a dose above 0",
                remedy="Leave vehicle animals out: they do not move the ED50 here",
            )
        )
    found.raise_errors()
    hit = data.affected if direction == "rises" else 1 - data.affected
    return Records(data.dose, data.affected, hit)


def check_batch(batch: int) -> None:
    """Refuse a batch that is no number of chambers."""
    if not (float(batch).is_integer() and 1 <= batch <= LARGEST_BATCH):
        msg = (
            f"batch is {batch}; give the animals dosed before an outcome is known, 1 "
            f"to {LARGEST_BATCH} (plan a larger rack as two batches)"
        )
        raise OptionError(msg)


def check_doses(
    allowed: Sequence[float] | None, minimum: float | None, maximum: float | None
) -> FloatArray | None:
    """Return the listed doses within the limits, rising; None where none are listed.

    Raises
    ------
    OptionError
        If a limit is no dose, or no dose is left.
    """
    for name, limit in (("minimum", minimum), ("maximum", maximum)):
        if limit is not None and not (math.isfinite(limit) and limit > 0):
            raise OptionError(f"{name} is {limit}; give a finite dose above 0")
    if minimum is not None and maximum is not None and minimum > maximum:
        msg = (
            f"minimum {format_number(minimum)} is above maximum "
            f"{format_number(maximum)}; exchange them"
        )
        raise OptionError(msg)
    if allowed is None:
        return None
    try:
        listed = np.unique(np.asarray(allowed, dtype=np.float64))
    except (TypeError, ValueError):
        listed = np.zeros(0)
    if listed.size == 0 or not (np.isfinite(listed) & (listed > 0)).all():
        raise OptionError("allowed must list finite doses above 0, such as 50, 100")
    low = 0.0 if minimum is None else minimum
    high = math.inf if maximum is None else maximum
    kept: FloatArray = listed[(listed >= low) & (listed <= high)]
    if kept.size == 0:
        msg = (
            "no allowed dose lies between minimum and maximum; widen the limits or "
            "list more doses"
        )
        raise OptionError(msg)
    return kept
