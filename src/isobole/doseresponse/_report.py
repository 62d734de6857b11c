"""A quantal fit as JSON fields, report blocks and a Methods paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from isobole._version import __version__
from isobole.doseresponse._options import CONVENTIONS
from isobole.doseresponse._references import references
from isobole.results import (
    Block,
    Estimate,
    Figure,
    Heading,
    Methods,
    Missing,
    Note,
    Table,
    format_number,
    format_p,
    value_or_none,
)

if TYPE_CHECKING:
    from isobole.doseresponse._fit import QuantalFit

LINK_WORDS = {
    "probit": "probit (log-normal tolerances)",
    "logit": "logit (log-logistic)",
    "cloglog": "complementary log-log (Weibull)",
}


NO_SE = "There is no standard error without a finite slope."


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


def figure_block(fit: QuantalFit) -> Figure:
    """Return the log-probit figure of one fit."""
    from isobole.doseresponse._figures import curves_figure

    # The table of the figure is the table of the counts: it need not stand twice.
    return replace(curves_figure([fit]), table=count_table(fit))


def fit_blocks(fit: QuantalFit) -> tuple[Block, ...]:
    """Return everything a report says of one fit."""
    name = fit.data.curve or "Dose-response curve"
    estimate = fit.ed(50)
    blocks: list[Block] = [
        Heading(name),
        Note(f"{estimate}. Status: {fit.status}.", "notice"),
    ]
    if fit.clusters is not None:
        blocks.append(Note(str(fit.clusters)))
    serious = {"ok", "non-monotone"}
    blocks += [
        Note(sentence, "notice" if set(fit.flags) <= serious else "warning")
        for sentence in fit.messages
    ]
    blocks += [
        Note(str(problem), "warning" if problem.severity == "warning" else "notice")
        for problem in fit.problems
    ]
    blocks += [
        dose_table(fit),
        figure_block(fit),
        line_table(fit),
        fit.intervals(50).table(),
        methods(fit),
    ]
    return tuple(blocks)


def methods(fit: QuantalFit) -> Methods:
    """Return a Methods paragraph ready for a paper."""
    options, cited = fit.options, ["finney"]
    sentences = [
        f"The proportion of animals {fit.data.endpoint} was related to log10 dose by "
        f"a {LINK_WORDS[fit.link]} curve"
        + (
            " fitted by maximum likelihood"
            if options.method == "likelihood"
            else " fitted with bias reduction"
        )
        + "."
    ]
    if options.method == "firth":
        cited += ["firth", "mean-br"]
    if fit.natural_response is not None:
        cited.append("abbott")
        sentences.append(
            "Natural response was estimated jointly with the curve, the control group "
            "in the likelihood."
            if options.natural_response == "estimate"
            else f"A natural response of {format_number(fit.solution.natural)} was "
            "taken as known."
        )
    if fit.clusters is not None:
        cited.append("williams")
        sentences.append(f"{fit.clusters}")
    elif options.independent:
        sentences.append(
            "Rows that share animals, litters, cages or days were treated as "
            "independent at the analyst's request."
        )
    estimate = fit.ed(50)
    percent = format_number(100 * estimate.level)
    kinds = {
        "fieller": ("Fieller's theorem", "fieller"),
        "delta": ("the delta method on log dose", "finney"),
        "litchfield-wilcoxon": (
            "the method of Litchfield and Wilcoxon",
            "litchfield-wilcoxon",
        ),
        "penalised likelihood": (
            "the profile of the Jeffreys-penalised likelihood over rising curves",
            "firth",
        ),
        "calibrated": (
            "the profile likelihood over rising curves, its cut calibrated by "
            "enumerating every possible table",
            "profile",
        ),
    }
    words, key = kinds.get(
        estimate.interval, ("the profile likelihood over rising curves", "profile")
    )
    cited.append(key)
    sentences.append(
        f"{percent} % confidence limits of effective doses come from {words}, "
        f"with {options.information} information for standard errors."
    )
    fit_test = fit.goodness_of_fit
    if fit_test.applied:
        sentences.append(
            f"The counts were heterogeneous (Pearson chi-square "
            f"{_shown(fit_test.pearson)}, {fit_test.df} df), so variances were "
            f"multiplied by {format_number(fit_test.heterogeneity)} and the "
            f"{fit_test.quantile} quantile used."
        )
    elif not isinstance(fit_test.p, Missing):
        sentences.append(
            f"Goodness of fit: Pearson chi-square {_shown(fit_test.pearson)}, "
            f"{fit_test.df} df, p {_equals(format_p(fit_test.p))}."
        )
    if options.convention:
        program = CONVENTIONS[options.convention].program
        sentences.append(f"Options follow the convention of {program}.")
    sentences.append(f"Computed with isobole {__version__}.")
    return Methods(" ".join(sentences), references(*cited))


def _shown(value: float | Missing) -> str:
    return str(value) if isinstance(value, Missing) else format_number(value)


def _equals(p: str) -> str:
    return p if p.startswith("<") else f"= {p}"
