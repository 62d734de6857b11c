"""Which current a staircase asks for next, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from isobole.studies._protocol_parts import Staircase
from isobole.studies._reduce_kindling import (
    gave_afterdischarge,
    staircase,
    staircases,
)
from isobole.studies._rows import Session

# A dial has no 14.4 µA: a current may be read off by a quarter of a step, or 10 %.
_PART_OF_STEP = 0.25
_MOST = 0.10


@dataclass(frozen=True, slots=True)
class NextCurrent:
    """What the present staircase of one animal asks for.

    Parameters
    ----------
    state : {"start", "rising", "found", "unknown", "exhausted"}
        Nothing was given yet; it rises; its threshold was found; a stimulus does not
        say what it did; it ended at its highest current without a threshold.
    current_ua : float or None
        The next current in microampere, unrounded; None where none is asked for.
    step : int
        Number of the next stimulus in this staircase, from 1.
    threshold_ua : float or None
        The threshold of this staircase, if it was found.
    higher_ua : float or None
        The next current above the last, whether or not a threshold was found: going on
        seeks the current of a generalised seizure. None above the highest.
    why : str
        The reason in a sentence.
    """

    state: Literal["start", "rising", "found", "unknown", "exhausted"]
    current_ua: float | None
    step: int
    threshold_ua: float | None
    higher_ua: float | None
    why: str


def next_current(steps: Sequence[Session], rule: Staircase) -> NextCurrent:
    """Return the next current of an animal's present staircase.

    Staircases are told apart as `reduce_study` does it. After a current that is none
    of the series, the next one of the series above it follows.

    Parameters
    ----------
    steps : sequence of Session
        The threshold stimuli of one animal that hold, in any order.
    rule : Staircase
        The protocol's series.

    Raises
    ------
    OptionError
        If the series would not rise.

    Examples
    --------
    >>> from isobole.studies._protocol_parts import Staircase
    >>> rule = Staircase(start_ua=10, factor=1.2, interval_s=60, max_ua=500)
    >>> asked = next_current((), rule)
    >>> asked.state, asked.current_ua
    ('start', 10.0)
    """
    series = staircase(rule.start_ua, rule.factor, rule.max_ua)
    present = staircases(steps)[-1] if steps else []
    if not present:
        first = series[0] if series else None
        return NextCurrent(
            "start" if series else "exhausted",
            first,
            1,
            None,
            first,
            f"A staircase starts at {rule.start_ua:g} µA"
            if series
            else f"The staircase starts above its highest current, {rule.max_ua:g} µA",
        )
    step = len(present) + 1
    for one in present:
        gave = gave_afterdischarge(one)
        if gave is None or one.current_ua is None:
            lacks = "current" if one.current_ua is None else "answer"
            said = {
                "current": f"Stimulus {one.number} has no current",
                "answer": f"Stimulus {one.number} does not say whether there was an "
                "afterdischarge",
            }[lacks]
            return NextCurrent("unknown", None, step, None, None, said)
        if gave:
            higher = _above(present[-1].current_ua, series, rule.factor)
            return NextCurrent(
                "found",
                None,
                step,
                one.current_ua,
                higher,
                f"{one.current_ua:g} µA gave an afterdischarge at stimulus "
                f"{one.number}: that is the threshold",
            )
    last = present[-1].current_ua
    higher = _above(last, series, rule.factor)
    if higher is None:
        return NextCurrent(
            "exhausted",
            None,
            step,
            None,
            None,
            f"No afterdischarge up to {last:g} µA, and the series ends at "
            f"{rule.max_ua:g} µA",
        )
    place = series.index(higher)
    return NextCurrent(
        "rising",
        higher,
        step,
        None,
        higher,
        f"{last:g} µA gave no afterdischarge: step {place + 1} of the series is "
        f"{rule.start_ua:g} × {rule.factor:g}^{place} = {higher:.4g} µA",
    )


def settable(current: float, rule: Staircase) -> float:
    """Return a current of the series with as few digits as tell the steps apart.

    Examples
    --------
    >>> from isobole.studies._protocol_parts import Staircase
    >>> rule = Staircase(start_ua=10, factor=1.2, interval_s=60, max_ua=500)
    >>> [settable(c, rule) for c in (10, 14.4, 17.28, 2.4)]
    [10.0, 14.0, 17.0, 2.4]
    """
    decimals = 0
    while abs(round(current, decimals) - current) > current * _slack(rule.factor):
        decimals += 1
    found = round(current, decimals)
    if found <= rule.max_ua:
        return float(found)
    # Rounding up must not leave the series.
    return float(rule.max_ua)


def close_to(current: float, asked: float, rule: Staircase) -> bool:
    """Say whether a current is one of the series but for its rounding.

    Examples
    --------
    >>> from isobole.studies._protocol_parts import Staircase
    >>> rule = Staircase(start_ua=10, factor=1.2, interval_s=60, max_ua=500)
    >>> close_to(14, 14.4, rule), close_to(16, 14.4, rule)
    (True, False)
    """
    return abs(current - asked) <= asked * _slack(rule.factor) * (1 + 1e-9)


def _above(last: float | None, series: Sequence[float], factor: float) -> float | None:
    beyond = (last or 0) * (1 + _slack(factor))
    return next((current for current in series if current > beyond), None)


def _slack(factor: float) -> float:
    return min(_MOST, (factor - 1) * _PART_OF_STEP)
