"""The ink of a curve figure: bands, lines, bars, points and their counts, words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from isobole.doseresponse._curve_path import band, has_line, line_parts
from isobole.doseresponse._curve_sheet import Point, Sheet
from isobole.doseresponse._interval_bar import draw_bar
from isobole.doseresponse._placement import SMALL, Placer, text_size
from isobole.results import INK, MUTED, Missing, series_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from isobole.doseresponse._fit_result import QuantalFit

BELOW = 40.0  # points between the paper and the words below it
LINE_POINTS = 12.0  # one line of words
_WORD_SIZE = 7.5
# Triangles and diamonds mean margins and estimates here, so no series uses them.
_MARKERS = ("o", "s", "P", "h", "X", "p")


def sheet_size(ax: Axes) -> tuple[float, float]:
    """Return width and height of an axes in points of the page."""
    box = ax.get_window_extent()
    scale = 72.0 / ax.figure.dpi
    return box.width * scale, box.height * scale


def _place(ax: Axes, log_dose: float, y: float) -> tuple[float, float]:
    """Return a place of the paper in points from its lower left corner."""
    x, up = ax.transAxes.inverted().transform(
        ax.transData.transform((10.0**log_dose, y))
    )
    width, height = sheet_size(ax)
    return float(x) * width, float(up) * height


def draw_line(
    ax: Axes, sheet: Sheet, index: int, fit: QuantalFit, placer: Placer
) -> None:
    """Draw band and curve; the curve is thin where no dose was tested."""
    if not has_line(fit):
        return
    look, paper = series_style(index), sheet.paper
    limits = band(fit, paper)
    least, most = 10.0 ** (paper.left - 1), 10.0 ** (paper.right + 1)
    for start, end in (
        (limits.start, limits.end),
        (np.full_like(limits.low, least), limits.wing_low),
        (limits.wing_high, np.full_like(limits.high, most)),
    ):
        shown = ~(np.isnan(start) | np.isnan(end))
        if shown.any():
            ax.fill_betweenx(
                limits.probit,
                start,
                end,
                where=shown.tolist(),
                facecolor=look.color,
                alpha=0.13 if len(sheet.names) <= 3 else 0.06,
                linewidth=0,
                zorder=1.0 + 0.01 * index,
            )
    for edge in (limits.low, limits.high):
        ax.plot(
            edge, limits.probit, color=look.color, linewidth=0.6, alpha=0.8, zorder=1.5
        )
        known = np.flatnonzero(~np.isnan(edge))
        path = [
            _place(ax, float(np.log10(edge[i])), float(limits.probit[i])) for i in known
        ]
        placer.block_path(path, 0.6)
    for part, (x, y) in enumerate(line_parts(fit, paper)):
        ax.plot(
            10.0**x,
            y,
            color=look.color,
            linestyle=look.linestyle,
            linewidth=1.7 if part == 1 else 0.8,
            zorder=3.0,
        )
        path = [_place(ax, float(a), float(b)) for a, b in zip(x, y, strict=True)]
        placer.block_path(path, 2.0)


def draw_estimate(ax: Axes, sheet: Sheet, index: int, placer: Placer) -> None:
    estimate, y = sheet.estimates[index], sheet.lanes[index]
    paper, color = sheet.paper, series_style(index).color
    frame = (paper.left, paper.right)
    for piece in draw_bar(ax, estimate, y, frame, color):
        x0, up = _place(ax, piece.start, y)
        x1, _ = _place(ax, piece.end, y)
        placer.block((x0 - 4, up - 5, x1 + 4, up + 5), 8.0)
    if not isinstance(estimate.value, Missing):
        ax.plot(
            [estimate.value] * 2,
            [paper.bottom, y],
            color=color,
            linewidth=0.9,
            linestyle=(0, (1, 1.8)),
            zorder=2.5,
        )
        x = float(np.log10(estimate.value))
        placer.block_path([_place(ax, x, paper.bottom), _place(ax, x, y)], 1.0)


def draw_points(ax: Axes, sheet: Sheet, placer: Placer) -> None:
    """Draw the points; counts go where they hide nothing."""
    partial = [point for point in sheet.points if point.probit is not None]
    spots = []
    for point in partial:
        assert point.probit is not None
        moved = point.log_dose + point.shift / sheet.per_decade
        _mark(ax, sheet, point, moved, point.probit)
        x, y = _place(ax, moved, point.probit)
        placer.block((x - 4, y - 4, x + 4, y + 4), 20.0)
        spots.append((moved, x, y))
    for point, (moved, x, y) in zip(partial, spots, strict=True):
        # Rising lines leave the upper left and the lower right free.
        prefer = 3 if point.curve % 2 else 7
        across, up, far = placer.place(x, y, point.text, prefer)
        assert point.probit is not None
        _write(ax, point, (moved, point.probit), (across, up), leader=far)
    for point in sheet.points:
        if point.margin is not None:
            y = sheet.paper.row(point.margin, point.row)
            _mark(ax, sheet, point, point.log_dose, y)
            aside = 8.0 + text_size(point.text)[0] / 2
            room = (sheet.paper.right - point.log_dose) * sheet.per_decade
            if room < 2 * aside - 4:
                aside = -aside
            _write(ax, point, (point.log_dose, y), (aside, 0.0))
    if len(sheet.names) > 1:
        _name_rows(ax, sheet)


def _mark(ax: Axes, sheet: Sheet, point: Point, log_dose: float, y: float) -> None:
    color = series_style(point.curve).color
    closed = point.margin is None
    marker = _MARKERS[point.curve % len(_MARKERS)]
    if point.margin is not None:
        marker = "v" if point.margin == "none" else "^"
    ax.plot(
        [10.0**log_dose],
        [y],
        marker=marker,
        markersize=6.0 if closed else 5.5,
        markerfacecolor=color if closed else "white",
        markeredgecolor="white" if closed else color,
        markeredgewidth=0.6 if closed else 1.2,
        linestyle="none",
        zorder=6.0,
    )


def _write(
    ax: Axes,
    point: Point,
    place: tuple[float, float],
    offset: tuple[float, float],
    *,
    leader: bool = False,
) -> None:
    """Write a count; a thin line leads back to its point where it stands far off."""
    thin = {"arrowstyle": "-", "linewidth": 0.5, "color": MUTED}
    ax.annotate(
        point.text,
        (10.0 ** place[0], place[1]),
        xytext=offset,
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=SMALL,
        color=_dark(point.curve),
        arrowprops={**thin, "shrinkA": 0.0, "shrinkB": 3.0} if leader else None,
        zorder=7.0,
    )


def _dark(curve: int) -> str:
    """Return a curve's colour, darkened until small text in it is easy to read."""
    from matplotlib.colors import to_hex, to_rgb

    pairs = zip(to_rgb(series_style(curve).color), to_rgb(INK), strict=True)
    red, green, blue = (0.5 * own + 0.5 * ink for own, ink in pairs)
    return to_hex((red, green, blue))


