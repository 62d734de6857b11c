"""The peer of a build: markdown-it-py tokenises pages, in as many processes.

Run as a program of its own, which imports nothing else: `seconds` does that.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from markdown_it import MarkdownIt

_CHUNK = 16


def tokens(pages: list[Path]) -> int:
    """Tokenise pages, blocks and inlines, as anybody would."""
    parser = MarkdownIt("commonmark").enable("table")
    return sum(len(parser.parse(page.read_text("utf-8"))) for page in pages)


def main(folder: Path, jobs: int) -> None:
    """Print the seconds that all pages of a folder take."""
    pages = sorted(folder.iterdir())
    chunks = [pages[at : at + _CHUNK] for at in range(0, len(pages), _CHUNK)]
    context = get_context("forkserver")
    context.set_forkserver_preload(["markdown_it"])
    start = time.perf_counter()
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        count = sum(pool.map(tokens, chunks))
    seconds = time.perf_counter() - start
    assert count > 100 * len(pages)
    print(seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
