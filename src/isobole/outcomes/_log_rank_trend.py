"""Tarone's log-rank test of a trend over dose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._latency_checks import FloatArray, checked_draws, checked_times
from isobole.outcomes._log_rank import DRAWS, METHODS, Latencies, no_comparison
from isobole.outcomes._log_rank_permutation import drawn
from isobole.outcomes._log_rank_scores import log_rank_sums, scores
from isobole.results import DataError, Problem, check_choice

TARONE = (
    "Tarone RE (1975) Tests for trend in life table analysis. Biometrika 62:679-682."
)


def log_rank_trend(
    time: ArrayLike,
    event: ArrayLike,
    dose: ArrayLike,
    *,
    strata: Sequence[Any] | None = None,
    method: Literal["asymptotic", "permutation"] = "asymptotic",
    draws: int = DRAWS,
    seed: int = 0,
) -> HypothesisTest:
    """Test whether latency changes steadily over dose (Tarone 1975).

    The statistic is the sum over groups of dose times (observed minus expected); a
    positive z means that the event comes earlier at higher doses.

    Parameters
    ----------
    time, event : array_like
        One per animal; event 1 seen, 0 censored.
    dose : array_like
        The dose of each animal, or any score that orders the groups.
    strata : sequence, optional
        What was run together.
    method : {"asymptotic", "permutation"}
        Normal with the hypergeometric variance, or random allocations within strata.
    draws, seed : int
        Of the random allocations.

    Raises
    ------
    DataError
        If an array is unsound, or all doses are equal.

    Examples
    --------
    >>> time = [62, 71, 75, 80, 97, 110, 240, 380, 1800]
    >>> dose = [0, 0, 0, 50, 50, 50, 100, 100, 100]
    >>> print(log_rank_trend(time, [1] * 8 + [0], dose))
    trend of latency over dose: z = −3.366, p = 0.0008 (Tarone log-rank trend over \
3 doses, two-sided, hypergeometric variance)
    """
    check_choice("method", method, METHODS[:2])
    times, events = checked_times(time, event)
    doses = checked_doses(dose, times.size)
    levels, index = np.unique(doses, return_inverse=True)
    data = Latencies.of(times, events, [f"{levels[i]:g} #{i}" for i in index], strata)
    # Groups are named in order of appearance; their doses follow that order.
    scale = np.array([doses[data.group == g][0] for g in range(len(data.names))])
    sums = log_rank_sums(data.table)
    centred = (scale - scale.mean()) / float(np.ptp(scale))
    variance = float(centred @ sums.covariance @ centred)
    question = "trend of latency over dose"
    within = f", stratified ({data.strata} strata)" if data.strata > 1 else ""
    name = f"Tarone log-rank trend over {levels.size} doses{within}, two-sided"
    if variance <= 1e-12:
        none = no_comparison(data.table)
        return HypothesisTest(question, name, none, none, "z")
    z = float(centred @ sums.difference) / math.sqrt(variance)
    if method == "asymptotic":
        p = 2 * float(ndtr(-abs(z)))
        how = f"{name}, hypergeometric variance"
    else:
        group, place = data.by_name()
        found = drawn(
            scores(times, events, data.stratum, data.table),
            group,
            len(data.names),
            data.stratum,
            draws=checked_draws(draws),
            seed=seed,
            contrast=centred[np.argsort(place)],
        )
        p, how = found.p, f"{name}, permutation, {found.words()}"
    return HypothesisTest(question, how, p, z, "z")


def checked_doses(dose: ArrayLike, size: int) -> FloatArray:
    """Return doses as an array, or raise."""
    doses = np.asarray(dose, dtype=np.float64)
    if doses.shape != (size,) or not np.all(np.isfinite(doses)):
        raise DataError(
            [
                Problem(
                    "dose-missing",
                    f"there must be one number as dose for each of {size} animals",
                    column="dose",
                    remedy="Give the dose of every animal, 0 for vehicle",
                )
            ]
        )
    if np.ptp(doses) == 0:
        raise DataError(
            [
                Problem(
                    "one-dose",
                    f"all animals have dose {doses[0]:g}",
                    column="dose",
                    remedy="A trend needs at least two doses",
                )
            ]
        )
    return doses
