"""Minimisation: each animal in turn to the group that makes the groups most alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import lcm

from isobole.studies._hmac_words import Words

_MILLION = 1_000_000


def minimise(
    words: Words,
    levels: Sequence[Sequence[str]],
    sizes: Mapping[str, int],
    coin: float = 0.8,
) -> tuple[str, ...]:
    """Allocate animals in turn, balancing the margins of their covariates.

    For each group that is not full, the animal is put there in thought and the spread
    (greatest less least) of every covariate's count over the groups is added up, and
    that of the group sizes; counts are taken relative to the size of the group. The
    group with the least total is taken with probability `coin`, another one otherwise
    (Pocock & Simon, Biometrics 1975, 31:103).

    Parameters
    ----------
    words : Words
        Where the randomness comes from.
    levels : sequence of sequence of str
        For each animal, in the order of allocation, its level of each covariate.
    sizes : mapping of str to int
        Animals of each group, in the end exactly.
    coin : float
        Probability of the best group, to a millionth; 1 is deterministic but for ties.

    Examples
    --------
    >>> males_first = [("M",), ("M",), ("F",), ("F",)]
    >>> arms = minimise(Words("seed", "m"), males_first, {"A": 2, "B": 2}, coin=1)
    >>> sorted(arms[:2]), sorted(arms[2:])
    (['A', 'B'], ['A', 'B'])
    """
    common = lcm(*sizes.values())
    weight = {group: common // n for group, n in sizes.items()}
    margins = [Counter[tuple[str, str]]() for _ in (levels[0] if levels else ())]
    held = Counter[str]()
    chosen = []
    for animal in levels:
        open_groups = [group for group in sizes if held[group] < sizes[group]]
        totals = {
            group: _total(group, animal, margins, held, weight) for group in open_groups
        }
        least = min(totals.values())
        best = [group for group in open_groups if totals[group] == least]
        take = best[words.below(len(best))]
        others = [group for group in open_groups if group != take]
        if others and words.below(_MILLION) >= round(coin * _MILLION):
            take = others[words.below(len(others))]
        held[take] += 1
        for margin, level in zip(margins, animal, strict=True):
            margin[take, level] += 1
        chosen.append(take)
    return tuple(chosen)


def _total(
    group: str,
    animal: Sequence[str],
    margins: Sequence[Counter[tuple[str, str]]],
    held: Counter[str],
    weight: Mapping[str, int],
) -> int:
    def spread(counts: Mapping[str, int]) -> int:
        scaled = [(n + (g == group)) * weight[g] for g, n in counts.items()]
        return max(scaled) - min(scaled)

    return spread({g: held[g] for g in weight}) + sum(
        spread({g: margin[g, level] for g in weight})
        for margin, level in zip(margins, animal, strict=True)
    )
