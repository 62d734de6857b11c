"""Interaction analyses and their power against statsmodels' binomial GLM."""

from __future__ import annotations

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from benchmarks._timing import Figure, interleaved
from isobole.combination import CombinationData, analyze_combination
from isobole.planning._interaction_design import interaction_design
from isobole.planning._interaction_rates import draw_studies, rates_of

DESIGN = interaction_design(["A", "B"], [10, 40], [6, 6], index=0.7, n=8)
FAMILY = sm.families.Binomial(sm.families.links.Probit())
EXOG = sm.add_constant(np.log10(DESIGN.doses[0]))


def studies(count: int) -> list[NDArray[np.int64]]:
    """Return counts of studies whose arms all have a curve: a peer can fit them."""
    arms, rows = draw_studies(DESIGN, 0.7, samples=3 * count, seed=1)
    good = np.ones(len(rows), dtype=bool)
    for i, arm in enumerate(arms):
        good &= arm.rising[rows[:, i]] & (arm.slope_chi2[rows[:, i]] > 6)
    counts = np.concatenate(
        [arm.batch.r[rows[good, i]] for i, arm in enumerate(arms)], axis=1
    )
    return list(counts.astype(np.int64)[:count])


def combination_data(counts: NDArray[np.int64]) -> CombinationData:
    """Return one study as its doses and counts."""
    mixture = np.outer(DESIGN.doses[2], DESIGN.shares)
    doses = np.concatenate(
        [
            np.outer(DESIGN.doses[0], [1, 0]),
            np.outer(DESIGN.doses[1], [0, 1]),
            mixture,
        ]
    )
    return CombinationData(["A", "B"], doses, [8] * 12, counts)


def peer_fits(found: list[NDArray[np.int64]], index: int, count: int) -> float:
    """Fit `count` arms with statsmodels from arrays."""
    total = 0.0
    for k in range(count):
        table = found[(index * count + k) % len(found)][:4]
        endog = np.column_stack([table, 8 - table])
        total += float(sm.GLM(endog, EXOG, family=FAMILY).fit().params[1])
    return total


def figures() -> list[Figure]:
    """Measure everything of this room."""
    found = studies(400)

    def analyse(index: int) -> object:
        analysis = analyze_combination(combination_data(found[index]), draws=0)
        interaction = analysis.interactions[0]
        return [
            interaction.p,
            [limits.high for limits in interaction.index_kinds],
            [joint.p for joint in interaction.joint],
        ]

    ours, one = interleaved(analyse, lambda i: peer_fits(found, i, 1), rounds=100)
    analysed = Figure(
        "one type-I analysis, all intervals but the bootstrap / 20 GLM fits",
        ours,
        one * 20,
        1.0,
        "one GLM fit, extrapolated x20",
    )

    def power(index: int) -> object:
        return rates_of(DESIGN, 0.7, samples=10_000, seed=index)[0].rejects

    ours, hundred = interleaved(power, lambda i: peer_fits(found, i, 100), rounds=7)
    return [
        analysed,
        Figure(
            "power of 3 x 4 x 8, 10,000 studies with all tests / 600 GLM fits",
            ours,
            hundred * 6,
            1.0,
            "loop of 100 GLM fits, extrapolated x6; a plain loop needs 30,000",
        ),
    ]
