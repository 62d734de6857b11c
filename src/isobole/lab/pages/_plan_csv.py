"""The numbers of a plan as a table: what its figure is drawn from, or its designs."""

from __future__ import annotations

from typing import Any

from isobole import planning

Rows = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def rows_of(result: Any) -> Rows:
    """Return a header and rows for a CSV file."""
    if isinstance(result, planning.PlanInteraction):
        return ("n_per_dose", "animals", "test", "power_percent"), [
            (" ".join(map(str, size["n"])), size["animals"], test, share)
            for size in (size.to_dict() for size in result.sizes)
            for test, share in size["power"].items()
        ]
    if isinstance(result, planning.PlanEd50):
        rows = [design.to_dict() for design in result.alternatives]
    else:
        rows = result.to_frame().to_dict("records")
    header = tuple(rows[0]) if rows else ()
    return header, [tuple(_cell(row[name]) for name in header) for row in rows]


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return " ".join(f"{x:g}" for x in value)
    return None if value != value else value  # a frame has NaN where nothing is
