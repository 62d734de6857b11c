"""`plan_ed50`: what a design risks, and what else the animals could do."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.doseresponse import (
    Curve,
    Link,
    OutcomeDistribution,
    outcome_distribution,
)
from isobole.doseresponse._design import check_design, design_words
from isobole.doseresponse._outcomes import DEFAULT_SAMPLES
from isobole.planning._advice import advise
from isobole.planning._ed50_result import OFF, Alternative, PlanEd50
from isobole.planning._risks import risks_of, slope_meaning
from isobole.results import (
    DataError,
    DoseUnit,
    Missing,
    Problem,
    ProblemList,
    format_number,
)

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]

SPACINGS: Final = (0.1, 0.15, 0.2, 0.3)
GROUP_SIZES: Final = (6, 8, 10, 12)


def plan_ed50(
    doses: ArrayLike,
    n: ArrayLike,
    ed50: float,
    slope: float,
    *,
    link: Link = "probit",
    level: float = 0.95,
    unit: DoseUnit | str | None = None,
    spacings: Sequence[float] = SPACINGS,
    group_sizes: Sequence[int] = GROUP_SIZES,
    seed: int | None = None,
    samples: int = DEFAULT_SAMPLES,
    progress: Progress | None = None,
) -> PlanEd50:
    """Say what an ED50 study risks, and compare other spacings and group sizes.

    Parameters
    ----------
    doses : array, shape (K,)
        Planned doses above 0.
    n : int or array, shape (K,)
        Animals per dose.
    ed50 : float
        The ED50 you expect, from a pilot or the literature.
    slope : float
        The slope you expect, per tenfold dose: in probits for the probit, where
        ED84 / ED16 = 10^(2 / slope).

    Other Parameters
    ----------------
    link, level, unit
        Curve, confidence and unit of the doses.
    spacings : sequence of float
        Log10 distances of neighbouring doses to compare, centred on the ED50.
    group_sizes : sequence of int
        Animals per dose to compare at the planned doses.
    seed, samples : int
        Used only above 200,000 possible tables, where tables are drawn.
    progress : callable, optional
        Called with designs done and designs in all.

    Raises
    ------
    DataError
        If doses, n, ED50 or slope are not a design.

    Examples
    --------
    >>> plan = plan_ed50([5, 10, 20, 40], 8, 14, 6, unit="mg/kg")
    >>> plan.risk("no-finite-slope").text
    '33.9 % of experiments have no finite slope'
    """
    dose, size = check_design(doses, n)
    curve = Curve(float(ed50), float(slope), link)
    _check_options(spacings, group_sizes)
    said = DoseUnit.parse(unit) if isinstance(unit, str) else unit
    evenly = spread(int(size.sum()), dose.size)
    steps = 3 + 3 * len(spacings) + len(group_sizes)
    done = 0

    def outcome(
        at: FloatArray, animals: ArrayLike, factor: float = 1.0, full: bool = False
    ) -> OutcomeDistribution:
        nonlocal done
        found = outcome_distribution(
            at,
            animals,
            Curve(curve.ed50 * factor, curve.slope, link),
            level=level,
            unit=said,
            seed=seed,
            samples=samples,
            intervals=("likelihood", "fieller", "delta") if full else ("likelihood",),
        )
        done += 1
        if progress is not None:
            progress(done, steps)
        return found

    def if_off(at: FloatArray, animals: ArrayLike) -> float:
        wrong = [outcome(at, animals, factor) for factor in (1 / OFF, OFF)]
        return min(found.interval("likelihood").complete for found in wrong)

    planned = outcome(dose, size, full=True)
    as_planned = _alternative("planned", "as planned", planned, if_off(dose, size))
    by_spacing = []
    for gap in spacings:
        at = centred_doses(curve.ed50, dose.size, gap)
        label = f"{format_number(gap)} log10 apart"
        right = outcome(at, evenly)
        by_spacing.append(_alternative("spacing", label, right, if_off(at, evenly)))
    by_size = [
        _alternative("n", f"{int(k)} per dose", outcome(dose, int(k)), None)
        for k in group_sizes
    ]
    return PlanEd50(
        outcome=planned,
        risks=risks_of(planned),
        alternatives=(as_planned, *by_spacing, *by_size),
        slope_meaning=slope_meaning(curve),
        message=advise(planned, as_planned, by_spacing, by_size),
    )


def centred_doses(ed50: float, count: int, gap: float) -> FloatArray:
    """Return evenly spaced doses around an ED50, to three digits as one would weigh.

    Examples
    --------
    >>> centred_doses(14, 5, 0.15).tolist()
    [7.02, 9.91, 14.0, 19.8, 27.9]
    """
    exact = ed50 * 10 ** (gap * (np.arange(count) - (count - 1) / 2))
    return np.array([float(f"{dose:.3g}") for dose in exact])


def spread(animals: int, count: int) -> list[int]:
    """Share animals out evenly, the odd ones to the middle doses."""
    sizes = [animals // count] * count
    middle = sorted(range(count), key=lambda k: abs(k - (count - 1) / 2))
    for k in middle[: animals % count]:
        sizes[k] += 1
    return sizes


def _check_options(spacings: Sequence[float], group_sizes: Sequence[int]) -> None:
    found = ProblemList()
    for gap in spacings:
        # Three digits tell doses apart down to about 0.01 log10.
        if not (math.isfinite(gap) and 0.01 <= gap <= 3):
            found.add(
                Problem(
                    "spacing",
                    f"a spacing is {gap}",
                    given=str(gap),
                    expected="a log10 distance from 0.01 to 3",
                    remedy="Doubling doses are 0.301 apart",
                )
            )
    for size in group_sizes:
        if not (float(size).is_integer() and size >= 1):
            found.add(
                Problem(
                    "n-not-whole",
                    f"a group size is {size}",
                    given=str(size),
                    expected="whole animals, at least 1",
                    remedy="Give them like 6, 8, 10, 12",
                )
            )
    if found.errors:
        raise DataError(found.errors)


def _alternative(
    kind: str, label: str, found: OutcomeDistribution, wrong: float | None
) -> Alternative:
    likelihood = found.interval("likelihood")
    return Alternative(
        kind=kind,
        label=label,
        doses=found.doses,
        n=found.n,
        no_finite_slope=found.no_finite_slope,
        unbounded=likelihood.unbounded,
        complete=likelihood.complete,
        complete_if_off=Missing("compared for spacings only")
        if wrong is None
        else min(wrong, likelihood.complete),
        coverage=likelihood.unconditional,
        median_fold=likelihood.median_fold,
        within=dict(found.within)[1.5],
        samples=found.samples,
        seed=found.seed,
        design=design_words(
            np.array(found.doses), np.array(found.n), found.curve, found.unit
        ),
    )
