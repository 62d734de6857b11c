"""The bundled record of magnesium valproate: statements in our own words, sourced."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from isobole.monograph._span import Span
from isobole.monograph._statement import KINDS, Policy, Scope, Statement
from isobole.results import OptionError, Problem, ProblemList, sha256_text

FILE = "magnesium-valproate.toml"
Level = Literal["contraindicated", "avoid", "caution", "adjust", "monitor", "inform"]
_DETAILS = (
    "affected", "direction", "mechanism", "consequence", "frequency_class",
    "label_status", "class", "modal",
)  # fmt: skip
_SCOPE = ("salt", "route", "population", "indication", "condition")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    line: int | None = Field(default=None, ge=1)
    kind: str
    value: str | float | list[float] | None = None
    unit: str | None = None
    subject: str | None = None
    salt: str | None = None
    route: str | None = None
    population: str | None = None
    indication: str | None = None
    condition: str | None = None
    strength: Level | None = None
    certainty: str | None = None
    affected: str | None = None
    direction: str | None = None
    mechanism: str | None = None
    consequence: str | None = None
    frequency_class: str | None = None
    label_status: str | None = None
    class_: str | None = Field(default=None, alias="class")
    modal: str | None = None
    text: str = Field(min_length=5)

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"there is no kind '{kind}'")
        return kind


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    file: str | None = None
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    policy: Policy
    subject: str
    jurisdiction: str | None = None
    statements: list[_Row]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    subject: str
    source: list[_Source]


def record(*, sources: tuple[str, ...] | None = None) -> tuple[Statement, ...]:
    """Return the statements of the bundled magnesium valproate record.

    The wording is isobole's own: ``details["wording"]`` is ``"own"``, and the span
    names the file and line of the source that was read. A publication has no file
    here; the span of such a row is its line in the record.

    Parameters
    ----------
    sources : tuple of str, optional
        Keys of the sources wanted: ``"000"``, ``"001"``, ``"002"``, ``"plm-mexico"``,
        ``"us-label"``, ``"mhra-2024"``, ``"lactmed-lm403"``, ``"ansm-2020-10"``.

    Raises
    ------
    OptionError
        For a source the record does not have.

    Examples
    --------
    >>> start = next(s for s in record() if s.kind == "dose_initial")
    >>> start.value, start.unit, str(start.span)
    ((10.0, 15.0), 'mg/kg/day', '000_e0e0b08d2eafb9df.txt, line 91')
    >>> {s.policy for s in record(sources=("002",))}
    {'research-only'}
    """
    found = _bundled()
    if sources is None:
        return tuple(one for rows in found.values() for one in rows)
    for key in sources:
        if key not in found:
            raise OptionError(
                f"There is no source '{key}'; the record has {', '.join(found)}."
            )
    return tuple(one for key in sources for one in found[key])


@cache
def _bundled() -> Mapping[str, tuple[Statement, ...]]:
    place = files("isobole.monograph") / "data" / "record" / FILE
    return read_record(place.read_text(encoding="utf-8"), FILE)


def record_file() -> Path:
    """Return where the bundled record lies, to be named and hashed as an input."""
    return Path(str(files("isobole.monograph") / "data" / "record" / FILE))


def demo_pages() -> Path:
    """Return the folder of the bundled demonstration pages.

    Pages of our own writing in each form the reader knows, with the usual defects and
    contradictions left in: written for isobole, not clinical.

    Examples
    --------
    >>> sorted(page.name for page in demo_pages().iterdir())[0]
    'carbamazepine.md'
    """
    return Path(str(files("isobole.monograph") / "data" / "pages"))


def read_record(text: str, file: str) -> Mapping[str, tuple[Statement, ...]]:
    """Read a record from TOML, source by source.

    Raises
    ------
    DataError
        With every problem: no TOML, an unknown field or kind, a source without lines.
    """
    problems = ProblemList(file)
    try:
        document = _Record.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        problems.add(_problem("", f"this is not TOML: {error}"))
    except ValidationError as error:
        for told in error.errors():
            problems.add(_problem(".".join(map(str, told["loc"])), told["msg"]))
    problems.raise_errors()
    found: dict[str, tuple[Statement, ...]] = {}
    digest = sha256_text(text)
    place = 0
    for source in document.source:
        rows: list[Statement] = []
        for number, row in enumerate(source.statements, 1):
            place = text.find(row.text, place)
            where = f"{source.key}.statements.{number}"
            if place < 0:
                problems.add(_problem(where, "its text is not found as written"))
                break
            if (row.line is None) != (source.file is None):
                problems.add(_problem(where, "a line needs a file, and a file lines"))
                break
            own = text.count("\n", 0, place) + 1
            end = place + len(row.text)
            span = (
                Span(file, own, own, place, end, row.text, digest)
                if row.line is None or source.file is None
                else Span(source.file, row.line, row.line, 0, 0, row.text,
                          source.sha256 or "")
            )  # fmt: skip
            rows.append(_statement(source, row, number, span))
            place = end
        if source.key in found:
            problems.add(_problem(source.key, "this source stands twice"))
        found[source.key] = tuple(rows)
    problems.raise_errors()
    return found


def _statement(source: _Source, row: _Row, number: int, span: Span) -> Statement:
    details: dict[str, Any] = {
        "wording": "own",
        "source": source.key,
        "source_name": source.name,
        "page_subject": source.subject,
    }
    given = row.model_dump(by_alias=True)
    details.update({name: given[name] for name in _DETAILS if given[name] is not None})
    value = tuple(row.value) if isinstance(row.value, list) else row.value
    return Statement(
        f"{source.key}-{row.kind}-{row.line or span.line}-{number}",
        row.kind,
        row.subject or source.subject,
        value,
        row.unit,
        Scope(
            jurisdiction=source.jurisdiction,
            **{name: given[name] for name in _SCOPE},
        ),
        (),
        span,
        row.strength,
        row.certainty,
        source.policy,
        details,
    )


def _problem(place: str, told: str) -> Problem:
    return Problem(
        "bad-record",
        f"The record cannot be used: {told}",
        column=place or None,
        remedy="Correct the row; the others are examples",
    )
