"""Build a collection: read its pages in parallel, index them, publish them as a site.

Pages are kept by the hash of their bytes: a build after one page changed reads one
page. What is published stays whole until the new index takes its place in one step,
and an interrupted build goes on where it was.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from isobole._version import __version__
from isobole.monograph._build_finish import Counts, finish
from isobole.monograph._build_pool import Workers
from isobole.monograph._build_report import BuildReport
from isobole.monograph._build_terms import Collector
from isobole.monograph._build_worker import Done, Task, no_circles, work, write_file
from isobole.monograph._collection_files import PageFile, file_sha256, scan
from isobole.monograph._collection_rows import PAGE
from isobole.monograph._collection_store import Store, building, maker
from isobole.results import DataError, OptionError, Problem

Progress = Callable[[int, int | None], None]

_CHUNK = 16
"""Pages for a process at a time; the last are given out in smaller parts."""
_FEW = 24
"""Fewer pages than this are read in this process: others would take longer to start."""
_MANY = 500
"""Pages from which on the pages about the collection are worth other processes."""
_KEEP_EVERY = 0.25
"""Seconds after which the pages that were read are kept, should the build stop."""
_TERMS = [1 + PAGE.index(name) for name in ("file", "title", "slug", "terms")]
_ASSETS = ("site.css", "search.js")


def build(
    src: Path | str,
    out: Path | str,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    r"""Read a folder of pages, and write an index and a site to `out`.

    A page that cannot be read is a problem of the report; the others are built.
    Several processes read pages: a script must call this under
    ``if __name__ == "__main__":``.

    Parameters
    ----------
    src : path
        A folder of ``.md``, ``.markdown`` or ``.txt`` pages, at any depth.
    out : path
        The folder to write; made if need be. It may hold an earlier build.
    jobs : int, optional
        Processes that read pages; as many as there are processors by default.
    progress : callable, optional
        Called with (pages done, pages in all).

    Returns
    -------
    BuildReport

    Raises
    ------
    DataError
        If there is no such folder, it holds no page, or `out` cannot be written.
    OptionError
        If `jobs` is below 1, or the pages lie inside `out`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     place = Path(folder) / "pages"
    ...     place.mkdir()
    ...     _ = (place / "a.md").write_text("---\ntitle: A\n---\n## Usage\n- Pain.\n")
    ...     report = build(place, Path(folder) / "site")
    ...     (report.pages, report.parsed, build(place, Path(folder) / "site").parsed)
    (1, 1, 0)
    """
    source, site = Path(src), Path(out)
    if jobs is not None and jobs < 1:
        msg = f"jobs is {jobs}; give 1 or more"
        raise OptionError(msg)
    _check_places(source, site)
    found = scan(source, leave_out=site)
    if not found.pages:
        raise DataError([*found.problems, _no_pages(source)])
    _make_folders(site)
    with building(site) as store:
        plan = _plan(found.pages, store)
        count = jobs or os.cpu_count() or 1
        if len(plan.wanted) < _FEW and plan.total < _MANY:
            count = 1
        with no_circles(), Workers(count) as workers:
            terms = Collector([page.file for page in found.pages], workers)
            _read(plan, store, workers, terms, progress)
            problems = sorted(
                [*found.problems, *plan.problems.values()],
                key=lambda problem: (problem.file or "", problem.code),
            )
            store.put_problems(plan.problems)
            counts = finish(store, site, problems, workers, terms)
        _write_assets(site)
        store.put_about({"version": __version__, "site": "1"})
        store.publish()
    return _report(source, site, plan, counts, tuple(problems))


@dataclass(slots=True)
class _Plan:
    """What is to be read, and what is known."""

    wanted: list[PageFile]
    hashes: dict[str, str]
    total: int
    held: int
    resumed: int
    removed: int
    parsed: int
    problems: dict[tuple[str, str], Problem]


def _plan(pages: Sequence[PageFile], store: Store) -> _Plan:
    """Take out what is gone or changed; say what is to be read."""
    held = store.held()
    known = store.known_problems()
    wanted: list[PageFile] = []
    hashes: dict[str, str] = {}
    problems: dict[tuple[str, str], Problem] = {}
    stay: set[int] = set()
    site = store.path.parent
    for page in pages:
        if not held and not known:
            wanted.append(page)
            continue
        digest = _digest(page, hashes)
        old = held.get(page.file)
        if problem := known.get((page.file, digest)):
            problems[page.file, digest] = problem
        elif (
            old
            and (old.sha256, old.slug) == (digest, page.slug)
            and (site / "pages" / f"{page.slug}.html").is_file()
            and (site / "source" / f"{page.slug}.html").is_file()
        ):
            stay.add(old.id)
        else:
            wanted.append(page)
    files_now = {page.file for page in pages}
    slugs_now = {page.slug for page in pages}
    removed = 0
    for number, file, slug in store.pages():
        if number in stay:
            continue
        removed += file not in files_now
        store.remove(number)
        if slug not in slugs_now:
            for folder in ("pages", "source"):
                (site / folder / f"{slug}.html").unlink(missing_ok=True)
    store.commit()
    resumed = len(stay) if store.resumed else 0
    return _Plan(wanted, hashes, len(pages), len(stay), resumed, removed, 0, problems)


def _digest(page: PageFile, hashes: dict[str, str]) -> str:
    """Return the hash of a page's bytes, empty if it cannot be read."""
    if page.file not in hashes:
        hashes[page.file] = file_sha256(page.path) or ""
    return hashes[page.file]


