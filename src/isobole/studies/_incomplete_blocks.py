"""Runs that cannot hold all groups: which groups meet in which run, and how evenly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from isobole.results import DataError, Problem
from isobole.studies._hmac_words import Words
from isobole.studies._incidence import Task, fill_runs


@dataclass(frozen=True, slots=True)
class RunDesign:
    """Animals of each group in each run, and how often groups meet.

    Parameters
    ----------
    groups : tuple of str
        The groups, in the order of the columns of `counts`.
    counts : tuple of tuple of int
        Animals by run and group.
    control : str or None
        The group that stands in every run.
    """

    groups: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    control: str | None

    @property
    def concurrence(self) -> dict[tuple[str, str], int]:
        """Pairs of animals, one of each group, that are in the same run."""
        columns = range(len(self.groups))
        return {
            (self.groups[g], self.groups[h]): sum(
                row[g] * row[h] for row in self.counts
            )
            for g, h in combinations(columns, 2)
        }

    @property
    def range(self) -> tuple[int, int]:
        """Least and greatest concurrence between two groups that are no control."""
        others = [n for pair, n in self.concurrence.items() if self.control not in pair]
        return (min(others), max(others)) if others else (0, 0)

    @property
    def balance(self) -> str:
        """How even the company is, in words."""
        low, high = self.range
        if low == high:
            return "balanced"
        return "nearly balanced" if high - low == 1 else "partially balanced"

    def sentence(self) -> str:
        """Say how often groups meet."""
        low, high = self.range
        meet = f"in {low}" if low == high else f"in {low} to {high}"
        every = f"'{self.control}' is in every run. " if self.control else ""
        return (
            f"Incomplete blocks, {self.balance}: {every}Two other groups meet {meet} "
            "pairs of animals of one run."
        )


def incomplete_blocks(
    words: Words,
    sizes: Sequence[int],
    totals: Mapping[str, int],
    *,
    control: str | None = None,
    strata: Sequence[int] = (),
) -> RunDesign:
    """Choose the groups of each run so that all pairs of groups meet evenly.

    With a control it stands in every run, so that every run compares something with
    it; the others form incomplete blocks in the places left. An exact balanced design
    is used where the search finds one. Groups of equal size and runs of equal size are
    then exchanged at random.

    Parameters
    ----------
    words : Words
        Where the randomness comes from.
    sizes : sequence of int
        Places in each run.
    totals : mapping of str to int
        Animals of each group; as many as there are places.
    control : str, optional
        The group that must be in every run.
    strata : sequence of int, optional
        The stratum of each run; groups are spread evenly over strata.

    Raises
    ------
    DataError
        If there are fewer animals of the control than runs.

    Examples
    --------
    >>> design = incomplete_blocks(
    ...     Words("seed", "runs"),
    ...     [4] * 7,
    ...     {"vehicle": 7} | dict.fromkeys("ABCDEFG", 3),
    ...     control="vehicle",
    ... )
    >>> design.balance, design.range
    ('balanced', (1, 1))
    """
    runs = len(sizes)
    stratum = tuple(strata) or (0,) * runs
    if control is not None and totals[control] < runs:
        raise DataError([_too_few(control, totals, runs, max(sizes))])
    always = [0] * runs
    if control is not None:
        always = [totals[control] // runs] * runs
        # What is left over goes to the largest runs.
        largest = sorted(range(runs), key=lambda run: (-sizes[run], run))
        for run in largest[: totals[control] % runs]:
            always[run] += 1
    free = tuple(size - taken for size, taken in zip(sizes, always, strict=True))
    if min(free) < 0:
        raise DataError([_too_many(str(control), totals, runs)])
    others = tuple(group for group in totals if group != control)
    filled = fill_runs(Task(free, stratum, tuple(totals[g] for g in others)))
    relabelled = _relabelled(words, others, totals)
    rows = [
        {
            **dict(zip(relabelled, row, strict=True)),
            **({control: taken} if control is not None else {}),
        }
        for row, taken in zip(filled, always, strict=True)
    ]
    kinds = list(zip(sizes, stratum, strict=True))
    for kind in dict.fromkeys(kinds):
        places = [run for run in range(runs) if kinds[run] == kind]
        moved = words.shuffled([rows[run] for run in places])
        for run, row in zip(places, moved, strict=True):
            rows[run] = row
    groups = tuple(totals)
    return RunDesign(groups, tuple(tuple(row[g] for g in groups) for row in rows),
                     control)  # fmt: skip


def _relabelled(
    words: Words, groups: Sequence[str], totals: Mapping[str, int]
) -> list[str]:
    """Exchange groups of equal size at random."""
    moved = list(groups)
    for total in dict.fromkeys(totals[group] for group in groups):
        alike = [group for group in groups if totals[group] == total]
        places = [groups.index(group) for group in alike]
        for place, group in zip(places, words.shuffled(alike), strict=True):
            moved[place] = group
    return moved


def _too_few(
    control: str, totals: Mapping[str, int], runs: int, chambers: int
) -> Problem:
    # More animals make more runs: the least n that is enough for the runs it makes.
    enough = runs
    while chambers > 1 and enough < runs + -(-(enough - totals[control]) // chambers):
        enough += 1
    return Problem(
        "control-not-in-every-run",
        f"The groups do not fit into one run, and '{control}' has {totals[control]} "
        f"animals for {runs} runs: it cannot be in every run",
        file="study.toml",
        column="groups",
        given=str(totals[control]),
        expected=f"{enough} animals or more in '{control}'",
        remedy=f"Give '{control}' an animal for every run (n = {enough}, which makes "
        "more runs too), or use a rack with more chambers",
    )


def _too_many(control: str, totals: Mapping[str, int], runs: int) -> Problem:
    return Problem(
        "control-fills-runs",
        f"'{control}' has {totals[control]} animals for {runs} runs and would fill "
        "some of them alone",
        file="study.toml",
        column="groups",
        given=str(totals[control]),
        remedy=f"Give '{control}' fewer animals, or use a rack with more chambers",
    )
