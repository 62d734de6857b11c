"""Figures of kindling: shares not yet kindled, and stages session by session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from isobole.results import (
    INK,
    MUTED,
    Figure,
    format_number,
    new_figure,
    series_style,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.outcomes._kindling_progress_result import KindlingProgress
    from isobole.outcomes._kindling_rate_result import KindlingRate

_MOST_PANELS_IN_A_ROW = 3


def rate_figure(rate: KindlingRate) -> Figure:
    """Return the share not yet kindled as a report block."""
    said = [
        f"{arm.group}: {arm.reached} of {arm.animals} animals kindled"
        + (
            f", half of them by stimulation {format_number(float(arm.median))}"
            if isinstance(arm.median, float)
            else ", fewer than half"
        )
        for arm in rate.arms
    ]
    alt = (
        "Steps falling from 100 %: percent of animals not yet fully kindled against "
        f"the number of stimulations. {'; '.join(said)}. Ticks mark animals censored."
    )
    return Figure(
        "Animals not yet fully kindled",
        alt,
        lambda: draw_rate(rate),
        rate.step_table(),
    )


def draw_rate(rate: KindlingRate, ax: Axes | None = None) -> MatplotlibFigure:
    """Draw Kaplan-Meier steps over the number of stimulations."""
    with style():
        if ax is None:
            ax = new_figure(14, 8.5).subplots()
        for index, arm in enumerate(rate.arms):
            look = series_style(index)
            x = [0.0, *(float(s.stimulation) for s in arm.steps)]
            y = [100.0, *(100 * s.not_kindled for s in arm.steps)]
            ax.step(
                x,
                y,
                where="post",
                color=look.color,
                linestyle=look.linestyle,
                label=f"{arm.group} ({arm.reached}/{arm.animals} kindled)",
            )
            cut = [s for s in arm.steps if s.censored]
            ax.plot(
                [s.stimulation for s in cut],
                [100 * s.not_kindled for s in cut],
                marker="|",
                markersize=9,
                markeredgewidth=1.6,
                linestyle="none",
                color=look.color,
            )
        ax.set(xlabel="Stimulations", ylabel="Not yet fully kindled (%)")
        ax.set_ylim(-3, 103)
        ax.locator_params(axis="x", integer=True)
        ax.set_xlim(left=0)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderpad=0.2)
        return ax.figure.figure


def progress_figure(progress: KindlingProgress) -> Figure:
    """Return the kindling curves as a report block."""
    last = [
        f"{group}: median stage {format_number(rows[-1].median)} at session "
        f"{format_number(rows[-1].session)}"
        for group in progress.groups
        if (rows := [q for q in progress.quartiles if q.group == group])
    ]
    alt = (
        "One panel per group: seizure stage against session, a thin line for each "
        "animal, the median as a thick line and the quartiles as a band. "
        f"{'; '.join(last)}."
    )
    return Figure(
        "Kindling curves: median stage, quartiles and every animal",
        alt,
        lambda: draw_progress(progress),
        progress.quartile_table(),
    )


def draw_progress(
    progress: KindlingProgress, ax: Axes | None = None
) -> MatplotlibFigure:
    """Draw each group in a panel of its own; with `ax`, the medians in that one."""
    with style():
        if ax is not None:
            for index, group in enumerate(progress.groups):
                _median(ax, progress, group, index)
            _rule(ax, progress)
            ax.legend(loc="upper left")
            return ax.figure.figure
        count = len(progress.groups)
        columns = min(count, _MOST_PANELS_IN_A_ROW)
        rows = -(-count // columns)
        figure = new_figure(1.5 + 6.5 * columns, 1.0 + 6.5 * rows)
        panels: Any = figure.subplots(
            rows, columns, sharex=True, sharey=True, squeeze=False
        )
        for index, panel in enumerate(panels.ravel()):
            if index >= count:
                panel.set_visible(False)
                continue
            group = progress.groups[index]
            lines = [a for a in progress.animals if a.group == group]
            for k, animal in enumerate(lines):
                # A twentieth of a stage apart, or equal animals would hide each other.
                shift = 0.05 * (k - (len(lines) - 1) / 2) * progress.step
                panel.plot(
                    animal.sessions,
                    np.array(animal.stages) + shift,
                    color=MUTED,
                    linewidth=0.6,
                    alpha=0.7,
                )
            _median(panel, progress, group, index)
            _rule(panel, progress)
            panel.set_title(f"{group} (n = {len(lines)})", loc="left", color=INK)
            panel.label_outer()
        return figure


def _median(ax: Axes, progress: KindlingProgress, group: str, index: int) -> None:
    look = series_style(index)
    rows = [q for q in progress.quartiles if q.group == group]
    at = [q.session for q in rows]
    ax.fill_between(
        at,
        [q.low for q in rows],
        [q.high for q in rows],
        step="mid",
        color=look.color,
        alpha=0.18,
        linewidth=0,
    )
    ax.step(
        at,
        [q.median for q in rows],
        where="mid",
        color=look.color,
        linestyle=look.linestyle,
        linewidth=2,
        label=group,
    )


def _rule(ax: Axes, progress: KindlingProgress) -> None:
    ax.set(xlabel="Session", ylabel="Stage")
    ax.set_yticks(
        list(progress.levels), [format_number(level) for level in progress.levels]
    )
