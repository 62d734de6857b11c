"""A quantal fit as JSON fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from isobole.results import Estimate, value_or_none

if TYPE_CHECKING:
    from isobole.doseresponse._fit_result import QuantalFit

NO_SE = "There is no standard error without a dose on a rising curve."


def effect_dict(estimate: Estimate) -> dict[str, Any]:
    """Return one entry of ``effects`` of the JSON."""
    reason = estimate.reason
    if reason is None and estimate.log10_se is None:
        reason = NO_SE
    return {
        "percent": estimate.percent,
        "dose": value_or_none(estimate.value),
        "low": estimate.low,
        "high": estimate.high,
        "set_kind": estimate.set_kind,
        "bounds": estimate.limits.bounds,
        "level": estimate.level,
        "interval": estimate.interval,
        "log10_se": estimate.log10_se,
        "reason": reason,
        "note": estimate.limits.note,
    }


def curve_dict(fit: QuantalFit, effects: Sequence[float]) -> dict[str, Any]:
    """Return one entry of ``curves`` of ``isobole/ed50/1``."""
    natural = fit.natural_response
    return {
        "curve": fit.data.curve,
        "endpoint": fit.data.endpoint,
        "unit": None if fit.data.unit is None else str(fit.data.unit),
        "status": fit.status,
        "flags": list(fit.flags),
        "message": fit.message or "A rising curve with its ED50 inside the doses.",
        "link": fit.link,
        "method": fit.options.method,
        "convention": fit.options.convention,
        "information": fit.options.information,
        "clusters": None if fit.clusters is None else str(fit.clusters),
        "independent": fit.options.independent,
        "n_animals": fit.data.n_animals,
        "intercept": fit.intercept.to_dict(),
        "slope": fit.slope.to_dict(),
        "effects": [effect_dict(e) for e in fit.ed(list(effects))],
        "natural_response": None if natural is None else natural.to_dict(),
        "goodness_of_fit": fit.goodness_of_fit.to_dict(),
        "problems": [problem.to_dict() for problem in fit.problems],
    }
