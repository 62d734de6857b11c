"""EDs of a fit with their limits, each unbounded or absent side with its sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._core import FINITE, QUASI_SEPARATED, SEPARATED
from isobole.doseresponse._limit_words import limits_of
from isobole.doseresponse._limits import (
    ABSENT,
    COMPLEMENT,
    EMPTY,
    FAR_DECADES,
    INTERVAL,
    LINE,
    RAY,
    fieller_set,
)
from isobole.doseresponse._links import quantile
from isobole.doseresponse._options import IntervalKind
from isobole.doseresponse._solution import LogSet, OwnEffect
from isobole.results import (
    Estimate,
    Missing,
    format_number,
)

if TYPE_CHECKING:
    from isobole.doseresponse._fit_result import QuantalFit

FloatArray = NDArray[np.float64]

NO_CURVE = (
    "This interval needs a rising curve with a finite slope, and these counts have "
    "none; the likelihood limits hold without one."
)


def effective_dose(
    fit: QuantalFit, percent: float, kind: IntervalKind, level: float
) -> Estimate:
    """Return one ED with limits of one kind."""
    solution = fit.solution
    q = float(quantile(fit.link, percent / 100))
    name = f"ED{percent:g}"
    log_doses = np.log10(fit.data.groups[0])
    floor = float(log_doses[0]) - FAR_DECADES
    top = float(log_doses[-1]) + FAR_DECADES
    m, value = _value(fit, q, floor, top)
    se = None
    own = None
    if solution.own_effect is not None:
        own = solution.own_effect(percent, level)
        m, value, se = _own_value(own)
    elif m is not None:
        cov = solution.covariance * fit.goodness_of_fit.heterogeneity
        variance = cov[0, 0] + 2 * m * cov[0, 1] + m * m * cov[1, 1]
        if math.isfinite(variance):
            se = math.sqrt(max(float(variance), 0.0)) / abs(solution.slope)
    firth = fit.options.method == "firth"
    label: str = "penalised likelihood" if firth and kind == "likelihood" else kind
    if own is not None and own.limits is not None and kind == "likelihood":
        label, found, reason, note = own.kind, own.limits, own.reason, None
    elif kind in ("likelihood", "calibrated"):
        found, reason, note = _likelihood(fit, q, kind, level)
        label = label if kind == "likelihood" else "calibrated"
    elif kind == "litchfield-wilcoxon":
        found, reason, note = _litchfield_wilcoxon(fit, percent, level)
    elif kind == "fieller" and own is not None:
        found, note = LogSet(ABSENT), None
        reason = "This model has no line on the dose for Fieller's theorem."
    elif kind == "fieller" and solution.pattern == FINITE:
        found, reason, note = _fieller(fit, q, level)
    elif m is None or se is None:
        lost = None if own is None else own.log10_se
        reason = f"{lost.reason}." if isinstance(lost, Missing) else NO_CURVE
        found, note = LogSet(ABSENT), None
    else:
        width = fit.goodness_of_fit.multiplier(level)
        plain_se = se / math.sqrt(fit.goodness_of_fit.heterogeneity)
        found = LogSet(INTERVAL, m - width * plain_se, m + width * plain_se)
        reason, note = None, None
    limits = limits_of(
        found, label, level, floor, top, reason, note, fit.data.groups[0]
    )
    return Estimate(
        name,
        value,
        limits,
        unit=fit.data.unit,
        log10_se=se,
        percent=percent,
        method=method_words(fit),
    )


def _own_value(
    own: OwnEffect,
) -> tuple[float | None, float | Missing, float | None]:
    if isinstance(own.log10_ed, Missing):
        return None, own.log10_ed, None
    se = None if isinstance(own.log10_se, Missing) else float(own.log10_se)
    return float(own.log10_ed), 10.0 ** float(own.log10_ed), se


def method_words(fit: QuantalFit) -> str:
    """Say in words how the curve was fitted."""
    how = "maximum likelihood" if fit.options.method == "likelihood" else "bias-reduced"
    return f"{how}, {fit.link}, {fit.options.information} information"


def _value(
    fit: QuantalFit, q: float, floor: float, top: float
) -> tuple[float | None, float | Missing]:
    solution = fit.solution
    if solution.pattern == FINITE and solution.slope > 0:
        m = (q - solution.intercept) / solution.slope
        if m < floor or m > top:
            return None, Missing(
                f"the fitted dose lies more than {FAR_DECADES:g} decades outside the "
                "tested doses, which no data here can support."
            )
        return m, 10.0**m
    dose, n, r = fit.data.groups
    spared = np.flatnonzero(r < n)
    if solution.pattern == QUASI_SEPARATED and spared.size:
        # The step stands at the highest dose that spared an animal.
        return None, float(dose[spared[-1]])
    if solution.pattern == SEPARATED and 0 < spared.size < dose.size:
        low, high = float(dose[spared[-1]]), float(dose[spared[-1] + 1])
        middle = math.sqrt(low * high)
        return None, Missing(
            f"Any dose between {format_number(low)} and {format_number(high)} fits "
            f"equally well (their geometric midpoint is {format_number(middle)})."
        )
    return None, Missing(fit.messages[0] if fit.messages else "no curve was fitted.")


def _likelihood(
    fit: QuantalFit, q: float, kind: str, level: float
) -> tuple[LogSet, str | None, str | None]:
    cut = fit.goodness_of_fit.cut(level)
    note = None
    if kind == "calibrated":
        calibrated = _calibrated_cut(fit, q, level)
        if isinstance(calibrated, Missing):
            return LogSet(ABSENT), f"{calibrated.reason.rstrip('.')}.", None
        cut = calibrated
        note = f"Deviance cut {cut:.3f}, calibrated by enumeration at the estimate."
    found = fit.solution.set_at(q, cut)
    if found.kind == ABSENT:
        return found, "One dose alone bounds no ED of a curve.", None
    if found.kind == EMPTY:
        return found, "No rising curve is compatible with these counts.", None
    if found.kind == RAY:
        side = "below the tested doses" if math.isinf(found.high) else "above them"
        note = (
            "Rising curves only; were falling curves admitted too, doses far "
            f"{side} would also fit."
        )
    return found, None, note


def _calibrated_cut(fit: QuantalFit, q: float, level: float) -> float | Missing:
    from isobole.doseresponse._enumeration import calibrated_cut

    if plain := _not_plain(fit):
        return Missing(plain)
    if fit.options.method != "likelihood":
        return Missing(
            "calibration is for maximum likelihood; fit with method='likelihood'."
        )
    if fit.solution.pattern != FINITE:
        return Missing(
            "calibration enumerates tables under the fitted curve, and these counts "
            "have no finite maximum-likelihood curve; the likelihood limits hold."
        )
    dose, n, _ = fit.data.groups
    solution = fit.solution
    cut = calibrated_cut(
        fit.link, np.log10(dose), n, solution.intercept, solution.slope, q, level
    )
    if isinstance(cut, Missing):
        return cut
    return cut * fit.goodness_of_fit.heterogeneity


def _fieller(
    fit: QuantalFit, q: float, level: float
) -> tuple[LogSet, str | None, str | None]:
    cov = fit.solution.covariance
    one = [np.array([x]) for x in (
        fit.solution.intercept - q, fit.solution.slope, cov[0, 0], cov[0, 1], cov[1, 1],
        fit.goodness_of_fit.multiplier(level),
    )]  # fmt: skip
    kind, low, high, g = fieller_set(*one)
    size = format_number(float(g[0])) if math.isfinite(g[0]) else "without bound"
    reason = None
    if kind[0] == COMPLEMENT:
        reason = (
            f"Fieller's g is {size}, at or above 1: the set is "
            "everything outside the two numbers. Prefer the likelihood limits."
        )
    elif kind[0] in (LINE, RAY):
        reason = (
            f"Fieller's g is {size}, at or above 1: the slope is "
            "not distinct from zero by its standard error, so no dose is excluded on "
            "an unbounded side."
        )
    return LogSet(int(kind[0]), float(low[0]), float(high[0])), reason, None


def _litchfield_wilcoxon(
    fit: QuantalFit, percent: float, level: float
) -> tuple[LogSet, str | None, str | None]:
    from isobole.doseresponse._litchfield_wilcoxon import litchfield_wilcoxon

    if fit.link != "probit":
        return (
            LogSet(ABSENT),
            "Litchfield and Wilcoxon's method is for the probit line; fit with "
            "link='probit' or ask for another interval.",
            None,
        )
    if percent != 50:
        return (
            LogSet(ABSENT),
            "Litchfield and Wilcoxon give limits for the ED50 only; ask for another "
            "interval for other effects.",
            None,
        )
    if fit.solution.pattern != FINITE or fit.solution.slope <= 0:
        return LogSet(ABSENT), NO_CURVE, None
    if level != 0.95:
        return (
            LogSet(ABSENT),
            "Litchfield and Wilcoxon's factors are for 95 % only; ask for another "
            "interval at this level.",
            None,
        )
    summary = litchfield_wilcoxon(
        fit.data, line=(fit.solution.intercept, fit.solution.slope)
    )
    limits = summary.ed(50).limits
    if limits.low is None or limits.high is None:
        return LogSet(ABSENT), limits.reason, None
    note = None
    if summary.details.heterogeneous:
        note = (
            "The paper's own chi-square has p < 0.05, so its heterogeneous form of f "
            "was used."
        )
    return LogSet(INTERVAL, math.log10(limits.low), math.log10(limits.high)), None, note


def enumerated_p(
    fit: QuantalFit, statistic: Literal["pearson", "deviance"]
) -> float | Missing:
    """Return the plug-in bootstrap p of a plain fit (see QuantalFit.enumerated_p)."""
    from isobole.doseresponse._enumeration import enumerated_goodness_p

    if plain := _not_plain(fit):
        return Missing(plain)
    dose, n, r = fit.data.groups
    found = enumerated_goodness_p(fit.link, np.log10(dose), n, r, statistic=statistic)
    return found if isinstance(found, Missing) else float(found[0])


def conditional_p(fit: QuantalFit) -> float | Missing:
    """Return the exact conditional p of a logit fit."""
    from isobole.doseresponse._enumeration import exact_conditional_p

    if plain := _not_plain(fit):
        return Missing(plain)
    if fit.link != "logit":
        return Missing(
            "only the logit has sufficient statistics to condition on; use "
            "enumerated_p() for this link."
        )
    dose, n, r = fit.data.groups
    found = exact_conditional_p(np.log10(dose), n, r)
    return found if isinstance(found, Missing) else float(found[0])


def _not_plain(fit: QuantalFit) -> str | None:
    if fit.options.natural_response not in ("none", 0):
        return "enumeration is not offered together with natural response."
    if fit.clusters is not None:
        return "enumeration needs independent animals, and these rows are clustered."
    return None
