"""What every plan of a group size refuses, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from isobole.results import DataError, OptionError, Problem, format_number

SAMPLES: Final = 5_000
LARGEST_SAMPLES: Final = 100_000
_SUM: Final = 1e-6


def check_share(name: str, value: float) -> float:
    """Return a share of animals, 0 to 1.

    Raises
    ------
    DataError
        If it is none; a percentage is asked back.

    Examples
    --------
    >>> check_share("control", 10)
    Traceback (most recent call last):
    ...
    isobole.results._errors.DataError: control is 10. Expected a share of animals, 0 \
to 1. Is it 10 %? Then give 0.1.
    """
    if 0 <= value <= 1:
        return float(value)
    remedy = "Give the share of animals that show it."
    if 1 < value <= 100:
        given = format_number(value)
        remedy = f"Is it {given} %? Then give {format_number(value / 100)}."
    raise DataError(
        [
            Problem(
                "share-outside-0-to-1",
                f"{name} is {value}",
                given=str(value),
                expected="a share of animals, 0 to 1",
                remedy=remedy,
            )
        ]
    )


def check_design(
    *,
    n: int | None,
    power: float,
    alpha: float,
    comparisons: int,
    ratio: float,
    maximum: int,
    most: int,
) -> None:
    """Refuse sizes and errors that no study has.

    Raises
    ------
    OptionError
    """
    if not 0.5 <= power < 1:
        hint = f" Did you mean {power / 100:g}?" if 50 <= power < 100 else ""
        raise OptionError(f"power is {power}; give 0.5 to below 1, as 0.8.{hint}")
    if not 0 < alpha <= 0.5:
        hint = f" Did you mean {alpha / 100:g}?" if 0.5 < alpha <= 50 else ""
        msg = (
            f"alpha is {alpha}; give the two-sided error, above 0 and at most 0.5, as "
            f"0.05.{hint}"
        )
        raise OptionError(msg)
    whole("comparisons", comparisons, 1, 20, "treated groups against one control")
    if not (math.isfinite(ratio) and 0.1 <= ratio <= 10):
        msg = f"ratio is {ratio}; give treated animals per control, 0.1 to 10, as 1"
        raise OptionError(msg)
    # Neither group may have more animals than the tests are made for.
    limit = min(most, math.floor(most / ratio))
    whole("maximum", maximum, 2, limit, "animals in the control group")
    if n is not None:
        whole("n", n, 2, limit, "animals in the control group")


def whole(name: str, value: float, low: int, high: int, what: str) -> None:
    """Refuse anything but a whole number in a range."""
    if not (math.isfinite(value) and value == int(value) and low <= value <= high):
        msg = f"{name} is {value}; give {what}, a whole number from {low} to {high}"
        raise OptionError(msg)


def check_samples(samples: int, seed: int) -> None:
    """Refuse numbers of studies that say nothing, or never end."""
    whole("samples", samples, 500, LARGEST_SAMPLES, "studies to simulate")
    whole("seed", seed, 0, 2**63 - 1, "the seed")


def check_distribution(name: str, shares: Sequence[float]) -> NDArray[np.float64]:
    """Return shares at the levels of a scale that sum to 1.

    Raises
    ------
    DataError
        If one is no share, or they do not sum to 1; percentages are asked back.
    """
    values = [float(share) for share in shares]
    total = math.fsum(values) if all(map(math.isfinite, values)) else math.nan
    if any(not value >= 0 for value in values) or not math.isfinite(total):
        wrong, remedy = f"{name} holds a share that is none", "Give shares of 0 to 1."
    elif len(values) < 2:
        wrong, remedy = f"{name} has one level", "Give a share for every level."
    elif abs(total - 100) <= 100 * _SUM:
        wrong = f"{name} sums to 100"
        remedy = "Are these per cent? Then divide them by 100."
    elif abs(total - 1) > _SUM:
        wrong = f"{name} sums to {total:g}"
        remedy = "Give the share of animals at every level, 0 where none is expected."
    else:
        return np.array(values) / total
    raise DataError(
        [
            Problem(
                "not-a-distribution",
                wrong,
                given=", ".join(f"{value:g}" for value in values),
                expected="shares of animals over the levels that sum to 1",
                remedy=remedy,
            )
        ]
    )
