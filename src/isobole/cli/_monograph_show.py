"""`isobole monograph show`: what one drug page states, statement by statement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, check_out
from isobole.results import InputFile

if TYPE_CHECKING:
    from isobole.monograph import Shown

_FORMATS = (".html", ".json", ".csv")
_HEADER = (
    "id", "kind", "subject", "value", "unit", "strength", "certainty", "file", "line",
    "quote",
)  # fmt: skip


def _check_out(type_: object, out: Path | None) -> None:
    check_out(type_, out, _FORMATS)


def monograph_show(
    page: str | None = None,
    /,
    *,
    in_: Annotated[Path | None, Parameter(name="--in", metavar="OUT")] = None,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=_check_out)
    ] = None,
) -> Answer:
    """Show what a drug page states, each with its line.

    isobole monograph show page.md
    isobole monograph show "magnesium valproate" --in site

    Parameters
    ----------
    page : str
        A page; with --in, a page's file or title; without any, the bundled record on
        magnesium valproate.
    in_ : Path
        A folder that isobole monograph build wrote.
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: a report (.html), the statements (.csv) or everything
        (.json).
    """
    shown, inputs = _shown(page, in_)
    return Answer(
        schema="monograph-show",
        title=shown.title,
        body=shown.to_dict,
        text=shown.blocks,
        report=shown.blocks,
        rows=lambda: _rows(shown),
        complete=True,
        json=json,
        out=out,
        inputs=inputs,
        options={"page": page, "in": None if in_ is None else str(in_)},
    )


def _shown(page: str | None, in_: Path | None) -> tuple[Shown, list[InputFile]]:
    from isobole.monograph import (
        open_collection,
        read,
        record,
        record_file,
        show,
        show_statements,
        with_findings,
    )
    from isobole.results import DataError, OptionError

    if page is None:
        if in_ is not None:
            raise OptionError("--in needs the name of a page in that collection")
        file = record_file()
        shown = show_statements(
            "Magnesium valproate", f"{file.name} (bundled record)", record()
        )
        return shown, [InputFile(file.name, InputFile.of(file).sha256)]
    if in_ is not None:
        found = open_collection(in_).page(page)
        return show(found), [InputFile(found.file, found.sha256)]
    found = read(Path(page), name=page)
    if found.encoding == "binary":
        raise DataError([finding.problem() for finding in found.findings])
    return show(with_findings(found)), [InputFile(found.file, found.sha256)]


def _rows(shown: Shown) -> Rows:
    return _HEADER, [
        (
            s.id, s.kind, s.subject,
            "–".join(map(str, s.value)) if isinstance(s.value, tuple) else s.value,
            s.unit, s.strength, s.certainty, s.span.file, s.span.line, s.span.quote,
        )
        for s in shown.statements
    ]  # fmt: skip
