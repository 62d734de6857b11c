"""The share protected in each group, drawn with its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isobole.outcomes._protection_result import ProtectionComparison
from isobole.results import INK, MUTED, Figure, format_number, new_figure, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure


def protection_figure(found: ProtectionComparison) -> Figure:
    """Return the picture of all groups as a report block with its table."""
    from isobole.outcomes._protection_blocks import share_table

    said = "; ".join(
        f"{g.name} {g.protected} of {g.n} ({100 * g.share:.0f} %)" for g in found.groups
    )
    percent = format_number(100 * found.level)
    return Figure(
        f"Share of animals {found.endpoint}",
        f"Share of animals {found.endpoint} in each group with its {percent} % Wilson "
        f"limits as a horizontal bar: {said}.",
        lambda: draw_protection(found),
        share_table(found),
    )


def draw_protection(found: ProtectionComparison, *, ax: Any = None) -> MatplotlibFigure:
    """Draw one row per group: a diamond at the share, a bar over its Wilson limits."""
    with style():
        if ax is None:
            height = 2.4 + 0.85 * len(found.groups)
            ax = new_figure(14, height).subplots()
        places = list(range(len(found.groups)))[::-1]
        for place, group in zip(places, found.groups, strict=True):
            low, high = group.wilson.low or 0.0, group.wilson.high or 0.0
            ax.plot(
                [100 * low, 100 * high], [place, place], color=INK, linewidth=1.8,
                marker="|", markersize=8.0, markeredgewidth=1.5,
            )  # fmt: skip
            ax.plot(
                [100 * group.share], [place], marker="D", markersize=7.0,
                markerfacecolor=MUTED if group.name == found.control else "white",
                markeredgecolor=INK, markeredgewidth=1.5, linestyle="none",
                clip_on=False, zorder=4.0,
            )  # fmt: skip
            ax.annotate(
                f"{group.protected}/{group.n}", (1.0, place), xytext=(8.0, 0.0),
                xycoords=("axes fraction", "data"), textcoords="offset points",
                va="center", annotation_clip=False,
            )  # fmt: skip
        ax.set_yticks(places, [group.name for group in found.groups])
        ax.tick_params(axis="y", length=0, pad=8)
        ax.set_ylim(-0.6, len(found.groups) - 0.4)
        ax.set_xlim(0, 100)
        ax.grid(axis="x")
        percent = format_number(100 * found.level)
        ax.set_xlabel(f"animals {found.endpoint} (%), {percent} % Wilson limits")
        figure: MatplotlibFigure = ax.figure.figure
        return figure
