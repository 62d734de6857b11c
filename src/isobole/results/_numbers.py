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
        exponent = math.floor(math.log10(abs(value)))
        if -5 <= exponent < 6:
            decimals = max(digits - 1 - exponent, 0)
            text = f"{value:.{decimals}f}"
            if "." in text:
                text = text.rstrip("0").rstrip(".")
        else:
            mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
            text = f"{mantissa}×10^{int(power)}"
    return text.replace("-", "\N{MINUS SIGN}")


def format_p(value: float) -> str:
    """Write a p-value: three digits, and never 0.

    Examples
    --------
    >>> format_p(0.0421), format_p(1e-9), format_p(0.5)
    ('0.042', '< 0.0001', '0.50')
    """
    if value < 0.0001:
        return "< 0.0001"
    if value < 0.001:
        return f"{value:.4f}"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
