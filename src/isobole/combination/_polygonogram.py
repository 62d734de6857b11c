"""The polygonogram: drugs on a circle, an edge for each pair, drawn by its verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from isobole.combination._figure_page import (
    axes_size,
    new_axes,
    write_keys,
)
from isobole.combination._isobole_sheet import ratio_words
from isobole.combination._polygonogram_words import (
    VERDICTS,
    check_pairs,
    edge_label,
    index_words,
    pair_keys,
    pair_name,
    polygonogram_table,
)
from isobole.doseresponse._placement import text_size
from isobole.results import (
    INK,
    Figure,
    Missing,
    format_number,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

    from isobole.combination._interaction import Interaction

FloatArray = NDArray[np.float64]

WIDTH: Final = 375.0
HEIGHT: Final = 300.0
_ACROSS, _UP = 1.35, 1.08  # of the circle's radius
_GAP: Final = 24.0  # points; no axis needs room for its labels
_LABEL: Final = 7.5
_PLACES: Final = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8)


def draw_polygonogram(
    interactions: Sequence[Interaction], *, ax: Axes | None = None
) -> MatplotlibFigure:
    """Draw many pairs of drugs: line style by verdict, width by index, index written.

    Parameters
    ----------
    interactions : sequence of Interaction
        Of pairs, at one effect level; several ratios of a pair get edges side by side.
    ax : matplotlib Axes, optional
        Where to draw, with room below for the words; a new figure without it.

    Raises
    ------
    OptionError
        If there is none, one is not of two drugs, or effect levels differ.
    """
    check_pairs(interactions)
    keys = pair_keys(interactions)
    with style():
        if ax is None:
            ax = new_axes(WIDTH, HEIGHT, keys, _GAP)
        ax.set_axis_off()
        ax.set_xlim(-_ACROSS, _ACROSS)
        ax.set_ylim(-_UP, _UP)
        _draw_drugs(ax, _drugs(interactions))
        _draw_edges(ax, interactions)
        write_keys(ax, keys, _GAP)
        return ax.figure.figure


def polygonogram_figure(interactions: Sequence[Interaction]) -> Figure:
    """Return the polygonogram as a report block; its table is the data of the pairs."""
    check_pairs(interactions)
    drugs = _drugs(interactions)
    effect = format_number(interactions[0].effect)
    title = f"Polygonogram of {len(drugs)} drugs at {effect} % effect"
    said = [f"{len(drugs)} drugs on a circle, joined pair by pair."]
    for found in interactions:
        said.append(
            f"{pair_name(found)}: index {index_words(found)}, {found.verdict.word}."
        )
    return Figure(
        title,
        " ".join(said),
        lambda: draw_polygonogram(interactions),
        polygonogram_table(interactions),
    )


def _drugs(interactions: Sequence[Interaction]) -> list[str]:
    return list(dict.fromkeys(drug for found in interactions for drug in found.drugs))


def _spots(drugs: Sequence[str]) -> dict[str, FloatArray]:
    """Put the drugs on the circle, from the top, clockwise."""
    turns = [2 * math.pi * i / len(drugs) for i in range(len(drugs))]
    return {
        drug: np.array([math.sin(turn), math.cos(turn)])
        for drug, turn in zip(drugs, turns, strict=True)
    }


def _draw_drugs(ax: Axes, drugs: Sequence[str]) -> None:
    for drug, (x, y) in _spots(drugs).items():
        ax.plot(
            [x], [y], marker="o", markersize=8.0, markerfacecolor=INK,
            markeredgecolor="white", markeredgewidth=1.0, linestyle="none", zorder=5.0,
        )  # fmt: skip
        across = "left" if x > 0.3 else "right" if x < -0.3 else "center"
        level = "bottom" if y > 0.3 else "top" if y < -0.3 else "center"
        ax.annotate(
            drug,
            (x, y),
            xytext=(7.0 * x, 8.0 * y),
            textcoords="offset points",
            ha=across,
            va=level,
            fontsize=9.0,
            annotation_clip=False,
        )


def _draw_edges(ax: Axes, interactions: Sequence[Interaction]) -> None:
    spots = _spots(_drugs(interactions))
    pairs: dict[frozenset[str], list[int]] = {}
    for number, found in enumerate(interactions):
        pairs.setdefault(frozenset(found.drugs), []).append(number)
    edges = []
    for number, found in enumerate(interactions):
        own = pairs[frozenset(found.drugs)]
        bow = 0.34 * (own.index(number) - (len(own) - 1) / 2)
        first, last = sorted(found.drugs)
        edges.append(_edge(spots[first], spots[last], bow))
    width, height = axes_size(ax)
    scale = np.array([width / (2 * _ACROSS), height / (2 * _UP)])
    boxes: list[tuple[float, float, float]] = []
    for number, found in enumerate(interactions):
        color, dashes = VERDICTS[found.verdict.word]
        ax.plot(
            *edges[number].T,
            color=color,
            linestyle=dashes,
            linewidth=_thickness(found),
            zorder=2.0,
        )
        text = edge_label(found)
        if len(pairs[frozenset(found.drugs)]) > 1:
            text = f"{ratio_words(found.shares)}  {text}"
        others = [e for k, e in enumerate(edges) if k != number]
        x, y = _place(edges[number] * scale, [e * scale for e in others], text, boxes)
        ax.text(
            x / scale[0],
            y / scale[1],
            text,
            ha="center",
            va="center",
            fontsize=_LABEL,
            color=INK,
            zorder=4.0,
            bbox={"boxstyle": "square,pad=0.18", "facecolor": "white", "linewidth": 0},
        )


def _edge(start: FloatArray, end: FloatArray, bow: float) -> FloatArray:
    """Return an edge as points, bent sideways where a pair has several."""
    part = np.linspace(0.0, 1.0, 61)[:, None]
    way = end - start
    aside = np.array([-way[1], way[0]])
    return np.asarray(start + part * way + 2 * bow * part * (1 - part) * aside)


def _place(
    edge: FloatArray,
    others: Sequence[FloatArray],
    text: str,
    taken: list[tuple[float, float, float]],
) -> tuple[float, float]:
    """Choose where on an edge its label hides least; all in points."""
    across, up = text_size(text, _LABEL)
    best, least = (0.0, 0.0), math.inf
    for rank, part in enumerate(_PLACES):
        x, y = edge[round(part * (len(edge) - 1))]
        cost = 0.5 * rank
        for u, v, wide in taken:
            if abs(u - x) < (across + wide) / 2 + 3 and abs(v - y) < up + 5:
                cost += 100.0
        for other in others:
            near = np.abs(other - (x, y)) < (across / 2 + 2, up / 2 + 3)
            cost += 8.0 * bool(near.all(axis=1).any())
        if cost < least:
            best, least = (float(x), float(y)), cost
    taken.append((*best, across))
    return best


def _thickness(found: Interaction) -> float:
    value = found.index.value
    if found.verdict.word == "inconclusive":
        return 1.3
    far = 1.0 if isinstance(value, Missing) else min(abs(math.log2(value)), 2.0)
    return 1.2 + 1.4 * far
