"""`choose_doses`: which fixed doses, and how many animals, for what is believed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from isobole.doseresponse import Curve, outcome_distribution
from isobole.planning._dose_choice_result import (
    AtSlope,
    DoseChoice,
    DoseDesign,
    SizeChoice,
)
from isobole.planning._ed50 import centred_doses, spread
from isobole.planning._posterior import FloatArray, Grid, summarise
from isobole.planning._prior import DosePrior
from isobole.results import DoseUnit, OptionError

GROUPS: Final = (3, 4, 5, 6)
SPACINGS: Final = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
SIZES: Final = (16, 24, 32, 40, 48, 64)
DRAWS: Final = 2000
MOST: Final = 500
EQUAL: Final = 0.02  # RMSEs closer than this share are no reason for another dose
_STEP, _SLOPES = 0.03, 7


def choose_doses(
    prior: DosePrior,
    n_total: int,
    groups: int | Sequence[int] = GROUPS,
    *,
    spacings: Sequence[float] = SPACINGS,
    sizes: Sequence[int] = SIZES,
    unit: DoseUnit | str | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> DoseChoice:
    """Choose fixed doses that tell most of the ED50 over everything believed of it.

    Studies are drawn from the prior (ED50 and slope), so that a design is not chosen
    for one guess that may be wrong. Each design is judged by its expected posterior
    variance of log10 ED50 (Chaloner and Verdinelli 1995); among designs as good to 2
    % the one with the fewest doses is recommended.

    Parameters
    ----------
    prior : DosePrior
        What you expect.
    n_total : int
        Animals in all, shared evenly over the doses.
    groups : int or sequence of int
        Numbers of doses to compare.
    spacings : sequence of float
        Log10 distances of neighbouring doses to compare, centred on the guess.
    sizes : sequence of int
        Animals in all to compare at the doses recommended.
    unit, level
        Unit of the doses, and probability of the intervals.
    draws, seed : int
        Studies drawn for each design, and where they start.

    Returns
    -------
    DoseChoice

    Raises
    ------
    OptionError
        If no design has at least two animals per dose, or an option is out of range:
        500 animals are the most.

    Notes
    -----
    Chaloner K, Verdinelli I (1995) Bayesian experimental design: a review. Stat Sci
    10:273-304.

    Examples
    --------
    >>> choice = choose_doses(DosePrior(100), 32, unit="mg/kg")
    >>> choice.recommended.doses, choice.recommended.n
    ((25.1, 50.1, 100.0, 200.0, 398.0), (6, 7, 7, 6, 6))
    """
    counts = [groups] if isinstance(groups, int) else list(groups)
    _check(n_total, counts, spacings, sizes, level, draws, seed)
    possible = [k for k in counts if n_total >= 2 * k]
    if not possible:
        msg = (
            f"{n_total} animals do not give two to each of {min(counts)} doses; use "
            "more animals, or dose one after the other (recommend_doses)"
        )
        raise OptionError(msg)
    said = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    grid = Grid.of(prior, step=_STEP, slopes=_SLOPES)
    rng = np.random.default_rng(seed)
    mu = rng.normal(prior.centre, prior.ed50_sd_log10, draws)
    slope = np.exp(
        rng.uniform(math.log(prior.slope_low), math.log(prior.slope_high), draws)
    )

    def judged(k: int, gap: float, animals: int) -> DoseDesign:
        at = centred_doses(prior.ed50, k, gap)
        n = np.array(spread(animals, k))
        # The same chances for every design, so that differences are the designs'.
        each = np.random.default_rng([seed, k, animals])
        return _judge(grid, at, n, gap, mu, slope, level, each)

    designs = tuple(judged(k, gap, n_total) for k in possible for gap in spacings)
    least = min(design.rmse for design in designs)
    best = min(
        (d for d in designs if d.rmse <= least * (1 + EQUAL)),
        key=lambda d: (len(d.doses), d.rmse),
    )
    by_size = tuple(
        SizeChoice(size, found.rmse, found.median_fold, found.within_2)
        for size in sorted({*sizes, n_total})
        if size >= 2 * len(best.doses)
        for found in [judged(len(best.doses), best.spacing, size)]
    )
    return DoseChoice(
        prior=prior,
        designs=designs,
        recommended=best,
        sizes=by_size,
        at_slopes=_at_slopes(prior, best, level),
        level=level,
        draws=draws,
        seed=seed,
        unit=said,
    )


def _judge(
    grid: Grid,
    at: FloatArray,
    n: np.ndarray[tuple[int], np.dtype[np.int64]],
    gap: float,
    mu: FloatArray,
    slope: FloatArray,
    level: float,
    rng: np.random.Generator,
) -> DoseDesign:
    x = np.log10(at)
    r = rng.binomial(n, ndtr(slope[:, None] * (x - mu[:, None])))
    tables, back = np.unique(r, axis=0, return_inverse=True)
    weight = grid.posterior(np.broadcast_to(n, tables.shape), tables, grid.tables(x))
    found = summarise(weight.sum(axis=2), grid.mu, level)
    back = back.ravel()
    fold = 10 ** (found.high - found.low)[back]
    covered = (found.low[back] <= mu) & (mu <= found.high[back])
    return DoseDesign(
        doses=tuple(at.tolist()),
        n=tuple(int(k) for k in n),
        spacing=gap,
        rmse=math.sqrt(float((found.sd[back] ** 2).mean())),
        median_fold=float(np.median(fold)),
        worst_fold=float(np.quantile(fold, 0.9)),
        within_2=float((fold <= 2).mean()),
        coverage=float(covered.mean()),
    )


def _at_slopes(prior: DosePrior, best: DoseDesign, level: float) -> tuple[AtSlope, ...]:
    """Return what likelihood fits of the design give if the guess is right."""
    spans = math.log(prior.slope_high / prior.slope_low)
    rows = []
    for share in (0.1, 0.5, 0.9):
        slope = prior.slope_low * math.exp(share * spans)
        curve = Curve(prior.ed50, float(f"{slope:.2g}"))
        found = outcome_distribution(
            best.doses, best.n, curve, level=level, intervals=("likelihood",)
        )
        likelihood = found.interval("likelihood")
        rows.append(
            AtSlope(
                curve.slope,
                found.no_finite_slope,
                likelihood.complete,
                likelihood.unconditional,
            )
        )
    return tuple(rows)


def detectable_fold(rmse: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the ratio of two ED50s, each known with this error, that is found."""
    z = float(ndtri(1 - alpha / 2) + ndtri(power))
    return float(10 ** (z * math.sqrt(2) * rmse))


