"""What every result of isobole can do besides holding its numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from isobole.results._blocks import Block, Methods, blocks_to_html, blocks_to_text


class Result(ABC):
    """Base of all results: says itself as text, HTML, dict and report blocks.

    A subclass is a frozen dataclass with every field declared; it writes `blocks`,
    `to_dict` and a one-line `__repr__`.
    """

    __slots__ = ()

    @abstractmethod
    def blocks(self) -> tuple[Block, ...]:
        """Return the report blocks of this result."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the result as it stands in JSON: plain types, null for missing."""

    def __str__(self) -> str:
        return blocks_to_text([b for b in self.blocks() if not isinstance(b, Methods)])

    def _repr_html_(self) -> str:
        return blocks_to_html(self.blocks())
