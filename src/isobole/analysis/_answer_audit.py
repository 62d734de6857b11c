"""Published interactions recomputed from what they print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from isobole.analysis._table_answer import (
    Progress,
    Rows,
    TableAnswer,
    in_silence,
    sheet_option,
)
from isobole.results import sha256_text, to_json

if TYPE_CHECKING:
    from isobole.combination import Audit, Claim

_HEADER = (
    "claim", "source", "figure", "printed", "rule", "recomputed", "low", "high",
    "reproduced", "flagged", "reason",
)  # fmt: skip


def answer_audit(
    source: Any,
    *,
    sheet: str | None = None,
    margin: tuple[float, float] = (0.8, 1.25),
    level: float = 0.95,
    seed: int = 1,
    progress: Progress = in_silence,
) -> TableAnswer[Audit]:
    """Recompute every figure of a table of published interactions.

    Parameters
    ----------
    source, sheet
        As for `isobole.tables.read_claims`.
    margin, level
        As for `isobole.combination.audit_claims`.
    seed : int
        Recorded; nothing is sampled.
    progress : callable, optional
        Begins a step of the work by its name.

    Raises
    ------
    DataError
        For a table that cannot be read.

    Examples
    --------
    >>> from isobole.datasets import path
    >>> answer = answer_audit(path("luszczki-2020"))
    >>> answer.title, len(answer.found.claims)
    ('Audit of published interactions', 7)
    """
    from isobole.combination import audit_claims
    from isobole.tables import read_claims

    with progress("Reading rows") as step:
        claims = read_claims(source, sheet=sheet, progress=step)
    found = audit_claims(claims, margin=margin, level=level)
    units = {claim.unit for claim in claims}
    return TableAnswer(
        schema="audit",
        title="Audit of published interactions",
        found=found,
        body=found.to_dict,
        report=found.blocks,
        rows=lambda: _rows(found),
        complete=True,
        inputs=found.inputs,
        data_sha256=_hash(claims),
        options={"margin": list(margin), "level": level, **sheet_option(sheet)},
        seed=seed,
        unit=units.pop() if len(units) == 1 else None,
        problems=found.notes,
    )


def _hash(claims: Sequence[Claim]) -> str:
    """Return the hash of the claims as printed, the same in any file."""
    texts = [to_json({**claim.to_dict(), "row": None}) for claim in claims]
    return sha256_text("\n".join(texts))


def _rows(found: Audit) -> Rows:
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
