"""`isobole plan ed50`: what a dose-response design risks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import Link, Output, numbers
from isobole.results import (
    RESEARCH_ONLY,
    Block,
    Cell,
    Missing,
    OptionError,
    Table,
    Text,
    format_number,
)

if TYPE_CHECKING:
    from isobole.planning import PlanEd50

DESIGN = Group("Design", sort_key=1)
ASSUMED = Group("What you expect", sort_key=2)


CLAIMED = Group("A claimed difference instead", sort_key=3)


def plan_ed50(
    *,
    doses: Annotated[
        str | None,
        Parameter(group=DESIGN, metavar="NUMBERS", allow_leading_hyphen=True),
    ] = None,
    n: Annotated[
        str | None,
        Parameter(group=DESIGN, metavar="NUMBERS", allow_leading_hyphen=True),
    ] = None,
    ed50: Annotated[float | None, Parameter(group=ASSUMED, metavar="DOSE")] = None,
    slope: Annotated[float | None, Parameter(group=ASSUMED, metavar="NUMBER")] = None,
    link: Annotated[Link | None, Parameter(group=ASSUMED)] = None,
    unit: Annotated[str | None, Parameter(group=DESIGN, metavar="UNIT")] = None,
    ratio: Annotated[
        tuple[float, float] | None, Parameter(group=CLAIMED, metavar="ED50 ED50")
    ] = None,
    substances: Annotated[
        tuple[str, str] | None, Parameter(group=CLAIMED, metavar="NAME NAME")
    ] = None,
    power: Annotated[float | None, Parameter(group=CLAIMED, metavar="SHARE")] = None,
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Say what an ED50 experiment risks, before the first animal.

    Every table of counts the design can give is weighed by its probability under the
    curve you expect: how often there is no slope, no ED50 or no bounded limit, and what
    other doses or group sizes would change.

    isobole plan ed50 --doses 5,10,20,40 --n 8 --ed50 14 --slope 6 --unit mg/kg

    With --ratio: how many animals per drug a claimed difference of two ED50s needs, per
    mass and, with --substances, per mole.

    isobole plan ed50 --ratio 94.58 97.41 --unit mg/kg
    --substances "magnesium valproate" "sodium valproate"

    Parameters
    ----------
    doses : str
        Planned doses, with commas between.
    n : str
        Animals per dose: one number, or one for each dose.
    ed50 : float
        The ED50 you expect, from a pilot or the literature.
    slope : float
        The slope you expect per tenfold dose, in probits for the probit: 6 means that
        the ED84 is 2.15 times the ED16. With --ratio it may be left out: 7.7.
    link : str
        Shape of the curve; probit unless given.
    unit : str
        Unit of the doses, such as mg/kg.
    ratio : tuple
        Two ED50s that are said to differ.
    substances : tuple
        What was weighed, in the order of the ED50s; needs --unit.
    power : float
        The chance you want of finding the difference; 0.8 unless given.
    """
    given = {"--doses": doses, "--n": n, "--ed50": ed50, "--slope": slope}
    if ratio is not None:
        extra = [flag for flag, value in {**given, "--link": link}.items()
                 if value is not None and flag != "--slope"]  # fmt: skip
        if extra:
            msg = (
                f"{extra[0]} does not go with --ratio, which compares two ED50s "
                "whatever the doses were; leave one of the two out"
            )
            raise OptionError(msg)
        from isobole.cli._plan_ratio import plan_ratio

        return plan_ratio(ratio, substances, unit, slope, power, output)
    for flag, value in (("--substances", substances), ("--power", power)):
        if value is not None:
            msg = f"{flag} goes with --ratio only; add --ratio with two ED50s"
            raise OptionError(msg)
    missing = [flag for flag, value in given.items() if value is None]
    if doses is None or n is None or ed50 is None or slope is None:
        msg = (
            f"{', '.join(missing)} must be given; a plan needs --doses, --n, --ed50 "
            "and --slope (or --ratio with two ED50s to compare)"
        )
        raise OptionError(msg)
    at = numbers("--doses", doses)
    animals = numbers("--n", n)
    if len(animals) not in (1, len(at)):
        msg = (
            f"--n has {len(animals)} numbers and --doses {len(at)}; give one number, "
            "or one for each dose"
        )
        raise OptionError(msg)
    from isobole.cli._progress import Progress
    from isobole.planning import plan_ed50 as plan

    options: dict[str, Any] = {
        "doses": at,
        "n": animals if len(animals) > 1 else animals * len(at),
        "ed50": ed50,
        "slope": slope,
        "link": link or "probit",
        "level": output.level,
    }
    with Progress("Weighing designs") as progress:
        found = plan(**options, unit=unit, seed=output.seed, progress=progress)
    return Answer(
        schema="plan-ed50",
        title="Plan of an ED50 experiment",
        body=found.to_dict,
        text=lambda: text_blocks(found),
        report=found.blocks,
        rows=lambda: design_rows(found),
        complete=True,
        json=output.json,
        out=output.out,
        options=options,
        seed=output.seed,
        unit=found.outcome.unit,
    )


def text_blocks(found: PlanEd50) -> list[Block]:
    """Return what is printed: the report with designs in fewer columns."""
    wide = found.alternative_table()
    blocks: list[Block] = [
        designs_table(found) if isinstance(b, Table) and b.title == wide.title else b
        for b in found.blocks()
    ]
    return [*blocks, Text(RESEARCH_ONLY)]


def designs_table(found: PlanEd50) -> Table:
    """Return the designs side by side, narrow enough for a terminal."""
    unit = f" ({found.outcome.unit})" if found.outcome.unit else ""
    rows: list[tuple[Cell, ...]] = []
    for design in found.alternatives:
        off, fold = design.complete_if_off, design.median_fold
        rows.append(
            (
                design.label,
                ", ".join(format_number(dose, 3) for dose in design.doses),
                design.animals,
                round(100 * design.no_finite_slope, 1),
                round(100 * design.complete, 1),
                off if isinstance(off, Missing) else round(100 * off, 1),
                fold if isinstance(fold, Missing) else round(fold, 2),
            )
        )
    return Table(
        "Other designs (shares of experiments in %)",
        ("design", f"doses{unit}", "animals", "no slope", "complete", "off", "span"),
        tuple(rows),
        (
            "no slope: no finite slope, so no ED50 as a number.",
            "complete: an ED50 and both likelihood limits. off: the same if the true "
            "ED50 is 1.5 times higher or lower, whichever is worse.",
            "span: upper limit over lower limit, median.",
        ),
    )


def design_rows(found: PlanEd50) -> Rows:
    """Return the designs side by side as rows of a CSV file."""
    designs = [design.to_dict() for design in found.alternatives]
    header = tuple(designs[0])
    return header, [tuple(_cell(design[key]) for key in header) for design in designs]


def _cell(value: Any) -> Any:
    return " ".join(f"{x:g}" for x in value) if isinstance(value, list) else value
