"""What rows of stages by session must be before they are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isobole.outcomes._kindling_checks import number_of
from isobole.outcomes._kindling_progress_result import AnimalCurve
from isobole.results import OptionError, Problem, ProblemList

FloatArray = NDArray[np.float64]


def kindled_sessions(
    given: Mapping[Any, float | None] | None, curves: tuple[AnimalCurve, ...]
) -> dict[str, float | None] | None:
    """Return the session each animal was kindled at; every animal must be named."""
    if given is None:
        return None
    made = {
        str(k): None if v is None else number_of(v, f"kindled_at of {k}")
        for k, v in given.items()
    }
    names = [c.animal for c in curves]
    lost = [n for n in names if n not in made]
    extra = [n for n in made if n not in names]
    if lost or extra:
        parts = [f"it lacks {', '.join(lost)}"] if lost else []
        parts += [f"it names {', '.join(extra)}, who have no rows"] if extra else []
        raise OptionError(
            f"kindled_at does not fit the animals: {'; '.join(parts)}. Give a session "
            "or None for every animal."
        )
    return made


def scale_levels(levels: Sequence[float]) -> tuple[float, ...]:
    """Return the scale as numbers, lowest first."""
    made = tuple(float(v) for v in levels)
    if len(made) < 2 or any(b <= a for a, b in pairwise(made)):
        raise OptionError("levels must be at least two stages, lowest first")
    return made


def check_rows(
    y: FloatArray,
    at: FloatArray,
    who: list[str],
    where: list[str],
    levels: tuple[float, ...],
) -> None:
    """Refuse stages off the scale, animals in two groups, sessions given twice."""
    problems = ProblemList()
    group: dict[str, str] = {}
    seen: set[tuple[str, float]] = set()
    listed = ", ".join(f"{v:g}" for v in levels)
    for row, (s, t, a, g) in enumerate(zip(y, at, who, where, strict=True), start=1):
        if s not in levels:
            problems.add(
                Problem(
                    "stage-not-on-scale",
                    f"stage {s:g} is not on the scale",
                    row=row,
                    column="stage",
                    expected=f"one of {listed}",
                    remedy="Correct the stage, or name the scale that has it.",
                )
            )
        if group.setdefault(a, g) != g:
            problems.add(
                Problem(
                    "animal-in-two-groups",
                    f"animal {a} is in {group[a]} and in {g}",
                    row=row,
                    column="group",
                    remedy="An animal has one group during kindling; correct it.",
                )
            )
        if (a, float(t)) in seen:
            problems.add(
                Problem(
                    "session-twice",
                    f"animal {a} has session {t:g} twice",
                    row=row,
                    column="session",
                    remedy="Keep one row per animal and session.",
                )
            )
        seen.add((a, float(t)))
    problems.raise_errors()
