"""Protocols as documents for the tests: what `study new` writes, with changes."""

from __future__ import annotations

import tomllib
from typing import Any

from isobole.studies import study_files


def document(model: str = "ptz", **options: str) -> dict[str, Any]:
    """Return a new study's protocol, its template's words filled in."""
    text = study_files(model, title="A trial", **options)["study.toml"]
    return filled(tomllib.loads(text.replace("NEW-STUDY", "TRIAL-1")))


def filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: filled(below) for key, below in value.items()}
    if isinstance(value, list):
        return [filled(below) for below in value]
    if isinstance(value, str):
        return value.replace("TEMPLATE: ", "")
    return value


def put(value: Any, path: str, new: Any) -> None:
    """Set what stands at a path such as ``groups.1.n``; None takes it out."""
    *parents, last = path.split(".")
    for key in parents:
        value = value[int(key)] if isinstance(value, list) else value[key]
    if new is None:
        del value[int(last) if isinstance(value, list) else last]
    elif isinstance(value, list):
        value[int(last)] = new
    else:
        value[last] = new
