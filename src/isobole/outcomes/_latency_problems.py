"""What must be said of latencies before they are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from isobole.outcomes._latency_checks import FloatArray, IntArray
from isobole.results import DataError, OptionError, Problem


def early_censoring(
    times: FloatArray,
    causes: IntArray,
    window: float,
    reasons: Sequence[str | None] | None,
    unit: str,
) -> list[Problem]:
    """Return a problem for each animal censored before the window."""
    if reasons is not None and len(reasons) != times.size:
        msg = (
            f"there are {times.size} animals and {len(reasons)} reasons; give one per "
            "animal, None where there is none"
        )
        raise OptionError(msg)
    found = []
    for i in np.flatnonzero((causes == 0) & (times < window)).tolist():
        reason = reasons[i] if reasons is not None else None
        told = (reason or "").strip()
        found.append(
            Problem(
                "censored-before-window",
                f"observation ended at {times[i]:g} {unit}, before the window of "
                f"{window:g} {unit}" + (f" ({told})" if told else ", without a reason"),
                severity="notice" if told else "warning",
                row=i + 1,
                column="time",
                given=f"{times[i]:g}",
                remedy="Permutation tests assume that its reason does not depend on "
                "the group"
                if told
                else "Say why it ended; a death is cause 2, an animal seen to the "
                f"end has time {window:g}",
            )
        )
    return found


def of_deaths(causes: IntArray, death: str) -> list[Problem]:
    """Return what must be said of deaths under the rule chosen."""
    count = int((causes == 2).sum())
    if not count:
        return []
    dead = "1 animal died" if count == 1 else f"{count} animals died"
    if death == "censoring":
        return [
            Problem(
                "death-as-censoring",
                f"{dead} without the event and count as censored: that supposes they "
                "would have had the event as late as the living",
                severity="warning",
                column="cause",
                given="censoring",
                expected="competing, failure or exclusion",
                remedy="Take death as a competing event (death='competing') and read "
                "the cumulative incidence",
            )
        ]
    if death == "exclusion":
        return [
            Problem(
                "deaths-excluded",
                f"{dead} without the event and were left out: groups are no longer "
                "those that were randomised",
                severity="warning",
                column="cause",
                remedy="Read the sensitivity analysis beside this",
            )
        ]
    return []


def checked_group_doses(
    doses: Mapping[str, float] | None, names: Sequence[str]
) -> dict[str, float] | None:
    """Return the dose of every group, or raise."""
    if doses is None:
        return None
    given = {str(name): dose for name, dose in doses.items()}
    absent = [name for name in names if name not in given]
    if absent:
        raise DataError(
            [
                Problem(
                    "dose-missing",
                    f"doses has no entry for {name!r}",
                    column="dose",
                    remedy="Give the dose of every group, 0 for vehicle",
                )
                for name in absent
            ]
        )
    unknown = [name for name in names if not np.isfinite(given[name])]
    if unknown:
        raise DataError(
            [
                Problem(
                    "dose-missing",
                    f"the dose of {name!r} is {given[name]}",
                    column="dose",
                    remedy="Give a number, 0 for vehicle; for groups without an order "
                    "by dose leave doses out",
                )
                for name in unknown
            ]
        )
    return {name: float(given[name]) for name in names}
