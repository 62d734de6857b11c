"""Ratios to a peer measured in the same run: interleaved, medians, results read."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured ratio and the target it is held to."""

    name: str
    ours: float
    peer: float
    target: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """Our time over the peer's."""
        return self.ours / self.peer

    @property
    def met(self) -> bool:
        """Whether the ratio is at or below its target."""
        return self.ratio <= self.target


def interleaved(
    ours: Callable[[int], object], peer: Callable[[int], object], *, rounds: int
) -> tuple[float, float]:
    """Time two functions turn by turn; each gets the round number as its input.

    Returns the median seconds of each. The first two rounds warm up and are left out.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for index in range(rounds + 2):
        for which, function in enumerate((ours, peer)):
            start = time.perf_counter()
            result = function(index)
            elapsed = time.perf_counter() - start
            assert result is not None
            if index >= 2:
                times[which].append(elapsed)
    return median(times[0]), median(times[1])


def processes(ours: list[str], peer: list[str], *, rounds: int) -> tuple[float, float]:
    """Time two fresh Python processes turn by turn, by their arguments."""

    def run(arguments: list[str]) -> int:
        done = subprocess.run(
            [sys.executable, *arguments], capture_output=True, check=True
        )
        return len(done.stdout) + 1

    return interleaved(lambda _: run(ours), lambda _: run(peer), rounds=rounds)
