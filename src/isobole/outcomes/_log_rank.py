"""Log-rank tests: k groups, stratified, by chi-square or by permutation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._latency_checks import (
    FloatArray,
    IntArray,
    checked_draws,
    checked_labels,
    checked_strata,
    checked_times,
    need_two,
)
from isobole.outcomes._latency_counts import RiskTable, risk_table
from isobole.outcomes._latency_words import join_words
from isobole.outcomes._log_rank_permutation import (
    LARGEST_STRATUM,
    Permutation,
    drawn,
    exact_two_groups,
)
from isobole.outcomes._log_rank_result import LogRank
from isobole.outcomes._log_rank_scores import (
    chi_square_p,
    log_rank_sums,
    scores,
    whole_scores,
)
from isobole.results import Missing, OptionError, check_choice

LogRankMethod = Literal["asymptotic", "permutation", "exact"]

METHODS: Final = ("asymptotic", "permutation", "exact")
DRAWS: Final = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Latencies:
    """Checked times of animals in groups and strata, with their risk table."""

    time: FloatArray
    event: IntArray
    names: tuple[str, ...]
    group: IntArray
    stratum: IntArray
    strata: int
    table: RiskTable

    def by_name(self) -> tuple[IntArray, IntArray]:
        """Return each animal's place of its group by name, and each group's place.

        Random draws then do not depend on which group is met first.
        """
        place = np.argsort(np.argsort(self.names)).astype(np.int64)
        return place[self.group], place

    @classmethod
    def of(
        cls,
        time: ArrayLike,
        event: ArrayLike,
        group: Sequence[Any],
        strata: Sequence[Any] | None,
    ) -> Latencies:
        """Check arrays and count who is at risk."""
        times, events = checked_times(time, event)
        names, index = checked_labels(group, times.size, "group")
        need_two(names)
        stratum, count = checked_strata(strata, times.size)
        table = risk_table(times, events, index, len(names), stratum, count)
        return cls(times, events, names, index, stratum, count, table)


def log_rank(
    time: ArrayLike,
    event: ArrayLike,
    group: Sequence[Any],
    *,
    strata: Sequence[Any] | None = None,
    method: LogRankMethod = "asymptotic",
    draws: int = DRAWS,
    seed: int = 0,
) -> LogRank:
    """Test whether groups have the event equally early.

    Parameters
    ----------
    time, event, group : array_like
        One per animal; event 1 seen, 0 censored.
    strata : sequence, optional
        What was run together (run, day, block): compared within, then summed.
    method : {"asymptotic", "permutation", "exact"}
        Chi-square with the hypergeometric variance; random allocations within strata;
        or all of them (two groups, at most 36 animals in a stratum). Permutation is
        valid where allocation does not change the times of censoring, as when every
        animal is watched to the end of one window.
    draws : int
        Random allocations, for ``"permutation"``.
    seed : int
        Of the random allocations; recorded in the result.

    Returns
    -------
    LogRank

    Raises
    ------
    DataError
        If an array is unsound or there is one group.
    OptionError
        If the exact test is asked for more than two groups or too many animals.

    Examples
    --------
    >>> vehicle, drug = [62, 71, 75, 88, 93, 104, 118, 131], [1800] * 8
    >>> groups = ["vehicle"] * 8 + ["drug"] * 8
    >>> seen = [1] * 8 + [0] * 8
    >>> found = log_rank(vehicle + drug, seen, groups, method="exact")
    >>> f"{found.test.p:.4e}"
    '1.5540e-04'
    """
    check_choice("method", method, METHODS)
    data = Latencies.of(time, event, group, strata)
    return log_rank_of(data, method=method, draws=draws, seed=seed)


def log_rank_of(
    data: Latencies,
    *,
    method: LogRankMethod | Literal["small-sample"] = "asymptotic",
    draws: int = DRAWS,
    seed: int = 0,
    what: str = "log-rank",
) -> LogRank:
    """Do `log_rank` on checked data.

    ``"small-sample"`` is the exact test where allocations can be counted, and random
    allocations otherwise.
    """
    sums = log_rank_sums(data.table)
    statistic, df = sums.chi_square()
    within = f", stratified ({data.strata} strata)" if data.strata > 1 else ""
    name = f"{what}{within}"
    question = f"{join_words(list(data.names))}: equally early?"
    if df == 0:
        none = no_comparison(data.table)
        test = HypothesisTest(question, name, none, none, "chi-square")
        found = None
    elif method == "asymptotic":
        how = f"{name}, chi-square with hypergeometric variance"
        p = chi_square_p(statistic, df)
        test = HypothesisTest(question, how, p, statistic, "chi-square", df)
        found = None
    else:
        found = _permuted(data, method, draws, seed)
        statistic_words = (
            "|observed - expected|" if len(data.names) == 2 else "the quadratic form"
        )
        how = f"{name}, permutation of {statistic_words}, {found.words()}"
        test = HypothesisTest(question, how, found.p, statistic, "chi-square")
    return LogRank(
        names=data.names,
        n=tuple(np.bincount(data.group, minlength=len(data.names)).tolist()),
        observed=tuple(sums.observed.astype(int).tolist()),
        expected=tuple(sums.expected.tolist()),
        strata=data.strata,
        test=test,
        permutation=found,
    )


def no_comparison(table: RiskTable) -> Missing:
    """Say why events do not compare the groups."""
    if not table.times.size:
        return Missing("no animal had the event: there is nothing to compare")
    if ((table.at_risk > 0).sum(axis=1) > 1).any():
        return Missing(
            "whenever two groups were under observation all their animals had the "
            "event at once: there is nothing to compare"
        )
    return Missing(
        "no animal had the event while another group was under observation: there is "
        "nothing to compare"
    )


def _exact(data: Latencies) -> Permutation | None:
    if np.bincount(data.stratum).max() > LARGEST_STRATUM:
        return None  # before the common denominator grows with every animal
    whole = whole_scores(data.time, data.event, data.stratum, data.table)
    return exact_two_groups(whole, data.group, data.stratum)


def _permuted(data: Latencies, method: str, draws: int, seed: int) -> Permutation:
    exact = None
    if method == "small-sample" and len(data.names) == 2:
        exact = _exact(data)
    if exact is not None:
        return exact
    if method in ("permutation", "small-sample"):
        return drawn(
            scores(data.time, data.event, data.stratum, data.table),
            data.by_name()[0],
            len(data.names),
            data.stratum,
            draws=checked_draws(draws),
            seed=seed,
        )
    if len(data.names) > 2:
        msg = (
            f"the exact log-rank test compares two groups; there are "
            f"{len(data.names)}. Use method='permutation', or pairs of groups."
        )
        raise OptionError(msg)
    found = _exact(data)
    if found is None:
        msg = (
            f"{data.time.size} animals have too many allocations to count (at most "
            f"{LARGEST_STRATUM} in a stratum). Use method='permutation'."
        )
        raise OptionError(msg)
    return found
