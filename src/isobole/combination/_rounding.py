"""Numbers as printed, and what a figure may be over all values that round to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Each round keeps or halves the step, so this reaches 1e-6 of the rounding.
_ROUNDS = 40
_CORNERS_UP_TO = 16  # inputs; beyond, only the search is left
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands in a paper, and the values that may stand behind it.

    Examples
    --------
    >>> sem = Printed.parse("2.40")
    >>> sem.value, round(sem.low, 4), round(sem.high, 4)
    (2.4, 2.395, 2.405)
    >>> sem.agrees(2.4049, 2.5), sem.agrees(2.406, 2.5)
    (True, False)
    """

    text: str
    value: float
    low: float
    high: float

    @classmethod
    def parse(cls, text: str, *, units: float = 0.5) -> Printed:
        """Read a number; it varies by `units` of its last printed decimal.

        Raises
        ------
        ValueError
            If the text is not a finite number.
        """
        try:
            number = Decimal(text.strip().replace("\N{MINUS SIGN}", "-"))
        except InvalidOperation:
            raise ValueError(text) from None
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int):
            raise ValueError(text)
        half = Decimal(str(units)).scaleb(exponent)
        low = number - half
        if number > 0:  # a positive quantity stays one
            low = max(low, abs(number) / 100)
        return cls(text.strip(), float(number), float(low), float(number + half))

    def agrees(self, low: float, high: float) -> bool:
        """Return whether some value from `low` to `high` is printed as this."""
        slack = _SLACK * max(abs(self.value), abs(self.high - self.low))
        return low <= self.high + slack and high >= self.low - slack

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Span:
    """A figure from the printed values, and its range over their rounding."""

    value: float
    low: float
    high: float


def span(
    function: Callable[[FloatArray], FloatArray], inputs: Sequence[Printed]
) -> Span:
    """Return a figure and its smallest and largest value over the rounding.

    All corners of the box of unrounded values are tried, then the best corner and the
    middle are improved along each axis with halving steps: exact where the figure is
    monotone in every value, and close where it is not.

    Parameters
    ----------
    function : callable
        Takes an array of points, shape (points, inputs), and returns one number each.
    inputs : sequence of Printed
        The printed values it depends on.

    Examples
    --------
    >>> found = span(
    ...     lambda x: x[:, 0] / x[:, 1], [Printed.parse("1.0"), Printed.parse("2.0")]
    ... )
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.5, 0.463, 0.538)
    """
    middle = np.array([[number.value for number in inputs]])
    low = np.array([number.low for number in inputs])
    high = np.array([number.high for number in inputs])
    count = 1 << low.size if low.size <= _CORNERS_UP_TO else 0
    bits = (np.arange(count)[:, None] >> np.arange(low.size)) & 1
    points = np.vstack([middle, np.where(bits == 1, high, low)])
    value = float(function(middle)[0])
    ends = []
    for sign in (1.0, -1.0):
        values = sign * function(points)
        starts = (points[0], points[int(values.argmin())])
        ends.append(sign * min(_descend(function, x, low, high, sign) for x in starts))
    return Span(value, ends[0], ends[1])


def _descend(
    function: Callable[[FloatArray], FloatArray],
    start: FloatArray,
    low: FloatArray,
    high: FloatArray,
    sign: float,
) -> float:
    """Return the least `sign` * function reached from `start` inside the box."""
    moves = np.vstack([np.eye(low.size), -np.eye(low.size)]) * (high - low)
    best, step = float(sign * function(start[None])[0]), 0.5
    for _ in range(_ROUNDS):
        tried = np.clip(start + step * moves, low, high)
        values = sign * function(tried)
        index = int(values.argmin())
        if values[index] < best:
            best, start = float(values[index]), tried[index]
        else:
            step /= 2
    return best
