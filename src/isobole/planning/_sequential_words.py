"""The sentences of a dose recommendation: go on or stop, and what to beware of."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from isobole.planning._posterior import Summary
from isobole.planning._prior import DosePrior
from isobole.planning._sequential_checks import Records
from isobole.results import format_number

SLOPE_NOTE: Final = (
    "The slope of a sequential study is biased and uncertain: the animals stand near "
    "the ED50 by design, where they say little of it. Do not use it for a test of "
    "slopes, parallelism or an interaction; for a slope, add a few animals at the "
    "doses near the ED16 and the ED84, chosen beforehand."
)


def advice_of(
    animals: int,
    fold: float,
    expected: float,
    target: float,
    most: int | None,
    batch: int,
) -> tuple[bool, str]:
    """Return whether to stop, and why."""
    now = f"The credible interval spans {format_number(fold, 3)}-fold"
    wanted = f"the {format_number(target, 3)}-fold asked for"
    if animals and fold <= target:
        return True, f"Stop: {_lower(now)}, within {wanted}."
    if most is not None and animals >= most:
        return True, (
            f"Stop: {animals} animals were used, of {most} allowed. {now}, wider than "
            f"{wanted}."
        )
    left = math.inf if most is None else most - animals
    short = (
        f" Only {left} of the {most} animals allowed are left, fewer than the batch."
        if left < batch
        else ""
    )
    return False, (
        f"Go on: {_lower(now)}, wider than {wanted}; the next {batch} "
        f"animal{'s' * (batch > 1)} should bring it to about "
        f"{format_number(expected, 3)}-fold.{short}"
    )


def _runs_the_other_way(records: Records) -> bool:
    """Return whether a trend test (Cochran-Armitage) finds a falling share, 5 %."""
    if records.hit.size < 4 or np.ptp(records.x) == 0 or np.ptp(records.hit) == 0:
        return False
    r = float(np.corrcoef(records.x, records.hit)[0, 1])
    return math.sqrt(records.hit.size) * r < -1.645


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def messages_of(
    records: Records, prior: DosePrior, mu: Summary, ends: tuple[float, float]
) -> tuple[str, ...]:
    """Return a sentence for everything that weakens the answer."""
    found = []
    n, hits = records.hit.size, int(records.hit.sum())
    if n and hits in (0, n):
        lower, which = ("at most", "lower") if hits else ("at least", "higher")
        found.append(
            f"All {n} animals had the same outcome, which asks for {which} doses: the "
            f"ED50 is only known to be {lower} about the doses tried, and the far side "
            "of the interval is the prior's."
        )
    if _runs_the_other_way(records):
        found.append(
            "The outcomes run the other way: lower doses did more than higher ones. "
            "Check the coding of the outcomes and the direction; no recommendation "
            "is worth following until that is settled."
        )
    off = (float(mu.median[0]) - prior.centre) / prior.ed50_sd_log10
    if abs(off) > 2:
        found.append(
            f"The records contradict the guess: the ED50 now stands "
            f"{format_number(10 ** abs(off * prior.ed50_sd_log10), 3)} times "
            f"{'above' if off > 0 else 'below'} it, {format_number(abs(off), 2)} prior "
            "standard deviations. Check the unit and the coding of the outcomes; if "
            "they are right, widen the prior (ed50_sd_log10)."
        )
    median = 10 ** float(mu.median[0])
    if not ends[0] <= median <= ends[1]:
        side, end = ("below", ends[0]) if median < ends[0] else ("above", ends[1])
        found.append(
            f"The ED50 so far lies {side} every dose that may be given "
            f"({format_number(end)}): animals at the end of the range say little of "
            f"it. Allow doses {side} {format_number(end)}, or report the ED50 as "
            "beyond the range."
        )
    return tuple(found)
