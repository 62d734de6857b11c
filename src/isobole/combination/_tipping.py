"""The tipping ED50, and what the "inactive" drug's own groups say about it.

With the other drug inactive the additive isobole is horizontal: its dose costs nothing
and changes nothing, so additivity expects gamma = 1. If instead its own ED50 is B,
Loewe expects gamma = 1 - d / B at the fixed dose d. A shift gamma is therefore plain
additivity if B = d / (1 - gamma): the tipping ED50. The shift is more than additive
only if B lies above it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import bdtr

from isobole.doseresponse import Link, QuantalData, fit_quantal
from isobole.doseresponse._links import probability, quantile
from isobole.results import (
    DoseUnit,
    Estimate,
    Limits,
    Missing,
    clopper_pearson,
    value_or_none,
)


def tipping_ed50(
    index: Estimate, fixed: float, other: str, unit: DoseUnit | None = None
) -> Estimate:
    """Return the ED50 of the other drug at which the shift is plain additivity.

    Parameters
    ----------
    index : Estimate
        Gamma, the ED50 with over the ED50 without the fixed dose.
    fixed : float
        The fixed dose of the other drug.
    other : str
        Its name.

    Examples
    --------
    >>> limits = Limits("log-delta", 0.95, "interval", 0.574, 0.937)
    >>> print(tipping_ed50(Estimate("index", 0.733, limits), 40.0, "Mg"))
    tipping ED50 of Mg 149.8 [93.9, 634.9] (95 % log-delta)
    """
    gamma, limits = index.value, index.limits
    value: float | Missing
    if isinstance(gamma, Missing):
        value = gamma
    elif gamma >= 1:
        value = Missing(
            f"the index is not below 1, so no ED50 of {other} would explain it by "
            "additivity."
        )
    else:
        value = fixed / (1 - gamma)
    name = f"tipping ED50 of {other}"
    if limits.set_kind not in ("interval", "ray", "line"):
        none = Limits(limits.kind, limits.level, None, reason=limits.reason)
        return Estimate(name, value, none, unit=unit)
    if limits.low is not None and limits.low >= 1:
        reason = (
            "The whole interval of the index lies at or above 1: no ED50 of "
            f"{other} makes the shift additive."
        )
        none = Limits(limits.kind, limits.level, None, reason=reason)
        return Estimate(name, value, none, unit=unit)
    # An index that may be as low as 0 puts the tipping ED50 at the fixed dose itself.
    low = fixed / (1 - (limits.low or 0.0))
    high = limits.high
    low_open = limits.low is None or limits.bounds in ("open", "low-open")
    if high is None or high >= 1:
        reason = (
            "The interval of the index reaches 1, so the upper side is not bounded: "
            f"an ED50 of {other} however high may explain the data by additivity."
        )
        found = Limits(
            limits.kind, limits.level, "ray", low, None,
            "low-open" if low_open else "closed", reason,
        )  # fmt: skip
        return Estimate(name, value, found, unit=unit)
    high_open = limits.bounds in ("open", "high-open")
    bounds = {
        (False, False): "closed", (True, True): "open", (True, False): "low-open",
    }.get((low_open, high_open), "high-open")  # fmt: skip
    found = Limits(
        limits.kind, limits.level, "interval", low, fixed / (1 - high),
        bounds,  # type: ignore[arg-type]
    )  # fmt: skip
    return Estimate(name, value, found, unit=unit)


@dataclass(frozen=True, slots=True)
class OwnGroup:
    """One dose of the other drug alone, and what it bounds.

    `upper` is the one-sided upper limit of the response, `both` the two-sided one;
    `error` the chance of so few affected, here and at higher doses, if the ED50 were
    at or below this dose: no slope is assumed. `ed50_above` needs the stated slope.
    """

    dose: float
    n: int
    affected: int
    upper: float
    both: float
    error: float
    ed50_above: float | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields; percents are 0 to 100."""
        above = self.ed50_above
        return {
            "dose": self.dose,
            "n": self.n,
            "affected": self.affected,
            "upper_one_sided_percent": 100 * self.upper,
            "upper_two_sided_percent": 100 * self.both,
            "ed50_above_dose_error": self.error,
            "ed50_above_by_slope": value_or_none(above),
            "reason": above.reason if isinstance(above, Missing) else None,
        }


