"""Where boxes, arrows and labels lie, and which of them are in each other's way.

Lengths are in cm, y counts downwards from the top of the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from isobole.diagrams._parts import Arrow, Group, Node, Point

LINE_HEIGHT = 0.37
CHARACTER = 0.168
"""Width of a character of the text in boxes; a little generous for other fonts."""
LABEL_HEIGHT = 0.36
LABEL_CHARACTER = 0.155
FRAME = 0.35
FRAME_TITLE = 0.5
HEAD = 0.3
"""Length of an arrow's head with the gap before it."""
_NEAR = 0.06


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Box:
        """Return it with a margin all round; negative shrinks it."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: Box) -> bool:
        """Return whether the two share an area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Return whether the other lies inside."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


def box_of(node: Node) -> Box:
    """Return the rectangle of a node."""
    (x, y), (w, h) = node.at, node.box
    return Box(x - w / 2, y - h / 2, x + w / 2, y + h / 2)


def text_fits(node: Node) -> bool:
    """Return whether a node's text fits its box."""
    bold = 1.12 if node.kind in ("given", "outcome") else 1.0
    wide = max(map(len, node.lines)) * CHARACTER * bold + 0.15
    return wide <= node.box[0] and len(node.lines) * LINE_HEIGHT + 0.1 <= node.box[1]


def frame_of(group: Group, nodes: Mapping[str, Node]) -> Box:
    """Return the rectangle of a group: around its boxes, with room for its title."""
    boxes = [box_of(nodes[name]) for name in group.members]
    return Box(
        min(b.left for b in boxes) - FRAME,
        min(b.top for b in boxes) - FRAME,
        max(b.right for b in boxes) + FRAME,
        max(b.bottom for b in boxes) + FRAME_TITLE,
    )


def title_box(group: Group, frame: Box) -> Box:
    """Return where the title of a group stands: in the lower left of its frame."""
    wide = 0.15 + len(group.label) * LABEL_CHARACTER
    return Box(frame.left, frame.bottom - 0.45, frame.left + wide, frame.bottom - 0.05)


def head_box(path: Sequence[Point]) -> Box:
    """Return what the head of an arrow covers."""
    (ax, ay), (bx, by) = path[-2], path[-1]
    length = max(abs(bx - ax) + abs(by - ay), 1e-9)
    back = min(HEAD / length, 1.0)
    tail = (bx + (ax - bx) * back, by + (ay - by) * back)
    return Box(
        min(bx, tail[0]), min(by, tail[1]), max(bx, tail[0]), max(by, tail[1])
    ).grown(0.05)


def path_of(arrow: Arrow, nodes: Mapping[str, Node]) -> tuple[Point, ...]:
    """Return the corners of an arrow, from the edge of one box to that of the other."""
    start, end = box_of(nodes[arrow.start]), box_of(nodes[arrow.end])
    if arrow.via:
        return (_port(start, arrow.via[0]), *arrow.via, _port(end, arrow.via[-1]))
    for low, high, flat in (
        (max(start.left, end.left), min(start.right, end.right), False),
        (max(start.top, end.top), min(start.bottom, end.bottom), True),
    ):
        if high - low > 2 * _NEAR:  # They face each other: a straight line between.
            middle = (low + high) / 2
            towards = (_centre(end)[0], middle) if flat else (middle, _centre(end)[1])
            back = (_centre(start)[0], middle) if flat else (middle, _centre(start)[1])
            return (_port(start, towards), _port(end, back))
    return (_port(start, _centre(end)), _port(end, _centre(start)))


def label_box(arrow: Arrow, path: Sequence[Point]) -> Box:
    """Return where the number of an arrow stands."""
    x, y = arrow.label_at or _middle(path)
    half = (len(arrow.label) * LABEL_CHARACTER + 0.16) / 2
    return Box(x - half, y - LABEL_HEIGHT / 2, x + half, y + LABEL_HEIGHT / 2)


def segments(path: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Yield the straight parts of a path."""
    yield from pairwise(path)


def crosses(path: Sequence[Point], box: Box) -> bool:
    """Return whether a path runs through a box."""
    return any(_clip(a, b, box) for a, b in segments(path))


def _centre(box: Box) -> Point:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _port(box: Box, seen: Point) -> Point:
    """Return where a line from `seen` meets the edge of a box.

    It comes straight from above, below or the side where it can, and otherwise aims
    at the centre.
    """
    x, y = seen
    if box.left <= x <= box.right:
        return x, box.top if y < box.top else box.bottom
    if box.top <= y <= box.bottom:
        return (box.left if x < box.left else box.right), y
    cx, cy = _centre(box)
    dx, dy = x - cx, y - cy
    scale = min(
        (box.right - box.left) / 2 / abs(dx), (box.bottom - box.top) / 2 / abs(dy)
    )
    return cx + dx * scale, cy + dy * scale


def _middle(path: Sequence[Point]) -> Point:
    """Return the middle of the longest straight part."""
    (ax, ay), (bx, by) = max(
        segments(path),
        key=lambda part: (
            (part[0][0] - part[1][0]) ** 2 + (part[0][1] - part[1][1]) ** 2
        ),
    )
    return (ax + bx) / 2, (ay + by) / 2


def _clip(a: Point, b: Point, box: Box) -> bool:
    """Return whether the line from a to b passes the inside of a box."""
    low, high = 0.0, 1.0
    for start, end, least, most in (
        (a[0], b[0], box.left, box.right),
        (a[1], b[1], box.top, box.bottom),
    ):
        move = end - start
        if abs(move) < 1e-12:
            if not least < start < most:
                return False
            continue
        one, two = (least - start) / move, (most - start) / move
        low, high = max(low, min(one, two)), min(high, max(one, two))
    return high - low > 1e-9
