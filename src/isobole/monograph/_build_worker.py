"""What one process of a build does: read pages, write their HTML, return their rows."""

from __future__ import annotations

import gc
import json
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from isobole.monograph._collection_checks import with_findings
from isobole.monograph._collection_files import PageFile
from isobole.monograph._collection_rows import PageRows, rows_of
from isobole.monograph._interactions import names_partner
from isobole.monograph._page import Monograph
from isobole.monograph._site_page import show_page
from isobole.monograph._site_search import terms_of
from isobole.results import DataError, Problem


class Task(NamedTuple):
    """Pages for one process, and where the site is."""

    pages: tuple[PageFile, ...]
    out: Path
    made_by: str


class Done(NamedTuple):
    """What became of one page: rows, or the reason why there are none."""

    file: str
    rows: PageRows | None
    problem: Problem | None


def work(task: Task) -> list[Done]:
    """Read the pages of a task; whatever happens to one, the others are done."""
    # Pages make many small things and no circles of them: looking for circles while
    # a few pages are read finds nothing and takes a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return [_one(page, task) for page in task.pages]
    finally:
        if collecting:
            gc.enable()


def _one(page: PageFile, task: Task) -> Done:
    try:
        return Done(page.file, _made(page, task), None)
    except DataError as error:
        return Done(page.file, None, error.problems[0])
    except OSError:
        # The site cannot be written: that is no fault of this page.
        raise
    except Exception as error:
        return Done(page.file, None, _failed(page.file, error))


def _made(page: PageFile, task: Task) -> PageRows:
    monograph = read_page(page.path, page.file)
    shown = show_page(monograph, page.slug)
    write_file(task.out / "pages" / f"{page.slug}.html", shown.page)
    write_file(task.out / "source" / f"{page.slug}.html", shown.source)
    counts = Counter(finding.severity for finding in monograph.findings)
    summary = {
        "conflicts": shown.conflicts,
        "statements": len(monograph.statements),
        **{name: counts[name] for name in ("error", "warning", "notice")},
    }
    return rows_of(
        monograph,
        slug=page.slug,
        made_by=task.made_by,
        terms=terms_of(monograph),
        shown=json.dumps(summary, sort_keys=True),
        interactions=_interactions(monograph),
    )


def read_page(path: Path, name: str) -> Monograph:
    """Read a page of a collection with every finding that needs no other page.

    Raises
    ------
    DataError
        If it cannot be opened, or is no text.
    """
    from isobole.monograph._read import read

    page = read(path, name=name)
    if page.encoding == "binary":
        raise DataError([finding.problem() for finding in page.findings])
    return with_findings(page)


def _failed(file: str, error: Exception) -> Problem:
    return Problem(
        "page-not-read",
        f"The page could not be read ({type(error).__name__}: {str(error)[:200]})",
        file=file,
        remedy="Please report it to the authors of isobole with the page; the other "
        "pages were built.",
    )


def _interactions(page: Monograph) -> list[tuple[int, str, int]]:
    named = [
        (place, str(statement.value))
        for place, statement in enumerate(page.statements)
        if names_partner(statement)
    ]
    return [(number, name, place) for number, (place, name) in enumerate(named)]


def write_file(path: Path, text: str) -> None:
    """Put a file in place in one step; lone surrogates become U+FFFD."""
    part = f"{path.parent}{os.sep}.{path.name}.part"
    with open(part, "wb") as stream:  # noqa: PTH123 - two for each page
        stream.write(text.encode("utf-8", "replace"))
    os.replace(part, path)  # noqa: PTH105
