"""Room for the small labels beside points: clear of lines, bars and each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SMALL = 7.0  # font size of counts and remarks, in points

Box = tuple[float, float, float, float]


def text_size(text: str, size: float = SMALL) -> tuple[float, float]:
    """Estimate width and height of one line of DejaVu Sans, in points."""
    return 0.6 * size * len(text), 0.95 * size


class Placer:
    """Finds room for small labels beside their points; all in points of the page."""

    def __init__(self, frame: Box) -> None:
        self._frame = frame
        self._boxes: list[Box] = []
        self._weights: list[float] = []

    def block(self, box: Box, weight: float) -> None:
        """Make labels avoid a box; the heavier, the more."""
        self._boxes.append(box)
        self._weights.append(weight)

    def block_path(self, path: Sequence[tuple[float, float]], weight: float) -> None:
        """Make labels avoid a line through several places."""
        for start, end in pairwise(path):
            steps = max(int(math.dist(start, end) / 3), 1)
            for x, y in np.linspace(start, end, steps + 1):
                self.block((x - 0.8, y - 0.8, x + 0.8, y + 0.8), weight)

    def place(
        self, x: float, y: float, text: str, prefer: int
    ) -> tuple[float, float, bool]:
        """Return the offset of a label's centre from its point, and if it is far.

        `prefer` is the direction tried first, in eighths of a turn from the right.
        """
        width, height = text_size(text)
        boxes, weights = np.array(self._boxes), np.array(self._weights)
        best, best_cost = (0.0, 0.0, False), math.inf
        for ring in range(6):
            for turn in range(8):
                angle = (prefer + turn) * math.pi / 4
                across, up = round(math.cos(angle)), round(math.sin(angle))
                gap = (4.5 if across == 0 or up == 0 else 2.0) + 4.0 * ring
                dx, dy = across * (width / 2 + gap), up * (height / 2 + gap)
                box = (
                    x + dx - width / 2, y + dy - height / 2,
                    x + dx + width / 2, y + dy + height / 2,
                )  # fmt: skip
                cost = 0.35 * min(turn, 8 - turn) + 2.5 * ring
                if ring and boxes.size:
                    cost += self._crossed(boxes, weights, (x, y), (dx, dy))
                cost += 200.0 * self._outside(box)
                if boxes.size:
                    cost += float(weights[_meet(boxes, box)].sum())
                if cost < best_cost - 1e-9:
                    best, best_cost = (dx, dy, ring > 0), cost
        dx, dy, far = best
        if far:
            self.block_path([(x + dx / 3, y + dy / 3), (x + dx, y + dy)], 5.0)
        self.block(
            (
                x + dx - width / 2 - 1, y + dy - height / 2 - 0.5,
                x + dx + width / 2 + 1, y + dy + height / 2 + 0.5,
            ),
            30.0,
        )  # fmt: skip
        return best

    def _crossed(
        self,
        boxes: NDArray[np.float64],
        weights: NDArray[np.float64],
        spot: tuple[float, float],
        offset: tuple[float, float],
    ) -> float:
        """Return the cost of a leader that runs over other points or labels."""
        heavy = boxes[weights >= 20]
        for part in np.linspace(0.3, 0.8, 5):
            x, y = spot[0] + part * offset[0], spot[1] + part * offset[1]
            own = (heavy[:, 0] < spot[0]) & (heavy[:, 2] > spot[0])
            own &= (heavy[:, 1] < spot[1]) & (heavy[:, 3] > spot[1])
            if _meet(heavy[~own], (x, y, x, y)).any():
                return 15.0
        return 0.0

    def _outside(self, box: Box) -> bool:
        left, bottom, right, top = self._frame
        return box[0] < left or box[1] < bottom or box[2] > right or box[3] > top


def _meet(boxes: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    return np.asarray(
        (boxes[:, 0] < box[2])
        & (boxes[:, 2] > box[0])
        & (boxes[:, 1] < box[3])
        & (boxes[:, 3] > box[1])
    )
