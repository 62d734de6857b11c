"""Deal defects to pages so that their numbers are those of the census."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random


def deal(
    n: int, pages: int, counts: Mapping[str, int], rng: Random, *, least: int = 0
) -> list[str]:
    """Return one value for each of `n` pages; "" for pages that get none.

    `counts` are numbers among the `pages` of the census. They are scaled to `n` and
    rounded, so that `n == pages` gives exactly the census. With `least`, a defect too
    rare to appear among `n` pages is on that many pages all the same.
    """
    values: list[str] = []
    for value, count in counts.items():
        values += [value] * max(round(count * n / pages), least if count else 0)
    if len(values) > n:
        raise ValueError(f"{n} pages cannot hold {len(values)} dealt values")
    values += [""] * (n - len(values))
    rng.shuffle(values)
    return values
