"""Ordered scores of the same animals over and over: the cumulative-link mixed model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from isobole.outcomes._kindling_checks import check_level, columns_of, labels_of
from isobole.outcomes._ordinal_mixed_fit import OrdinalMixedFit, RandomPart, Term
from isobole.outcomes._ordinal_mixed_likelihood import MixedLikelihood
from isobole.outcomes._ordinal_mixed_link import OrdinalLink
from isobole.outcomes._ordinal_mixed_maximum import (
    NEAR_ZERO,
    Maximum,
    climb,
    first_guess,
    separated,
)
from isobole.results import (
    DataError,
    Missing,
    OptionError,
    Problem,
    check_choice,
)

FloatArray = NDArray[np.float64]
Random = Literal["none", "intercept", "intercept-slope"]


def ordinal_mixed(
    score: Sequence[float],
    columns: Mapping[str, Sequence[float]] | Any,
    animal: Sequence[object],
    *,
    random: Random = "intercept",
    slope_of: str | None = None,
    points: int = 10,
    link: OrdinalLink = "logit",
    level: float = 0.95,
) -> OrdinalMixedFit:
    """Fit a cumulative-link mixed model by adaptive Gauss-Hermite quadrature.

    P(score <= j) = F(threshold_j - x'beta - z'b) with b normal and one b per animal
    (Hedeker and Gibbons 1994, Biometrics 50:933-944): a positive effect means higher
    scores. Sessions of one animal are not independent observations; b says so.

    Parameters
    ----------
    score : sequence of float
        Codes of an ordered scale, one per row. Only their order is used.
    columns : mapping of name to numbers, or a two-dimensional array
        Fixed effects without a constant (the thresholds are the constants).
    animal : sequence
        Which animal each row is of.
    random : {"intercept", "intercept-slope", "none"}
        Random intercept per animal; with a correlated random slope; or none, the
        proportional odds model, for comparison.
    slope_of : str, optional
        The column whose slope differs between animals.
    points : int
        Quadrature points per random effect; 1 is the Laplace approximation.
    link : {"logit", "probit"}
    level : float
        Confidence of the Wald limits.

    Returns
    -------
    OrdinalMixedFit

    Raises
    ------
    DataError
        If rows are missing, not numbers or of different lengths, columns repeat each
        other, or all scores are equal.
    OptionError
        If an option does not exist or contradicts another.

    Examples
    --------
    >>> stage = [0, 1, 1, 3, 0, 0, 2, 2, 1, 2, 4, 4, 0, 2, 3, 3]
    >>> session = [1, 2, 3, 4] * 4
    >>> rat = [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4
    >>> fit = ordinal_mixed(stage, {"session": session}, rat)
    >>> round(fit.term("session").estimate, 3)
    3.873
    """
    check_choice("random", random, get_args(Random))
    check_choice("link", link, get_args(OrdinalLink))
    check_level(level)
    if points not in range(1, 51):
        raise OptionError(f"points is {points!r}; give a whole number from 1 to 50")
    y, names, x = columns_of(score, columns, "score")
    who = labels_of(animal, y.size, "animal")
    _check_options(random, slope_of, names)
    _check_rank(names, x)
    seen, category = np.unique(y, return_inverse=True)
    if seen.size < 2:
        raise DataError(
            [
                Problem(
                    "scores-all-equal",
                    f"all {y.size} scores are {seen[0]:g}",
                    remedy="A model of scores needs at least two different ones; "
                    "report the scores as they are.",
                )
            ]
        )
    order = np.argsort(np.unique(np.array(who), return_inverse=True)[1], kind="stable")
    sorted_who = np.array(who)[order]
    start = np.flatnonzero(np.r_[True, sorted_who[1:] != sorted_who[:-1]])
    # Columns near one in size keep every step of the climb in proportion.
    scale = np.array([max(float(x[:, k].std()), 1e-12) for k in range(len(names))])
    centre = x.mean(axis=0) if len(names) else np.zeros(0)
    inner = (x - centre) / scale if len(names) else x
    z = np.zeros((y.size, 0))
    if random != "none":
        z = np.ones((y.size, 1))
    if random == "intercept-slope":
        z = np.column_stack([z, inner[:, names.index(str(slope_of))]])
    frame = MixedLikelihood(
        category[order], inner[order], z[order], start, link, points
    )
    labels = tuple(f"{a:g}|{b:g}" for a, b in pairwise(seen.tolist()))
    base = OrdinalMixedFit.empty(
        names, labels, random, slope_of, link, points, level, y.size, start.size
    )
    reason = separated(frame, names)
    if reason is not None:
        return replace(base, log_likelihood=reason, reason=reason.reason)
    at, top, boundary = _maximise(frame)
    return _finish(base, at, top, boundary, centre, scale)


def _maximise(frame: MixedLikelihood) -> tuple[MixedLikelihood, Maximum, str | None]:
    """Climb from the fit without random effects; go back to it at variance zero."""
    fixed = replace(frame, z=np.zeros((frame.category.size, 0)), _modes=[])
    plain = climb(fixed, first_guess(fixed))
    if not frame.effects:
        return fixed, plain, None
    tops = []
    for spread in (1.0, 0.3):  # the second only where the first found no spread
        guess = first_guess(frame)
        guess[: plain.theta.size] = plain.theta * (1.3 if spread == 1.0 else 1.0)
        guess[plain.theta.size :] *= spread
        tops.append(climb(replace(frame, _modes=[]), guess))
        if tops[-1].converged and _deviations(frame, tops[-1]).max() > NEAR_ZERO:
            break
    top = max(tops, key=lambda t: t.log_likelihood)
    deviations = _deviations(frame, top)
    if deviations.max() < NEAR_ZERO or top.log_likelihood <= plain.log_likelihood:
        return (
            fixed,
            plain,
            (
                "the animals differ no more than sessions of one animal do: the "
                "variance between animals is estimated as 0, its lower boundary"
            ),
        )
    if deviations.min() < NEAR_ZERO:
        return (
            frame,
            top,
            (
                "the covariance of intercept and slope is estimated at its boundary "
                "(correlation 1 or -1, or one variance 0)"
            ),
        )
    return frame, top, None


def _deviations(frame: MixedLikelihood, top: Maximum) -> FloatArray:
    """Return the standard deviations along the random effects' main axes."""
    return np.asarray(np.linalg.svd(frame.factor(top.theta), compute_uv=False))


def _finish(
    base: OrdinalMixedFit,
    frame: MixedLikelihood,
    top: Maximum,
    boundary: str | None,
    centre: FloatArray,
    scale: FloatArray,
) -> OrdinalMixedFit:
    """Carry the estimates back to the columns' own scale, with standard errors."""
    if not top.converged or top.gradient > 1e-2:
        lost = Missing(
            f"the climb did not converge in {top.steps} steps (gradient "
            f"{top.gradient:.2g} per standard error); simplify the random part or join "
            "scores that are rare"
        )
        return replace(base, log_likelihood=lost, reason=lost.reason)
    cuts, d = frame.cuts, frame.effects
    outer = _outer(base, frame, centre, scale)
    estimate = outer(top.theta)
    covariance = _covariance(frame, top)
    if isinstance(covariance, Missing):
        errors: list[float | Missing] = [covariance] * estimate.size
    else:
        jacobian = _jacobian(outer, top.theta)
        spread = np.sqrt(
            np.maximum(np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian), 0)
        )
        errors = [float(s) for s in spread]
    k = cuts + len(base.columns)
    terms = tuple(
        Term(name, "threshold" if i < cuts else "effect", float(estimate[i]), errors[i])
        for i, name in enumerate((*base.thresholds, *base.columns))
    )
    no_error = Missing(f"{boundary}, where a standard error means nothing")
    rest = [no_error if boundary else e for e in errors[k:]]
    wanted = {"none": 0, "intercept": 1, "intercept-slope": 2}[base.random]
    if d == 0:
        zero = tuple([0.0] * wanted)
        part = RandomPart(zero, tuple([no_error] * wanted), _no_correlation(wanted))
    elif d == 1:
        part = RandomPart((float(estimate[k]),), (rest[0],), None)
    else:
        both = estimate[k : k + 2]
        flat = both.min() < NEAR_ZERO
        part = RandomPart(
            (float(both[0]), float(both[1])),
            (rest[0], rest[1]),
            _no_correlation(2) if flat else float(np.clip(estimate[k + 2], -1, 1)),
        )
    return replace(
        base,
        terms=terms,
        random_part=part,
        log_likelihood=top.log_likelihood,
        parameters=cuts + len(base.columns) + wanted * (wanted + 1) // 2,
        gradient=top.gradient,
        steps=top.steps,
        boundary=boundary,
    )


