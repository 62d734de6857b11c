"""`isobole monograph search`: the sections of a built collection that match."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER
from isobole.results import RESEARCH_ONLY, Text

if TYPE_CHECKING:
    from isobole.monograph import SearchResult


def monograph_search(
    query: str,
    /,
    *,
    in_: Annotated[Path, Parameter(name="--in", metavar="OUT")],
    limit: Annotated[int, Parameter(metavar="NUMBER")] = 20,
    json: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
) -> Answer:
    """Search the sections of a collection, best match first.

    Words must all stand in a section and are stemmed; OR, NOT, "a phrase", hepat* and
    drug:valproate work as in SQLite's FTS5. No hit is no finding.

    isobole monograph search "liver disease" --in site

    Parameters
    ----------
    query : str
        What to search for.
    in_ : Path
        The folder that isobole monograph build wrote.
    limit : int
        Most hits to print.
    json : bool
        Print one JSON object instead of text.
    """
    from isobole.monograph import search

    found = search(in_, query, limit)
    return Answer(
        schema="monograph-search",
        title=f"Search for {query}",
        body=found.to_dict,
        text=lambda: [*found.blocks(), Text(RESEARCH_ONLY)],
        report=found.blocks,
        rows=lambda: _rows(found),
        complete=True,
        json=json,
        out=None,
        options={"query": query, "in": str(in_), "limit": limit},
        problems=found.problems,
    )


def _rows(found: SearchResult) -> Rows:
    return ("drug", "file", "section", "line", "snippet", "score"), [
        (h.drug, h.file, h.section, h.line, h.snippet, h.score) for h in found.hits
    ]
