"""Generate pages: deal the defects, then write page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Literal

from benchmarks.pages import _census, _kind_a, _kind_b
from benchmarks.pages._deal import deal
from benchmarks.pages._names import titles
from benchmarks.pages._truth import Truth

Kind = Literal["A", "B0", "B1"]


def generate_pages(
    n: int,
    kind: Kind = "A",
    seed: int = 1,
    *,
    markers: Literal["census", "held-out"] = "census",
    each_at_least: int = 0,
) -> Iterator[tuple[str, str, Truth]]:
    """Yield `n` pages as file name, text and truth; the same for the same arguments.

    Parameters
    ----------
    n:
        Number of pages. With the number of the census (4,259, 3,640 or 6,447) the
        counts of page defects are those of the census.
    kind:
        "A", "B0" or "B1".
    seed:
        Another seed gives other pages.
    markers:
        "held-out" writes questions and answers in forms the census does not have.
    each_at_least:
        Pages that get each defect even where its rate would give none.
    """
    tables = {"A": _census.A, "B0": _census.B0, "B1": _census.B1}.get(kind)
    if tables is None or n < 0:
        raise ValueError(f"no {n} pages of kind {kind!r}: give A, B0 or B1")
    rng = Random(f"{kind} {seed} {n}")
    dealt = {
        choice: deal(n, _census.PAGES[kind], counts, rng, least=each_at_least)
        for choice, counts in tables.items()
    }
    held_out = markers == "held-out"
    taken: set[str] = set()
    for index, title in enumerate(titles(n, rng)):
        own = Random(f"{kind} {seed} {n} {index}")
        mine = {choice: values[index] for choice, values in dealt.items()}
        if kind == "A":
            text, truth = _kind_a.page(title, mine, own, held_out=held_out)
        else:
            text, truth = _kind_b.page(kind, title, mine, own, held_out=held_out)
        yield _file_name(title, mine.get("name", ""), taken), text, truth


def _file_name(title: str, form: str, taken: set[str]) -> str:
    """Return a file name of its own; "overlong" and "trunc" as some real ones are."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if form == "overlong":
        slug = "-".join([slug] * 9)[:200]
    if form == "trunc":
        slug += "_trunc"
    name, number = slug, 2
    while name in taken:
        name, number = f"{slug}-{number}", number + 1
    taken.add(name)
    return f"{name}.md"
