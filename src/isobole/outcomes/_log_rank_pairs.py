"""Log-rank tests of pairs of groups, adjusted by Holm's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._latency_counts import risk_table
from isobole.outcomes._log_rank import (
    DRAWS,
    METHODS,
    Latencies,
    LogRankMethod,
    log_rank_of,
)
from isobole.outcomes._many_to_one import holm
from isobole.results import Missing, check_choice


def log_rank_pairs(
    time: ArrayLike,
    event: ArrayLike,
    group: Sequence[Any],
    *,
    control: str | None = None,
    strata: Sequence[Any] | None = None,
    method: LogRankMethod = "asymptotic",
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[HypothesisTest, ...]:
    """Compare pairs of groups by log-rank, adjusted by Holm's method.

    Parameters
    ----------
    time, event, group : array_like
        One per animal; event 1 seen, 0 censored.
    control : str, optional
        Compare every other group with this one; without it, all pairs.
    strata, method, draws, seed
        As in `log_rank`.

    Raises
    ------
    OptionError
        If `control` is not a group.

    Examples
    --------
    >>> time, seen = [62, 71, 75, 80, 97, 110, 240, 380, 1800], [1] * 8 + [0]
    >>> group = ["veh"] * 3 + ["low"] * 3 + ["high"] * 3
    >>> for test in log_rank_pairs(time, seen, group, control="veh", method="exact"):
    ...     print(test.question, round(test.p, 6), round(test.p_adjusted, 6))
    low against veh 0.1 0.2
    high against veh 0.1 0.2
    """
    check_choice("method", method, METHODS)
    data = Latencies.of(time, event, group, strata)
    if control is not None:
        check_choice("control", control, data.names)
    pairs = [
        (first, second)
        for i, second in enumerate(data.names)
        for first in data.names[i + 1 :]
    ]
    if control is not None:
        pairs = [(name, control) for name in data.names if name != control]
    return pair_tests(data, pairs, method=method, draws=draws, seed=seed)


def pair_tests(
    data: Latencies,
    pairs: Sequence[tuple[str, str]],
    *,
    method: LogRankMethod | Literal["small-sample"],
    draws: int = DRAWS,
    seed: int = 0,
    what: str = "log-rank",
) -> tuple[HypothesisTest, ...]:
    """Compare pairs of groups of checked data, adjusted by Holm's method."""
    found = []
    for first, second in pairs:
        part = pair_of(data, first, second)
        test = log_rank_of(part, method=method, draws=draws, seed=seed, what=what).test
        found.append(replace(test, question=f"{first} against {second}"))
    return tuple(adjust_by_holm(found))


def pair_of(data: Latencies, first: str, second: str) -> Latencies:
    """Return the animals of two groups, `first` in front."""
    codes = [data.names.index(first), data.names.index(second)]
    keep = np.isin(data.group, codes)
    group = (data.group[keep] == codes[1]).astype(np.int64)
    _, stratum = np.unique(data.stratum[keep], return_inverse=True)
    stratum = stratum.astype(np.int64)
    strata = int(stratum.max()) + 1
    time, event = data.time[keep], data.event[keep]
    table = risk_table(time, event, group, 2, stratum, strata)
    return Latencies(time, event, (first, second), group, stratum, strata, table)


def adjust_by_holm(tests: Sequence[HypothesisTest]) -> list[HypothesisTest]:
    """Return the tests with p-values adjusted by Holm; one alone needs none.

    A comparison that cannot be made still counts: it was planned.
    """
    if len(tests) < 2:
        return list(tests)
    known = holm([1.0 if isinstance(test.p, Missing) else test.p for test in tests])
    return [
        replace(
            test,
            p_adjusted=test.p if isinstance(test.p, Missing) else p,
            adjustment=f"Holm, {len(tests)} comparisons",
        )
        for test, p in zip(tests, known, strict=True)
    ]
