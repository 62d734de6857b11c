"""What Loewe additivity itself gives in a 2 x 2 factorial: a drug added to itself.

Two doses of one drug are one larger dose. With eta = F^-1(p) the dose giving p is
10^(eta / b) in units of the ED50, so a dose giving p1 and one giving p2 together give
F(b log10(10^(eta1 / b) + 10^(eta2 / b))), b being the slope per log10 dose. Bliss
expects 1 - (1 - p1)(1 - p2), which is far less where the curve is steep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from isobole.doseresponse import Link
from isobole.doseresponse._links import probability, quantile
from isobole.results import Missing, clopper_pearson, value_or_none

SLOPES: Final = (4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
"""Slopes per log10 dose that seizure models usually show."""


def sham_response(p1: float, p2: float, slope: float, link: Link = "probit") -> float:
    """Return the response to two doses of one drug that alone give p1 and p2.

    Examples
    --------
    >>> half = half_ed50_response(8)
    >>> print(
    ...     f"{100 * half:.1f} % + {100 * half:.1f} % give "
    ...     f"{100 * sham_response(half, half, 8):.0f} %"
    ... )
    0.8 % + 0.8 % give 50 %
    """
    if max(p1, p2) >= 1:
        return 1.0
    logs = [float(quantile(link, p)) - _median(link) for p in (p1, p2) if p > 0]
    if not logs:
        return 0.0
    top = max(logs)
    # log10 of the summed doses, taken from the larger one against overflow.
    summed = np.log10(sum(10.0 ** ((eta - top) / slope) for eta in logs))
    return float(probability(link, np.asarray(_median(link) + top + slope * summed)))


def _median(link: Link) -> float:
    return float(quantile(link, 0.5))


def half_ed50_response(slope: float, link: Link = "probit") -> float:
    """Return the response to half an ED50."""
    return float(probability(link, np.asarray(_median(link) - slope * np.log10(2.0))))


@dataclass(frozen=True, slots=True)
class LoeweRow:
    """What two doses of one drug give together at one slope.

    `half` is the response to half an ED50 alone, `half_bliss` what Bliss expects of
    two; together they give one half, by definition. `observed` is Loewe's response at
    the single effects seen, `upper` at the upper confidence limits of both.
    """

    slope: float
    half: float
    half_bliss: float
    observed: float | Missing
    upper: float | Missing

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON fields, in percent."""
        absent = self.observed.reason if isinstance(self.observed, Missing) else None
        return {
            "slope": self.slope,
            "half_ed50_alone_percent": 100 * self.half,
            "half_ed50_bliss_percent": 100 * self.half_bliss,
            "half_ed50_together_percent": 50.0,
            "at_observed_percent": _percent(self.observed),
            "at_upper_limits_percent": _percent(self.upper),
            "reason": absent,
        }


def _percent(value: float | Missing) -> float | None:
    found = value_or_none(value)
    return None if found is None else 100 * found


def loewe_rows(
    n: Sequence[int],
    affected: Sequence[int],
    link: Link,
    level: float,
    missing: Missing | None,
) -> tuple[LoeweRow, ...]:
    """Return Loewe's expectation for every slope of `SLOPES`.

    Single effects are Abbott-corrected for the background, the expectation carries
    it again; upper limits are one-sided Clopper-Pearson. A cell 00 without animals
    counts as a background of 0.
    """
    rows = []
    for slope in SLOPES:
        half = half_ed50_response(slope, link)
        observed: float | Missing
        upper: float | Missing
        if missing is not None:
            observed = upper = missing
        else:
            base = affected[0] / n[0] if n[0] else 0.0
            seen = [affected[k] / n[k] for k in (1, 2)]
            tops = [
                clopper_pearson(affected[k], n[k], level=level, sides="upper").high
                or 0.0
                for k in (1, 2)
            ]
            observed = _with_background(seen, base, slope, link)
            upper = _with_background(tops, base, slope, link)
        rows.append(LoeweRow(slope, half, 1 - (1 - half) ** 2, observed, upper))
    return tuple(rows)


def _with_background(
    singles: Sequence[float], base: float, slope: float, link: Link
) -> float:
    own = [max((p - base) / (1 - base), 0.0) for p in singles]
    return base + (1 - base) * sham_response(own[0], own[1], slope, link)
