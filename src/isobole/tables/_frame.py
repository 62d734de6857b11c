"""Any data frame to a table, through narwhals to NumPy and never through pyarrow."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from isobole.results import Problem, ProblemList
from isobole.tables._problems import fatal
from isobole.tables._table import Column, FloatArray, RawTable, number_text


def read_frame(frame: object, found: ProblemList) -> RawTable:
    """Read a frame of pandas, polars, pyarrow or another that narwhals knows.

    Examples
    --------
    >>> import pandas as pd
    >>> table = read_frame(
    ...     pd.DataFrame({"dose": [5, None], "n": [8, 8]}), ProblemList()
    ... )
    >>> [(column.name, column.cells.tolist()) for column in table.columns]
    [('dose', [5.0, nan]), ('n', [8.0, 8.0])]
    """
    import narwhals as nw
    from narwhals.exceptions import DuplicateError

    try:
        native: Any = nw.from_native(frame)
        if isinstance(native, nw.LazyFrame):
            native = native.collect()
    except TypeError:
        fatal(
            found,
            Problem(
                "unknown-source",
                f"A table cannot be read from {type(frame).__name__}",
                given=type(frame).__name__,
                expected="a path, '-', an open text file, or a data frame",
                remedy="Make a data frame of it, or build QuantalData from arrays",
            ),
        )
    except DuplicateError as error:
        names = ", ".join(re.findall(r"'(.*)' \d+ times", str(error)))
        fatal(
            found,
            Problem(
                "duplicate-column",
                f"These column names stand twice or more: {names or 'unknown'}",
                given=names or None,
                expected="every column name once",
                remedy="Rename or remove the columns too many",
            ),
        )
    columns = [
        Column(str(series.name).strip(), _cells(series), position)
        for position, series in enumerate(native.iter_columns(), 1)
    ]
    return RawTable(tuple(columns), np.arange(1, native.shape[0] + 1, dtype=np.int64))


def _cells(series: Any) -> list[str] | FloatArray:
    import narwhals as nw

    if series.dtype.is_numeric():
        numbers = series.cast(nw.Float64).to_numpy()
        if numbers.dtype != np.float64:  # pandas keeps its NA in object arrays
            values = series.to_list()
            numbers = [np.nan if _is_null(value) else float(value) for value in values]
        return np.array(numbers, dtype=np.float64)
    return [_text(value) for value in series.to_list()]


def _is_null(value: Any) -> bool:
    # pandas.NA is neither equal nor unequal to itself, and has no truth.
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, float) and value != value)
    )


def _text(value: Any) -> str:
    if _is_null(value):
        return ""
    if isinstance(value, float):
        return number_text(value)
    return str(value).strip()
