"""What one process of a build does: read pages, write their HTML, return their rows."""

from __future__ import annotations

import gc
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Pages for one process, the number of the first, and where the site is."""

    pages: tuple[PageFile, ...]
    first: int
    out: Path
    made_by: str


class Done(NamedTuple):
    """What became of the pages of a task: rows, and why there are none of some."""

    pages: int
    rows: PageRows
    problems: dict[str, Problem]


@contextmanager
def no_circles() -> Iterator[None]:
    """Do not look for circles of references while pages are read or put away.

    They make many small things and no circles of them: looking finds nothing and takes
    a tenth of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def work(task: Task) -> Done:
    """Read the pages of a task; whatever happens to one, the others are done."""
    with no_circles():
        rows = PageRows([], [], [], [])
        problems: dict[str, Problem] = {}
        for number, page in enumerate(task.pages, task.first):
            made = _one(page, number, task)
            if isinstance(made, Problem):
                problems[page.file] = made
                continue
            for all_rows, new in zip(rows, made, strict=True):
                all_rows += new
        return Done(len(task.pages), rows, problems)


def _one(page: PageFile, number: int, task: Task) -> PageRows | Problem:
    try:
        return _made(page, number, task)
    except DataError as error:
        return error.problems[0]
    except OSError:
        # The site cannot be written: that is no fault of this page.
        raise
    except Exception as error:
        return _failed(page.file, error)


def _made(page: PageFile, number: int, task: Task) -> PageRows:
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
        number,
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


def _interactions(page: Monograph) -> list[tuple[str, int, int, str]]:
    return [
        (str(said.value), place, said.span.line, said.span.quote)
        for place, said in enumerate(page.statements)
        if names_partner(said)
    ]


def write_file(path: Path, text: str) -> None:
    """Put a file in place; lone surrogates become U+FFFD.

    One that is there is replaced in one step. One that is not is of no index yet: what
    an interrupted build leaves of it is replaced by the next.
    """
    data = text.encode("utf-8", "replace")
    try:
        new = open(path, "xb")  # noqa: PTH123, SIM115 - two for each page
    except FileExistsError:
        part = f"{path.parent}{os.sep}.{path.name}.part"
        with open(part, "wb") as stream:  # noqa: PTH123
            stream.write(data)
        os.replace(part, path)  # noqa: PTH105
        return
    with new:
        new.write(data)
