"""What must be said beside a verdict: arms that differ in more than their drug."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from isobole.combination._data import CombinationData

# Conditions all arms of a study share, and those that belong to each drug.
SHARED: Final = ("species", "strain", "sex", "challenge", "endpoint")
OWN: Final = ("route", "pretreatment", "schedule")


def caveats_of(data: CombinationData) -> tuple[str, ...]:
    """Return one sentence for every mismatch between arms.

    A shared condition must have one value in the whole study. A drug's own route,
    pretreatment and schedule (columns like ``"route VPA"``) must be the same alone and
    in the mixture. Arms on different days are not concurrent.
    """
    found: list[str] = []
    for name, values in data.conditions.items():
        word = name.lower().strip()
        levels = sorted({value for value in values if value})
        if word in SHARED and len(levels) > 1:
            found.append(
                f"The arms differ in {word} ({', '.join(levels)}); additivity compares "
                "like with like only."
            )
        elif word == "day" and len(levels) > 1:
            found += _days(data, values)
        else:
            found += _own(data, name, values)
    if not any("concentration" in name.lower() for name in data.conditions):
        return tuple(found)
    return tuple(found)


def _days(data: CombinationData, values: Sequence[str]) -> list[str]:
    """Say which arms were not run on the same days as the mixture."""
    given = data.dose > 0
    mixed = given.sum(axis=1) > 1
    days = np.array(values)
    with_mixture = set(days[mixed])
    apart = [
        drug
        for k, drug in enumerate(data.drugs)
        if not set(days[given[:, k] & ~mixed]) & with_mixture
    ]
    if not apart:
        return []
    return [
        f"{' and '.join(apart)} alone and the mixture were not run on the same days: "
        "the arms are not concurrent."
    ]


def _own(data: CombinationData, name: str, values: Sequence[str]) -> list[str]:
    word = name.lower().strip()
    kind = next((kind for kind in OWN if word.startswith(kind)), None)
    if kind is None:
        return []
    drug = name.strip()[len(kind) :].strip(" _:()")
    if drug not in data.drugs:
        return []
    k = data.drugs.index(drug)
    given = data.dose > 0
    mixed = given.sum(axis=1) > 1
    column = np.array(values)
    alone = {str(v) for v in column[given[:, k] & ~mixed] if v}
    together = {str(v) for v in column[given[:, k] & mixed] if v}
    if not alone or not together or alone == together:
        return []
    return [
        f"{drug} was given with {kind} {', '.join(sorted(alone))} alone and "
        f"{', '.join(sorted(together))} in the mixture: the two are not the same "
        "treatment."
    ]
