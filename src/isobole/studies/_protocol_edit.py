"""Change values in the text of a protocol; comments and everything else stay."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from isobole.results import DataError, Problem
from isobole.studies._document import parse_toml
from isobole.studies._protocol_toml import FILE

_HEADER = re.compile(r"^\s*\[(\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")
MOST_TRIES = 4000
LONGEST_VALUE = 400
_PART = re.compile(r"([A-Za-z0-9_-]+)|\[(\d+)\]")


def protocol_lines(text: str) -> dict[str, int]:
    """Return the line, from 1, of each key and table, by the path that problems name.

    Examples
    --------
    >>> text = "format = 1 / [[groups]] / id = 'a' / [[groups]] / id = 'b'"
    >>> protocol_lines(text.replace(" / ", chr(10)))["groups[1].id"]
    5
    """
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}  # where its values end is not known
    found, _, _ = _scanned(text.splitlines())
    return {path: first + 1 for path, (first, _) in found.items()}


def edited_protocol(
    text: str,
    values: Mapping[str, Any],
    *,
    groups: Sequence[Mapping[str, Any]] | None = None,
) -> str:
    """Return the text of a protocol with some of its values changed.

    Parameters
    ----------
    text : str
        A whole `study.toml`.
    values : mapping
        New value by key path, such as ``groups[2].n`` or ``observation.window_s``:
        text, number, a list or a mapping of these.
    groups : sequence of mapping, optional
        Groups that take the place of all groups there, each with its ``doses``.

    Raises
    ------
    DataError
        If the text is not TOML, or a value cannot be put where it belongs without
        changing something else.

    Examples
    --------
    >>> edited_protocol("n = 1  # few", {"n": 8, "who": "ana"}).split(chr(10))
    ['n = 8', 'who = "ana"', '']
    """
    wanted = parse_toml(text, FILE)
    lines = text.removeprefix("\ufeff").splitlines()
    if groups is not None:
        lines = _with_groups(lines, groups)
        wanted["groups"] = [dict(group) for group in groups]
    try:
        for path, value in values.items():
            lines = _with_value(lines, path, value)
            _put(wanted, path, value)
        edited = "\n".join(lines) + "\n"
        same = tomllib.loads(edited) == wanted
    except (tomllib.TOMLDecodeError, LookupError, TypeError, RecursionError):
        same = False
    if not same:
        raise DataError(
            [
                Problem(
                    "not-edited",
                    "The text of the protocol is written in a way that its values "
                    "cannot be changed one by one",
                    file=FILE,
                    given=", ".join(values) or "groups",
                    remedy="Change them in the text itself",
                )
            ]
        )
    return edited


def _scanned(
    lines: Sequence[str],
) -> tuple[dict[str, tuple[int, int]], dict[str, int], int]:
    """Return lines of each key and header, the end of each table, and of the top."""
    found: dict[str, tuple[int, int]] = {}
    ends: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, top = "", 0
    tries = Tries()
    index = 0
    while index < len(lines):
        header = _HEADER.match(lines[index])
        key = _KEY.match(lines[index])
        last = index
        if header:
            table = _table(header[2], bool(header[1]), counts)
            found[table] = (index, index)
        elif key:
            last = _value_end(lines, index, tries)
            found.setdefault(f"{table}.{key[1]}".lstrip("."), (index, last))
        if header or key:
            ends[table] = last
            if not table:
                top = last + 1
        index = last + 1
    return found, ends, top


def _table(name: str, many: bool, counts: dict[str, int]) -> str:
    """Return the path of a table: ``groups.doses`` is of the last group so far."""
    path = ""
    parts = name.split(".")
    for number, part in enumerate(parts):
        path = f"{path}.{part}".lstrip(".")
        if number == len(parts) - 1 and many:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


class Tries:
    """How often it may still be tried where values end: a text may be made to last."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_TRIES


def _value_end(lines: Sequence[str], first: int, tries: Tries) -> int:
    """Return the last line of a value: lists and texts may go over several."""
    for last in range(first, min(first + LONGEST_VALUE, len(lines))):
        try:
            tomllib.loads("\n".join(lines[first : last + 1]))
        except (tomllib.TOMLDecodeError, RecursionError):
            tries.left -= 1
            if tries.left < 0:
                break
            continue
        return last
    return first


def _with_value(lines: list[str], path: str, value: Any) -> list[str]:
    found, ends, top = _scanned(lines)
    table, _, key = path.rpartition(".")
    line = f"{key} = {_toml(value)}"
    if path in found:
        first, last = found[path]
        return [*lines[:first], line, *lines[last + 1 :]]
    if table and table not in ends:
        return [*lines, "", f"[{table}]", line]
    place = ends[table] + 1 if table else top
    return [*lines[:place], line, *lines[place:]]


def _with_groups(lines: list[str], groups: Sequence[Mapping[str, Any]]) -> list[str]:
    found, ends, _ = _scanned(lines)
    firsts = [first for path, (first, _) in found.items() if path.startswith("groups[")]
    lasts = [last for path, last in ends.items() if path.startswith("groups[")]
    written: list[str] = []
    for group in groups:
        written.append("[[groups]]")
        written += [f"{k} = {_toml(v)}" for k, v in group.items() if k != "doses"]
        for dose in group.get("doses", ()):
            written.append("[[groups.doses]]")
            written += [f"{key} = {_toml(value)}" for key, value in dose.items()]
        written.append("")
    if not firsts:
        return [*lines, "", *written]
    return [*lines[: min(firsts)], *written[:-1], *lines[max(lasts) + 1 :]]


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    parts: list[str | int] = [
        int(number) if number else name for name, number in _PART.findall(path)
    ]
    place: Any = document
    for part, following in pairwise(parts):
        if isinstance(part, str) and isinstance(place, dict):
            place = place.setdefault(part, [] if isinstance(following, int) else {})
        else:
            place = place[part]
    place[parts[-1]] = value


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    # JSON's escapes are TOML's, but for the delete character.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
