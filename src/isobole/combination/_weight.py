"""How much the other drug's own groups weigh against plain additivity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from isobole.combination._tipping import OwnArm
from isobole.results import Estimate, Missing, format_number, format_p, value_or_none

WeightState = Literal[
    "excluded", "excluded at the estimate", "not excluded", "not applicable"
]


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound on the ED50 of the other drug, and what it rests on."""

    dose: float
    by: str


@dataclass(frozen=True, slots=True)
class AdditivityWeight:
    """Whether plain Loewe additivity is excluded as the explanation of a shift.

    Excluded: the best lower bound on the other drug's ED50 lies above the upper limit
    of the tipping ED50. Excluded at the estimate: above its estimate only. Not
    applicable: the index is not below 1, so there is no shift to explain.
    """

    state: WeightState
    bound: float | Missing
    by: str
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        bound = self.bound
        return {
            "plain_additivity": self.state,
            "ed50_above": value_or_none(bound),
            "by": self.by,
            "message": self.sentence,
            "reason": bound.reason if isinstance(bound, Missing) else None,
        }


def best_bound(own: OwnArm, level: float) -> Bound | None:
    """Return the highest lower bound the groups support at a one-sided level.

    Slope-free from counts, by the stated slope if there is one, and from the drug's
    own curve where its lower likelihood limit exists.
    """
    found = []
    for group in own.groups:
        # From the lowest dose up, stopping at the first that fails: then the chance
        # of any false bound is that of one test.
        if group.error > 1 - level:
            break
        found.append(
            Bound(
                group.dose,
                f"{group.affected} of {group.n} at {format_number(group.dose)}, "
                f"without a slope; error {format_p(group.error)}",
            )
        )
    many = len(own.groups) > 1
    best = f", best of {len(own.groups)} groups, not adjusted" if many else ""
    found += [
        Bound(
            group.ed50_above,
            f"{group.affected} of {group.n} at {format_number(group.dose)} and the "
            f"stated slope {format_number(own.slope or 0.0)}{best}",
        )
        for group in own.groups
        if not isinstance(group.ed50_above, Missing)
    ]
    if not isinstance(own.ed50, Missing) and own.ed50.low is not None:
        found.append(Bound(own.ed50.low, "the lower limit of its own ED50"))
    return max(found, key=lambda bound: bound.dose, default=None)


def weigh(
    own: OwnArm | Missing, tipping: Estimate, other: str, level: float
) -> AdditivityWeight:
    """Hold the best bound on the other drug's ED50 against the tipping ED50."""
    if isinstance(own, Missing):
        sentence = (
            f"{other} was not given alone, so nothing excludes that the shift is plain "
            f"additivity. Add groups given {other} alone."
        )
        return AdditivityWeight("not excluded", own, "no group", sentence)
    bound = best_bound(own, level)
    if bound is None:
        none = Missing(
            f"the groups given {other} alone do not show, at {format_number(level)}, "
            "that its ED50 lies above any of their doses"
        )
        sentence = (
            f"The groups given {other} alone set no lower bound on its ED50, so plain "
            "additivity is not excluded."
        )
        return AdditivityWeight("not excluded", none, "no bound", sentence)
    said = f"Given alone, {other} has an ED50 above {format_number(bound.dose)}"
    said += f" ({bound.by})"
    if isinstance(tipping.value, Missing):
        return _without_estimate(tipping, bound, said)
    shown = format_number(tipping.value)
    if tipping.high is not None and bound.dose > tipping.high:
        sentence = (
            f"{said}, above the tipping ED50 {shown} and its upper limit "
            f"{format_number(tipping.high)}: plain additivity is excluded."
        )
        return AdditivityWeight("excluded", bound.dose, bound.by, sentence)
    if bound.dose > tipping.value:
        limit = (
            "which has no upper limit"
            if tipping.high is None
            else f"but not its upper limit {format_number(tipping.high)}"
        )
        sentence = (
            f"{said}, above the tipping ED50 {shown}, {limit}: plain additivity is "
            "excluded only if the shift is taken as exactly as estimated."
        )
        return AdditivityWeight(
            "excluded at the estimate", bound.dose, bound.by, sentence
        )
    sentence = (
        f"{said}, which does not place it above the tipping ED50 {shown}: plain "
        "additivity is not excluded."
    )
    return AdditivityWeight("not excluded", bound.dose, bound.by, sentence)


def _without_estimate(tipping: Estimate, bound: Bound, said: str) -> AdditivityWeight:
    """Weigh where the tipping ED50 has limits at most."""
    state: WeightState = "not excluded"
    if tipping.high is not None and bound.dose > tipping.high:
        state = "excluded"
        sentence = (
            f"{said}, above the upper limit {format_number(tipping.high)} of the "
            "tipping ED50: plain additivity is excluded."
        )
    elif tipping.low is None or tipping.high is None:
        if tipping.low is None:
            state = "not applicable"
        sentence = (
            f"{said}; the index is not shown to be below 1, so there is no shift that "
            "additivity would have to explain."
        )
    else:
        sentence = (
            f"{said}, which does not place it above the upper limit "
            f"{format_number(tipping.high)} of the tipping ED50: plain additivity is "
            "not excluded."
        )
    return AdditivityWeight(state, bound.dose, bound.by, sentence)
