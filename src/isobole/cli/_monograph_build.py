"""`isobole monograph build`: a folder of drug pages as an index and a site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER
from isobole.cli._progress import Progress
from isobole.results import RESEARCH_ONLY, Text

if TYPE_CHECKING:
    from isobole.monograph import BuildReport


def _check_jobs(type_: object, jobs: int | None) -> None:
    if jobs is not None and jobs < 1:
        raise ValueError("Give a whole number of 1 or more")


def monograph_build(
    src: Path,
    out: Path,
    /,
    *,
    jobs: Annotated[
        int | None, Parameter(metavar="NUMBER", validator=_check_jobs)
    ] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Build an index and a site from a folder of drug pages.

    OUT holds index.html, which opens without a server, and index.db for search. Only
    pages that changed are read again. A page that cannot be read is named and left
    out; an interrupted build goes on where it was.

    isobole monograph build pages site

    Parameters
    ----------
    src : Path
        A folder of pages (.md .markdown .txt), at any depth.
    out : Path
        The folder to write; made if need be.
    jobs : int
        Processes that read pages; as many as there are processors by default.
    json : bool
        Print one JSON object instead of text.
    """
    from isobole.monograph import build

    with Progress("Reading pages") as progress:
        report = build(src, out, jobs=jobs, progress=progress)
    return Answer(
        schema="monograph-build",
        title=f"Collection {src}",
        body=report.to_dict,
        text=lambda: [
            *report.blocks(),
            Text(f"Open {out / 'index.html'} in a browser. {RESEARCH_ONLY}"),
        ],
        report=report.blocks,
        rows=lambda: _rows(report),
        complete=True,
        json=json,
        out=None,
        options={"src": str(src), "out": str(out), "jobs": jobs},
        problems=report.problems,
    )


def _rows(report: BuildReport) -> Rows:
    return ("severity", "code", "file", "message", "remedy"), [
        (p.severity, p.code, p.file, p.message, p.remedy) for p in report.problems
    ]
