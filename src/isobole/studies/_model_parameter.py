"""One published value of a seizure model, with its source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from isobole.results import format_number

ParameterStatus = Literal["verified", "from_memory"]
ParameterValue = float | str | tuple[str, ...]

STATUS_WORDS: dict[ParameterStatus, str] = {
    "verified": "read in the source",
    "from_memory": "from memory, not verified",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One published value of a model: a number, a range or a word, with its source.

    Parameters
    ----------
    key : str
        The protocol key it is about; empty for what is only good to know.
    what : str
        What it is.
    value : number, str, tuple of str or None
        The value; None where `low` and `high` give a range.
    low, high : float or None
        The range.
    unit : str
        Unit of the numbers.
    species : tuple of str
        Empty for any.
    strain, route : str
        Empty for any. `also` holds other names of the strain.
    template : number, str, tuple of str or None
        What a new study file starts from; None where another value is written there.
    source, status, note : str
        Where it is from, and whether it was read there.
    """

    key: str
    what: str
    value: ParameterValue | None
    low: float | None
    high: float | None
    unit: str
    species: tuple[str, ...]
    strain: str
    also: tuple[str, ...]
    route: str
    template: ParameterValue | None
    source: str
    status: ParameterStatus
    note: str

    @property
    def shown(self) -> str:
        """The value as it is written for people, with its unit."""
        if self.low is not None and self.high is not None:
            text = f"{format_number(self.low)} to {format_number(self.high)}"
        elif isinstance(self.value, tuple):
            text = ", ".join(self.value)
        elif isinstance(self.value, str):
            text = self.value
        else:
            text = "" if self.value is None else format_number(self.value)
        return f"{text} {self.unit}".strip()

    @property
    def whose(self) -> str:
        """The animals it holds for: ``CF-1 mouse, sc``."""
        animals = " and ".join(self.species)
        parts = (f"{self.strain} {animals}".strip(), self.route)
        return ", ".join(part for part in parts if part) or "any"

    @property
    def limits(self) -> tuple[float, float] | None:
        """Lowest and highest number published here; None for words."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        if isinstance(self.value, int | float):
            return float(self.value), float(self.value)
        return None

    def fits(self, species: str | None, strain: str | None, route: str | None) -> bool:
        """Return whether the value is about such animals and such a route."""
        return (
            (species is None or not self.species or species in self.species)
            and (strain is None or not self.strain or self.names(strain))
            and (route is None or not self.route or route == self.route)
        )

    def names(self, strain: str) -> bool:
        """Return whether `strain` is this strain or one of its substrains."""
        given = plain_strain(strain)
        return any(
            given.startswith(plain_strain(own))
            if len(plain_strain(own)) > 2
            else given == plain_strain(own)
            for own in (self.strain, *self.also)
            if own
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the value as it stands in JSON."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        known = {
            "key": self.key,
            "what": self.what,
            "value": value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "species": list(self.species),
            "strain": self.strain,
            "route": self.route,
            "source": self.source,
            "status": self.status,
            "note": self.note,
        }
        return {name: item for name, item in known.items() if item is not None}


def plain_strain(name: str) -> str:
    """Write a strain's name without blanks and signs: ``C57BL/6J`` as ``c57bl6j``.

    Examples
    --------
    >>> plain_strain("Sprague-Dawley") == plain_strain("sprague dawley")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())
