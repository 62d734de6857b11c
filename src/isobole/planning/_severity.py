"""`plan_severity`: animals per group to see that scores are lower."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from scipy.special import ndtri

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._approximations import (
    NOETHER,
    WHITEHEAD,
    Approximation,
    noether_total,
    whitehead_total,
)
from isobole.planning._permutation_power import DRAWN
from isobole.planning._power_checks import SAMPLES, check_design, check_samples
from isobole.planning._power_plan import PowerPlan, PowerSeries
from isobole.planning._power_search import (
    PowerPoint,
    Progress,
    simulate_sizes,
    treated_size,
)
from isobole.planning._severity_model import SeverityModel, severity_model
from isobole.planning._severity_power import (
    can_list,
    exact_power,
    shifted_power,
    simulated_power,
)
from isobole.results import Missing

MOST: Final = 250
_MANN_WHITNEY: Final = (
    "Mann HB, Whitney DR (1947) On a test of whether one of two random variables is "
    "stochastically larger than the other. Ann Math Stat 18:50-60."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlanSeverity(PowerPlan):
    """Power of the exact Mann-Whitney test on ordered scores.

    Parameters
    ----------
    model : SeverityModel
        The scores expected of control and treated animals.
    """

    TITLE: ClassVar[str] = "Animals for a comparison of severity scores"
    NAME: ClassVar[str] = "PlanSeverity"

    model: SeverityModel

    @property
    def differs(self) -> bool:
        """Whether the scores differ."""
        return not self.model.same

    def expected_words(self) -> str:
        """Say what is expected of the two groups."""
        return self.model.words()

    def assumptions(self) -> str:
        """Say what the numbers rest on."""
        scores = (
            "the shares of animals at the levels are "
            f"{_shares(self.model.control)} in controls and "
            f"{_shares(self.model.treated)} in treated animals, lowest level first"
            if self.model.tied
            else "scores have no ties and are shifted as normal values are; scores of "
            "few levels are tied, and then take more animals: give the control's "
            "shares at the levels"
        )
        return (
            f"animals are independent, one score each (the highest reached); {scores}. "
            "Only the order of the levels counts; no mean score is taken."
        )

    def method_words(self) -> str:
        """Say how power was found."""
        exact = [p for p in self.series[0].points if p.samples is None]
        drawn = [p for p in self.series[0].points if p.samples is not None]
        said = []
        if exact:
            said.append(
                "Power was computed exactly from every pair of outcomes and its exact "
                "p-value, ties included"
                f"{f', up to {max(p.n for p in exact)} animals' if drawn else ''}."
            )
        if drawn:
            said.append(
                f"{'Above, p' if exact else 'P'}ower was simulated ({self.samples:,} "
                f"studies at each size, seed {self.seed}), every study tested by "
                "permutation of its midranks (all allocations up to 8 against 8 "
                f"animals, {DRAWN:,} random allocations above)."
            )
        return " ".join(said)

    def references(self) -> tuple[str, ...]:
        """Return what was used."""
        return (_MANN_WHITNEY, *(one.reference for one in self.approximations))

    def expected_dict(self) -> dict[str, Any]:
        """Return the model: shares in percent."""
        return self.model.to_dict()


def plan_severity(
    control: Sequence[float] | None = None,
    *,
    treated: Sequence[float] | None = None,
    odds_ratio: float | None = None,
    superiority: float | None = None,
    n: int | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    comparisons: int = 1,
    ratio: float = 1.0,
    maximum: int = 100,
    samples: int = SAMPLES,
    seed: int = 1,
    progress: Progress | None = None,
) -> PlanSeverity:
    """Say how many animals show that scores are lower, by the exact Mann-Whitney test.

    Where all pairs of outcomes can be listed the power is exact; above it is
    simulated. Noether's and Whitehead's formulas stand beside.

    Parameters
    ----------
    control : sequence of float, optional
        Shares of control animals at the levels of the scale, lowest first, summing to
        1. Without it scores are taken to have no ties.
    treated : sequence of float
        The same of treated animals; or
    odds_ratio : float
        how many times the odds of a score at or below any level are as high under
        treatment (above 1 where it helps); or
    superiority : float
        the chance that a treated animal scores lower than a control, ties counting
        one half: 0.5 is no difference.
    n : int, optional
        Control animals of a design to be judged.
    power, alpha : float
        Power wanted; two-sided error of the whole study.
    comparisons, ratio : int, float
        Treated groups against one control (each planned at alpha / comparisons, the
        first step of Holm's test), and treated animals per control.
    maximum : int
        Most control animals to consider.
    samples, seed : int
        Studies simulated where outcomes are too many to list, and where they start.
    progress : callable, optional
        Called with (sizes done, None).

    Returns
    -------
    PlanSeverity

    Raises
    ------
    DataError
        If shares are no distribution.
    OptionError
        If what treatment does is missing, said twice or impossible.

    Examples
    --------
    >>> plan = plan_severity([0, 0, 0.1, 0.9], treated=[0.4, 0.3, 0.2, 0.1], n=6)
    >>> plan
    PlanSeverity(P(treated lower) 0.935: 5 animals per group (10 in all) for 80 % \
power by exact Mann-Whitney)
    >>> plan.planned.how
    'exact'
    """
    check_design(
        n=n, power=power, alpha=alpha, comparisons=comparisons, ratio=ratio,
        maximum=maximum, most=MOST,
    )  # fmt: skip
    check_samples(samples, seed)
    model = severity_model(control, treated, odds_ratio, superiority)
    each = alpha / comparisons

    def at(size: int) -> PowerPoint:
        return _power_at(model, size, treated_size(size, ratio), each, samples, seed)

    formulas = () if model.same else _formulas(model, power, each, ratio)
    sizes = [a.n for a in formulas if not isinstance(a.n, Missing)]
    asked = f"; the formulas ask for about {min(sizes):,}" if sizes else ""
    rows, found, planned = simulate_sizes(
        at, differs=not model.same, target=power,
        about=min(sizes) if sizes else Missing("no formula has an answer"), n=n,
        maximum=maximum, progress=progress,
        reason=f"no size up to {maximum} control animals keeps {percent_text(power)} "
        f"power{asked}. Raise maximum, or plan for a larger difference",
    )  # fmt: skip
    simulated = any(point.samples is not None for point in rows)
    series = PowerSeries("mann-whitney", "exact Mann-Whitney", rows)
    return PlanSeverity(
        (series,), found, planned, power, alpha, comparisons, float(ratio),
        formulas, samples if simulated else None, seed if simulated else None,
        model,
    )  # fmt: skip


def _power_at(
    model: SeverityModel, n: int, m: int, alpha: float, samples: int, seed: int
) -> PowerPoint:
    if not model.tied:
        shift = math.sqrt(2) * float(ndtri(model.superiority))
        share = shifted_power(shift, n, m, alpha, samples=samples, seed=seed)
        return PowerPoint(n, m, share, samples)
    control, treated = np.array(model.control), np.array(model.treated)
    levels = int(((control > 0) | (treated > 0)).sum())
    if can_list(n, m, levels):
        return PowerPoint(n, m, exact_power(control, treated, n, m, alpha))
    share = simulated_power(control, treated, n, m, alpha, samples=samples, seed=seed)
    return PowerPoint(n, m, share, samples)


def _formulas(
    model: SeverityModel, power: float, alpha: float, ratio: float
) -> tuple[Approximation, ...]:
    counts = "animals in both groups"

    def made(name: str, total: float, reference: str) -> Approximation:
        n = max(2, math.ceil(total / (1 + ratio) - 1e-9))
        return Approximation(name, counts, total, n, reference)

    if model.superiority == 0.5:
        gone = Missing("no animal is more likely the lower one, though scores differ")
        rows = [Approximation("Noether", counts, gone, gone, NOETHER)]
    else:
        total = noether_total(model.superiority, power, alpha, ratio)
        rows = [made("Noether", total, NOETHER)]
    if model.odds_ratio is not None and model.odds_ratio != 1:
        average = tuple(
            (a + ratio * b) / (1 + ratio)
            for a, b in zip(model.control, model.treated, strict=True)
        )
        total = whitehead_total(model.odds_ratio, average, power, alpha, ratio)
        rows.append(made("Whitehead", total, WHITEHEAD))
    return tuple(rows)


def _shares(shares: tuple[float, ...]) -> str:
    return ", ".join(percent_text(share) for share in shares)
