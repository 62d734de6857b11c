"""Kindling: stimulations to the criterion, progress of stages, thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from isobole.analysis._analysis import Analysis
from isobole.analysis._counted import attempt
from isobole.analysis._groups import Groups
from isobole.outcomes import (
    afterdischarge_threshold,
    kindling_progress,
    kindling_rate,
)
from isobole.results import Missing, Result
from isobole.studies import KindlingOutcome, Protocol, Scale

_TITLES = {
    "adt": "Afterdischarge threshold",
    "gst": "Generalised seizure threshold",
}


def rate(
    animals: Sequence[KindlingOutcome], groups: Groups, protocol: Protocol
) -> list[Analysis]:
    """Compare stimulations to the fully-kindled rule between parallel groups."""
    title = "Stimulations to the fully-kindled state"
    entered = [(a, g) for a in animals if a.included and (g := groups.of(a))]
    entered = [(a, g) for a, g in entered if a.stimulations > 0]
    if not entered:
        missing = Missing("no animal has a kindling session")
        return [Analysis("stage", "secondary", title, missing)]
    return [
        Analysis(
            "stage",
            "secondary",
            title,
            _with_control(
                groups,
                [label for _, label in entered],
                lambda control: kindling_rate(
                    [animal.stimulations for animal, _ in entered],
                    [animal.fully_kindled for animal, _ in entered],
                    [label for _, label in entered],
                    control=control,
                    level=protocol.statistics.level,
                    seed=protocol.statistics.seed,
                ),
            ),
        )
    ]


def progress(
    animals: Sequence[KindlingOutcome],
    groups: Groups,
    protocol: Protocol,
    scale: Scale | None,
) -> list[Analysis]:
    """Compare the progress of stages over sessions between parallel groups."""
    title = "Progress of the seizure stage"
    rows = [
        (session.stage_order, session.number, animal.animal_id, label)
        for animal in animals
        if animal.included and (label := groups.of(animal))
        for session in animal.sessions
        if session.phase == "kindling" and session.stage_order is not None
    ]
    if scale is None or not rows:
        missing = Missing("no kindling session has a stage")
        return [Analysis("stage", "secondary", title, missing)]
    stage, session, animal_ids, labels = zip(*rows, strict=True)
    return [
        Analysis(
            "stage",
            "secondary",
            title,
            _with_control(
                groups,
                labels,
                lambda control: kindling_progress(
                    stage,
                    session,
                    animal_ids,
                    labels,
                    levels=list(range(len(scale.codes))),
                    control=control,
                    kindled_at={
                        a.animal_id: a.kindled_at_session
                        for a in animals
                        if a.animal_id in set(animal_ids)
                    },
                    level=protocol.statistics.level,
                    seed=protocol.statistics.seed,
                ),
            ),
        )
    ]


def _with_control(
    groups: Groups, labels: Sequence[str], compute: Callable[[str], Result]
) -> Result | Missing:
    if groups.control is None:
        return Missing(
            "the control group is not known while groups are shown by code"
            if groups.naming == "code"
            else "the protocol names no vehicle group"
        )
    if len(set(labels)) < 2 or groups.control not in labels:
        return Missing("there are no parallel groups to compare with the control")
    control = groups.control
    return attempt(lambda: compute(control))


def threshold(
    animals: Sequence[KindlingOutcome],
    groups: Groups,
    protocol: Protocol,
    *,
    outcome: Literal["adt", "gst"],
) -> list[Analysis]:
    """Compare thresholds: first against last, and between groups."""
    title = _TITLES[outcome]
    found = [(a, g) for a in animals if a.included and (g := groups.of(a))]
    read = [
        (a.animal_id, a.adt_ua, a.adt_later_ua, g)
        if outcome == "adt"
        else (a.animal_id, a.gst_ua, a.gst_later_ua, g)
        for a, g in found
    ]
    measured = [
        (first, later, g)
        for _, first, later, g in read
        if not isinstance(first, Missing)
    ]
    left_out = tuple(
        f"Animal {name}: {first.reason}."
        for name, first, _, _ in read
        if isinstance(first, Missing)
    )
    if not measured:
        missing = Missing(f"no animal has a staircase with a {title.lower()}")
        return [Analysis(outcome, "secondary", title, missing, left_out)]
    cap = None if protocol.kindling is None else protocol.kindling.staircase.max_ua
    level = protocol.statistics.level
    labels = [g for _, _, g in measured]
    control = groups.control if groups.control in labels else None
    parallel = control is not None and len(set(labels)) > 1

    def between() -> Result:
        return afterdischarge_threshold(
            [first for first, _, _ in measured],
            groups=labels if parallel else None,
            control=control if parallel else None,
            cap=cap,
            level=level,
            name=title.lower(),
        )

    analyses = [Analysis(outcome, "secondary", title, attempt(between), left_out)]
    again = [(first, later[-1]) for first, later, _ in measured if later]
    if again:
        made = attempt(
            lambda: afterdischarge_threshold(
                [first for first, _ in again],
                [last for _, last in again],
                cap=cap,
                level=level,
                name=title.lower(),
            )
        )
        change = f"Change of the {title.lower()}"
        analyses.append(Analysis(outcome, "secondary", change, made))
    return analyses
