"""`isobole audit`: published interactions, recomputed from what they print."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from isobole.cli._answer import Answer
from isobole.cli._flags import ANSWER, DATA, Output, source
from isobole.results import RESEARCH_ONLY, OptionError, Text


def audit(
    file: str | None = None,
    /,
    *,
    template: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    margin: Annotated[
        tuple[float, float], Parameter(group=ANSWER, metavar="LOW HIGH")
    ] = (0.8, 1.25),
    sheet: Annotated[str | None, Parameter(group=DATA, metavar="NAME")] = None,
    output: Output = Output(),  # noqa: B008
) -> Answer | str:
    """Recompute published interactions from what they print.

    The table has one row per mixture: ED50, SEM and n as the paper prints them, digit
    by digit. Every figure is recomputed by every rule and test and varied over its
    rounding; flagged is only what no unrounded values reproduce.

    isobole audit --template > claims.csv
    isobole audit claims.csv --out audit.html

    Parameters
    ----------
    file : str
        A CSV or Excel table of claims, or - for standard input.
    template : bool
        Print an empty table with the meaning of every column and an example.
    margin : tuple
        Indices that would not matter, where a paper claims additivity.
    sheet : str
        Sheet of a workbook; the first unless given.
    """
    if template:
        if (file, sheet, output.out) != (None, None, None) or output.json:
            raise OptionError("--template stands alone; it prints a table to fill in")
        from isobole.tables import claims_template

        return claims_template()
    if file is None:
        raise OptionError(
            "Name the table to audit, or give --template for an empty one"
        )
    from isobole.analysis import answer_audit
    from isobole.cli._progress import Progress

    answer = answer_audit(
        source(file),
        sheet=sheet,
        margin=margin,
        level=output.level,
        seed=output.seed,
        progress=Progress,
    )
    return Answer.of(answer, output, lambda: [*answer.report(), Text(RESEARCH_ONLY)])