def _no_correlation(effects: int) -> Missing | None:
    if effects < 2:
        return None
    return Missing("a correlation needs two variances above 0")


def _outer(
    base: OrdinalMixedFit,
    frame: MixedLikelihood,
    centre: FloatArray,
    scale: FloatArray,
) -> Any:
    """Return the map from the climb's parameters to those reported."""
    cuts, columns, d = frame.cuts, len(base.columns), frame.effects

    def outer(theta: FloatArray) -> FloatArray:
        beta = theta[cuts : cuts + columns] / scale
        made = [theta[:cuts] + beta @ centre, beta]
        if d:
            factor = frame.factor(theta)
            if d == 2:
                at = base.columns.index(str(base.slope_of))
                turn = np.array([[1.0, -centre[at] / scale[at]], [0.0, 1 / scale[at]]])
                factor = turn @ factor
            sd = np.sqrt((factor * factor).sum(axis=1))
            made.append(sd)
            if d == 2:
                product = float((factor[0] * factor[1]).sum())
                made.append(np.array([product / max(sd[0] * sd[1], 1e-300)]))
        return np.concatenate(made)

    return outer


def _jacobian(outer: Any, theta: FloatArray) -> FloatArray:
    made = []
    for k in range(theta.size):
        step = np.zeros(theta.size)
        step[k] = 1e-6 * max(1.0, abs(theta[k]))
        made.append((outer(theta + step) - outer(theta - step)) / (2 * step[k]))
    return np.array(made).T


