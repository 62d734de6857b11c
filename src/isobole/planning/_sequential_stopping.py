"""What the stopping rule and the slopes of sequential designs are worth, simulated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from isobole.planning._prior import DosePrior
from isobole.planning._sequential_designs import SCENARIOS, Design, Scenario
from isobole.planning._sequential_simulation import (
    REPLICATES,
    analyse,
    distinct,
    run,
    simulation_grid,
    truths,
)

LOOKS: Final = tuple(range(8, 49, 4))


@dataclass(frozen=True, slots=True)
class Stopped:
    """A design stopped at the first look with an interval narrow enough.

    `animals` is the mean used; `unreached` the share, 0 to 1, that came to the last
    look without it. RMSE is of log10 ED50, coverage a share of replicates.
    """

    design: Design
    scenario: Scenario
    fold: float
    animals: float
    unreached: float
    rmse: float
    coverage: float


def measure_stopping(
    design: Design,
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    fold: float = 1.6,
    looks: Sequence[int] = LOOKS,
    prior: DosePrior | None = None,
    replicates: int = REPLICATES,
    level: float = 0.95,
    seed: int = 1,
) -> tuple[Stopped, ...]:
    """Stop each study at the first look at which its limits span `fold` or less.

    Looking often and stopping when the interval happens to be narrow might cost
    coverage: this measures whether it does.

    Examples
    --------
    >>> found = measure_stopping(
    ...     Design("up-and-down", 0.1), [Scenario(8)], replicates=100, looks=[16, 32]
    ... )
    >>> 16 <= found[0].animals <= 32
    True
    """
    grid = simulation_grid(prior)
    truth, slope = truths(scenarios, replicates, seed)
    best = np.zeros((3, truth.size))
    used = np.zeros(truth.size)
    going = np.ones(truth.size, dtype=bool)
    draws = np.random.default_rng([seed, 1])
    for animals, x, n, r in run(design, grid, truth, slope, looks, (), draws):
        now = np.stack(analyse(grid, x, n, r, level))
        best[:, going], used[going] = now[:, going], animals
        going &= now[2] - now[0] > math.log10(fold)
    rows = []
    for k, scenario in enumerate(scenarios):
        part = slice(k * replicates, (k + 1) * replicates)
        low, median, high = best[:, part]
        true = truth[part]
        rows.append(
            Stopped(
                design,
                scenario,
                fold,
                float(used[part].mean()),
                float(going[part].mean()),
                math.sqrt(((median - true) ** 2).mean()),
                float(((low <= true) & (true <= high)).mean()),
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class SlopeBias:
    """Maximum likelihood slopes of a design: how often none, and how far off.

    `median_ratio` is the median of slope over true slope, a slope without a finite
    value counting as infinite; None where half or more have none.
    """

    design: Design
    scenario: Scenario
    animals: int
    no_finite: float
    median_ratio: float | None


def measure_slopes(
    design: Design,
    scenarios: Sequence[Scenario],
    *,
    animals: int = 24,
    prior: DosePrior | None = None,
    replicates: int = REPLICATES,
    seed: int = 1,
) -> tuple[SlopeBias, ...]:
    """Fit every study by maximum likelihood and compare its slope with the truth."""
    from isobole.doseresponse import fit_many

    grid = simulation_grid(prior)
    truth, slope = truths(scenarios, replicates, seed)
    draws = np.random.default_rng([seed, 2])
    snapshots = run(design, grid, truth, slope, [animals], [animals // 4], draws)
    _, x, n, r = next(iter(snapshots))
    states, back = distinct(n, r)
    doses = x.size
    fits = fit_many(10**x, states[:, :doses], states[:, doses:], interval="delta")
    finite = ~np.ma.getmaskarray(fits.ed)
    found = np.where(finite, np.ma.filled(fits.slope, 0.0), np.inf)[back]
    rows = []
    for k, scenario in enumerate(scenarios):
        mine = found[k * replicates : (k + 1) * replicates]
        middle = float(np.median(mine))
        rows.append(
            SlopeBias(
                design,
                scenario,
                animals,
                float(np.isinf(mine).mean()),
                middle / scenario.slope if math.isfinite(middle) else None,
            )
        )
    return tuple(rows)
