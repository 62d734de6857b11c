"""The up-and-down rule for one animal or a group: the next dose."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from isobole.planning._posterior import FloatArray
from isobole.planning._sequential_checks import (
    DIRECTIONS,
    Direction,
    check_batch,
    check_doses,
    read_records,
)
from isobole.results import OptionError, check_choice


def next_up_and_down(
    doses: ArrayLike,
    affected: ArrayLike,
    *,
    step_log10: float = 0.1,
    batch: int = 1,
    direction: Direction = "rises",
    allowed: Sequence[float] | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> float:
    """Return the dose of the next animal, or group, by the up-and-down rule.

    One step down where more than half of the last group showed the endpoint, one up
    where fewer did, the same dose at exactly half (Dixon and Mood 1948 for single
    animals; Gezmu and Flournoy 2006 for groups).

    Parameters
    ----------
    doses, affected : array, shape (animals,)
        In the order of testing, at least one animal; outcomes 0 or 1.
    step_log10 : float
        The step; 0.06 to 0.1 suits anticonvulsant tests, 0.5 those of acute toxicity.
    batch : int
        Animals of a group; the last animals at the last dose, at most so many, count.
    direction : {"rises", "falls"}
        Whether the share affected rises or falls with dose.
    allowed : sequence of float, optional
        Doses that can be given: the one nearest to the step's in its direction is
        taken.
    minimum, maximum : float, optional
        Doses the run does not leave.

    Raises
    ------
    DataError
        If a dose is not above 0 or an outcome is not 0 or 1.
    OptionError
        If there is no animal yet, or an option is no such thing.

    Examples
    --------
    >>> next_up_and_down([100, 126], [0, 1])
    100.0
    >>> next_up_and_down([100] * 4, [1, 0, 0, 0], batch=4)
    126.0
    >>> next_up_and_down([100], [1], direction="falls", allowed=[80, 100, 130])
    130.0
    """
    check_choice("direction", direction, DIRECTIONS)
    check_batch(batch)
    if not (math.isfinite(step_log10) and 0.01 <= step_log10 <= 1):
        msg = (
            f"step_log10 is {step_log10}; give a log10 step from 0.01 to 1 (0.1 is 26 "
            "% up or 21 % down)"
        )
        raise OptionError(msg)
    listed = check_doses(allowed, minimum, maximum)
    records = read_records(doses, affected, direction)
    if records.dose.size == 0:
        msg = "there is no animal yet; start at the dose you expect to be the ED50"
        raise OptionError(msg)
    last = float(records.dose[-1])
    group = records.hit[-batch:][records.dose[-batch:] == last]
    way = -int(np.sign(2 * group.sum() - group.size))
    if listed is not None:
        return _listed(listed, last, way, step_log10)
    target = last * 10 ** (way * step_log10)
    low = 0.0 if minimum is None else minimum
    high = math.inf if maximum is None else maximum
    return min(max(_weighable(target) if way else last, low), high)


def _listed(listed: FloatArray, last: float, way: int, step: float) -> float:
    """Return the listed dose nearest to one step that way; at an end, the end."""
    distance = np.abs(np.log10(listed) - math.log10(last) - way * step)
    beyond = way * (listed - last) > 0
    if way and beyond.any():
        distance = np.where(beyond, distance, np.inf)
    return float(listed[distance.argmin()])


def _weighable(dose: float) -> float:
    """Round to three digits, as one would weigh."""
    return float(f"{dose:.3g}")
