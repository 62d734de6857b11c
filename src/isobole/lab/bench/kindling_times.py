"""Durations as they are typed, in seconds, and as they are stored, in whole ms."""

from __future__ import annotations

import re
from decimal import Decimal

LONGEST_S = 86_400


def milliseconds(text: str, what: str) -> int | None:
    """Read seconds as whole milliseconds; None of an empty text.

    Raises
    ------
    ValueError
        With a sentence, if it is no duration.

    Examples
    --------
    >>> milliseconds("14,25", "the seizure"), milliseconds("", "the seizure")
    (14250, None)
    >>> milliseconds("-1", "the seizure")
    Traceback (most recent call last):
    ...
    ValueError: '-1' is no duration of the seizure in s
    """
    if not text:
        return None
    plain = text.replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]*)?|\.[0-9]+", plain):
        msg = f"'{text[:40]}' is no duration of {what} in s"
        raise ValueError(msg)
    ms = Decimal(plain) * 1000
    if ms != ms.to_integral_value():
        msg = f"'{text[:40]}' is finer than a millisecond"
        raise ValueError(msg)
    if ms > 1000 * LONGEST_S:
        msg = f"{text} s is longer than a day"
        raise ValueError(msg)
    return int(ms)


def seconds(ms: int | None) -> str:
    """Write whole milliseconds as seconds for a field.

    Examples
    --------
    >>> seconds(14250), seconds(3000), seconds(None)
    ('14.25', '3', '')
    """
    if ms is None:
        return ""
    text = f"{Decimal(ms) / 1000:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
