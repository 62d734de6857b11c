"""Whether groups can be told from the day, the run or the chamber they were in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from isobole.results import Problem
from isobole.studies._rows import Allotment
from isobole.studies._study import Study

Factor = Literal["day", "block", "chamber"]
_WORDS: dict[Factor, str] = {"day": "day", "block": "run", "chamber": "chamber"}
_FILE = "allocation.csv"
_SHOWN = 6


def check_confounding(study: Study) -> tuple[Problem, ...]:
    """Compare the groups, or their codes while blind, with days, runs and chambers.

    Groups of which no chain of shared days (or runs) leads from one to the other
    cannot be compared at all: their difference is that of the days. That is an error.
    Groups that are spread unevenly give a warning. Runs of one animal say nothing.

    Parameters
    ----------
    study : Study
        Its allocation is judged; the rest is not read.

    Returns
    -------
    tuple of Problem
        Empty where groups, days and runs are balanced.
    """
    sequential = study.protocol.randomisation.method == "sequential_dose"
    if sequential and any(row.group is None for row in study.allocation):
        return ()  # every animal has a code of its own
    return tuple(_judged(study.allocation, "warning" if sequential else "error"))


def confounded_parts(
    pairs: Iterable[tuple[str, str]],
) -> list[tuple[list[str], list[str]]]:
    """Return the parts of a design that share no level: groups and levels of each.

    Parameters
    ----------
    pairs : iterable of (group, level)
        One for each animal.

    Examples
    --------
    >>> confounded_parts([("low", "Mon"), ("high", "Tue"), ("vehicle", "Mon")])
    [(['low', 'vehicle'], ['Mon']), (['high'], ['Tue'])]
    >>> len(confounded_parts([("low", "Mon"), ("high", "Tue"), ("low", "Tue")]))
    1
    """
    levels: dict[str, dict[str, None]] = defaultdict(dict)
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for group, level in pairs:
        levels[group][level] = None
        groups[level][group] = None
    parts = []
    seen: set[str] = set()
    for first in levels:
        if first in seen:
            continue
        reached = {first: None}
        waiting, met = [first], dict[str, None]()
        while waiting:
            for level in levels[waiting.pop()]:
                if level in met:
                    continue
                met[level] = None
                fresh = [group for group in groups[level] if group not in reached]
                reached.update(dict.fromkeys(fresh))
                waiting += fresh
        seen |= reached.keys()
        parts.append((list(reached), list(met)))
    return parts


def _judged(
    rows: Sequence[Allotment], severity: Literal["error", "warning"]
) -> Iterator[Problem]:
    day = _pairs(rows, "day")
    for factor in _WORDS:
        pairs = day if factor == "day" else _pairs(rows, factor)
        groups = dict.fromkeys(group for group, _ in pairs)
        levels = Counter(level for _, level in pairs)
        if len(groups) < 2 or len(levels) < 2:
            continue
        parts = confounded_parts(pairs)
        if len(parts) > 1:
            yield _complete(factor, parts, severity)
        elif uneven := _uneven(pairs, factor):
            yield uneven


def _pairs(rows: Sequence[Allotment], factor: Factor) -> list[tuple[str, str]]:
    """Return group and level of each animal; levels of one animal compare nothing."""
    pairs = [
        (row.group or row.group_code, str(level))
        for row in rows
        if (level := getattr(row, factor)) not in (None, "")
    ]
    counts = Counter(level for _, level in pairs)
    return [(group, level) for group, level in pairs if counts[level] > 1]


def _complete(
    factor: Factor,
    parts: Sequence[tuple[list[str], list[str]]],
    severity: Literal["error", "warning"],
) -> Problem:
    word = _WORDS[factor]
    said = "; ".join(
        f"{_listed(groups)} only in {word} {_listed(levels)}"
        for groups, levels in parts[:3]
    )
    more = "" if len(parts) <= 3 else f"; and {len(parts) - 3} more parts"
    return Problem(
        "confounded",
        f"Groups cannot be told from the {word}: {said}{more}",
        # Chambers differ less than days: the comparison stands, with a doubt.
        severity="warning" if factor == "chamber" else severity,
        file=_FILE,
        column=factor,
        expected=f"groups that share {word}s, so that they can be compared",
        remedy=f"Allocate anew so that every {word} holds several groups, with the "
        "vehicle among them; after dosing no statistics can repair it",
    )


def _uneven(pairs: Sequence[tuple[str, str]], factor: Factor) -> Problem | None:
    """Warn where a group is further from its even share than rounding explains."""
    if factor == "chamber":
        return None  # a rotation is even over the study, not within it
    cells = Counter(pairs)
    groups = Counter(group for group, _ in pairs)
    levels = Counter(level for _, level in pairs)
    total = len(pairs)
    worst: tuple[float, str, str, int, float] | None = None
    off = 0
    for level, size in levels.items():
        for group, n in groups.items():
            share = size * n / total
            # Whole animals: less than one from the share is as even as can be.
            apart = abs(cells[group, level] - share)
            if apart < 1 or (factor == "block" and apart < 2):
                continue
            off += 1
            if worst is None or apart > worst[0]:
                worst = (apart, group, level, cells[group, level], share)
    if worst is None:
        return None
    _, group, level, count, share = worst
    word = _WORDS[factor]
    return Problem(
        "partly-confounded",
        f"Groups are spread unevenly over {word}s: {count} of {groups[group]} animals "
        f"of {group} are in {word} {level}, an even share would be {share:.1f} "
        f"({off} cells of {len(groups) * len(levels)} are off)",
        severity="warning",
        file=_FILE,
        column=factor,
        remedy=f"Stratify the analysis by {word}, and allocate in blocks the next time",
    )


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(words[:_SHOWN])
    return shown if len(words) <= _SHOWN else f"{shown} and {len(words) - _SHOWN} more"
