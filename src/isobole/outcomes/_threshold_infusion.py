"""The dose infused until the seizure: an i.v. threshold from bench numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from isobole.outcomes._latency_checks import FloatArray
from isobole.results import DataError, Problem

_COLUMNS = {
    "rate_ml_per_min": ("infusion rate", "mL/min", "Read the pump's setting"),
    "concentration_mg_per_ml": ("concentration", "mg/mL", "Read the bottle's label"),
    "time_s": ("time from the start of infusion", "s",
               "Time the sign from the start; an animal without it has no threshold"),
    "weight_g": ("weight", "g", "Weigh the animal before the infusion"),
}  # fmt: skip


def infusion_threshold(
    rate_ml_per_min: ArrayLike,
    concentration_mg_per_ml: ArrayLike,
    time_s: ArrayLike,
    weight_g: ArrayLike,
) -> FloatArray:
    """Return the dose (mg/kg) infused from the start to the sign, of each animal.

    rate x concentration x time / weight. What stood in the line before the drug, and
    the time of its passage, are not taken off: start the clock when drug enters the
    vein.

    Parameters
    ----------
    rate_ml_per_min : float or array_like
        Infusion rate, mL/min.
    concentration_mg_per_ml : float or array_like
        Of the infused solution, mg/mL.
    time_s : float or array_like
        Seconds from the start of infusion to the sign.
    weight_g : float or array_like
        Body weight, g.

    Returns
    -------
    ndarray
        mg/kg, one per animal.

    Raises
    ------
    DataError
        If a number is missing, zero or negative, or lengths differ.

    Examples
    --------
    >>> infusion_threshold(0.2, 10.0, [26.4, 31.5], [24.0, 25.0])
    array([36.66666667, 42.        ])
    """
    given = {
        "rate_ml_per_min": rate_ml_per_min,
        "concentration_mg_per_ml": concentration_mg_per_ml,
        "time_s": time_s,
        "weight_g": weight_g,
    }
    problems: list[Problem] = []
    arrays: dict[str, FloatArray] = {}
    for name, value in given.items():
        what, unit, remedy = _COLUMNS[name]
        try:
            array = np.atleast_1d(np.asarray(value, dtype=np.float64))
        except (TypeError, ValueError):
            array = np.array([np.nan])
        arrays[name] = array
        problems += [
            Problem(
                f"{name.split('_')[0]}-not-positive",
                f"{what} is {number:g} {unit}",
                row=row if array.size > 1 else None,
                column=name,
                given=f"{number:g}",
                expected=f"a number above 0, in {unit}",
                remedy=remedy,
            )
            for row, number in enumerate(array.ravel(), start=1)
            if not (np.isfinite(number) and number > 0)
        ]
    sizes = {array.shape for array in arrays.values()} - {(1,)}
    if len(sizes) > 1 or any(len(shape) > 1 for shape in sizes):
        listed = ", ".join(f"{name} {array.size}" for name, array in arrays.items())
        problems.append(
            Problem(
                "lengths-differ",
                f"the numbers of values differ: {listed}",
                remedy="Give one number for all animals, or one for each",
            )
        )
    if problems:
        raise DataError(problems)
    rate, concentration, time, weight = arrays.values()
    return np.asarray(rate * concentration * (time / 60) / (weight / 1000))
