"""The numbers and words of a type II figure: one drug inactive, its dose fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from isobole.combination._figure_ink import Look
from isobole.combination._figure_page import Key, area_glyph, line_glyph
from isobole.combination._isobole_ink import (
    BAND,
    BAND_EDGE,
    DASH_DOTTED,
    SINGLE,
    ray_look,
)
from isobole.combination._shift_result import FixedDoseShift, ShiftIndex, index_words
from isobole.doseresponse._interval_bar import estimate_words
from isobole.results import (
    INK,
    Cell,
    Estimate,
    Limits,
    Missing,
    Table,
    format_number,
)

if TYPE_CHECKING:
    from isobole.combination._shift_result import PotencyShift, ShiftSlopes

_FAR: Final = 6.0  # a tipping ED50 this many times the doses given is off the axis
_ROOM: Final = 1.9
TIPPING: Final = Look(INK, "D", 6.0)


@dataclass(frozen=True, slots=True)
class ShiftSheet:
    """A potency shift, its indices under one reading of slopes, and its axes."""

    found: PotencyShift
    shifts: tuple[tuple[FixedDoseShift, ShiftIndex], ...]
    own: tuple[tuple[float, int, int], ...]
    right: float
    top: float

    @property
    def unit(self) -> str:
        """The unit in brackets, or nothing."""
        return f" ({self.found.unit})" if self.found.unit else ""


def lay_out_shift(found: PotencyShift, slopes: ShiftSlopes | None) -> ShiftSheet:
    """Choose a reading of the slopes and work out the axes.

    Separate slopes if they were asked for: the tipping line then passes through the
    observed dose.
    """
    shown = [index.slopes for index in found.shifts[0].indices]
    way = slopes or ("separate" if "separate" in shown else shown[0])
    shifts = tuple((shift, shift.under(way)) for shift in found.shifts)
    own: tuple[tuple[float, int, int], ...] = ()
    if not isinstance(found.own, Missing):
        own = tuple((g.dose, g.n, g.affected) for g in found.own.groups)
    given = max([*(shift.fixed for shift in found.shifts), *(dose for dose, *_ in own)])
    tipped = [index.tipping for _, index in shifts]
    must = [given, *_values(tipped, _FAR * given)]
    must += [1.2 * t.low for t in tipped if t.low and t.low <= _FAR * given]
    right = _end(must, [t.high for t in tipped])
    doses = [found.alone, *(shift.observed for shift in found.shifts)]
    known = [*_values(doses, float("inf"))]
    for dose in doses:
        if isinstance(dose.value, Missing):
            known += [end for end in (dose.low, dose.high) if end is not None]
    top = _end(known or [1.0], [dose.high for dose in doses])
    return ShiftSheet(found, shifts, own, right, 1.06 * top)


def _values(estimates: list[Estimate], most: float) -> list[float]:
    values = [e.value for e in estimates if not isinstance(e.value, Missing)]
    return [float(value) for value in values if value <= most]


def _end(must: list[float], wish: list[float | None]) -> float:
    most = max(must)
    return 1.08 * max([most, *(x for x in wish if x is not None and x <= _ROOM * most)])


def shift_keys(sheet: ShiftSheet) -> list[Key]:
    """Return the keys and the caption below a type II figure."""
    found = sheet.found
    keys = [
        Key(
            f"{found.active} alone: {estimate_words(found.alone)}",
            line_glyph(color=SINGLE[0].color, linewidth=3.0, **_mark(found.alone, 0)),
        )
    ]
    for shift, index in sheet.shifts:
        keys.append(
            Key(
                f"{shift.name}: {estimate_words(shift.observed)}; {index_words(index)}",
                line_glyph(color=INK, linewidth=1.6, **_mark(shift.observed, None)),
            )
        )
    if _has_band(found.alone):
        keys.append(
            Key(
                f"additive if {found.other} is inactive alone: horizontal, with the "
                f"limits of {found.active} alone",
                area_glyph(
                    line=None if isinstance(found.alone.value, Missing) else INK,
                    facecolor=BAND,
                    edgecolor=BAND_EDGE,
                    linewidth=0.6,
                ),
            )
        )
    keys += [_tipping_key(sheet, shift, index) for shift, index in sheet.shifts]
    if sheet.own:
        counts = ", ".join(f"{r}/{n} at {format_number(d)}" for d, n, r in sheet.own)
        keys.append(
            Key(
                f"{found.other} alone, {found.endpoint}: {counts}",
                line_glyph(
                    color=SINGLE[1].color, linestyle="none", marker=SINGLE[1].marker,
                    markersize=5.5, markerfacecolor="white", markeredgewidth=1.3,
                ),
            )
        )  # fmt: skip
    sentences = dict.fromkeys(index.weight.sentence for _, index in sheet.shifts)
    return [*keys, *(Key(sentence) for sentence in sentences)]


def _has_band(alone: Estimate) -> bool:
    return not isinstance(alone.value, Missing) or alone.set_kind == "interval"


def _mark(estimate: Estimate, axis: int | None) -> dict[str, Any]:
    if isinstance(estimate.value, Missing):
        return {}
    look = ray_look(0) if axis is None else SINGLE[axis]
    return {
        "marker": look.marker,
        "markersize": look.size,
        "markeredgecolor": "white",
        "markeredgewidth": 0.7,
    }


def tipping_words(found: PotencyShift, index: ShiftIndex) -> str:
    """Say the tipping ED50, or why there is none."""
    tipping = index.tipping
    if tipping.set_kind is None and isinstance(tipping.value, Missing):
        return f"No tipping ED50: {tipping.value.reason.rstrip('.')}."
    return (
        f"{estimate_words(tipping)}: with an ED50 of {found.other} there, the shift is "
        "plain additivity"
    )


def _tipping_key(sheet: ShiftSheet, shift: FixedDoseShift, index: ShiftIndex) -> Key:
    text = tipping_words(sheet.found, index)
    if len(sheet.shifts) > 1:
        text = f"over {format_number(shift.fixed)}: {text}"
    value = index.tipping.value
    first = index.tipping.low if isinstance(value, Missing) else value
    if first is not None and first > sheet.right:
        text += " (beyond this axis)"
    if isinstance(value, Missing):
        shown = first is not None and first <= sheet.right
        return Key(text, line_glyph(color=INK, linewidth=2.0) if shown else None)
    return Key(
        text,
        line_glyph(
            color=INK,
            linewidth=1.1,
            linestyle=DASH_DOTTED,
            marker=TIPPING.marker,
            markersize=TIPPING.size,
            markerfacecolor="white",
            markeredgewidth=1.4,
        ),
    )


def shift_alt(sheet: ShiftSheet) -> str:
    """Say in words what a type II figure shows."""
    found = sheet.found
    said = [
        f"Isobologram with {found.other} at fixed doses: dose of {found.other} across, "
        f"ED50 of {found.active} upward.",
        f"{found.active} alone: {estimate_words(found.alone)}; a horizontal line there "
        f"is additivity if {found.other} is inactive alone.",
    ]
    for shift, index in sheet.shifts:
        said.append(
            f"{shift.name}: {estimate_words(shift.observed)}; {index_words(index)}. "
            f"{tipping_words(found, index).rstrip('.')}."
        )
    if sheet.own:
        counts = ", ".join(f"{r}/{n} at {format_number(d)}" for d, n, r in sheet.own)
        said.append(f"{found.other} alone, {found.endpoint}: {counts}.")
    said += dict.fromkeys(index.weight.sentence for _, index in sheet.shifts)
    return " ".join(said)


def shift_table(sheet: ShiftSheet, title: str) -> Table:
    """Return the points of a type II figure with their limits."""
    found = sheet.found
    rows: list[tuple[Cell, ...]] = [
        (f"{found.active} alone", 0.0, found.alone.value, *_ends(found.alone.limits))
    ]
    for shift, index in sheet.shifts:
        ends = _ends(shift.observed.limits)
        rows.append((shift.name, shift.fixed, shift.observed.value, *ends))
        tipping = index.tipping
        over = f" over {format_number(shift.fixed)}" if len(sheet.shifts) > 1 else ""
        rows.append((f"tipping ED50{over}", tipping.value, 0.0, *_ends(tipping.limits)))
    return Table(
        title,
        (
            "point",
            f"{found.other}{sheet.unit}",
            f"{found.active}{sheet.unit}",
            f"low{sheet.unit}",
            f"high{sheet.unit}",
            "limits",
        ),
        tuple(rows),
        (
            f"Limits are of the ED50 of {found.active}; in a tipping row, of the dose "
            f"of {found.other}.",
        ),
    )


def _ends(limits: Limits) -> tuple[Cell, Cell, Cell]:
    gone = Missing(limits.reason or "not bounded")
    return (
        gone if limits.low is None else limits.low,
        gone if limits.high is None else limits.high,
        "" if limits.set_kind is None else limits.kind,
    )
