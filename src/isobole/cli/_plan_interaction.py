"""`isobole plan interaction`: what a study of a mixture can find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import Heterogeneity, Link, Output, numbers
from isobole.results import RESEARCH_ONLY, Block, OptionError, Table, Text

if TYPE_CHECKING:
    from isobole.planning import PlanInteraction

DESIGN = Group("Design", sort_key=1)
ASSUMED = Group("What you expect", sort_key=2)
ASKED = Group("What you ask for", sort_key=3)
# As in _flags: repeated because importing the library would slow every --help.
Basis = Literal["ed50", "mass"]
_SIZES = "4,6,8,10,12,16,20,24,32"


def plan_interaction(
    *,
    drugs: Annotated[str, Parameter(group=DESIGN, metavar="NAMES")],
    ed50: Annotated[str, Parameter(group=ASSUMED, metavar="NUMBERS")],
    slope: Annotated[str, Parameter(group=ASSUMED, metavar="NUMBERS")],
    index: Annotated[float, Parameter(group=ASSUMED, metavar="NUMBER")],
    mixture_slope: Annotated[
        float | None, Parameter(group=ASSUMED, metavar="NUMBER")
    ] = None,
    link: Annotated[Link, Parameter(group=ASSUMED)] = "probit",
    n: Annotated[str, Parameter(group=DESIGN, metavar="NUMBERS")] = "8",
    ratio: Annotated[str | None, Parameter(group=DESIGN, metavar="PARTS")] = None,
    ratio_by: Annotated[Basis, Parameter(group=DESIGN)] = "ed50",
    count: Annotated[int, Parameter(group=DESIGN, metavar="NUMBER")] = 4,
    spacing: Annotated[float, Parameter(group=DESIGN, metavar="NUMBER")] = 0.15,
    doses: Annotated[
        list[str] | None, Parameter(group=DESIGN, metavar="NUMBERS", negative="")
    ] = None,
    unit: Annotated[str | None, Parameter(group=DESIGN, metavar="UNIT")] = None,
    margin: Annotated[
        tuple[float, float] | None, Parameter(group=ASKED, metavar="LOW HIGH")
    ] = None,
    power: Annotated[float, Parameter(group=ASKED, metavar="SHARE")] = 0.8,
    sizes: Annotated[str, Parameter(group=ASKED, metavar="NUMBERS")] = _SIZES,
    heterogeneity: Annotated[Heterogeneity, Parameter(group=ASKED)] = "p<0.05",
    samples: Annotated[int, Parameter(group=ASKED, metavar="NUMBER")] = 10_000,
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Say whether a study of a mixture can find an interaction.

    Studies are drawn from the curves you expect and analysed by every test: how often
    each finds the interaction, how often it finds one that is not there, and how often
    it has no answer; and how many animals the power you want takes.

    isobole plan interaction --drugs VPA,Mg --ed50 140,60 --slope 7,7 --index 0.7

    Parameters
    ----------
    drugs : str
        Names, with commas between.
    ed50 : str
        The ED50 you expect of each drug, in the order of --drugs.
    slope : str
        The slope you expect of each drug per tenfold dose: 6 means that the ED84 is
        2.15 times the ED16.
    index : float
        The interaction index worth finding: 0.7 means that the mixture needs 0.7 of
        the additive dose.
    mixture_slope : float
        Slope of the mixture; the mean of the drugs' unless given.
    link : str
        Shape of the curves.
    n : str
        Animals per dose: one number, or one for each arm (the mixture last).
    ratio : str
        Parts of the drugs in the mixture, 1:4; equal unless given.
    ratio_by : str
        Whether these are parts of the ED50s or of mass.
    count : int
        Doses in every arm.
    spacing : float
        Log10 distance between doses, around each ED50.
    doses : str
        The doses of an arm themselves; give it once for each drug and then for the
        mixture (total doses).
    unit : str
        Unit of the doses, such as mg/kg.
    margin : tuple
        Indices that would not matter: plans for showing additivity.
    power : float
        The power you want, 0 to 1.
    sizes : str
        Animals per dose to compare.
    heterogeneity : str
        When limits are widened because counts scatter about the curves.
    samples : int
        Studies simulated for each number of animals.
    """
    names = [name.strip() for name in drugs.split(",")]
    animals = [int(k) for k in _whole("--n", n)]
    options: dict[str, Any] = {
        "drugs": names,
        "ed50s": numbers("--ed50", ed50),
        "slopes": numbers("--slope", slope),
        "index": index,
        "n": animals if len(animals) > 1 else animals[0],
        "ratio": None if ratio is None else numbers("--ratio", ratio.replace(":", ",")),
        "by": ratio_by,
        "mixture_slope": mixture_slope,
        "spacing": spacing,
        "count": count,
        "doses": None if not doses else [numbers("--doses", arm) for arm in doses],
        "margin": margin,
        "level": output.level,
        "power": power,
        "sizes": [int(k) for k in _whole("--sizes", sizes)],
        "link": link,
        "heterogeneity": heterogeneity,
        "samples": samples,
    }
    from isobole.cli._progress import Progress
    from isobole.planning import plan_interaction as plan

    with Progress("Simulating studies") as progress:
        found = plan(**options, unit=unit, seed=output.seed, progress=progress)
    return Answer(
        schema="plan-interaction",
        title="Plan of an interaction study",
        body=found.to_dict,
        text=lambda: text_blocks(found),
        report=found.blocks,
        rows=lambda: size_rows(found),
        complete=True,
        json=output.json,
        out=output.out,
        options=options,
        seed=output.seed,
        unit=found.design.unit,
    )


def _whole(flag: str, words: str) -> list[float]:
    found = numbers(flag, words)
    if not all(value.is_integer() for value in found):
        raise OptionError(f"{flag} is '{words}'; give whole numbers of animals")
    return found


def text_blocks(found: PlanInteraction) -> list[Block]:
    """Return what is printed: the report with sizes in narrow columns."""
    wide = found.size_table()
    blocks: list[Block] = [
        sizes_table(found, wide)
        if isinstance(b, Table) and b.title == wide.title
        else b
        for b in found.blocks()
    ]
    return [*blocks, Text(RESEARCH_ONLY)]


def sizes_table(found: PlanInteraction, wide: Table) -> Table:
    """Return the power by size with letters for tests, as a terminal is narrow."""
    letters = [chr(ord("a") + k) for k in range(len(found.tests))]
    key = "; ".join(
        f"{letter}: {plan.label}"
        for letter, plan in zip(letters, found.tests, strict=True)
    )
    columns = (*wide.columns[:2], *letters)
    return Table(wide.title, columns, wide.rows, (*wide.notes, f"{key}."))


def size_rows(found: PlanInteraction) -> Rows:
    """Return the power of each test by number of animals as rows of a CSV file."""
    header = ("n_per_dose", "animals", "test", "power_percent")
    rows: list[tuple[Any, ...]] = [
        (" ".join(map(str, size["n"])), size["animals"], test, share)
        for size in (size.to_dict() for size in found.sizes)
        for test, share in size["power"].items()
    ]
    return header, rows
