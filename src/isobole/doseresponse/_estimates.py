"""EDs of a fit with their limits, each unbounded or absent side with its sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from isobole.doseresponse._binomial import clopper_pearson
from isobole.doseresponse._core import FINITE, QUASI_SEPARATED
from isobole.doseresponse._limits import (
    ABSENT,
    COMPLEMENT,
    EMPTY,
    FAR_DECADES,
    INTERVAL,
    LINE,
    RAY,
    SET_KINDS,
    fieller_set,
)
from isobole.doseresponse._links import quantile
from isobole.doseresponse._options import IntervalKind
from isobole.doseresponse._solution import LogSet
from isobole.results import (
    Block,
    Bounds,
    Estimate,
    Limits,
    Missing,
    Result,
    SetKind,
    Table,
    format_number,
)

if TYPE_CHECKING:
    from isobole.doseresponse._data import QuantalData
    from isobole.doseresponse._fit import QuantalFit

KIND_BY_OPEN_ENDS: tuple[SetKind, SetKind, SetKind] = ("interval", "ray", "line")
BOUNDS: dict[tuple[bool, bool], Bounds] = {
    (False, False): "closed",
    (True, True): "open",
    (True, False): "low-open",
    (False, True): "high-open",
}
FloatArray = NDArray[np.float64]

NO_CURVE = (
    "This interval needs a curve with a finite slope, and these counts have none; the "
    "likelihood limits hold without one."
)


@dataclass(frozen=True, slots=True, repr=False)
class IntervalTable(Result):
    """Several kinds of interval for the same effect, side by side."""

    estimates: tuple[Estimate, ...]
    percent: float

    def table(self) -> Table:
        """Return the comparison as a table."""
        return Table(
            f"ED{self.percent:g} by kind of interval",
            ("interval", "dose", "low", "high", "set"),
            tuple(
                (
                    e.interval,
                    e.value,
                    Missing(e.limits.reason or "not bounded")
                    if e.low is None
                    else e.low,
                    Missing(e.limits.reason or "not bounded")
                    if e.high is None
                    else e.high,
                    e.set_kind or "none",
                )
                for e in self.estimates
            ),
            (
                "Likelihood: over rising curves only. Fieller: slopes of either sign. "
                "Nominal 95 % likelihood limits cover 92 to 94 % in small designs; "
                "outcome_distribution() measures them for yours.",
            ),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the comparison as report blocks."""
        return (self.table(),)

    def to_dict(self) -> dict[str, Any]:
        """Return the estimates as JSON fields."""
        return {
            "percent": self.percent,
            "estimates": [estimate.to_dict() for estimate in self.estimates],
        }

    def __getitem__(self, kind: str) -> Estimate:
        return next(e for e in self.estimates if e.interval == kind)

    def __repr__(self) -> str:
        kinds = "; ".join(f"{e.interval} {e.limits}" for e in self.estimates)
        return f"IntervalTable(ED{self.percent:g}: {kinds})"


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
    if m is not None:
        cov = solution.covariance * fit.goodness_of_fit.heterogeneity
        variance = cov[0, 0] + 2 * m * cov[0, 1] + m * m * cov[1, 1]
        se = math.sqrt(max(float(variance), 0.0)) / abs(solution.slope)
    label = "penalised likelihood" if fit.options.method == "firth" else kind
    if kind in ("likelihood", "calibrated"):
        found, reason, note = _likelihood(fit, q, kind, level)
        label = label if kind == "likelihood" else "calibrated"
    elif kind == "litchfield-wilcoxon":
        found, reason, note = _litchfield_wilcoxon(fit, percent, level)
    elif kind == "fieller" and solution.pattern == FINITE:
        found, reason, note = _fieller(fit, q, level)
    elif m is None or se is None:
        found, reason, note = LogSet(ABSENT), NO_CURVE, None
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
    if solution.pattern == QUASI_SEPARATED:
        dose, n, r = fit.data.groups
        partial = (r > 0) & (r < n)
        if partial.any():
            return None, float(dose[partial][0])
    low, high = _gap(fit)
    if fit.status in ("separated", "quasi-separated") and low and high:
        middle = math.sqrt(low * high)
        return None, Missing(
            f"any dose between {format_number(low)} and {format_number(high)} fits "
            f"equally well (their geometric midpoint is {format_number(middle)})."
        )
    return None, Missing(fit.messages[0] if fit.messages else "no curve was fitted.")


