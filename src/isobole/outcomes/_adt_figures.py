"""Thresholds drawn on a log axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole.results import (
    INK,
    Figure,
    Missing,
    format_number,
    new_figure,
    series_style,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.outcomes._adt_result import (
        AfterdischargeThreshold,
        ThresholdSummary,
    )


def threshold_figure(found: AfterdischargeThreshold) -> Figure:
    """Return the thresholds as a report block."""
    said = "; ".join(
        f"{s.name}: geometric mean {format_number(s.geometric_mean)} {found.unit}, "
        f"{format_number(s.lowest)} to {format_number(s.highest)}"
        for s in found.summaries
    )
    return Figure(
        f"{found.title}s on a log scale",
        f"Geometric means as points, the geometric SD as a thick bar and the range as "
        f"a thin line, on a log axis. {said}.",
        lambda: draw_thresholds(found),
        found.summary_table(),
    )


def draw_thresholds(
    found: AfterdischargeThreshold, ax: Axes | None = None
) -> MatplotlibFigure:
    """Draw geometric mean, geometric SD and range of every day or group."""
    with style():
        count = len(found.summaries)
        if ax is None:
            ax = new_figure(12, 2.5 + 1.1 * count).subplots()
        for k, s in enumerate(found.summaries):
            look = series_style(k)
            ax.plot([s.lowest, s.highest], [k, k], color=look.color, linewidth=1)
            if not isinstance(s.geometric_sd, Missing):
                ax.plot(
                    [
                        s.geometric_mean / s.geometric_sd,
                        s.geometric_mean * s.geometric_sd,
                    ],
                    [k, k],
                    color=look.color,
                    linewidth=4,
                    alpha=0.5,
                    solid_capstyle="butt",
                )
            ax.plot([s.geometric_mean], [k], color=look.color, marker=look.marker)
        ax.set_xscale("log")
        spans = [_span(s) for s in found.summaries]
        lowest = min(low for low, _ in spans)
        highest = max(high for _, high in spans)
        ax.set_xlim(lowest / 1.3, highest * 1.3)
        steps = (1, 1.5, 2, 3, 5, 7)
        marks = [
            m * 10.0**e
            for e in range(-4, 6)
            for m in steps
            if lowest / 1.3 <= m * 10.0**e <= highest * 1.3
        ]
        ax.set_xticks(marks, [format_number(m) for m in marks])
        ax.minorticks_off()
        names = [f"{s.name} (n = {s.animals})" for s in found.summaries]
        ax.set_yticks(range(count), names, color=INK)
        ax.set_ylim(count - 0.5, -0.5)
        ax.set_xlabel(f"{found.title} ({found.unit})")
        return ax.figure.figure


def _span(s: ThresholdSummary) -> tuple[float, float]:
    """Return how far the range and the geometric SD reach."""
    if isinstance(s.geometric_sd, Missing):
        return s.lowest, s.highest
    mean, spread = s.geometric_mean, s.geometric_sd
    return min(s.lowest, mean / spread), max(s.highest, mean * spread)
