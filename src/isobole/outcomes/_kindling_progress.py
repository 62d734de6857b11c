"""Progress of seizure stage over kindling sessions, with the animal as the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isobole.outcomes._hypothesis_test import HypothesisTest
from isobole.outcomes._kindling_checks import (
    check_level,
    group_order,
    labels_of,
    numbers_of,
    same_length,
)
from isobole.outcomes._kindling_permutation import permute_groups, permute_two
from isobole.outcomes._kindling_progress_checks import (
    check_rows,
    kindled_sessions,
    scale_levels,
)
from isobole.outcomes._kindling_progress_result import (
    AnimalCurve,
    KindledCount,
    KindlingProgress,
    SessionQuartiles,
)
from isobole.outcomes._many_to_one import holm
from isobole.outcomes._ordinal_mixed import ordinal_mixed
from isobole.outcomes._ordinal_mixed_fit import OrdinalMixedFit
from isobole.outcomes._ordinal_mixed_link import OrdinalLink
from isobole.results import DataError, Missing, OptionError

FloatArray = NDArray[np.float64]


def kindling_progress(
    stage: Sequence[float],
    session: Sequence[float],
    animal: Sequence[object],
    group: Sequence[object],
    *,
    levels: Sequence[float],
    control: object,
    kindled_at: Mapping[Any, float | None] | None = None,
    points: int = 10,
    link: OrdinalLink = "logit",
    level: float = 0.95,
    seed: int = 1,
) -> KindlingProgress:
    """Compare how seizure stage progresses over sessions between groups.

    Two answers stand side by side. The ordinal mixed model (random intercept and slope
    of session per animal) says how large the difference is and splits it into level
    and pace. The permutation test moves whole animals between groups and assumes no
    model: within each session stages are ranked over all animals (midranks, as a share
    of those observed), an animal's score is its mean rank over its sessions, and the
    groups' mean scores are compared. Stages are never averaged.

    Parameters
    ----------
    stage, session, animal, group : sequences of equal length
        One row per animal and session. A session that was not held has no row.
    levels : sequence of float
        Every stage of the scale, lowest first.
    control : label
        The group that the others are compared with.
    kindled_at : mapping of animal to session or None, optional
        The session that completed the fully-kindled rule; None if it never did.
    points : int
        Quadrature points per random effect.
    link : {"logit", "probit"}
    level : float
        Confidence of the model's limits.
    seed : int
        For random allocations where there are too many to count them all.

    Returns
    -------
    KindlingProgress

    Raises
    ------
    DataError
        If a stage is not on the scale, an animal has two groups or a session twice.
    OptionError
        If the control is no group, or `levels` do not rise.

    Examples
    --------
    >>> stages = [
    ...     0,
    ...     1,
    ...     3,
    ...     4,
    ...     1,
    ...     2,
    ...     4,
    ...     5,
    ...     0,
    ...     2,
    ...     3,
    ...     5,
    ...     0,
    ...     0,
    ...     1,
    ...     1,
    ...     0,
    ...     1,
    ...     1,
    ...     2,
    ...     0,
    ...     1,
    ...     0,
    ...     3,
    ... ]
    >>> progress = kindling_progress(
    ...     stages,
    ...     [1, 2, 3, 4] * 6,
    ...     [rat for rat in "abcdef" for _ in range(4)],
    ...     ["vehicle"] * 12 + ["drug"] * 12,
    ...     levels=range(6),
    ...     control="vehicle",
    ... )
    >>> print(progress.comparisons[0].p)
    0.1
    """
    check_level(level)
    same_length(stage=stage, session=session, animal=animal, group=group)
    y = numbers_of(stage, "stage")
    at = numbers_of(session, "session")
    who = labels_of(animal, y.size, "animal")
    where = labels_of(group, y.size, "group")
    scale = scale_levels(levels)
    check_rows(y, at, who, where, scale)
    order = group_order(where, control)
    if len(order) < 2:
        raise OptionError(
            f"all animals are in '{order[0]}'; give at least two groups to compare"
        )
    curves = _curves(y, at, who, where, order)
    kindled = kindled_sessions(kindled_at, curves)
    full, tests = _models(y, at, who, where, order, points, link, level)
    comparisons, overall = _permutations(y, at, curves, order, seed)
    return KindlingProgress(
        levels=scale,
        groups=order,
        animals=curves,
        quartiles=_quartiles(y, at, where, order),
        kindled=_counts(at, curves, kindled, order),
        fit=full,
        model_tests=tests,
        overall=overall,
        comparisons=comparisons,
        seed=seed,
    )


def _models(
    y: FloatArray,
    at: FloatArray,
    who: list[str],
    where: list[str],
    order: tuple[str, ...],
    points: int,
    link: OrdinalLink,
    level: float,
) -> tuple[OrdinalMixedFit | Missing, tuple[HypothesisTest, ...]]:
    """Fit stage on session × group, and test what the groups add."""
    first = float(at.min())
    columns: dict[str, Any] = {"session": at}
    for name in order[1:]:
        own = np.array([float(label == name) for label in where])
        columns[f"{name} at session {first:g}"] = own
        columns[f"{name} × session"] = own * (at - first)
    pace = [key for key in columns if key.endswith("× session")]
    parts = (
        ("groups differ, in level or pace", ["session"]),
        ("groups differ in pace", [key for key in columns if key not in pace]),
    )

    def fit(keep: Sequence[str]) -> OrdinalMixedFit:
        return ordinal_mixed(
            y.tolist(),
            {key: columns[key] for key in keep},
            who,
            random="intercept-slope",
            slope_of="session",
            points=points,
            link=link,
            level=level,
        )

    try:
        full = fit(tuple(columns))
        tests = tuple(full.against(fit(keep), said) for said, keep in parts)
    except DataError as error:
        lost = Missing(f"the model was not fitted: {error.problems[0]}")
        return lost, tuple(
            HypothesisTest(said, "likelihood ratio", lost) for said, _ in parts
        )
    return full, tests


def _permutations(
    y: FloatArray,
    at: FloatArray,
    curves: tuple[AnimalCurve, ...],
    order: tuple[str, ...],
    seed: int,
) -> tuple[tuple[HypothesisTest, ...], HypothesisTest | None]:
    """Permute animals by their mean rank within sessions."""
    from scipy.stats import rankdata

    share: dict[tuple[float, float], float] = {}
    for t in np.unique(at):
        here = y[at == t]
        ranks = (rankdata(here) - 0.5) / here.size
        share.update(
            {(float(t), float(s)): r for s, r in zip(here, ranks, strict=True)}
        )
    score = np.array(
        [
            np.mean([share[t, s] for t, s in zip(c.sessions, c.stages, strict=True)])
            for c in curves
        ]
    )
    group = np.array([order.index(c.group) for c in curves])
    words = "permutation of animals on their mean within-session rank of stage"
    made = []
    for g, name in enumerate(order[1:], start=1):
        pair = (group == 0) | (group == g)
        here = group[pair] == g
        found = permute_two(score[pair], here, seed)
        gap = float(score[group == g].mean() - score[group == 0].mean())
        made.append(
            HypothesisTest(
                f"{name} against {order[0]}",
                f"{words}, two-sided; {found.method}",
                found.p,
                gap,
                "difference of mean rank share",
            )
        )
    overall = None
    if len(order) > 2:
        adjusted = holm([float(t.p) for t in made])  # type: ignore[arg-type]
        made = [
            replace(t, p_adjusted=p, adjustment=f"Holm, {len(made)} comparisons")
            for t, p in zip(made, adjusted, strict=True)
        ]
        found = permute_groups(score, group, seed, None)
        overall = HypothesisTest(
            "any difference between groups",
            f"{words}, sum of squares between groups; {found.method}",
            found.p,
            found.statistic,
            "sum of squares",
        )
    return tuple(made), overall


def _curves(
    y: FloatArray,
    at: FloatArray,
    who: list[str],
    where: list[str],
    order: tuple[str, ...],
) -> tuple[AnimalCurve, ...]:
    rows: dict[str, list[int]] = {}
    for i, name in enumerate(who):
        rows.setdefault(name, []).append(i)
    made = []
    for name in sorted(rows, key=lambda n: (order.index(where[rows[n][0]]), n)):
        own = sorted(rows[name], key=lambda i: float(at[i]))
        made.append(
            AnimalCurve(
                name,
                where[own[0]],
                tuple(float(at[i]) for i in own),
                tuple(float(y[i]) for i in own),
            )
        )
    return tuple(made)


def _quartiles(
    y: FloatArray, at: FloatArray, where: list[str], order: tuple[str, ...]
) -> tuple[SessionQuartiles, ...]:
    """Return quartiles that are stages seen: the least with a quarter at or below."""
    label = np.array(where)
    made = []
    for name in order:
        for t in np.unique(at[label == name]):
            here = y[(label == name) & (at == t)]
            q = np.quantile(here, [0.25, 0.5, 0.75], method="inverted_cdf")
            made.append(
                SessionQuartiles(name, float(t), here.size, *(float(v) for v in q))
            )
    return tuple(made)


def _counts(
    at: FloatArray,
    curves: tuple[AnimalCurve, ...],
    kindled: dict[str, float | None] | None,
    order: tuple[str, ...],
) -> tuple[KindledCount, ...]:
    if kindled is None:
        return ()
    made = []
    for name in order:
        own = [c for c in curves if c.group == name]
        for t in np.unique(at):
            done = [k for c in own if (k := kindled[c.animal]) is not None and k <= t]
            made.append(KindledCount(name, float(t), len(own), len(done)))
    return tuple(made)
