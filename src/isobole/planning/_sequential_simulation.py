"""What sequential dosing saves: fixed, up-and-down and Bayesian designs simulated.

Everything stands relative to the guess: log10 doses, with the guess at 0. Replicates of
all scenarios run side by side, and those with the same counts share one posterior.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from isobole.planning._information import choose_batch
from isobole.planning._posterior import FloatArray, Grid, IntArray, summarise
from isobole.planning._prior import DosePrior
from isobole.planning._sequential_designs import (
    DESIGNS,
    SCENARIOS,
    Design,
    Performance,
    Scenario,
)

REPLICATES: Final = 4000
CHECKS: Final = (8, 12, 16, 20, 24, 28, 32, 36, 40)
# Coarser than for one study: the posterior SDs here are 0.03 and more.
_STEP, _SLOPE_POINTS, _CHUNK = 0.03, 7, 1000
_REACH = 0.72  # log10 doses on either side of the guess that a design may use


Snapshot = tuple[int, FloatArray, IntArray, IntArray]


def measure(
    designs: Sequence[Design] = DESIGNS,
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    checks: Sequence[int] = CHECKS,
    fixed_sizes: Sequence[int] = (6, 8, 10),
    prior: DosePrior | None = None,
    replicates: int = REPLICATES,
    level: float = 0.95,
    seed: int = 1,
) -> tuple[Performance, ...]:
    """Simulate designs in scenarios; every study is analysed by the same grid.

    The truths are the same for all designs, the outcomes drawn anew for each.

    Examples
    --------
    >>> rows = measure(
    ...     [Design("fixed", 0.2)], [Scenario(6)], fixed_sizes=[8], replicates=200
    ... )
    >>> rows[0].animals, 0.03 < rows[0].rmse < 0.07
    (32, True)
    """
    grid = simulation_grid(prior)
    truth, slope = truths(scenarios, replicates, seed)
    rows = []
    for number, design in enumerate(designs):
        draws = np.random.default_rng([seed, number])
        for animals, x, n, r in run(
            design, grid, truth, slope, checks, fixed_sizes, draws
        ):
            low, median, high = analyse(grid, x, n, r, level)
            for k, scenario in enumerate(scenarios):
                part = slice(k * replicates, (k + 1) * replicates)
                rows.append(
                    _performance(
                        design, scenario, animals,
                        truth[part], low[part], median[part], high[part],
                    )
                )  # fmt: skip
    return tuple(rows)


def simulation_grid(prior: DosePrior | None) -> Grid:
    """Return the grid of a prior whose guess is 1."""
    return Grid.of(prior or DosePrior(1.0), step=_STEP, slopes=_SLOPE_POINTS)


def truths(
    scenarios: Sequence[Scenario], replicates: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Draw log10 ED50s, scenario after scenario, and repeat the slopes."""
    rng = np.random.default_rng(seed)
    drawn = [rng.normal(s.offset, s.scatter, replicates) for s in scenarios]
    return np.concatenate(drawn), np.repeat([s.slope for s in scenarios], replicates)


