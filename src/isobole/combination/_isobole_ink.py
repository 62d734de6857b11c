"""The ink of an isobologram: areas, lines, rays, bars along them, labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from isobole.combination._figure_ink import (
    Look,
    draw_bar,
    draw_end,
    draw_point,
    is_within,
)
from isobole.combination._figure_page import (
    HATCH,
    Room,
    add_hatch,
    axes_size,
    write_label,
)
from isobole.combination._isobole_sheet import Ray, Sheet, Stretch, stretches
from isobole.results import INK, Missing, series_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]

BAND: Final = "#dbe3ea"
BAND_EDGE: Final = "#9aa7b4"
DASHED: Final = (0, (5, 2))
DASH_DOTTED: Final = (0, (6, 2, 1.2, 2))
DOTTED: Final = (0, (1, 2))
ELLIPSE_POINTS: Final = 13.0  # nominal width of the ellipse on the page


SINGLE: Final = (
    Look(series_style(0).color, "o"),
    Look(series_style(1).color, "s", 6.5),
)
_RAYS: Final = (
    Look(INK, "D", 6.5),
    Look(series_style(2).color, "^", 8.0),
    Look(series_style(4).color, "v", 8.0),
    Look(series_style(5).color, "P", 8.0),
    Look(series_style(6).color, "X", 8.0),
)


def ray_look(index: int) -> Look:
    """Return colour and marker of the ray number `index`, counted from 0."""
    return _RAYS[index % len(_RAYS)]


def draw_sheet(ax: Axes, sheet: Sheet) -> None:
    """Draw everything inside the axes."""
    ax.set_xlim(0.0, sheet.right)
    ax.set_ylim(0.0, sheet.top)
    unit = f" ({sheet.unit})" if sheet.unit else ""
    ax.set_xlabel(f"Dose of {sheet.drugs[0]}{unit}")
    ax.set_ylabel(f"Dose of {sheet.drugs[1]}{unit}")
    room = Room(*axes_size(ax))
    _draw_expected(ax, sheet, room)
    for index, ray in enumerate(sheet.rays):
        _draw_ray(ax, sheet, index, ray, room)
    for axis in (0, 1):
        _draw_single(ax, sheet, axis, room)
    _name_regions(ax, sheet, room)


def _page(ax: Axes, sheet: Sheet, places: Any) -> FloatArray:
    """Return places of the sheet in points from the corner of the axes."""
    width, height = axes_size(ax)
    scale = (width / sheet.right, height / sheet.top)
    return np.asarray(np.asarray(places, dtype=float) * scale)


def _draw_expected(ax: Axes, sheet: Sheet, room: Room) -> None:
    """Draw what additivity expects: band, line, area between curved edges."""
    from matplotlib.patches import Polygon

    region = sheet.band or sheet.between
    if region is not None:
        ax.add_patch(
            Polygon(
                np.concatenate([region[0], region[1][::-1]]),
                facecolor=BAND,
                edgecolor="none",
                zorder=1.0,
            )
        )
        for edge in region:
            ax.plot(*edge.T, color=BAND_EDGE, linewidth=0.6, linestyle="-", zorder=1.5)
            room.block(_page(ax, sheet, edge))
    if sheet.edges is not None:
        _draw_area(ax, sheet, sheet.edges, room)
    if sheet.line is not None:
        ends = np.array([[sheet.line[0], 0.0], [0.0, sheet.line[1]]])
        ax.plot(*ends.T, color=INK, linewidth=1.4, linestyle="-", zorder=3.0)
        room.block(_page(ax, sheet, ends))


def _draw_area(
    ax: Axes, sheet: Sheet, edges: tuple[FloatArray, FloatArray], room: Room
) -> None:
    outline = _page(ax, sheet, np.concatenate([edges[0], edges[1][::-1]]))
    size = np.array(axes_size(ax))
    segments = [segment / size for segment in _hatching(outline)]
    add_hatch(ax, segments, ax.transAxes, zorder=1.8)
    for edge, dashes in zip(edges, (DASHED, DASH_DOTTED), strict=True):
        look: Any = {"linestyle": dashes}
        ax.plot(*edge.T, color=HATCH, linewidth=1.1, zorder=2.0, **look)
        room.block(_page(ax, sheet, edge))


def _hatching(outline: FloatArray, apart: float = 4.5) -> list[FloatArray]:
    """Return lines at 45 degrees inside an outline, in points.

    Cut here, not by a clipping path, whose name in SVG changes between processes.
    """
    from matplotlib.path import Path

    shape = Path(outline)
    (left, low), (right, high) = outline.min(axis=0), outline.max(axis=0)
    reach = np.arange(0.0, high - low + 0.25, 0.5)
    found = []
    for start in np.arange(left - (high - low), right, apart):
        line = np.column_stack([start + reach, low + reach])
        within = np.concatenate([[False], shape.contains_points(line), [False]])
        turns = np.flatnonzero(np.diff(within.astype(int)))
        found += [line[[a, b - 1]] for a, b in turns.reshape(-1, 2) if b - a > 1]
    return found


def _draw_ray(ax: Axes, sheet: Sheet, index: int, ray: Ray, room: Room) -> None:
    look = ray_look(index)
    tip = ray.place(ray.reach)
    way = np.array([(0.0, 0.0), tip])
    dots: Any = {"linestyle": DOTTED}
    ax.plot(*way.T, color=look.color, linewidth=1.1, zorder=2.4, **dots)
    room.block(_page(ax, sheet, way))
    leaves_right = math.isclose(tip[0], sheet.right)
    ax.annotate(
        ray.ratio,
        tip,
        xytext=(4.0, 1.0) if leaves_right else (0.0, 4.0),
        textcoords="offset points",
        ha="left" if leaves_right else "center",
        va="center" if leaves_right else "bottom",
        fontsize=7.5,
        color=INK,
        annotation_clip=False,
    )
    additive, observed = ray.found.additive.dose, ray.found.observed
    for stretch in stretches(observed.limits, ray.reach):
        _draw_stretch(ax, sheet, ray, stretch, look, room)
    if not isinstance(additive, Missing):
        draw_point(ax, ray.place(additive), look, hollow=True)
        _block_point(ax, sheet, ray.place(additive), room)
    if not isinstance(observed.value, Missing) and observed.value <= ray.reach:
        draw_point(ax, ray.place(float(observed.value)), look)


def _draw_stretch(
    ax: Axes, sheet: Sheet, ray: Ray, stretch: Stretch, look: Look, room: Room
) -> None:
    """Draw limits along a ray: a thin ellipse where both sides are bounded."""
    from matplotlib.patches import Polygon

    ends = np.array([ray.place(stretch.start), ray.place(stretch.end)])
    ax.plot(*ends.T, color=look.color, linewidth=1.6, linestyle="-", zorder=5.0)
    on_page = _page(ax, sheet, ends)
    along = on_page[1] - on_page[0]
    length = float(np.hypot(*along))
    across = np.array([-along[1], along[0]]) / (length or 1.0)
    angle = math.atan2(along[1], along[0])
    closed = stretch.start_mark in ("cap", "open") and stretch.end_mark != "arrow"
    if closed:
        thick = min(ELLIPSE_POINTS, 0.5 * length)
        turn = np.linspace(0.0, 2 * np.pi, 73)[:, None]
        outline = on_page.mean(axis=0) + np.cos(turn) * along / 2
        outline = outline + np.sin(turn) * across * thick / 2
        room.block(outline)
        width, height = axes_size(ax)
        ax.add_patch(
            Polygon(
                outline * (sheet.right / width, sheet.top / height),
                facecolor=(*_rgb(look.color), 0.16),
                edgecolor=look.color,
                linewidth=1.0,
                zorder=4.6,
            )
        )
    places = ((ends[0], stretch.start_mark), (ends[1], stretch.end_mark))
    for place, mark in places:
        if mark == "open" or not closed:
            draw_end(ax, (float(place[0]), float(place[1])), mark, angle, look.color)


def _draw_single(ax: Axes, sheet: Sheet, axis: int, room: Room) -> None:
    estimate, look = sheet.singles[axis], SINGLE[axis]
    top = sheet.top if axis else sheet.right

    def place(dose: float) -> tuple[float, float]:
        return (0.0, dose) if axis else (dose, 0.0)

    for ends in draw_bar(ax, estimate.limits, top, place, look, upward=bool(axis)):
        room.block(_page(ax, sheet, ends))
    if is_within(estimate, top):
        dose = float(estimate.value)  # type: ignore[arg-type]
        draw_point(ax, place(dose), look)
        _block_point(ax, sheet, place(dose), room)


def _block_point(
    ax: Axes, sheet: Sheet, place: tuple[float, float], room: Room
) -> None:
    x, y = _page(ax, sheet, place)
    room.block(np.array([[x - 5, y], [x + 5, y], [x, y - 5], [x, y + 5]]))


def _rgb(color: str) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    return to_rgb(color)


def _name_regions(ax: Axes, sheet: Sheet, room: Room) -> None:
    """Say on which side of additivity a mixture is stronger, where there is room."""
    from matplotlib.path import Path

    region = sheet.band or sheet.between
    line = sheet.line
    if line is None and sheet.between is not None:
        low = sheet.between[0]
        line = (float(low[1, 0]), float(low[0, 1]))
    if line is None or region is None:
        return
    width, height = axes_size(ax)
    shape = Path(_page(ax, sheet, np.concatenate([region[0], region[1][::-1]])))
    a, b = _page(ax, sheet, line)

    def cost(x: float, y: float, far: float) -> float | None:
        if not shape.contains_point((x, y)):
            return far
        return None if sheet.line is None else far + 300.0

    def above(x: float, y: float) -> float | None:
        far = math.hypot(width - x, height - y)
        return cost(x, y, far) if x / a + y / b > 1.08 else None

    def below(x: float, y: float) -> float | None:
        far = abs(x - y) + 0.3 * (x + y)
        return cost(x, y, far) if x / a + y / b < 0.92 else None

    for text, wanted in (
        ("antagonism\n(less than additive)", above),
        ("synergy\n(more than additive)", below),
    ):
        spot = room.find(text, wanted)
        if spot is not None:
            write_label(ax, text, spot)
