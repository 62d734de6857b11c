"""The tests beside the index: band, bootstrap, parallelism, the papers' Welch test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtrc, fdtrc

from isobole.combination._bootstrap import IndexDraws, percentile_limits
from isobole.combination._expectation import equivalence_band
from isobole.combination._index import (
    ArmDose,
)
from isobole.combination._interaction_parts import (
    DoseEquivalence,
    Parallelism,
    WelchTest,
)
from isobole.combination._joint_test import pooled_goodness
from isobole.combination._summary_test import (
    additive_summary,
    welch,
)
from isobole.doseresponse import (
    QuantalFit,
    litchfield_wilcoxon,
)
from isobole.doseresponse._core import SINGLE_DOSE
from isobole.doseresponse._joint import Arm as JointArm, JointLikelihood
from isobole.results import (
    Limits,
    Missing,
)

if TYPE_CHECKING:
    pass


def bootstrap_limits(drawn: IndexDraws | None, level: float, *, draws: int) -> Limits:
    """Return the bootstrap's limits of the index, or the reason there are none."""
    kind = "bootstrap"
    if drawn is None:
        reason = (
            "No bootstrap draws were asked for."
            if not draws
            else "The parametric bootstrap draws from the fitted curves, and an arm "
            "has no finite rising curve; the likelihood limits hold."
        )
        return Limits(kind, level, None, reason=reason)
    low, high = drawn.limits(level)
    return index_limits(kind, level, low, high)


def index_limits(kind: str, level: float, low: float, high: float) -> Limits:
    unbounded = math.isinf(low) + math.isinf(high)
    reason = "Draws without a finite curve leave this side open." if unbounded else None
    shapes: tuple[Any, ...] = ("interval", "ray", "line")
    return Limits(
        kind,
        level,
        shapes[unbounded],
        None if math.isinf(low) else 10.0**low,
        None if math.isinf(high) else 10.0**high,
        reason=reason,
    )


def band_of(
    doses: Sequence[ArmDose | Missing],
    mixture: QuantalFit,
    singles: Sequence[QuantalFit],
    shares: Sequence[float],
    drawn: IndexDraws | None,
    percent: float,
    level: float,
) -> DoseEquivalence:
    """Return the band on the ray and the mixture against both its edges."""
    none = Limits("bootstrap", level, None, reason="No dose-equivalence band here.")
    if len(singles) != 2:
        gone = Missing("dose equivalence is defined for two drugs.")
        return DoseEquivalence(gone, gone, gone, none, none)
    lost = [dose for dose in doses if isinstance(dose, Missing)]
    if lost:
        return DoseEquivalence(lost[0], lost[0], lost[0], none, none)
    a, b = (dose.dose for dose in doses if not isinstance(dose, Missing))
    k = singles[1].solution.slope / singles[0].solution.slope
    if k <= 0:
        gone = Missing("a single drug has no rising curve.")
        return DoseEquivalence(gone, gone, gone, none, none)
    band = equivalence_band(a, b, k, shares)
    if drawn is None:
        reason = "No bootstrap draws, so the band has no limits."
        none = Limits("bootstrap", level, None, reason=reason)
        return DoseEquivalence(band.low, band.high, k, none, none)
    ends = [
        index_limits("bootstrap", level, *percentile_limits(*draws, level))
        for draws in (drawn.below_edge, drawn.above_edge)
    ]
    return DoseEquivalence(band.low, band.high, k, ends[0], ends[1])


def parallelism_of(singles: Sequence[QuantalFit]) -> Parallelism:
    """Test one slope for all single drugs: likelihood ratio, or F if heterogeneous."""
    df = len(singles) - 1
    if any(fit.solution.pattern == SINGLE_DOSE for fit in singles):
        gone = Missing("an arm has one dose only.")
        return Parallelism(gone, df, gone)
    curves = [
        JointArm.of(
            np.log10(fit.data.groups[0]), fit.data.groups[1], fit.data.groups[2]
        )
        for fit in singles
    ]
    common = JointLikelihood.of(curves, singles[0].link, "common").maximise()
    chi2 = max(2 * (sum(fit.solution.loglik for fit in singles) - common.loglik), 0.0)
    test = pooled_goodness(singles)
    if test.applied and test.quantile == "t":
        p = float(fdtrc(df, test.df, chi2 / test.heterogeneity / df))
    else:
        p = float(chdtrc(df, chi2 / test.heterogeneity))
    return Parallelism(chi2, df, p)


def no_welch() -> WelchTest:
    """Return the missing test of an effect other than 50 %."""
    gone = Missing("the papers' test is of ED50s only.")
    return WelchTest(gone, gone, gone, gone, gone, gone, gone)


def welch_of(fits: Sequence[QuantalFit], shares: Sequence[float]) -> WelchTest:
    """Do as the Lublin papers: L-W SEM and N', linear SEM of the additive dose."""
    rows = []
    for fit in fits:
        found = litchfield_wilcoxon(fit.data)
        value, sem, n = found.ed(50).value, found.details.sem, found.details.n_prime
        for part in (value, sem, n):
            if isinstance(part, Missing):
                name = fit.data.curve or "an arm"
                gone = Missing(f"{name}: {part.reason}")
                return WelchTest(gone, gone, gone, gone, gone, gone, gone)
        rows.append((float(value), float(sem), int(n)))  # type: ignore[arg-type]
    m, sem_m, n_m = rows[-1]
    expected = additive_summary(
        [row[0] for row in rows[:-1]],
        [row[1] for row in rows[:-1]],
        [row[2] for row in rows[:-1]],
        shares=shares,
        rule="lublin",
    )
    n_z = expected.n
    if n_z is None or n_z < 2 or n_m < 2:
        gone = Missing("too few animals at doses of 16 to 84 % expected effect.")
        return WelchTest(sem_m, n_m, expected.sem, gone, gone, gone, gone)
    test = welch(m, sem_m, n_m, expected.ed50, expected.sem, n_z)
    return WelchTest(sem_m, n_m, expected.sem, n_z, test.t, test.df, test.p)
