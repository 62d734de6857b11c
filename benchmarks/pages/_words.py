"""Small turns of phrase: amounts, ranges, frequencies, lists."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

# How often a range is written with each dash or word (12,028 / 1,007 / 482).
_DASHES = ("-", " to ", "–")
_DASH_WEIGHTS = (12028, 1007, 482)
_UNITS = {
    "mg": 6000, "mg/day": 2539, "mg/kg": 1552, "mg/kg/day": 919, "mcg": 800,
    "mg/m²": 388, "IU": 264, "mcg/kg/min": 113, "units": 300, "drops": 80,
    "sprays": 50, "tablets": 200,
}  # fmt: skip
_AMOUNTS = {
    "mg": (5, 10, 25, 50, 100, 200, 250, 400, 500),
    "mg/day": (50, 100, 150, 200, 300, 600, 900, 1200),
    "mg/kg": (1, 2, 5, 7.5, 10, 15),
    "mg/kg/day": (1, 2, 5, 10, 15, 20, 30),
    "mcg": (25, 50, 100, 200, 400),
    "mg/m²": (50, 75, 100, 175),
    "IU": (400, 1000, 5000),
    "mcg/kg/min": (0.5, 1, 2, 5),
    "units": (5, 10, 20),
    "drops": (1, 2),
    "sprays": (1, 2),
    "tablets": (1, 2),
}
_TIMES = (
    "once daily", "twice daily", "three times daily", "every 4-6 hours",
    "every 8 hours", "BID", "TID", "at bedtime", "in divided doses",
)  # fmt: skip


def listed(items: Sequence[str]) -> str:
    """Return "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def number(value: float) -> str:
    """Return a figure as pages write it."""
    return f"{value:,.0f}" if value == int(value) and value >= 10000 else f"{value:g}"


def spanned(low: float, high: float, unit: str, rng: Random) -> str:
    """Return "10-15 mg" with one of the dashes."""
    dash = rng.choices(_DASHES, _DASH_WEIGHTS)[0]
    return f"{number(low)}{dash}{number(high)} {unit}"


def unit(rng: Random) -> str:
    """Return a unit as often as pages use it."""
    return rng.choices(list(_UNITS), list(_UNITS.values()))[0]


def amount(rng: Random, given: str | None = None) -> str:
    """Return one dose or a range of doses."""
    chosen = given or unit(rng)
    values = _AMOUNTS[chosen]
    index = rng.randrange(len(values))
    if index + 1 < len(values) and rng.random() < 0.5:
        return spanned(values[index], values[index + 1], chosen, rng)
    return f"{number(values[index])} {chosen}"


def times(rng: Random) -> str:
    """Return how often a dose is taken."""
    return rng.choice(_TIMES)


def some(rng: Random, items: Sequence[str], low: int, high: int) -> list[str]:
    """Return between `low` and `high` different items."""
    return rng.sample(list(items), rng.randint(low, high))


def capital(text: str) -> str:
    """Return text with a capital first letter."""
    return text[:1].upper() + text[1:]
