"""Latency curves as pictures: steps, censored animals, numbers at risk below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from isobole.outcomes._competing_result import CumulativeIncidence
from isobole.outcomes._kaplan_meier_result import KaplanMeier
from isobole.outcomes._latency_words import time_cell
from isobole.results import (
    INK,
    MUTED,
    Cell,
    Figure,
    Table,
    format_number,
    new_figure,
    series_style,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

_WIDTH_CM = 15.0
_PLOT_CM = 8.0
_ROW_PT = 11.0  # one line of the table of numbers at risk
_SMALL = 8.0
_THIN = "thin: dead without it"

Curve = KaplanMeier | CumulativeIncidence


def draw_curves(
    curves: Sequence[KaplanMeier],
    *,
    window: float | None = None,
    event: str = "the event",
    ax: Axes | None = None,
) -> MatplotlibFigure:
    """Draw Kaplan-Meier curves; one curve alone is drawn with its limits.

    Parameters
    ----------
    curves : sequence of KaplanMeier
        One per group, in one unit of time.
    window : float, optional
        End of observation, marked by a dotted line.
    event : str
        What the curves are of.
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.
    """
    with style():
        ax = _axes(curves, ax)
        end = _end(curves, window)
        for index, curve in enumerate(curves):
            look = series_style(index)
            x = [0.0, *curve.times, max(curve.observed)]
            y = [1.0, *curve.survival, curve.survival_at(max(curve.observed))]
            ax.plot(
                x, y, drawstyle="steps-post", color=look.color,
                linestyle=look.linestyle, label=curve.name, clip_on=False,
            )  # fmt: skip
            _ticks(ax, curve, [curve.survival_at(t) for t in curve.censored], look)
            if len(curves) == 1:
                _band(ax, curve, end, look.color)
        _finish(ax, curves, window, end, f"share without {event}")
        return ax.figure.figure


def draw_incidence(
    curves: Sequence[CumulativeIncidence],
    *,
    window: float | None = None,
    event: str = "the event",
    ax: Axes | None = None,
) -> MatplotlibFigure:
    """Draw cumulative incidence; death without the event thinner, in the same look.

    Parameters
    ----------
    curves : sequence of CumulativeIncidence
        One per group, in one unit of time.
    window : float, optional
        End of observation, marked by a dotted line.
    event : str
        What the curves are of.
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.
    """
    with style():
        ax = _axes(curves, ax)
        end = _end(curves, window)
        for index, curve in enumerate(curves):
            look = series_style(index)
            last = _last(curve, end)
            x = [0.0, *curve.times, last]
            y = [0.0, *curve.incidence, curve.incidence_at(last)]
            ax.plot(
                x, y, drawstyle="steps-post", color=look.color,
                linestyle=look.linestyle, label=curve.name, clip_on=False,
            )  # fmt: skip
            _ticks(ax, curve, [curve.incidence_at(t) for t in curve.censored], look)
            if curve.deaths:
                dead = [0.0, *curve.death_incidence, curve.deaths_at(last)]
                ax.plot(
                    x, dead, drawstyle="steps-post", color=look.color,
                    linestyle=look.linestyle, linewidth=0.7, clip_on=False,
                )  # fmt: skip
        if any(curve.deaths for curve in curves):
            ax.plot([], [], color=INK, linewidth=0.7, label=_THIN)
        _finish(ax, curves, window, end, f"share with {event}")
        return ax.figure.figure


def curves_figure(
    curves: Sequence[KaplanMeier],
    *,
    window: float | None = None,
    event: str = "the event",
) -> Figure:
    """Return Kaplan-Meier curves as a report block, with their table."""
    kept = tuple(curves)
    said = "; ".join(_said(curve) for curve in kept)
    return Figure(
        f"Share without {event} over time (Kaplan-Meier)",
        f"Step curves falling from 1 over time ({kept[0].unit}), a tick for each "
        f"censored animal, numbers at risk below. {said}.",
        lambda: draw_curves(kept, window=window, event=event),
        _at_risk_table(kept, window, "share without"),
    )


def incidence_figure(
    curves: Sequence[CumulativeIncidence],
    *,
    window: float | None = None,
    event: str = "the event",
) -> Figure:
    """Return cumulative incidence as a report block, with its table."""
    kept = tuple(curves)
    said = "; ".join(
        f"{c.name}: {c.events} of {c.n} with the event, {c.deaths} dead without it"
        for c in kept
    )
    return Figure(
        f"Cumulative incidence of {event}, death competing (Aalen-Johansen)",
        f"Step curves rising from 0 over time ({kept[0].unit}), numbers at risk "
        f"below. {said}.",
        lambda: draw_incidence(kept, window=window, event=event),
        _at_risk_table(kept, window, "share with"),
    )


def _said(curve: KaplanMeier) -> str:
    median = time_cell(curve.median)
    shown = median if isinstance(median, str) else "not reached"
    return (
        f"{curve.name}: {curve.events} of {curve.n} with the event, median "
        f"{shown} {curve.unit}"
    )


def _end(curves: Sequence[Curve], window: float | None) -> float:
    return max([*(max(curve.observed) for curve in curves), window or 0.0]) or 1.0


def _axes(curves: Sequence[Curve], ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    below = (_ROW_PT * (len(curves) + 1)) / 72 * 2.54
    entries = len(curves) + any(getattr(c, "deaths", 0) for c in curves)
    rows = -(-entries // _legend_columns(curves))
    legend = rows * 13 / 72 * 2.54
    return new_figure(_WIDTH_CM, _PLOT_CM + below + legend).subplots()


def _last(curve: CumulativeIncidence, end: float) -> float:
    """Return how far a curve is known: to the end, once no animal is left."""
    done = curve.events + curve.deaths == curve.n
    return end if done else max(curve.observed)


def _legend_columns(curves: Sequence[Curve]) -> int:
    longest = max(len(curve.name) for curve in curves)
    if any(getattr(curve, "deaths", 0) for curve in curves):
        longest = max(longest, len(_THIN))
    return 4 if longest <= 11 else 3 if longest <= 17 else 2


def _ticks(ax: Axes, curve: Curve, heights: Sequence[float], look: Any) -> None:
    ax.plot(
        curve.censored, heights, linestyle="none", marker="|", markersize=7,
        markeredgewidth=1.2, color=look.color, clip_on=False,
    )  # fmt: skip


def _band(ax: Axes, curve: KaplanMeier, end: float, color: str) -> None:
    steps = [
        (t, low, high)
        for t, low, high in zip(curve.times, curve.low, curve.high, strict=True)
        if isinstance(low, float) and isinstance(high, float)
    ]
    if not steps:
        return
    gone = [
        t for t, share in zip(curve.times, curve.survival, strict=True) if not share
    ]
    stop = gone[0] if gone else max(curve.observed)
    times, low, high = (list(part) for part in zip(*steps, strict=True))
    ax.fill_between(
        [*times, stop], [*low, low[-1]], [*high, high[-1]], step="post",
        color=color, alpha=0.15, linewidth=0,
    )  # fmt: skip


def _finish(
    ax: Axes, curves: Sequence[Curve], window: float | None, end: float, what: str
) -> None:
    unit = curves[0].unit
    ax.set_ylim(0, 1)
    ax.set_xlim(0, end * 1.04)
    ax.set_ylabel(what)
    ax.set_xlabel(f"time ({unit})")
    if window is not None:
        ax.axvline(window, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)))
        ax.annotate(
            "end of window", (window, 1), xycoords=("data", "axes fraction"),
            xytext=(4, 0), textcoords="offset points", ha="left", va="top",
            rotation=90, fontsize=_SMALL, color=MUTED,
        )  # fmt: skip
    if len(ax.get_legend_handles_labels()[0]) > 1:
        ax.legend(
            loc="lower left", bbox_to_anchor=(0, 1.01), borderaxespad=0,
            ncols=_legend_columns(curves),
        )  # fmt: skip
    moments = _moments(end)
    ax.set_xticks(moments)
    across = ax.get_xaxis_transform()
    top = -40.0
    ax.annotate(
        "at risk", (0, 0), xycoords="axes fraction", xytext=(-8, top),
        textcoords="offset points", ha="right", va="top", fontsize=_SMALL,
        color=MUTED, annotation_clip=False,
    )  # fmt: skip
    for row, curve in enumerate(curves, start=1):
        place = top - row * _ROW_PT
        ax.annotate(
            curve.name, (0, 0), xycoords="axes fraction", xytext=(-8, place),
            textcoords="offset points", ha="right", va="top", fontsize=_SMALL,
            color=series_style(row - 1).color, annotation_clip=False,
        )  # fmt: skip
        for moment in moments:
            ax.annotate(
                str(curve.at_risk_at(moment)), (moment, 0), xycoords=across,
                xytext=(0, place), textcoords="offset points", ha="center",
                va="top", fontsize=_SMALL, color=INK, annotation_clip=False,
            )  # fmt: skip


def _moments(end: float) -> list[float]:
    """Return round times at which animals at risk are counted."""
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(6, steps=[1, 2, 3, 5, 6, 10]).tick_values(0, end)
    return [float(t) for t in ticks if 0 <= t <= end * 1.0001]


def _at_risk_table(curves: Sequence[Curve], window: float | None, what: str) -> Table:
    moments = _moments(_end(curves, window))
    rows: list[tuple[Cell, ...]] = []
    for curve in curves:
        rows.append(
            (
                curve.name,
                *(f"{curve.at_risk_at(t)} ({_share(curve, t):.3f})" for t in moments),
            )
        )
    unit = curves[0].unit
    return Table(
        f"Animals at risk (and {what}) at times in {unit}",
        ("group", *(format_number(t) for t in moments)),
        tuple(rows),
    )


def _share(curve: Curve, time: float) -> float:
    if isinstance(curve, KaplanMeier):
        return curve.survival_at(time)
    return curve.incidence_at(time)