def _covariance(frame: MixedLikelihood, top: Maximum) -> FloatArray | Missing:
    """Invert the observed information; at a boundary the flat direction is held."""
    root, vectors = np.linalg.eigh(top.information)
    flat = root < 1e-7 * root.max()
    fixed = frame.cuts + frame.x.shape[1]
    if flat.any() and float(abs(vectors[:fixed, flat]).max()) > 1e-3:
        return Missing(
            "the observed information is not positive definite at the maximum, so "
            "there is no standard error; simplify the model"
        )
    keep = vectors[:, ~flat]
    return np.asarray((keep / root[~flat]) @ keep.T)


def _check_options(random: str, slope_of: str | None, names: tuple[str, ...]) -> None:
    if random == "intercept-slope" and slope_of is None:
        raise OptionError(
            "random='intercept-slope' needs slope_of, the column whose slope differs "
            "between animals"
        )
    if random != "intercept-slope" and slope_of is not None:
        raise OptionError(
            f"slope_of is {slope_of!r} but random is {random!r}; give "
            "random='intercept-slope' or leave slope_of out"
        )
    if slope_of is not None:
        check_choice("slope_of", slope_of, names)


def _check_rank(names: tuple[str, ...], x: FloatArray) -> None:
    """Refuse columns that are constant or follow from the others."""
    held = np.ones((len(x), 1))
    found = []
    for k, name in enumerate(names):
        more = np.column_stack([held, x[:, k] / max(float(abs(x[:, k]).max()), 1e-300)])
        if np.linalg.matrix_rank(more) > held.shape[1]:
            held = more
            continue
        found.append(
            Problem(
                "column-not-its-own",
                "it is constant or follows from the columns before it",
                column=name,
                remedy="Leave it out.",
            )
        )
    if found:
        raise DataError(found)
