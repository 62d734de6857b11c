"""TOML documents held to a model; every fault becomes a problem with its key path."""

from __future__ import annotations

import math
import tomllib
import types
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from isobole.results import DataError, Problem
from isobole.studies._protocol_base import NAME, STUDY_ID

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """Read TOML.

    Raises
    ------
    DataError
        With the line, if it is not TOML.

    Examples
    --------
    >>> parse_toml("n = 8", "study.toml")
    {'n': 8}
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise DataError(
            [
                Problem(
                    "not-toml",
                    "This is nested too deep to be read",
                    file=file,
                    remedy="Look for brackets that are opened and never closed",
                )
            ]
        ) from None
    except tomllib.TOMLDecodeError as error:
        sentence, line = _toml_place(str(error), text)
        raise DataError(
            [
                Problem(
                    "not-toml",
                    f"This is not TOML: {sentence}",
                    file=file,
                    row=line,
                    given=_line(text, line),
                    remedy='Text stands in quotes ("CF-1"), every key once, tables in '
                    "[brackets] and repeated tables in [[double brackets]]",
                )
            ]
        ) from None


def _toml_place(message: str, text: str) -> tuple[str, int]:
    """Take the line out of the parser's message: ``… (at line 3, column 5)``."""
    sentence, _, place = message.rpartition(" (at ")
    if not sentence:
        sentence, place = message, "end of document"
    words = place.replace(",", " ").replace(")", " ").split()
    if "line" in words:
        return sentence, int(words[words.index("line") + 1])
    return sentence, max(len(text.splitlines()), 1)


def _line(text: str, number: int) -> str | None:
    lines = text.splitlines()
    return lines[number - 1].strip() if 0 < number <= len(lines) else None


def validate(model: type[Model], document: Mapping[str, Any], file: str) -> Model:
    """Hold a document to its model.

    Raises
    ------
    DataError
        With every fault: its key path, what stood there, what is allowed, a remedy.
    """
    problems = [_odd(place, value, file) for place, value in _oddities(document)]
    odd = {place for place, _ in _oddities(document)}
    try:
        read = model.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False)
        # A list is also called too short when one of its tables has a fault.
        inner = {tuple(d["loc"])[:n] for d in details for n in range(len(d["loc"]))}
        problems += [
            _problem(model, detail, file)
            for detail in details
            if detail["loc"] not in odd and detail["loc"] not in inner
        ]
    else:
        if not problems:
            return read
    raise DataError(problems)


def key_path(place: Sequence[str | int]) -> str:
    """Write where something stands.

    Examples
    --------
    >>> key_path(("groups", 2, "doses", 0, "basis"))
    'groups[2].doses[0].basis'
    """
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _name(place: Sequence[str | int]) -> str:
    """Return the last key, with its number in a list: ``strata[1]``."""
    start = max((i for i, part in enumerate(place) if isinstance(part, str)), default=0)
    return key_path(place[start:]) or "the document"


