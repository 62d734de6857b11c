"""Estimates of a dose side by side, to see whether the answer hangs on the method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from isobole.doseresponse._interval_bar import draw_bar, estimate_words
from isobole.doseresponse._paper import FAINT, rule_doses
from isobole.doseresponse._placement import SMALL, text_size
from isobole.results import (
    DoseUnit,
    Estimate,
    Figure,
    Missing,
    OptionError,
    Table,
    new_figure,
    series_style,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

_ROW = 20.0  # points from one estimate to the next
_PLOT = 250.0  # width of the dose axis in points
_FAR = 1.0  # decades from the estimates beyond which an end is an arrow


def draw_estimates(
    estimates: Sequence[Estimate],
    labels: Sequence[str],
    *,
    ax: Axes | None = None,
    title: str | None = None,
) -> MatplotlibFigure:
    """Draw estimates as horizontal intervals on log dose, one row each.

    An unbounded side ends in an arrow at the frame, a complement is two rays, and an
    open end is a circle.

    Parameters
    ----------
    estimates : sequence of Estimate
        Doses in one unit.
    labels : sequence of str
        What each row is: a method, a kind of interval, a drug.
    ax : matplotlib Axes, optional
        Where to draw; a new figure without it.
    title : str, optional
        Stands above the rows.

    Raises
    ------
    OptionError
        If there is nothing to draw, or not one label per estimate.
    DataError
        If the estimates have different units.
    """
    unit = _check(estimates, labels)
    with style():
        texts = [_row_words(e) for e in estimates]
        if ax is None:
            ax = _new_axes(labels, texts, bool(title))
        frame = _frame(estimates)
        names = {e.quantity for e in estimates}
        name = names.pop() if len(names) == 1 else "Dose"
        rule_doses(ax, *frame, f"{name} ({unit})" if unit else name)
        ax.set_ylim(len(estimates) - 0.4, -0.6)
        ax.set_yticks(range(len(labels)), labels)
        ax.tick_params(axis="y", length=0)
        for row, (estimate, text) in enumerate(zip(estimates, texts, strict=True)):
            ax.axhline(row, color=FAINT, linewidth=0.6, zorder=0.4)
            draw_bar(ax, estimate, row, frame, series_style(0).color)
            ax.annotate(
                text,
                (1.0, row),
                xycoords=ax.get_yaxis_transform(),
                xytext=(8.0, 0.0),
                textcoords="offset points",
                va="center",
                fontsize=SMALL,
                annotation_clip=False,
            )
        if title:
            ax.set_title(title, loc="left")
        return ax.figure.figure


def estimates_figure(
    estimates: Sequence[Estimate],
    labels: Sequence[str],
    *,
    title: str = "Estimates side by side",
) -> Figure:
    """Return the comparison of estimates as a report block.

    Parameters
    ----------
    estimates : sequence of Estimate
        Doses in one unit.
    labels : sequence of str
        One per estimate.
    title : str
        The caption.
    """
    unit = _check(estimates, labels)
    dose = f"dose ({unit})" if unit else "dose"
    absent = "not bounded on this side"
    rows = tuple(
        (
            label,
            e.quantity,
            e.value,
            Missing(e.limits.reason or absent) if e.low is None else e.low,
            Missing(e.limits.reason or absent) if e.high is None else e.high,
            e.set_kind or "none",
            f"{100 * e.level:g} % {e.interval}",
        )
        for label, e in zip(labels, estimates, strict=True)
    )
    said = "; ".join(
        f"{label}: {estimate_words(e)}"
        for label, e in zip(labels, estimates, strict=True)
    )
    return Figure(
        title,
        f"Horizontal intervals on log {dose}, one row per estimate. {said}.",
        lambda: draw_estimates(estimates, labels),
        Table(
            title,
            ("estimate by", "quantity", dose, "low", "high", "set", "limits"),
            rows,
        ),
    )


def _check(estimates: Sequence[Estimate], labels: Sequence[str]) -> DoseUnit | None:
    if not estimates or len(estimates) != len(labels):
        msg = (
            f"There are {len(estimates)} estimates and {len(labels)} labels; give at "
            "least one estimate and one label for each."
        )
        raise OptionError(msg)
    units = [e.unit for e in estimates if e.unit is not None]
    for unit in units[1:]:
        units[0].check_same(unit, where="The comparison of estimates")
    return units[0] if units else None


def _row_words(estimate: Estimate) -> str:
    """Return the numbers of a row; the kind of limits stands in its label."""
    words = estimate_words(estimate, full=False)
    return words.removeprefix(f"{estimate.quantity} ")


def _frame(estimates: Sequence[Estimate]) -> tuple[float, float]:
    """Return log10 doses that hold the estimates and the ends not far from them."""
    values = [
        math.log10(e.value) for e in estimates if not isinstance(e.value, Missing)
    ]
    ends = [math.log10(x) for e in estimates for x in (e.low, e.high) if x is not None]
    core = values or ends or [0.0, 1.0]
    near = [x for x in ends if min(core) - _FAR <= x <= max(core) + _FAR]
    left, right = min([*core, *near]), max([*core, *near])
    pad = max(0.07 * (right - left), 0.08)
    return left - pad, right + pad


def _new_axes(labels: Sequence[str], texts: Sequence[str], titled: bool) -> Axes:
    left = 14.0 + max(text_size(label, 8.5)[0] for label in labels)
    right = 16.0 + max(text_size(text)[0] for text in texts)
    top, below = (26.0 if titled else 10.0), 40.0
    rows = _ROW * len(labels)
    width, height = left + _PLOT + right, top + rows + below
    figure = new_figure(width / 72 * 2.54, height / 72 * 2.54)
    figure.set_layout_engine("none")
    return figure.add_axes((left / width, below / height, _PLOT / width, rows / height))
