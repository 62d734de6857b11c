"""Analyse one mixture at one effect: everything an `Interaction` holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from isobole.combination._bootstrap import draw_index
from isobole.combination._data import Arm
from isobole.combination._index import (
    arm_dose,
    log_delta,
)
from isobole.combination._interaction import Interaction
from isobole.combination._joint_test import joint_test
from isobole.combination._mixture_tests import (
    band_of,
    bootstrap_limits,
    no_welch,
    parallelism_of,
    welch_of,
)
from isobole.combination._summary_test import (
    VarianceRule,
)
from isobole.combination._verdict import (
    animals_needed,
    decide,
    direction_of,
)
from isobole.doseresponse import (
    QuantalFit,
)
from isobole.doseresponse._core import FINITE
from isobole.doseresponse._links import quantile
from isobole.results import (
    Estimate,
    Missing,
)

if TYPE_CHECKING:
    pass


IndexInterval = Literal["auto", "log-delta", "likelihood", "bootstrap"]


def interaction_of(
    arm: Arm,
    drugs: tuple[str, ...],
    singles: Sequence[QuantalFit],
    mixture: QuantalFit,
    shares: tuple[float, ...],
    percent: float,
    *,
    variance: VarianceRule,
    interval: IndexInterval,
    null: str,
    margin: tuple[float, float] | None,
    planned_index: float | None,
    level: float,
    draws: int,
    seed: int,
    caveats: tuple[str, ...],
) -> Interaction:
    q = float(quantile(mixture.link, percent / 100))
    doses = [arm_dose(fit, percent) for fit in singles]
    mixed = arm_dose(mixture, percent)
    delta = log_delta(doses, mixed, shares, rule=variance, level=level)
    joint = [
        joint_test(singles, mixture, shares, percent, slopes=slopes, level=level)
        for slopes in ("separate", "common")
    ]  # fmt: skip
    fits = (*singles, mixture)
    regular = all(f.solution.pattern == FINITE and f.solution.slope > 0 for f in fits)
    drawn = None
    if draws and regular:
        drawn = draw_index(singles, mixture, shares, q, draws=draws, seed=seed)
    kinds = {
        "log-delta": delta.limits(level),
        "likelihood": joint[0].limits,
        "bootstrap": bootstrap_limits(drawn, level, draws=draws),
    }
    chosen = interval
    if chosen == "auto":
        chosen = "log-delta" if regular else "likelihood"
    limits = kinds[chosen]
    inner_level = 2 * level - 1
    if chosen == "log-delta":
        inner, p = delta.limits(inner_level), delta.p
    elif chosen == "likelihood":
        inner = joint_test(
            singles, mixture, shares, percent, slopes="separate", level=inner_level
        ).limits
        p = joint[0].p
    else:
        inner, p = bootstrap_limits(drawn, inner_level, draws=draws), delta.p
    band = band_of(doses, mixture, singles, shares, drawn, percent, level)
    band_direction = None
    if len(drugs) == 2 and band.below.set_kind is not None:
        band_direction = direction_of(band.below)
        if band_direction != "below 1":
            above = direction_of(band.above)
            band_direction = above if above == "above 1" else "not distinct from 1"
    verdict = decide(
        direction_of(limits), band_direction, inner, limits,
        null=null, margin=margin, drugs=len(drugs),
    )  # fmt: skip
    value: float | Missing = (
        delta.log_index
        if isinstance(delta.log_index, Missing)
        else math.exp(delta.log_index)
    )
    animals = sum(fit.data.n_animals for fit in fits)
    said = list(caveats)
    if verdict.word == "synergy":
        said.insert(0, PHARMACOKINETIC)
    return Interaction(
        name=arm.name,
        drugs=drugs,
        shares=shares,
        effect=percent,
        observed=mixture.ed(percent),
        single=tuple(fit.ed(percent) for fit in singles),
        additive=delta.additive,
        band=band,
        index=Estimate("interaction index", value, limits, method=variance),
        index_kinds=tuple(kinds.values()),
        se_log=delta.se_log,
        p=p,
        joint=tuple(joint),
        welch=welch_of(fits, shares) if percent == 50 else no_welch(),
        parallelism=parallelism_of(singles),
        null_model=null,
        verdict=verdict,
        caveats=tuple(said),
        animals=animals_needed(
            delta.se_log, animals, planned_index=planned_index, margin=margin,
            level=level,
        ),
        fits=fits,
    )  # fmt: skip


PHARMACOKINETIC = (
    "Pharmacokinetic contribution not excluded: without plasma or brain concentrations "
    "one drug may have raised the exposure to another."
)
