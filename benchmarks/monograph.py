"""Building a collection against tokenising it; search against the raw FTS5 query.

The build reads, extracts, checks, indexes and publishes; its peer only tokenises the
same pages with markdown-it-py, in as many processes.
"""

from __future__ import annotations

import os
import sqlite3
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from markdown_it import MarkdownIt

from benchmarks._timing import Figure, interleaved
from benchmarks.pages import generate_pages
from isobole.monograph import build, search

PAGES, SECTIONS = 4_000, 50_000
_CHUNK = 16
_WORDS = 600
_RAW = (
    "SELECT rowid, rank, snippet(section_fts, 2, '[', ']', ' … ', 24) "
    "FROM section_fts WHERE section_fts MATCH ? ORDER BY rank LIMIT 20"
)


def figures() -> list[Figure]:
    """Measure everything of this room."""
    return [*_building(), _searching()]


def _building() -> list[Figure]:
    with TemporaryDirectory() as name:
        source, site = Path(name) / "pages", Path(name) / "site"
        source.mkdir()
        for file, text, _ in generate_pages(PAGES, "A"):
            (source / file).write_text(text, "utf-8")
        jobs = os.cpu_count() or 1
        peer = _tokenised(sorted(source.iterdir()), jobs)
        start = time.perf_counter()
        report = build(source, site, jobs=jobs)
        ours = time.perf_counter() - start
        peer = (peer + _tokenised(sorted(source.iterdir()), jobs)) / 2
        assert (report.pages, report.parsed) == (PAGES, PAGES)
        assert report.statements > 20 * PAGES
        assert report.sections > 8 * PAGES
        changed = sorted(source.iterdir())[PAGES // 2]
        changed.write_text(changed.read_text("utf-8") + "\n- Changed.\n", "utf-8")
        start = time.perf_counter()
        again = build(source, site, jobs=jobs)
        rebuild = time.perf_counter() - start
        assert (again.pages, again.parsed) == (PAGES, 1)
    made = (
        f"{report.statements:,} statements, {sum(report.findings.values()):,} findings"
    )
    return [
        Figure(
            f"{PAGES:,} pages built cold / tokenised by markdown-it-py on {jobs} cores",
            ours, peer, 2.5, made,
        ),
        Figure(
            f"{PAGES:,} pages rebuilt after one changed / built cold",
            rebuild, ours, 0.5, "1 page read",
        ),
    ]  # fmt: skip


def _tokenised(pages: list[Path], jobs: int) -> float:
    chunks = [pages[at : at + _CHUNK] for at in range(0, len(pages), _CHUNK)]
    context = get_context("forkserver")
    start = time.perf_counter()
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        count = sum(pool.map(tokens, chunks))
    assert count > 100 * len(pages)
    return time.perf_counter() - start


def tokens(pages: list[Path]) -> int:
    """Tokenise pages, blocks and inlines, as anybody would."""
    parser = MarkdownIt("commonmark").enable("table")
    return sum(len(parser.parse(page.read_text("utf-8"))) for page in pages)


def _searching() -> Figure:
    random = Random(1)
    words = [f"w{''.join(random.choices('abcdefghij', k=5))}" for _ in range(_WORDS)]
    with TemporaryDirectory() as name:
        source, site = Path(name) / "pages", Path(name) / "site"
        source.mkdir()
        for number in range(SECTIONS // 50):
            parts = [f"---\ntitle: Drug {number}\n---"]
            parts += [
                f"## Part {part}\n{' '.join(random.choices(words, k=60))}."
                for part in range(50)
            ]
            (source / f"p{number}.md").write_text("\n\n".join(parts), "utf-8")
        report = build(source, site)
        assert report.sections >= SECTIONS
        db = sqlite3.connect(f"{(site / 'index.db').as_uri()}?mode=ro", uri=True)
        queries = [f"{a} {b}" for a, b in zip(words, reversed(words), strict=True)]

        def ours(index: int) -> object:
            return search(site, queries[index % _WORDS], 20).hits or None

        def peer(index: int) -> object:
            return db.execute(_RAW, (queries[index % _WORDS],)).fetchall() or None

        times = interleaved(ours, peer, rounds=60)
        db.close()
    return Figure("search of 50,000 sections / the raw FTS5 query", *times, 3.0)
