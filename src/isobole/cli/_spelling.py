"""Sentences of the library, which name Python arguments, in the words of the flags."""

from __future__ import annotations

import re

_NAMES = (
    "natural_response", "standard_potency", "convention", "information",
    "heterogeneity", "interval", "independent", "standard", "cluster", "method",
    "effect", "level", "link", "unit", "doses", "ed50", "slope", "by", "n",
    "ratio_by", "ratio", "design", "drugs", "ladder", "null", "variance",
)  # fmt: skip
_SET = re.compile(rf"\b({'|'.join(_NAMES)})=(?:'([^']*)'|(True))")
_BY = re.compile(r"read the table by (.+?)(?=[.;]|$)")
_LONG = re.compile(r"\b(natural_response|standard_potency|slope_for_bound)\b")


def as_flags(sentence: str) -> str:
    """Write ``method='likelihood'`` as ``--method likelihood``.

    Examples
    --------
    >>> as_flags("use method='likelihood' with natural_response")
    'use --method likelihood with --natural-response'
    >>> as_flags("then give independent=True, or read the table by drug.")
    'then give --independent, or give --by drug.'
    """

    def flag(match: re.Match[str]) -> str:
        name = "--" + match[1].replace("_", "-")
        return name if match[3] else f"{name} {match[2]}"

    sentence = _BY.sub(r"give --by \1", _SET.sub(flag, sentence))
    return _LONG.sub(lambda match: "--" + match[1].replace("_", "-"), sentence)
