"""What the generator knows about a page it wrote."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planted:
    """One defect put into a page.

    Attributes
    ----------
    defect:
        Name of the census row it comes from.
    text:
        A piece of the page the defect stands in; empty where something is missing.
    """

    defect: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a generated page.

    Attributes
    ----------
    title:
        The drug or drugs of the page.
    planted:
        Every defect, once for each place it stands in.
    pairs:
        The questions and answers as they were meant, in the order of the page.
    entries:
        How many of the pairs the front matter carries (0 where the import found none).
    description:
        The first paragraph under Usage, which the description was cut from.
    """

    title: str
    planted: tuple[Planted, ...]
    pairs: tuple[tuple[str, str], ...]
    entries: int = 0
    description: str = ""

    @property
    def defects(self) -> frozenset[str]:
        """Names of all defects of the page."""
        return frozenset(p.defect for p in self.planted)
