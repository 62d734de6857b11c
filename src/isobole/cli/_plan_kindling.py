"""`isobole plan kindling`: animals for a kindling study, or for a drug test after."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import Output
from isobole.cli._plan_power import (
    WHOLE,
    Groups,
    Sized,
    as_shares,
    distribution,
    power_answer,
    whole,
)
from isobole.results import OptionError

RATE = Group("Parallel groups: stimulations to the fully-kindled rule", sort_key=0)
OWN = Group("Or kindled animals as their own controls", sort_key=1)


def plan_kindling(
    *,
    mean: Annotated[float | None, Parameter(group=RATE, metavar="NUMBER")] = None,
    sd: Annotated[float | None, Parameter(group=RATE, metavar="NUMBER")] = None,
    times: Annotated[float | None, Parameter(group=RATE, metavar="NUMBER")] = None,
    sessions: Annotated[
        int | None, Parameter(group=RATE, metavar="NUMBER", converter=whole)
    ] = None,
    control: Annotated[str | None, Parameter(group=RATE, metavar="PERCENTS")] = None,
    treated: Annotated[str | None, Parameter(group=RATE, metavar="PERCENTS")] = None,
    drops: Annotated[
        str | None,
        Parameter(group=OWN, metavar="DROP:PERCENT,...", allow_leading_hyphen=True),
    ] = None,
    change: Annotated[
        float | None,
        Parameter(group=OWN, metavar="SECONDS", allow_leading_hyphen=True),
    ] = None,
    within_sd: Annotated[float | None, Parameter(group=OWN, metavar="SECONDS")] = None,
    samples: Annotated[int, WHOLE] = 5000,
    sized: Sized = Sized(),  # noqa: B008
    groups: Groups = Groups(),  # noqa: B008
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Say how many animals a kindling study needs.

    Parallel groups: stimulations to the fully-kindled rule, tested by permutation of
    whole animals. Own controls: the fall in stage by exact signed ranks, or the
    afterdischarge duration by the paired t-test.

    isobole plan kindling --mean 12 --sd 3 --times 1.5 --sessions 30
    isobole plan kindling --drops 0:25,1:25,3:25,5:25
    isobole plan kindling --change 20 --within-sd 15

    Parameters
    ----------
    mean : float
        Stimulations that controls need on average.
    sd : float
        Their standard deviation.
    times : float
        How many times as many treated animals need.
    sessions : int
        The last stimulation: animals not kindled by then are censored.
    control : str
        Instead of --mean, --sd and --times: per cent of controls that are kindled
        with stimulation 1, 2, 3, ..., with commas between.
    treated : str
        The same of treated animals.
    drops : str
        Stages by which animals fall under the drug, and per cent of animals: 0:25,3:75
        means that a quarter stay and three quarters fall by 3.
    change : float
        Seconds by which the drug shortens afterdischarge.
    within_sd : float
        Standard deviation of repeated durations of one animal, in seconds.
    samples : int
        Studies simulated at each size, where power is not exact.
    """
    own = {"--drops": drops, "--change": change, "--within-sd": within_sd}
    rate = {
        "--mean": mean, "--sd": sd, "--times": times, "--sessions": sessions,
        "--control": control, "--treated": treated,
    }  # fmt: skip
    given = [[flag for flag, v in one.items() if v is not None] for one in (own, rate)]
    if all(given):
        msg = (
            f"{given[0][0]} is of animals that are their own controls, "
            f"{given[1][0]} of parallel groups; leave one of the two out"
        )
        raise OptionError(msg)
    shared: dict[str, Any] = {"samples": samples, **sized.options(output)}
    from isobole.cli._progress import Progress

    with Progress("Simulating studies") as progress:
        rest = {**shared, "seed": output.seed, "progress": progress}
        if given[0]:
            from isobole.planning import plan_own_control

            if groups != Groups():
                msg = (
                    "--comparisons and --ratio are of parallel groups; here each "
                    "animal is its own control, so leave them out"
                )
                raise OptionError(msg)
            falls = None if drops is None else _drops(drops)
            told: dict[str, Any] = {"change": change, "within_sd": within_sd}
            found: Any = plan_own_control(drops=falls, **told, **rest)
            told["drops"] = drops
        else:
            from isobole.planning import plan_kindling as plan

            by_shares: dict[str, Any] = {
                "control": distribution("control", control),
                "treated": distribution("treated", treated),
            }
            told = {"mean": mean, "sd": sd, "times": times, "sessions": sessions}
            shared.update(groups.options())
            found = plan(**told, **by_shares, **rest, **groups.options())
            told.update({"control": control, "treated": treated})
    return power_answer(found, "plan-kindling", {**told, **shared}, output)


def _drops(words: str) -> dict[float, float]:
    """Read ``0:25,3:75`` as shares of animals by fall in stage.

    Examples
    --------
    >>> _drops("0:25,3:75")
    {0.0: 0.25, 3.0: 0.75}
    """
    falls, percents = [], []
    for part in words.split(","):
        fall, _, percent = part.partition(":")
        try:
            falls.append(float(fall))
            percents.append(float(percent))
        except ValueError:
            msg = (
                f"--drops holds '{part}'; give stages and per cent of animals with a "
                "colon between, like 0:25,1:25,3:50"
            )
            raise OptionError(msg) from None
    if len(set(falls)) < len(falls):
        raise OptionError("--drops names a fall in stage twice; add its per cent up")
    return dict(zip(falls, as_shares("--drops", percents), strict=True))
