"""Which studies reject additivity: every test of interaction, many studies at once.

A study is a row of table numbers, one per arm (see `ArmTables`). Each test decides as
`analyze_combination` does with the same counts and its default options, so that a plan
speaks of the analysis that will be done.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from isobole.combination._power_arms import ArmTables, pooled_cut
from isobole.combination._power_delta import (
    Decisions,
    delta_decisions,
    signs,
    welch_decisions,
)
from isobole.combination._power_joint import joint_excludes
from isobole.combination._power_split import split_excludes
from isobole.combination._summary_test import VarianceRule
from isobole.doseresponse._options import Heterogeneity

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

TestName = Literal[
    "default",
    "log-delta",
    "log-delta-tallarida",
    "joint-separate",
    "joint-common",
    "welch-lublin",
    "welch-probit",
]

TESTS: Final[dict[TestName, str]] = {
    "default": "log-delta, joint likelihood where an arm has no curve",
    "log-delta": "log-delta",
    "log-delta-tallarida": "log-delta, Tallarida's variance",
    "joint-separate": "joint likelihood ratio, separate slopes",
    "joint-common": "joint likelihood ratio, common slope",
    "welch-lublin": "Welch t on L-W SEM (Lublin)",
    "welch-probit": "Welch t on probit SEM, linear rule",
}
"""The tests by name, in words. The first is what `analyze_combination` rests on."""


def decide_studies(
    arms: Sequence[ArmTables],
    studies: IntArray,
    shares: Sequence[float],
    *,
    level: float = 0.95,
    tests: Sequence[TestName] = tuple(TESTS),
    heterogeneity: Heterogeneity = "p<0.05",
    log_null: float = 0.0,
) -> dict[TestName, Decisions]:
    """Test every study for additivity (or another index) by every test.

    Parameters
    ----------
    arms : sequence of ArmTables
        Single drugs, then the mixture.
    studies : array of int, shape (S, arms)
        Table numbers; equal rows are worked out once.
    shares : sequence of float
        Shares of the total dose, one per single drug.
    level : float
        Confidence; tests are two-sided at 1 - level.
    tests : sequence of str
        Names of `TESTS`.
    heterogeneity : str
        As in `fit_quantal`; it enters all but Welch's test, which has the
        Litchfield-Wilcoxon rule of its own.
    log_null : float
        Log10 of the index tested; 0 is additivity.

    Examples
    --------
    >>> from isobole.combination._power_arms import arm_tables
    >>> x = np.log10([5.0, 10, 20, 40])
    >>> arm = arm_tables(x, 8, [[1, 3, 6, 7], [4, 7, 8, 8]])
    >>> found = decide_studies([arm] * 3, np.array([[0, 0, 0], [0, 0, 1]]), [0.5, 0.5])
    >>> found["joint-separate"].direction.tolist()
    [0, -1]
    """
    arms = list(arms)
    unique, back = _distinct(studies, [arm.m.size for arm in arms])
    parts = np.asarray(shares, dtype=float)
    parts = parts / parts.sum()
    cut = pooled_cut(arms, unique, level, heterogeneity)
    regular, steep = (np.ones(unique.shape[0], dtype=bool) for _ in range(2))
    for i, arm in enumerate(arms):
        number = unique[:, i]
        regular &= arm.rising[number]
        # Where a flat curve is not far outside the cut, the likelihood has more than
        # one way up: those studies go to the search that looks everywhere.
        steep &= arm.within[number] & (arm.slope_chi2[number] > 1.5 * cut)
    found: dict[TestName, Decisions] = {}
    wanted = set(tests)
    which: Literal["welch-lublin", "welch-probit"]
    for which in ("welch-lublin", "welch-probit"):
        if which in wanted:
            found[which] = welch_decisions(arms, unique, parts, level, log_null, which)
    rules: tuple[tuple[TestName, VarianceRule], ...] = (
        ("log-delta", "delta"),
        ("log-delta-tallarida", "tallarida"),
    )
    for name, rule in rules:
        if name in wanted or (name == "log-delta" and "default" in wanted):
            found[name] = delta_decisions(arms, unique, parts, level, rule, log_null)
    if "joint-separate" in wanted:
        rows = np.arange(unique.shape[0])
        found["joint-separate"] = _joint(
            arms, unique, parts, cut, log_null, rows, steep
        )
    if "joint-common" in wanted:
        direction = np.zeros(unique.shape[0], dtype=np.int8)
        rows = np.flatnonzero(regular)
        direction[rows] = signs(
            *joint_excludes(
                arms, unique[rows], parts, cut[rows], log_null, common=True
            ),
            log_null,
        )
        found["joint-common"] = Decisions(regular, direction)
    if "default" in wanted:
        rows = np.flatnonzero(~regular)
        joint = found.get("joint-separate") or _joint(
            arms, unique, parts, cut, log_null, rows, steep
        )
        delta = found["log-delta"]
        found["default"] = Decisions(
            np.where(regular, delta.answered, joint.answered),
            np.where(regular, delta.direction, joint.direction).astype(np.int8),
        )
    return {name: found[name].take(back) for name in TESTS if name in wanted}


def equivalent(
    arms: Sequence[ArmTables],
    studies: IntArray,
    shares: Sequence[float],
    margin: tuple[float, float],
    *,
    level: float = 0.95,
    heterogeneity: Heterogeneity = "p<0.05",
) -> BoolArray:
    """Return where the interval at level 2 level - 1 lies inside the margin.

    The two one-sided tests of equivalence by the interval the verdict rests on:
    log-delta, or the joint likelihood where an arm has no finite curve.
    """
    inner = 2 * level - 1
    inside = np.ones(studies.shape[0], dtype=bool)
    for end, away in zip(margin, (1, -1), strict=True):
        found = decide_studies(
            arms, studies, shares,
            level=inner, tests=("default",), heterogeneity=heterogeneity,
            log_null=math.log10(end),
        )["default"]  # fmt: skip
        inside &= found.direction == away
    return inside


def _distinct(studies: IntArray, sizes: Sequence[int]) -> tuple[IntArray, IntArray]:
    """Return the different studies and which of them each one is."""
    code = np.zeros(studies.shape[0], dtype=np.int64)
    if math.prod(sizes) >= 2**62:
        unique, back = np.unique(studies, axis=0, return_inverse=True)
        return unique, back.ravel()
    for i, size in enumerate(sizes):
        code = code * size + studies[:, i]
    _, first, back = np.unique(code, return_index=True, return_inverse=True)
    return studies[first], back


def _joint(
    arms: list[ArmTables],
    studies: IntArray,
    shares: FloatArray,
    cut: FloatArray,
    log_null: float,
    rows: IntArray,
    steep: BoolArray,
) -> Decisions:
    """Decide by the joint likelihood with separate slopes; it always has an answer."""
    direction = np.zeros(studies.shape[0], dtype=np.int8)
    whole, broken = rows[steep[rows]], rows[~steep[rows]]
    if whole.size:
        direction[whole] = signs(
            *joint_excludes(
                arms, studies[whole], shares, cut[whole], log_null, common=False
            ),
            log_null,
        )
    if broken.size:
        direction[broken] = signs(
            *split_excludes(arms, studies[broken], shares, cut[broken], log_null),
            log_null,
        )
    return Decisions(np.ones(studies.shape[0], dtype=bool), direction)
