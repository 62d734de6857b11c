"""How far two observers agree in their scores, beyond what chance would give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from isobole.outcomes._agreement_result import Agreement, KappaWeights
from isobole.outcomes._ordinal_checks import check_scores
from isobole.outcomes._proportion import check_level, wilson
from isobole.results import (
    Estimate,
    Limits,
    Missing,
    OptionError,
    SetKind,
    check_choice,
)

FloatArray = NDArray[np.float64]
KappaInterval = Literal["asymptotic", "bootstrap"]

ASYMPTOTIC: Final = "Fleiss-Cohen-Everitt asymptotic"
BOOTSTRAP: Final = "bootstrap over items"
_FEWEST: Final = 200


def observer_agreement(
    first: ArrayLike,
    second: ArrayLike,
    *,
    levels: Sequence[str],
    level: float = 0.95,
    interval: KappaInterval = "asymptotic",
    resamples: int = 2000,
    seed: int = 1,
) -> Agreement:
    """Compare two observers' scores of the same items.

    Main
    ----
    first, second : array of int, shape (items,)
        The place of each observer's score in `levels`, from 0, item by item.
    levels : sequence of str
        All codes of the scale in order. Linear and quadratic weights take neighbouring
        levels as one step apart.

    Parameters
    ----------
    first, second, levels
        As above.
    level : float
        Confidence of all limits, 0 to 1.
    interval : {"asymptotic", "bootstrap"}
        By the large-sample standard error (Fleiss, Cohen & Everitt 1969), or between
        percentiles over items drawn again.
    resamples, seed : int
        Of the bootstrap; 200 at least.

    Returns
    -------
    Agreement

    Raises
    ------
    DataError
        With every score that is not a place in `levels`.
    OptionError
        If the observers did not score the same number of items, or an option does not
        exist.

    Examples
    --------
    >>> found = observer_agreement(
    ...     [0, 0, 1, 2, 2, 3, 3, 1],
    ...     [0, 0, 1, 2, 3, 3, 3, 2],
    ...     levels=["0", "1", "2", "3"],
    ... )
    >>> print(found.kappa("quadratic"))
    kappa, quadratic weights 0.9091 [0.7771, 1] (95 % Fleiss-Cohen-Everitt asymptotic)
    """
    check_level(level)
    check_choice("interval", interval, get_args(KappaInterval))
    if resamples != int(resamples) or resamples < _FEWEST:
        msg = f"resamples is {resamples!r}; give {_FEWEST} or more"
        raise OptionError(msg)
    a, b = check_scores(first, levels), check_scores(second, levels)
    if a.size != b.size or a.size == 0:
        msg = (
            f"the observers scored {a.size} and {b.size} items; give both scores of "
            "every item"
        )
        raise OptionError(msg)
    size = len(levels)
    table = np.zeros((size, size), dtype=np.int64)
    np.add.at(table, (a, b), 1)
    draws = None
    if interval == "bootstrap":
        chosen = np.random.default_rng(seed).multinomial(
            a.size, table.ravel() / a.size, size=resamples
        )
        draws = chosen.reshape(resamples, size, size).astype(np.float64)
    same = int(np.trace(table))
    return Agreement(
        tuple(levels),
        tuple(tuple(int(c) for c in row) for row in table),
        Estimate(
            "agreement",
            same / a.size,
            wilson(same, a.size, level),
            method="items scored alike over items",
        ),
        tuple(
            _kappa(table.astype(np.float64), kind, level, draws)
            for kind in get_args(KappaWeights)
        ),
        level,
        interval,
        resamples if draws is not None else None,
        seed if draws is not None else None,
    )


def agreement_weights(size: int, kind: KappaWeights) -> FloatArray:
    """Return the credit for each pair of levels: 1 alike, 0 farthest apart.

    Examples
    --------
    >>> agreement_weights(3, "linear")[0].tolist()
    [1.0, 0.5, 0.0]
    """
    gap = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / (size - 1)
    if kind == "none":
        return np.eye(size)
    return np.asarray(1 - (gap if kind == "linear" else gap**2))


def _point(table: FloatArray, credit: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return observed and chance agreement of one table or a stack of them."""
    share = table / table.sum(axis=(-2, -1), keepdims=True)
    rows, columns = share.sum(axis=-1), share.sum(axis=-2)
    observed = (share * credit).sum(axis=(-2, -1))
    chance = np.einsum("...i,ij,...j->...", rows, credit, columns)
    return np.asarray(observed), np.asarray(chance)


