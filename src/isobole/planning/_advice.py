"""The recommendation of a plan, in words, with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from isobole.doseresponse import OutcomeDistribution
from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._ed50_result import OFF, Alternative
from isobole.results import Missing, format_number

_CLEARLY: Final = 0.02  # shares closer than this are no reason to change a plan
_HELPS: Final = 0.5  # a design that answers less often than this is no advice
_FINEST: Final = 0.01  # log10 distance of doses that can still be weighed apart


def steadiness(alternative: Alternative) -> float:
    """Return the share of complete answers even if the ED50 guess is off."""
    off = alternative.complete_if_off
    return alternative.complete if isinstance(off, Missing) else off


def _span(alternative: Alternative) -> float:
    fold = alternative.median_fold
    return float("inf") if isinstance(fold, Missing) else fold


def best_of(alternatives: Sequence[Alternative]) -> Alternative:
    """Return the steadiest; among equals the one with the narrowest limits."""
    top = max(map(steadiness, alternatives))
    near = [a for a in alternatives if steadiness(a) > top - _CLEARLY]
    return min(near, key=_span)


def _told(alternative: Alternative, level: str) -> str:
    fold = alternative.median_fold
    span = (
        "no table has two limits"
        if isinstance(fold, Missing)
        else f"the limits typically span {format_number(fold, 3)}-fold"
    )
    return (
        f"{percent_text(alternative.complete)} of experiments give an ED50 with both "
        f"{level} % likelihood limits ({percent_text(steadiness(alternative))} in the "
        f"worse case if the true ED50 is {OFF:g} times higher or lower), {span}"
    )


def advise(
    planned: OutcomeDistribution,
    as_planned: Alternative,
    by_spacing: Sequence[Alternative],
    by_size: Sequence[Alternative],
) -> str:
    """Return the recommendation: what to choose, and why."""
    level = format_number(100 * planned.level)
    unit = f" {planned.unit}" if planned.unit else ""
    sentences = []
    low, high = planned.doses[0], planned.doses[-1]
    if not low <= planned.curve.ed50 <= high:
        sentences.append(
            f"The assumed ED50 {format_number(planned.curve.ed50)}{unit} lies outside "
            f"the planned doses {format_number(low)} to {format_number(high)}{unit}: "
            "choose doses on both sides of it."
        )
    sentences.append(f"As planned ({as_planned.design}), {_told(as_planned, level)}.")
    best = best_of(by_spacing) if by_spacing else None
    spaced, compared = [as_planned, *by_spacing], [as_planned, *by_spacing, *by_size]
    helps = _most(compared).complete >= _HELPS or len(compared) == 1
    known = _most(by_spacing) if by_spacing else None
    if not helps:
        sentences.append(_none_helps(planned, _most(compared)))
    elif by_size and _most(spaced).complete < _HELPS:
        sentences.append(
            f"No spacing compared here helps with {as_planned.animals} animals (best: "
            f"{_most(spaced).label}, {percent_text(_most(spaced).complete)}); more "
            "animals do."
        )
    elif best is not None and steadiness(best) > steadiness(as_planned) + _CLEARLY:
        fragile = known is not None and best.complete < _HELPS <= known.complete
        best = known if fragile and known is not None else best
        listed = ", ".join(format_number(d) for d in best.doses)
        lead = (
            "No design compared here helps if the assumed ED50 is wrong. If it is well "
            "known, recommended"
            if fragile
            else "Recommended"
        )
        sentences.append(
            f"{lead}: doses {listed}{unit} ({best.label}, centred on the assumed "
            f"ED50) with the same {best.animals} animals, {_each(best)}: "
            f"{_told(best, level)}. {_why(as_planned, best)}"
        )
    elif best is not None:
        sentences.append(
            "Keep these doses: no even spacing compared here does clearly better with "
            f"the same animals (best: {best.label}, {_told(best, level)})."
        )
    if by_size and helps:
        sentences.append(_about_size(as_planned, best, by_size))
    cover = planned.interval("likelihood").unconditional
    if cover < planned.level - _CLEARLY / 2:
        sentences.append(
            f"Nominal {level} % likelihood limits cover {percent_text(cover)} with the "
            "planned design; interval='calibrated' brings them closer, without a "
            "guarantee."
        )
    if planned.no_finite_slope >= _CLEARLY:
        sentences.append(
            "Experiments without a finite slope still get likelihood limits, usually "
            "the gap between two doses; a few animals at doses inside that gap usually "
            "turn them into an ED50."
        )
    return " ".join(sentences)


def _most(alternatives: Sequence[Alternative]) -> Alternative:
    """Return the one that gives complete answers most often if the guess is right."""
    return max(alternatives, key=lambda a: a.complete)


def _none_helps(planned: OutcomeDistribution, best: Alternative) -> str:
    """Say that no design compared is worth its animals, why, and what could be."""
    curve = planned.curve
    fold = format_number(curve.dose_ratio(), 3)
    said = (
        f"No design compared here helps: even the best ({best.label}, {best.animals} "
        "animals) gives an ED50 with both limits in only "
        f"{percent_text(best.complete)} of experiments."
    )
    if best.no_finite_slope < best.unbounded:
        span = format_number(planned.doses[-1] / planned.doses[0], 3)
        return (
            f"{said} Reason: the curve is flat for these designs (ED84 / ED16 = {fold},"
            f" the planned doses span {span}-fold), so the counts do not tell its "
            "slope from none and a limit stays unbounded. Spread the doses over the "
            "rise of the curve, or plan several times as many animals."
        )
    gap = 2 / curve.slope if curve.link == "logit" else 1 / curve.slope
    why = (
        f"{said} Reason: the curve is so steep (ED84 / ED16 = {fold}) that it rises "
        "between two neighbouring doses, and no dose, or only one, has a partial "
        "response."
    )
    if gap < _FINEST:
        return (
            f"{why} Doses close enough to catch it cannot be weighed apart. It is a "
            "step for all practical purposes: its ED50 is known by the gap between two "
            "doses, and few animals at doses that narrow the gap do as well as many. "
            "Check the slope, too: seizure tests run from about 3 to 12."
        )
    return (
        f"{why} Doses about {format_number(gap, 2)} log10 apart "
        f"({format_number(100 * (10**gap - 1), 2)} % steps) around a well-known ED50 "
        "would, or doses chosen one run after the other (isobole.planning."
        "recommend_doses)."
    )


def _each(alternative: Alternative) -> str:
    sizes = sorted(set(alternative.n))
    return f"{' or '.join(map(str, sizes))} per dose"


def _why(planned: Alternative, best: Alternative) -> str:
    reasons = []
    if planned.no_finite_slope > best.no_finite_slope + _CLEARLY:
        reasons.append(
            "more doses with a partial response leave fewer experiments without a "
            "finite slope "
            f"({percent_text(best.no_finite_slope)} instead of "
            f"{percent_text(planned.no_finite_slope)})"
        )
    if planned.unbounded > best.unbounded + _CLEARLY:
        reasons.append(
            "doses on both sides of the ED50 leave fewer limits not bounded "
            f"({percent_text(best.unbounded)} instead of "
            f"{percent_text(planned.unbounded)})"
        )
    if not reasons:
        reasons.append("they lose less if the assumed ED50 is not quite right")
    return f"Reason: {' and '.join(reasons)}."


def _about_size(
    planned: Alternative, best: Alternative | None, by_size: Sequence[Alternative]
) -> str:
    shares = ", ".join(f"{percent_text(a.complete)} with {_each(a)}" for a in by_size)
    sentence = f"At the planned doses the share with a complete answer is {shares}."
    most = _most(by_size)
    more = most.animals > planned.animals
    better = best is not None and best.complete > planned.complete + _CLEARLY
    if best is not None and more and better and best.complete >= most.complete:
        return (
            f"{sentence} Better doses do more than more animals: {best.label} gives "
            f"{percent_text(best.complete)} with {best.animals} animals in all."
        )
    return sentence
