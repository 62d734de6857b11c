"""Probability of an ordered category on the logit and the probit scale.

P(Y = j) = F(upper - eta) - F(lower - eta). Everything is computed in logarithms, so
that a category far out in a tail keeps its digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit, log_ndtr

FloatArray = NDArray[np.float64]
OrdinalLink = Literal["logit", "probit"]

_LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)
# Beyond this a category's end is as good as open, and differences stay finite.
OPEN = 1e8


@dataclass(frozen=True, slots=True, eq=False)
class CategoryTerms:
    """Log-probability of the category seen, and what optimisers need of it.

    `by_high` and `by_low` are derivatives in the upper and the lower end, `slope` and
    `weight` the first and the negative second derivative in the predictor eta.
    """

    log_p: FloatArray
    by_high: FloatArray
    by_low: FloatArray
    slope: FloatArray
    weight: FloatArray


def category_terms(
    link: OrdinalLink, high: FloatArray, low: FloatArray
) -> CategoryTerms:
    """Evaluate categories between `low` and `high`, ends already less eta."""
    return _logit(high, low) if link == "logit" else _probit(high, low)


def _logit(high: FloatArray, low: FloatArray) -> CategoryTerms:
    # F(h) - F(l) = F(h) F(-l) (1 - exp(l - h)): no difference of near equals.
    gap = np.minimum(high - low, 700.0)
    above, below = expit(-high), expit(low)
    rest = 1 / np.expm1(gap)
    return CategoryTerms(
        log_expit(high) + log_expit(-low) + np.log(-np.expm1(-gap)),
        above + rest,
        -below - rest,
        below - above,
        below * (1 - below) + above * (1 - above),
    )


def _probit(high: FloatArray, low: FloatArray) -> CategoryTerms:
    # Mirrored to the lower tail, where log_ndtr keeps its digits.
    flip = low + high > 0
    a = np.where(flip, -low, high)
    b = np.where(flip, -high, low)
    log_a = log_ndtr(a)
    log_p = log_a + np.log(-np.expm1(np.minimum(log_ndtr(b) - log_a, -1e-300)))
    top = np.exp(-0.5 * high * high - _LOG_ROOT_2PI - log_p)
    bottom = np.exp(-0.5 * low * low - _LOG_ROOT_2PI - log_p)
    slope = bottom - top
    bend = low * bottom - high * top
    return CategoryTerms(log_p, top, -bottom, slope, slope * slope - bend)