def _constant(table: FloatArray) -> NDArray[np.bool_]:
    """Return whether an observer used one level only, for a table or a stack."""
    one_row = (table.sum(axis=-1) > 0).sum(axis=-1) < 2
    one_column = (table.sum(axis=-2) > 0).sum(axis=-1) < 2
    return np.asarray(one_row | one_column)


def _kappa(
    table: FloatArray, kind: KappaWeights, level: float, draws: FloatArray | None
) -> Estimate:
    name = "kappa, unweighted" if kind == "none" else f"kappa, {kind} weights"
    how = ASYMPTOTIC if draws is None else BOOTSTRAP
    credit = agreement_weights(table.shape[0], kind)
    observed, chance = (float(v) for v in _point(table, credit))
    if _constant(table):
        why = Missing(
            "an observer gave every item the same score, so that kappa could not tell "
            "agreement from chance; score items that differ"
        )
        limits = Limits(how, level, None, reason=why.reason)
        return Estimate(name, why, limits, method="Cohen's kappa")
    value = (observed - chance) / (1 - chance)
    limits = (
        _asymptotic(table, credit, observed, chance, value, level)
        if draws is None
        else _bootstrap(draws, credit, level)
    )
    return Estimate(name, value, limits, method="Cohen's kappa")


def _asymptotic(
    table: FloatArray, credit: FloatArray, observed: float, chance: float,
    value: float, level: float,
) -> Limits:  # fmt: skip
    n = float(table.sum())
    share = table / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    # Mean credit of each level against the other observer's scores.
    of_row, of_column = credit @ columns, rows @ credit
    # Fleiss, Cohen & Everitt 1969, eq. 13.
    parts = credit * (1 - chance) - (of_row[:, None] + of_column[None, :]) * (
        1 - observed
    )
    spread = float((share * parts**2).sum())
    spread -= (observed * chance - 2 * chance + observed) ** 2
    if spread <= 1e-14:
        why = (
            "the large-sample standard error is 0, as when observers agree in every "
            "item; that says nothing of other items, judge by the limits of the share "
            "scored alike"
        )
        return Limits(ASYMPTOTIC, level, None, reason=why)
    se = math.sqrt(spread / n) / (1 - chance) ** 2
    reach = float(ndtri((1 + level) / 2)) * se
    return _inside(ASYMPTOTIC, level, value - reach, value + reach)


def _bootstrap(draws: FloatArray, credit: FloatArray, level: float) -> Limits:
    observed, chance = _point(draws, credit)
    kept = ~_constant(draws)
    found = (observed[kept] - chance[kept]) / (1 - chance[kept])
    lost = int((~kept).sum())
    if lost > 0.05 * kept.size or np.ptp(found) < 1e-12:
        why = (
            f"kappa does not vary, or does not exist in {lost} of {kept.size} samples "
            "drawn again; score more items that differ"
        )
        return Limits(BOOTSTRAP, level, None, reason=why)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    note = f"{lost} samples had no kappa" if lost else None
    kind: SetKind = "interval"
    return Limits(BOOTSTRAP, level, kind, float(low), float(high), note=note)


def _inside(kind: str, level: float, low: float, high: float) -> Limits:
    """Return limits cut to the range of kappa."""
    return Limits(kind, level, "interval", max(low, -1.0), min(high, 1.0))
