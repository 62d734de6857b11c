"""Thresholds as a picture: every animal, geometric means and their limits."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from isobole.outcomes._threshold_result import ThresholdComparison
from isobole.results import (
    INK,
    Figure,
    Missing,
    cell_text,
    new_figure,
    series_style,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure


def draw_thresholds(
    found: ThresholdComparison, *, ax: Axes | None = None
) -> MatplotlibFigure:
    """Draw thresholds on a log axis, one column per group.

    Parameters
    ----------
    found : ThresholdComparison
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.
    """
    with style():
        if ax is None:
            ax = new_figure(3.5 + 2.4 * len(found.groups), 8.0).subplots()
        for column, group in enumerate(found.groups):
            look = series_style(column)
            ax.plot(
                column - 0.12 + _apart(np.log(group.values)), group.values,
                linestyle="none", marker=look.marker, markersize=4.5,
                markerfacecolor="none", markeredgecolor=look.color, alpha=0.9,
            )  # fmt: skip
            mean = group.geometric_mean
            if not isinstance(mean.value, Missing):
                ax.plot(
                    [column + 0.16, column + 0.36], [mean.value] * 2, color=INK,
                    linewidth=1.6,
                )  # fmt: skip
            if mean.low is not None and mean.high is not None:
                ax.plot(
                    [column + 0.26] * 2, [mean.low, mean.high], color=INK,
                    linewidth=1.0,
                )  # fmt: skip
        _log_axis(ax)
        ax.set_ylabel(f"threshold ({found.unit})")
        ax.set_xlim(-0.6, len(found.groups) - 0.4)
        names = [f"{group.name}\nn = {group.n}" for group in found.groups]
        ax.set_xticks(range(len(names)), names)
        ax.tick_params(axis="x", length=0)
        return ax.figure.figure


def threshold_figure(found: ThresholdComparison) -> Figure:
    """Return the thresholds as a report block, with their table."""
    said = "; ".join(
        f"{g.name}: {cell_text(g.geometric_mean)} {found.unit}, {g.n} animals"
        for g in found.groups
    )
    return Figure(
        "Thresholds of single animals, geometric means and their limits",
        f"One column of points per group on a log axis, beside it the geometric mean "
        f"with its limits. {said}.",
        lambda: draw_thresholds(found),
        found.group_table(),
    )


def _log_axis(ax: Any) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 5.0, 7.0)))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _apart(logs: Any) -> Any:
    """Return small shifts that keep equal thresholds from hiding each other."""
    shifts = np.zeros(len(logs))
    near = 0.02 * max(float(np.ptp(logs)), 0.5)
    order = np.argsort(logs, kind="stable")
    run = 0
    for before, here in pairwise(order):
        run = run + 1 if logs[here] - logs[before] < near else 0
        shifts[here] = 0.07 * (run % 3) * (-1 if run % 2 else 1)
    return shifts