def _oddities(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Find what TOML has and no key here takes: true, dates, nan, inf.

    Pydantic would read ``n = true`` as one animal.
    """
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _oddities(below, (*place, str(key)))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _oddities(below, (*place, index))
    elif value is None or (isinstance(value, float) and math.isfinite(value)):
        return  # null only comes from JSON, and means left out
    elif isinstance(value, bool) or not isinstance(value, str | int):
        yield place, value


def _odd(place: Place, value: Any, file: str) -> Problem:
    given = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, bool):
        remedy = 'Write a word or a number; where yes or no is meant, "yes" or "no"'
    elif isinstance(value, float):
        remedy = "Give a number, or leave the key out where there is none"
    else:
        remedy = f'Write dates and times as text: "{given}"'
    return Problem(
        "value-not-allowed",
        f"{_name(place)} is {given}",
        file=file,
        column=key_path(place),
        given=given,
        expected="text, a number or a list",
        remedy=remedy,
    )


def _problem(model: type[BaseModel], detail: ErrorDetails, file: str) -> Problem:
    place: Place = tuple(detail["loc"])
    path = key_path(place) or "the document"
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(model, place, file)
    field = _field(model, place)
    expected = None if field is None else expects(field[0].model_fields[field[1]])
    if kind == "missing":
        return Problem(
            "missing-key",
            f"{_name(place)} is missing",
            file=file,
            column=path,
            expected=expected,
            remedy=_about(field) or f"Add {place[-1]}",
        )
    given = _shown(detail["input"])
    close = _close(detail["input"], field)
    return Problem(
        "value-not-allowed",
        f"{_name(place)} is {given}",
        file=file,
        column=path,
        given=given,
        expected=expected or detail["msg"].removeprefix("Value error, "),
        remedy=f"Did you mean '{close}'?" if close else _about(field),
    )


def _unknown_key(model: type[BaseModel], place: Place, file: str) -> Problem:
    parent, name = model_at(model, place[:-1]), str(place[-1])
    known = list(parent.model_fields) if parent else []
    close = get_close_matches(name, known, n=1, cutoff=0.7)
    elsewhere = [path for path in _keys(model) if path.split(".")[-1] == name]
    if close:
        remedy = f"Did you mean '{close[0]}'?"
    elif elsewhere:
        remedy = f"It belongs at {' or '.join(elsewhere)}"
    else:
        remedy = "Remove it; notes to yourself go behind a #"
    return Problem(
        "unknown-key",
        f"{name} is not a key here",
        file=file,
        column=key_path(place),
        given=name,
        expected=f"one of {', '.join(known)}" if known and not close else None,
        remedy=remedy,
    )


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        below = _part(field.annotation)
        yield f"{prefix}{name}"
        if below is not None:
            mark = "[]" if get_origin(field.annotation) is tuple else ""
            yield from _keys(below, f"{prefix}{name}{mark}.")


def _part(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside an annotation such as ``tuple[Dose, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _part(inner)
        if found is not None:
            return found
    return None


def model_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """Return the model of the table at `place`; numbers in lists are passed over."""
    found: type[BaseModel] | None = model
    for part in place:
        if isinstance(part, str) and found is not None:
            field = found.model_fields.get(part)
            found = None if field is None else _part(field.annotation)
    return found


def _field(model: type[BaseModel], place: Place) -> tuple[type[BaseModel], str] | None:
    """Return the model and the name of the field that `place` is in."""
    while place and isinstance(place[-1], int):
        place = place[:-1]
    if not place:
        return None
    parent, name = model_at(model, place[:-1]), str(place[-1])
    return (parent, name) if parent and name in parent.model_fields else None


def _about(field: tuple[type[BaseModel], str] | None) -> str | None:
    """Return the first sentence of what the key is for."""
    if field is None:
        return None
    described = field[0].model_fields[field[1]].description
    if not described:
        return None
    first = " ".join(described.split()).split(". ")[0].rstrip(".")
    return f"{field[1]}: {first[0].lower()}{first[1:]}"


def expects(field: Any) -> str:
    """Say in words what a field takes.

    Examples
    --------
    >>> from isobole.studies import Protocol
    >>> expects(Protocol.model_fields["sex"])
    "one of 'F', 'M', 'both'"
    """
    return _words(field.annotation, list(field.metadata))


def choices(annotation: Any) -> tuple[Any, ...]:
    """Return the values of the literals in an annotation, the empty text left out."""
    if get_origin(annotation) is Literal:
        return tuple(v for v in get_args(annotation) if v != "")
    return tuple(v for inner in get_args(annotation) for v in choices(inner))


_LIMITS = (("gt", "above"), ("ge", "at least"), ("lt", "below"), ("le", "at most"))
_PATTERNS = {
    NAME: "letters, digits and . _ + -, a letter or digit first, 40 at most",
    STUDY_ID: "3 to 20 capital letters, digits and hyphens",
}
_TYPES = {float: "a number", int: "a whole number", str: "text"}


def _words(annotation: Any, metadata: list[Any]) -> str:
    allowed = choices(annotation)
    if allowed:
        listed = ", ".join(repr(value) for value in allowed)
        list_of = "a list of " if get_origin(annotation) is tuple else "one of "
        return (list_of if len(allowed) > 1 else "") + listed
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        return _words(inner[0], metadata)
    if hasattr(annotation, "__metadata__"):
        base, *more = get_args(annotation)
        return _words(base, [*metadata, *more])
    if get_origin(annotation) is tuple:
        part = _part(annotation)
        if part is None:
            return f"a list of {_words(get_args(annotation)[0], [])}"
        return f"tables{_needed(part)}"
    part = _part(annotation)
    if part is not None:
        return f"a table{_needed(part)}"
    text = _TYPES.get(annotation, "a table")
    flat = [m for entry in metadata for m in getattr(entry, "metadata", [entry])]
    for name, word in _LIMITS:
        for entry in flat:
            limit = getattr(entry, name, None)
            if limit is not None:
                text += f" {word} {limit:g}"
    for entry in flat:
        pattern = getattr(entry, "pattern", None)
        if pattern:
            text = f"text of {_PATTERNS[pattern]}"
        if getattr(entry, "min_length", None) and annotation is str:
            text += " that is not empty"
    return text


def _needed(part: type[BaseModel]) -> str:
    needed = [name for name, f in part.model_fields.items() if f.is_required()]
    return f" with {', '.join(needed)}" if needed else ""


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a table"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _close(value: Any, field: tuple[type[BaseModel], str] | None) -> str | None:
    if field is None or not isinstance(value, str):
        return None
    allowed = [
        v
        for v in choices(field[0].model_fields[field[1]].annotation)
        if isinstance(v, str)
    ]
    found = get_close_matches(value.lower(), allowed, n=1, cutoff=0.6)
    return found[0] if found else None
