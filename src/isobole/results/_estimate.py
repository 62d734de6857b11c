"""An estimate with its limits, the kind of set they enclose, and the method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from isobole.results._missing import Missing, value_or_none
from isobole.results._numbers import format_number
from isobole.results._units import DoseUnit

SetKind = Literal["interval", "ray", "complement", "line", "empty"]
Bounds = Literal["closed", "open", "low-open", "high-open"]


@dataclass(frozen=True, slots=True)
class Limits:
    """A confidence set on one axis: its kind and its finite ends.

    Parameters
    ----------
    kind : str
        Which interval this is: ``"likelihood"``, ``"fieller"``, ``"delta"``, ...
    level : float
        Nominal confidence, 0 to 1.
    set_kind : {"interval", "ray", "complement", "line", "empty"} or None
        The shape. A ray has one finite end. A complement is everything below `low`
        together with everything above `high`. A line excludes nothing. None: the
        method gives no set here, and `reason` says why.
    low, high : float or None
        Finite ends, low < high; None where the set is unbounded or absent.
    bounds : {"closed", "open", "low-open", "high-open"}
        Whether the finite ends belong to the set.
    reason : str or None
        A sentence for every None.
    """

    kind: str
    level: float
    set_kind: SetKind | None
    low: float | None = None
    high: float | None = None
    bounds: Bounds = "closed"
    reason: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        low = None if self.low is None else format_number(self.low)
        high = None if self.high is None else format_number(self.high)
        left = "(" if self.bounds in ("open", "low-open") or low is None else "["
        right = ")" if self.bounds in ("open", "high-open") or high is None else "]"
        if self.set_kind is None:
            return "—"
        if self.set_kind == "empty":
            return "no value"
        if self.set_kind == "line":
            return "every value"
        if self.set_kind == "complement":
            below = "<" if left == "(" else "≤"
            above = ">" if right == ")" else "≥"
            return f"{below} {low} or {above} {high}"
        return f"{left}{low or 'not bounded'}, {high or 'not bounded'}{right}"

    def contains(self, value: float) -> bool:
        """Return whether `value` lies in the set (ends belong unless open)."""
        if self.set_kind in (None, "empty"):
            return False
        if self.set_kind == "line":
            return True
        low, high = self.low, self.high
        at_low = value == low and self.bounds in ("closed", "high-open")
        at_high = value == high and self.bounds in ("closed", "low-open")
        if self.set_kind == "complement":
            below = at_low or (low is not None and value < low)
            return below or at_high or (high is not None and value > high)
        above = at_low or low is None or value > low
        below = at_high or high is None or value < high
        return above and below


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its limits, unit and method; or the reason there is none.

    Examples
    --------
    >>> limits = Limits("likelihood", 0.95, "interval", 4.37, 5.35)
    >>> print(Estimate("ED50", 4.845, limits, unit=DoseUnit.parse("mg/L")))
    ED50 4.845 mg/L [4.37, 5.35] (95 % likelihood)
    """

    quantity: str
    value: float | Missing
    limits: Limits
    unit: DoseUnit | None = None
    log10_se: float | None = None
    percent: float | None = None
    method: str = ""

    @property
    def low(self) -> float | None:
        """The lower finite end of the confidence set."""
        return self.limits.low

    @property
    def high(self) -> float | None:
        """The upper finite end of the confidence set."""
        return self.limits.high

    @property
    def set_kind(self) -> SetKind | None:
        """The shape of the confidence set."""
        return self.limits.set_kind

    @property
    def level(self) -> float:
        """The nominal confidence of the limits."""
        return self.limits.level

    @property
    def interval(self) -> str:
        """The kind of interval."""
        return self.limits.kind

    @property
    def reason(self) -> str | None:
        """Why the value or a limit is absent, if one is."""
        value = self.value.reason if isinstance(self.value, Missing) else None
        limits = self.limits.reason
        if not value or not limits or limits == value:
            return value or limits or None
        return f"{value}{' ' if value.endswith('.') else '; '}{limits}"

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        number = (
            "—" if isinstance(self.value, Missing) else format_number(self.value) + unit
        )
        comma = "," if self.set_kind in ("line", "empty") else ""
        text = (
            f"{self.quantity} {number}{comma} {self.limits} "
            f"({format_number(100 * self.level)} % {self.interval})"
        )
        return f"{text}: {self.reason}" if self.reason else text

    def __repr__(self) -> str:
        return f"Estimate({self})"

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate as it stands in JSON (null with a reason)."""
        return {
            "quantity": self.quantity,
            "estimate": value_or_none(self.value),
            "low": self.low,
            "high": self.high,
            "set_kind": self.set_kind,
            "bounds": self.limits.bounds,
            "level": self.level,
            "interval": self.interval,
            "log10_se": self.log10_se,
            "unit": None if self.unit is None else str(self.unit),
            "reason": self.reason,
        }