def _name_rows(ax: Axes, sheet: Sheet) -> None:
    """Say in the margins which row is whose, on the side that is free."""
    paper = sheet.paper
    for margin in ("none", "all"):
        rows: dict[int, list[Point]] = {}
        for point in sheet.points:
            if point.margin == margin:
                rows.setdefault(point.row, []).append(point)
        for row, points in rows.items():
            name = sheet.names[points[0].curve]
            first = (points[0].log_dose - paper.left) * sheet.per_decade - 8
            after = (paper.right - points[-1].log_dose) * sheet.per_decade
            after -= 14 + text_size(points[-1].text)[0]
            on_left = first > after
            letters = max(int((first if on_left else after) / (0.58 * SMALL)) - 1, 0)
            if letters < min(len(name), 3):
                continue
            shown = name if len(name) <= letters else f"{name[: letters - 1]}…"
            ax.annotate(
                shown,
                (0.0 if on_left else 1.0, paper.row(margin, row)),
                xycoords=ax.get_yaxis_transform(),
                xytext=(4.0 if on_left else -4.0, 0.0),
                textcoords="offset points",
                ha="left" if on_left else "right",
                va="center",
                fontsize=SMALL,
                color=_dark(points[0].curve),
                zorder=7.0,
            )


def write_words(ax: Axes, sheet: Sheet) -> None:
    """Write keys, effective doses and remarks below the paper."""
    from matplotlib.lines import Line2D
    from matplotlib.transforms import ScaledTranslation

    # Inches from the lower left corner of the paper, whatever the resolution.
    corner: Any = ax.transAxes
    inches = ax.figure.figure.dpi_scale_trans + ScaledTranslation(0, 0, corner)
    for line, (index, text) in enumerate(sheet.words):
        y = -(BELOW + LINE_POINTS * (line + 0.5)) / 72
        ax.text(
            36.0 / 72,
            y,
            text,
            transform=inches,
            va="center",
            fontsize=_WORD_SIZE,
            color=MUTED if index is None else INK,
        )
        if index is not None:
            look = series_style(index)
            dashes: Any = look.linestyle if sheet.drawn[index] else "none"
            ax.add_artist(
                Line2D(
                    [0.0, 15.0 / 72, 30.0 / 72],
                    [y] * 3,
                    transform=inches,
                    clip_on=False,
                    color=look.color,
                    linestyle=dashes,
                    linewidth=1.7,
                    marker=_MARKERS[index % len(_MARKERS)],
                    markevery=[1],
                    markersize=6.0,
                    markeredgecolor="white",
                    markeredgewidth=0.6,
                )
            )
