"""Significance as papers print it: P<0.05, **, NS; and what p it admits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from isobole.combination._rounding import Printed

ALPHA: Final = 0.05
STARS: Final = (0.05, 0.01, 0.001, 0.0001)
_P = re.compile(
    r"p?\s*(<|>|=|≤|≥|<=|>=)\s*(0?\.\d+)", re.IGNORECASE
)  # "P < .05", "p=0.032", "<0.01"
_NOT = re.compile(
    r"n\.?\s?s\.?|not\s+sig(?:nificant|n?\.)|non-?significant", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Significance:
    """A printed significance, and the p values it admits.

    Examples
    --------
    >>> star = Significance.parse("*")
    >>> star.admits(0.04, 0.06), star.admits(0.053, 0.054), star.assumed
    (True, False, '* read as p < 0.05')
    >>> Significance.parse("ns").admits(0.04, 0.06), Significance.parse("perhaps")
    (True, None)
    >>> Significance.parse("p = 0.05").admits(0.0541, 0.0549)
    True
    """

    text: str
    kind: Literal["below", "above", "equal"]
    number: Printed
    assumed: str = ""

    @classmethod
    def parse(cls, text: str) -> Significance | None:
        """Read a printed significance; None where it is not understood."""
        text = " ".join(text.split())
        bare = text.strip("()[]")
        if _NOT.fullmatch(bare):
            note = f"{text} read as p of {ALPHA} or more"
            return cls(text, "above", Printed.parse(str(ALPHA)), note)
        if bare and set(bare) == {"*"} and len(bare) <= len(STARS):
            bound = f"{STARS[len(bare) - 1]:f}".rstrip("0")
            return cls(
                text, "below", Printed.parse(bound), f"{text} read as p < {bound}"
            )
        if match := _P.fullmatch(bare):
            number = Printed.parse(match[2])
            if match[1] == "=":
                return cls(text, "equal", number)
            below = match[1] in ("<", "≤", "<=")
            return cls(text, "below" if below else "above", number)
        return None

    def admits(self, low: float, high: float) -> bool:
        """Return whether a p between `low` and `high` can be printed so."""
        if self.kind == "below":
            return low < self.number.value
        if self.kind == "above":
            return high >= self.number.value
        return self.number.agrees(low, high)

    def __str__(self) -> str:
        return self.text