@dataclass(frozen=True, slots=True)
class OwnArm:
    """What the groups given the other drug alone support."""

    groups: tuple[OwnGroup, ...]
    ed50: Estimate | Missing
    slope: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        ed50 = self.ed50
        reasons = [] if self.slope is not None else ["no slope was stated"]
        if isinstance(ed50, Missing):
            reasons.insert(0, ed50.reason.rstrip("."))
        return {
            "groups": [group.to_dict() for group in self.groups],
            "ed50": None if isinstance(ed50, Missing) else ed50.to_dict(),
            "slope_for_bound": self.slope,
            "reason": "; ".join(reasons) or None,
        }


def own_arm(
    own: QuantalData, *, slope: float | None, link: Link, level: float
) -> OwnArm:
    """Bound the response and the ED50 of the other drug from its own groups.

    Slope-free: were the ED50 at or below d, every group at d or above would respond
    with at least one half, so the chance of as few affected is at most the binomial
    one at one half (0.5^n for 0 of n). With a slope b, the one-sided upper limit of
    the response at d gives log10 ED50 > log10 d + (q - F^-1(upper)) / b.

    Examples
    --------
    >>> arm = own_arm(QuantalData([40], [8], [0]), slope=8, link="probit", level=0.95)
    >>> group = arm.groups[0]
    >>> print(
    ...     f"{group.upper:.3f} {group.both:.3f} {group.error:.4f} "
    ...     f"{group.ed50_above:.1f}"
    ... )
    0.312 0.369 0.0039 46.0
    """
    dose, n, r = own.groups
    q = float(quantile(link, 0.5))
    groups = []
    for i in range(dose.size):
        size, hit = int(n[i]), int(r[i])
        upper = clopper_pearson(hit, size, level=level, sides="upper").high or 0.0
        both = clopper_pearson(hit, size, level=level).high or 0.0
        error = float(bdtr(int(r[i:].sum()), int(n[i:].sum()), 0.5))
        above: float | Missing = Missing("no slope was stated (slope_for_bound)")
        if slope is not None and upper >= 1:
            above = Missing("every animal was affected, which bounds no ED50 below")
        elif slope is not None:
            gap = (q - float(quantile(link, upper))) / slope
            above = 10.0 ** (math.log10(float(dose[i])) + gap)
        groups.append(OwnGroup(float(dose[i]), size, hit, upper, both, error, above))
    ed50: Estimate | Missing
    if dose.size < 2:
        ed50 = Missing("one dose alone gives no curve and no ED50.")
    else:
        ed50 = fit_quantal(own, link=link, level=level).ed(50)
    return OwnArm(tuple(groups), ed50, slope)


@dataclass(frozen=True, slots=True)
class TippingDose:
    """A dose of the other drug, and what plain additivity predicts there.

    `expected` of `n` animals would be affected, and `none` is the chance of none, if
    the ED50 were the tipping one and the curve had this slope. Seeing none argues
    against plain additivity only where that chance is small.
    """

    dose: float
    slope: float
    n: int
    expected: float
    none: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields."""
        return {
            "dose": self.dose,
            "slope": self.slope,
            "n": self.n,
            "expected_affected": self.expected,
            "chance_of_none": self.none,
        }


def tipping_doses(
    fixed: float,
    tipping: float,
    slopes: Sequence[float],
    n: int,
    link: Link,
    level: float,
) -> tuple[TippingDose, ...]:
    """List doses from the fixed one to the tipping ED50, and what none affected says.

    Between them stands the lowest dose at which none of `n` has a chance of at most
    1 - level under plain additivity.

    Examples
    --------
    >>> for at in tipping_doses(40, 150, [8], 8, "probit", 0.95):
    ...     print(f"{at.dose:.0f}: {at.expected:.2f} of 8, none {at.none:.3f}")
    40: 0.00 of 8, none 1.000
    130: 2.50 of 8, none 0.050
    150: 4.00 of 8, none 0.004
    """
    q = float(quantile(link, 0.5))
    needed = 1 - (1 - level) ** (1 / n)
    found = []
    for slope in slopes:
        gap = (float(quantile(link, needed)) - q) / slope
        telling = tipping * 10.0**gap
        for dose in sorted({fixed, max(fixed, telling), tipping}):
            eta = q + slope * math.log10(dose / tipping)
            p = float(probability(link, np.asarray(eta)))
            found.append(TippingDose(dose, slope, n, n * p, (1 - p) ** n))
    return tuple(found)