def _read(
    plan: _Plan,
    store: Store,
    workers: Workers,
    terms: Collector,
    progress: Progress | None,
) -> None:
    done = plan.total - len(plan.wanted)
    if progress is not None:
        progress(done, plan.total)
    tasks = _tasks(plan.wanted, store, workers.count)
    few = len(plan.wanted) < _FEW
    results = map(work, tasks) if few else workers.each(work, tasks)
    for file, title, slug, words in store.terms():
        terms.put(file, (title, slug, words))
    for file, _ in plan.problems:
        terms.put(file, None)
    kept = time.monotonic()
    for result in results:
        _keep(result, plan, store, terms)
        done += result.pages
        # What is said to be done is kept, whatever happens next.
        if done == plan.total or time.monotonic() - kept > _KEEP_EVERY:
            store.commit()
            kept = time.monotonic()
            if progress is not None:
                progress(done, plan.total)


def _tasks(wanted: Sequence[PageFile], store: Store, jobs: int) -> list[Task]:
    tasks = []
    first = store.next_page()
    at = 0
    while at < len(wanted):
        # Small parts at the end, so that all processes end together.
        count = min(max((len(wanted) - at) // (3 * jobs), 2), _CHUNK)
        pages = tuple(wanted[at : at + count])
        tasks.append(Task(pages, first + at, store.path.parent, maker()))
        at += count
    return tasks


def _keep(result: Done, plan: _Plan, store: Store, terms: Collector) -> None:
    store.put(result.rows)
    plan.parsed += len(result.rows.page)
    for row in result.rows.page:
        file, title, slug, words = (row[at] for at in _TERMS)
        terms.put(file, (title, slug, words))
    for file, problem in result.problems.items():
        page = next(page for page in plan.wanted if page.file == file)
        plan.problems[file, _digest(page, plan.hashes)] = problem
        terms.put(file, None)
        for folder in ("pages", "source"):
            (store.path.parent / folder / f"{page.slug}.html").unlink(missing_ok=True)


def _check_places(source: Path, site: Path) -> None:
    if site.exists() and not site.is_dir():
        problem = Problem(
            "not-a-folder",
            "The site needs a folder, and this is a file",
            file=str(site),
            remedy="Give the name of a folder.",
        )
        raise DataError([problem])
    if source.resolve().is_relative_to(site.resolve()):
        msg = f"out {str(site)!r} holds the pages that are to be read; give another one"
        raise OptionError(msg)


def _no_pages(source: Path) -> Problem:
    return Problem(
        "no-pages",
        "The folder holds no page that can be read",
        file=str(source),
        remedy="Give a folder with .md, .markdown or .txt files.",
    )


def _make_folders(site: Path) -> None:
    try:
        for name in ("pages", "source", "interactions", "assets", "search"):
            (site / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = Problem(
            "not-written",
            f"The folder cannot be written: {error.strerror or error}",
            file=str(site),
            remedy="Choose a folder you may write to that has free space.",
        )
        raise DataError([problem]) from error


def _write_assets(site: Path) -> None:
    for name in _ASSETS:
        text = (files("isobole.monograph") / "site" / name).read_text("utf-8")
        write_file(site / "assets" / name, text)


def _report(
    source: Path,
    site: Path,
    plan: _Plan,
    counts: Counts,
    problems: tuple[Problem, ...],
) -> BuildReport:
    return BuildReport(
        source=str(source),
        out=str(site),
        pages=counts.pages,
        parsed=plan.parsed,
        resumed=plan.resumed,
        removed=plan.removed,
        sections=counts.sections,
        statements=counts.statements,
        interactions=counts.interactions,
        findings=counts.findings,
        gaps=counts.gaps,
        problems=problems,
    )
