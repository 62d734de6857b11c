"""`potency_shift`: the ED50 of one drug with and without fixed doses of another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from scipy.special import ndtr, stdtr

from isobole.combination._caveats import caveats_of
from isobole.combination._data import CombinationData
from isobole.combination._shift_arms import ShiftArms, shift_arms
from isobole.combination._shift_result import (
    FixedDoseShift,
    PotencyShift,
    ShiftIndex,
    ShiftInterval,
    ShiftSlopes,
)
from isobole.combination._shift_words import own_caveats, shift_messages
from isobole.combination._tipping import (
    OwnArm,
    TippingDose,
    own_arm,
    tipping_doses,
    tipping_ed50,
)
from isobole.combination._trend import ShiftTrend, shift_trend
from isobole.combination._weight import weigh
from isobole.doseresponse import CurveComparison, Link, compare_curves
from isobole.doseresponse._options import (
    ConventionName,
    Heterogeneity,
    Information,
    resolve,
)
from isobole.results import (
    Estimate,
    Missing,
    OptionError,
    check_choice,
)

SLOPE_CHOICES: Final = ("both", "common", "separate")
INTERVALS: Final = ("likelihood", "log-delta")
EXAMPLE_SLOPES: Final = (4.0, 8.0)


def potency_shift(
    data: CombinationData,
    *,
    ladder: str | None = None,
    link: Link = "probit",
    slopes: Literal["both", "common", "separate"] = "both",
    interval: ShiftInterval = "likelihood",
    level: float = 0.95,
    heterogeneity: Heterogeneity | None = None,
    information: Information | None = None,
    convention: ConventionName | None = None,
    slope_for_bound: float | None = None,
) -> PotencyShift:
    """Measure how fixed doses of one drug shift the ED50 of another (type II).

    The index gamma is the ED50 with over the ED50 without the fixed dose, under a
    common slope and under separate slopes. With the other drug inactive alone,
    additivity expects 1; the tipping ED50 is the ED50 the other drug would need for
    the same shift to be plain Loewe additivity, and its own groups say whether that
    can be excluded.

    Main arguments

    Parameters
    ----------
    data : CombinationData
        A ladder of one drug alone and over one or more fixed doses of another; groups
        given the other drug alone where there are any.
    ladder : str, optional
        The drug whose ED50 is followed; recognised if left out.
    slopes : {"both", "common", "separate"}
        Which reading of the slopes is shown; the parallelism test stands beside and
        never chooses.
    interval : {"likelihood", "log-delta"}
        Kind of limits the direction rests on; both are computed.
    slope_for_bound : float, optional
        Slope per log10 dose of the other drug, if one can be justified: turns its
        counts into a bound on its ED50 that reaches above the doses given.

    Other arguments

    link, level, heterogeneity, information, convention
        As in `fit_quantal`. Heterogeneity, pooled over the ladders, enters all limits
        and tests, by t and F.

    Returns
    -------
    PotencyShift

    Raises
    ------
    DataError
        Without a ladder alone, or without one over a fixed dose.

    Notes
    -----
    Gamma and its limits: Finney DJ (1971) Probit Analysis, chapter 6. The tipping ED50
    is d / (1 - gamma), from 1 = gamma + d / B (Loewe).

    Examples
    --------
    >>> rows = [[d, 0] for d in (150, 200, 250, 300)]
    >>> rows += [[d, 40] for d in (100, 150, 200, 250)] + [[0, 40]]
    >>> data = CombinationData(
    ...     ["VPA", "Mg"], rows, [8] * 9, [1, 3, 5, 7, 1, 3, 6, 7, 0], unit="mg/kg"
    ... )
    >>> found = potency_shift(data, interval="log-delta")
    >>> print(found.shift().under("separate").tipping)
    tipping ED50 of Mg 150.1 mg/kg [93.98, 631.5] (95 % log-delta)
    """
    check_choice("slopes", slopes, SLOPE_CHOICES)
    check_choice("interval", interval, INTERVALS)
    if slope_for_bound is not None and not 0 < slope_for_bound < math.inf:
        msg = (
            f"slope_for_bound is {slope_for_bound}; give the slope per log10 dose of "
            "the drug given at fixed doses, above 0, or leave it out."
        )
        raise OptionError(msg)
    options = resolve(
        link=link,
        method="likelihood",
        natural_response="none",
        information=information,
        heterogeneity=heterogeneity,
        interval=None,
        convention=convention,
        level=level,
        independent=False,
    )
    arms = shift_arms(data, ladder)
    comparison = compare_curves(
        [*arms.over, arms.alone],
        link=link,
        standard=str(arms.alone.curve),
        interval="delta" if interval == "log-delta" else "likelihood",
        level=level,
        information=options.information,
        heterogeneity=options.heterogeneity,
        adjust="none",
    )
    own: OwnArm | Missing = Missing(
        f"No group was given {arms.other} alone, so nothing bounds its own effect."
    )
    if arms.own is not None:
        own = own_arm(arms.own, slope=slope_for_bound, link=link, level=level)
    animals = _group_size(arms)
    shown: tuple[ShiftSlopes, ...] = (
        ("common", "separate") if slopes == "both" else (slopes,)
    )
    shifts = tuple(
        _shift(arms, k, comparison, own, shown, interval, slope_for_bound, animals)
        for k in range(len(arms.over))
    )
    trend: ShiftTrend | Missing = Missing(
        "One fixed dose: a trend needs two fixed doses or more."
    )
    if len(arms.over) > 1:
        curves = [arms.alone, *arms.over]
        pooled = comparison.heterogeneity
        trend = shift_trend(curves, [0.0, *arms.fixed], link, pooled)
    caveats = (*own_caveats(data, arms), *caveats_of(data))
    return PotencyShift(
        active=arms.active,
        other=arms.other,
        unit=data.unit,
        endpoint=data.endpoint,
        level=level,
        interval=interval,
        alone=comparison.fits[-1].ed(50),
        shifts=shifts,
        parallelism=comparison.parallelism,
        trend=trend,
        own=own,
        caveats=caveats,
        messages=shift_messages(shifts, comparison, options),
        options={
            "ladder": arms.active,
            "link": link,
            "slopes": slopes,
            "interval": interval,
            "level": level,
            "heterogeneity": options.heterogeneity,
            "information": options.information,
            "convention": convention,
            "slope_for_bound": slope_for_bound,
        },
        comparison=comparison,
        problems=(*arms.problems, *data.notes),
    )


def _group_size(arms: ShiftArms) -> int:
    """Return the animals of a usual group: of the other drug's own, else of all."""
    if arms.own is not None:
        return int(arms.own.groups[1].max())
    every = np.concatenate([curve.groups[1] for curve in (*arms.over, arms.alone)])
    return int(np.median(every))


