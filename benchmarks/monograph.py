"""Building a collection against tokenising it; search against the raw FTS5 query.

The build reads, extracts, checks, indexes and publishes; its peer only tokenises the
same pages with markdown-it-py, in as many processes. Each runs as a program of its own.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._timing import Figure, interleaved
from benchmarks.pages import generate_pages
from isobole.monograph import build, search

PAGES, SECTIONS = 4_000, 50_000
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
        source = Path(name) / "pages"
        source.mkdir()
        for file, text, _ in generate_pages(PAGES, "A"):
            (source / file).write_text(text, "utf-8")
        jobs = os.cpu_count() or 1
        # Turn by turn: a machine that slows down does so for both.
        peers, colds = [_tokenised(source, jobs)], []
        for site in (Path(name) / "first", Path(name) / "second"):
            built = _built(source, site, jobs)
            assert (built["pages"], built["parsed"]) == (PAGES, PAGES)
            assert built["statements"] > 20 * PAGES
            assert built["sections"] > 8 * PAGES
            colds.append(built["seconds"])
            peers.append(_tokenised(source, jobs))
        cold, peer = mean(colds), mean(peers)
        changed = sorted(source.iterdir())[PAGES // 2]
        changed.write_text(changed.read_text("utf-8") + "\n- Changed.\n", "utf-8")
        again = _built(source, site, jobs)
        assert (again["pages"], again["parsed"]) == (PAGES, 1)
    made = f"{built['statements']:,} statements, {built['findings']:,} findings"
    return [
        Figure(
            f"{PAGES:,} pages built cold / tokenised by markdown-it-py on {jobs} cores",
            cold, peer, 2.5, made,
        ),
        Figure(
            f"{PAGES:,} pages rebuilt after one changed / built cold",
            again["seconds"], cold, 0.5, "1 page read",
        ),
    ]  # fmt: skip


def _tokenised(source: Path, jobs: int) -> float:
    return float(_apart("_tokenise", source, jobs))


def _built(source: Path, site: Path, jobs: int) -> Any:
    return json.loads(_apart("_built", source, site, jobs))


def _apart(module: str, *arguments: object) -> str:
    """Return what a module prints, run as a program of its own.

    Each has the processes that it starts to itself, and they import what it needs.
    """
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)],
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


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
