"""`isobole study check`: everything that is to be said before an analysis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, check_out
from isobole.results import RESEARCH_ONLY, Text

if TYPE_CHECKING:
    from isobole.studies import StudyCheck

_HEADER = (
    "severity", "code", "file", "row", "column", "message", "given", "expected",
    "remedy",
)  # fmt: skip
_FORMATS = (".html", ".json", ".csv")


def _check_out(type_: object, out: Path | None) -> None:
    check_out(type_, out, _FORMATS)


def study_check(
    folder: str,
    /,
    *,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=_check_out)
    ] = None,
) -> Answer:
    """Check a study folder: protocol, record, rows, ARRIVE items.

    Every problem has its file, its row and what to do. The chain of the record is
    verified and its head hash printed: keep it elsewhere. Exit code 1 if there is an
    error.

    isobole study check ptz-trial

    Parameters
    ----------
    folder : str
        A study folder, as isobole study new writes it.
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: a report (.html), the problems (.csv) or everything (.json).
    """
    from isobole.studies import examine_study

    found = examine_study(folder)
    return Answer(
        schema="study-check",
        title=f"Check of study {found.study_id}",
        body=found.to_dict,
        text=lambda: [*found.blocks(), Text(RESEARCH_ONLY)],
        report=found.blocks,
        rows=lambda: problem_rows(found),
        complete=True,
        sound=not found.errors,
        json=json,
        out=out,
        inputs=[
            replace(file, file=str(Path(folder) / file.file)) for file in found.files
        ],
        options={"folder": folder},
        problems=found.problems,
    )


def problem_rows(found: StudyCheck) -> Rows:
    """Return the problems as rows of a CSV file."""
    return _HEADER, [
        tuple(getattr(problem, name) for name in _HEADER) for problem in found.problems
    ]
