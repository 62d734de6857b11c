"""`plan_kindling`: animals per group to see that kindling takes more stimulations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._approximations import COHEN, Approximation, t_test_n
from isobole.planning._kindling_model import (
    KindlingModel,
    discrete_scores,
    kindling_model,
)
from isobole.planning._permutation_power import DRAWN, two_group_rejects
from isobole.planning._power_checks import SAMPLES, check_design, check_samples
from isobole.planning._power_plan import PowerPlan, PowerSeries
from isobole.planning._power_search import (
    PowerPoint,
    Progress,
    simulate_sizes,
    treated_size,
)
from isobole.results import Missing, format_number

MOST: Final = 250
_LABEL: Final = "permutation log-rank of stimulations"
_PETO: Final = (
    "Peto R, Peto J (1972) Asymptotically efficient rank invariant test procedures. J "
    "R Stat Soc A 135:185-207."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlanKindling(PowerPlan):
    """Power to see that kindling takes more stimulations, animals as units.

    Parameters
    ----------
    model : KindlingModel
        Stimulations to the fully-kindled rule, of control and treated animals.
    """

    TITLE: ClassVar[str] = "Animals for a comparison of kindling"
    NAME: ClassVar[str] = "PlanKindling"

    model: KindlingModel

    @property
    def differs(self) -> bool:
        """Whether the distributions differ within the sessions."""
        last = self.model.sessions
        return self.model.control[:last] != self.model.treated[:last]

    def expected_words(self) -> str:
        """Say what is expected of the two groups."""
        said = " v ".join(
            f"{format_number(mean, 3)} ± {format_number(sd, 3)}"
            for mean, sd in (self.model.moments(False), self.model.moments(True))
        )
        return f"{said} stimulations (mean ± SD) to the fully-kindled rule"

    def assumptions(self) -> str:
        """Say what the numbers rest on."""
        last = self.model.sessions
        ends = (
            "every animal goes on until it is kindled"
            if last is None
            else f"animals stop at {last} stimulations, when "
            f"{percent_text(self.model.reached(False))} of controls and "
            f"{percent_text(self.model.reached(True))} of treated animals are kindled; "
            "the others are censored"
        )
        return (
            "animals are independent and are the units, not their sessions; "
            f"stimulations follow: {self.model.shape}; {ends}. No electrode is lost: "
            "add animals for those."
        )

    def method_words(self) -> str:
        """Say how power was found."""
        return (
            f"Power was simulated ({self.samples:,} studies at each size, seed "
            f"{self.seed}), every study tested by two-sided permutation of log-rank "
            "scores with ties over whole animals (all allocations up to 8 against 8 "
            f"animals, {DRAWN:,} random allocations above)."
        )

    def references(self) -> tuple[str, ...]:
        """Return what was used."""
        return (_PETO, *(one.reference for one in self.approximations))

    def expected_dict(self) -> dict[str, Any]:
        """Return the model: shares in percent."""
        return self.model.to_dict()


def plan_kindling(
    *,
    mean: float | None = None,
    sd: float | None = None,
    times: float | None = None,
    control: Sequence[float] | None = None,
    treated: Sequence[float] | None = None,
    sessions: int | None = None,
    n: int | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    comparisons: int = 1,
    ratio: float = 1.0,
    maximum: int = 100,
    samples: int = SAMPLES,
    seed: int = 1,
    progress: Progress | None = None,
) -> PlanKindling:
    """Say how many animals show that kindling takes more stimulations.

    Studies of parallel groups are drawn and tested as `kindling_rate` tests them: by
    permutation of log-rank scores over whole animals.

    Parameters
    ----------
    mean, sd : float
        Of the stimulations controls need to reach the fully-kindled rule.
    times : float
        How many times as many treated animals need; their SD grows with it.
    control, treated : sequence of float
        Instead: shares of animals that reach it with stimulation 1, 2, 3, ...
    sessions : int, optional
        Stimulations after which animals stop, kindled or not.
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
        Studies simulated at each size, and where they start.
    progress : callable, optional
        Called with (sizes done, None).

    Returns
    -------
    PlanKindling

    Raises
    ------
    DataError
        If shares are no distribution.
    OptionError
        If what is expected is missing, said twice or impossible.
    NotComputable
        If no distribution has the mean and SD.

    Examples
    --------
    >>> plan = plan_kindling(mean=12, sd=3, times=1.5, sessions=30, samples=1000)
    >>> plan
    PlanKindling(12 ± 3 v 18 ± 4.5 stimulations (mean ± SD) to the fully-kindled rule: \
8 animals per group (16 in all) for 80 % power by permutation log-rank of stimulations)
    """
    check_design(
        n=n, power=power, alpha=alpha, comparisons=comparisons, ratio=ratio,
        maximum=maximum, most=MOST,
    )  # fmt: skip
    check_samples(samples, seed)
    model = kindling_model(mean, sd, times, control, treated, sessions)
    each = alpha / comparisons

    def at(size: int) -> PowerPoint:
        m = treated_size(size, ratio)
        count, reached = model.draw(size, m, samples=samples, seed=seed)
        scores = discrete_scores(count, reached)
        rejected = two_group_rejects(scores, size, each, seed)
        return PowerPoint(size, m, float(rejected.mean()), samples)

    last = model.sessions
    differs = model.control[:last] != model.treated[:last]
    formulas = (_as_if_normal(model, power, each, ratio),) if differs else ()
    points, found, planned = simulate_sizes(
        at, differs=differs, target=power,
        about=formulas[0].n if formulas else Missing("nothing to find"), n=n,
        maximum=maximum, progress=progress,
        reason=f"no size up to {maximum} control animals keeps {percent_text(power)} "
        "power. Raise maximum, stimulate longer, or plan for a larger difference",
    )  # fmt: skip
    series = PowerSeries("log-rank", _LABEL, points)
    return PlanKindling(
        (series,), found, planned, power, alpha, comparisons, float(ratio),
        formulas, samples, seed, model,
    )  # fmt: skip


def _as_if_normal(
    model: KindlingModel, power: float, alpha: float, ratio: float
) -> Approximation:
    name, counts = "t-test, as if normal and none censored", "control animals"
    (first, one), (second, other) = model.moments(False), model.moments(True)
    spread = math.sqrt((one**2 + other**2) / 2)
    if first == second or spread == 0:
        gone = Missing("means or spreads leave the formula without an answer")
        return Approximation(name, counts, gone, gone, COHEN)
    value = t_test_n((second - first) / spread, power, alpha, ratio)
    return Approximation(name, counts, value, max(2, math.ceil(value)), COHEN)
