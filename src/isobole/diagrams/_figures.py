"""Draw a diagram: the head of an arrow says its effect, its line says its status."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from isobole.diagrams._geometry import (
    Box,
    box_of,
    frame_of,
    label_box,
    path_of,
)
from isobole.diagrams._parts import (
    EFFECT_WORDS,
    STATUS_WORDS,
    Effect,
    Node,
    Point,
    Status,
)
from isobole.results import INK, MUTED, new_figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from isobole.diagrams._diagram import Diagram

LEGEND_HEIGHT = 1.5
_TEXT = 8.0
_SMALL = 7.2
# Light fills keep their order in grey print; the edge tells the kinds apart there.
_LOOKS: dict[str, dict[str, Any]] = {
    "given": {"facecolor": "#d7e8f5", "edgecolor": INK, "linewidth": 2.0},
    "target": {"facecolor": "#ffffff", "edgecolor": INK, "linewidth": 0.9},
    "process": {"facecolor": "#f4f1e6", "edgecolor": INK, "linewidth": 0.9},
    "outcome": {"facecolor": "#2b3440", "edgecolor": INK, "linewidth": 1.2},
}
_LINES: dict[Status, Any] = {
    "supported": "-",
    "assumed": (0, (1.0, 1.6)),
    "contested": (0, (4.5, 2.4)),
}
_COLOURS: dict[Status, str] = {
    "supported": INK,
    "assumed": INK,
    "contested": "#a63c00",
}
_WIDTH = 1.25
_HEAD = 0.24
_HALF = 0.1
_GAP = 0.08


def draw(diagram: Diagram) -> Figure:
    """Return the picture, with a legend of the heads and lines it uses."""
    width, height = diagram.size
    with style():
        fig = new_figure(width, height + LEGEND_HEIGHT)
        fig.set_layout_engine("none")
        axes = fig.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set(xlim=(0, width), ylim=(height + LEGEND_HEIGHT, 0))
        axes.set_axis_off()
        nodes = {node.id: node for node in diagram.nodes}
        for group in diagram.groups:
            _frame(axes, frame_of(group, nodes), group.label)
        paths = [path_of(arrow, nodes) for arrow in diagram.arrows]
        for arrow, path in zip(diagram.arrows, paths, strict=True):
            _arrow(axes, path, arrow.effect, arrow.status)
        for node in diagram.nodes:
            _node(axes, node)
        for arrow, path in zip(diagram.arrows, paths, strict=True):
            _label(axes, label_box(arrow, path), arrow.label, _COLOURS[arrow.status])
        _legend(axes, diagram)
        return fig


def _rounded(box: Box, radius: float, **look: Any) -> Any:
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch(
        (box.left, box.top),
        box.right - box.left,
        box.bottom - box.top,
        boxstyle=f"round,pad=0,rounding_size={radius}",
        **look,
    )


def _frame(axes: Axes, frame: Box, title: str) -> None:
    axes.add_patch(
        _rounded(
            frame,
            0.12,
            facecolor="#f6f7f8",
            edgecolor="#aab2bb",
            linewidth=0.8,
            zorder=0,
        )
    )
    axes.text(
        frame.left + 0.15,
        frame.bottom - 0.25,
        title,
        fontsize=_SMALL,
        color=MUTED,
        fontstyle="italic",
        va="center",
        zorder=1,
        parse_math=False,
    )


def _node(axes: Axes, node: Node) -> None:
    box = box_of(node)
    radius = 0.06 if node.kind == "target" else 0.22
    axes.add_patch(_rounded(box, radius, zorder=3, **_LOOKS[node.kind]))
    axes.text(
        *node.at,
        "\n".join(node.lines),
        fontsize=_TEXT,
        color="white" if node.kind == "outcome" else INK,
        fontweight="bold" if node.kind in ("given", "outcome") else "normal",
        ha="center",
        va="center",
        linespacing=1.15,
        zorder=4,
        parse_math=False,
    )


def _label(axes: Axes, box: Box, text: str, colour: str) -> None:
    axes.add_patch(
        _rounded(box, 0.1, facecolor="white", edgecolor=colour, linewidth=0.6, zorder=5)
    )
    axes.text(
        (box.left + box.right) / 2,
        (box.top + box.bottom) / 2,
        text,
        fontsize=_SMALL,
        color=colour,
        ha="center",
        va="center_baseline",
        zorder=6,
    )


def _arrow(axes: Axes, path: Sequence[Point], effect: Effect, status: Status) -> None:
    """Draw one arrow: its line ends where its head begins."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    colour = _COLOURS[status]
    (ax, ay), (bx, by) = path[-2], path[-1]
    length = math.hypot(bx - ax, by - ay)
    ux, uy = (bx - ax) / length, (by - ay) / length
    tip = (bx - _GAP * ux, by - _GAP * uy)
    back = 0.0 if effect == "inhibits" else _HEAD * 0.8
    stop = (tip[0] - back * ux, tip[1] - back * uy)
    points, codes = _smooth([*path[:-1], stop])
    axes.add_patch(
        PathPatch(
            Path(points, codes),
            fill=False,
            edgecolor=colour,
            linewidth=_WIDTH,
            linestyle=_LINES[status],
            capstyle="butt",
            zorder=2,
        )
    )
    side = (-uy, ux)
    if effect == "inhibits":
        across = [
            (tip[0] + k * 0.19 * side[0], tip[1] + k * 0.19 * side[1]) for k in (1, -1)
        ]
        axes.add_patch(
            PathPatch(
                Path(across), edgecolor=colour, linewidth=2.4, capstyle="butt", zorder=4
            )
        )
        return
    base = (tip[0] - _HEAD * ux, tip[1] - _HEAD * uy)
    corners = [
        (base[0] + k * _HALF * side[0], base[1] + k * _HALF * side[1]) for k in (1, -1)
    ]
    closed = effect == "activates"
    shape = [corners[0], tip, corners[1]]
    axes.add_patch(
        PathPatch(
            Path([*shape, corners[0]] if closed else shape),
            facecolor=colour if closed else "none",
            edgecolor=colour,
            linewidth=_WIDTH if not closed else 0.6,
            zorder=2,
        )
    )


