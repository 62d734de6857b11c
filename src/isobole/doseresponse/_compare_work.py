"""The curves of a comparison fitted together, with their pooled heterogeneity."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from isobole.doseresponse._core import FINITE
from isobole.doseresponse._ed_ratio import EdProfile
from isobole.doseresponse._goodness import (
    GoodnessOfFit,
    from_statistics,
    no_goodness,
)
from isobole.doseresponse._joint import Arm
from isobole.doseresponse._joint_fit import JointFit
from isobole.doseresponse._links import Link
from isobole.doseresponse._options import Heterogeneity, Information
from isobole.doseresponse._solution import LogSet


@dataclass(frozen=True, slots=True)
class JointCurves:
    """The curves, fitted together: what every test and ratio of them needs.

    `sequential` counts the curves whose doses were chosen from earlier outcomes.
    """

    arms: list[Arm]
    names: tuple[str, ...]
    link: Link
    common: JointFit
    separate: JointFit
    profiles: tuple[EdProfile, ...]
    pooled: GoodnessOfFit
    information: Information
    level: float
    sequential: frozenset[int] = frozenset()
    sets: dict[tuple[int, int], LogSet] = field(default_factory=dict)


def pooled_goodness(separate: JointFit, rule: Heterogeneity) -> GoodnessOfFit:
    """Judge heterogeneity on all curves with a finite slope of their own, pooled."""
    like = separate.likelihood
    used = np.array([pattern == FINITE for pattern in separate.pattern])
    if not used.any():
        return no_goodness(
            "no curve has a finite slope, so every curve fits perfectly",
            0,
            rule,
            "t",
        )
    rows = used[like.owner]
    chi2 = float(separate.pearson_parts[rows].sum())
    return from_statistics(
        chi2,
        separate.deviance,
        int(rows.sum()) - 2 * int(used.sum()),
        rule=rule,
        quantile="t",
    )
