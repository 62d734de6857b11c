"""`isobole monograph fix`: what is mended, shown; the rest of the page as it was."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, STDIN, check_out
from isobole.results import (
    RESEARCH_ONLY,
    DataError,
    InputFile,
    OptionError,
    Table,
    Text,
)

if TYPE_CHECKING:
    from isobole.monograph import Finding, Monograph, Repair

_PAGES = (".md", ".markdown", ".txt")
_DIFFS = (".diff", ".patch")
_HEADER = ("line", "codes", "start", "before", "after")
_TOLD = 8


def _check_out(type_: object, out: Path | None) -> None:
    check_out(type_, out, (*_PAGES, *_DIFFS, ".json", ".csv"))


def monograph_fix(
    page: str,
    /,
    *,
    diff: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=_check_out)
    ] = None,
) -> Answer | str:
    """Mend what is broken in a drug page, showing every change.

    Only what a finding shows is changed: answers out of questions, cut descriptions,
    headings, shifted table rows. The rest stays byte for byte, and the page itself is
    never overwritten. Findings that need a person are listed.

    isobole monograph fix page.md --diff
    isobole monograph fix page.md --out fixed.md

    Parameters
    ----------
    page : str
        A drug page, or - for standard input.
    diff : bool
        Print the changes as a unified diff instead.
    json : bool
        Print one JSON object instead of text; its patches undo the changes.
    out : Path
        Also write a file: the mended page (.md .txt), the changes (.diff .csv) or
        everything (.json).
    """
    from isobole.monograph import read, repair

    if diff and (json or out is not None):
        raise OptionError("--diff stands alone; --out FILE.diff writes the diff")
    if page == STDIN:
        found = read(sys.stdin.buffer.read(), name="-")
    else:
        found = read(Path(page), name=page)
    broken = [f for f in found.findings if f.code in ("page-binary", "page-empty")]
    if broken:
        raise DataError([finding.problem() for finding in broken])
    done = repair(found)
    if diff:
        return done.diff()
    pages = dict.fromkeys(_PAGES, done.to_bytes)
    diffs = dict.fromkeys(_DIFFS, done.diff)
    return Answer(
        schema="monograph-fix",
        title=f"Repairs of {found.title}",
        body=lambda: _body(found, done),
        text=lambda: _blocks(found, done),
        report=lambda: _blocks(found, done),
        rows=lambda: _rows(done),
        complete=True,
        json=json,
        out=out,
        inputs=[InputFile(found.file, found.sha256)],
        options={"page": found.file},
        texts={**pages, **diffs},
    )


def _body(page: Monograph, done: Repair) -> dict[str, Any]:
    return {
        "title": page.title,
        "kind": page.kind,
        **done.to_dict(),
        "remaining": [f.to_dict() for f in page.findings if f.after is None],
    }


def _blocks(page: Monograph, done: Repair) -> list[Table | Text]:
    remaining = [f for f in page.findings if f.after is None]
    blocks: list[Table | Text] = []
    if done.patches:
        said = {(f.code, f.spans[0].start): f.message for f in page.findings if f.spans}
        rows = tuple(
            (patch.line, code, said[code, patch.start])
            for patch in done.patches
            for code in patch.codes
        )
        columns = ("line", "finding", "what was wrong")
        notes = ("Before and after of each: --diff; the mended page: --out FILE.md",)
        blocks.append(Table(f"Repairs of {page.file}", columns, rows, notes))
    else:
        blocks.append(Text(f"{page.file}: nothing to repair."))
    if done.left:
        count = f"{len(done.left)} more touch the same words: run fix on its result"
        blocks.append(Text(count))
    if remaining:
        told = [_told(finding) for finding in remaining[:_TOLD]]
        more = len(remaining) - len(told)
        head = "What needs a person:"
        tail = [f"and {more} more (--json has all)"] if more else []
        blocks.append(Text("\n".join([head, *told, *tail])))
    return [*blocks, Text(RESEARCH_ONLY)]


def _told(finding: Finding) -> str:
    """Return a finding with its line; a page has no rows."""
    place = f"line {finding.line}: " if finding.line else ""
    return f"{place}{finding.message}. {finding.remedy}"


def _rows(done: Repair) -> Rows:
    return _HEADER, [
        (patch.line, " ".join(patch.codes), patch.start, patch.before, patch.after)
        for patch in done.patches
    ]
