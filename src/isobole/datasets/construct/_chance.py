"""Chance that is the same for ever: every draw has a name, and no order matters."""

from __future__ import annotations

import hashlib
from statistics import NormalDist


class Chance:
    """Draws for one study, each a function of its name alone.

    Examples
    --------
    >>> chance = Chance("PTZ-01")
    >>> chance.uniform("R1", "latency") == chance.uniform("R1", "latency")
    True
    >>> 0 < chance.uniform("R1", "latency") < 1
    True
    """

    def __init__(self, study_id: str) -> None:
        self.study_id = study_id

    def digest(self, *name: object) -> str:
        """Return 64 hexadecimal digits."""
        text = "\n".join((self.study_id, *map(str, name)))
        return hashlib.sha256(text.encode()).hexdigest()

    def uniform(self, *name: object) -> float:
        """Return a number between 0 and 1, neither of them included."""
        return (int(self.digest(*name)[:12], 16) + 0.5) / 16**12

    def between(self, low: float, high: float, *name: object) -> float:
        """Return a number from a range, evenly."""
        return low + (high - low) * self.uniform(*name)

    def normal(self, *name: object) -> float:
        """Return a standard normal deviate."""
        return NormalDist().inv_cdf(self.uniform(*name))
