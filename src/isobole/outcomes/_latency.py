"""Compare groups by latency: the default report of a seizure study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from isobole.outcomes._competing import CAUSES, cumulative_incidence, incidence_test
from isobole.outcomes._cox import cox_of
from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kaplan_meier import kaplan_meier
from isobole.outcomes._kaplan_meier_limits import (
    INTERVALS,
    MEDIAN_RULES,
    CurveInterval,
    MedianRule,
)
from isobole.outcomes._latency_checks import (
    FloatArray,
    IntArray,
    checked_draws,
    checked_labels,
    checked_level,
    checked_times,
    checked_window,
    need_two,
)
from isobole.outcomes._latency_problems import (
    checked_group_doses,
    early_censoring,
    of_deaths,
)
from isobole.outcomes._latency_result import (
    DeathRule,
    LatencyComparison,
    LatencyGroup,
    LatencyPair,
)
from isobole.outcomes._log_rank import DRAWS, Latencies, log_rank_of
from isobole.outcomes._log_rank_pairs import adjust_by_holm, pair_tests
from isobole.outcomes._log_rank_trend import log_rank_trend
from isobole.outcomes._rmst import rmst, rmst_difference
from isobole.results import check_choice

DEATH_RULES: Final = ("competing", "failure", "exclusion", "censoring")
DEATH_WORDS: Final = {
    "competing": "log-rank of cause-specific hazards, death censoring",
    "failure": "log-rank of the event or death, whichever is first",
    "exclusion": "log-rank without the animals that died before the event",
    "censoring": "log-rank with death taken as censoring",
}
SMALL: Final = 12
"""Animals in the smallest group up to which permutation tests stand beside others."""


def compare_latency(
    time: ArrayLike,
    cause: ArrayLike,
    groups: Sequence[Any],
    *,
    window: float,
    control: str | None,
    strata: Sequence[Any] | None = None,
    doses: Mapping[str, float] | None = None,
    death: DeathRule = "competing",
    reasons: Sequence[str | None] | None = None,
    interval: CurveInterval = "log-log",
    median_rule: MedianRule = "midpoint",
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    unit: str = "s",
    event: str = "first clonic seizure",
) -> LatencyComparison:
    """Compare the time to an event between groups watched for one window.

    Main: the first three arrays, `window`, `control` and `strata`. The report has
    Kaplan-Meier curves, the k-group log-rank test, every group against the control
    (Holm), the trend over dose, the difference in mean event-free time within the
    window, hazard ratios or the reason why there are none, and permutation tests where
    a group has 12 animals or fewer. The window is never averaged in as a latency.

    Parameters
    ----------
    time : array_like
        From that animal's own challenge to the event, to death or to the end of its
        observation.
    cause : array_like
        0 censored, 1 the event, 2 death without the event.
    groups : sequence
        Each animal's group.
    window : float
        Length of the observation, in `unit`.
    control : str or None
        The group that the others are compared with; None (groups still blind) leaves
        out the comparisons in pairs and the hazard ratios.
    strata : sequence, optional
        What was run together (run, day, block).
    doses : mapping, optional
        Dose of each group, for the trend.
    death : {"competing", "failure", "exclusion", "censoring"}
        What a death without the event counts as. As censoring it would be read as if
        the dead would have gone on like the living: a warning says so.
    reasons : sequence of str or None, optional
        Why an animal was censored before the window; without one, a warning.
    interval : {"log-log", "log", "plain"}
        Kind of the limits of curves and medians.
    median_rule : {"midpoint", "first-below"}
        What the median is when a curve stands at exactly 0.5.
    level : float
        Confidence of all limits.
    draws, seed : int
        Of permutation tests whose allocations are too many to count.
    unit, event : str
        Unit of time; what the event is.

    Raises
    ------
    DataError
        If an array is unsound, a time lies beyond the window, or fewer than two groups
        are left.
    OptionError
        If `control` is not a group, or an option does not exist.

    Examples
    --------
    >>> time = [62, 71, 75, 88, 93, 104, 80, 240, 380, 610, 1800, 1800]
    >>> cause = [1] * 10 + [0] * 2
    >>> groups = ["vehicle"] * 6 + ["drug"] * 6
    >>> found = compare_latency(time, cause, groups, window=1800, control="vehicle")
    >>> print(found.group("drug").mean)
    drug: mean event-free time within 1800 s 818 s [249, 1388]
    >>> print(found.pair("drug").permutation)
    drug against vehicle: chi-square = 7.898, p = 0.011 (log-rank, permutation of \
|observed - expected|, exact over all 924 allocations)
    """
    check_choice("interval", interval, INTERVALS)
    check_choice("median_rule", median_rule, MEDIAN_RULES)
    check_choice("death", death, DEATH_RULES)
    checked_level(level)
    checked_draws(draws)
    window = checked_window(window)
    times, causes = checked_times(
        time, cause, name="cause", codes=CAUSES, window=window
    )
    names, index = checked_labels(groups, times.size, "group")
    if control is not None:
        check_choice("control", control, names)
    problems = early_censoring(times, causes, window, reasons, unit)
    problems += of_deaths(causes, death)
    labels = np.array([names[i] for i in index])
    blocks = None if strata is None else np.array(_texts(strata, times.size))
    kept = causes != 2 if death == "exclusion" else np.ones(times.size, dtype=bool)
    excluded = int((~kept).sum())
    if excluded:
        times, causes, labels = times[kept], causes[kept], labels[kept]
        blocks = None if blocks is None else blocks[kept]
    order = [name for name in names if name != control]
    if control is not None:
        order.insert(0, control)
    left = [name for name in order if name in set(labels.tolist())]
    if control is not None:
        check_choice("control", control, left)
    need_two(left)
    scale = checked_group_doses(doses, left)
    # The control's animals come first, so that tests name it first.
    first = np.argsort([left.index(label) for label in labels], kind="stable")
    times, causes, labels = times[first], causes[first], labels[first]
    blocks = None if blocks is None else blocks[first]
    hit = (causes > 0 if death == "failure" else causes == 1).astype(np.int64)
    competing = death == "competing" and bool((causes == 2).any())
    what = DEATH_WORDS[death] if excluded or (causes == 2).any() else "log-rank"
    data = Latencies.of(times, hit, labels.tolist(), _list(blocks))
    small = min(np.bincount(data.group)) <= SMALL
    overall = [log_rank_of(data, what=what).test]
    if small:
        overall.append(
            log_rank_of(
                data, method="small-sample", draws=draws, seed=seed, what=what
            ).test
        )
    made: dict[str, Any] = {"interval": interval, "level": level, "unit": unit}
    summary = []
    for name in left:
        mine = labels == name
        t, c = times[mine], causes[mine]
        free = (c > 0).astype(np.int64) if competing else hit[mine]
        summary.append(
            LatencyGroup(
                name=name,
                n=int(mine.sum()),
                events=int((c == 1).sum()),
                deaths=int((c == 2).sum()),
                censored_early=int(((c == 0) & (t < window)).sum()),
                dose=None if scale is None else scale[name],
                curve=kaplan_meier(t, free, median_rule=median_rule, name=name, **made),
                incidence=cumulative_incidence(t, c, name=name, **made)
                if competing
                else None,
                mean=rmst(t, free, window=window, level=level, name=name, unit=unit),
            )
        )
    trend: list[HypothesisTest] = []
    if scale is not None:
        dose = [scale[label] for label in labels.tolist()]
        given: dict[str, Any] = {"strata": _list(blocks), "draws": draws, "seed": seed}
        trend.append(log_rank_trend(times, hit, dose, **given))
        if small:
            trend.append(
                log_rank_trend(times, hit, dose, method="permutation", **given)
            )
    incidence: list[HypothesisTest] = []
    if competing and not any(group.censored_early for group in summary):
        given = {"window": window, "strata": _list(blocks)}
        incidence.append(incidence_test(times, causes, labels.tolist(), **given).test)
        if small:
            incidence.append(
                incidence_test(
                    times, causes, labels.tolist(), method="permutation", draws=draws,
                    seed=seed, **given,
                ).test
            )  # fmt: skip
    return LatencyComparison(
        event=event,
        unit=unit,
        window=window,
        control=control,
        death=death,
        interval=interval,
        median_rule=median_rule,
        level=level,
        strata=data.strata,
        seed=seed,
        draws=draws,
        groups=tuple(summary),
        excluded=excluded,
        overall=tuple(overall),
        pairs=()
        if control is None
        else _pairs(data, summary, small, what, level, draws, seed),
        trend=tuple(trend),
        incidence=tuple(incidence),
        sensitivity=_sensitivity(times, causes, labels, blocks, death),
        cox=None if control is None else cox_of(data, control=control, level=level),
        problems=tuple(problems),
    )


def _pairs(
    data: Latencies,
    summary: Sequence[LatencyGroup],
    small: bool,
    what: str,
    level: float,
    draws: int,
    seed: int,
) -> tuple[LatencyPair, ...]:
    control, *others = summary
    names = [(group.name, control.name) for group in others]
    plain = pair_tests(data, names, method="asymptotic", what=what)
    counted: Sequence[HypothesisTest | None] = [None] * len(names)
    if small:
        counted = pair_tests(
            data, names, method="small-sample", what=what, draws=draws, seed=seed
        )
    found = [rmst_difference(group.mean, control.mean, level=level) for group in others]
    tests = adjust_by_holm([test for _, test in found])
    return tuple(
        LatencyPair(group.name, control.name, chi_square, exact, difference, test)
        for group, chi_square, exact, (difference, _), test in zip(
            others, plain, counted, found, tests, strict=True
        )
    )


def _sensitivity(
    times: FloatArray,
    causes: IntArray,
    labels: Any,
    blocks: Any,
    death: DeathRule,
) -> tuple[HypothesisTest, ...]:
    """Return the k-group log-rank under the readings of death that were not chosen."""
    if not (causes == 2).any():
        return ()
    found = []
    for rule in ("competing", "failure", "exclusion"):
        # Cause-specific and "as censoring" are one computation under two names.
        if rule == death or (rule == "competing" and death == "censoring"):
            continue
        kept = causes != 2 if rule == "exclusion" else np.ones(times.size, dtype=bool)
        hit = causes > 0 if rule == "failure" else causes == 1
        if np.unique(labels[kept]).size < 2:
            continue
        data = Latencies.of(
            times[kept],
            hit[kept].astype(np.int64),
            labels[kept].tolist(),
            None if blocks is None else blocks[kept].tolist(),
        )
        test = log_rank_of(data, what=DEATH_WORDS[rule]).test
        found.append(replace(test, question=f"death as {rule}: {test.question}"))
    return tuple(found)


def _texts(strata: Sequence[Any], size: int) -> list[str]:
    names, index = checked_labels(strata, size, "stratum")
    return [names[i] for i in index]


def _list(blocks: Any) -> list[str] | None:
    return None if blocks is None else [str(block) for block in blocks]
