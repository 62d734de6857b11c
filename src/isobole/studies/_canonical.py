"""Canonical JSON: one text for one value, so that a hash means something."""

from __future__ import annotations

import json
from typing import Any

from isobole.results import DataError, Problem


def canonical_json(value: Any) -> str:
    """Write a record as canonical JSON: sorted keys, no blanks, UTF-8, no floats.

    Times are whole milliseconds and decimals are strings ("21.4"), so that every
    language writes the same bytes (RFC 8785 for what is allowed here).

    Raises
    ------
    DataError
        If a float stands anywhere in it.

    Examples
    --------
    >>> canonical_json({"seq": 1, "data": {"n_chambers": 4}, "action": "t0"})
    '{"action":"t0","data":{"n_chambers":4},"seq":1}'
    """
    _refuse_floats(value, "")
    return _write(value)


def canonical_document(value: Any) -> str:
    """Write a validated document the same way; decimals in their shortest form.

    Examples
    --------
    >>> canonical_document({"dose": 100.0, "unit": "mg/kg", "n": 8, "low": 0.5})
    '{"dose":100,"low":0.5,"n":8,"unit":"mg/kg"}'
    """
    return _write(_whole(value))


def _write(value: Any) -> str:
    return json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def _whole(value: Any) -> Any:
    """Write 100.0 as 100: the same number in TOML, JSON and a browser."""
    if isinstance(value, dict):
        return {key: _whole(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(below) for below in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _refuse_floats(value: Any, path: str) -> None:
    if isinstance(value, float):
        raise DataError(
            [
                Problem(
                    "float-in-record",
                    f"{path.lstrip('.') or 'the record'} is the floating-point number "
                    f"{value!r}",
                    expected="a whole number or a decimal written as text",
                    remedy='Write decimals as text, such as "21.4"',
                )
            ]
        )
    if isinstance(value, dict):
        for key, below in value.items():
            _refuse_floats(below, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, below in enumerate(value):
            _refuse_floats(below, f"{path}[{index}]")
