"""`isobole potency`: the curves of a table against each other."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import (
    ANSWER,
    CURVE,
    DATA,
    Data,
    Heterogeneity,
    Information,
    Link,
    Output,
    source,
)
from isobole.results import RESEARCH_ONLY, Text


def potency(
    file: str,
    /,
    *,
    by: Annotated[str | None, Parameter(group=DATA, metavar="COLUMN")] = None,
    data: Data = Data(),  # noqa: B008
    standard: Annotated[str | None, Parameter(group=CURVE, metavar="NAME")] = None,
    standard_potency: Annotated[float, Parameter(group=CURVE, metavar="NUMBER")] = 1.0,
    link: Annotated[Link, Parameter(group=CURVE)] = "probit",
    information: Annotated[Information, Parameter(group=CURVE)] = "observed",
    heterogeneity: Annotated[Heterogeneity, Parameter(group=CURVE)] = "p<0.05",
    independent: Annotated[bool, Parameter(group=CURVE, negative="")] = False,
    interval: Annotated[
        Literal["likelihood", "fieller", "delta"], Parameter(group=ANSWER)
    ] = "likelihood",
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Compare curves: slopes, relative potency, ED50 ratios.

    The table has one row per dose or per animal, and a column that names the curve.
    Relative potency is the ED50 of the standard over that of the other curve under a
    common slope; where slopes differ, use the ED50 ratios with separate slopes.

    isobole potency mice.csv --by drug --standard valproate --out potency.html

    Parameters
    ----------
    file : str
        A CSV or Excel table, or - for standard input.
    by : str
        The column that names the curves, such as drug; a column named curve is used
        without asking.
    standard : str
        The curve the others are compared with; the first one by default.
    standard_potency : float
        Potency assigned to the standard, such as 140 (IU per vial).
    link : str
        Shape of the curves.
    information : str
        Matrix behind standard errors and Fieller's limits.
    heterogeneity : str
        When limits are widened because counts scatter about the curves.
    independent : bool
        Treat repeated animals, litters, cages or days as independent all the same; the
        answer says so.
    interval : str
        Kind of limits shown first; all kinds are computed.
    """
    from isobole.analysis import answer_potency
    from isobole.cli._progress import Progress

    answer = answer_potency(
        source(file),
        by=by,
        unit=data.unit,
        endpoint=data.endpoint,
        sheet=data.sheet,
        standard=standard,
        standard_potency=standard_potency,
        link=link,
        information=information,
        heterogeneity=heterogeneity,
        independent=independent,
        interval=interval,
        level=output.level,
        seed=output.seed,
        progress=Progress,
    )
    return Answer.of(answer, output, lambda: [*answer.report(), Text(RESEARCH_ONLY)])
