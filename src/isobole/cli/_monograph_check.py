"""`isobole monograph check`: what is wrong with drug pages, for people and for CI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, check_out
from isobole.results import RESEARCH_ONLY, InputFile, OptionError, Text, to_json

if TYPE_CHECKING:
    from isobole.monograph import CheckReport

_FORMATS = (".html", ".json", ".csv", ".sarif")
_HEADER = (
    "severity", "code", "file", "line", "message", "before", "after", "remedy",
)  # fmt: skip


def _check_out(type_: object, out: Path | None) -> None:
    check_out(type_, out, _FORMATS)


def monograph_check(
    *paths: Path,
    level: Literal["error", "warning", "notice"] = "error",
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    explain: Annotated[str | None, Parameter(group=ANSWER, metavar="CODE")] = None,
    sarif: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=_check_out)
    ] = None,
) -> Answer:
    """Check drug pages for people and for CI, line by line.

    Exit code 1 if a finding is as severe as --level, so that it can guard a
    repository of pages.

    isobole monograph check pages --level warning

    Parameters
    ----------
    paths : Path
        Pages, or folders of pages (.md .markdown .txt).
    level : str
        The least severe finding that gives exit code 1.
    json : bool
        Print one JSON object instead of text.
    explain : str
        Say what this check compares, what it does not see, and how often it was right
        and complete on labelled pages; no page is read.
    sarif : bool
        Print SARIF 2.1.0, which code hosts show beside the lines.
    out : Path
        Also write a file: a report (.html), the findings (.csv .sarif) or everything
        (.json).
    """
    from isobole.monograph import check

    if explain is not None:
        return _explained(explain, json)
    if not paths:
        raise OptionError("Give one page or folder, or more, to check")
    if json and sarif:
        raise OptionError("--sarif is JSON of its own; leave out --json or --sarif")
    report = check(paths)
    return Answer(
        schema="monograph-check",
        title="Check of drug pages",
        body=report.to_dict,
        text=lambda: [*report.blocks(), Text(RESEARCH_ONLY)],
        report=report.blocks,
        rows=lambda: _rows(report),
        complete=True,
        sound=not report.at_least(level),
        json=json,
        out=out,
        inputs=[InputFile(page.file, page.sha256) for page in report.pages],
        options={"paths": [str(path) for path in paths], "level": level},
        problems=report.problems,
        texts={".sarif": lambda: to_json(report.to_sarif()) + "\n"},
        verbatim=(lambda: to_json(report.to_sarif())) if sarif else None,
    )


def _explained(code: str, json: bool) -> Answer:
    from isobole.monograph import explain

    found = explain(code)
    header = ("code", "severity", "precision", "recall", "n")
    told = found.to_dict()
    return Answer(
        schema="monograph-explain",
        title=f"The check {code}",
        body=lambda: {"check": told},
        text=lambda: [Text(line) for line in str(found).splitlines()],
        report=lambda: [Text(line) for line in str(found).splitlines()],
        rows=lambda: (header, [tuple(told[name] for name in header)]),
        complete=True,
        json=json,
        out=None,
        options={"explain": code},
    )


def _rows(report: CheckReport) -> Rows:
    return _HEADER, [
        (p.severity, p.code, p.file, p.row, p.message, p.given, p.expected, p.remedy)
        for p in report.all_problems()
    ]
