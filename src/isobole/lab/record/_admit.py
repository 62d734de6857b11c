"""What a row must be before it is read: of a size, depth and characters that keep.

Every database stores what passes here as it is, and gives it back so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from isobole.results import DataError, Problem
from isobole.studies import canonical_json

LONGEST_NAME = 200
"""Most characters of an id, a device or an object: they are looked up by an index."""
LONGEST_ROW = 8 * 1024 * 1024
"""Most bytes of a row's data; an allocation of thousands of animals has fewer."""
LONGEST_SENT = 64 * 1024
"""Most bytes of the data of a row that a device sends."""
DEEPEST = 20
LARGEST = 2**63 - 1


def check_row(row: Any, *, longest: int) -> None:
    """Refuse what could not be stored or read again as it is.

    Parameters
    ----------
    row : NewRow
        As a device or a form sends it.
    longest : int
        Most bytes of its data.

    Raises
    ------
    DataError
        With what is wrong, each with its remedy.
    """
    problems = [*_names(row), *_values(row.data)]
    if not problems:
        size = len(canonical_json(dict(row.data)).encode("utf-8", "replace"))
        if size > longest:
            problems.append(
                Problem(
                    "row-too-large",
                    f"The data of a row has {size} bytes",
                    column="data",
                    expected=f"{longest} bytes or fewer",
                    remedy="Write less into it; long texts belong in a file",
                )
            )
    if problems:
        raise DataError(problems)


def _names(row: Any) -> Iterator[Problem]:
    for name in ("id", "action", "obj", "supersedes"):
        yield from name_problems(name, getattr(row, name))
    if isinstance(row.reason, str):
        yield from _text("reason", row.reason)
        if len(row.reason) > 50 * LONGEST_NAME:
            yield _too_long("reason", len(row.reason), 50 * LONGEST_NAME)
    number = row.device_seq
    if isinstance(number, int) and not 1 <= number <= LARGEST:
        yield Problem(
            "wrong-type",
            f"device_seq is {_shown(number)}",
            column="device_seq",
            expected=f"a whole number from 1 to {LARGEST}",
            remedy="Count the rows of a device from 1",
        )


def name_problems(column: str, text: Any) -> Iterator[Problem]:
    """Yield what is wrong with a name by which rows are looked up."""
    if not isinstance(text, str):
        return
    yield from _text(column, text)
    if len(text) > LONGEST_NAME:
        yield _too_long(column, len(text), LONGEST_NAME)


def _values(data: Mapping[str, Any]) -> Iterator[Problem]:
    # Without recursion: what is nested too deep must not end in a fault of Python.
    waiting: list[tuple[Any, str, int]] = [(data, "data", 1)]
    while waiting:
        value, path, depth = waiting.pop()
        if depth > DEEPEST:
            yield Problem(
                "too-deep",
                f"The data is nested more than {DEEPEST} levels deep",
                column=path[:LONGEST_NAME],
                remedy="Send it flat, as the payload of its action is described",
            )
            return
        if isinstance(value, Mapping):
            for key, below in value.items():
                yield from _text(path, str(key))
                waiting.append((below, f"{path}.{key}", depth + 1))
        elif isinstance(value, list | tuple):
            waiting += [
                (below, f"{path}[{k}]", depth + 1) for k, below in enumerate(value)
            ]
        elif isinstance(value, str):
            yield from _text(path, value)
        elif isinstance(value, int) and abs(value) > LARGEST:
            yield Problem(
                "number-too-large",
                f"The number {_shown(value)} is too large",
                column=_plain(path),
                expected=f"a whole number between -{LARGEST} and {LARGEST}",
                remedy="Milliseconds and counts are far smaller; look what sent it",
            )


def _text(column: str, text: str) -> Iterator[Problem]:
    if "\0" in text:
        yield Problem(
            "nul-character",
            "A text holds the character NUL, which no text has",
            column=_plain(column),
            remedy="Type the text again; what was copied in is damaged",
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        yield Problem(
            "half-character",
            "A text holds half a character (a lone surrogate)",
            column=_plain(column),
            remedy="Type the text again",
        )


def _too_long(column: str, length: int, most: int) -> Problem:
    return Problem(
        "name-too-long",
        f"{column} has {length} characters",
        column=column,
        expected=f"{most} or fewer",
        remedy="Give a shorter one",
    )


def _plain(path: str) -> str:
    """Return a path that can be shown although its names may hold what is refused."""
    return path[:LONGEST_NAME].encode("ascii", "replace").decode().replace("\0", "?")


def _shown(number: int) -> str:
    # Python refuses to write numbers of thousands of digits.
    return str(number) if abs(number) < 10**40 else "one of more than 40 digits"
