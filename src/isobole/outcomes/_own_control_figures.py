"""Pairs drawn: one line per animal from one day to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isobole.results import INK, Figure, new_figure, series_style, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.outcomes._own_control_result import OwnControl

FloatArray = NDArray[np.float64]

_AXIS = {
    "stage": "Stage",
    "add": "Afterdischarge duration (s)",
    "yes-no": "Outcome (0 no, 1 yes)",
}


def pairs_figure(found: OwnControl) -> Figure:
    """Return the pairs as a report block."""
    n = len(found.pairs)
    alt = (
        f"One line per animal from the control day to the drug day, {n} animals: "
        f"{found.lower} lines fall, {found.higher} rise, "
        f"{n - found.lower - found.higher} are level."
    )
    return Figure(
        "Control day and drug day of each animal",
        alt,
        lambda: draw_pairs(found),
        found.pair_table(),
    )


def draw_pairs(found: OwnControl, ax: Axes | None = None) -> MatplotlibFigure:
    """Draw control day and drug day joined by a line for every animal."""
    with style():
        if ax is None:
            ax = new_figure(9, 8.5).subplots()
        first, second = found.pairs.first, found.pairs.second
        # Animals with the same pair would hide each other: set side by side.
        shift = _beside(first, second)
        for a, b, dx in zip(first, second, shift, strict=True):
            look = series_style(0 if b < a else 1 if b > a else 3)
            ax.plot(
                [dx, 1 + dx],
                [a, b],
                color=look.color,
                marker=look.marker,
                linestyle=look.linestyle,
                linewidth=1,
                markersize=4.5,
                alpha=0.85,
            )
        ax.set_xticks([0, 1], ["control day", "drug day"], color=INK)
        ax.set_xlim(-0.3, 1.3)
        ax.set_ylabel(_AXIS[found.outcome])
        if found.outcome == "yes-no":
            ax.set_yticks([0, 1])
        ax.set_title(
            "falling solid, rising dashed, level dash-dotted", loc="left", fontsize=8.5
        )
        return ax.figure.figure


def _beside(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return sideways shifts that tell equal pairs apart."""
    shift = np.zeros(first.size)
    pairs = np.column_stack([first, second])
    for pair in np.unique(pairs, axis=0):
        same = np.flatnonzero((pairs == pair).all(axis=1))
        shift[same] = 0.025 * (np.arange(same.size) - (same.size - 1) / 2)
    return shift
