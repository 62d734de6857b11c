"""Reference cases whose every figure must be compared, or named out of scope."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"
# Data of a case and words about it: not figures to be reproduced.
NOT_EXPECTED = frozenset(
    {"id", "source", "package", "data", "note", "rule", "why", "verified_in"}
)


@cache
def load(name: str) -> dict[str, Any]:
    """Return a reference file as it was copied here."""
    loaded: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return loaded


class Case:
    """One case; `expect` hands out figures, `finish` fails if one was never asked for.

    Use it as a context manager: leaving the block calls `finish`. Paths are written
    with dots: ``logrank.chisq``, ``rows.0.lower``. A path to a branch hands out, or
    skips, everything below it.
    """

    def __init__(self, file: str, name: str) -> None:
        cases = load(file)["cases"]
        self.raw: dict[str, Any] = next(case for case in cases if case["id"] == name)
        self._open = {
            path
            for key, value in self.raw.items()
            if key not in NOT_EXPECTED
            for path in _leaves(value, key)
        }
        self.skipped: dict[str, str] = {}

    def data(self, path: str) -> Any:
        """Return what stands at `path`, without counting it as compared."""
        value: Any = self.raw
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value

    def given(self, *paths: str) -> None:
        """Say that these are inputs of the case, not figures to be reproduced."""
        for path in paths:
            self._take(path)

    def expect(self, path: str) -> Any:
        """Return the figure at `path` and count it (and all below) as compared."""
        self._take(path)
        return self.data(path)

    def out_of_scope(self, path: str, reason: str) -> None:
        """Say why the figures at and below `path` are not compared."""
        assert len(reason.split()) > 3, "say why in a sentence"
        self._take(path)
        self.skipped[path] = reason

    def _take(self, path: str) -> None:
        below = {p for p in self._open if p == path or p.startswith(f"{path}.")}
        self.data(path)
        self._open -= below

    def finish(self) -> None:
        """Fail unless every figure was compared, given or named out of scope."""
        assert not self._open, f"{self.raw['id']}: never compared {sorted(self._open)}"

    def __enter__(self) -> Case:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.finish()


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}")
    elif isinstance(value, list) and any(isinstance(v, dict | list) for v in value):
        for index, below in enumerate(value):
            yield from _leaves(below, f"{path}.{index}")
    else:
        yield path