def _gap(fit: QuantalFit) -> tuple[float | None, float | None]:
    dose, n, r = fit.data.groups
    spared, hit = dose[r < n], dose[r > 0]
    if spared.size == 0 or hit.size == 0:
        return None, None
    return float(spared.max()), float(hit.min())


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
    if fit.options.method != "likelihood" or fit.solution.pattern != FINITE:
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
    return LogSet(INTERVAL, math.log10(limits.low), math.log10(limits.high)), None, None


def limits_of(
    found: LogSet,
    kind: str,
    level: float,
    floor: float,
    top: float,
    reason: str | None,
    note: str | None = None,
    doses: FloatArray | None = None,
) -> Limits:
    """Turn a set of log10 doses into limits on the dose, with sentences.

    An open end is one of the tested `doses`, and is given as it was written.

    An end beyond `floor` or `top` (FAR_DECADES outside the tested doses) is printed
    as not bounded, its number kept in the sentence.
    """
    set_kind: SetKind | None = SET_KINDS[found.kind]
    if found.kind in (ABSENT, EMPTY, LINE):
        if found.kind == LINE and reason is None:
            reason = "The data exclude no dose: neither side is bounded."
        return Limits(kind, level, set_kind, reason=reason, note=note)
    low, high = found.low, found.high
    sentences = [reason] if reason else []
    if found.kind != COMPLEMENT:
        if low < floor and not math.isinf(low):
            sentences.append(_far("lower", low))
            low = -math.inf
        if high > top and not math.isinf(high):
            sentences.append(_far("upper", high))
            high = math.inf
        low, high = min(low, top), max(high, floor)
        unbounded = math.isinf(low) + math.isinf(high)
        set_kind = KIND_BY_OPEN_ENDS[unbounded]
        if not sentences and unbounded:
            words = {
                (True, True): "The data exclude no dose: neither side is bounded.",
                (True, False): "The lower side is not bounded by the data.",
                (False, True): "The upper side is not bounded by the data.",
            }
            sentences.append(words[math.isinf(low), math.isinf(high)])
    opened = BOUNDS[
        found.low_open and not math.isinf(low),
        found.high_open and not math.isinf(high),
    ]
    bounds = opened
    if math.isinf(low) != math.isinf(high) and opened != "closed":
        bounds = "open"
    return Limits(
        kind,
        level,
        set_kind,
        None if math.isinf(low) else _dose(low, doses if found.low_open else None),
        None if math.isinf(high) else _dose(high, doses if found.high_open else None),
        bounds,
        " ".join(sentences) or None,
        note,
    )


def _dose(log_dose: float, doses: FloatArray | None) -> float:
    value = float(10.0**log_dose)
    if doses is not None:
        nearest = float(doses[np.abs(doses - value).argmin()])
        if math.isclose(nearest, value, rel_tol=1e-9):
            return nearest
    return value


def _far(side: str, log_dose: float) -> str:
    where = (
        f"10^{log_dose:.0f}" if abs(log_dose) > 300 else format_number(10.0**log_dose)
    )
    return (
        f"The {side} side is not bounded in practice: the curve would put it at "
        f"{where}, more than {FAR_DECADES:g} decades outside the tested doses."
    )


def bounds_on_response(data: QuantalData, status: str, level: float) -> list[str]:
    """Return what a table without a curve still says about one dose, exactly."""
    dose, n, r = data.groups
    unit = f" {data.unit}" if data.unit else ""
    percent = format_number(100 * level)
    if status == "none-affected":
        high = clopper_pearson(0, int(n[-1]), level=level, sides="upper").high
        assert high is not None
        return [
            f"At the highest dose, {format_number(float(dose[-1]))}{unit}, the "
            f"response is below {format_number(100 * high, 3)} % ({percent} % "
            "one-sided, exact)."
        ]
    if status == "all-affected":
        low = clopper_pearson(int(n[0]), int(n[0]), level=level, sides="lower").low
        assert low is not None
        return [
            f"At the lowest dose, {format_number(float(dose[0]))}{unit}, the response "
            f"is above {format_number(100 * low, 3)} % ({percent} % one-sided, exact)."
        ]
    if status == "single-dose":
        limits = clopper_pearson(int(r[0]), int(n[0]), level=level)
        assert limits.low is not None
        assert limits.high is not None
        return [
            f"{int(r[0])} of {int(n[0])} affected at "
            f"{format_number(float(dose[0]))}{unit}: "
            f"{format_number(100 * r[0] / n[0], 3)} % "
            f"[{format_number(100 * limits.low, 3)}, "
            f"{format_number(100 * limits.high, 3)}] ({percent} % exact)."
        ]
    return []


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
