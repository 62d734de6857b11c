"""Ink that figures of this room share: points, bars on an axis, and their ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from isobole.combination._isobole_sheet import Mark, stretches
from isobole.results import Estimate, Limits, Missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Look:
    """Colour and marker of what is observed."""

    color: str
    marker: str
    size: float = 7.0


def draw_bar(
    ax: Axes,
    limits: Limits,
    top: float,
    place: Callable[[float], tuple[float, float]],
    look: Look,
    *,
    upward: bool,
    width: float = 3.0,
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Draw limits as a bar to `top`; return where its stretches begin and end."""
    drawn = []
    for stretch in stretches(limits, top):
        ends = place(stretch.start), place(stretch.end)
        ax.plot(
            [ends[0][0], ends[1][0]],
            [ends[0][1], ends[1][1]],
            color=look.color,
            linewidth=width,
            linestyle="-",
            solid_capstyle="butt",
            clip_on=False,
            zorder=6.0,
        )
        angle = math.pi / 2 if upward else 0.0
        for end, mark in zip(ends, (stretch.start_mark, stretch.end_mark), strict=True):
            draw_end(ax, end, mark, angle, look.color, 8.0 + width)
        drawn.append(ends)
    return drawn


def is_within(estimate: Estimate, top: float) -> bool:
    """Return whether there is an estimate, on the axis."""
    return not isinstance(estimate.value, Missing) and estimate.value <= top


def draw_point(
    ax: Axes, place: tuple[float, float], look: Look, *, hollow: bool = False
) -> None:
    ax.plot(
        [place[0]],
        [place[1]],
        marker=look.marker,
        markersize=look.size,
        markerfacecolor="white" if hollow else look.color,
        markeredgecolor=look.color if hollow else "white",
        markeredgewidth=1.4 if hollow else 0.7,
        linestyle="none",
        clip_on=False,
        zorder=6.5 if hollow else 7.0,
    )


def draw_end(
    ax: Axes,
    place: tuple[float, float],
    mark: Mark,
    angle: float,
    color: str,
    size: float = 9.0,
) -> None:
    """Draw the end of a bar: a tick across it, a circle if open, an arrowhead."""
    from matplotlib.markers import MarkerStyle
    from matplotlib.transforms import Affine2D

    if mark == "none":
        return
    shape, size = {
        "cap": ("|", size), "open": ("o", 5.0), "arrow": (">", 0.8 * size)
    }[mark]  # fmt: skip
    ax.plot(
        [place[0]],
        [place[1]],
        marker=MarkerStyle(shape, transform=Affine2D().rotate(angle)),
        markersize=size,
        markerfacecolor="white" if mark == "open" else color,
        markeredgecolor=color,
        markeredgewidth=0.0 if mark == "arrow" else 1.5,
        linestyle="none",
        clip_on=False,
        zorder=6.2,
    )
