"""`isobole plan doses`: which fixed doses tell most of an ED50 that is not known."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import Output, numbers
from isobole.cli._plan import ASSUMED, DESIGN
from isobole.results import RESEARCH_ONLY, OptionError, Text

if TYPE_CHECKING:
    from isobole.planning import DoseChoice


def plan_doses(
    *,
    ed50: Annotated[float, Parameter(group=ASSUMED, metavar="DOSE")],
    animals: Annotated[int, Parameter(group=DESIGN, metavar="NUMBER")],
    fold: Annotated[float, Parameter(group=ASSUMED, metavar="NUMBER")] = 2.2,
    slope: Annotated[
        tuple[float, float],
        Parameter(group=ASSUMED, metavar="LOW HIGH", show_default=False),
    ] = (1.5, 16.0),
    counts: Annotated[str, Parameter(group=DESIGN, metavar="NUMBERS")] = "3,4,5,6",
    unit: Annotated[str | None, Parameter(group=DESIGN, metavar="UNIT")] = None,
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Choose fixed doses over everything you believe of the ED50.

    Numbers and spacings of doses are compared over studies drawn from your guess and
    its error, so that a design is not chosen for one guess that may be wrong.

    isobole plan doses --ed50 100 --animals 32 --unit mg/kg

    Parameters
    ----------
    ed50 : float
        The ED50 you expect, from a pilot or the literature.
    animals : int
        Animals in all, shared evenly over the doses; 500 at most.
    fold : float
        How far the guess may be off: two guesses of three are within it.
    slope : tuple
        How flat and how steep the curve may be, in probits per tenfold dose; 1.5 and 16
        unless given.
    counts : str
        Numbers of doses to compare, with commas between.
    unit : str
        Unit of the doses, such as mg/kg.
    """
    if not 1 < fold <= 1000:
        msg = f"--fold is {fold:g}; give a number above 1, such as 2.2"
        raise OptionError(msg)
    compared = numbers("--counts", counts)
    if any(count % 1 for count in compared):
        raise OptionError(f"--counts is '{counts}'; give whole numbers, such as 3,4,5")
    from isobole.planning import DosePrior, choose_doses

    prior = DosePrior(ed50, log10(fold), *slope)
    found = choose_doses(
        prior,
        animals,
        [int(count) for count in compared],
        unit=unit,
        level=output.level,
        seed=output.seed,
    )
    options: dict[str, Any] = {
        "ed50": ed50,
        "animals": animals,
        "fold": fold,
        "slope": list(slope),
        "counts": [int(count) for count in compared],
        "level": output.level,
    }
    return Answer(
        schema="plan-doses",
        title="Fixed doses",
        body=found.to_dict,
        text=lambda: [*found.blocks(), Text(RESEARCH_ONLY)],
        report=found.blocks,
        rows=lambda: design_rows(found),
        complete=True,
        json=output.json,
        out=output.out,
        options=options,
        seed=output.seed,
        unit=found.unit,
    )


def design_rows(found: DoseChoice) -> Rows:
    """Return the designs as rows of a CSV file."""
    designs = [design.to_dict() for design in found.designs]
    header = tuple(designs[0])
    return header, [
        tuple(
            " ".join(f"{x:g}" for x in value) if isinstance(value, list) else value
            for value in design.values()
        )
        for design in designs
    ]
