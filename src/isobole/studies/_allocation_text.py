"""What is said of an allocation: its method, its sizes, how evenly it spreads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from isobole.results import Table
from isobole.studies._rows import Allotment

REFERENCES = (
    "Pocock SJ, Simon R. Sequential treatment assignment with balancing for prognostic "
    "factors in the controlled clinical trial. Biometrics 1975;31:103-115.",
    "Percie du Sert N, Hurst V, Ahluwalia A, et al. The ARRIVE guidelines 2.0. PLoS "
    "Biol 2020;18:e3000410.",
)

DRAWN = (
    "Random numbers are 64-bit words of HMAC-SHA256 under a secret seed of 256 bits, "
    "drawn by rejection and permuted from the end; the same seed, protocol and animals "
    "give the same list on any machine."
)


def size_table(rules: Mapping[str, Any]) -> Table:
    """Return the sizes of the groups, and how often they share a run."""
    return Table(
        "Groups as the protocol has them",
        ("group", "animals"),
        tuple((group["id"], group["n"]) for group in rules["groups"]),
        ("Which code belongs to which group stands in the key alone.",),
    )


def chamber_sentence(rows: Sequence[Allotment]) -> str:
    """Say how evenly groups visited the chambers that were used.

    Examples
    --------
    >>> rows = [
    ...     Allotment("M1", "XA", "drug", None, 1, None, "1", 1),
    ...     Allotment("M2", "XA", "drug", None, 2, None, "2", 1),
    ... ]
    >>> chamber_sentence(rows)
    'Every group is in each chamber equally often.'
    """
    visits = Counter((row.group, row.chamber) for row in rows)
    chambers = dict.fromkeys(row.chamber for row in rows)
    apart = 0
    for group in dict.fromkeys(row.group for row in rows):
        often = [visits[group, chamber] for chamber in chambers]
        apart = max(apart, max(often) - min(often))
    if apart == 0:
        return "Every group is in each chamber equally often."
    times = "time" if apart == 1 else "times"
    return (
        f"No group is in one chamber more than {apart} {times} oftener than in "
        "another one."
    )


def sizes_sentence(sizes: Sequence[int]) -> str:
    """Say how many runs there are and how large.

    Examples
    --------
    >>> sizes_sentence([4, 4, 2])
    '3 runs: 2 of 4 animals, 1 of 2.'
    """
    counted = sorted(Counter(sizes).items(), reverse=True)
    first, *others = [(times, size) for size, times in counted]
    said = [f"{first[0]} of {first[1]} animal{'s' * (first[1] != 1)}"]
    said += [f"{times} of {size}" for times, size in others]
    runs = "run" if len(sizes) == 1 else "runs"
    return f"{len(sizes)} {runs}: {', '.join(said)}."
