"""How many animals of each group stand in each run: the search for even company.

The search uses whole numbers and its own words only, so that the same sizes give the
same runs on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from isobole.studies._cyclic_blocks import cyclic_blocks
from isobole.studies._hmac_words import Words

_ONE = 10**6
_TWICE = 10**12
"""What a second animal of a group in one run costs, where one could be avoided."""
_WORK = 6_000_000
"""Where the search stops: exchanges tried, times groups."""
_KICKS = 400

Counts = list[list[int]]


@dataclass(frozen=True, slots=True)
class Task:
    """Runs to fill: places in each, the stratum of each, and animals of each group."""

    sizes: tuple[int, ...]
    strata: tuple[int, ...]
    totals: tuple[int, ...]


def fill_runs(task: Task) -> Counts:
    """Return animals by run and group, with rows and columns that add up exactly.

    A group stands twice in a run only if it must, groups are spread evenly over strata,
    and every pair of groups meets in as equal a number of runs as the search finds.
    """
    if len(task.totals) < 2 or len(task.sizes) < 2:
        return _start(task)
    words = Words("isobole incomplete blocks", _label(task))
    search = _Search(task, _cyclic(task) or _start(task))
    least = search.descend()
    best = search.copy()
    for _ in range(_KICKS):
        if least <= search.bound or search.work > _WORK:
            break
        search.kick(words)
        found = search.descend()
        if found < least:
            best, least = search.copy(), found
        elif found > least:
            search.restore(best)
    return best


def _label(task: Task) -> str:
    """Name the task: the same sizes are searched in the same way for ever."""
    parts = (task.sizes, task.strata, task.totals)
    return "/".join(",".join(map(str, part)) for part in parts)


def _cyclic(task: Task) -> Counts | None:
    if len(set(task.sizes)) > 1 or len(set(task.totals)) > 1:
        return None
    blocks = cyclic_blocks(len(task.totals), task.sizes[0], len(task.sizes))
    if blocks is None:
        return None
    return [[int(g in block) for g in range(len(task.totals))] for block in blocks]


def _start(task: Task) -> Counts:
    """Fill run by run with the groups of which most animals are left."""
    left = list(task.totals)
    # A run takes from each group its even share first, so that none is crowded later.
    counts: Counts = []
    places = sum(task.sizes)
    for size in task.sizes:
        row = [min(size * n // places, left[g]) for g, n in enumerate(task.totals)]
        left = [have - taken for have, taken in zip(left, row, strict=True)]
        counts.append(row)
    for row, size in zip(counts, task.sizes, strict=True):
        fresh = sorted(range(len(left)), key=lambda g: (-left[g], g))
        while (lacking := size - sum(row)) > 0:
            for group in [g for g in fresh if left[g] > 0][:lacking]:
                row[group] += 1
                left[group] -= 1
    return counts


class _Search:
    """Counts that improve by exchanging one animal between two runs."""

    def __init__(self, task: Task, counts: Counts) -> None:
        self.task = task
        self.work = 0
        groups, totals = range(len(task.totals)), task.totals
        few = min(totals)
        self._pair = [[_ONE * few * few // (totals[g] * totals[h]) for h in groups]
                      for g in groups]  # fmt: skip
        self._alone = [_ONE * few // totals[g] for g in groups]
        self.restore(counts)
        self.bound = self._bound()

    def restore(self, counts: Counts) -> None:
        self.counts = [list(row) for row in counts]
        groups = range(len(self.task.totals))
        self._meet = [[sum(row[g] * row[h] for row in counts) for h in groups]
                      for g in groups]  # fmt: skip
        self._held = {
            stratum: [
                sum(row[g] for row, s in zip(counts, self.task.strata, strict=True)
                    if s == stratum)
                for g in groups
            ]
            for stratum in dict.fromkeys(self.task.strata)
        }  # fmt: skip

    def copy(self) -> Counts:
        return [list(row) for row in self.counts]

    def cost(self) -> int:
        groups = range(len(self.task.totals))
        return (
            sum(_TWICE * n * (n - 1) for row in self.counts for n in row)
            + sum(
                self._pair[g][h] * self._meet[g][h] ** 2
                for g, h in combinations(groups, 2)
            )
            + sum(
                self._alone[g] * held[g] ** 2
                for held in self._held.values()
                for g in groups
            )
        )

    def _bound(self) -> int:
        """Return a cost that cannot be beaten: all pairs alike, all strata alike."""
        groups = len(self.task.totals)
        if len(set(self.task.totals)) > 1 or any(
            size > groups for size in self.task.sizes
        ):
            return -1
        meetings = sum(size * (size - 1) // 2 for size in self.task.sizes)
        low = _squares(meetings, groups * (groups - 1) // 2)
        for held in self._held.values():
            low += _squares(sum(held), groups)
        return _ONE * low

    def descend(self) -> int:
        """Exchange while that helps; return the cost then."""
        better = True
        while better and self.work <= _WORK:
            better = self._swap_runs()
            for one, other in combinations(range(len(self.counts)), 2):
                better = self._improve(one, other) or better
        return self.cost()

    def kick(self, words: Words) -> None:
        """Exchange a few animals at random to leave a local optimum."""
        for _ in range(3):
            one, other = (words.below(len(self.counts)) for _ in range(2))
            pairs = self._exchanges(one, other) if one != other else []
            if pairs:
                self._exchange(one, other, *pairs[words.below(len(pairs))])

    def _exchanges(self, one: int, other: int) -> list[tuple[int, int]]:
        here, there = self.counts[one], self.counts[other]
        groups = range(len(here))
        return [
            (g, h) for g in groups if here[g] for h in groups if there[h] and g != h
        ]

    def _improve(self, one: int, other: int) -> bool:
        for g, h in self._exchanges(one, other):
            self.work += len(self.task.totals)
            if self._gain(one, other, g, h) < 0:
                self._exchange(one, other, g, h)
                return True
        return False

    def _gain(self, one: int, other: int, g: int, h: int) -> int:
        """Return the change of cost if run `one` gives g for h of run `other`."""
        here, there = self.counts[one], self.counts[other]
        gain = 2 * _TWICE * (here[h] - here[g] + 1 + there[g] - there[h] + 1)
        for x in range(len(here)):
            if x in (g, h):
                continue
            step = there[x] - here[x]
            meet_g, meet_h = self._meet[g][x], self._meet[h][x]
            gain += self._pair[g][x] * step * (2 * meet_g + step)
            gain += self._pair[h][x] * step * (step - 2 * meet_h)
        step = here[g] - here[h] - 1 + there[h] - there[g] - 1
        gain += self._pair[g][h] * step * (2 * self._meet[g][h] + step)
        first, second = self.task.strata[one], self.task.strata[other]
        if first != second:
            a, b = self._held[first], self._held[second]
            gain += 2 * self._alone[g] * (b[g] - a[g] + 1)
            gain += 2 * self._alone[h] * (a[h] - b[h] + 1)
        return gain

    def _exchange(self, one: int, other: int, g: int, h: int) -> None:
        for run, given, taken in ((one, g, h), (other, h, g)):
            row = self.counts[run]
            self._count(row, (g, h), -1)
            row[given] -= 1
            row[taken] += 1
            self._count(row, (g, h), 1)
            held = self._held[self.task.strata[run]]
            held[given] -= 1
            held[taken] += 1

    def _count(self, row: list[int], groups: tuple[int, int], sign: int) -> None:
        """Add the meetings of two groups in one run, or take them away."""
        for g in groups:
            for x, n in enumerate(row):
                met = sign * row[g] * n
                self._meet[g][x] += met
                if x not in groups:
                    self._meet[x][g] += met

    def _swap_runs(self) -> bool:
        """Exchange whole runs between strata, which leaves the company as it is."""
        better = False
        for one, other in combinations(range(len(self.counts)), 2):
            first, second = self.task.strata[one], self.task.strata[other]
            if first == second or self.task.sizes[one] != self.task.sizes[other]:
                continue
            steps = [t - h for h, t in zip(self.counts[one], self.counts[other],
                                           strict=True)]  # fmt: skip
            a, b = self._held[first], self._held[second]
            gain = sum(
                2 * w * s * (a[g] - b[g] + s)
                for g, (w, s) in enumerate(zip(self._alone, steps, strict=True))
            )
            if gain < 0:
                counts = self.copy()
                counts[one], counts[other] = counts[other], counts[one]
                self.restore(counts)
                better = True
        return better


def _squares(total: int, parts: int) -> int:
    """Return the least sum of squares of `parts` whole numbers that add to `total`."""
    low, more = divmod(total, parts)
    return (parts - more) * low * low + more * (low + 1) ** 2
