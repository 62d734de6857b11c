"""How latencies are written: whole seconds, and a dash with its reason."""

from __future__ import annotations

import math

from isobole.results import Cell, Estimate, Missing, format_number


def time_text(value: float) -> str:
    """Write a time to 1 s (or whatever the unit is); halves round up.

    Examples
    --------
    >>> time_text(90.5), time_text(1278.75), time_text(-3.2)
    ('91', '1279', '−3')
    """
    return str(math.floor(value + 0.5)).replace("-", "\N{MINUS SIGN}")


def time_limits(estimate: Estimate, unit: str = "") -> str:
    """Write a time with its limits: ``151 s [110, not bounded)``."""
    value = estimate.value
    shown = "—" if isinstance(value, Missing) else time_text(value)
    space = f" {unit}" if unit and shown != "—" else ""
    return f"{shown}{space}{_set(estimate)}"


def time_cell(estimate: Estimate) -> Cell:
    """Return a table cell: the time with its limits, or the reason for its absence."""
    if isinstance(estimate.value, Missing) and estimate.limits.set_kind is None:
        return Missing(estimate.value.reason)
    return time_limits(estimate)


def ratio_text(estimate: Estimate) -> str:
    """Write a ratio with its limits, three digits."""
    value = estimate.value
    shown = "—" if isinstance(value, Missing) else format_number(value, 3)
    low, high = estimate.low, estimate.high
    if estimate.limits.set_kind is None:
        return shown
    left = "(0" if low is None else f"[{format_number(low, 3)}"
    right = "∞)" if high is None else f"{format_number(high, 3)}]"
    return f"{shown} {left}, {right}"


def _set(estimate: Estimate) -> str:
    if estimate.limits.set_kind is None:
        return ""
    low, high = estimate.low, estimate.high
    left = "(not bounded" if low is None else f"[{time_text(low)}"
    right = "not bounded)" if high is None else f"{time_text(high)}]"
    return f" {left}, {right}"


def join_words(words: list[str]) -> str:
    """Join words as a sentence does: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
