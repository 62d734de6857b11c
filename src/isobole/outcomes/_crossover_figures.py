"""A crossover drawn: every animal from period 1 to period 2, a panel per sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isobole.results import INK, Figure, new_figure, series_style, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.outcomes._crossover_result import Crossover

_AXIS = {
    "stage": "Stage",
    "add": "Afterdischarge duration (s)",
    "yes-no": "Outcome (0 no, 1 yes)",
}
_PERIODS = {
    "VD": ("1: vehicle", "2: drug"),
    "DV": ("1: drug", "2: vehicle"),
}


def crossover_figure(found: Crossover) -> Figure:
    """Return the crossover as a report block."""
    n = len(found.pairs)
    first = found.sequences.count("VD")
    alt = (
        f"Two panels, one line per animal from period 1 to period 2: {first} animals "
        f"with vehicle first, {n - first} with drug first. On the drug {found.lower} "
        f"are lower than on vehicle, {found.higher} higher."
    )
    return Figure(
        "Each animal by period and sequence",
        alt,
        lambda: draw_crossover(found),
        found.pair_table(),
    )


def draw_crossover(found: Crossover, ax: Axes | None = None) -> MatplotlibFigure:
    """Draw periods side by side; with `ax`, both sequences one after the other."""
    with style():
        if ax is None:
            figure = new_figure(13, 8)
            panels: Any = figure.subplots(1, 2, sharey=True)
            at = {"VD": (panels[0], 0.0), "DV": (panels[1], 0.0)}
        else:
            at = {"VD": (ax, 0.0), "DV": (ax, 2.5)}
            panels = [ax]
        ticks: dict[Any, list[tuple[float, str]]] = {}
        for index, (name, (panel, left)) in enumerate(at.items()):
            look = series_style(index)
            rows = [
                (v, d) if name == "VD" else (d, v)
                for s, v, d in zip(
                    found.sequences,
                    found.pairs.first.tolist(),
                    found.pairs.second.tolist(),
                    strict=True,
                )
                if s == name
            ]
            for k, row in enumerate(rows):
                shift = left + 0.03 * (k - (len(rows) - 1) / 2)
                panel.plot(
                    [shift, 1 + shift],
                    row,
                    color=look.color,
                    marker=look.marker,
                    linestyle=look.linestyle,
                    linewidth=1,
                    markersize=4.5,
                )
            ticks.setdefault(panel, []).extend(
                (left + x, word) for x, word in enumerate(_PERIODS[name])
            )
            if ax is None:
                panel.set_title(f"{name} (n = {len(rows)})", loc="left")
        for panel, marks in ticks.items():
            panel.set_xticks([x for x, _ in marks], [w for _, w in marks], color=INK)
            panel.set_xlim(marks[0][0] - 0.4, marks[-1][0] + 0.4)
            panel.set_xlabel("Period")
        panels[0].set_ylabel(_AXIS[found.outcome])
        drawn: MatplotlibFigure = panels[0].figure.figure
        return drawn
