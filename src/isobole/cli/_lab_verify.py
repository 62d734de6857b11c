"""`isobole lab verify`: the chains walked as the database has them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER
from isobole.cli._lab_here import the_lab_is_here
from isobole.results import RESEARCH_ONLY, Block, DataError, Note, Problem, Table, Text

LAB = Group("Lab", sort_key=1)


def lab_verify(
    *,
    study: Annotated[str | None, Parameter(group=LAB, metavar="ID")] = None,
    data: Annotated[Path | None, Parameter(group=LAB, metavar="DIR")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Verify the chain of every record and of the log of access.

    Reads the database row by row, while the lab runs or not, and names the first row
    that was changed, removed or added. Exit code 1 if a chain is broken. A chain
    written anew from its beginning shows only against a head hash printed before.

    isobole lab verify --data ptz-lab

    Parameters
    ----------
    study : str
        This study alone; else every study and the log.
    data : Path
        The lab's data folder; else ISOBOLE_DATA.
    json : bool
        Print one JSON object instead of text.
    """
    the_lab_is_here()
    from isobole.lab._open import open_lab

    open_lab(data)
    from isobole.lab.models import Study
    from isobole.lab.record import verify_all, verify_study

    known = list(Study.objects.values_list("study_id", flat=True))
    if study is not None and study not in known:
        raise DataError([_unknown(study, known)])
    chosen = (
        verify_all(known) if study is None else iter([(study, verify_study(study))])
    )
    reports = list(chosen)
    problems = [problem for _, report in reports for problem in report.problems]
    rows = [
        (of, report.entries, _words(report.state), report.head or "—")
        for of, report in reports
    ]
    blocks: list[Block] = [
        Table("Chains", ("of", "rows", "state", "head hash"), tuple(rows)),
        *(Note(str(problem), "error") for problem in problems),
    ]
    return Answer(
        schema="lab-verify",
        title="Verification of the lab",
        body=lambda: {
            "chains": [
                {
                    "of": of,
                    "rows": report.entries,
                    "state": report.state,
                    "head": report.head or "",
                    "broken_at": report.broken_at or 0,
                }
                for of, report in reports
            ]
        },
        text=lambda: [*blocks, Text(RESEARCH_ONLY)],
        report=lambda: blocks,
        rows=lambda: (("of", "rows", "state", "head"), rows),
        complete=True,
        json=json,
        out=None,
        options={
            **({} if study is None else {"study": study}),
            **({} if data is None else {"data": str(data)}),
        },
        problems=problems,
        sound=not problems,
    )


def _words(state: str) -> str:
    return "no row yet" if state == "unchained" else state


def _unknown(study: str, known: list[str]) -> Problem:
    return Problem(
        "unknown-study",
        f"The lab has no study {study}",
        given=study,
        expected="one of " + ", ".join(known) if known else "a study; there is none",
        remedy="Give its id as the list of studies shows it",
    )
