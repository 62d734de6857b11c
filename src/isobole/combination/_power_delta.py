"""Tests of the index from each arm's ED50 and its standard error.

Log-delta is on the log scale; Welch's t, the test of the published tables, on doses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr

from isobole.combination._power_arms import ArmTables
from isobole.combination._summary_test import (
    VarianceRule,
    additive_values,
    expected_values,
    welch_values,
)

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

LN10: Final = math.log(10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """What a test says of each study.

    `answered` is false where the test does not exist; `direction` is -1 where it
    rejects with an index below the null, 1 above, 0 where it does not reject.
    """

    answered: BoolArray
    direction: NDArray[np.int8]

    def take(self, rows: IntArray) -> Decisions:
        """Return the decisions of some studies, in order."""
        return Decisions(self.answered[rows], self.direction[rows])


def signs(
    excluded: BoolArray, estimate: FloatArray, log_null: float
) -> NDArray[np.int8]:
    """Return the direction of each rejection: -1 below the null, 1 above, 0 none."""
    side = np.where(estimate < log_null, -1, 1)
    return np.where(excluded, side, 0).astype(np.int8)


def delta_decisions(
    arms: list[ArmTables],
    studies: IntArray,
    shares: FloatArray,
    level: float,
    rule: VarianceRule,
    log_null: float,
) -> Decisions:
    """Decide by ln index over its standard error, as `log_delta` does."""
    answered = np.ones(studies.shape[0], dtype=bool)
    m, se, df = (np.zeros(studies.shape) for _ in range(3))
    for i, arm in enumerate(arms):
        number = studies[:, i]
        answered &= arm.within[number]
        m[:, i] = np.where(arm.within, arm.m, 0.0)[number]
        se[:, i] = (LN10 * np.sqrt(arm.h * arm.var_m))[number]
        df[:, i] = arm.df[number]
    dose = 10.0 ** m[:, :-1]
    sem = dose * se[:, :-1]
    expected, error = additive_values(dose, sem, shares=shares.tolist(), rule=rule)
    _, f = expected_values(dose, shares=shares.tolist())
    own = f * (se[:, :-1] if rule == "delta" else sem)
    # Satterthwaite, first of the additive dose and then with the mixture.
    total = (own**2).sum(axis=1)
    below = (own**4 / df[:, :-1]).sum(axis=1)
    additive_df = np.divide(
        total**2, below, out=np.full(total.shape, np.inf), where=below > 0
    )
    v, w = se[:, -1] ** 2, (error / expected) ** 2
    below = v**2 / df[:, -1] + w**2 / additive_df
    both = np.divide(
        (v + w) ** 2, below, out=np.full(total.shape, np.inf), where=below > 0
    )
    log_index = LN10 * m[:, -1] - np.log(expected)
    ratio = np.abs(log_index - LN10 * log_null) / np.sqrt(v + w)
    known = np.isinf(both)
    p = 2 * np.where(known, ndtr(-ratio), stdtr(np.where(known, 1.0, both), -ratio))
    direction = signs(answered & (p < 1 - level), log_index / LN10, log_null)
    return Decisions(answered, direction)


def welch_decisions(
    arms: list[ArmTables],
    studies: IntArray,
    shares: FloatArray,
    level: float,
    log_null: float,
    which: Literal["welch-lublin", "welch-probit"],
) -> Decisions:
    """Decide on the dose scale, the SEM of the additive dose being linear.

    welch-lublin has the Litchfield-Wilcoxon SEM and N'; welch-probit the delta SEM of
    the fitted curves and all animals.
    """
    answered = np.ones(studies.shape[0], dtype=bool)
    ed50, sem, n = (np.ones(studies.shape) for _ in range(3))
    for i, arm in enumerate(arms):
        if which == "welch-lublin":
            known, dose, error = arm.lw.known, arm.lw.ed50, arm.lw.sem
            animals = arm.lw.n_prime
        else:
            known = arm.within
            dose = 10.0 ** np.where(known, arm.m, 0.0)
            error = LN10 * dose * np.sqrt(arm.h * arm.var_m)
            animals = (arm.batch.r + arm.batch.s).sum(axis=1)
        number = studies[:, i]
        answered &= known[number]
        ed50[:, i] = np.where(known, dose, 1.0)[number]
        sem[:, i] = np.where(known, error, 1.0)[number]
        n[:, i] = animals[number]
    z, sem_z = additive_values(
        ed50[:, :-1], sem[:, :-1], shares=shares.tolist(), rule="lublin"
    )
    factor = 10.0**log_null
    n_z = n[:, :-1].sum(axis=1) - 2 * (studies.shape[1] - 1)
    answered &= (n_z >= 2) & (n[:, -1] >= 2)
    sizes: Any = np.maximum(n[:, -1], 2.0), np.maximum(n_z, 2.0)
    t, _, p = welch_values(
        ed50[:, -1], sem[:, -1], sizes[0], z * factor, sem_z * factor, sizes[1]
    )
    rejected = answered & (p < 1 - level)
    return Decisions(answered, np.where(rejected, -np.sign(t), 0).astype(np.int8))
