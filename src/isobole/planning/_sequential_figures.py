"""The picture of a dose recommendation: what is known, and where to look next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole.results import (
    INK,
    MUTED,
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

    from isobole.planning._sequential_result import DoseRecommendation


def draw_recommendation(
    found: DoseRecommendation, *, ax: Axes | None = None
) -> MatplotlibFigure:
    """Draw shares affected so far, the posterior of the ED50, and the next doses."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    with style():
        if ax is None:
            ax = new_figure(14, 8.5).subplots()
        at = [dose for dose, _ in found.density]
        top = max(height for _, height in found.density)
        height = [100 * h / top for _, h in found.density]
        look = series_style(0)
        ax.fill_between(at, height, color=look.color, alpha=0.15, linewidth=0)
        ax.plot(at, height, color=look.color, label="ED50 so far (density)")
        for dose, n, r in found.groups:
            share = 100 * r / n
            ax.plot([dose], [share], "o", color=INK, clip_on=False, zorder=4)
            ax.annotate(
                f"{r}/{n}", (dose, share), (0, 6 if share < 90 else -13),
                textcoords="offset points", ha="center", fontsize=8,
            )  # fmt: skip
        if found.groups:
            ax.plot([], [], "o", color=INK, label=f"{found.endpoint}, so far")
        new = series_style(1)
        for dose, n in found.next_doses:
            ax.plot(
                [dose, dose],
                [0, 104],
                color=new.color,
                linestyle=(0, (4, 3)),
                linewidth=1,
            )
            # Upright: doses of a batch stand close together.
            ax.annotate(
                f"{n} × {format_number(dose, 3)}", (dose, 106), ha="center",
                va="bottom", rotation=90, fontsize=8, color=new.color,
            )  # fmt: skip
        ax.plot([], [], color=new.color, linestyle=(0, (4, 3)), label="next doses")
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: format_number(x)))
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.set_ylim(0, 136)
        ax.set_yticks(range(0, 101, 25))
        ax.set_xlabel(f"Dose ({found.unit})" if found.unit else "Dose")
        ax.set_ylabel(f"{found.endpoint[:1].upper()}{found.endpoint[1:]} (%)")
        ax.axhline(50, color=MUTED, linewidth=0.6, zorder=0)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
        return ax.figure.figure


def recommendation_figure(found: DoseRecommendation) -> Figure:
    """Return the picture as a report block, with its alt text and table."""
    unit = f" {found.unit}" if found.unit else ""
    doses = ", ".join(f"{n} at {format_number(d)}{unit}" for d, n in found.next_doses)
    so_far = "; ".join(
        f"{r} of {n} at {format_number(d)}{unit}" for d, n, r in found.groups
    )
    rows = tuple((d, n, "so far", r) for d, n, r in found.groups) + tuple(
        (d, n, "next", None) for d, n in found.next_doses
    )
    return Figure(
        "The ED50 so far and the next doses",
        f"{found.endpoint[:1].upper()}{found.endpoint[1:]} against dose on a log "
        f"axis. So far: {so_far or 'no animals'}. The density of the ED50 peaks near "
        f"its median; {found.ed50}. Dashed lines mark the next doses: {doses}.",
        lambda: draw_recommendation(found),
        Table(
            "Records and next doses",
            (f"dose{f' ({found.unit})' if found.unit else ''}", "animals", "when",
             found.endpoint),
            rows,
        ),
    )  # fmt: skip
