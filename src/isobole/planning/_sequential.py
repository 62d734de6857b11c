"""Which doses come next: from the records so far to the next run of the rack."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from isobole.planning._information import (
    Array,
    choose_together,
    mutual_information,
    outcome_weights,
)
from isobole.planning._posterior import FloatArray, Grid, Summary, summarise
from isobole.planning._prior import DosePrior
from isobole.planning._sequential_checks import (
    DIRECTIONS,
    Direction,
    check_batch,
    check_doses,
    read_records,
)
from isobole.planning._sequential_result import (
    DESIGNS,
    DoseRecommendation,
    SequentialDesign,
)
from isobole.planning._sequential_words import advice_of, messages_of
from isobole.planning._up_and_down import next_up_and_down
from isobole.results import DoseUnit, Estimate, Limits, OptionError, check_choice

SPACING: Final = 0.05  # log10 distance of the doses weighed where none are listed


def recommend_doses(
    doses: ArrayLike,
    affected: ArrayLike,
    *,
    prior: DosePrior,
    batch: int = 4,
    design: SequentialDesign = "bayes",
    allowed: Sequence[float] | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    direction: Direction = "rises",
    step_log10: float = 0.1,
    target_fold: float = 1.6,
    max_animals: int | None = None,
    level: float = 0.95,
    unit: DoseUnit | str | None = None,
    endpoint: str = "affected",
) -> DoseRecommendation:
    """Recommend the doses of the next batch from the animals recorded so far.

    ``"bayes"`` puts every animal of the batch where its outcome is expected to tell
    most of log10 ED50 (mutual information, slope averaged out, given the outcomes of
    the animals already in the batch; greedy). ``"up-and-down"`` goes one step down if
    more than half of the last batch were affected, one up if fewer. Whatever the
    design, the ED50 so far is read from the same posterior of a probit curve.

    Main arguments

    Parameters
    ----------
    doses, affected : array, shape (animals,)
        Dose of every animal so far, in order, and whether it showed the endpoint (1)
        or not (0); both empty before the first.
    prior : DosePrior
        What you expect, in the unit of the doses.
    batch : int
        Animals dosed before an outcome is known: the chambers of the rack, 1 to 12.
    design : {"bayes", "up-and-down"}
        The rule.
    allowed : sequence of float, optional
        The doses that can be given; any three-digit dose without it.
    minimum, maximum : float, optional
        Smallest and largest dose that may be given.

    Other arguments

    direction : {"rises", "falls"}
        Whether the share affected rises with dose (protected by a drug) or falls
        (seizing under a drug).
    step_log10 : float
        Step of the up-and-down rule.
    target_fold : float
        Stop when upper over lower credible limit of the ED50 is no more than this.
    max_animals : int, optional
        Stop when so many have been used.
    level : float
        Probability of the credible interval, 0.5 to below 1.
    unit, endpoint
        Unit of the doses, and what was counted.

    Returns
    -------
    DoseRecommendation

    Raises
    ------
    DataError
        If a dose is not above 0 or an outcome is not 0 or 1.
    OptionError
        If an option does not exist or leaves no dose to give.

    Notes
    -----
    Lindley DV (1956) On a measure of the information provided by an experiment. Ann
    Math Stat 27:986-1005.

    Examples
    --------
    >>> found = recommend_doses(
    ...     [100, 100, 150, 150], [0, 0, 1, 1], prior=DosePrior(100), unit="mg/kg"
    ... )
    >>> print(found.ed50)
    ED50 119.6 mg/kg [53.44, 240.3] (95 % credible)
    >>> found.next_doses
    ((79.4, 1), (112.0, 2), (150.0, 1))
    """
    check_choice("design", design, DESIGNS)
    check_choice("direction", direction, DIRECTIONS)
    check_batch(batch)
    if not isinstance(prior, DosePrior):
        raise OptionError(f"prior is {prior!r}; give what you expect: DosePrior(100)")
    _check_numbers(level, target_fold, max_animals)
    listed = check_doses(allowed, minimum, maximum)
    records = read_records(doses, affected, direction)
    said = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    reach = [*records.x, *(np.log10(listed) if listed is not None else ())]
    grid = Grid.of(prior, low=min(reach, default=None), high=max(reach, default=None))
    weight = grid.posterior(
        np.ones((1, records.x.size)), records.hit[None], grid.tables(records.x)
    )[0]
    mu = summarise(weight.sum(axis=1)[None], grid.mu, level)
    if design == "bayes":
        offered = _offered(mu, records.dose, listed, minimum, maximum)
        chance = grid.chances(np.log10(offered)).transpose(1, 2, 0)
        nearest = np.abs(np.log10(offered) - mu.median[0])
        chosen = offered[choose_together(weight, chance, batch, nearest=nearest)]
    else:
        start = _within(prior.ed50, listed, minimum, maximum)
        dose = (
            next_up_and_down(
                records.dose, records.affected, step_log10=step_log10, batch=batch,
                direction=direction, allowed=allowed, minimum=minimum, maximum=maximum,
            )
            if records.dose.size
            else start
        )  # fmt: skip
        chosen = np.full(batch, dose)
    at, number = np.unique(chosen, return_inverse=True)
    after = outcome_weights(
        weight, grid.chances(np.log10(at)).transpose(1, 2, 0), number.tolist()
    )
    now, then = float(mu.sd[0]), _expected_sd(after, grid)
    fold = float(10 ** (mu.high[0] - mu.low[0]))
    expected = fold ** min(1.0, then / now)
    stop, advice = advice_of(
        records.dose.size, fold, expected, target_fold, max_animals, batch
    )
    slope = summarise(weight.sum(axis=0)[None], np.log10(grid.slope), level)
    return DoseRecommendation(
        design=design,
        prior=prior,
        direction=direction,
        batch=batch,
        step_log10=step_log10 if design == "up-and-down" else None,
        doses=tuple(records.dose.tolist()),
        affected=tuple(records.affected.tolist()),
        ed50=_estimate("ED50", mu, level, said, with_error=True),
        prior_weight=min(1.0, (now / prior.ed50_sd_log10) ** 2),
        slope=_estimate("slope", slope, level, None, with_error=False),
        next_doses=tuple(sorted(Counter(chosen.tolist()).items())),
        information_bits=mutual_information(weight, after) / math.log(2),
        fold=fold,
        expected_fold=expected,
        target_fold=target_fold,
        stop=stop,
        advice=advice,
        messages=messages_of(records, prior, mu, _ends(listed, minimum, maximum)),
        density=_density(grid, weight),
        unit=said,
        endpoint=endpoint,
    )


def _check_numbers(level: float, target_fold: float, most: int | None) -> None:
    if not 0.5 <= level < 1:
        hint = f" Did you mean {level / 100:g}?" if 50 <= level < 100 else ""
        msg = f"level is {level}; give a probability from 0.5 to below 1.{hint}"
        raise OptionError(msg)
    if not (math.isfinite(target_fold) and target_fold > 1):
        msg = (
            f"target_fold is {target_fold}; give the upper over the lower limit that "
            "is narrow enough, above 1, such as 1.6"
        )
        raise OptionError(msg)
    if most is not None and not (float(most).is_integer() and most >= 1):
        raise OptionError(f"max_animals is {most}; give whole animals, 1 or more")


def _offered(
    mu: Summary,
    used: FloatArray,
    listed: FloatArray | None,
    minimum: float | None,
    maximum: float | None,
) -> FloatArray:
    """Return the doses to choose from: the listed, or three-digit ones about the ED50.

    A dose already used stands for those next to it: its solution is there. Nothing is
    gained four posterior standard deviations away.
    """
    if listed is not None:
        return listed
    low, high = mu.mean[0] - 4 * mu.sd[0], mu.mean[0] + 4 * mu.sd[0]
    steps = np.arange(math.floor(low / SPACING), math.ceil(high / SPACING) + 1)
    doses = np.array([float(f"{10 ** (SPACING * k):.3g}") for k in steps])
    near = np.abs(np.log10(doses)[:, None] - np.log10(used)) < SPACING / 2
    known = used[(np.log10(used) >= low) & (np.log10(used) <= high)]
    doses = np.union1d(doses[~near.any(axis=1)], known)
    ends = _ends(listed, minimum, maximum)
    doses = doses[(doses >= ends[0]) & (doses <= ends[1])]
    # The limits themselves can be given.
    within = [d for d in (minimum, maximum) if d is not None]
    return np.unique(np.concatenate([doses, within]))


def _ends(
    listed: FloatArray | None, minimum: float | None, maximum: float | None
) -> tuple[float, float]:
    if listed is not None:
        return float(listed[0]), float(listed[-1])
    return minimum or 0.0, math.inf if maximum is None else maximum


def _within(
    dose: float,
    listed: FloatArray | None,
    minimum: float | None,
    maximum: float | None,
) -> float:
    if listed is not None:
        return float(listed[np.abs(np.log10(listed / dose)).argmin()])
    low, high = _ends(listed, minimum, maximum)
    return min(max(dose, low), high)


def _expected_sd(after: Array, grid: Grid) -> float:
    """Return the root of the posterior variance of log10 ED50 expected after a batch.

    `after` has shape (outcomes, mu, slope) and sums to 1.
    """
    each = after.sum(axis=2)
    share = each.sum(axis=1)
    away = grid.mu - (each.sum(axis=0) @ grid.mu)
    first, second = each @ away, each @ away**2
    known = share > 0
    variance = (second[known] - first[known] ** 2 / share[known]).sum()
    return math.sqrt(max(float(variance), 0.0))


def _estimate(
    quantity: str,
    found: Summary,
    level: float,
    unit: DoseUnit | None,
    *,
    with_error: bool,
) -> Estimate:
    low, median, high = (
        float(10 ** part[0]) for part in (found.low, found.median, found.high)
    )
    return Estimate(
        quantity,
        median,
        Limits("credible", level, "interval", low, high),
        unit,
        float(found.sd[0]) if with_error else None,
        50 if quantity == "ED50" else None,
        "posterior median, equal-tailed credible interval",
    )


def _density(grid: Grid, weight: Array) -> tuple[tuple[float, float], ...]:
    """Return doses with the posterior density of log10 ED50, where it is not nil."""
    step = grid.mu[1] - grid.mu[0]
    height = weight.sum(axis=1) / step
    shown = np.flatnonzero(height > 1e-3 * height.max())
    some = slice(max(shown[0] - 1, 0), shown[-1] + 2)
    return tuple(
        (float(10**m), float(h))
        for m, h in zip(grid.mu[some], height[some], strict=True)
    )
