"""Permuted blocks: how large a block is, and the treatments of whole blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import gcd

from isobole.studies._hmac_words import Words


def smallest_block(sizes: Mapping[str, int]) -> dict[str, int]:
    """Return how often each group stands in the smallest balanced block.

    Examples
    --------
    >>> smallest_block({"vehicle": 16, "low": 8, "high": 8})
    {'vehicle': 2, 'low': 1, 'high': 1}
    """
    share = reduce(gcd, sizes.values())
    return {group: n // share for group, n in sizes.items()}


def whole_block(sizes: Mapping[str, int], chambers: int) -> dict[str, int] | None:
    """Return the largest balanced block that the chambers hold, or None if none fits.

    Examples
    --------
    >>> whole_block({"vehicle": 8, "drug": 8}, 6)
    {'vehicle': 3, 'drug': 3}
    >>> whole_block({"vehicle": 8, "a": 8, "b": 8, "c": 8}, 6)
    {'vehicle': 1, 'a': 1, 'b': 1, 'c': 1}
    >>> whole_block({"vehicle": 8, "a": 8, "b": 8, "c": 8}, 3) is None
    True
    """
    smallest = smallest_block(sizes)
    length = sum(smallest.values())
    times = min(chambers // length, sum(sizes.values()) // length)
    if times == 0:
        return None
    return {group: times * count for group, count in smallest.items()}


def permuted_blocks(
    words: Words, block: Mapping[str, int], count: int
) -> tuple[tuple[str, ...], ...]:
    """Return `count` blocks, each the same treatments in an order of its own.

    Examples
    --------
    >>> words = Words("isobole-demo-seed", "PTZ-01/stratum=M")
    >>> permuted_blocks(words, {"A": 1, "B": 1, "C": 1, "D": 1}, 2)
    (('A', 'B', 'D', 'C'), ('C', 'A', 'B', 'D'))
    """
    treatments = expanded(block)
    return tuple(words.shuffled(treatments) for _ in range(count))


def expanded(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Write counts out: ``{"A": 2, "B": 1}`` is A, A, B.

    Examples
    --------
    >>> expanded({"A": 2, "B": 1})
    ('A', 'A', 'B')
    """
    return tuple(group for group, count in counts.items() for _ in range(count))


def even_sizes(animals: int, chambers: int) -> tuple[int, ...]:
    """Return run sizes that differ by one at most, as few runs as the rack allows.

    Examples
    --------
    >>> even_sizes(26, 6)
    (6, 5, 5, 5, 5)
    """
    runs = -(-animals // chambers)
    return tuple(animals // runs + (run < animals % runs) for run in range(runs))


def cut(items: Sequence[str], sizes: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """Cut a sequence into parts of the sizes given.

    Examples
    --------
    >>> cut(["a", "b", "c"], [2, 1])
    (('a', 'b'), ('c',))
    """
    parts, start = [], 0
    for size in sizes:
        parts.append(tuple(items[start : start + size]))
        start += size
    return tuple(parts)
