"""What in a layout is in the way of something else: each a problem with its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from isobole.diagrams._geometry import (
    Box,
    box_of,
    crosses,
    frame_of,
    head_box,
    label_box,
    path_of,
    text_fits,
    title_box,
)
from isobole.diagrams._parts import Arrow, Group, Node
from isobole.results import Problem

SHORTEST = 0.4
"""The least length of the last part of an arrow, in cm."""


def layout_problems(
    size: tuple[float, float],
    nodes: Mapping[str, Node],
    groups: Sequence[Group],
    arrows: Sequence[Arrow],
) -> Iterator[Problem]:
    """Yield what overlaps, does not fit, or leaves the picture."""
    page = Box(0, 0, *size)
    boxes = {name: box_of(node) for name, node in nodes.items()}
    paths = [path_of(arrow, nodes) for arrow in arrows]
    labels = [label_box(*pair) for pair in zip(arrows, paths, strict=True)]
    for name, node in nodes.items():
        if not text_fits(node):
            yield _problem(
                "text-does-not-fit",
                f"The text of '{name}' does not fit its box",
                name,
                "Break it into lines, or give the node a larger box",
            )
        if not page.holds(boxes[name]):
            yield _problem(
                "off-the-page",
                f"'{name}' leaves the picture",
                name,
                "Move it, or enlarge size",
            )
    for one, two in combinations(boxes, 2):
        if boxes[one].overlaps(boxes[two]):
            yield _problem(
                "boxes-overlap", f"'{one}' lies over '{two}'", one, "Move one of them"
            )
    for group in groups:
        frame = frame_of(group, nodes)
        for name, box in boxes.items():
            if name not in group.members and frame.overlaps(box):
                yield _problem(
                    "in-another-group",
                    f"'{name}' lies in the frame of '{group.id}', to which it does "
                    "not belong",
                    name,
                    "Move it, or make it a member",
                )
        title = title_box(group, frame)
        for arrow, path, label in zip(arrows, paths, labels, strict=True):
            if crosses(path, title) or label.overlaps(title):
                yield _problem(
                    "arrow-on-title",
                    f"The arrow from {arrow.start} to {arrow.end} lies on the title of "
                    f"'{group.id}'",
                    f"{arrow.start} to {arrow.end}",
                    "Change via or label_at, or shorten the title",
                )
    for arrow, path, label in zip(arrows, paths, labels, strict=True):
        name = f"{arrow.start} to {arrow.end}"
        if not page.holds(label) or any(
            not (0 <= x <= size[0] and 0 <= y <= size[1]) for x, y in path
        ):
            yield _problem(
                "off-the-page",
                f"The arrow from {name} leaves the picture",
                name,
                "Change via or label_at, or enlarge size",
            )
        (ax, ay), (bx, by) = path[-2], path[-1]
        if abs(bx - ax) + abs(by - ay) < SHORTEST:
            yield _problem(
                "arrow-too-short",
                f"The last part of the arrow from {name} has no room for its head",
                name,
                f"Leave at least {SHORTEST} cm before the box",
            )
        for other, box in boxes.items():
            own = other in (arrow.start, arrow.end)
            if crosses(path, box.grown(-0.02 if own else 0.05)):
                yield _problem(
                    "arrow-through-box",
                    f"The arrow from {name} runs through '{other}'",
                    name,
                    "Lead it round by via, or move a box",
                )
            if label.overlaps(box):
                yield _problem(
                    "label-on-box",
                    f"The number of the arrow from {name} lies on '{other}'",
                    name,
                    "Give label_at",
                )
        if label.overlaps(head_box(path)):
            yield _problem(
                "label-on-head",
                f"The number of the arrow from {name} hides its head",
                name,
                "Move the boxes apart, or give label_at",
            )
        for other_arrow, other_path in zip(arrows, paths, strict=True):
            if other_arrow is not arrow and crosses(other_path, label):
                yield _problem(
                    "label-on-arrow",
                    f"The number of the arrow from {name} lies on the arrow from "
                    f"{other_arrow.start} to {other_arrow.end}",
                    name,
                    "Give label_at",
                )
    for one_label, two_label in combinations(range(len(labels)), 2):
        if labels[one_label].overlaps(labels[two_label]):
            first, second = arrows[one_label], arrows[two_label]
            yield _problem(
                "labels-overlap",
                f"The numbers {first.number} and {second.number} lie on each other",
                f"{first.start} to {first.end}",
                "Give one of the arrows label_at",
            )


def _problem(code: str, message: str, given: str, remedy: str) -> Problem:
    return Problem(code, message, given=given, remedy=remedy)
