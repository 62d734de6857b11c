"""Sentences of a type II analysis: shifts, weights and caveats."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.combination._data import CombinationData
from isobole.combination._shift_arms import ShiftArms
from isobole.combination._shift_result import FixedDoseShift, index_words
from isobole.doseresponse import CurveComparison
from isobole.doseresponse._options import CONVENTIONS, Options
from isobole.results import format_number


def own_caveats(data: CombinationData, arms: ShiftArms) -> tuple[str, ...]:
    """Say what the two ladders leave out."""
    found = []
    n0, r0 = data.control
    if r0:
        found.append(
            f"{r0} of {n0} animals given no drug were {data.endpoint}; the curves "
            "here take the response without drug as 0."
        )
    if arms.own is not None:
        dose, n, r = arms.own.groups
        for d, size, hit in zip(dose, n, r, strict=True):
            if hit and d <= max(arms.fixed):
                found.append(
                    f"{arms.other} alone at {format_number(float(d))}: {int(hit)} of "
                    f"{int(size)} {data.endpoint}. It is not inactive, so an index of "
                    "1 is not what additivity expects."
                )
    found.append(
        "Without plasma or brain concentrations a pharmacokinetic contribution is not "
        "excluded."
    )
    return tuple(found)


def shift_messages(
    shifts: Sequence[FixedDoseShift], comparison: CurveComparison, options: Options
) -> tuple[str, ...]:
    """Say the shifts, what weighs for the null, and what limits the conclusions."""
    found = [
        f"{shift.name}: {index_words(index)}."
        for shift in shifts
        for index in shift.indices
    ]
    for shift in shifts:
        directions = {index.direction for index in shift.indices}
        if len(directions) > 1:
            said = " and ".join(
                f"{i.direction} with a {i.slopes} slope" for i in shift.indices
            )
            found.append(f"{shift.name}: the readings disagree ({said}).")
        start = f"{shift.name}: " if len(shifts) > 1 else ""
        weights = dict.fromkeys(index.weight.sentence for index in shift.indices)
        found += [f"{start}{sentence}" for sentence in weights]
    # The parallelism and heterogeneity sentences of the joint fit, not its fits' own.
    statuses = {fit.message for fit in comparison.fits}
    found += [
        text
        for text in comparison.messages
        if not any(text.endswith(status) for status in statuses if status)
    ]
    pooled, name = comparison.heterogeneity, options.convention
    if pooled.applied and name and CONVENTIONS[name].quantile == "z":
        found.append(
            f"{CONVENTIONS[name].program} keeps the normal quantile under "
            "heterogeneity; the joint limits and tests here use t and F."
        )
    return tuple(found)
