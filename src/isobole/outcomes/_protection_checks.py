"""Counts, names and doses of groups, checked before they are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.outcomes._proportion import is_finite, is_whole
from isobole.results import (
    DataError,
    OptionError,
    Problem,
    ProblemList,
    check_choice,
)

Scoring = Literal["dose", "rank"]


def group_names(groups: Sequence[str]) -> list[str]:
    """Return the names of groups as text, or raise where one is missing."""
    if isinstance(groups, str):
        msg = f"groups is the text {groups!r}; give a sequence of names"
        raise OptionError(msg)
    problems = [
        Problem(
            "group-missing",
            f"the group in place {row} is {name}",
            row=row,
            remedy="Name the group, or leave the animal out.",
        )
        for row, name in enumerate(list[object](groups), start=1)
        if name is None or name != name or not str(name).strip()
    ]
    if problems:
        raise DataError(problems)
    return [str(name) for name in groups]


def check_counts(
    protected: ArrayLike, n: ArrayLike, groups: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return counts and group sizes; raise with everything wrong in them."""
    x = np.atleast_1d(np.asarray(protected, dtype=object))
    size = np.atleast_1d(np.asarray(n, dtype=object))
    if not x.shape == size.shape == (len(groups),):
        msg = (
            f"{x.size} counts, {size.size} group sizes and {len(groups)} names were "
            "given; give one of each per group"
        )
        raise OptionError(msg)
    problems = ProblemList()
    for row, (a, b, name) in enumerate(zip(x, size, groups, strict=True), start=1):
        if not is_whole(a) or not is_whole(b) or a < 0:
            problem = Problem(
                "count-not-whole",
                f"group {name} has {a} of {b} animals",
                row=row,
                expected="whole numbers from 0",
                remedy="Give animals, not percentages.",
            )
        elif b < 1:
            problem = Problem(
                "group-empty",
                f"group {name} has no animals",
                row=row,
                remedy="Leave the group out.",
            )
        elif a > b:
            problem = Problem(
                "count-exceeds-n",
                f"group {name} has {a} of {b} animals",
                row=row,
                expected="no more than the group has",
                remedy="Check whether the counts are percentages.",
            )
        else:
            continue
        problems.add(problem)
    repeated = sorted({name for name in groups if list(groups).count(name) > 1})
    for name in repeated:
        problems.add(
            Problem(
                "group-repeated",
                f"group {name} is given more than once",
                remedy="Add its animals up, or name the groups apart.",
            )
        )
    if len(groups) < 2:
        problems.add(
            Problem(
                "one-group",
                "fewer than two groups were given",
                expected="two or more",
                remedy="Give the groups to be compared.",
            )
        )
    problems.raise_errors()
    return x.astype(np.int64), size.astype(np.int64)


def trend_scores(
    count: int,
    doses: Sequence[float | None] | None,
    scores: Scoring | Sequence[float | None],
) -> tuple[list[float | None] | None, str]:
    """Return what the trend runs over, and how to say so."""
    for name, given in (("doses", doses), ("scores", scores)):
        if given is None or isinstance(given, str):
            continue
        if len(given) != count:
            msg = f"{len(given)} {name} for {count} groups; give one per group, or None"
            raise OptionError(msg)
        if not all(
            v is None or (is_finite(v) and (name == "scores" or float(v) >= 0))
            for v in given
        ):
            problem = Problem(
                f"{name}-not-usable",
                f"{name} are {', '.join(str(v) for v in given)}",
                expected="finite numbers, doses not below 0",
                remedy="Give None for a group outside the trend.",
            )
            raise DataError([problem])
    if not isinstance(scores, str):
        return [None if v is None else float(v) for v in scores], "given scores"
    check_choice("scores", scores, get_args(Scoring))
    if doses is None:
        return None, ""
    if scores == "dose":
        return [None if v is None else float(v) for v in doses], "dose"
    ladder = sorted({float(v) for v in doses if v is not None})
    ranks = [None if v is None else float(ladder.index(float(v))) for v in doses]
    return ranks, "order of dose"
