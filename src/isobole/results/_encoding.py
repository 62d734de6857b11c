"""JSON: one envelope for every command, one encoder that knows no NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from isobole._version import __version__
from isobole.results._errors import DataError
from isobole.results._missing import Missing
from isobole.results._problem import Problem
from isobole.results._provenance import Provenance
from isobole.results._units import DoseUnit


def encode(value: Any) -> Any:
    """Turn results, arrays and numbers into plain JSON types.

    Raises
    ------
    ValueError
        If a NaN or an infinity is met: what cannot be computed is a `Missing`.

    Examples
    --------
    >>> encode({"ed50": Missing("no animal was affected"), "n": 8})
    {'ed50': None, 'n': 8}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            msg = f"{value} reached the JSON encoder; it should be a Missing"
            raise ValueError(msg)
        return float(value)
    if isinstance(value, Missing):
        return None
    if isinstance(value, DoseUnit):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if hasattr(value, "to_dict"):
        return encode(value.to_dict())
    if hasattr(value, "tolist"):
        return encode(value.tolist())
    if isinstance(value, Iterable):
        return [encode(item) for item in value]
    return str(value)


def envelope(
    name: str,
    provenance: Provenance,
    *,
    endpoint: str | None = None,
    unit: DoseUnit | None = None,
    problems: Iterable[Problem] = (),
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the one JSON object a command prints with ``--json``.

    Parameters
    ----------
    name : str
        The schema's name: ``"ed50"`` gives ``isobole/ed50/1``.
    provenance : Provenance
        Command, inputs, options and seed.
    endpoint : str, optional
        The counted endpoint.
    unit : DoseUnit, optional
        The unit of every dose in the object.
    problems : iterable of Problem
        Warnings and notices met on the way.
    body : mapping
        The command's own fields.
    """
    return {
        "schema": f"isobole/{name}/1",
        "version": __version__,
        "command": provenance.command,
        "input": [{"file": i.file, "sha256": i.sha256} for i in provenance.inputs],
        "data_sha256": provenance.data_sha256,
        "options": encode(provenance.options),
        "seed": provenance.seed,
        "endpoint": endpoint,
        "unit": None if unit is None else str(unit),
        "problems": [problem.to_dict() for problem in problems],
        **encode(dict(body or {})),
    }


def error_envelope(command: str, error: Exception) -> dict[str, Any]:
    """Return the JSON object a failed command prints."""
    problems = error.problems if isinstance(error, DataError) else ()
    return {
        "schema": "isobole/error/1",
        "version": __version__,
        "command": command,
        "error": type(error).__name__,
        "message": str(error),
        "problems": [problem.to_dict() for problem in problems],
    }


def to_json(value: Mapping[str, Any]) -> str:
    """Write an envelope as JSON text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of ``isobole/<name>/1`` shipped with the package."""
    path = files("isobole.results") / "schemas" / f"{name}.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded
