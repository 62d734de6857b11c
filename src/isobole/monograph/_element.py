"""A heading or block of a page before it is put under its section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from isobole.monograph._page import BlockKind


@dataclass(slots=True)
class Element:
    """A heading or block as it follows the one before it in the page."""

    kind: BlockKind | Literal["heading"]
    text: str
    line: int
    end_line: int
    depth: int = 0
    level: int = 0