def _smooth(
    path: Sequence[Point], radius: float = 0.22
) -> tuple[list[Point], list[int]]:
    """Round the corners of a path."""
    from matplotlib.path import Path

    points, codes = [path[0]], [int(Path.MOVETO)]
    for before, corner, after in zip(path, path[1:], path[2:], strict=False):
        near, far = _towards(corner, before, radius), _towards(corner, after, radius)
        points += [near, corner, far]
        codes += [int(Path.LINETO), int(Path.CURVE3), int(Path.CURVE3)]
    return [*points, path[-1]], [*codes, int(Path.LINETO)]


def _towards(start: Point, end: Point, far: float) -> Point:
    """Return the point `far` from start towards end, at most half way."""
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    share = min(far / length, 0.5) if length else 0.0
    return (
        start[0] + (end[0] - start[0]) * share,
        start[1] + (end[1] - start[1]) * share,
    )


def _legend(axes: Axes, diagram: Diagram) -> None:
    """Say below the picture what its heads and lines mean; two rows."""
    width, height = diagram.size
    axes.plot([0.4, width - 0.4], [height + 0.1] * 2, color="#aab2bb", linewidth=0.6)
    effects = [e for e in EFFECT_WORDS if any(a.effect == e for a in diagram.arrows)]
    statuses = [s for s in STATUS_WORDS if any(a.status == s for a in diagram.arrows)]
    rows: list[list[tuple[Effect | None, Status | None, str]]] = [
        [(effect, "supported", EFFECT_WORDS[effect]) for effect in effects],
        [(None, status, STATUS_WORDS[status]) for status in statuses],
    ]
    rows[0].append((None, None, "numbers: table of evidence"))
    for down, row in zip((0.5, 1.05), rows, strict=True):
        x, y = 0.5, height + down
        for effect, status, words in row:
            if status is not None:
                path = ((x, y), (x + 1.0, y))
                if effect is None:
                    axes.plot(
                        [x, x + 1.0],
                        [y, y],
                        color=_COLOURS[status],
                        linewidth=_WIDTH,
                        linestyle=_LINES[status],
                    )
                else:
                    _arrow(axes, path, effect, status)
                x += 1.15
            axes.text(x, y, words, fontsize=_SMALL, va="center", color=INK)
            x += len(words) * 0.15 + 0.6
