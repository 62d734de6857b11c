"""What a command hands back: one answer that can be printed, encoded and reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isobole.analysis import TableAnswer
    from isobole.cli._flags import Output
    from isobole.results import Block, DoseUnit, InputFile, Problem

Rows = tuple[tuple[str, ...], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything a command found, each form of it made only when it is asked for.

    Parameters
    ----------
    schema : str
        Name of the JSON Schema.
    title : str
        Title of the report.
    body : callable
        The command's own JSON fields.
    text : callable
        Blocks for the terminal.
    report : callable
        Blocks for the report; the first figure among them is the answer's figure.
    rows : callable
        Header and rows for CSV; None stands for an empty cell.
    complete : bool
        Whether every requested estimate exists.
    sound : bool
        Whether what was checked has no error; else the exit code is 1.
    texts : mapping
        Files of this command only, by their suffix: text, or bytes as they stand.
    """

    schema: str
    title: str
    body: Callable[[], dict[str, Any]]
    text: Callable[[], Sequence[Block]]
    report: Callable[[], Sequence[Block]]
    rows: Callable[[], Rows]
    complete: bool
    json: bool
    out: Path | None
    inputs: Sequence[InputFile] = ()
    data_sha256: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None
    endpoint: str | None = None
    unit: DoseUnit | None = None
    problems: Sequence[Problem] = ()
    sound: bool = True
    texts: Mapping[str, Callable[[], str | bytes]] = field(default_factory=dict)
    verbatim: Callable[[], str] | None = None

    @classmethod
    def of(
        cls,
        found: TableAnswer[Any],
        output: Output,
        text: Callable[[], Sequence[Block]],
    ) -> Answer:
        """Return the answer to a table, printed as `text`."""
        return cls(
            schema=found.schema,
            title=found.title,
            body=found.body,
            text=text,
            report=found.report,
            rows=found.rows,
            complete=found.complete,
            json=output.json,
            out=output.out,
            inputs=found.inputs,
            data_sha256=found.data_sha256,
            options=found.options,
            seed=found.seed,
            endpoint=found.endpoint,
            unit=found.unit,
            problems=found.problems,
        )
