"""From intervals to a verdict: direction and equivalence, reported apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from scipy.special import ndtri

from isobole.results import Limits, Missing, OptionError, format_number

VerdictWord = Literal["synergy", "antagonism", "additive", "inconclusive"]
Direction = Literal["below 1", "above 1", "not distinct from 1", "not computable"]
NULLS: Final = ("both", "loewe", "dose-equivalence")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the study supports, and in which words it may be said."""

    word: VerdictWord
    direction: Direction
    equivalence: str
    flags: tuple[str, ...]
    message: str


def check_margin(margin: tuple[float, float] | None) -> None:
    """Raise `OptionError` unless a margin lies around 1."""
    if margin is None:
        return
    low, high = margin
    if not (0 < low < 1 < high and math.isfinite(high)):
        msg = (
            f"The margin is {low} to {high}; give one below and one above 1, for "
            "example 0.8 and 1.25, and say why an index inside it does not matter."
        )
        raise OptionError(msg)


def direction_of(limits: Limits) -> Direction:
    """Return on which side of 1 a confidence set lies."""
    if limits.set_kind is None or limits.set_kind == "empty":
        return "not computable"
    if limits.high is not None and limits.high < 1:
        return "below 1"
    if limits.low is not None and limits.low > 1:
        return "above 1"
    return "not distinct from 1"


def decide(
    loewe: Direction,
    band: Direction | None,
    inner: Limits,
    index: Limits,
    *,
    null: str,
    margin: tuple[float, float] | None,
    drugs: int,
) -> Verdict:
    """Decide; `inner` is the interval held against the margin (level 1 - 2 alpha).

    `band` is the direction under dose equivalence, None where it was not tested:
    the verdict then says so, and asked for alone it is inconclusive.
    """
    named = {"Loewe additivity": loewe}
    if null in ("both", "dose-equivalence") and band is not None:
        named["dose equivalence"] = band
    flags: list[str] = []
    untested = null != "loewe" and band is None and drugs == 2
    if untested:
        flags.append("dose-equivalence-not-tested")
    if null == "dose-equivalence" and drugs == 2:
        named = {"dose equivalence": band or "not computable"}
    directions = set(named.values())
    equivalence = _equivalence(inner, margin)
    words: dict[Direction, VerdictWord] = {
        "below 1": "synergy",
        "above 1": "antagonism",
    }
    sentences: list[str] = []
    agreed = directions.pop() if len(directions) == 1 else None
    if agreed in words:
        word = words[agreed]
        if margin is not None and _inside(index, margin):
            flags.append("within-margin")
            sentences.append(
                "The index is distinct from 1, but its whole interval lies inside the "
                "margin: too small to matter by the stated margin."
            )
        sentences.insert(
            0,
            f"The mixture acts {'more' if word == 'synergy' else 'less'} strongly than "
            f"{' and '.join(named)} {'expect' if len(named) > 1 else 'expects'}.",
        )
    elif agreed is None:
        word = "inconclusive"
        flags.append("nulls-disagree")
        told = "; ".join(f"{name}: {where}" for name, where in named.items())
        sentences.append(f"The null models disagree ({told}).")
    elif equivalence == "equivalent":
        word = "additive"
        sentences.append(
            "The interval lies inside the stated margin: additive within it."
        )
    else:
        word = "inconclusive"
        sentences.append(
            "The data neither exclude additivity nor show it."
            if agreed == "not distinct from 1"
            else "The index has no confidence set here."
        )
    if margin is None and word == "inconclusive":
        sentences.append(
            "No margin was stated, so additivity cannot be concluded: give the range "
            "of indices that would not matter, and why."
        )
    if untested:
        sentences.append(
            "Dose equivalence could not be tested here: its limits need bootstrap "
            "draws and a finite rising curve in every arm."
        )
    if drugs > 2:
        sentences.append(
            "For three or more drugs Loewe additivity is the only null shown; dose "
            "equivalence is defined for two."
        )
    return Verdict(
        word, agreed or "not distinct from 1", equivalence, tuple(flags),
        " ".join(sentences),
    )  # fmt: skip


def _inside(limits: Limits, margin: tuple[float, float]) -> bool:
    return (
        limits.set_kind == "interval"
        and limits.low is not None
        and limits.high is not None
        and margin[0] <= limits.low
        and limits.high <= margin[1]
    )


def _equivalence(inner: Limits, margin: tuple[float, float] | None) -> str:
    if margin is None:
        return "not assessed: no margin stated"
    return "equivalent" if _inside(inner, margin) else "not shown"


def animals_needed(
    se_log: float | Missing,
    animals: int,
    *,
    planned_index: float | None,
    margin: tuple[float, float] | None,
    level: float,
    power: float = 0.8,
) -> str:
    """Say how many animals would settle it, at a stated index; never observed power.

    Scales the variance of the log index by the number of animals, the doses and the
    division between arms staying as they are.
    """
    if isinstance(se_log, Missing):
        return (
            "How many animals would settle it cannot be scaled from this study: "
            f"{se_log.reason.rstrip('.')}. Use `isobole plan interaction`."
        )
    per_animal = se_log**2 * animals
    alpha = 1 - level
    parts = []
    if planned_index is not None:
        reach = float(ndtri(1 - alpha / 2) + ndtri(power))
        needed = math.ceil(per_animal * (reach / math.log(planned_index)) ** 2)
        parts.append(
            f"With {animals} animals divided as here, excluding 1 at a true index of "
            f"{format_number(planned_index)} would take about {needed} animals in all "
            f"({format_number(100 * power)} % power)."
        )
    else:
        parts.append(
            "State the index you would care about to learn how many animals would "
            "exclude 1 at it."
        )
    if margin is not None:
        reach = float(ndtri(1 - alpha) + ndtri(0.5 + power / 2))
        width = min(-math.log(margin[0]), math.log(margin[1]))
        needed = math.ceil(per_animal * (reach / width) ** 2)
        parts.append(
            f"Showing equivalence at a true index of 1 within "
            f"{format_number(margin[0])} to {format_number(margin[1])} would take "
            f"about {needed}."
        )
    return " ".join(parts)
