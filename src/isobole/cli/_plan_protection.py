"""`isobole plan protection`: animals per group for a share protected."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import Output
from isobole.cli._plan_power import (
    ASSUMED,
    DESIGN,
    Groups,
    Sized,
    power_answer,
    shares,
)

# As in _flags: repeated because importing the library would slow every --help.
ProtectionTest = Literal["fisher", "boschloo"]


def plan_protection(
    *,
    control: Annotated[float, Parameter(group=ASSUMED, metavar="PERCENT")],
    treated: Annotated[float, Parameter(group=ASSUMED, metavar="PERCENT")],
    test: Annotated[ProtectionTest, Parameter(group=DESIGN)] = "fisher",
    sized: Sized = Sized(),  # noqa: B008
    groups: Groups = Groups(),  # noqa: B008
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Say how many animals show a difference in protection.

    The power of the exact test, computed from every table it rejects; and the smallest
    n whose power holds for all larger n, because exact power is saw-toothed.

    isobole plan protection --control 10 --treated 90
    isobole plan protection --control 20 --treated 80 --n 8

    Parameters
    ----------
    control : float
        Per cent of control animals that you expect to be protected.
    treated : float
        The same of treated animals: plan for the smallest share that matters.
    test : str
        Fisher's exact test, or Boschloo's, which is never less powerful.
    """
    options: dict[str, Any] = {
        "test": test,
        **sized.options(output),
        **groups.options(),
    }
    expected = shares(control=control, treated=treated)
    from isobole.cli._progress import Progress
    from isobole.planning import plan_protection as plan

    with Progress("Adding up tables") as progress:
        found = plan(**expected, **options, progress=progress)  # type: ignore[arg-type]
    return power_answer(
        found, "plan-protection", {"control": control, "treated": treated, **options},
        output,
    )  # fmt: skip
