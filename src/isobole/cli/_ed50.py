"""`isobole ed50`: every curve of a table, fitted."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import (
    ANSWER,
    CURVE,
    DATA,
    Cluster,
    Convention,
    Data,
    Heterogeneity,
    Information,
    Interval,
    Link,
    Method,
    Output,
    natural_response,
    numbers,
    source,
)


def ed50(
    file: str,
    /,
    *,
    by: Annotated[str | None, Parameter(group=DATA, metavar="COLUMN")] = None,
    data: Data = Data(),  # noqa: B008
    link: Annotated[Link, Parameter(group=CURVE)] = "probit",
    method: Annotated[Method, Parameter(group=CURVE)] = "likelihood",
    natural: Annotated[
        str, Parameter(name="--natural-response", group=CURVE, metavar="SHARE")
    ] = "none",
    convention: Annotated[Convention | None, Parameter(group=CURVE)] = None,
    information: Annotated[Information | None, Parameter(group=CURVE)] = None,
    heterogeneity: Annotated[Heterogeneity | None, Parameter(group=CURVE)] = None,
    independent: Annotated[bool, Parameter(group=CURVE, negative="")] = False,
    cluster: Annotated[Cluster, Parameter(group=CURVE)] = "auto",
    effect: Annotated[
        list[str] | None, Parameter(group=ANSWER, metavar="PERCENT", negative="")
    ] = None,
    interval: Annotated[Interval | None, Parameter(group=ANSWER)] = None,
    output: Output = Output(),  # noqa: B008
) -> Answer:
    """Find the ED50 of every curve in a table of counts.

    The table has one row per dose (dose, n, affected) or one row per animal (dose,
    affected as 0 or 1). Dose 0 is the control. Lines that start with # are comments.

    isobole ed50 mice.csv --effect 16,50,84 --out report.html

    Parameters
    ----------
    file : str
        A CSV or Excel table, or - for standard input.
    by : str
        The column that names the curves, such as drug; a column named curve is used
        without asking.
    link : str
        Shape of the curve.
    method : str
        Maximum likelihood, or bias reduction (firth), which stays finite where no dose
        had a partial response.
    natural : str
        Response without the drug: none, estimate (from the control rows), or a known
        proportion such as 0.05.
    convention : str
        Do as that program does, to compare with its printed digits; it fixes
        information, heterogeneity and interval.
    information : str
        Matrix behind standard errors; observed unless a convention fixes it.
    heterogeneity : str
        When limits are widened because counts scatter about the curve; p<0.05 unless
        a convention fixes it.
    independent : bool
        Treat repeated animals, litters, cages or days as independent all the same; the
        answer says so.
    cluster : str
        How rows that share animals, litters, cages or days are fitted.
    effect : str
        Effects wanted, in per cent of animals: 16,50,84. May be repeated. [default 50]
    interval : str
        Kind of limits; likelihood unless a convention fixes it.
    """
    effects = numbers("--effect", effect or "50")
    share = natural_response(natural)
    from isobole.analysis import answer_ed50
    from isobole.cli._ed50_text import text_blocks
    from isobole.cli._progress import Progress

    answer = answer_ed50(
        source(file),
        by=by,
        unit=data.unit,
        endpoint=data.endpoint,
        sheet=data.sheet,
        effects=effects,
        link=link,
        method=method,
        natural_response=share,
        convention=convention,
        information=information,
        heterogeneity=heterogeneity,
        independent=independent,
        cluster=cluster,
        interval=interval,
        level=output.level,
        seed=output.seed,
        progress=Progress,
    )
    return Answer.of(
        answer, output, lambda: text_blocks(*answer.found, hint=output.out is None)
    )
