"""Cumulative incidence when an animal may die before it has the event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from isobole.outcomes._competing_result import CumulativeIncidence
from isobole.outcomes._kaplan_meier_limits import (
    INTERVALS,
    CurveInterval,
    share_limits,
)
from isobole.outcomes._latency_checks import (
    FloatArray,
    IntArray,
    checked_level,
    checked_times,
    checked_window,
)
from isobole.outcomes._latency_counts import risk_table
from isobole.outcomes._log_rank import DRAWS, Latencies, LogRankMethod, log_rank_of
from isobole.outcomes._log_rank_result import LogRank
from isobole.results import DataError, Missing, Problem, check_choice

CAUSES: Final = (0, 1, 2)
"""Censored, the event, death without the event."""

_CERTAIN = Missing("every animal had the event: the estimated variance is 0")
_NEVER = Missing("no animal has had the event so far: the estimated variance is 0")


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    window: float | None = None,
    interval: CurveInterval = "log-log",
    level: float = 0.95,
    name: str = "all animals",
    unit: str = "s",
) -> CumulativeIncidence:
    """Estimate the share of animals that have had the event, death competing.

    The estimator is Aalen and Johansen's; one minus Kaplan-Meier with the dead taken as
    censored would overstate the share. The variance is of Greenwood's type: without
    censoring it is the binomial one. Limits are those of the share without the event,
    turned over, so that without deaths they equal Kaplan-Meier's.

    Parameters
    ----------
    time, cause : array_like
        One per animal; cause 0 censored, 1 the event, 2 death without the event.
    window : float, optional
        Where observation ended; times beyond it are refused.
    interval : {"log-log", "log", "plain"}
        Kind of the limits.
    level : float
        Confidence of the limits.
    name, unit : str
        Group and unit of time.

    Raises
    ------
    DataError
        If a time is negative, no number or beyond the window, or a cause unknown.

    Examples
    --------
    >>> found = cumulative_incidence([60, 80, 90, 300, 1800], [1, 2, 1, 1, 0])
    >>> round(found.incidence_at(1800), 3), round(found.deaths_at(1800), 3)
    (0.6, 0.2)
    """
    check_choice("interval", interval, INTERVALS)
    z = float(ndtri((1 + checked_level(level)) / 2))
    if window is not None:
        window = checked_window(window)
    times, causes = checked_times(
        time, cause, name="cause", codes=CAUSES, window=window
    )
    moments, n, event, death = _counts(times, causes)
    total = event + death
    survival = np.cumprod(1 - total / n)
    before = np.concatenate([[1.0], survival[:-1]])
    incidence = np.cumsum(before * event / n)
    deaths = np.cumsum(before * death / n)
    errors: list[float | Missing] = []
    low: list[float | Missing] = []
    high: list[float | Missing] = []
    variances = _variances(n, event, total, before, incidence)
    for share, variance in zip(incidence.tolist(), variances, strict=True):
        if share <= 0 or share >= 1 - 1e-12:
            reason = _NEVER if share <= 0 else _CERTAIN
            errors.append(reason)
            low.append(reason)
            high.append(reason)
            continue
        se = float(np.sqrt(max(variance, 0.0)))
        lower, upper = share_limits(1 - share, se, z, interval)
        errors.append(se)
        low.append(1 - upper)
        high.append(1 - lower)
    return CumulativeIncidence(
        name=name,
        unit=unit,
        n=int(times.size),
        events=int((causes == 1).sum()),
        deaths=int((causes == 2).sum()),
        times=tuple(moments.tolist()),
        at_risk=tuple(n.astype(int).tolist()),
        event_counts=tuple(event.astype(int).tolist()),
        death_counts=tuple(death.astype(int).tolist()),
        incidence=tuple(incidence.tolist()),
        death_incidence=tuple(deaths.tolist()),
        standard_errors=tuple(errors),
        low=tuple(low),
        high=tuple(high),
        censored=tuple(np.sort(times[causes == 0]).tolist()),
        observed=tuple(np.sort(times).tolist()),
        interval=interval,
        level=level,
    )


def incidence_test(
    time: ArrayLike,
    cause: ArrayLike,
    group: Sequence[Any],
    *,
    window: float,
    strata: Sequence[Any] | None = None,
    method: LogRankMethod = "asymptotic",
    draws: int = DRAWS,
    seed: int = 0,
) -> LogRank:
    """Test whether groups have equal cumulative incidence, death competing.

    Where every animal would have been watched to the window, Gray's comparison of
    subdistributions is a log-rank test in which the dead stay at risk to the window
    (Fine and Gray 1999, complete censoring). It compares who has had the event, not
    who is protected: read it beside the incidence of death.

    Parameters
    ----------
    time, cause, group : array_like
        One per animal; cause 0 censored at the window, 1 the event, 2 death without.
    window : float
        The window observed.
    strata, method, draws, seed
        As in `log_rank`.

    Raises
    ------
    DataError
        If an animal was censored before the window: its later risk is unknown.

    Examples
    --------
    >>> time = [60, 80, 90, 300, 400, 700, 1800, 1800]
    >>> cause = [1, 1, 2, 1, 1, 2, 0, 0]
    >>> group = ["vehicle"] * 4 + ["drug"] * 4
    >>> found = incidence_test(time, cause, group, window=1800, method="exact")
    >>> round(found.test.p, 4)
    0.1429
    """
    window = checked_window(window)
    times, causes = checked_times(
        time, cause, name="cause", codes=CAUSES, window=window
    )
    early = np.flatnonzero((causes == 0) & (times < window))
    if early.size:
        raise DataError(
            [
                Problem(
                    "censored-before-window",
                    f"time {times[i]:g} is censored before the window of {window:g}",
                    row=int(i) + 1,
                    column="time",
                    remedy="Compare cause-specific hazards (log_rank with the dead "
                    "censored), named as such",
                )
                for i in early
            ]
        )
    kept = np.where(causes == 2, window, times)
    data = Latencies.of(kept, (causes == 1).astype(np.int64), group, strata)
    found = log_rank_of(
        data, method=method, draws=draws, seed=seed,
        what="log-rank of the subdistribution (Gray; the dead stay at risk)",
    )  # fmt: skip
    question = found.test.question.replace("equally early?", "equal incidence?")
    return replace(found, test=replace(found.test, question=question))


def _counts(
    times: FloatArray, causes: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return times of events or deaths, animals at risk, events and deaths."""
    table = risk_table(times, (causes > 0).astype(np.int64))
    n = table.at_risk[:, 0]
    event = np.array([((times == t) & (causes == 1)).sum() for t in table.times])
    total = table.events[:, 0]
    event = event.astype(np.float64)
    return table.times, n, event, total - event


def _variances(
    n: FloatArray,
    event: FloatArray,
    total: FloatArray,
    before: FloatArray,
    incidence: FloatArray,
) -> FloatArray:
    """Return the Greenwood-type variance after each time.

    Delta method on the increments d/n, multinomial at each time: a change at time j
    moves the incidence there by S(j-), and all that is added later in proportion to
    1 / (1 - d/n). Equal to the estimator of Aalen, Borgan and Gjessing 2008, 3.4.5, in
    its multinomial form.
    """
    found = np.zeros(n.size)
    left = np.where(n > total, n * (n - total), 1.0)
    for i in range(n.size):
        later = incidence[i] - incidence[: i + 1]
        s, m, d1, d = before[: i + 1], n[: i + 1], event[: i + 1], total[: i + 1]
        found[i] = np.sum(
            later**2 * d / left[: i + 1]
            + s**2 * d1 * (m - d1) / m**3
            - 2 * later * s * d1 / m**2
        )
    return found
