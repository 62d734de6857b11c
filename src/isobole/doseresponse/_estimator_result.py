"""The one result type of the estimators that stand beside the fitted curve."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, ClassVar, Generic, TypeVar

from scipy.special import ndtri

from isobole.doseresponse._data import CLUSTER_COLUMNS, QuantalData
from isobole.results import (
    Block,
    Cell,
    Estimate,
    Heading,
    Limits,
    Methods,
    Missing,
    Note,
    OptionError,
    Result,
    Table,
    encode,
    format_number,
)

# Beyond these powers of ten a dose is no longer a number a float can hold.
_LARGEST_POWER = 300.0

POOLED_NOTE = Note(
    "The observed response falls between some neighbouring doses; these were pooled."
)


class Details(ABC):
    """What one method found besides the doses; a frozen dataclass by subclass.

    `labels` names, in order, the fields that are printed as a table of quantities.
    """

    __slots__ = ()
    labels: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def effect(self, percent: float, data: QuantalData) -> Estimate:
        """Return the dose of `percent` effect, or the reason there is none."""

    def tables(self, data: QuantalData) -> tuple[Table, ...]:
        """Return the tables that belong to the method."""
        return ()

    def rows(self) -> tuple[tuple[str, Cell], ...]:
        """Return the printed quantities as (label, value)."""
        return tuple((text, getattr(self, name)) for name, text in self.labels.items())

    def to_dict(self) -> dict[str, Any]:
        """Return every field; a null has its reason beside it."""
        return fields_to_dict(self)


D = TypeVar("D", bound=Details)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class QuantalEstimate(Result, Generic[D]):
    """EDs by a method other than the fitted curve; the same type for every method.

    Parameters
    ----------
    method : str
        The method in words, as a Methods section would name it.
    effects : tuple of Estimate
        The EDs the method gives at once, the ED50 first or among them.
    details : Details
        What else the method found, by name: ``details.trim``, ``details.s``, ...
    data : QuantalData
        The counts used.
    options : dict
        Every option in force, defaults included.
    flags : tuple of str
        Short names of what is unusual: ``"non-monotone"``, ``"beyond-range"``, ...
    notes : tuple of Note
        Caveats and next steps, in sentences.
    references : tuple of str
        Where the method is described.
    """

    method: str
    effects: tuple[Estimate, ...]
    details: D
    data: QuantalData
    options: dict[str, Any]
    flags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    references: tuple[str, ...] = ()

    def ed(self, percent: float = 50) -> Estimate:
        """Return the dose at which `percent` of the animals are affected.

        Methods that know one point of the curve only give a Missing with its reason
        for every other percent.

        Raises
        ------
        OptionError
            If `percent` is not between 0 and 100.
        """
        if not 0 < percent < 100:
            msg = f"percent is {percent!r}; give a number between 0 and 100, as 50"
            raise OptionError(msg)
        for estimate in self.effects:
            if estimate.percent == percent:
                return estimate
        return self.details.effect(percent, self.data)

    def __repr__(self) -> str:
        return (
            f"QuantalEstimate({self.ed(50)}; {self.method}, "
            f"{self.data.n_animals} animals)"
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return heading, EDs, quantities, tables, notes and methods."""
        name = f"{self.data.curve}: " if self.data.curve else ""
        unit = f" ({self.data.unit})" if self.data.unit else ""
        effects = Table(
            f"Doses by effect, endpoint {self.data.endpoint}",
            ("effect (%)", f"dose{unit} and limits", "level (%)", "limits by"),
            tuple(
                (e.percent, e, round(100 * e.level, 2), e.interval)
                for e in self.effects
            ),
        )
        parts: list[Block] = [Heading(f"{name}{self.method}", 3), effects]
        if rows := self.details.rows():
            parts.append(Table("Quantities", ("quantity", "value"), rows))
        parts.extend(self.details.tables(self.data))
        parts.extend(self.notes)
        chosen = ", ".join(f"{key} {value}" for key, value in self.options.items())
        sentence = f"{self.method} ({chosen})." if chosen else f"{self.method}."
        parts.append(Methods(sentence, self.references))
        return tuple(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as it stands in JSON; nulls have their reason beside."""
        return {
            "method": self.method,
            "curve": self.data.curve,
            "endpoint": self.data.endpoint,
            "unit": None if self.data.unit is None else str(self.data.unit),
            "n_animals": self.data.n_animals,
            "data_sha256": self.data.sha256,
            "options": encode(self.options),
            "effects": [
                {"percent": e.percent, **encode(e.to_dict())} for e in self.effects
            ],
            "details": self.details.to_dict(),
            "flags": list(self.flags),
            "notes": [note.text for note in self.notes],
        }


def fields_to_dict(record: Any) -> dict[str, Any]:
    """Return a dataclass as JSON types, every null with its reason beside."""
    found: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        found[field.name] = encode(value)
        if isinstance(value, Missing):
            found[f"{field.name}_reason"] = value.reason
    return found


def check_level(level: float) -> float:
    """Return the two-sided normal quantile of `level`, or raise `OptionError`."""
    if not 0 < level < 1:
        msg = f"level is {level!r}; give a confidence between 0 and 1, as 0.95"
        raise OptionError(msg)
    return float(ndtri(0.5 + level / 2))


def antilog(power: float) -> float | None:
    """Return 10**power, or None where no float can hold it."""
    return 10.0**power if abs(power) < _LARGEST_POWER else None


def no_limits(kind: str, level: float, reason: str) -> Limits:
    """Return the limits of a method that gives none here, with the reason."""
    return Limits(kind, level, None, reason=reason)


def log_limits(kind: str, level: float, centre: float, half_width: float) -> Limits:
    """Return limits formed as centre ± half-width on the log10 dose."""
    low, high = antilog(centre - half_width), antilog(centre + half_width)
    if low is None or high is None:
        return no_limits(
            kind,
            level,
            "The limits lie more than 300 decades apart, so the data do not bound the "
            "dose; test doses further apart or more animals.",
        )
    return Limits(kind, level, "interval", low, high)


def missing_effect(
    percent: float, data: QuantalData, kind: str, level: float, reason: str
) -> Estimate:
    """Return an ED that is absent altogether, with one reason for everything."""
    return Estimate(
        f"ED{format_number(percent)}",
        Missing(reason),
        no_limits(kind, level, reason),
        data.unit,
        percent=percent,
    )


def dependence_notes(data: QuantalData) -> tuple[Note, ...]:
    """Warn where rows share an animal, day, litter or cage."""
    shared = [
        name
        for name in CLUSTER_COLUMNS
        if (labels := getattr(data, name)) is not None
        and len(set(labels)) < len(labels)
    ]
    if not shared:
        return ()
    return (
        Note(
            f"Rows share the same {' and '.join(shared)}. This method takes all "
            "animals as independent, so its limits may be too narrow; fit_quantal "
            "can take the grouping into account.",
            "warning",
        ),
    )


def is_monotone(proportions: Sequence[float]) -> bool:
    """Return whether observed proportions never fall with dose."""
    return all(left <= right for left, right in pairwise(proportions))
