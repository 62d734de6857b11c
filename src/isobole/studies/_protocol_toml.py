"""Read `study.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from isobole.results import DataError, Problem
from isobole.studies._document import parse_toml, validate
from isobole.studies._protocol import Protocol

FILE = "study.toml"


def read_protocol(source: str | Path) -> Protocol:
    """Read the protocol of a study.

    Parameters
    ----------
    source : path or str
        The file, the study folder that holds it, or the text of the file itself: a
        string with a line break is text.

    Raises
    ------
    DataError
        With every fault found: the key path (``groups[2].doses[0].basis``), what
        stood there, what is allowed and what to do; the line where it is not TOML.

    Examples
    --------
    >>> from os import linesep
    >>> try:
    ...     read_protocol(f"format = 1{linesep}sex = 'male'")
    ... except DataError as error:
    ...     print(*[p.message for p in error.problems if p.column == "sex"])
    sex is 'male'
    """
    if isinstance(source, str) and "\n" in source:
        return protocol_from_text(source, FILE)
    path = Path(source)
    if path.is_dir():
        path = path / FILE
    try:
        # -sig: Windows editors put a mark before the first byte.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem("not-utf8", "The file is not UTF-8 text", remedy="Save it so")
    except FileNotFoundError:
        problem = Problem(
            "no-protocol",
            "There is no such file",
            remedy="isobole study new FOLDER --model ptz writes one",
        )
    except OSError as error:
        problem = Problem("not-read", f"It cannot be read ({error.strerror or error})")
    else:
        return protocol_from_text(text, path.name)
    raise DataError([_in_file(problem, str(path))])


def protocol_from_text(text: str, file: str = FILE) -> Protocol:
    """Read a protocol from the text of a `study.toml`."""
    return validate(Protocol, parse_toml(text, file), file)


def protocol_from_document(document: dict[str, Any], file: str = FILE) -> Protocol:
    """Hold a document that was read elsewhere, from a record or a form."""
    return validate(Protocol, document, file)


def protocol_schema() -> dict[str, Any]:
    """Return the JSON Schema of `study.toml`, for editors that complete and check.

    Examples
    --------
    >>> protocol_schema()["properties"]["sex"]["enum"]
    ['F', 'M', 'both']
    """
    schema = Protocol.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _in_file(problem: Problem, file: str) -> Problem:
    from dataclasses import replace

    return replace(problem, file=file)
