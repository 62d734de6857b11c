"""Latencies at the border: arrays of one row per animal, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.results import DataError, OptionError, Problem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def checked_level(level: object) -> float:
    """Return `level` if it is a confidence between 0 and 1."""
    number = _real(level)
    if number is None or not 0 < number < 1:
        msg = f"level is {level!r}; give a confidence between 0 and 1, such as 0.95."
        raise OptionError(msg)
    return number


def checked_window(window: object) -> float:
    """Return `window` if it is a length of time."""
    number = _real(window)
    if number is None or not 0 < number < np.inf:
        msg = f"window is {window!r}; give the length of the observation, above 0."
        raise OptionError(msg)
    return number


def checked_draws(draws: object) -> int:
    """Return `draws` if there are enough of them for a p-value."""
    number = _real(draws)
    if number is None or not 100 <= number < np.inf or number % 1:
        msg = f"draws is {draws!r}; give a whole number of at least 100."
        raise OptionError(msg)
    return int(number)


def checked_times(
    time: ArrayLike,
    status: ArrayLike,
    *,
    name: str = "event",
    codes: Sequence[int] = (0, 1),
    window: float | None = None,
) -> tuple[FloatArray, IntArray]:
    """Return times and status codes as arrays, or raise every problem found.

    Parameters
    ----------
    time, status : array_like
        One per animal.
    name : str
        What the status column is called: ``"event"`` or ``"cause"``.
    codes : sequence of int
        The codes it may hold.
    window : float, optional
        Where observation ended; no time may lie beyond it.
    """
    times = _floats(time, "time")
    coded = _floats(status, name)
    if times.size != coded.size:
        raise DataError(
            [
                Problem(
                    "lengths-differ",
                    f"there are {times.size} times and {coded.size} values of {name}",
                    remedy="Give one of each per animal",
                )
            ]
        )
    if times.size == 0:
        raise DataError(
            [
                Problem(
                    "no-animals",
                    "there is no animal to analyse",
                    remedy="Give at least one time",
                )
            ]
        )
    problems = []
    for row, value in enumerate(times, start=1):
        if not np.isfinite(value):
            problems.append(
                _of_time("time-missing", row, value, "is not a number",
                         "Give the time observed; an animal that was not observed "
                         "is excluded, with its reason, before the analysis")
            )  # fmt: skip
        elif value < 0:
            problems.append(
                _of_time("time-negative", row, value, "is negative",
                         "Count time from that animal's own challenge")
            )  # fmt: skip
        elif window is not None and value > window:
            problems.append(
                _of_time("time-beyond-window", row, value,
                         f"lies beyond the window of {window:g}",
                         "Give the window that was observed; an animal without the "
                         "event by its end is censored at its end")
            )  # fmt: skip
    listed = ", ".join(map(str, codes))
    problems += [
        Problem(
            "unknown-code",
            f"{name} is {value:g}",
            row=row,
            column=name,
            given=f"{value:g}",
            expected=listed,
            remedy=f"Code {name} by {listed} only",
        )
        for row, value in enumerate(coded, start=1)
        if value not in codes
    ]
    if problems:
        raise DataError(problems)
    return times, coded.astype(np.int64)


def checked_labels(
    labels: Sequence[Any] | NDArray[Any], size: int, name: str
) -> tuple[tuple[str, ...], IntArray]:
    """Return the distinct labels in order of appearance, and each animal's index."""
    given = list(labels)
    if len(given) != size:
        raise DataError(
            [
                Problem(
                    "lengths-differ",
                    f"there are {size} animals and {len(given)} values of {name}",
                    remedy="Give one of each per animal",
                )
            ]
        )
    texts = ["" if _absent(label) else str(label).strip() for label in given]
    problems = [
        Problem(
            "label-missing",
            f"{name} is empty",
            row=row,
            column=name,
            remedy=f"Name the {name} of every animal",
        )
        for row, text in enumerate(texts, start=1)
        if not text
    ]
    if problems:
        raise DataError(problems)
    names = tuple(dict.fromkeys(texts))
    place = {text: index for index, text in enumerate(names)}
    return names, np.array([place[text] for text in texts], dtype=np.int64)


def checked_strata(strata: Sequence[Any] | None, size: int) -> tuple[IntArray, int]:
    """Return each animal's stratum and their number; one where none is given."""
    if strata is None:
        return np.zeros(size, dtype=np.int64), 1
    names, index = checked_labels(strata, size, "stratum")
    # By name, not by appearance: random draws do not depend on the order of rows.
    return np.argsort(np.argsort(names))[index].astype(np.int64), len(names)


def need_two(names: Sequence[str]) -> None:
    """Raise unless there are two groups to compare."""
    if len(names) < 2:
        raise DataError(
            [
                Problem(
                    "one-group",
                    f"there is only the group {names[0]!r}",
                    remedy="Give at least two groups to compare",
                )
            ]
        )


def _real(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | np.number) else None


def _absent(label: Any) -> bool:
    return label is None or (isinstance(label, float) and np.isnan(label))


def _of_time(code: str, row: int, value: float, what: str, remedy: str) -> Problem:
    shown = f"{value:g}"
    return Problem(
        code, f"time {shown} {what}", row=row, column="time", given=shown,
        remedy=remedy,
    )  # fmt: skip


def _floats(values: ArrayLike, name: str) -> FloatArray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        array = None
    if array is None or array.ndim != 1:
        raise DataError(
            [
                Problem(
                    "not-numbers",
                    f"{name} is not a plain list of numbers",
                    column=name,
                    remedy="Give one number per animal",
                )
            ]
        )
    return array