def _check(
    n_total: int,
    groups: Sequence[int],
    spacings: Sequence[float],
    sizes: Sequence[int],
    level: float,
    draws: int,
    seed: int,
) -> None:
    for name, values, least in (
        ("n_total", [n_total], 4),
        ("groups", groups, 2),
        ("sizes", sizes, 4),
        ("draws", [draws], 100),
        ("seed", [seed], 0),
    ):
        for value in values:
            if not (float(value).is_integer() and value >= least):
                msg = f"{name} is {value}; give whole numbers of {least} or more"
                raise OptionError(msg)
    if max(n_total, *sizes, 0) > MOST:
        msg = (
            f"{max(n_total, *sizes)} animals are more than {MOST}: intervals would be "
            "narrower than the grid of ED50s they are computed on. Plan such a design "
            "with plan_ed50"
        )
        raise OptionError(msg)
    if not groups or not spacings:
        raise OptionError("groups and spacings must each name at least one to compare")
    if max(groups) > 12:
        raise OptionError(f"groups is {max(groups)}; give at most 12 doses")
    for gap in spacings:
        if not (math.isfinite(gap) and 0.01 <= gap <= 1):
            msg = f"a spacing is {gap}; give log10 distances from 0.01 to 1, as 0.15"
            raise OptionError(msg)
    if not 0.5 <= level < 1:
        hint = f" Did you mean {level / 100:g}?" if 50 <= level < 100 else ""
        msg = f"level is {level}; give a probability from 0.5 to below 1.{hint}"
        raise OptionError(msg)
