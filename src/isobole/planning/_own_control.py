"""`plan_own_control`: kindled animals that are tested with and without the drug."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._approximations import (
    COHEN,
    Approximation,
    reach,
    t_test_power,
)
from isobole.planning._own_control_power import (
    can_list,
    sign_test_power,
    signed_rank_power,
    signed_rank_simulated,
)
from isobole.planning._own_control_result import PlanOwnControl
from isobole.planning._power_checks import (
    SAMPLES,
    check_design,
    check_distribution,
    check_samples,
)
from isobole.planning._power_plan import PowerSeries
from isobole.planning._power_search import (
    SMALLEST,
    PowerAt,
    PowerPoint,
    Progress,
    search_every,
    smallest,
)
from isobole.results import OptionError

FloatArray = NDArray[np.float64]

MOST: Final = 200
_LABELS: Final = {
    "signed-rank": "exact signed-rank",
    "sign": "exact sign test",
    "paired-t": "paired t-test",
}


def plan_own_control(
    *,
    drops: Mapping[float, float] | None = None,
    change: float | None = None,
    within_sd: float | None = None,
    n: int | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    maximum: int = 60,
    samples: int = SAMPLES,
    seed: int = 1,
    progress: Progress | None = None,
) -> PlanOwnControl:
    """Say how many kindled animals show a drug's effect, each its own control.

    Stages are compared by exact signed ranks (the exact sign test stands beside),
    afterdischarge durations by the paired t-test.

    Parameters
    ----------
    drops : mapping of number to share
        By how many stages animals fall under the drug, and the share (0 to 1) of
        animals that do; 0 for those that do not change, a negative drop for those that
        rise. Or:
    change, within_sd : float
        Seconds by which afterdischarge is shorter, and the SD of repeated durations of
        one animal.
    n : int, optional
        Animals of a design to be judged.
    power, alpha : float
        Power wanted; two-sided error.
    maximum : int
        Most animals to consider.
    samples, seed : int
        Studies simulated where outcomes are too many to list, and where they start.
    progress : callable, optional
        Called with (size, largest size).

    Returns
    -------
    PlanOwnControl

    Raises
    ------
    DataError
        If the shares do not sum to 1.
    OptionError
        If what is expected is missing, said twice or impossible.

    Examples
    --------
    >>> plan = plan_own_control(drops={0: 0.25, 1: 0.25, 3: 0.25, 5: 0.25})
    >>> plan
    PlanOwnControl(fall in stage on the drug day 0 in 25 %, 1 in 25 %, 3 in 25 %, \
5 in 25 %: 9 animals for 80 % power by exact signed-rank)
    >>> plan_own_control(change=20, within_sd=15).smallest.holds
    11
    """
    check_design(
        n=n, power=power, alpha=alpha, comparisons=1, ratio=1.0, maximum=maximum,
        most=MOST,
    )  # fmt: skip
    check_samples(samples, seed)
    stage = drops is not None
    if stage == (change is not None) or (change is None) != (within_sd is None):
        msg = (
            "say once what the drug does: drops (shares of animals by fall in stage), "
            "or change and within_sd of afterdischarge durations in seconds"
        )
        raise OptionError(msg)
    at: dict[str, PowerAt]
    approximations: tuple[Approximation, ...] = ()
    listed: tuple[tuple[float, float], ...] = ()
    if drops is not None:
        listed = _checked_drops(drops)
        at = _stage_powers(listed, alpha, samples, seed)
    else:
        assert change is not None
        assert within_sd is not None
        effect = _effect(change, within_sd)
        at = {"paired-t": lambda size: _t_point(size, effect, alpha)}
        if effect:
            value = (reach(power, alpha) / effect) ** 2
            approximations = (
                Approximation(
                    "normal, paired", "animals", value, max(2, math.ceil(value)), COHEN
                ),
            )
    (test, first), *beside = at.items()
    points = search_every(
        first, target=power, start=SMALLEST, maximum=maximum, progress=progress
    )
    reason = (
        f"no size up to {max(points)} animals keeps {percent_text(power)} power. Raise "
        "maximum, or plan for a larger effect"
    )
    found = smallest(points.values(), power, reason)
    if n is not None and n not in points:
        points[n] = first(n)
    planned = None if n is None else points[n]
    sizes = sorted(points)
    series = (
        PowerSeries(test, _LABELS[test], tuple(points[k] for k in sizes)),
        *(PowerSeries(k, _LABELS[k], tuple(map(f, sizes))) for k, f in beside),
    )
    simulated = any(point.samples is not None for point in points.values())
    plan = PlanOwnControl(
        series, found, planned, power, alpha, 1, 1.0, approximations,
        samples if simulated else None, seed if simulated else None,
        listed, change, within_sd,
    )  # fmt: skip
    if plan.differs:
        return plan
    reason = (
        "animals change as often and as far up as down, so there is no difference to "
        "find and the power is the rate of false positives"
    )
    return replace(plan, smallest=smallest(points.values(), 2.0, reason))


def _checked_drops(drops: Mapping[float, float]) -> tuple[tuple[float, float], ...]:
    rows = sorted((float(drop), float(share)) for drop, share in drops.items())
    if not all(math.isfinite(drop) for drop, _ in rows):
        raise OptionError("drops holds a fall in stage that is no number; give 0, 1, 2")
    if not rows:
        msg = "drops is empty; give at least one fall in stage with a share of animals"
        raise OptionError(msg)
    if len(rows) == 1:
        share = rows[0][1]
        check_distribution("drops", (share, 0.0))
    else:
        check_distribution("drops", [share for _, share in rows])
    total = math.fsum(share for _, share in rows)
    kept = tuple((drop, share / total) for drop, share in rows if share > 0)
    if len(kept) > 12:
        raise OptionError(f"drops holds {len(kept)} falls in stage; give at most 12")
    return kept


def _stage_powers(
    drops: tuple[tuple[float, float], ...], alpha: float, samples: int, seed: int
) -> dict[str, PowerAt]:
    change = np.array([drop for drop, _ in drops])
    share = np.array([part for _, part in drops])

    def ranks(n: int) -> PowerPoint:
        if can_list(n, change.size):
            return PowerPoint(n, None, signed_rank_power(change, share, n, alpha, seed))
        found = signed_rank_simulated(
            change, share, n, alpha, samples=samples, seed=seed
        )
        return PowerPoint(n, None, found, samples)

    def signs(n: int) -> PowerPoint:
        down, up = float(share[change > 0].sum()), float(share[change < 0].sum())
        return PowerPoint(n, None, sign_test_power(down, up, n, alpha))

    return {"signed-rank": ranks, "sign": signs}


def _t_point(n: int, effect: float, alpha: float) -> PowerPoint:
    return PowerPoint(n, None, t_test_power(n, effect, alpha, paired=True))


def _effect(change: float, within_sd: float) -> float:
    if not math.isfinite(change):
        raise OptionError(f"change is {change}; give seconds of afterdischarge")
    if not (math.isfinite(within_sd) and within_sd > 0):
        msg = (
            f"within_sd is {within_sd}; give the SD of repeated durations of one "
            "animal, in seconds, above 0"
        )
        raise OptionError(msg)
    return abs(change) / (math.sqrt(2) * within_sd)
