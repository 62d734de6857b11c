"""Sentences of the library, which name Python arguments, in the words of the flags."""

from __future__ import annotations

import re

_NAMES = (
    "natural_response", "standard_potency", "convention", "information",
    "heterogeneity", "index_interval", "interval", "independent", "standard",
    "cluster", "method", "effect", "level", "link", "unit", "doses", "ed50", "slope",
    "by", "n", "ratio_by", "ratio", "design", "drugs", "ladder", "null", "variance",
)  # fmt: skip
_SET = re.compile(rf"\b({'|'.join(_NAMES)})=(?:'([^']*)'|(True))")
_BY = re.compile(r"read the table by (.+?)(?=[.;]|$)")
_NOT_FOR = re.compile(r"^([a-z_]+(?:, [a-z_]+)*)(?= cannot be used: the design is)")
_LONG = re.compile(r"\b(natural_response|standard_potency|slope_for_bound)\b")


def as_flags(sentence: str) -> str:
    """Write ``method='likelihood'`` as ``--method likelihood``.

    Examples
    --------
    >>> as_flags("use method='likelihood' with natural_response")
    'use --method likelihood with --natural-response'
    >>> as_flags("then give independent=True, or read the table by drug.")
    'then give --independent, or give --by drug.'
    >>> as_flags("ladder, slope_for_bound cannot be used: the design is a factorial")
    '--ladder, --slope-for-bound cannot be used: the design is a factorial'
    """

    def flag(match: re.Match[str]) -> str:
        name = "--" + match[1].replace("_", "-")
        return name if match[3] else f"{name} {match[2]}"

    sentence = _NOT_FOR.sub(_as_list, sentence)
    sentence = _BY.sub(r"give --by \1", _SET.sub(flag, sentence))
    return _LONG.sub(lambda match: "--" + match[1].replace("_", "-"), sentence)


def _as_list(match: re.Match[str]) -> str:
    return ", ".join(f"--{name.replace('_', '-')}" for name in match[1].split(", "))
