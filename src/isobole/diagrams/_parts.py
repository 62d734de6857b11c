"""The parts of a diagram: boxes, groups, arrows, and the evidence of each arrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["given", "target", "process", "outcome"]
Effect = Literal["activates", "inhibits", "leads-to"]
Status = Literal["supported", "contested", "assumed"]
Stance = Literal["for", "against", "context"]

EFFECT_WORDS: dict[Effect, str] = {
    "activates": "activates",
    "inhibits": "inhibits",
    "leads-to": "leads to",
}
STATUS_WORDS: dict[Status, str] = {
    "supported": "supported",
    "assumed": "assumed: plausible, not shown here",
    "contested": "contested: evidence on both sides",
}
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for or against an arrow.

    Parameters
    ----------
    claim : str
        What was found or is held.
    source : str
        Who says so.
    stance : {"for", "against", "context"}
        Which way it speaks.
    verified : bool
        Whether it was read in the source; otherwise it rests on memory.
    """

    claim: str
    source: str
    stance: Stance
    verified: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A box.

    Parameters
    ----------
    id : str
        Its name in the specification.
    lines : tuple of str
        Its text, line by line.
    kind : {"given", "target", "process", "outcome"}
        How it looks.
    at : tuple of float
        Its centre, in cm from the left and the top of the picture.
    box : tuple of float
        Width and height in cm.
    """

    id: str
    lines: tuple[str, ...]
    kind: Kind
    at: Point
    box: tuple[float, float]

    @property
    def text(self) -> str:
        """The text in one line."""
        return " ".join(self.lines)


@dataclass(frozen=True, slots=True)
class Group:
    """A frame with a title around some boxes."""

    id: str
    label: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow with its evidence.

    Parameters
    ----------
    number : int
        Stands on the arrow and in the table of evidence.
    start, end : str
        Ids of the boxes.
    effect : {"activates", "inhibits", "leads-to"}
        Told by the arrow's head.
    status : {"supported", "contested", "assumed"}
        Told by the arrow's line.
    evidence : tuple of Evidence
        At least one; of a contested arrow, some on both sides.
    via : tuple of points
        Corners the arrow takes, in cm.
    label_at : point or None
        Where its number stands; None for the middle of its longest part.
    """

    number: int
    start: str
    end: str
    effect: Effect
    status: Status
    evidence: tuple[Evidence, ...]
    via: tuple[Point, ...]
    label_at: Point | None

    @property
    def label(self) -> str:
        """What stands on the arrow; a contested one says so."""
        return (
            f"{self.number} contested"
            if self.status == "contested"
            else f"{self.number}"
        )
