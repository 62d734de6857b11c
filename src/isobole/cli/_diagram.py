"""`isobole diagram`: the mechanism or the workflow, with its evidence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, STDIN, SUFFIXES, check_out, source
from isobole.results import (
    RESEARCH_ONLY,
    DataError,
    InputFile,
    Problem,
    Text,
    sha256_text,
)

if TYPE_CHECKING:
    from isobole.diagrams import Diagram

MERMAID = ".mmd"
_HEADER = (
    "number", "from", "effect", "to", "status", "stance", "claim", "source", "verified",
)  # fmt: skip


def _drawable(type_: object, out: Path | None) -> None:
    check_out(type_, out, (*SUFFIXES, MERMAID))


def diagram(
    name: str,
    /,
    *,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    out: Annotated[
        Path | None, Parameter(group=ANSWER, metavar="FILE", validator=_drawable)
    ] = None,
) -> Answer:
    """Draw the mechanism or the workflow, with its evidence.

    Prints the arrows and what speaks against the contested ones; the picture goes to
    a file. Contested arrows are dashed.

    isobole diagram mechanism --out mechanism.svg
    isobole diagram workflow --out workflow.mmd

    Parameters
    ----------
    name : str
        mechanism (how valproate and magnesium are held to act together), workflow
        (from a question to a verdict on synergy), or a specification of your own: a
        file that ends in .toml, or - for standard input.
    json : bool
        Print one JSON object instead of text.
    out : Path
        Also write a file: the picture (.svg .png .pdf), Mermaid text (.mmd), picture
        and evidence (.html), the evidence (.csv) or everything (.json).
    """
    from isobole.diagrams import diagram as bundled

    if name == STDIN or name.lower().endswith(".toml"):
        found, inputs = _own(name)
    else:
        found, inputs = bundled(name), ()
    return Answer(
        schema="diagram",
        title=found.title,
        body=found.to_dict,
        text=lambda: [
            found.summary(),
            *found.contested(),
            *([Text(found.note)] if found.note else []),
            Text(
                "The evidence with its sources: --out FILE.html; the picture: --out "
                "FILE.svg"
            ),
            Text(RESEARCH_ONLY),
        ],
        report=lambda: found.blocks()[1:],  # The page has the title already.
        rows=lambda: _rows(found),
        complete=True,
        json=json,
        out=out,
        inputs=inputs,
        options={"name": found.name},
        texts={MERMAID: found.mermaid},
    )


def _own(name: str) -> tuple[Diagram, tuple[InputFile, ...]]:
    """Read a specification of the user's."""
    from dataclasses import replace

    from isobole.diagrams import read

    name = source(name)
    try:
        if name == "-":
            text = sys.stdin.read()
        else:
            text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise DataError(
            [
                Problem(
                    "not-read",
                    f"The specification cannot be read ({told})",
                    file=name,
                    remedy="Check the name and the folder",
                )
            ]
        ) from None
    try:
        found = read(text)
    except DataError as error:
        raise DataError([replace(p, file=name) for p in error.problems]) from None
    return found, (InputFile(name, sha256_text(text)),)


def _rows(found: Diagram) -> Rows:
    """Return one row for each piece of evidence, every field by itself."""
    texts = {node.id: node.text for node in found.nodes}
    return _HEADER, [
        (
            arrow.number,
            texts[arrow.start],
            arrow.effect,
            texts[arrow.end],
            arrow.status,
            item.stance,
            item.claim,
            item.source,
            item.verified,
        )
        for arrow in found.arrows
        for item in arrow.evidence
    ]
