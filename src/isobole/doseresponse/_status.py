"""What can be said of a table before any number: one status, all flags, sentences."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

from isobole.doseresponse._core import (
    ALL_AFFECTED,
    FINITE,
    NONE_AFFECTED,
    QUASI_SEPARATED,
    REVERSED_SEPARATED,
    SEPARATED,
    SINGLE_DOSE,
    Batch,
    span,
)

Status = Literal[
    "single-dose",
    "none-affected",
    "all-affected",
    "separated",
    "quasi-separated",
    "reversed",
    "slope-not-significant",
    "extrapolated",
    "ok",
]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
OK: Final = STATUSES.index("ok")

SENTENCES: Final[dict[str, str]] = {
    "single-dose": "Only one dose was tested, so no curve can be drawn; the exact "
    "binomial interval of that dose is given instead. Test at least two more doses.",
    "none-affected": "No animal was affected at any dose: the ED50 lies above the "
    "highest dose. Test higher doses.",
    "all-affected": "Every animal was affected at every dose: the ED50 lies below the "
    "lowest dose. Test lower doses.",
    "separated": "No dose had a partial response: any steep enough curve fits, so the "
    "slope is infinite and the ED50 is only known to lie between two doses. Test a "
    "dose between them; the likelihood limits hold as they stand.",
    "quasi-separated": "Only one dose had a partial response, with none affected below "
    "it and all above: the slope is infinite. The likelihood limits hold; limits from "
    "a standard error would be far too narrow. Test a dose close to it.",
    "reversed": "The response falls with dose, so there is no ED50 of a rising curve. "
    "Check whether the counts are of the endpoint or of its absence.",
    "slope-not-significant": "The slope cannot be told from zero by the likelihood "
    "ratio, so the ED50 is not well determined. Test doses further apart or more "
    "animals.",
    "extrapolated": "The ED50 lies outside the tested doses: it is an extrapolation. "
    "Test doses beyond it.",
    "ok": "A rising curve with a finite slope, its ED50 inside the tested doses.",
    "non-monotone": "The observed response falls between some neighbouring doses; "
    "chance alone often does this at small n. Compare the isotonic estimate.",
    "heterogeneous": "The counts scatter about the curve more than chance allows "
    "(Pearson p < 0.05). Look for a dose, day or batch that stands out, or another "
    "link; limits without a heterogeneity factor would be too narrow.",
    "boundary-natural-response": "The natural response was estimated at its boundary, "
    "0: the curve is the same as without one.",
}


# With natural response the counts are read against it: a dose below the step may well
# have affected animals.
CORRECTED_SENTENCES: Final[dict[str, str]] = {
    **SENTENCES,
    "none-affected": "No dose did more than the natural response: the ED50 lies above "
    "the highest dose. Test higher doses.",
    "separated": "The counts are those of a step: natural response alone up to one "
    "dose, every animal from the next. The slope is infinite and the ED50 is only "
    "known to lie between the two. Test a dose between them; the likelihood limits "
    "hold as they stand.",
    "quasi-separated": "The counts are those of a step at one dose: natural response "
    "alone below it, every animal above. The slope is infinite. The likelihood limits "
    "hold; limits from a standard error would be far too narrow. Test a dose close to "
    "it.",
}


def slope_test(batch: Batch) -> NDArray[np.float64]:
    """Return the likelihood-ratio chi-square (1 df) of slope zero, per table."""
    return np.maximum(2 * (batch.loglik - batch.flat), 0.0)


def status_codes(
    batch: Batch, q: float, level: float, heterogeneity: NDArray[np.float64] | float = 1
) -> NDArray[np.int8]:
    """Return the index into STATUSES of the first status that applies, per table.

    The slope is judged by its likelihood ratio at 1 - level, which stays right near
    separation where a Wald ratio (g >= 1) calls the steepest slopes insignificant.
    """
    pattern = batch.pattern
    finite = pattern == FINITE
    falling = (pattern == REVERSED_SEPARATED) | (finite & (batch.b < 0))
    cut = chdtri(1.0, 1 - level) * heterogeneity
    weak = finite & (slope_test(batch) <= cut)
    curved = finite & (batch.b != 0)
    m = np.divide(q - batch.a, batch.b, out=np.zeros(finite.shape), where=curved)
    used = (batch.r + batch.s) > 0
    z = batch.scale.z
    lowest, highest = span(z, used)
    outside = finite & ((m < lowest) | (m > highest))
    return np.select(
        [
            pattern == SINGLE_DOSE,
            pattern == NONE_AFFECTED,
            pattern == ALL_AFFECTED,
            pattern == SEPARATED,
            pattern == QUASI_SEPARATED,
            falling,
            weak,
            outside,
        ],
        range(OK),
        OK,
    ).astype(np.int8)


def flags_of(
    *,
    pattern: int,
    slope: float,
    slope_chi2: float,
    cut: float,
    log_ed50: float | None,
    log_doses: NDArray[np.float64],
) -> list[Status]:
    """Return every status that applies to one curve, the first being its status.

    The same order and the same rules as `status_codes`.
    """
    by_pattern: dict[int, Status] = {
        SINGLE_DOSE: "single-dose",
        NONE_AFFECTED: "none-affected",
        ALL_AFFECTED: "all-affected",
        SEPARATED: "separated",
        QUASI_SEPARATED: "quasi-separated",
        REVERSED_SEPARATED: "reversed",
    }
    if pattern != FINITE:
        return [by_pattern[pattern]]
    flags: list[Status] = []
    if slope < 0:
        flags.append("reversed")
    if slope_chi2 <= cut:
        flags.append("slope-not-significant")
    if log_ed50 is not None and not log_doses[0] <= log_ed50 <= log_doses[-1]:
        flags.append("extrapolated")
    return flags or ["ok"]


def is_non_monotone(n: NDArray[np.int64], affected: NDArray[np.int64]) -> bool:
    """Return whether the observed proportion falls between neighbouring doses."""
    return bool(np.any(affected[1:] * n[:-1] < affected[:-1] * n[1:]))
