"""The power curve: power against group size, with the target and the size to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.results import (
    INK,
    MUTED,
    Figure,
    Missing,
    new_figure,
    series_style,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.planning._power_plan import PowerPlan


def draw_power(plan: PowerPlan, *, ax: Axes | None = None) -> MatplotlibFigure:
    """Draw power against animals in the control group, one line for each test."""
    from matplotlib.ticker import MaxNLocator

    with style():
        if ax is None:
            ax = new_figure(14, 8.5).subplots()
        for index, series in enumerate(plan.series):
            look = series_style(index)
            ax.plot(
                [point.n for point in series.points],
                [100 * point.power for point in series.points],
                color=look.color, linestyle=look.linestyle, marker=look.marker,
                markersize=3.5, label=series.label,
            )  # fmt: skip
        ax.axhline(100 * plan.target, color=MUTED, linewidth=0.8)
        ax.annotate(
            f"target {percent_text(plan.target)}", (1, 100 * plan.target), (-2, 3),
            xycoords=("axes fraction", "data"), textcoords="offset points",
            ha="right", fontsize=8, color=MUTED,
        )  # fmt: skip
        holds = plan.smallest.holds
        if not isinstance(holds, Missing):
            ax.axvline(holds, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
            ax.annotate(
                f"n = {holds}", (holds, 4), (4, 0), textcoords="offset points",
                fontsize=8,
            )  # fmt: skip
        if plan.planned is not None and plan.planned.n != holds:
            ax.plot(
                [plan.planned.n], [100 * plan.planned.power], "D", color=INK,
                markerfacecolor="white", markersize=7, zorder=5,
                label=f"planned, n = {plan.planned.n}",
            )  # fmt: skip
        ax.set_ylim(0, 103)
        ax.set_yticks(range(0, 101, 20))
        ax.set_xlim(left=0)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlabel(plan.size_words[:1].upper() + plan.size_words[1:])
        ax.set_ylabel("Power (%)")
        ax.grid(axis="y")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
        return ax.figure.figure


def power_figure(plan: PowerPlan) -> Figure:
    """Return the power curve as a report block, with its alt text and table."""
    low, high = plan.series[0].points[0], plan.series[0].points[-1]
    holds = plan.smallest.holds
    where = (
        f"No size shown keeps the target ({holds.reason})."
        if isinstance(holds, Missing)
        else f"A dashed line marks n = {holds}, from where on power stays above it."
    )
    return Figure(
        f"Power by {plan.size_words}",
        f"Power in per cent against {plan.size_words}: "
        f"{percent_text(low.power)} at {low.n} rising to {percent_text(high.power)} at "
        f"{high.n} by {plan.series[0].label}. A horizontal line marks the target of "
        f"{percent_text(plan.target)}. {where}",
        lambda: draw_power(plan),
        plan.power_table(),
    )
