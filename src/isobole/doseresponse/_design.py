"""A design before any animal is dosed: doses, group sizes and an assumed curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isobole.doseresponse._links import LINKS, Link, quantile
from isobole.results import (
    DataError,
    DoseUnit,
    Missing,
    NotComputable,
    OptionError,
    Problem,
    ProblemList,
    check_choice,
    format_number,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A dose-response curve assumed to be true.

    Parameters
    ----------
    ed50 : float
        The dose at which half of the animals are affected.
    slope : float
        Increase of the predictor per tenfold dose: in probits per decade for the
        probit, where ED84 / ED16 is 10^(2 / slope) (see `dose_ratio`).
    link : {"probit", "logit", "cloglog"}, optional
        Shape of the curve.

    Examples
    --------
    >>> Curve(14, 6)
    Curve(ed50=14, slope=6, link='probit')
    >>> round(Curve(14, 6).dose_ratio(), 2)
    2.15
    """

    ed50: float
    slope: float
    link: Link = "probit"

    def __post_init__(self) -> None:
        check_choice("link", self.link, LINKS)
        found = ProblemList()
        if not (math.isfinite(self.ed50) and self.ed50 > 0):
            found.add(
                Problem(
                    "ed50-not-positive",
                    f"the ED50 is {self.ed50}",
                    given=str(self.ed50),
                    expected="a finite dose above 0",
                    remedy="Give it in the unit of the doses",
                )
            )
        if not (math.isfinite(self.slope) and self.slope > 0):
            found.add(
                Problem(
                    "slope-not-positive",
                    f"the slope is {self.slope}",
                    given=str(self.slope),
                    expected="a finite number above 0 (probits per tenfold dose)",
                    remedy="Take it from an earlier curve: slope = 2 / log10(ED84 / "
                    "ED16); for an endpoint that falls with dose count its absence",
                )
            )
        found.raise_errors()

    @property
    def intercept(self) -> float:
        """The predictor at log10 dose 0."""
        return float(quantile(self.link, 0.5)) - self.slope * math.log10(self.ed50)

    def log_ed(self, percent: float) -> float:
        """Return log10 of the dose that affects `percent` of the animals."""
        q = float(quantile(self.link, percent / 100))
        return (q - self.intercept) / self.slope

    def dose_ratio(self, low: float = 15.865525393145708, high: float = 0.0) -> float:
        """Return ED_high / ED_low; by default ED84 / ED16 (one probit either side)."""
        high = high or 100 - low
        return float(10 ** (self.log_ed(high) - self.log_ed(low)))


class FittedCurve(Protocol):
    """Anything with an intercept and a slope on log10 dose, such as a QuantalFit."""

    @property
    def intercept(self) -> Any: ...

    @property
    def slope(self) -> Any: ...


CurveLike = Curve | FittedCurve | Sequence[float]


def curve_of(curve: CurveLike, link: Link | None) -> Curve:
    """Return the assumed curve, read from a pair, a record or a fit."""
    if isinstance(curve, Curve):
        return curve
    if isinstance(curve, Sequence):
        pair = list(curve)
        if len(pair) != 2:
            msg = f"curve has {len(pair)} values; give (ed50, slope)"
            raise OptionError(msg)
        return Curve(float(pair[0]), float(pair[1]), link or "probit")
    if not (hasattr(curve, "intercept") and hasattr(curve, "slope")):
        msg = f"curve is {curve!r}; give (ed50, slope), a Curve or a fitted curve"
        raise OptionError(msg)
    numbers = []
    for part in (curve.intercept, curve.slope):
        value = getattr(part, "estimate", part)
        if isinstance(value, Missing):
            msg = (
                f"The fitted curve has no finite slope ({value.reason}), so it says "
                "nothing about tables it could give. Assume a curve: (ed50, slope)."
            )
            raise NotComputable(msg)
        numbers.append(float(value))
    shape = cast("Link", getattr(curve, "link", None) or link or "probit")
    intercept, slope = numbers
    if not slope > 0:
        msg = (
            f"The fitted slope is {format_number(slope)}: the curve does not rise, so "
            "it has no ED50 to study. Assume a curve: (ed50, slope)."
        )
        raise NotComputable(msg)
    return Curve(
        10 ** ((float(quantile(shape, 0.5)) - intercept) / slope), slope, shape
    )


def check_design(doses: ArrayLike, n: ArrayLike) -> tuple[FloatArray, IntArray]:
    """Return doses in rising order with their animals, or raise every problem."""
    found = ProblemList()
    try:
        dose = np.atleast_1d(np.asarray(doses, dtype=np.float64)).ravel()
        size = np.atleast_1d(np.asarray(n, dtype=np.float64)).ravel()
    except (TypeError, ValueError):
        raise DataError(
            [
                Problem(
                    "not-a-number",
                    "doses or n hold something that is not a number",
                    expected="numbers only",
                    remedy="Give them like 5, 10, 20, 40 and 8",
                )
            ]
        ) from None
    if size.size == 1:
        size = np.full(dose.size, size[0])
    if size.size != dose.size:
        found.add(
            Problem(
                "length",
                f"{dose.size} doses but {size.size} group sizes",
                expected="one n for all doses, or one for each",
                remedy="Give n once, or once per dose",
            )
        )
    for value in dose[~(np.isfinite(dose) & (dose > 0))]:
        found.add(
            Problem(
                "dose-not-positive",
                f"a dose is {value:g}",
                column="dose",
                given=f"{value:g}",
                expected="finite doses above 0",
                remedy="Leave control groups out: they do not move the ED50 here",
            )
        )
    values, counts = np.unique(dose, return_counts=True)
    for value in values[counts > 1]:
        found.add(
            Problem(
                "dose-repeated",
                f"dose {value:g} stands more than once",
                column="dose",
                given=f"{value:g}",
                expected="each dose once",
                remedy="Add up its animals",
            )
        )
    if values.size < 2:
        found.add(
            Problem(
                "too-few-doses",
                f"{values.size} dose" + "s" * (values.size == 0),
                column="dose",
                expected="at least two doses (three to test the fit)",
                remedy="One dose gives a percentage, not a curve; add doses",
            )
        )
    for value in np.unique(size[~(np.isfinite(size) & (size >= 1) & (size % 1 == 0))]):
        found.add(
            Problem(
                "n-not-whole",
                f"n is {value:g}",
                column="n",
                given=f"{value:g}",
                expected="whole animals, at least 1 per dose",
                remedy="Leave a dose without animals out",
            )
        )
    found.raise_errors()
    order = np.argsort(dose)
    return dose[order], size[order].astype(np.int64)


def design_words(
    dose: FloatArray, n: IntArray, curve: Curve, unit: DoseUnit | None
) -> str:
    """Name a design: every quoted risk stands beside its doses, n and slope."""
    suffix = f" {unit}" if unit else ""
    listed = ", ".join(format_number(float(d)) for d in dose)
    sizes = {int(k) for k in n}
    animals = (
        f"{sizes.pop()} animals each"
        if len(sizes) == 1
        else f"{', '.join(str(int(k)) for k in n)} animals"
    )
    per = {"probit": "probits", "logit": "logits", "cloglog": "units of log(-log)"}
    return (
        f"doses {listed}{suffix} with {animals}, true ED50 "
        f"{format_number(curve.ed50)}{suffix}, slope {format_number(curve.slope)} "
        f"{per[curve.link]} per tenfold dose"
    )
