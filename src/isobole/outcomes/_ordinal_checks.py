"""Scores and covariates, checked before a model of ordered scores is fitted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from isobole.outcomes._cumulative_link import FloatArray, IntArray
from isobole.results import DataError, OptionError, Problem, check_choice


def check_design(
    scores: ArrayLike,
    design: ArrayLike,
    names: Sequence[str],
    levels: Sequence[str],
    terms: dict[str, Sequence[str]] | None,
) -> tuple[IntArray, FloatArray, dict[str, list[int]]]:
    """Return scores, covariates, and the columns of each term."""
    y = check_scores(scores, levels)
    try:
        x = np.asarray(design, dtype=np.float64)
    except (TypeError, ValueError):
        problem = Problem(
            "design-not-numbers",
            "the design holds values that are not numbers",
            remedy="Give groups as columns of 0 and 1, one group left out.",
        )
        raise DataError([problem]) from None
    if x.ndim != 2 or x.shape != (y.size, len(names)) or not len(names):
        msg = (
            f"the design has shape {x.shape}; give {y.size} rows and one column for "
            f"each of the {len(names)} names"
        )
        raise OptionError(msg)
    if not np.isfinite(x).all():
        problem = Problem(
            "design-not-finite",
            "the design holds values that are not finite numbers",
            remedy="Leave out the animals of which a covariate is not known.",
        )
        raise DataError([problem])
    if np.linalg.matrix_rank(np.column_stack([np.ones(y.size), x])) <= x.shape[1]:
        problem = Problem(
            "design-dependent",
            "a column of the design is constant or follows from the others",
            remedy="Leave that column out.",
        )
        raise DataError([problem])
    given = {name: [name] for name in names} if terms is None else terms
    for columns in given.values():
        for column in columns:
            check_choice("column of a term", column, tuple(names))
    places = {
        term: [list(names).index(column) for column in columns]
        for term, columns in given.items()
    }
    return y, x, places


def check_scores(scores: ArrayLike, levels: Sequence[str]) -> IntArray:
    """Return scores as places in `levels`, or raise with every one that is not."""
    if isinstance(levels, str) or len(levels) < 2 or len(set(levels)) < len(levels):
        msg = "levels must be two or more different codes of the scale, in order"
        raise OptionError(msg)
    problems, places = [], []
    for row, score in enumerate(np.atleast_1d(np.asarray(scores, object)), start=1):
        try:
            place = float(score)
        except (TypeError, ValueError):
            place = math.nan
        if math.isnan(place) or place != int(place) or not 0 <= place < len(levels):
            problems.append(
                Problem(
                    "score-not-on-scale",
                    f"animal {row} has the score {score}",
                    row=row,
                    expected=f"the place of a level, 0 to {len(levels) - 1}",
                    remedy="Leave out animals that were not scored; not seen is not 0.",
                )
            )
        else:
            places.append(int(place))
    if problems:
        raise DataError(problems)
    return np.array(places, dtype=np.int64)
