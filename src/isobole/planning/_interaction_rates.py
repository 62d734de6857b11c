"""Rates of each test over simulated studies: arms enumerated, studies drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from isobole.combination._power import (
    TESTS,
    TestName,
    decide_studies,
    equivalent,
)
from isobole.combination._power_arms import ArmTables, arm_tables
from isobole.doseresponse import Curve
from isobole.doseresponse._design_tables import (
    count_tables,
    sample_tables,
    tables_and_weights,
)
from isobole.doseresponse._links import probability
from isobole.doseresponse._options import Heterogeneity
from isobole.planning._interaction_design import InteractionDesign

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ENUMERATED: Final = 20_000
"""Arms with more possible tables than this are sampled instead."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a test rejects, over all studies: one without an answer does not.

    `below` and `above` are the shares that reject with an index below or above 1.
    """

    test: TestName
    below: float
    above: float
    no_answer: float
    samples: int

    @property
    def rejects(self) -> float:
        """The share of studies in which the test rejects."""
        return self.below + self.above

    def towards(self, index: float) -> float:
        """Return the share that rejects on the side of a true index."""
        if index == 1:
            return self.rejects
        return self.below if index < 1 else self.above

    def error(self, share: float) -> float:
        """Return the Monte Carlo standard error of a share."""
        return monte_carlo_error(share, self.samples)


def monte_carlo_error(share: float, samples: int) -> float:
    """Return the standard error of a simulated share.

    Examples
    --------
    >>> round(monte_carlo_error(0.05, 10_000), 4)
    0.0022
    """
    return math.sqrt(share * (1 - share) / samples)


def draw_studies(
    design: InteractionDesign,
    index: float,
    *,
    samples: int,
    seed: int,
    heterogeneity: Heterogeneity = "p<0.05",
) -> tuple[list[ArmTables], IntArray]:
    """Draw studies at a true index: fitted tables per arm, and table numbers.

    The tables an arm can give are listed with their probabilities and drawn from;
    above 20,000 of them the counts are drawn themselves. An arm draws from its own
    stream of the seed, so that designs that share an arm share its draws.
    """
    arms, columns = [], []
    for i, (curve, doses, n) in enumerate(
        zip(design.true_curves(index), design.doses, design.n, strict=True)
    ):
        x = np.log10(np.array(doses))
        tables, numbers = _draw_arm(curve, x, n, samples, [seed, i])
        arms.append(
            arm_tables(x, n, tables, link=curve.link, heterogeneity=heterogeneity)
        )
        columns.append(numbers)
    return arms, np.stack(columns, axis=1)


def _draw_arm(
    curve: Curve, x: FloatArray, n: int, samples: int, seed: list[int]
) -> tuple[IntArray, IntArray]:
    """Return the different tables drawn, and the number of each study's table."""
    size = np.full(x.size, n)
    rng = np.random.default_rng(seed)
    if count_tables(size) > ENUMERATED:
        p = probability(curve.link, curve.intercept + curve.slope * x)
        stream = int(rng.integers(2**63 - 1))
        drawn = sample_tables(size, p, samples, stream)
        tables, numbers = np.unique(drawn, axis=0, return_inverse=True)
        return tables, numbers.ravel()
    listed, weights, _ = tables_and_weights(
        size, curve.link, x, curve.intercept, curve.slope, samples=samples, seed=0
    )
    reached = np.cumsum(weights)
    place = np.searchsorted(reached, rng.random(samples) * reached[-1], side="right")
    used, numbers = np.unique(place, return_inverse=True)
    return listed[used], numbers.ravel()


def rates_of(
    design: InteractionDesign,
    index: float,
    *,
    samples: int,
    seed: int,
    level: float = 0.95,
    tests: Sequence[TestName] = tuple(TESTS),
    heterogeneity: Heterogeneity = "p<0.05",
) -> tuple[Rate, ...]:
    """Return each test's rates at a true index."""
    arms, studies = draw_studies(
        design, index, samples=samples, seed=seed, heterogeneity=heterogeneity
    )
    found = decide_studies(
        arms, studies, design.shares,
        level=level, tests=tests, heterogeneity=heterogeneity,
    )  # fmt: skip
    return tuple(
        Rate(
            name,
            float((decided.direction < 0).mean()),
            float((decided.direction > 0).mean()),
            float(1 - decided.answered.mean()),
            samples,
        )
        for name, decided in found.items()
    )


def equivalence_rate(
    design: InteractionDesign,
    margin: tuple[float, float],
    *,
    samples: int,
    seed: int,
    level: float,
    heterogeneity: Heterogeneity = "p<0.05",
) -> float:
    """Return how often an additive mixture is shown to be so within a margin."""
    arms, studies = draw_studies(
        design, 1.0, samples=samples, seed=seed, heterogeneity=heterogeneity
    )
    found: Any = equivalent(
        arms, studies, design.shares, margin, level=level, heterogeneity=heterogeneity
    )
    return float(found.mean())
