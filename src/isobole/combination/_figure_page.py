"""The page of a figure of this room: an axes, and keys and words below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._placement import SMALL, text_size
from isobole.results import INK, MUTED, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BELOW: Final = 36.0  # points between the axes and the words
LINE_POINTS: Final = 11.5
LEFT, RIGHT, TOP = 52.0, 40.0, 20.0
WORD_SIZE: Final = 7.5
GLYPH: Final = 30.0  # width of a glyph
_INDENT: Final = 37.0

Glyph = Callable[["Axes", Any, float], None]
"""Draws on an axes, with a transform from points, at a height."""


@dataclass(frozen=True, slots=True)
class Key:
    """A line of words below the axes, with a glyph before it or none."""

    text: str
    glyph: Glyph | None = None


def _lines(key: Key, width: float) -> list[str]:
    room = width - (_INDENT if key.glyph else 0.0)
    letters = int(room / (0.54 * WORD_SIZE))
    return wrap(key.text, letters, break_long_words=False, break_on_hyphens=False)


def words_height(keys: Sequence[Key], width: float) -> float:
    """Return the points that keys take below axes of that width."""
    return LINE_POINTS * sum(len(_lines(key, width)) for key in keys)


def new_axes(
    width: float, height: float, keys: Sequence[Key], gap: float = BELOW
) -> Axes:
    """Return axes of a new figure with room for the words; sizes in points."""
    below = gap + words_height(keys, width + LEFT + RIGHT - 16.0) + 6.0
    across, up = LEFT + width + RIGHT, below + height + TOP
    figure = new_figure(across / 72 * 2.54, up / 72 * 2.54)
    figure.set_layout_engine("none")
    return figure.add_axes((LEFT / across, below / up, width / across, height / up))


def axes_size(ax: Axes) -> tuple[float, float]:
    """Return width and height of an axes in points."""
    box = ax.get_window_extent()
    scale = 72.0 / ax.figure.dpi
    return box.width * scale, box.height * scale


def write_keys(ax: Axes, keys: Sequence[Key], gap: float = BELOW) -> None:
    """Write keys `gap` points below the axes, from the left edge of the page."""
    from matplotlib.transforms import Affine2D, ScaledTranslation

    corner: Any = ax.transAxes
    scale: Any = ax.figure.figure.dpi_scale_trans
    points = Affine2D().scale(1 / 72) + scale + ScaledTranslation(0.0, 0.0, corner)
    width = axes_size(ax)[0] + LEFT + RIGHT - 16.0
    left, y = 8.0 - LEFT, -gap - 0.5 * LINE_POINTS
    for key in keys:
        for number, line in enumerate(_lines(key, width)):
            if key.glyph and not number:
                moved = Affine2D().translate(left, 0.0) + points
                key.glyph(ax, moved, y)
            ax.text(
                left + (_INDENT if key.glyph else 0.0),
                y,
                line,
                transform=points,
                va="center",
                fontsize=WORD_SIZE,
                color=INK,
            )
            y -= LINE_POINTS


def line_glyph(**look: Any) -> Glyph:
    """Return a glyph of a line with a marker in its middle, if the look has one."""

    def draw(ax: Axes, transform: Any, y: float) -> None:
        from matplotlib.lines import Line2D

        places = [0.0, GLYPH / 2, GLYPH]
        ax.add_artist(
            Line2D(
                places,
                [y] * 3,
                transform=transform,
                clip_on=False,
                markevery=[1],
                **look,
            )
        )

    return draw


def area_glyph(*, hatched: bool = False, line: str | None = None, **look: Any) -> Glyph:
    """Return a glyph of a filled or hatched area, with a line of a colour through."""

    def draw(ax: Axes, transform: Any, y: float) -> None:
        from matplotlib.patches import Rectangle

        box = Rectangle(
            (0.0, y - 3.5), GLYPH, 7.0, transform=transform, clip_on=False, **look
        )
        ax.add_artist(box)
        if hatched:
            segments = [
                np.array([[x, y - 3.5], [x + 7.0, y + 3.5]])
                for x in np.arange(0.0, GLYPH - 6.0, 3.0)
            ]
            add_hatch(ax, segments, transform, clip_on=False)
        if line is not None:
            line_glyph(color=line, linewidth=1.4)(ax, transform, y)

    return draw


def add_hatch(
    ax: Axes, segments: Sequence[NDArray[np.float64]], transform: Any, **look: Any
) -> Any:
    """Draw hatching as lines of our own: the same in every version and format."""
    from matplotlib.collections import LineCollection

    lines = LineCollection(
        list(segments), colors=HATCH, linewidths=0.55, transform=transform, **look
    )
    ax.add_artist(lines)
    return lines


HATCH: Final = "#8f6400"


class Room:
    """What a label must not cover, in points of the axes."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._spots: list[NDArray[np.float64]] = []

    def block(self, path: NDArray[np.float64]) -> None:
        """Keep labels off a line through places."""
        for start, end in pairwise(path):
            steps = max(int(np.hypot(*(end - start)) / 3.0), 1)
            self._spots.append(np.linspace(start, end, steps + 1))

    def find(
        self, text: str, wanted: Callable[[float, float], float | None]
    ) -> tuple[float, float] | None:
        """Return the best centre of a label, None where it would cover something.

        `wanted` gives the cost of a place, None where the label may not stand.
        """
        lines = text.split("\n")
        across = max(text_size(line)[0] for line in lines)
        up = 1.25 * SMALL * len(lines)
        spots = np.concatenate(self._spots) if self._spots else np.empty((0, 2))
        best, least = None, np.inf
        for x in np.arange(across / 2 + 4, self.width - across / 2 - 2, 6.0):
            for y in np.arange(up / 2 + 4, self.height - up / 2 - 2, 6.0):
                cost = wanted(float(x), float(y))
                if cost is None or cost >= least:
                    continue
                near = np.abs(spots - (x, y)) < (across / 2 + 6, up / 2 + 6)
                if not near.all(axis=1).any():
                    best, least = (float(x), float(y)), cost
        if best is not None:
            x, y = best
            half = across / 2
            self.block(np.array([[x - half, y], [x + half, y]]))
        return best


def write_label(ax: Axes, text: str, spot: tuple[float, float]) -> None:
    """Write a small grey label at a place in points of the axes."""
    width, height = axes_size(ax)
    ax.text(
        spot[0] / width,
        spot[1] / height,
        text,
        transform=ax.transAxes,
        ha="center",
        va="center",
        fontsize=SMALL,
        linespacing=1.25,
        color=MUTED,
        zorder=4.0,
    )
