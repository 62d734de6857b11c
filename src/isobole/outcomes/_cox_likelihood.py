"""Partial likelihood of group hazards, and which groups the events can compare.

With groups as the only covariate the likelihood needs counts only: per event time, the
animals at risk and the events of each group.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from isobole.outcomes._latency_checks import FloatArray
from isobole.outcomes._latency_counts import RiskTable

Ties = Literal["efron", "breslow"]
TIES: Final = ("efron", "breslow")

_STEPS = 200


def loglik(
    table: RiskTable, beta: FloatArray, ties: Ties
) -> tuple[float, FloatArray, FloatArray]:
    """Return the log partial likelihood, its gradient and its negative Hessian.

    `beta` holds the log hazard of each group, one of them the base.
    """
    rows, fraction = _terms(table, ties)
    events, risk = table.events, table.at_risk
    top = float(beta.max())  # a common factor of all hazards cancels
    hazard = np.exp(beta - top)
    weights = (risk[rows] - fraction[:, None] * events[rows]) * hazard
    total = weights.sum(axis=1)
    share = weights / total[:, None]
    value = float((events @ (beta - top)).sum() - np.log(total).sum())
    gradient = events.sum(axis=0) - share.sum(axis=0)
    information = -share.T @ share
    # share (1 - share), written so that a share of nearly 1 or 0 keeps its digits.
    others = share @ (1 - np.eye(share.shape[1]))
    np.fill_diagonal(information, (share * others).sum(axis=0))
    return value, gradient, information


def maximise(
    table: RiskTable,
    ties: Ties,
    *,
    free: list[int],
    start: FloatArray | None = None,
) -> tuple[float, FloatArray]:
    """Return the highest log likelihood over the free groups, and where it stands.

    Newton steps, halved until the likelihood rises; it is concave.
    """
    k = table.at_risk.shape[1]
    beta = np.zeros(k) if start is None else start.copy()
    value, gradient, information = loglik(table, beta, ties)
    if not free:
        return value, beta
    for _ in range(_STEPS):
        step = _newton(gradient[free], information[np.ix_(free, free)])
        length = 1.0
        while True:
            trial = beta.copy()
            trial[free] += np.clip(length * step, -5.0, 5.0)
            found = loglik(table, trial, ties)
            if found[0] >= value - 1e-12 * abs(value) or length < 1e-8:
                break
            length /= 2
        beta, (value, gradient, information) = trial, found
        if float(np.max(np.abs(length * step))) < 1e-11:
            break
    return value, beta


def _newton(gradient: FloatArray, information: FloatArray) -> FloatArray:
    """Return the Newton step, in units of each group's own information.

    Far from the maximum one group may carry 10^-20 of the information of another:
    unscaled, its direction would be taken for a singular one.
    """
    scale = np.sqrt(np.diag(information))
    scale = np.where(scale > 0, scale, 1e-30)
    scaled = information / np.outer(scale, scale)
    return np.asarray(np.linalg.lstsq(scaled, gradient / scale, rcond=None)[0] / scale)


def components(
    table: RiskTable, joined: tuple[int, int] | None = None
) -> tuple[list[list[int]], NDArray[np.bool_]]:
    """Return the sets of groups whose hazards can be compared, and who is reached.

    A group with an event while another is at risk bounds the other's hazard from above.
    Two groups have a finite log hazard ratio if and only if such bounds lead both ways
    (Ford 1957 for paired comparisons). Element (a, b) of the second value says whether
    bounds lead from a to b. `joined` are two groups whose ratio is held fixed.
    """
    k = table.at_risk.shape[1]
    reach = np.eye(k, dtype=bool)
    reach |= ((table.events > 0).T.astype(float) @ (table.at_risk > 0)) > 0
    if joined is not None:
        reach[joined] = reach[joined[::-1]] = True
    for through in range(k):
        reach |= np.outer(reach[:, through], reach[through])
    both = reach & reach.T
    sets = {tuple(np.flatnonzero(row).tolist()) for row in both}
    return [list(members) for members in sorted(sets)], reach


def supremum(table: RiskTable, ties: Ties) -> float:
    """Return the least upper bound of the log likelihood, reached or not.

    Where hazards drift apart without end, each set of comparable groups is in the end
    judged among its own animals only.
    """
    sets, _ = components(table)
    return sum(
        maximise(table.only(members), ties, free=list(range(1, len(members))))[0]
        for members in sets
    )


def profile(
    table: RiskTable, ties: Ties, *, group: int, base: int, log_ratio: float
) -> float:
    """Return the highest log likelihood with one log hazard ratio held fixed."""
    sets, _ = components(table, joined=(group, base))
    total = 0.0
    for members in sets:
        part = table.only(members)
        if group not in members:
            total += maximise(part, ties, free=list(range(1, len(members))))[0]
            continue
        start = np.zeros(len(members))
        start[members.index(group)] = log_ratio
        held = {members.index(group), members.index(base)}
        free = [i for i in range(len(members)) if i not in held]
        total += maximise(part, ties, free=free, start=start)[0]
    return total


def _terms(table: RiskTable, ties: Ties) -> tuple[NDArray[np.int64], FloatArray]:
    """Return one entry per event: its time, and the share of tied events taken out."""
    count = table.events.sum(axis=1).astype(int)
    rows = np.repeat(np.arange(count.size), count)
    if ties == "breslow":
        return rows, np.zeros(rows.size)
    first = np.repeat(np.cumsum(count) - count, count)
    return rows, (np.arange(rows.size) - first) / count[rows]
