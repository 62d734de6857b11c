"""Fitted curves of one table as blocks of a report and as rows of a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isobole.analysis._table_answer import Rows
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Missing,
    Problem,
    Table,
    format_number,
    sha256_text,
    value_or_none,
)

if TYPE_CHECKING:
    from isobole.doseresponse import QuantalData, QuantalFit

_SETS = {
    "ray": "ray: every dose beyond the one limit is compatible with the counts.",
    "complement": "complement: only the doses between low and high are excluded.",
    "line": "line: the counts exclude no dose.",
    "empty": "empty: no dose of a rising curve is compatible with the counts.",
    "none": "none: this kind of limits does not exist here.",
}
_HEADER = (
    "curve", "endpoint", "unit", "percent", "dose", "low", "high", "set_kind",
    "bounds", "level", "interval", "log10_se", "status", "reason",
)  # fmt: skip


def curve_name(data: QuantalData) -> str:
    """Return the curve's name for people."""
    return data.curve or "all rows"


def data_hash(curves: Sequence[QuantalData]) -> str:
    """Return the hash of the canonical table: of one curve its own, else of all."""
    hashes = [curve.sha256 for curve in curves]
    return hashes[0] if len(hashes) == 1 else sha256_text("\n".join(hashes))


def shared_problems(curves: Sequence[QuantalData]) -> tuple[Problem, ...]:
    """Return what was noticed while the file was read, each thing once."""
    return tuple(dict.fromkeys(note for curve in curves for note in curve.notes))


def effects_table(
    fits: Sequence[QuantalFit], found: Sequence[Sequence[Estimate]]
) -> Table:
    """Return the effective doses of all curves, one row each."""
    first = found[0][0]
    several, effects = len(fits) > 1 or bool(fits[0].data.curve), len(found[0]) > 1
    rows = []
    for fit, estimates in zip(fits, found, strict=True):
        for e in estimates:
            row: list[Cell] = [curve_name(fit.data)] if several else []
            row += [e.quantity] if effects else []
            row += [e.value, _end_of(e, e.low), _end_of(e, e.high), _set_of(e)]
            rows.append((*row, fit.status))
    sets = dict.fromkeys(e.set_kind or "none" for found_ in found for e in found_)
    what = "Effective doses" if effects else first.quantity
    unit = f" in {first.unit}" if first.unit else ""
    endpoint = fits[0].data.endpoint
    level = format_number(100 * first.level)
    return Table(
        f"{what}{unit} ({endpoint}), {level} % {first.interval} limits",
        (
            *(("curve",) if several else ()),
            *(("effect",) if effects else ()),
            "dose" if effects else first.quantity,
            "low",
            "high",
            "set",
            "status",
        ),
        tuple(rows),
        tuple(_SETS[kind] for kind in sets if kind in _SETS),
    )


def _end_of(estimate: Estimate, value: float | None) -> float | Missing:
    """Return a limit, or the sentence for its absence."""
    if value is not None:
        return value
    return Missing(estimate.limits.reason or "This side is not bounded.")


def _set_of(estimate: Estimate) -> str:
    kind = estimate.set_kind or "none"
    return f"open {kind}" if estimate.limits.bounds == "open" else kind


def report_blocks(
    fits: Sequence[QuantalFit], found: Sequence[Sequence[Estimate]]
) -> list[Block]:
    """Return the report: all curves together, then each by itself."""
    blocks: list[Block] = []
    if len(fits) > 1:
        from isobole.doseresponse import curves_figure

        blocks += [Heading("All curves"), effects_table(fits, found)]
        blocks.append(curves_figure(fits))
    elif len(found[0]) > 1:
        blocks.append(effects_table(fits, found))
    for fit in fits:
        blocks += fit.blocks()
    return blocks


def effect_rows(
    fits: Sequence[QuantalFit], found: Sequence[Sequence[Estimate]]
) -> Rows:
    """Return the estimates as rows of a CSV file."""
    rows = [
        (
            fit.data.curve,
            fit.data.endpoint,
            None if e.unit is None else str(e.unit),
            e.percent,
            value_or_none(e.value),
            e.low,
            e.high,
            e.set_kind,
            e.limits.bounds,
            e.level,
            e.interval,
            e.log10_se,
            fit.status,
            e.reason,
        )
        for fit, estimates in zip(fits, found, strict=True)
        for e in estimates
    ]
    return _HEADER, rows
