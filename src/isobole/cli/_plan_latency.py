"""`isobole plan latency`: animals per group to see that an event comes later."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import Output
from isobole.cli._plan_power import (
    ASSUMED,
    DESIGN,
    WHOLE,
    Groups,
    Sized,
    power_answer,
    shares,
)

# As in _flags: repeated because importing the library would slow every --help.
LatencyTest = Literal["permutation", "asymptotic"]


def plan_latency(
    *,
    window: Annotated[float, Parameter(group=ASSUMED, metavar="TIME")],
    control_median: Annotated[
        float | None, Parameter(group=ASSUMED, metavar="TIME")
    ] = None,
    control_events: Annotated[
        float | None, Parameter(group=ASSUMED, metavar="PERCENT")
    ] = None,
    hazard_ratio: Annotated[
        float | None, Parameter(group=ASSUMED, metavar="NUMBER")
    ] = None,
    treated_median: Annotated[
        float | None, Parameter(group=ASSUMED, metavar="TIME")
    ] = None,
    treated_events: Annotated[
        float | None, Parameter(group=ASSUMED, metavar="PERCENT")
    ] = None,
    deaths: Annotated[float, Parameter(group=ASSUMED, metavar="PERCENT")] = 0.0,
    time_unit: Annotated[str, Parameter(group=ASSUMED, metavar="UNIT")] = "s",
    test: Annotated[LatencyTest, Parameter(group=DESIGN)] = "permutation",
    samples: Annotated[int, WHOLE] = 5000,
    sized: Sized = Sized(),  # noqa: B008
    groups: Groups = Groups(),  # noqa: B008
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Say how many animals show that an event comes later.

    Studies are drawn from proportional hazards, censored at the window, and tested by
    the log-rank test as they will be. Schoenfeld's formula stands beside.

    isobole plan latency --window 1800 --control-median 90 --hazard-ratio 0.25

    Parameters
    ----------
    window : float
        Length of the observation, in the unit of the medians.
    control_median : float
        Median latency that you expect of controls; this or --control-events.
    control_events : float
        Per cent of controls that have the event within the window.
    hazard_ratio : float
        Hazard of treated animals over that of controls, below 1 where treatment
        delays; this, --treated-median or --treated-events.
    treated_median : float
        Median latency that you expect of treated animals.
    treated_events : float
        Per cent of treated animals that have the event within the window.
    deaths : float
        Per cent of animals that would die within the window without the event.
    time_unit : str
        Unit of times, for the text.
    test : str
        The log-rank test that the size is for; the other stands beside it.
    samples : int
        Studies simulated at each size.
    """
    told = {
        "control_events": control_events,
        "treated_events": treated_events,
        "deaths": deaths,
    }
    options: dict[str, Any] = {
        "window": window,
        "control_median": control_median,
        "hazard_ratio": hazard_ratio,
        "treated_median": treated_median,
        "test": test,
        "samples": samples,
        **sized.options(output),
        **groups.options(),
    }
    events = shares(control_events=control_events, treated_events=treated_events)
    died = shares(deaths=deaths)
    from isobole.cli._progress import Progress
    from isobole.planning import plan_latency as plan

    with Progress("Simulating studies") as progress:
        found = plan(
            **options, **events, **died,  # type: ignore[arg-type]
            unit=time_unit, seed=output.seed, progress=progress,
        )  # fmt: skip
    return power_answer(
        found, "plan-latency", {**options, **told, "time_unit": time_unit}, output
    )
