"""`isobole potency`: the curves of a table against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
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
from isobole.results import RESEARCH_ONLY, DataError, Missing, Problem, Text

if TYPE_CHECKING:
    from isobole.doseresponse import CurveComparison, QuantalData

_HEADER = (
    "quantity", "first", "second", "slopes", "estimate", "low", "high", "set_kind",
    "bounds", "level", "interval", "log10_se", "reason",
)  # fmt: skip


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
    from isobole.cli._ed50_text import data_hash, shared_problems
    from isobole.cli._progress import Progress
    from isobole.doseresponse import compare_curves
    from isobole.tables import read_quantal

    with Progress("Reading rows") as progress:
        curves = read_quantal(
            source(file),
            by=by,
            unit=data.unit,
            endpoint=data.endpoint,
            progress=progress,
        )
    if len(curves) < 2:
        raise DataError([_one_curve(curves[0])])
    options: dict[str, Any] = {
        "link": link,
        "standard": standard,
        "standard_potency": standard_potency,
        "interval": interval,
        "level": output.level,
        "information": information,
        "heterogeneity": heterogeneity,
        "independent": independent,
    }
    found = compare_curves(curves, **options)
    notes = shared_problems(curves)
    return Answer(
        schema="potency",
        title=f"Potency against {found.standard}",
        body=lambda: body(found),
        text=lambda: [*found.blocks(), Text(RESEARCH_ONLY)],
        report=found.blocks,
        rows=lambda: ratio_rows(found),
        complete=not any(
            isinstance(potency[found.interval].value, Missing)
            for potency in found.potencies
        ),
        json=output.json,
        out=output.out,
        inputs=curves[0].inputs,
        data_sha256=data_hash(curves),
        options={"by": by, **options, "standard": found.standard},
        seed=output.seed,
        endpoint=curves[0].endpoint,
        unit=curves[0].unit,
        problems=tuple(dict.fromkeys((*notes, *found.problems))),
    )


def _one_curve(data: QuantalData) -> Problem:
    remedy = "Name the column that holds the curves' names: --by COLUMN"
    if data.curve:
        remedy = "Put the standard and the other curves into one file"
    return Problem(
        "one-curve",
        "There is one curve only, so there is nothing to compare",
        file=data.inputs[0].file if data.inputs else None,
        expected="two curves or more",
        remedy=remedy,
    )


def body(found: CurveComparison) -> dict[str, Any]:
    """Return the JSON fields; problems stand in the envelope."""
    return {k: v for k, v in found.to_dict().items() if k != "problems"}


def ratio_rows(found: CurveComparison) -> Rows:
    """Return potencies and ED50 ratios as rows of a CSV file."""
    groups = [
        ("relative potency", p.standard, p.curve, "common", p.estimates)
        for p in found.potencies
    ]
    for pair in found.pairs:
        groups.append(("ED50 ratio", pair.first, pair.second, "common", pair.common))
        groups.append(
            ("ED50 ratio", pair.first, pair.second, "separate", pair.separate)
        )
    rows: list[tuple[Any, ...]] = []
    for *names, estimates in groups:
        for estimate in estimates:
            said = estimate.to_dict()
            rows.append((*names, *(said[key] for key in _HEADER[4:])))
    return _HEADER, rows
