"""How numbers are written for people: four digits, true minus, no NaN."""

from __future__ import annotations

import math


def format_number(value: float, digits: int = 4) -> str:
    """Write `value` with `digits` significant digits and a true minus sign.

    Examples
    --------
    >>> [format_number(x) for x in (4.8454918, 0.00012345, 1234567.0, -2.5, 8)]
    ['4.845', '0.0001234', '1.235×10^6', '−2.5', '8']
    """
    if not math.isfinite(value):
        msg = f"{value} reached the printing of numbers; it should be a Missing"
        raise ValueError(msg)
    if value == int(value) and abs(value) < 10**6:
        text = str(int(value))
    else:
        # The power of ten after rounding: 999999.5 is written as a million.
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        power = int(exponent)
        if -5 <= power < 6:
            text = _without_zeros(f"{value:.{max(digits - 1 - power, 0)}f}")
        else:
            text = f"{_without_zeros(mantissa)}×10^{power}"
    return text.replace("-", "\N{MINUS SIGN}")


def _without_zeros(text: str) -> str:
    """Drop the zeros that end a decimal fraction."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_p(value: float) -> str:
    """Write a p-value: three digits, and never 0.

    Examples
    --------
    >>> format_p(0.0421), format_p(1e-9), format_p(0.5)
    ('0.042', '< 0.0001', '0.50')
    """
    if not 0 <= value <= 1.000001:
        msg = f"{value} is not a probability"
        raise ValueError(msg)
    if value < 0.0001:
        return "< 0.0001"
    if value < 0.001:
        return f"{value:.4f}"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def equals_p(value: float) -> str:
    """Write what follows "p " in a sentence: a p-value with its sign.

    Examples
    --------
    >>> equals_p(0.0421), equals_p(1e-9)
    ('= 0.042', '< 0.0001')
    """
    shown = format_p(value)
    return shown if shown.startswith("<") else f"= {shown}"
