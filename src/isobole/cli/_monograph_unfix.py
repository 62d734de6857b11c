"""`isobole monograph unfix`: the page as it was before `fix`, byte for byte."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, STDIN, check_out
from isobole.results import RESEARCH_ONLY, InputFile, Table, Text

if TYPE_CHECKING:
    from isobole.monograph import Restored

_PAGES = (".md", ".markdown", ".txt")
_HEADER = ("line", "codes", "start", "before", "after")


def _check_out(type_: object, out: Path | None) -> None:
    check_out(type_, out, (*_PAGES, ".json", ".csv"))


def monograph_unfix(
    page: str,
    changes: Path,
    /,
    *,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=_check_out)
    ] = None,
) -> Answer:
    """Give back a mended page as it was, byte for byte.

    A page that was edited since it was mended is refused, not restored in part.

    isobole monograph fix page.md --json --out fixed.md > fixed.json
    isobole monograph unfix fixed.md fixed.json --out page-again.md

    Parameters
    ----------
    page : str
        The mended page, or - for standard input.
    changes : Path
        What fix changed: its JSON (--json, or --out FILE.json).
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: the page as it was (.md .txt), the changes taken back (.csv)
        or everything (.json).
    """
    from isobole.monograph import restore

    if page == STDIN:
        data = sys.stdin.buffer.read()
        done = restore(data, changes, name="-")
        given = InputFile("-", hashlib.sha256(data).hexdigest())
    else:
        done = restore(Path(page), changes, name=page)
        given = InputFile.of(page)
    return Answer(
        schema="monograph-unfix",
        title=f"Repairs of {done.file} taken back",
        body=done.to_dict,
        text=lambda: _blocks(done),
        report=lambda: _blocks(done),
        rows=lambda: _rows(done),
        complete=True,
        json=json,
        out=out,
        inputs=[given, InputFile.of(changes)],
        options={"page": page, "changes": str(changes)},
        texts=dict.fromkeys(_PAGES, lambda: done.data),
    )


def _blocks(done: Restored) -> list[Table | Text]:
    blocks: list[Table | Text] = []
    if done.undone:
        rows = tuple((one.line, " ".join(one.codes)) for one in done.undone)
        title = f"Repairs of {done.file} taken back"
        notes = ("The page as it was: --out FILE.md",)
        blocks.append(Table(title, ("line", "finding"), rows, notes))
    else:
        blocks.append(Text(f"{done.file}: there was nothing to take back."))
    said = f"The page is the one fix read, byte for byte: SHA-256 {done.sha256}"
    return [*blocks, Text(said), Text(RESEARCH_ONLY)]


def _rows(done: Restored) -> Rows:
    return _HEADER, [
        (one.line, " ".join(one.codes), one.start, one.before, one.after)
        for one in done.undone
    ]
