"""Identifiers of substances: what a well-formed one looks like."""

from __future__ import annotations

import re
from typing import Literal, get_args

Scheme = Literal["CAS", "UNII", "InChIKey", "RxCUI", "ATC", "NCIt", "UMLS"]
SCHEMES: tuple[str, ...] = get_args(Scheme)

_SHAPES = {
    "UNII": r"[0-9A-Z]{10}",
    "InChIKey": r"[A-Z]{14}-[A-Z]{10}-[A-Z]",
    "RxCUI": r"[1-9]\d{0,7}",
    "ATC": r"[A-Z]\d\d[A-Z]{2}\d\d",
    "NCIt": r"C\d{3,6}",
    "UMLS": r"C\d{7}",
}


def is_cas(text: str) -> bool:
    """Return whether a text is a CAS number whose last digit is right.

    The check digit is the sum of the other digits, each times its place counted from
    the right, modulo 10.

    Examples
    --------
    >>> is_cas("62959-43-7"), is_cas("62959-43-8"), is_cas("62959437")
    (True, False, False)
    """
    if not re.fullmatch(r"[1-9]\d{1,6}-\d\d-\d", text, re.ASCII):
        return False
    *body, check = map(int, text.replace("-", ""))
    weighted = (place * digit for place, digit in enumerate(reversed(body), start=1))
    return sum(weighted) % 10 == check


def is_well_formed(scheme: Scheme, value: str) -> bool:
    """Return whether `value` can be an identifier of `scheme`."""
    if scheme == "CAS":
        return is_cas(value)
    return re.fullmatch(_SHAPES[scheme], value, re.ASCII) is not None
