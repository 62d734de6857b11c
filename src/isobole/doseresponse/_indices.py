"""Ratios of two effective doses: protective index, rise of a seizure threshold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from isobole.doseresponse._data import check_unit
from isobole.doseresponse._options import check_level
from isobole.results import Estimate, Limits, Missing

if TYPE_CHECKING:
    from isobole.doseresponse._fit_result import QuantalFit


def _ratio(
    name: str, top: QuantalFit, bottom: QuantalFit, level: float
) -> tuple[float | Missing, float | None, Limits]:
    """Divide two independent ED50s; delta limits on the log scale."""
    check_level(level)
    check_unit([top.data, bottom.data])
    over, under = (fit.ed(50, interval="delta", level=level) for fit in (top, bottom))
    for estimate, fit in ((over, top), (under, bottom)):
        if isinstance(estimate.value, Missing) or estimate.log10_se is None:
            which = fit.data.curve or fit.data.endpoint
            reason = (
                f"The {name} needs both doses with a standard error, and {which} has "
                f"none (status {fit.status})."
            )
            return Missing(reason), None, Limits("delta", level, None, reason=reason)
    assert not isinstance(over.value, Missing)
    assert not isinstance(under.value, Missing)
    assert over.log10_se is not None
    assert under.log10_se is not None
    ratio = over.value / under.value
    se = math.hypot(over.log10_se, under.log10_se)
    # Each arm's own multiplier (t and h where its counts were heterogeneous).
    width = math.hypot(
        *(
            math.log10(estimate.high / estimate.value)
            for estimate in (over, under)
            if estimate.high is not None and not isinstance(estimate.value, Missing)
        )
    )
    return (
        ratio,
        se,
        Limits("delta", level, "interval", ratio / 10**width, ratio * 10**width),
    )


def protective_index(
    td50_fit: QuantalFit, ed50_fit: QuantalFit, *, level: float = 0.95
) -> Estimate:
    """Return the protective index TD50 / ED50 with limits.

    Parameters
    ----------
    td50_fit, ed50_fit : QuantalFit
        Independent curves of toxicity (rotarod, chimney) and of protection, in the
        same dose unit.
    level : float

    Returns
    -------
    Estimate
        Limits PI x 10^(+/- z se), se^2 = se1^2 + se2^2 of the log10 doses; missing
        with its reason where a curve has no standard error.

    Raises
    ------
    DataError
        If the units differ.

    Examples
    --------
    >>> from isobole.doseresponse import QuantalData, fit_quantal
    >>> td = fit_quantal(QuantalData([50, 100, 200], [8] * 3, [1, 4, 7]))
    >>> ed = fit_quantal(QuantalData([5, 10, 20], [8] * 3, [1, 4, 7]))
    >>> print(protective_index(td, ed))
    PI (TD50 / ED50) 10 [6.083, 16.44] (95 % delta)
    """
    value, se, limits = _ratio("protective index", td50_fit, ed50_fit, level)
    return Estimate(
        "PI (TD50 / ED50)", value, limits, log10_se=se, method="independent curves"
    )


def threshold_increase(
    control_fit: QuantalFit, drug_fit: QuantalFit, *, level: float = 0.95
) -> Estimate:
    """Return the rise of a seizure threshold in percent of control, with limits.

    100 (CS50_drug - CS50_control) / CS50_control from two curves of *seizing* animals
    on current (mA) or infused dose; the coding is opposite to protection.

    Parameters
    ----------
    control_fit, drug_fit : QuantalFit
        Independent curves in the same unit.
    level : float

    Returns
    -------
    Estimate
        In percent; limits from the log ratio of the two thresholds.

    Raises
    ------
    DataError
        If the units differ.

    Examples
    --------
    >>> from isobole.doseresponse import QuantalData, fit_quantal
    >>> control = fit_quantal(QuantalData([5, 6, 7], [8] * 3, [1, 4, 7], unit="mA"))
    >>> drug = fit_quantal(QuantalData([10, 12, 14], [8] * 3, [1, 4, 7], unit="mA"))
    >>> print(threshold_increase(control, drug))
    threshold increase (%) 100 [77.22, 125.7] (95 % delta)
    """
    value, se, limits = _ratio("threshold increase", drug_fit, control_fit, level)
    if isinstance(value, Missing) or limits.low is None or limits.high is None:
        return Estimate("threshold increase (%)", value, limits)
    rise = Limits(
        "delta", level, "interval", 100 * (limits.low - 1), 100 * (limits.high - 1)
    )
    return Estimate("threshold increase (%)", 100 * (value - 1), rise, log10_se=se)
