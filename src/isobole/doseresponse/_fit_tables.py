"""The tables of a quantal fit: counts, effective doses, curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isobole.doseresponse._fit_json import NO_SE
from isobole.results import Estimate, Missing, Table, format_number, format_p

if TYPE_CHECKING:
    from isobole.doseresponse._fit_result import QuantalFit


def count_table(fit: QuantalFit) -> Table:
    """Return observed and fitted response by dose."""
    dose, n, r = fit.data.groups
    fitted = fit.proportion_at(dose)
    rows: list[tuple[float | int | Missing, ...]] = []
    n0, r0 = fit.data.control
    if n0:
        c: float | Missing = (
            100 * fit.solution.natural
            if fit.natural_response is not None
            else Missing("the control rows are not in the curve")
        )
        rows.append((0.0, n0, r0, 100 * r0 / n0, c))
    for i in range(dose.size):
        expected: float | Missing = (
            Missing(fitted.reason)
            if isinstance(fitted, Missing)
            else 100 * float(fitted[i])
        )
        rows.append(
            (
                float(dose[i]),
                int(n[i]),
                int(r[i]),
                100 * float(r[i] / n[i]),
                _rounded(expected),
            )
        )
    unit = f" ({fit.data.unit})" if fit.data.unit else ""
    return Table(
        f"Animals {fit.data.endpoint} by dose",
        (f"dose{unit}", "n", fit.data.endpoint, "observed (%)", "fitted (%)"),
        tuple(rows),
    )


def _rounded(value: float | Missing) -> float | Missing:
    return value if isinstance(value, Missing) else round(value, 2)


def dose_table(fit: QuantalFit, effects: Sequence[float] = (16, 50, 84)) -> Table:
    """Return effective doses with their limits."""
    unit = f" ({fit.data.unit})" if fit.data.unit else ""
    estimates = fit.ed(list(effects))
    first = estimates[0]
    percent = format_number(100 * first.level)
    return Table(
        f"Effective doses, {percent} % {first.interval} limits",
        ("effect", f"dose{unit}", f"low{unit}", f"high{unit}", "SE (log10)", "set"),
        tuple(
            (
                e.quantity,
                e.value,
                _end(e, e.low),
                _end(e, e.high),
                Missing(NO_SE) if e.log10_se is None else e.log10_se,
                e.set_kind or "none",
            )
            for e in estimates
        ),
        tuple(dict.fromkeys(e.limits.note for e in estimates if e.limits.note)),
    )


def _end(estimate: Estimate, value: float | None) -> float | Missing:
    if value is not None:
        return value
    reason = estimate.limits.reason or "not bounded."
    return Missing(f"{estimate.quantity}: {reason}")


def line_table(fit: QuantalFit) -> Table:
    """Return coefficients and goodness of fit."""
    fit_test = fit.goodness_of_fit
    rows: list[tuple[str, float | str | Missing, float | Missing]] = [
        ("intercept", fit.intercept.estimate, fit.intercept.se),
        ("slope per log10 dose", fit.slope.estimate, fit.slope.se),
    ]
    notes = []
    if fit.link == "probit" and not isinstance(fit.slope.estimate, Missing):
        a, b = fit.intercept.estimate, fit.slope.estimate
        assert not isinstance(a, Missing)
        sign = "+" if b >= 0 else "\N{MINUS SIGN}"
        notes.append(
            f"Probit equation (with the historical +5): y = {format_number(a + 5)} "
            f"{sign} {format_number(abs(b))} log10(dose)."
        )
    if fit.natural_response is not None:
        natural = fit.natural_response
        rows.append(("natural response", natural.estimate, natural.se))
    plain = Missing("a statistic has no standard error")
    rows += [
        ("Pearson chi-square", fit_test.pearson, plain),
        ("deviance", fit_test.deviance, plain),
        ("degrees of freedom", float(fit_test.df), plain),
        ("p (Pearson)", _p(fit_test.p), plain),
        ("heterogeneity factor", fit_test.heterogeneity, plain),
        ("slope: likelihood ratio (1 df)", fit.slope_chi2, plain),
    ]
    notes.append(
        f"Heterogeneity rule {fit_test.rule}: "
        + (
            f"the factor widens all limits ({fit_test.quantile} quantile)."
            if fit_test.applied
            else "no factor applied."
        )
    )
    table = Table(
        "Curve and goodness of fit",
        ("quantity", "value", "SE"),
        tuple((name, value, se if se is not plain else "") for name, value, se in rows),
        tuple(notes),
    )
    return table


def _p(value: float | Missing) -> str | Missing:
    return value if isinstance(value, Missing) else format_p(value)
