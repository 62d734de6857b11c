"""Starting points for balanced incomplete blocks: one block turned round a circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement
from math import comb

_MOST_BLOCKS = 20_000
_MOST_FAMILIES = 20_000

Block = tuple[int, ...]


def cyclic_blocks(groups: int, size: int, blocks: int) -> tuple[Block, ...] | None:
    """Return blocks from base blocks turned through 0 … `groups` - 1, or None.

    Turned so, every pair of groups at the same distance on the circle meets equally
    often; the base blocks are those whose distances are spread most evenly (Bose,
    Ann Eugenics 1939, 9:353). None where `blocks` is no multiple of `groups`.

    Examples
    --------
    >>> cyclic_blocks(7, 3, 7)[:2]
    ((0, 1, 3), (1, 2, 4))
    >>> cyclic_blocks(7, 3, 8) is None
    True
    """
    if not 1 < size < groups or blocks % groups:
        return None
    if comb(groups - 1, size - 1) > _MOST_BLOCKS:
        return None
    wanted = blocks // groups
    distances = {
        (0, *rest): _distances((0, *rest), groups)
        for rest in combinations(range(1, groups), size - 1)
    }
    base = _family(distances, wanted)
    return tuple(
        tuple(sorted((group + turn) % groups for group in block))
        for block in base
        for turn in range(groups)
    )


def _family(distances: dict[Block, Counter[int]], wanted: int) -> tuple[Block, ...]:
    """Choose the base blocks: all together where that is few, else one by one."""
    # Blocks with the same distances do equally well; the first stands for them.
    first: dict[tuple[tuple[int, int], ...], Block] = {}
    for block, counted in distances.items():
        first.setdefault(tuple(sorted(counted.items())), block)
    kinds = tuple(first.values())
    if comb(len(kinds) + wanted - 1, wanted) <= _MOST_FAMILIES:
        return min(
            combinations_with_replacement(kinds, wanted),
            key=lambda family: _unevenness([distances[block] for block in family]),
        )
    chosen: list[Block] = []
    for _ in range(wanted):
        before = [distances[block] for block in chosen]
        chosen.append(
            min(kinds, key=lambda block: _unevenness([*before, distances[block]]))
        )
    return tuple(chosen)


def _distances(block: Block, groups: int) -> Counter[int]:
    return Counter(
        (one - other) % groups for one in block for other in block if one != other
    )


def _unevenness(counted: Sequence[Counter[int]]) -> int:
    total: Counter[int] = Counter()
    for distances in counted:
        total.update(distances)
    return sum(count * count for count in total.values())
