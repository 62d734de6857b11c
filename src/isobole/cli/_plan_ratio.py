"""`isobole plan ed50 --ratio`: what a claimed difference of two ED50s would need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isobole.cli._answer import Answer, Rows
from isobole.cli._flags import Output
from isobole.results import RESEARCH_ONLY, Block, Missing, Table, Text

if TYPE_CHECKING:
    from isobole.planning import RatioPlan


def plan_ratio(
    ratio: tuple[float, float],
    substances: tuple[str, str] | None,
    unit: str | None,
    slope: float | None,
    power: float | None,
    output: Output,
) -> Answer:
    """Return the evidence that two ED50s differ as claimed."""
    from isobole.planning import plan_ratio as plan

    options: dict[str, Any] = {
        "ed50_a": ratio[0],
        "ed50_b": ratio[1],
        "substances": substances,
        "power": 0.8 if power is None else power,
        "alpha": round(1 - output.level, 12),
        **({} if slope is None else {"slope": slope}),
    }
    found = plan(**options, unit=unit)
    return Answer(
        schema="plan-ratio",
        title="Evidence for a difference of two ED50s",
        body=found.to_dict,
        text=lambda: text_blocks(found),
        report=found.blocks,
        rows=lambda: ratio_rows(found),
        complete=not any(isinstance(row.n_per_drug, Missing) for row in found.rows),
        json=output.json,
        out=output.out,
        options={
            **options,
            "slope": found.slope,
            "substances": None if substances is None else list(found.names),
        },
        unit=found.rows[0].unit,
    )


def text_blocks(found: RatioPlan) -> list[Block]:
    """Return what is printed: the report with short names in the table."""
    wide = found.ratio_table()
    columns = (*wide.columns[:1], "ED50 A", "ED50 B", *wide.columns[3:])
    notes = (*wide.notes, f"A: {found.names[0]}. B: {found.names[1]}.")
    named = found.names == ("A", "B")
    narrow = Table(wide.title, columns, wide.rows, wide.notes if named else notes)
    blocks: list[Block] = [
        narrow if isinstance(b, Table) and b.title == wide.title else b
        for b in found.blocks()
    ]
    return [*blocks, Text(RESEARCH_ONLY)]


def ratio_rows(found: RatioPlan) -> Rows:
    """Return the comparisons as rows of a CSV file."""
    header = (
        "basis", "unit", "ed50_a", "ed50_b", "fold", "more_potent", "n_per_drug",
        "n_at_best",
    )  # fmt: skip
    rows = []
    for row in (row.to_dict() for row in found.rows):
        a, b = row.pop("ed50s")
        full = {**row, "ed50_a": a, "ed50_b": b}
        rows.append(tuple(full[key] for key in header))
    return header, rows
