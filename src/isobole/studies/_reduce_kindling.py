"""Kindling sessions to threshold, stages, and stimulations to the criterion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from isobole.results import Missing, OptionError
from isobole.studies._outcome_types import KindlingOutcome, StagedSession
from isobole.studies._protocol_parts import FullyKindledRule, Kindling, Staircase
from isobole.studies._reduce_animal import Who
from isobole.studies._rows import Session

# A current may be rounded, to 10 µA or so; a step larger than this skipped one.
_ROUNDING = 1.15


def staircase(start: float, factor: float, maximum: float) -> tuple[float, ...]:
    """Return the currents of a rising series, unrounded, up to the maximum.

    Parameters
    ----------
    start, maximum : float
        First and highest current, in microampere.
    factor : float
        What each current is multiplied by to get the next; more than 1.

    Raises
    ------
    OptionError
        If the series would not rise from a current above zero.

    Examples
    --------
    >>> [round(current) for current in staircase(8, 1.2, 20)]
    [8, 10, 12, 14, 17, 20]
    """
    if not start > 0 or not factor > 1:
        msg = (
            f"A staircase from {start:g} by {factor:g} does not rise; start above 0 "
            "with a factor above 1"
        )
        raise OptionError(msg)
    currents = [start]
    # Powers, not products: rounding errors must not add up over 20 steps.
    while (following := start * factor ** len(currents)) <= maximum:
        currents.append(following)
    return tuple(currents) if start <= maximum else ()


def kindled_at(
    stages: Sequence[int | None], *, least: int, rule: FullyKindledRule
) -> int | None:
    """Return which stimulation met the rule, counted from 1; None if none did.

    Parameters
    ----------
    stages : sequence of int or None
        Order of the stage at each stimulation; None where it was not scored, which
        neither counts nor lets a run go on.
    least : int
        Order of the lowest stage that counts.
    rule : FullyKindledRule
        How many, and whether one after the other.
    """
    count = 0
    for number, stage in enumerate(stages, start=1):
        if stage is not None and stage >= least:
            count += 1
            if count == rule.count:
                return number
        elif rule.consecutive == "consecutive":
            count = 0
    return None


def kindling_of(
    who: Who,
    sessions: Sequence[Session],
    kindling: Kindling,
    order: Mapping[str, int],
    generalised: Collection[str] = (),
) -> KindlingOutcome:
    """Return what one animal did; the order of its sessions in the file is no matter.

    Parameters
    ----------
    who : Who
        The animal.
    sessions : sequence of Session
        The sessions that hold, of this animal.
    kindling : Kindling
        The protocol's kindling part.
    order : mapping of str to int
        Order of each code of the scale.
    generalised : collection of str
        Codes that count as a generalised seizure.
    """
    notes: list[str] = []
    by_number = _by_number(sessions)
    steps = [session for session in by_number if session.phase == "threshold"]
    series = staircases(steps)
    found = [_threshold(one, kindling.staircase, notes) for one in series]
    general = [_generalised(one, generalised) for one in series]
    adt: float | Missing = Missing("no threshold was measured")
    subthreshold = 0
    if found:
        adt, subthreshold = found[0]
    staged = [
        _staged(session, order, notes)
        for session in by_number
        if session.phase != "threshold"
    ]
    kindled = [session for session in staged if session.phase == "kindling"]
    rule = kindling.fully_kindled
    least = order.get(rule.min_stage)
    at = (
        kindled_at([s.stage_order for s in kindled], least=least, rule=rule)
        if least is not None
        else None
    )
    if any(session.stage is None for session in kindled[:at]):
        notes.append(
            "a kindling session has no stage: it neither counts towards the criterion "
            "nor lets a run go on"
        )
    return KindlingOutcome(
        animal_id=who.animal_id,
        label=who.label,
        group_code=who.group_code,
        group=who.group,
        included=who.exclusion is None,
        exclusion=who.exclusion,
        adt_ua=adt,
        subthreshold=subthreshold,
        adt_later_ua=tuple(
            later for later, _ in found[1:] if not isinstance(later, Missing)
        ),
        gst_ua=general[0] if general else Missing("no threshold was measured"),
        gst_later_ua=tuple(c for c in general[1:] if not isinstance(c, Missing)),
        sessions=tuple(staged),
        fully_kindled=at is not None,
        kindled_at_session=None if at is None else kindled[at - 1].number,
        stimulations=len(kindled) if at is None else at,
        problems=tuple(dict.fromkeys(notes)),
    )


def _by_number(sessions: Sequence[Session]) -> list[Session]:
    return sorted(
        sessions, key=lambda s: (s.number, s.ts or "", s.current_ua or 0, s.session_id)
    )


def gave_afterdischarge(session: Session) -> bool | None:
    """Return whether a stimulus gave an afterdischarge; None where nobody said."""
    if session.afterdischarge is not None:
        return session.afterdischarge == "yes"
    if session.add_status is not None:
        return {"measured": True, "none": False}.get(session.add_status)
    return None


def staircases(steps: Sequence[Session]) -> list[list[Session]]:
    """Part the threshold stimuli of one animal, in any order, into staircases.

    A new one begins where the current falls, or where it does not rise after an
    afterdischarge: one that goes on rising seeks the generalised seizure threshold.
    """
    series: list[list[Session]] = []
    for step in _by_number(steps):
        before = series[-1][-1] if series else None
        fell = (
            before is not None
            and step.current_ua is not None
            and before.current_ua is not None
            and step.current_ua < before.current_ua
        )
        ended = (
            before is not None
            and gave_afterdischarge(before)
            and (step.current_ua or 0) <= (before.current_ua or 0)
        )
        if before is None or fell or ended:
            series.append([])
        series[-1].append(step)
    return series


def _threshold(
    steps: Sequence[Session], rule: Staircase, notes: list[str]
) -> tuple[float | Missing, int]:
    below = 0
    for index, step in enumerate(steps):
        gave = gave_afterdischarge(step)
        if gave is None:
            return Missing(
                f"threshold session {step.number} does not say whether there was an "
                "afterdischarge"
            ), below
        if step.current_ua is None:
            return Missing(f"threshold session {step.number} has no current"), below
        _check_step(steps, index, rule, notes)
        if gave:
            if not below:
                notes.append(
                    f"the first stimulus, {step.current_ua:g} µA, gave an "
                    "afterdischarge: the threshold may be lower"
                )
            return step.current_ua, below
        below += 1
    highest = max(step.current_ua or 0 for step in steps)
    return Missing(f"no afterdischarge up to {highest:g} µA"), below


def _generalised(
    steps: Sequence[Session], generalised: Collection[str]
) -> float | Missing:
    """Return the first current of a staircase that gave a generalised seizure."""
    if all(step.stage is None for step in steps):
        return Missing("no stimulus of the staircase has a stage")
    for step in steps:
        if step.stage in generalised:
            if step.current_ua is None:
                return Missing(f"threshold session {step.number} has no current")
            return step.current_ua
    highest = max(step.current_ua or 0 for step in steps)
    return Missing(f"no generalised seizure up to {highest:g} µA")


def _check_step(
    steps: Sequence[Session], index: int, rule: Staircase, notes: list[str]
) -> None:
    """Note a step that skipped currents: the threshold is then read too high."""
    current = steps[index].current_ua
    before = steps[index - 1].current_ua if index else None
    if not current or not before:
        return
    if current > before * rule.factor * _ROUNDING:
        notes.append(
            f"the current rose from {before:g} to {current:g} µA, more than the factor "
            f"{rule.factor:g} of the staircase"
        )


def _staged(
    session: Session, order: Mapping[str, int], notes: list[str]
) -> StagedSession:
    stage = session.stage if session.stage in order else None
    if session.stage is not None and stage is None:
        notes.append(
            f"stage '{session.stage}' of session {session.number} is not on the scale "
            "and was left out"
        )
    measured = session.add_status == "measured"
    return StagedSession(
        number=session.number,
        phase=session.phase,
        condition=session.condition,
        current_ua=session.current_ua,
        stage=stage,
        stage_order=None if stage is None else order[stage],
        add_status=session.add_status,
        add_s=_seconds(session.add_ms) if measured else None,
        seizure_s=_seconds(session.seizure_ms),
        latency_s=_seconds(session.latency_ms),
    )


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def kindling_sentences(kindling: Kindling) -> tuple[str, ...]:
    """Say the rules of a kindling study with their values."""
    steps, rule = kindling.staircase, kindling.fully_kindled
    discharge = kindling.afterdischarge
    how = "" if rule.consecutive == "consecutive" else ", not necessarily"
    return (
        f"The afterdischarge threshold is the first current of a staircase (from "
        f"{steps.start_ua:g} µA, times {steps.factor:g}, every {steps.interval_s:g} s, "
        f"to {steps.max_ua:g} µA at most) that gave an afterdischarge; the stimuli "
        "below it are counted. The generalised seizure threshold is the first current "
        "of a staircase that gave a generalised seizure.",
        f"An afterdischarge has at least {discharge.min_amplitude_ratio:g} times the "
        f"amplitude of the baseline, at least {discharge.min_rate_hz:g} Hz, and lasts "
        f"at least {discharge.min_duration_s:g} s.",
        f"An animal is fully kindled with stimulation number {rule.count} at stage "
        f"{rule.min_stage} or above{how} in a row; one that never is, is censored at "
        "its last kindling stimulation.",
        "An afterdischarge duration exists only where one was measured; no "
        "afterdischarge is an outcome of its own, not a duration of 0 s.",
    )
