"""`plan_latency`: animals per group to see that an event comes later."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, get_args

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._approximations import (
    SCHOENFELD,
    Approximation,
    schoenfeld_events,
)
from isobole.planning._latency_model import LatencyModel, latency_model
from isobole.planning._latency_power import (
    asymptotic_rejects,
    draw_latencies,
    permutation_rejects,
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
from isobole.results import Missing, check_choice, format_number

LatencyTest = Literal["permutation", "asymptotic"]

LABELS: Final = {
    "permutation": "permutation log-rank",
    "asymptotic": "chi-square log-rank",
}
MOST: Final = 250
_PETO: Final = (
    "Peto R, Peto J (1972) Asymptotically efficient rank invariant test procedures. J "
    "R Stat Soc A 135:185-207."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlanLatency(PowerPlan):
    """Power of log-rank tests to see that treatment delays an event.

    Parameters
    ----------
    model : LatencyModel
        What is expected of controls and treated animals.
    """

    TITLE: ClassVar[str] = "Animals for a comparison of latency"
    NAME: ClassVar[str] = "PlanLatency"

    model: LatencyModel

    @property
    def differs(self) -> bool:
        """Whether the hazards differ."""
        return self.model.hazard_ratio != 1

    def expected_words(self) -> str:
        """Say what is expected of the two groups."""
        shares = [percent_text(self.model.event_share(t)) for t in (False, True)]
        return (
            f"hazard ratio {format_number(self.model.hazard_ratio, 3)} (the event in "
            f"{shares[0]} of controls and {shares[1]} of treated animals within "
            f"{format_number(self.model.window)} {self.model.unit})"
        )

    def assumptions(self) -> str:
        """Say what the numbers rest on."""
        deaths = (
            f"{percent_text(-math.expm1(-self.model.death))} of animals of any group "
            "would die within the window without the event, which censors them; "
            if self.model.death
            else "no animal dies or is lost before the window ends; "
        )
        return (
            "animals are independent and watched for "
            f"{format_number(self.model.window)} {self.model.unit}; {deaths}hazards "
            "are proportional. Without deaths the power then depends on the hazard "
            "ratio and the share with the event only, not on the shape of the curves. "
            "A drug that protects some animals fully and leaves the others as they "
            "were is another case: plan for protection. "
            "Ties of times read to the second are not simulated."
        )

    def method_words(self) -> str:
        """Say how power was found."""
        return (
            f"Power was simulated ({self.samples:,} studies at each size, seed "
            f"{self.seed}) from proportional hazards with censoring at the window; "
            "every study was tested by the two-sided permutation test of log-rank "
            f"scores (all allocations up to 8 against 8 animals, {DRAWN:,} random "
            "allocations above) and by the chi-square log-rank test."
        )

    def references(self) -> tuple[str, ...]:
        """Return what was used."""
        return (_PETO, *(one.reference for one in self.approximations))

    def expected_dict(self) -> dict[str, Any]:
        """Return the model: shares in percent."""
        return self.model.to_dict()


def plan_latency(
    *,
    window: float,
    control_median: float | None = None,
    control_events: float | None = None,
    treated_median: float | None = None,
    treated_events: float | None = None,
    hazard_ratio: float | None = None,
    deaths: float = 0.0,
    n: int | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    test: LatencyTest = "permutation",
    comparisons: int = 1,
    ratio: float = 1.0,
    maximum: int = 100,
    unit: str = "s",
    samples: int = SAMPLES,
    seed: int = 1,
    progress: Progress | None = None,
) -> PlanLatency:
    """Say how many animals show that treatment delays an event.

    Studies are drawn from proportional hazards, censored at the window, and tested as
    they will be: by the log-rank test, permutation and chi-square. Schoenfeld's
    formula stands beside, as the approximation it is.

    Parameters
    ----------
    window : float
        Length of the observation.
    control_median, control_events : float
        What you expect of controls: the median latency, or the share (0 to 1) that has
        the event within the window. One of the two.
    treated_median, treated_events, hazard_ratio : float
        What you expect of treated animals: one of the three. The hazard ratio is
        below 1 where treatment delays.
    deaths : float
        Share of animals that would die within the window without the event.
    n : int, optional
        Control animals of a design to be judged.
    power, alpha : float
        Power wanted; two-sided error of the whole study.
    test : {"permutation", "asymptotic"}
        The one the size is for; the other stands beside it.
    comparisons, ratio : int, float
        Treated groups against one control (each planned at alpha / comparisons, the
        first step of Holm's test), and treated animals per control.
    maximum : int
        Most control animals to consider.
    unit : str
        Of the window and medians.
    samples, seed : int
        Studies simulated at each size, and where they start.
    progress : callable, optional
        Called with (sizes done, None).

    Returns
    -------
    PlanLatency

    Raises
    ------
    DataError
        If a share is not within 0 to 1.
    OptionError
        If what is expected is missing, said twice or impossible.

    Examples
    --------
    >>> plan = plan_latency(
    ...     window=1800, control_events=0.95, hazard_ratio=0.25, samples=1000
    ... )
    >>> plan.test_at("asymptotic", plan.smallest.holds).how
    'simulated'
    >>> plan.approximations[0].value.__round__(2), plan.approximations[0].n
    (16.34, 12)
    """
    check_choice("test", test, get_args(LatencyTest))
    check_design(
        n=n, power=power, alpha=alpha, comparisons=comparisons, ratio=ratio,
        maximum=maximum, most=MOST,
    )  # fmt: skip
    check_samples(samples, seed)
    model = latency_model(
        window=window, control_median=control_median, control_events=control_events,
        treated_median=treated_median, treated_events=treated_events,
        hazard_ratio=hazard_ratio, deaths=deaths, unit=unit,
    )  # fmt: skip
    each = alpha / comparisons
    beside: dict[int, PowerPoint] = {}

    def at(size: int) -> PowerPoint:
        m = treated_size(size, ratio)
        time, event = draw_latencies(model, size, m, samples=samples, seed=seed)
        exact = permutation_rejects(time, event, size, each, seed)
        chi = asymptotic_rejects(time, event, size, each)
        first, second = (exact, chi) if test == "permutation" else (chi, exact)
        beside[size] = PowerPoint(size, m, float(second.mean()), samples)
        return PowerPoint(size, m, float(first.mean()), samples)

    formula = _schoenfeld(model, power, each, ratio)
    asked = (
        "" if isinstance(formula.n, Missing) else f"; Schoenfeld asks for {formula.n:,}"
    )
    points, found, planned = simulate_sizes(
        at, differs=model.hazard_ratio != 1, target=power, about=formula.n, n=n,
        maximum=maximum, progress=progress,
        reason=f"no size up to {maximum} control animals keeps {percent_text(power)} "
        f"power{asked}. Raise maximum, watch longer, or plan for a larger difference",
    )  # fmt: skip
    other = next(name for name in get_args(LatencyTest) if name != test)
    series = (
        PowerSeries(test, LABELS[test], points),
        PowerSeries(other, LABELS[other], tuple(beside[p.n] for p in points)),
    )
    return PlanLatency(
        series, found, planned, power, alpha, comparisons, float(ratio),
        (formula,), samples, seed, model,
    )  # fmt: skip


def _schoenfeld(
    model: LatencyModel, power: float, alpha: float, ratio: float
) -> Approximation:
    name, counts = "Schoenfeld", "events in both groups"
    if model.hazard_ratio == 0:
        gone = Missing(
            "the formula has no answer where no treated animal has the event"
        )
        return Approximation(name, counts, gone, gone, SCHOENFELD)
    if model.hazard_ratio == 1:
        gone = Missing("with a hazard ratio of 1 there is nothing to find")
        return Approximation(name, counts, gone, gone, SCHOENFELD)
    events = schoenfeld_events(model.hazard_ratio, power, alpha, ratio)
    seen = model.event_share(False) + ratio * model.event_share(True)
    return Approximation(
        name, counts, events, max(2, math.ceil(math.ceil(events) / seen)), SCHOENFELD
    )
