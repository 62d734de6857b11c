"""The numbers of a plan as a table: what its figure is drawn from, or its designs."""

from __future__ import annotations

from typing import Any

from isobole import planning

_PERCENT = frozenset(
    ("power", "standard_error", "coverage", "complete", "complete_if_off", "unbounded",
     "no_finite_slope", "within_1_5_fold", "within_2_fold")
)  # fmt: skip
"""Columns in percent: a table read elsewhere says so only by their names."""

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
    names = tuple(rows[0]) if rows else ()
    header = tuple(f"{n}_percent" if n in _PERCENT else n for n in names)
    return header, [tuple(_cell(row[name]) for name in names) for row in rows]


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return " ".join(f"{x:g}" for x in value)
    return None if value != value else value  # a frame has NaN where nothing is
