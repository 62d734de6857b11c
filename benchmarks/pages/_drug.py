"""One drug of a generated page: what its sections and its answers agree on."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.pages import _names as names
from benchmarks.pages._words import amount, some, spanned


@dataclass(frozen=True, slots=True)
class Drug:
    """What is said of a drug, chosen once."""

    title: str
    group: str
    conditions: tuple[str, ...]
    effects: tuple[str, ...]
    serious: tuple[str, ...]
    cautions: tuple[str, ...]
    partners: tuple[str, ...]
    tests: tuple[str, ...]
    enzymes: tuple[str, ...]
    organ: str
    start: str
    most: str
    half_life: str
    peak: str
    clearance: int
    brands: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name as it stands inside a sentence."""
        return " + ".join(p[:1].lower() + p[1:] for p in self.title.split(" + "))


def make(title: str, rng: Random) -> Drug:
    """Return a drug with this title."""
    low = rng.randint(2, 30)
    return Drug(
        title=title,
        group=rng.choice(names.CLASSES),
        conditions=tuple(some(rng, names.CONDITIONS, 2, 4)),
        effects=tuple(some(rng, names.EFFECTS, 5, 9)),
        serious=tuple(some(rng, names.SERIOUS, 3, 6)),
        cautions=tuple(some(rng, names.CAUTIONS, 3, 6)),
        partners=tuple(some(rng, names.PARTNERS, 5, 8)),
        tests=tuple(some(rng, names.TESTS, 3, 5)),
        enzymes=tuple(some(rng, names.ENZYMES, 1, 3)),
        organ=rng.choice(names.ORGANS),
        start=amount(rng, rng.choice(("mg", "mg/day", "mg/kg/day"))),
        most=f"{rng.choice((300, 400, 600, 800, 1200, 2400))} mg/day",
        half_life=spanned(low, low + rng.randint(2, 12), "hours", rng),
        peak=spanned(1, rng.randint(2, 6), "hours", rng),
        clearance=rng.choice((10, 15, 30, 45, 50, 60)),
        brands=tuple(sorted({names.brand(rng) for _ in range(rng.randint(2, 4))})),
    )
