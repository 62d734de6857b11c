"""Percentages without a denominator, without a basis, or that no denominator gives."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from isobole.monograph._checks import finding, joined
from isobole.monograph._contradictions_view import View, lines
from isobole.monograph._finding import Finding
from isobole.monograph._statement import Statement

_MOST = 2000
"""The largest study searched for denominators; above it any percentage is possible."""
_PERCENT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s?%")
_HAS_N = re.compile(
    r"\bn\s?=\s?\d|\(\s?\d+\s?/\s?\d+|\b\d+\s?/\s?\d+\b|\b\d+ (?:of"
    r"|out of) (?:the )?\d+"
    r"|\b(?:of|in|among) (?:the |all )?\d+ (?:evaluable |treated )?(?:patients"
    r"|cases|rats|"
    r"mice|animals|subjects|children|adults|participants)",
    re.IGNORECASE,
)
_SUBSET = re.compile(
    r"%\s*of\s+(?:the\s+|all\s+)?(?:evaluable|responders?|completers?|cases|those|treated|"
    r"adverse|eligible|assessable|analy[sz]able)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(\d+(?:\.\d+)?)\s?(?:%|per ?cent)\s*(?:significantly )?(?P<word>higher|lower"
    r"|more|"
    r"less|greater|fewer|better|worse)\b",
    re.IGNORECASE,
)
_BASIS = re.compile(
    r"percentage points?|\bpoints?\b|\babsolute\b|\brelative\b|\bpp\b|"
    r"\d\s?%?\)?\s*(?:vs\.?|versus|compared (?:with|to)|against)\s*\(?\d",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\b(\d{1,6}) (?:\w+ ){0,2}?(?:patients|subjects|participants|children|adults"
    r"|women|"
    r"men|cases|volunteers)\b",
    re.IGNORECASE,
)


def possible_sizes(
    texts: Sequence[str], most: int, rounded: Literal["once", "twice"] = "once"
) -> list[int]:
    """Return the denominators up to `most` that give every percentage as printed.

    A percentage is possible for n if some whole count k rounds to it, halves either
    way.

    Parameters
    ----------
    texts : sequence of str
        Percentages as printed: their digits count.
    most : int
        The largest denominator to try.
    rounded : {"once", "twice"}
        Whether a percentage may have been rounded to one digit more before: 0.445 to
        0.45 to 0.5.

    Examples
    --------
    >>> possible_sizes(["47.2", "37.7", "64.2", "51"], 175)
    [53, 106, 159]
    >>> possible_sizes(["70.2", "52.2", "73.1", "30"], 175)
    []
    >>> possible_sizes(["70.2", "52.2", "73.1", "30"], 175, "twice")
    [67, 134]
    """
    tests = [_bounds(text, rounded) for text in dict.fromkeys(texts)]
    return [
        n
        for n in range(1, min(most, _MOST) + 1)
        if all(high * n // whole >= -(-low * n // whole) for low, high, whole in tests)
    ]


@lru_cache(maxsize=1024)
def _bounds(text: str, rounded: str) -> tuple[int, int, int]:
    """Return the least and largest share printed as `text`, halves included.

    Both are whole numbers, to be divided by the third: no rounding of our own.
    """
    digits = len(text.partition(".")[2])
    whole = 100 * 100 * 10**digits
    # Rounding twice moves the limits outwards by a twentieth of a unit.
    reach = 50 if rounded == "once" else 55
    value = int(text.replace(".", "")) * 100
    return max(0, value - reach), min(whole, value + reach), whole


def arithmetic_findings(view: View) -> Iterator[Finding]:
    """Yield percentages of two arms that no group sizes of the study give."""
    studies: dict[tuple[str, int], list[Statement]] = {}
    for said in view.of("clinical_result"):
        match = _SIZE.search(said.scope.population or "")
        if match and isinstance(said.value, tuple) and len(said.value) == 2:
            key = (said.scope.population or "", int(match[1]))
            studies.setdefault(key, []).append(said)
    for (_, size), group in studies.items():
        arms: tuple[list[str], list[str]] = ([], [])
        for said in group:
            shown = _PERCENT.findall(said.span.quote)
            values: tuple[float, ...] = said.value  # type: ignore[assignment]
            for arm, value in zip(arms, values, strict=True):
                text = next((t for t in shown if math.isclose(float(t), value)), None)
                if text is not None:
                    arm.append(text)
        if min(len(arms[0]), len(arms[1])) < 2 or size > _MOST:
            continue
        twice = [possible_sizes(arm, size, "twice") for arm in arms]
        if _sum_to(twice[0], twice[1], size):
            continue
        told = [
            f"{joined(arm)} % {_fit(possible_sizes(arm, size), sizes)}"
            for arm, sizes in zip(arms, twice, strict=True)
        ]
        yield finding(
            "percentages-no-denominator",
            f"No two groups that sum to {size} give these percentages, with one "
            f"denominator per group ({lines(group)}): {'; '.join(told)}",
            group,
        )


def _fit(once: Sequence[int], twice: Sequence[int]) -> str:
    if once:
        return f"fit n = {joined(map(str, once), 6)}"
    if twice:
        return f"fit n = {joined(map(str, twice), 6)} only if they were rounded twice"
    return "fit no n"


def _sum_to(one: Sequence[int], other: Sequence[int], size: int) -> bool:
    others = set(other)
    return any(size - n in others for n in one)


def percent_findings(view: View) -> Iterator[Finding]:
    """Yield percentages without a denominator, and comparisons without a basis."""
    bare: list[Statement] = []
    unclear: list[Statement] = []
    words: list[str] = []
    for said in view.of("clinical_result", "claim", "preclinical_result"):
        quote = said.span.quote
        if "%" not in quote and "percent" not in quote:
            continue
        more = _MORE.search(quote)
        if more and not _BASIS.search(quote):
            unclear.append(said)
            words.append(more[0])
            continue
        if more or said.kind == "claim" or not _PERCENT.search(quote):
            continue
        if _HAS_N.search(quote):
            continue
        subset = _SUBSET.search(quote) or "% of " in (said.unit or "")
        if (
            subset
            or not _SIZE.search(said.scope.population or "")
            or (
                isinstance(said.value, tuple)
                and not _HAS_N.search(said.scope.population or "")
            )
        ):
            bare.append(said)
    if bare:
        shown = dict.fromkeys(m for s in bare for m in _PERCENT.findall(s.span.quote))
        yield finding(
            "percent-without-n",
            f"Percentages without their denominator ({lines(bare)}): "
            f"{joined(f'{text} %' for text in shown)}",
            bare,
        )
    if unclear:
        yield finding(
            "comparative-percent-basis",
            f"'{joined(words)}' ({lines(unclear)}): percentage points or relative per "
            "cent is not said",
            unclear,
        )
