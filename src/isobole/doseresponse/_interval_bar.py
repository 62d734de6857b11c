"""An interval as a horizontal bar: caps, open ends, and arrows where it has no end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from isobole.results import Estimate, Limits, Missing, format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

End = Literal["cap", "open", "arrow", "cut"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a confidence set on log10 dose, cut to the frame."""

    start: float
    end: float
    start_mark: End
    end_mark: End


def pieces(limits: Limits, left: float, right: float) -> list[Piece]:
    """Cut a confidence set to the frame; an arrow stands where it goes on outside.

    Examples
    --------
    >>> pieces(Limits("likelihood", 0.95, "ray", 10.0, None), 0.0, 2.0)
    [Piece(start=1.0, end=2.0, start_mark='cap', end_mark='arrow')]
    >>> len(pieces(Limits("fieller", 0.95, "complement", 10.0, 20.0), 0.0, 2.0))
    2
    """
    if limits.set_kind in (None, "empty"):
        return []
    low = None if limits.low is None else math.log10(limits.low)
    high = None if limits.high is None else math.log10(limits.high)
    low_mark: End = "open" if limits.bounds in ("open", "low-open") else "cap"
    high_mark: End = "open" if limits.bounds in ("open", "high-open") else "cap"
    if limits.set_kind == "complement":
        rays = []
        if low is not None:
            rays.append(_cut(None, low, "arrow", low_mark, left, right))
        if high is not None:
            rays.append(_cut(high, None, high_mark, "arrow", left, right))
        return rays
    return [_cut(low, high, low_mark, high_mark, left, right)]


def _cut(
    low: float | None,
    high: float | None,
    low_mark: End,
    high_mark: End,
    left: float,
    right: float,
) -> Piece:
    stub = 0.04 * (right - left)
    start = left if low is None else low
    end = right if high is None else high
    if low is None or low < left:
        start, low_mark = left, "arrow"
    if high is None or high > right:
        end, high_mark = right, "arrow"
    if start >= right:  # all of it lies beyond the frame
        return Piece(right - stub, right, "cut", "arrow")
    if end <= left:
        return Piece(left, left + stub, "arrow", "cut")
    return Piece(start, end, low_mark, high_mark)


def draw_bar(
    ax: Axes,
    estimate: Estimate,
    y: float,
    frame: tuple[float, float],
    color: str,
    zorder: float = 5.0,
) -> list[Piece]:
    """Draw an estimate with its limits at height `y`; return the pieces drawn.

    Closed ends are ticks, open ends circles, unbounded sides arrowheads at the frame;
    the estimate is a diamond, absent where there is none.
    """
    drawn = pieces(estimate.limits, *frame)
    for piece in drawn:
        ax.plot(
            [10.0**piece.start, 10.0**piece.end],
            [y, y],
            color=color,
            linewidth=1.8,
            linestyle="-",
            solid_capstyle="butt",
            zorder=zorder,
        )
        for place, mark, arrow in (
            (piece.start, piece.start_mark, "<"),
            (piece.end, piece.end_mark, ">"),
        ):
            _draw_end(ax, place, y, mark, arrow, frame, color, zorder)
    if not isinstance(estimate.value, Missing):
        ax.plot(
            [estimate.value],
            [y],
            marker="D",
            markersize=6.0,
            markerfacecolor="white",
            markeredgecolor=color,
            markeredgewidth=1.5,
            linestyle="none",
            zorder=zorder + 0.3,
        )
    return drawn


def _draw_end(
    ax: Axes,
    place: float,
    y: float,
    mark: End,
    arrow: str,
    frame: tuple[float, float],
    color: str,
    zorder: float,
) -> None:
    if mark == "cut":
        return
    if mark == "arrow":
        inset = 0.009 * (frame[1] - frame[0])
        place += inset if arrow == "<" else -inset
        look: dict[str, Any] = {"marker": arrow, "markersize": 6.5}
    elif mark == "open":
        look = {"marker": "o", "markersize": 5.0, "markerfacecolor": "white"}
    else:
        look = {"marker": "|", "markersize": 8.0}
    ax.plot(
        [10.0**place],
        [y],
        color=color,
        linestyle="none",
        markeredgecolor=color,
        markeredgewidth=0.0 if mark == "arrow" else 1.5,
        zorder=zorder + 0.1,
        **look,
    )


def estimate_words(estimate: Estimate, *, full: bool = True) -> str:
    """Write an estimate as a label: number, limits and, if `full`, their kind.

    Examples
    --------
    >>> estimate_words(
    ...     Estimate("ED50", 12.98, Limits("likelihood", 0.95, "interval", 9.4, 17.4))
    ... )
    'ED50 12.98 [9.4, 17.4] (95 % likelihood)'
    """
    unit = f" {estimate.unit}" if estimate.unit else ""
    low, high = estimate.low, estimate.high
    limits = {
        None: "no limits",
        "line": "limits exclude nothing",
        "empty": "no value within the limits",
    }.get(estimate.set_kind, f"{estimate.limits}{unit}")
    if not isinstance(estimate.value, Missing):
        bare = estimate.set_kind in ("interval", "ray")
        number = format_number(estimate.value)
        number += f" {limits}" if bare else f"{unit}, {limits}"
    elif estimate.set_kind == "interval" and low is not None and high is not None:
        number = f"between {format_number(low)} and {format_number(high)}{unit}"
    elif estimate.set_kind == "ray" and low is not None:
        number = f"above {format_number(low)}{unit}"
    elif estimate.set_kind == "ray" and high is not None:
        number = f"below {format_number(high)}{unit}"
    else:
        number = f"not estimated, {limits}"
    words = f"{estimate.quantity} {number}"
    if not full or estimate.set_kind is None:
        return words
    return f"{words} ({limit_words(estimate)})"


def limit_words(estimate: Estimate) -> str:
    """Say level and kind of the limits, as in ``95 % Fieller``."""
    names = {"fieller": "Fieller", "litchfield-wilcoxon": "Litchfield-Wilcoxon"}
    kind = names.get(estimate.interval, estimate.interval)
    return f"{format_number(100 * estimate.level)} % {kind}"
