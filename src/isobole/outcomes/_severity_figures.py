"""Stacked bars of severity: the share of animals at each level, group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from isobole.outcomes._severity_result import SeverityComparison
from isobole.results import INK, Figure, new_figure, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

_HATCHES: Final = ("", "////", "....", "\\\\\\\\", "xxxx", "----")
_LIGHT: Final = np.array([0.965, 0.955, 0.90])
_MIDDLE: Final = np.array([0.36, 0.62, 0.78])
_DARK: Final = np.array([0.03, 0.16, 0.36])


def severity_figure(found: SeverityComparison) -> Figure:
    """Return the stacked bars as a report block with their table."""
    from isobole.outcomes._severity_blocks import count_table

    said = "; ".join(
        f"{g.name} (n = {g.n}): "
        + ", ".join(
            f"{count} at {code}"
            for code, count in zip(found.levels, g.counts, strict=True)
            if count
        )
        for g in found.groups
    )
    name = found.scale or "Severity"
    return Figure(
        f"{name}: share of animals at each level",
        "One bar for each group, divided by the share of animals at each level, the "
        f"lowest on the left and lightest. {said}.",
        lambda: draw_severity(found),
        count_table(found),
    )


def level_colour(index: int, count: int) -> tuple[float, float, float]:
    """Return a colour that darkens evenly with the level, so that grey tells it too."""
    at = index / max(count - 1, 1)
    low, high = (_LIGHT, _MIDDLE) if at < 0.5 else (_MIDDLE, _DARK)
    part = 2 * at if at < 0.5 else 2 * at - 1
    mixed = low + part * (high - low)
    return (float(mixed[0]), float(mixed[1]), float(mixed[2]))


def draw_severity(found: SeverityComparison, *, ax: Any = None) -> MatplotlibFigure:
    """Draw one bar per group; levels differ by lightness, hatch and written code."""
    with style():
        if ax is None:
            ax = new_figure(15, 3.4 + 0.95 * len(found.groups)).subplots()
        places = list(range(len(found.groups)))[::-1]
        handles = {}
        for place, group in zip(places, found.groups, strict=True):
            left = 0.0
            for index, count in enumerate(group.counts):
                width = 100 * count / group.n
                colour = level_colour(index, len(found.levels))
                bars = ax.barh(
                    place, width, left=left, height=0.72, color=colour,
                    edgecolor=INK, linewidth=0.7,
                )  # fmt: skip
                hatch = _HATCHES[index % len(_HATCHES)]
                if hatch:
                    bars[0].set_hatch(hatch)
                    # The hatch is drawn thin and close to its ground: the code on
                    # top of it must stay readable.
                    bars[0].set_hatch_linewidth(0.35)
                handles[index] = bars[0]
                if width >= 5:
                    dark = sum(colour) < 1.5
                    ax.text(
                        left + width / 2, place, found.levels[index],
                        ha="center", va="center", fontsize=8.5,
                        color="white" if dark else INK,
                        bbox={
                            "boxstyle": "round,pad=0.18", "facecolor": colour,
                            "edgecolor": "none",
                        },
                    )  # fmt: skip
                left += width
            ax.annotate(
                f"n = {group.n}", (1.0, place), xytext=(6.0, 0.0),
                xycoords=("axes fraction", "data"), textcoords="offset points",
                va="center", annotation_clip=False,
            )  # fmt: skip
        ax.set_yticks(places, [group.name for group in found.groups])
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(-0.6, len(found.groups) - 0.4)
        ax.set_xlim(0, 100)
        ax.set_xlabel("animals (%)")
        ax.legend(
            [handles[k] for k in sorted(handles)], found.levels,
            title=found.scale or "level", loc="lower left",
            bbox_to_anchor=(0.0, 1.0), ncols=min(len(found.levels), 10),
            handlelength=1.6, columnspacing=1.2, alignment="left", borderaxespad=0.3,
        )  # fmt: skip
        figure: MatplotlibFigure = ax.figure.figure
        return figure