def run(
    design: Design,
    grid: Grid,
    truth: FloatArray,
    slope: FloatArray,
    checks: Sequence[int],
    fixed_sizes: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[Snapshot]:
    """Run one design on every truth; yield animals, log10 doses and counts so far."""
    if design.family == "fixed":
        return _fixed(design, truth, slope, fixed_sizes, rng)
    if design.family == "up-and-down":
        return _up_and_down(design, truth, slope, checks, rng)
    return _bayes(design, grid, truth, slope, checks, rng)


def _performance(
    design: Design,
    scenario: Scenario,
    animals: int,
    truth: FloatArray,
    low: FloatArray,
    median: FloatArray,
    high: FloatArray,
) -> Performance:
    square = (median - truth) ** 2
    rmse = math.sqrt(square.mean())
    return Performance(
        design, scenario, animals, truth.size, rmse,
        float(square.std() / math.sqrt(truth.size) / (2 * rmse)),
        float((median - truth).mean()),
        float(((low <= truth) & (truth <= high)).mean()),
        float(10 ** np.median(high - low)),
    )  # fmt: skip


def _fixed(
    design: Design,
    truth: FloatArray,
    slope: FloatArray,
    sizes: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[Snapshot]:
    x: FloatArray = design.step * (np.arange(4.0) - 1.5)
    chance = ndtr(slope[:, None] * (x - truth[:, None]))
    for size in sizes:
        r = rng.binomial(size, chance)
        yield 4 * size, x, np.full_like(r, size), r


def _up_and_down(
    design: Design,
    truth: FloatArray,
    slope: FloatArray,
    checks: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[Snapshot]:
    reach = math.ceil((_REACH + abs(design.start)) / design.step)
    x: FloatArray = design.start + design.step * np.arange(-reach, reach + 1.0)
    at = np.full(truth.size, reach)
    n, r = _no_counts(truth.size, x.size)
    everyone = np.arange(truth.size)
    done = 0
    while done < max(checks):
        chance = ndtr(slope * (x[at] - truth))
        hits = rng.binomial(design.batch, chance)
        n[everyone, at] += design.batch
        r[everyone, at] += hits
        done += design.batch
        # Group rule of Gezmu and Flournoy (2006): up if fewer than half are affected,
        # down if more, stay at exactly half; one animal makes it Dixon and Mood's.
        at = np.clip(at - np.sign(2 * hits - design.batch), 0, x.size - 1)
        if done in checks:
            yield done, x, n, r


def _bayes(
    design: Design,
    grid: Grid,
    truth: FloatArray,
    slope: FloatArray,
    checks: Sequence[int],
    rng: np.random.Generator,
) -> Iterator[Snapshot]:
    reach = round(_REACH / design.step)
    x: FloatArray = design.step * np.arange(-reach, reach + 1.0)
    chance = grid.chances(x).transpose(1, 2, 0).astype(np.float32)
    n, r = _no_counts(truth.size, x.size)
    everyone = np.arange(truth.size)
    done = 0
    while done < max(checks):
        chosen = _next_doses(design, grid, x, chance, n, r)
        for animal in range(design.batch):
            at = chosen[:, animal]
            hit = rng.random(truth.size) < ndtr(slope * (x[at] - truth))
            n[everyone, at] += 1
            r[everyone, at] += hit
        done += design.batch
        if done in checks:
            yield done, x, n, r


def _next_doses(
    design: Design,
    grid: Grid,
    x: FloatArray,
    chance: NDArray[np.float32],
    n: IntArray,
    r: IntArray,
) -> IntArray:
    states, back = distinct(n, r)
    tables = _single(grid.tables(x))
    found = np.empty((len(states), design.batch), dtype=np.int64)
    size = max(1, _CHUNK // 2 ** (design.batch - 1))
    for begin in range(0, len(states), size):
        part = states[begin : begin + size]
        weight = grid.posterior(part[:, : x.size], part[:, x.size :], tables)
        found[begin : begin + size] = choose_batch(weight, chance, design.batch)
    return found[back]


def analyse(
    grid: Grid, x: FloatArray, n: IntArray, r: IntArray, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return lower limit, median and upper limit of log10 ED50 for rows of counts."""
    states, back = distinct(n, r)
    tables = grid.tables(x)
    parts = []
    for begin in range(0, len(states), _CHUNK):
        part = states[begin : begin + _CHUNK]
        weight = grid.posterior(part[:, : x.size], part[:, x.size :], tables)
        found = summarise(weight.sum(axis=2), grid.mu, level)
        parts.append(np.stack([found.low, found.median, found.high]))
    low, median, high = np.concatenate(parts, axis=1)[:, back]
    return low, median, high


def _no_counts(rows: int, doses: int) -> tuple[IntArray, IntArray]:
    return np.zeros((rows, doses), dtype=np.int64), np.zeros(
        (rows, doses), dtype=np.int64
    )


def _single(tables: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, FloatArray]:
    hit, spared = (table.astype(np.float32) for table in tables)
    return hit, spared  # type: ignore[return-value]


def distinct(n: IntArray, r: IntArray) -> tuple[IntArray, IntArray]:
    """Return the distinct rows of counts, and which of them each replicate has."""
    both = np.concatenate([n, r], axis=1).astype(np.uint8)
    packed = np.ascontiguousarray(both).view(f"V{both.shape[1]}").ravel()
    _, first, back = np.unique(packed, return_index=True, return_inverse=True)
    return both[first].astype(np.int64), back