def _shift(
    arms: ShiftArms,
    k: int,
    comparison: CurveComparison,
    own: OwnArm | Missing,
    shown: Sequence[ShiftSlopes],
    interval: ShiftInterval,
    slope: float | None,
    animals: int,
) -> FixedDoseShift:
    pair = comparison.pair(str(arms.over[k].curve), str(arms.alone.curve))
    fixed, level = arms.fixed[k], comparison.level
    indices = []
    for way in shown:
        likelihood = _named(pair.ratio(way, "likelihood"), "likelihood", arms)
        delta = _named(pair.ratio(way, "delta"), "log-delta", arms)
        index, other = likelihood, delta
        if interval == "log-delta":
            index, other = delta, likelihood
        tipping = tipping_ed50(index, fixed, arms.other, arms.over[k].unit)
        indices.append(
            ShiftIndex(
                way,
                index,
                other,
                pair.equal_common if way == "common" else pair.equal_separate,
                _wald(delta, comparison),
                tipping,
                weigh(own, tipping, arms.other, level),
            )
        )
    tipped = [i.tipping.value for i in indices]
    known = [value for value in tipped if not isinstance(value, Missing)]
    doses: tuple[TippingDose, ...] = ()
    if known:
        slopes = EXAMPLE_SLOPES if slope is None else (slope,)
        doses = tipping_doses(fixed, known[0], slopes, animals, comparison.link, level)
    return FixedDoseShift(
        fixed,
        str(arms.over[k].curve),
        comparison.fits[k].ed(50),
        pair.parallelism,
        tuple(indices),
        doses,
    )


def _named(estimate: Estimate, kind: str, arms: ShiftArms) -> Estimate:
    """Call a ratio of ED50s an index, and its delta limits by their scale."""
    return replace(
        estimate,
        quantity=f"index of {arms.active} by {arms.other}",
        limits=replace(estimate.limits, kind=kind),
    )


def _wald(delta: Estimate, comparison: CurveComparison) -> float | Missing:
    """Return the two-sided p of log gamma = 0 by its standard error."""
    if isinstance(delta.value, Missing):
        return delta.value
    if delta.log10_se is None or delta.log10_se <= 0:
        return Missing("no standard error without a finite slope")
    ratio = -abs(math.log10(delta.value)) / delta.log10_se
    pooled = comparison.heterogeneity
    if pooled.applied:
        return float(2 * stdtr(pooled.df, ratio))
    return float(2 * ndtr(ratio))
