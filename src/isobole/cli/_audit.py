"""`isobole audit`: published interactions, recomputed from what they print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import ANSWER, Output, source
from isobole.results import RESEARCH_ONLY, OptionError, Text, sha256_text, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isobole.combination import Audit, Claim

_HEADER = (
    "claim", "source", "figure", "printed", "rule", "recomputed", "low", "high",
    "reproduced", "flagged", "reason",
)  # fmt: skip


def audit(
    file: str | None = None,
    /,
    *,
    template: Annotated[bool, Parameter(group=ANSWER, negative="")] = False,
    margin: Annotated[
        tuple[float, float], Parameter(group=ANSWER, metavar="LOW HIGH")
    ] = (0.8, 1.25),
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
    """
    from isobole.tables import claims_template, read_claims

    if template:
        if file is not None or output.json or output.out is not None:
            raise OptionError("--template stands alone; it prints a table to fill in")
        return claims_template()
    if file is None:
        raise OptionError(
            "Name the table to audit, or give --template for an empty one"
        )
    from isobole.cli._progress import Progress
    from isobole.combination import audit_claims

    with Progress("Reading rows") as progress:
        claims = read_claims(source(file), progress=progress)
    found = audit_claims(claims, margin=margin, level=output.level)
    units = {claim.unit for claim in claims}
    return Answer(
        schema="audit",
        title="Audit of published interactions",
        body=found.to_dict,
        text=lambda: [*found.blocks(), Text(RESEARCH_ONLY)],
        report=found.blocks,
        rows=lambda: check_rows(found),
        complete=True,
        json=output.json,
        out=output.out,
        inputs=found.inputs,
        data_sha256=claims_hash(claims),
        options={"margin": list(margin), "level": output.level},
        seed=output.seed,
        unit=units.pop() if len(units) == 1 else None,
        problems=found.notes,
    )


def claims_hash(claims: Sequence[Claim]) -> str:
    """Return the hash of the claims as printed, the same in any file."""
    texts = [to_json({**claim.to_dict(), "row": None}) for claim in claims]
    return sha256_text("\n".join(texts))


def check_rows(found: Audit) -> Rows:
    """Return every figure by every rule and test as rows of a CSV file."""
    rows: list[tuple[Any, ...]] = []
    for audited in found.claims:
        flagged = {flag.figure for flag in audited.flags}
        for check in audited.checks:
            said = check.to_dict()
            rows.append(
                (
                    audited.claim.name,
                    audited.claim.source,
                    *(said[name] for name in _HEADER[2:9]),
                    check.figure in flagged,
                    check.reason,
                )
            )
    return _HEADER, rows
