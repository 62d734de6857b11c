"""Power by group size, and the smallest size whose power holds for all larger ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from isobole.results import Missing

SMALLEST: Final = 2
"""Fewest animals in a group that any search tries."""

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """Power at one size: exact (`samples` None) or the share of simulated studies.

    `n` counts the animals of the control group (or the pairs, where each animal is its
    own control: `n_treated` is then None), `n_treated` those of each treated group.
    """

    n: int
    n_treated: int | None
    power: float
    samples: int | None = None

    @property
    def how(self) -> str:
        """Whether the power was computed or simulated, in one word."""
        return "exact" if self.samples is None else "simulated"

    @property
    def standard_error(self) -> float | None:
        """Monte Carlo standard error of a simulated power, never 0.

        One study more of either kind is counted, so that a share of 0 or 1 has one.
        """
        if self.samples is None:
            return None
        share = (self.power * self.samples + 1) / (self.samples + 2)
        return math.sqrt(share * (1 - share) / self.samples)

    def animals(self, comparisons: int) -> int:
        """Return all animals: one control group and every treated one."""
        return self.n + comparisons * (self.n_treated or 0)


@dataclass(frozen=True, slots=True)
class Smallest:
    """What a search found.

    Parameters
    ----------
    first : int or Missing
        The smallest size that reaches the target.
    holds : int or Missing
        The smallest size from which on every size examined reaches it.
    checked_to : int
        The largest size examined.
    every : bool
        Whether every size from `holds` to there was examined.
    """

    first: int | Missing
    holds: int | Missing
    checked_to: int
    every: bool

    @property
    def saws(self) -> bool:
        """Whether power falls below the target again after it was first reached."""
        return not isinstance(self.first, Missing) and self.first != self.holds


PowerAt = Callable[[int], PowerPoint]

SAME: Final = (
    "control and treated are the same, so there is no difference to find and the power "
    "is the rate of false positives"
)
_FALSE_POSITIVES: Final = (4, 6, 8, 10, 12, 16, 20)
_SMALL: Final = (2, 3, 4, 6, 8)


def treated_size(n: int, ratio: float) -> int:
    """Return the animals of a treated group beside `n` controls, rounded up.

    Examples
    --------
    >>> treated_size(8, 1), treated_size(8, 1.2), treated_size(10, 1.1)
    (8, 10, 11)
    """
    return max(1, math.ceil(n * ratio - 1e-9))


def search_every(
    power_at: PowerAt,
    *,
    target: float,
    start: int,
    maximum: int,
    progress: Progress | None = None,
) -> dict[int, PowerPoint]:
    """Examine every size from `start` until power has held long enough, or to the end.

    Exact tests are saw-toothed: the size is looked for from the first that reaches the
    target to twice the last that did not, and at least 20 sizes further.
    """
    found: dict[int, PowerPoint] = {}
    candidate: int | None = None
    for n in range(min(start, maximum), maximum + 1):
        found[n] = power_at(n)
        if progress is not None:
            progress(n, maximum)
        if found[n].power < target:
            candidate = None
        elif candidate is None:
            candidate = n
        if candidate is not None and n >= max(2 * candidate, candidate + 20):
            break
    return found


def search_some(
    power_at: PowerAt,
    *,
    target: float,
    start: int,
    maximum: int,
    progress: Progress | None = None,
) -> dict[int, PowerPoint]:
    """Examine as few sizes as find the target, where each costs a simulation.

    Strides grow with the size; the stride in which the target is reached is examined
    size by size, and then sizes up to half as many again.
    """
    found: dict[int, PowerPoint] = {}

    def reached(n: int) -> bool:
        if n not in found:
            found[n] = power_at(n)
            if progress is not None:
                progress(len(found), None)
        return found[n].power >= target

    low = max(SMALLEST, min(start, maximum))
    while low > SMALLEST and reached(low):
        low = max(SMALLEST, low * 2 // 3)
    high = low
    while not reached(high) and high < maximum:
        low, high = high, min(maximum, high + _stride(high))
    if not reached(high):
        return found
    for n in range(low, high):
        reached(n)
    end = min(maximum, max(high + 5, math.ceil(1.5 * high)))
    n = high
    while n < end:
        n = min(end, n + _stride(n))
        if not reached(n):
            while n < maximum and not reached(n):
                n += 1
            end = min(maximum, max(n + 5, math.ceil(1.5 * n)))
    return found


def _stride(n: int) -> int:
    return max(1, n // 10)


def smallest(points: Iterable[PowerPoint], target: float, reason: str) -> Smallest:
    """Read the smallest sizes off what was examined.

    Examples
    --------
    >>> powers = {6: 0.78, 7: 0.81, 8: 0.79, 9: 0.84, 10: 0.86}
    >>> found = smallest([PowerPoint(n, n, p) for n, p in powers.items()], 0.8, "few")
    >>> found.first, found.holds, found.checked_to
    (7, 9, 10)
    """
    rows = sorted(points, key=lambda point: point.n)
    first: int | Missing = Missing(reason)
    holds: int | Missing = Missing(reason)
    for point in reversed(rows):
        if point.power < target:
            break
        holds = point.n
    if not isinstance(holds, Missing):
        first = next(point.n for point in rows if point.power >= target)
    else:
        last = next((p.n for p in rows if p.power >= target), None)
        if last is not None:
            first = last
    top = rows[-1].n
    seen = {point.n for point in rows}
    every = not isinstance(holds, Missing) and seen >= set(range(holds, top + 1))
    return Smallest(first, holds, top, every)


def simulate_sizes(
    power_at: PowerAt,
    *,
    differs: bool,
    target: float,
    about: int | Missing,
    n: int | None,
    maximum: int,
    reason: str,
    progress: Progress | None,
) -> tuple[tuple[PowerPoint, ...], Smallest, PowerPoint | None]:
    """Examine the sizes of a plan whose power is simulated.

    Parameters
    ----------
    power_at : callable
    differs : bool
        Whether there is a difference; if not, the power is that of false positives.
    target : float
    about : int or Missing
        What a formula asks for: the search starts at two thirds of it.
    n : int or None
        The size to be judged.
    maximum : int
    reason : str
        Why there is no size, if there is none.
    progress : callable or None

    Returns
    -------
    points, smallest, planned
    """
    if differs:
        start = SMALLEST if isinstance(about, Missing) else about * 2 // 3
        points = search_some(
            power_at, target=target, start=min(start, maximum), maximum=maximum,
            progress=progress,
        )  # fmt: skip
        low = min(points)
        points.update({k: power_at(k) for k in _SMALL if k < low})
    else:
        sizes = [k for k in _FALSE_POSITIVES if k <= maximum] or [maximum]
        points = {k: power_at(k) for k in sizes}
    found = smallest(
        points.values(), target if differs else 2.0, reason if differs else SAME
    )
    if n is not None and n not in points:
        points[n] = power_at(n)
    rows = tuple(points[k] for k in sorted(points))
    return rows, found, None if n is None else points[n]


def to_rows(points: Iterable[PowerPoint], comparisons: int) -> list[dict[str, Any]]:
    """Return points as they stand in JSON: power in percent."""
    return [
        {
            "n": p.n,
            "n_treated": p.n_treated,
            "animals": p.animals(comparisons),
            "power": 100 * p.power,
            "how": p.how,
            "standard_error": None
            if p.standard_error is None
            else 100 * p.standard_error,
        }
        for p in points
    ]
