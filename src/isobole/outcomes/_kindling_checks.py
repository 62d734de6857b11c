"""What every statistic of kindled animals asks of its arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isobole.results import DataError, OptionError, Problem, ProblemList

FloatArray = NDArray[np.float64]


def check_level(level: float) -> None:
    """Refuse a confidence that is not strictly between 0 and 1."""
    if not 0 < level < 1:
        raise OptionError(f"level is {level}; give a share between 0 and 1, like 0.95")


def numbers_of(
    values: Any, name: str, *, missing: bool = False, low: float = -math.inf
) -> FloatArray:
    """Return finite numbers; where `missing` is allowed, None becomes NaN inside."""
    problems = ProblemList()
    made = []
    given = list(values)
    for row, value in enumerate(given, start=1):
        try:
            number = math.nan if value is None else float(value)
        except (TypeError, ValueError):
            number = math.inf
        if missing and math.isnan(number):
            made.append(number)
            continue
        if not math.isfinite(number):
            problems.add(
                Problem(
                    "not-a-number",
                    f"{value!r} is not a finite number",
                    row=row,
                    column=name,
                    remedy="Correct it, or leave the row out and say so.",
                )
            )
        elif number < low:
            problems.add(
                Problem(
                    "number-too-low",
                    f"{value!r} is below {low:g}",
                    row=row,
                    column=name,
                    remedy="Correct it.",
                )
            )
        made.append(number)
    if not given:
        problems.add(
            Problem("no-rows", "there is no value", column=name, remedy="Give data.")
        )
    problems.raise_errors()
    return np.array(made, dtype=float)


def number_of(value: Any, what: str) -> float:
    """Return one finite number given as an option."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise OptionError(f"{what} is {value!r}; give a number")
    return number


def same_length(**columns: Any) -> None:
    """Refuse arrays of different lengths, naming each."""
    sizes = {name: len(values) for name, values in columns.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise DataError(
            [
                Problem(
                    "lengths-differ",
                    f"the columns have different lengths: {listed}",
                    remedy="Give one value per row in each.",
                )
            ]
        )


def labels_of(values: Sequence[object], rows: int, name: str) -> list[str]:
    """Return labels as text, none of them empty."""
    made = ["" if v is None else str(v).strip() for v in values]
    same_length(rows=range(rows), **{name: made})
    empty = [row for row, label in enumerate(made, start=1) if label in ("", "nan")]
    if empty:
        raise DataError(
            Problem(
                "label-missing",
                f"there is no {name}",
                row=row,
                column=name,
                remedy=f"Say which {name} the row is of.",
            )
            for row in empty
        )
    return made


def columns_of(
    values: Any, columns: Mapping[str, Sequence[float]] | Any, name: str
) -> tuple[FloatArray, tuple[str, ...], FloatArray]:
    """Return the response, the columns' names and the columns as one array."""
    y = numbers_of(values, name)
    if isinstance(columns, Mapping):
        given = {str(key): list(column) for key, column in columns.items()}
    else:
        table = np.asarray(columns)
        table = table[:, None] if table.ndim == 1 else table
        if table.ndim != 2:
            raise OptionError(
                "columns must be a mapping of name to numbers or a two-dimensional "
                "array, one row per score"
            )
        given = {f"x{k + 1}": list(table[:, k]) for k in range(table.shape[1])}
    same_length(**{name: y}, **given)
    x = np.empty((y.size, len(given)))
    for k, (label, column) in enumerate(given.items()):
        x[:, k] = numbers_of(column, label)
    return y, tuple(given), x


def group_order(
    labels: Sequence[str], control: object, doses: Mapping[Any, float] | None = None
) -> tuple[str, ...]:
    """Return the groups: the control first, the rest by dose or as they come."""
    seen = list(dict.fromkeys(labels))
    first = str(control)
    if first not in seen:
        listed = ", ".join(f"'{label}'" for label in seen)
        raise OptionError(f"control is '{first}'; the groups are {listed}")
    rest = [label for label in seen if label != first]
    if doses is not None:
        given = {
            str(key): number_of(value, f"the dose of {key}")
            for key, value in doses.items()
        }
        lost = [label for label in seen if label not in given]
        if lost:
            raise OptionError(
                f"doses lacks {', '.join(lost)}; give a dose for every group, 0 for "
                "the control"
            )
        rest.sort(key=lambda label: given[label])
    return (first, *rest)
