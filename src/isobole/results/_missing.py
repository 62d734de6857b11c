"""A quantity that cannot be computed, as a value with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands where a number would, when there is none: a reason.

    It is falsy and prints as a dash; it never takes part in arithmetic.

    Examples
    --------
    >>> slope = Missing("the data are separated: any steep enough slope fits")
    >>> print(slope, bool(slope))
    — False
    """

    reason: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return "—"


def value_or_none(value: float | Missing) -> float | None:
    """Return the number, or None where it is missing (for JSON)."""
    return None if isinstance(value, Missing) else float(value)
