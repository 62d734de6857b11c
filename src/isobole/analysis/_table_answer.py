"""The answer to one table: found once, each form of it made only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from isobole.results import (
    Block,
    DoseUnit,
    InputFile,
    Problem,
    Provenance,
    envelope,
)

Found = TypeVar("Found")
Rows = tuple[tuple[str, ...], list[tuple[Any, ...]]]
Step = Callable[[int, int | None], None]
Progress = Callable[[str], AbstractContextManager[Step]]
"""Begins a step of the work by its name; what it gives is told (done, of how many)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAnswer(Generic[Found]):
    """What a table says, in the words, blocks, rows and JSON of one analysis.

    Parameters
    ----------
    schema : str
        Name of the JSON Schema.
    title : str
        Title of the report.
    found : Found
        The results of the library that all of this is made from.
    body : callable
        The analysis' own JSON fields.
    report : callable
        Blocks of the report; the first figure among them is the answer's figure.
    rows : callable
        Header and rows for CSV; None stands for an empty cell.
    complete : bool
        Whether every requested estimate exists.
    inputs : sequence of InputFile
        What was read.
    data_sha256 : str
        Hash of the canonical table, the same for the same data in any file.
    options : dict
        Every option in force, defaults included.
    seed : int
        Seed of whatever was sampled.
    endpoint, unit
        What was counted, and the unit of the doses, where there is one.
    problems : sequence of Problem
        Warnings and notices met on the way.
    """

    schema: str
    title: str
    found: Found
    body: Callable[[], dict[str, Any]] = field(repr=False)
    report: Callable[[], Sequence[Block]] = field(repr=False)
    rows: Callable[[], Rows] = field(repr=False)
    complete: bool
    inputs: Sequence[InputFile]
    data_sha256: str
    options: dict[str, Any] = field(repr=False)
    seed: int
    endpoint: str | None = None
    unit: DoseUnit | None = None
    problems: Sequence[Problem] = ()

    def provenance(self, command: str) -> Provenance:
        """Return what makes the answer again; `command` is the line that does."""
        return Provenance(
            command=command,
            inputs=tuple(self.inputs),
            data_sha256=self.data_sha256,
            options=self.options,
            seed=self.seed,
        )

    def to_dict(self, command: str = "") -> dict[str, Any]:
        """Return the one JSON object that the command prints with ``--json``."""
        return envelope(
            self.schema,
            self.provenance(command),
            endpoint=self.endpoint,
            unit=self.unit,
            problems=self.problems,
            body=self.body(),
        )


@contextmanager
def in_silence(label: str) -> Iterator[Step]:
    """Begin a step that nobody watches."""
    yield lambda done, total: None


def sheet_option(sheet: str | None) -> dict[str, str]:
    """Return the sheet among the options where one was named: most tables have none."""
    return {} if sheet is None else {"sheet": sheet}
