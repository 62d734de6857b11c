"""At every event time: how many animals of each group are at risk, how many have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isobole.outcomes._latency_checks import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class RiskTable:
    """Event times of all strata one below the other; `at_risk` and `events` by group.

    An animal censored at an event time is still at risk there.
    """

    times: FloatArray
    stratum: IntArray
    at_risk: FloatArray
    events: FloatArray

    def only(self, groups: list[int]) -> RiskTable:
        """Return the table of some groups, at the times when one of them has events."""
        events = self.events[:, groups]
        keep = events.sum(axis=1) > 0
        return RiskTable(
            self.times[keep],
            self.stratum[keep],
            self.at_risk[:, groups][keep],
            events[keep],
        )


def risk_table(
    time: FloatArray,
    event: IntArray,
    group: IntArray | None = None,
    groups: int = 1,
    stratum: IntArray | None = None,
    strata: int = 1,
) -> RiskTable:
    """Count animals at risk and events at each event time of each stratum."""
    if group is None:
        group = np.zeros(time.size, dtype=np.int64)
    if stratum is None:
        stratum = np.zeros(time.size, dtype=np.int64)
    times, where, at_risk, events = [], [], [], []
    for s in range(strata):
        inside = stratum == s
        moments = np.unique(time[inside & (event == 1)])
        times.append(moments)
        where.append(np.full(moments.size, s, dtype=np.int64))
        risk = np.empty((moments.size, groups))
        seen = np.empty((moments.size, groups))
        for g in range(groups):
            mine = inside & (group == g)
            all_times = np.sort(time[mine])
            hits = np.sort(time[mine & (event == 1)])
            risk[:, g] = all_times.size - np.searchsorted(all_times, moments, "left")
            seen[:, g] = np.searchsorted(hits, moments, "right") - np.searchsorted(
                hits, moments, "left"
            )
        at_risk.append(risk)
        events.append(seen)
    return RiskTable(
        np.concatenate(times),
        np.concatenate(where),
        np.concatenate(at_risk),
        np.concatenate(events),
    )
