"""The isobologram of a drug over fixed doses of another that is inactive alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from isobole.combination._figure_ink import (
    Look,
    draw_bar,
    draw_point,
    is_within,
)
from isobole.combination._figure_page import (
    Room,
    axes_size,
    new_axes,
    write_keys,
    write_label,
)
from isobole.combination._isobole_ink import (
    BAND,
    BAND_EDGE,
    DASH_DOTTED,
    SINGLE,
    ray_look,
)
from isobole.combination._type_two_sheet import (
    TIPPING,
    ShiftSheet,
    lay_out_shift,
    shift_alt,
    shift_keys,
    shift_table,
)
from isobole.doseresponse._placement import SMALL
from isobole.results import INK, Figure, Missing, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.combination._shift_result import PotencyShift, ShiftSlopes

WIDTH: Final = 360.0
HEIGHT: Final = 280.0
_LANE: Final = 6.0  # points between the tipping ED50s of several fixed doses


def draw_type_two(
    shift: PotencyShift,
    *,
    slopes: ShiftSlopes | None = None,
    ax: Axes | None = None,
) -> MatplotlibFigure:
    """Draw the ED50 of a drug over fixed doses of another, and both readings of it.

    With the other drug inactive alone additivity is the horizontal line; with an ED50
    of its own at the tipping dose, the sloping line through the observed point.

    Parameters
    ----------
    shift : PotencyShift
        Of one or more fixed doses.
    slopes : {"common", "separate"}, optional
        Reading the index and the tipping ED50 come from; separate slopes if shown.
    ax : matplotlib Axes, optional
        Where to draw, with room below for the words; a new figure without it.
    """
    sheet = lay_out_shift(shift, slopes)
    keys = shift_keys(sheet)
    with style():
        if ax is None:
            ax = new_axes(WIDTH, HEIGHT, keys)
        ax.set_xlim(0.0, sheet.right)
        ax.set_ylim(0.0, sheet.top)
        ax.set_xlabel(f"Dose of {shift.other}{sheet.unit}")
        ax.set_ylabel(f"ED50 of {shift.active}{sheet.unit}")
        room = Room(*axes_size(ax))
        _draw_null(ax, sheet, room)
        _draw_tipping(ax, sheet, room)
        _draw_own(ax, sheet, room)
        _draw_points(ax, sheet, room)
        _name_region(ax, sheet, room)
        write_keys(ax, keys)
        return ax.figure.figure


def type_two_figure(
    shift: PotencyShift, *, slopes: ShiftSlopes | None = None
) -> Figure:
    """Return the type II figure as a report block, with alt text and table."""
    sheet = lay_out_shift(shift, slopes)
    title = f"Isobologram of {shift.active} over fixed doses of {shift.other}"
    return Figure(
        title,
        shift_alt(sheet),
        lambda: draw_type_two(shift, slopes=slopes),
        shift_table(sheet, title),
    )


def _block(
    ax: Axes, sheet: ShiftSheet, room: Room, *places: tuple[float, float]
) -> None:
    width, height = axes_size(ax)
    scale = (width / sheet.right, height / sheet.top)
    room.block(np.asarray(places, dtype=float) * scale)


def _draw_null(ax: Axes, sheet: ShiftSheet, room: Room) -> None:
    """Draw the horizontal line of additivity with the limits of the drug alone."""
    alone = sheet.found.alone
    if alone.set_kind == "interval":
        ends = (alone.low or 0.0, min(alone.high or sheet.top, sheet.top))
        ax.axhspan(*ends, facecolor=BAND, edgecolor="none", zorder=1.0)
        for end in ends:
            ax.axhline(end, color=BAND_EDGE, linewidth=0.6, linestyle="-", zorder=1.5)
            _block(ax, sheet, room, (0.0, end), (sheet.right, end))
    if not isinstance(alone.value, Missing):
        ax.axhline(alone.value, color=INK, linewidth=1.4, linestyle="-", zorder=3.0)
        height = float(alone.value)
        _block(ax, sheet, room, (0.0, height), (sheet.right, height))


def _draw_tipping(ax: Axes, sheet: ShiftSheet, room: Room) -> None:
    """Draw the lines to the tipping ED50s, and their limits along the axis."""
    alone = sheet.found.alone.value
    up = sheet.top / axes_size(ax)[1]
    for lane, (_, index) in enumerate(sheet.shifts):
        tipping, height = index.tipping, lane * _LANE * up

        def place(dose: float, height: float = height) -> tuple[float, float]:
            return dose, height

        look = Look(TIPPING.color, TIPPING.marker, TIPPING.size)
        if (tipping.low or 0.0) < sheet.right:
            for ends in draw_bar(
                ax, tipping.limits, sheet.right, place, look, upward=False, width=2.0
            ):
                _block(ax, sheet, room, *ends)
        if isinstance(tipping.value, Missing):
            continue
        if not isinstance(alone, Missing):
            line = [(0.0, float(alone)), (float(tipping.value), 0.0)]
            dashes: Any = {"linestyle": DASH_DOTTED}
            ax.plot(*np.array(line).T, color=INK, linewidth=1.1, zorder=2.6, **dashes)
            _block(ax, sheet, room, *line)
        if is_within(tipping, sheet.right):
            draw_point(ax, place(float(tipping.value)), look, hollow=True)


def _draw_own(ax: Axes, sheet: ShiftSheet, room: Room) -> None:
    """Mark the doses the other drug was given alone, with their counts."""
    look = Look(SINGLE[1].color, SINGLE[1].marker, 5.5)
    lift = 7.0 + _LANE * (len(sheet.shifts) - 1)
    width = axes_size(ax)[0]
    for dose, n, affected in sheet.own:
        draw_point(ax, (dose, 0.0), look, hollow=affected == 0)
        ax.annotate(
            f"{affected}/{n}",
            (dose, 0.0),
            xytext=(0.0, lift),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=SMALL,
            color=INK,
            zorder=7.0,
        )
        x, y = dose / sheet.right * width, lift + 5.0
        room.block(np.array([[x - 8.0, y], [x + 8.0, y]]))


def _draw_points(ax: Axes, sheet: ShiftSheet, room: Room) -> None:
    """Draw the observed ED50s with their limits, alone and over fixed doses."""
    alone = (0.0, sheet.found.alone, SINGLE[0], 3.0)
    rows = [alone] + [(s.fixed, s.observed, ray_look(0), 1.6) for s, _ in sheet.shifts]
    for fixed, estimate, look, width in rows:

        def place(dose: float, fixed: float = fixed) -> tuple[float, float]:
            return fixed, dose

        for ends in draw_bar(
            ax, estimate.limits, sheet.top, place, look, upward=True, width=width
        ):
            _block(ax, sheet, room, *ends)
        if is_within(estimate, sheet.top):
            draw_point(ax, place(float(estimate.value)), look)  # type: ignore[arg-type]


def _name_region(ax: Axes, sheet: ShiftSheet, room: Room) -> None:
    """Say what lies below the horizontal line, and on what condition."""
    alone = sheet.found.alone
    if isinstance(alone.value, Missing):
        return
    width, height = axes_size(ax)
    low = (alone.low or float(alone.value)) / sheet.top * height
    high = (alone.high or float(alone.value)) / sheet.top * height

    sloping = any(is_within(index.tipping, math.inf) for _, index in sheet.shifts)

    def below(x: float, y: float) -> float | None:
        return math.hypot(width - x, 0.6 * (low - y)) if y < low - 8 else None

    def above(x: float, y: float) -> float | None:
        return math.hypot(width - x, height - y) if y > high + 8 else None

    synergy = f"synergy if {sheet.found.other} is inactive"
    if sloping:
        synergy += ",\nadditive on the sloping line"
    for text, wanted in (
        (synergy, below),
        ("antagonism\n(less than additive)", above),
    ):
        spot = room.find(text, wanted)
        if spot is not None:
            write_label(ax, text, spot)
