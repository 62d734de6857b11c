"""`isobole plan severity`: animals per group to see that scores are lower."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import Output
from isobole.cli._plan_power import (
    ASSUMED,
    WHOLE,
    Groups,
    Sized,
    distribution,
    power_answer,
)


def plan_severity(
    *,
    control: Annotated[str | None, Parameter(group=ASSUMED, metavar="PERCENTS")] = None,
    treated: Annotated[str | None, Parameter(group=ASSUMED, metavar="PERCENTS")] = None,
    odds_ratio: Annotated[
        float | None, Parameter(group=ASSUMED, metavar="NUMBER")
    ] = None,
    superiority: Annotated[
        float | None, Parameter(group=ASSUMED, metavar="SHARE")
    ] = None,
    samples: Annotated[int, WHOLE] = 5000,
    sized: Sized = Sized(),  # noqa: B008
    groups: Groups = Groups(),  # noqa: B008
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Say how many animals show that seizure scores are lower.

    The power of the exact Mann-Whitney test, ties included: exact where all outcomes
    can be listed, simulated above. Noether's and Whitehead's formulas stand beside.

    isobole plan severity --control 0,0,5,10,15,70 --treated 20,20,20,20,10,10
    isobole plan severity --control 0,0,5,10,15,70 --odds-ratio 8

    Parameters
    ----------
    control : str
        Per cent of control animals at every level of the scale, lowest first, with
        commas between. Without it, scores without ties.
    treated : str
        The same of treated animals; this, --odds-ratio or --superiority.
    odds_ratio : float
        How many times the odds of a score at or below any level are as high under
        treatment: above 1 where it helps.
    superiority : float
        The chance, 0 to 1, that a treated animal scores lower than a control, ties
        counting one half: 0.5 is no difference.
    samples : int
        Studies simulated where outcomes are too many to list.
    """
    expected: dict[str, Any] = {
        "control": distribution("control", control),
        "treated": distribution("treated", treated),
        "odds_ratio": odds_ratio,
        "superiority": superiority,
    }
    options: dict[str, Any] = {
        "samples": samples, **sized.options(output), **groups.options(),
    }  # fmt: skip
    from isobole.cli._progress import Progress
    from isobole.planning import plan_severity as plan

    with Progress("Simulating studies") as progress:
        found = plan(**expected, **options, seed=output.seed, progress=progress)
    told = {
        name: None if value is None else [100 * share for share in value]
        for name, value in list(expected.items())[:2]
    }
    return power_answer(found, "plan-severity", {**expected, **told, **options}, output)
