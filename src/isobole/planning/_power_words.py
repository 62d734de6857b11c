"""The answer of a plan of a group size, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isobole.doseresponse._outcome_blocks import percent_text
from isobole.planning._power_search import PowerPoint
from isobole.results import Missing, format_number

if TYPE_CHECKING:
    from isobole.planning._power_plan import PowerPlan


def message(plan: PowerPlan) -> str:
    """Return the answer: the size, what was planned, what formulas would have said."""
    said = [_answer(plan)]
    if plan.planned is not None:
        said.append(_said_of_planned(plan, plan.planned))
    if plan.differs and not isinstance(plan.smallest.holds, Missing):
        said += _beside(plan, plan.smallest.holds)
    return " ".join(said)


def _answer(plan: PowerPlan) -> str:
    found, label = plan.smallest, plan.series[0].label
    what = f"{plan.expected_words()[:1].upper()}{plan.expected_words()[1:]}"
    if isinstance(found.holds, Missing):
        return f"{what}: {found.holds.reason}."
    point = plan.series[0].at(found.holds)
    assert point is not None
    power = f"{percent_text(point.power)} power"
    if point.standard_error is not None:
        error = format_number(100 * point.standard_error, 2)
        power += f" (simulated, standard error {error} points)"
    held = (
        f"every larger n examined, up to {found.checked_to}"
        if found.every
        else f"the larger n examined, up to {found.checked_to}"
    )
    if found.checked_to == found.holds:
        held = "no larger n, none being allowed"
    said = (
        f"{what}: {plan.sized(found.holds)} give {power} by {label}; the target of "
        f"{percent_text(plan.target)} holds for {held}."
    )
    if found.saws and not isinstance(found.first, Missing):
        reached = plan.series[0].at(found.first)
        lost = max(p.n for p in plan.series[0].points if p.n < found.holds)
        below = plan.series[0].at(lost)
        assert reached is not None
        assert below is not None
        said += (
            f" n = {found.first} reaches it first ({percent_text(reached.power)}), "
            f"but n = {lost} falls below it again ({percent_text(below.power)}): "
            "the power of an exact test rises like the teeth of a saw."
        )
    return said


def _said_of_planned(plan: PowerPlan, point: PowerPoint) -> str:
    power = percent_text(point.power)
    if not plan.differs:
        return (
            f"With {plan.sized(point.n)} the test rejects in {power} of studies, "
            "all of them false positives."
        )
    of = round(100 * (1 - point.power))
    missed = (
        f"a difference of this size would be missed in {of} of 100 studies"
        if of > 0
        else "a difference of this size would hardly ever be missed"
    )
    return f"With {plan.sized(point.n)} as planned the power is {power}: {missed}."


def _beside(plan: PowerPlan, holds: int) -> list[str]:
    """Say what formulas would have said, where they promise too much."""
    low = [
        f"{a.n} ({a.name})"
        for a in plan.approximations
        if not isinstance(a.n, Missing) and a.n < holds
    ]
    if not low:
        return []
    words = "s" if len(low) > 1 else ""
    ask = "" if words else "s"
    return [f"The large-sample formula{words} ask{ask} for fewer: {', '.join(low)}."]
