"""Interactions as rows of a CSV file and as JSON fields, by the design of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isobole.analysis._table_answer import Rows

if TYPE_CHECKING:
    from isobole.combination import (
        CombinationAnalysis,
        FactorialInteraction,
        PotencyShift,
    )

_HEADER = (
    "mixture", "effect_percent", "slopes", "unit", "observed", "additive", "index",
    "low", "high", "level", "interval", "p", "null_model", "verdict", "reason",
)  # fmt: skip


def ray_rows(found: CombinationAnalysis) -> Rows:
    """Return one row per mixture and effect."""
    rows = [
        _row(item.to_dict(), item.name, str(found.data.unit or "") or None, slopes=None)
        for item in found.interactions
    ]
    return _HEADER, rows


def shift_rows(found: PotencyShift) -> Rows:
    """Return one row per fixed dose and reading of the slopes."""
    names = [shift.name for shift in found.shifts for _ in shift.indices]
    entries = found.to_dict()["interactions"]
    unit = str(found.unit or "") or None
    rows = [
        _row(entry, name, unit, slopes=entry["slopes"])
        for name, entry in zip(names, entries, strict=True)
    ]
    return _HEADER, rows


def _row(
    entry: dict[str, Any], name: str, unit: str | None, *, slopes: str | None
) -> tuple[Any, ...]:
    index = entry["index"]
    return (
        name, entry["effect"], slopes, unit, entry["observed"]["dose"],
        entry["additive"]["dose"], index["estimate"], index["low"], index["high"],
        index["level"], index["interval"], index["p"], entry["null_model"],
        entry["verdict"], index["reason"],
    )  # fmt: skip


def factorial_body(found: FactorialInteraction) -> dict[str, Any]:
    """Return the JSON fields; problems stand in the envelope."""
    entry = {k: v for k, v in found.to_dict().items() if k != "problems"}
    return {"design": "factorial", "single": [], "interactions": [entry]}


def factorial_rows(found: FactorialInteraction) -> Rows:
    """Return the one comparison as a row of a CSV file."""
    entry = found.to_dict()
    excess, test = entry["excess"], entry["test"]
    header = (
        "drugs", "observed_percent", "expected_percent", "excess_points", "low",
        "high", "level", "interval", "p", "p_asymptotic", "null_model", "verdict",
        "reason",
    )  # fmt: skip
    row = (
        " + ".join(found.drugs), entry["observed_percent"], entry["expected_percent"],
        excess["estimate"], excess["low"], excess["high"], excess["level"],
        excess["interval"], test["p"], test["p_asymptotic"], entry["null_model"],
        entry["verdict"], excess["reason"],
    )  # fmt: skip
    return header, [row]
