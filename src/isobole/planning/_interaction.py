"""`plan_interaction`: whether a study can find an interaction, and by which test."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from scipy.special import ndtri

from isobole.combination._verdict import check_margin
from isobole.doseresponse import Link
from isobole.doseresponse._options import HETEROGENEITY, Heterogeneity, check_level
from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._interaction_advice import plan_message, recommended
from isobole.planning._interaction_design import (
    Basis,
    InteractionDesign,
    interaction_design,
)
from isobole.planning._interaction_rates import Rate, equivalence_rate, rates_of
from isobole.planning._interaction_result import EQUIVALENCE_SAMPLES, PlanInteraction
from isobole.planning._interaction_rows import EquivalencePlan, SizePlan, TestPlan
from isobole.results import (
    DoseUnit,
    Missing,
    OptionError,
    check_choice,
    format_number,
)

Progress = Callable[[int, int], None]

SIZES: Final = (4, 6, 8, 10, 12, 16, 20, 24, 32)
SAMPLES: Final = 10_000
_SPREAD: Final = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35)
_MOST: Final = 1000  # animals per dose beyond which only the formula is quoted


def plan_interaction(
    drugs: Sequence[str],
    ed50s: Sequence[float],
    slopes: Sequence[float],
    *,
    index: float,
    n: int | Sequence[int] = 8,
    ratio: Sequence[float] | None = None,
    by: Basis = "ed50",
    mixture_slope: float | None = None,
    spacing: float = 0.15,
    count: int = 4,
    doses: Sequence[Sequence[float]] | None = None,
    margin: tuple[float, float] | None = None,
    level: float = 0.95,
    power: float = 0.8,
    sizes: Sequence[int] = SIZES,
    link: Link = "probit",
    heterogeneity: Heterogeneity = "p<0.05",
    unit: DoseUnit | str | None = None,
    seed: int = 1,
    samples: int = SAMPLES,
    progress: Progress | None = None,
) -> PlanInteraction:
    """Say what each test of interaction gives with a planned fixed-ratio study.

    Main arguments

    Parameters
    ----------
    drugs, ed50s, slopes : sequence
        Two or more drugs, with the ED50 and the slope per tenfold dose you expect.
    index : float
        The true interaction index worth finding: 0.7 means that the mixture needs
        0.7 of the additive dose.
    n : int or sequence of int
        Animals per dose, in every arm or one number for each (the mixture last).
    ratio : sequence of float, optional
        Parts of the drugs in the mixture, equal unless given.
    by : {"ed50", "mass"}
        Whether the parts are of the ED50s or of the total dose.
    margin : (float, float), optional
        Indices that would not matter; plans equivalence at a true index of 1.

    Other arguments

    mixture_slope : float, optional
        Slope of the mixture; the drugs' mean, weighted by their parts, unless given.
    spacing, count : float, int
        Log10 distance and number of doses in every arm, around each drug's ED50; the
        mixture's doses lie around the middle of what additivity and the index expect.
    doses : sequence of sequences, optional
        The doses of every arm themselves; total doses of the mixture come last.
    level, power : float
        Confidence of the tests, and the power wanted.
    sizes : sequence of int
        Animals per dose of the first arm to compare; other arms in proportion.
    link, heterogeneity, unit
        As in `analyze_combination`.
    seed, samples : int
        Of the simulated studies.
    progress : callable, optional
        Called with steps done and steps in all.

    Returns
    -------
    PlanInteraction

    Raises
    ------
    DataError
        If drugs, doses, animals or assumptions are not a design.
    OptionError
        For options that do not exist.

    Examples
    --------
    >>> plan = plan_interaction(
    ...     ["VPA", "Mg"], [140, 60], [7, 7], index=0.7, sizes=(8,), samples=2000
    ... )
    >>> plan.design.animals, plan.test("welch-lublin").power < 0.5
    (96, True)
    """
    check_level(level)
    check_margin(margin)
    check_choice("by", by, ("ed50", "mass"))
    check_choice("heterogeneity", heterogeneity, HETEROGENEITY)
    grid = _check_grid(index, power, sizes, samples)
    design = interaction_design(
        drugs, ed50s, slopes, index=index, n=n, ratio=ratio, by=by,
        mixture_slope=mixture_slope, spacing=spacing, count=count, doses=doses,
        link=link, unit=unit,
    )  # fmt: skip
    planned_too = any(design.with_n(k).n == design.n for k in grid)
    steps = 2 + len(grid) - planned_too + (len(_SPREAD) if margin else 0)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, steps)

    def rates(planned: InteractionDesign, at: float) -> tuple[Rate, ...]:
        found = rates_of(
            planned, at, samples=samples, seed=seed, level=level,
            heterogeneity=heterogeneity,
        )  # fmt: skip
        step()
        return found

    at_one, at_index = rates(design, 1.0), rates(design, index)
    rows = []
    for size in grid:
        sized = design.with_n(size)
        found = at_index if sized.n == design.n else rates(sized, index)
        shares = tuple((rate.test, rate.towards(index)) for rate in found)
        rows.append(SizePlan(sized.n, sized.animals, shares))
    tests = tuple(
        TestPlan(one, other, index, _smallest(grid, _powers(rows, one.test), power))
        for one, other in zip(at_one, at_index, strict=True)
    )
    equivalence: EquivalencePlan | Missing = Missing(
        "No margin was stated; give the range of indices that would not matter."
    )
    if margin is not None:
        equivalence = _equivalence(
            design, margin, power=power, level=level, heterogeneity=heterogeneity,
            seed=seed, samples=min(samples, EQUIVALENCE_SAMPLES), step=step,
        )  # fmt: skip
    best = recommended(tests, level)
    return PlanInteraction(
        design=design,
        tests=tests,
        sizes=tuple(rows),
        equivalence=equivalence,
        level=level,
        target=power,
        samples=samples,
        seed=seed,
        heterogeneity=heterogeneity,
        recommended=best.name,
        message=plan_message(design, tests, best, rows, equivalence, level, power),
    )


def _check_grid(
    index: float, power: float, sizes: Sequence[int], samples: int
) -> tuple[int, ...]:
    if index == 1:
        msg = (
            "An index of 1 is additivity, which no test can find; give the index worth "
            "finding, such as 0.7, and a margin to plan for showing additivity."
        )
        raise OptionError(msg)
    if not 0 < power < 1:
        hint = f" Did you mean {power / 100:g}?" if 1 < power < 100 else ""
        raise OptionError(f"power is {power}; give a share such as 0.8.{hint}")
    if not samples >= 100:
        msg = f"samples is {samples}; give at least 100 studies (10,000 is usual)."
        raise OptionError(msg)
    if not all(float(k).is_integer() and 2 <= k <= _MOST for k in sizes) or not sizes:
        msg = f"sizes are {list(sizes)}; give animals per dose such as 6, 8, 10, 12."
        raise OptionError(msg)
    return tuple(sorted({int(k) for k in sizes}))


def _powers(rows: Sequence[SizePlan], name: str) -> list[float]:
    return [dict(row.power)[name] for row in rows]  # type: ignore[index]


def _smallest(
    grid: Sequence[int], powers: Sequence[float], target: float
) -> int | Missing:
    """Return the smallest size whose power holds for it and all larger ones."""
    reached = len(grid)
    while reached > 0 and powers[reached - 1] >= target:
        reached -= 1
    if reached == len(grid):
        return Missing(
            f"{grid[-1]} per dose are not enough for {percent_text(target)} power."
        )
    return grid[reached]


def _equivalence(
    design: InteractionDesign,
    margin: tuple[float, float],
    *,
    power: float,
    level: float,
    heterogeneity: Heterogeneity,
    seed: int,
    samples: int,
    step: Callable[[], None],
) -> EquivalencePlan:
    """Simulate around the n of the large-sample formula."""
    reach = float(ndtri(level) + ndtri(0.5 + power / 2))
    width = min(-math.log(margin[0]), math.log(margin[1]))
    guess = design.n[0] * design.variance(1.0) * (reach / width) ** 2
    if guess * _SPREAD[-1] > _MOST:
        about = design.with_n(math.ceil(guess))
        gone = Missing(
            f"About {format_number(about.n[0])} animals per dose "
            f"({format_number(about.animals)} in all) by the large-sample formula, too "
            "many to simulate; a wider margin or other doses need fewer."
        )
        return EquivalencePlan(margin, (), gone, gone)
    rows = []
    for size in sorted({max(2, round(guess * part)) for part in _SPREAD}):
        sized = design.with_n(size)
        share = equivalence_rate(
            sized, margin, samples=samples, seed=seed, level=level,
            heterogeneity=heterogeneity,
        )  # fmt: skip
        rows.append((size, sized.animals, share))
        step()
    smallest = _smallest([row[0] for row in rows], [row[2] for row in rows], power)
    if isinstance(smallest, Missing):
        return EquivalencePlan(margin, tuple(rows), smallest, smallest)
    return EquivalencePlan(
        margin, tuple(rows), smallest, design.with_n(smallest).animals
    )
