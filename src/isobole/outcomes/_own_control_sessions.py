"""Durations over many sessions of the same animals: the linear mixed model."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from isobole.outcomes._kindling_checks import check_level, columns_of, labels_of
from isobole.outcomes._own_control_sessions_result import LinearMixedFit, LinearTerm
from isobole.results import (
    DataError,
    Missing,
    NotComputable,
    Problem,
    check_choice,
)

Criterion = Literal["reml", "ml"]
_NEAR_ZERO = 1e-4


def linear_mixed(
    value: Sequence[float],
    columns: Mapping[str, Sequence[float]],
    animal: Sequence[object],
    *,
    slope_of: str | None = None,
    criterion: Criterion = "reml",
    level: float = 0.95,
) -> LinearMixedFit:
    """Fit a linear mixed model with a random intercept, and slope, per animal.

    For afterdischarge durations, or their logs, over sessions: sessions of one animal
    are not independent. The fit is statsmodels' `MixedLM` (Laird and Ware 1982,
    Biometrics 38:963-974); whether it converged is said.

    Parameters
    ----------
    value : sequence of float
        One per row, for example log10 of the duration in seconds. A session without
        afterdischarge has no duration: leave it out here and compare the shares.
    columns : mapping of name to numbers
        Fixed effects; an intercept is added.
    animal : sequence
        Which animal each row is of.
    slope_of : str, optional
        The column whose slope differs between animals, correlated with the intercept.
    criterion : {"reml", "ml"}
        REML for estimates; ML where log-likelihoods of different fixed effects are to
        be compared.
    level : float
        Confidence of the Wald limits.

    Returns
    -------
    LinearMixedFit

    Raises
    ------
    DataError
        If rows are not numbers, a column repeats another, or only one animal is given.
    OptionError
        If an option does not exist.
    NotComputable
        If the fit breaks down, as with fewer rows than parameters.

    Examples
    --------
    >>> fit = linear_mixed(
    ...     [20.0, 24, 31, 38, 15, 22, 24, 33, 28, 30, 39, 41],
    ...     {"session": [1, 2, 3, 4] * 3},
    ...     [1] * 4 + [2] * 4 + [3] * 4,
    ... )
    >>> round(fit.term("session").estimate, 4)
    5.5
    """
    check_choice("criterion", criterion, get_args(Criterion))
    check_level(level)
    y, names, x = columns_of(value, columns, "value")
    who = labels_of(animal, y.size, "animal")
    if slope_of is not None:
        check_choice("slope_of", slope_of, names)
    _check_design(names, x, who, y.size)
    if np.ptp(y) == 0:
        raise DataError(
            [
                Problem(
                    "values-all-equal",
                    f"all {y.size} values are {y[0]:g}",
                    column="value",
                    remedy="A model needs values that differ; report them as they are.",
                )
            ]
        )
    from statsmodels.regression.mixed_linear_model import MixedLM

    design = np.column_stack([np.ones(y.size), x])
    # The optimiser works on values near one; estimates go back to their own scale.
    spread = float(y.std()) or 1.0
    random = None
    slope_scale = 1.0
    if slope_of is not None:
        at = x[:, names.index(slope_of)]
        slope_scale = float(abs(at).max()) or 1.0
        random = np.column_stack([np.ones(y.size), at / slope_scale])
    model = MixedLM(y / spread, design, groups=np.array(who), exog_re=random)
    with warnings.catch_warnings(record=True):
        # Its warnings become the fit's own sentences below.
        warnings.simplefilter("always")
        try:
            # Its gradient optimisers stop up to 1e-4 short of the top, and fail where
            # a variance is 0; Powell's search does neither.
            found = model.fit(
                reml=criterion == "reml",
                method="powell",
                xtol=1e-10,
                ftol=1e-14,
                maxiter=2000,
            )
        except (np.linalg.LinAlgError, ValueError) as error:
            raise NotComputable(
                "the linear mixed model could not be fitted to these data "
                f"({error}); leave slope_of out, or give more sessions per animal"
            ) from None
        errors = np.asarray(found.bse_fe, dtype=float) * spread
        covariance = np.asarray(found.cov_re, dtype=float) * spread**2
        log_likelihood = float(found.llf)
    sigma = float(np.sqrt(found.scale)) * spread
    estimates = np.asarray(found.fe_params, dtype=float) * spread
    fitted = y.size - (design.shape[1] if criterion == "reml" else 0)
    log_likelihood -= fitted * float(np.log(spread))
    converged = bool(found.converged)
    why = Missing(
        "the optimiser did not converge, so there is no standard error; simplify the "
        "random part"
    )
    terms = tuple(
        LinearTerm(
            name,
            float(b),
            float(s) if converged and np.isfinite(s) else why,
        )
        for name, b, s in zip(("intercept", *names), estimates, errors, strict=True)
    )
    sd = np.sqrt(np.maximum(np.diagonal(covariance), 0))
    sd = sd / np.array([1.0, slope_scale])[: sd.size]
    boundary = None
    correlation: float | Missing | None = None
    axes = np.sqrt(np.maximum(np.linalg.eigvalsh(covariance), 0))
    if axes.min() < _NEAR_ZERO * max(sigma, float(axes.max())):
        boundary = (
            "the variance between animals is estimated at its boundary (0, or "
            "intercept and slope fully correlated)"
        )
    if slope_of is not None:
        product = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
        correlation = (
            float(np.clip(covariance[0, 1] / product, -1, 1))
            if product > 0
            else Missing("a correlation needs two variances above 0")
        )
    return LinearMixedFit(
        terms,
        tuple(float(s) for s in sd),
        correlation,
        sigma,
        log_likelihood,
        criterion,
        slope_of,
        y.size,
        len(set(who)),
        level,
        converged,
        boundary,
    )


def _check_design(names: tuple[str, ...], x: Any, who: list[str], rows: int) -> None:
    problems = []
    design = np.column_stack([np.ones(rows), x])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        problems.append(
            Problem(
                "column-not-its-own",
                f"of the columns {', '.join(names)} one is constant or follows from "
                "the others",
                remedy="Leave it out; the intercept is added already.",
            )
        )
    if len(set(who)) < 2:
        problems.append(
            Problem(
                "one-animal",
                "all rows are of one animal",
                column="animal",
                remedy="Differences between animals need at least two; fit a plain "
                "regression instead.",
            )
        )
    elif len(set(who)) == rows:
        problems.append(
            Problem(
                "one-row-per-animal",
                "every animal has one row only",
                column="animal",
                remedy="Differences between animals need animals with several rows; "
                "fit a plain regression instead.",
            )
        )
    if problems:
        raise DataError(problems)
